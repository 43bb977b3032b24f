"""Kits: received by a site, dispensed, returned; and treatment stopped. None of it says what a kit holds."""

from collections.abc import Iterator

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.guards import gone_by, not_before, not_in_future, randomised, reason_given, words_given
from equipoise.conduct.decide.randomising import in_stock
from equipoise.conduct.log import Context
from equipoise.conduct.protocol.model import Kits
from equipoise.conduct.protocol.schedule import find_visit
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused

MOST_SENT = 10_000
"""Of every kind at once: beyond it the number is a slip of the pen."""
_CHECK = "Check the number on the kit."


def send_kits(trial: Trial, command: do.SendKits, context: Context) -> Iterator[did.TrialEvent]:
    """As many of every kind, lest a delivery tell what was used."""
    site = trial.site(command.site)
    _kits(trial)
    if trial.sealing is None:
        raise Refused("are made when the allocation is sealed.", what="Kits", do="Have it sealed first.")
    if not 1 <= command.each <= MOST_SENT:
        raise Refused(f"is not from 1 to {MOST_SENT:,}.", what="How many of every kind")
    for kit in command.kits:
        if kit in trial.received or kit in trial.sent or kit in trial.discarded:
            raise Refused("was sent before.", what=f"Kit {kit}")
    yield did.KitsSent(site.id, command.kits)


def receive_kits(trial: Trial, command: do.ReceiveKits, context: Context) -> Iterator[did.TrialEvent]:
    site = trial.site(command.site)
    _kits(trial)
    _named(command.kits)
    for kit in command.kits:
        if kit in trial.received:
            where = trial.sites[trial.received[kit]].label
            raise Refused(f"was received by {where} already.", what=f"Kit {kit}", do=_CHECK)
        if kit in trial.discarded:
            raise Refused("was taken out of stock.", what=f"Kit {kit}", do="Send it back; it is given to nobody.")
        if trial.sent.get(kit, site.id) != site.id:
            raise Refused(f"was sent to {trial.sites[trial.sent[kit]].label}.", what=f"Kit {kit}", do=_CHECK)
    yield did.KitsReceived(site.id, command.kits)


def discard_kits(trial: Trial, command: do.DiscardKits, context: Context) -> Iterator[did.TrialEvent]:
    site = trial.site(command.site)
    reason_given(context, what="Taking kits out of stock")
    _named(command.kits)
    for kit in command.kits:
        if site.id not in (trial.stock.get(kit), trial.sent.get(kit)):
            raise Refused(f"is neither in the stock of {site.label} nor on its way.", what=f"Kit {kit}", do=_CHECK)
    yield did.KitsDiscarded(site.id, command.kits)


def _named(kits: tuple[str, ...]) -> None:
    if not all(kit.strip() for kit in kits):
        raise Refused("has no number.", what="A kit")
    if not kits:
        raise Refused("none was named.", what="Kits", do="Write the numbers on the kits.")
    if len(set(kits)) != len(kits):
        raise Refused("is named twice.", what="A kit")


def _kits(trial: Trial) -> Kits:
    if trial.protocol.kits is None:
        raise Refused("has no kits.", what="This trial")
    return trial.protocol.kits


def dispense_kits(trial: Trial, command: do.DispenseKits, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    randomised(one)
    not_in_future(command.on, trial, one.site, context, what="The day of dispensing")
    not_before(command.on, one.randomised_on, what="The day of dispensing", first_what="randomisation")
    gone_by(one, command.on, what="The day of dispensing")
    if one.stopped and command.on >= one.stopped[0]:
        raise Refused(f"stopped treatment on {one.stopped[0]}.", what=one.id, do="Nothing more is dispensed.")
    _kits(trial)
    planned = find_visit(trial.protocol_of(one), command.visit)
    if not planned.dispense:
        raise Refused("is a visit without kits.", what=planned.label, do="Choose another visit.")
    if command.visit in one.kits.values() or (planned.baseline and "" in one.kits.values()):
        raise Refused("has had its kits dispensed.", what=planned.label, do="Choose another visit.")
    if command.kits and len(command.kits) != planned.dispense:
        raise Refused(f"takes {planned.dispense} kits, not {len(command.kits)}.", what=planned.label)
    in_stock(trial, one, command.kits)
    yield did.KitsDispensed(one.id, command.visit, command.on, command.kits)


def return_kit(trial: Trial, command: do.ReturnKit, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    not_in_future(command.on, trial, one.site, context, what="The day of return")
    if command.kit not in one.kits:
        raise Refused("was not dispensed to them.", what=f"Kit {command.kit}", do="Check the number on the kit.")
    not_before(command.on, one.randomised_on, what="The day of return", first_what="randomisation")
    most = max(each.doses for each in _kits(trial).kinds)
    if not 0 <= command.left <= most:
        raise Refused(f"is none to {most}, not {command.left}.", what="Doses left")
    if command.kit in one.returned:
        reason_given(context, what="Correcting what came back")
    yield did.KitReturned(one.id, command.kit, command.on, command.left)


def stop_treatment(trial: Trial, command: do.StopTreatment, context: Context) -> Iterator[did.TrialEvent]:
    """Follow-up goes on (ICH E9(R1)): only what is given stops."""
    one = trial.participant(command.participant)
    randomised(one)
    words_given(command.why, what="Why treatment stops")
    not_in_future(command.on, trial, one.site, context, what="The day treatment stopped")
    not_before(command.on, one.randomised_on, what="The day treatment stopped", first_what="randomisation")
    gone_by(one, command.on, what="The day treatment stopped")
    if one.stopped:
        raise Refused(f"stopped treatment on {one.stopped[0]} already.", what=one.id)
    yield did.TreatmentStopped(one.id, command.on, command.why)
