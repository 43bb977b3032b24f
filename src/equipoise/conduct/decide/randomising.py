"""Randomising: every condition is checked at once and by name, and again in the transaction that records it."""

import datetime
from collections.abc import Iterator

import msgspec

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.strata import is_as_source, sources_empty, sources_missing
from equipoise.conduct.log import Context
from equipoise.conduct.participant import Participant
from equipoise.conduct.permissions import today
from equipoise.conduct.protocol.model import Factor
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth


class Check(msgspec.Struct, frozen=True):
    """One condition of randomisation: whether it holds, and what to do where it does not."""

    id: str
    label: str
    passed: bool
    do: str = ""


def checks(trial: Trial, one: Participant, context: Context) -> tuple[Check, ...]:
    """All conditions (ICH E6(R3); must 10), in the order in which a person would settle them."""
    return tuple(_checks(trial, one, context))


def _checks(trial: Trial, one: Participant, context: Context) -> Iterator[Check]:
    protocol, screening = trial.protocol, one.screening
    site = trial.sites[one.site]
    day = today(trial, one.site, context.at)
    yield Check(
        "sealed", "The allocation is sealed", trial.sealing is not None, "The independent statistician seals it."
    )
    yield Check("site", f"{site.label} is open", site.is_open, "The sponsor opens sites.")
    holds = _consent_holds(trial, one, day)
    yield Check("consent", "Consent is given, and no later version asks for it again", holds, "Record consent.")
    yield Check("in-trial", "They have not withdrawn", not (one.withdrawn or one.ended), "They cannot be randomised.")
    eligible = screening is not None and screening.eligible is Truth.TRUE and not screening.failed
    yield Check("eligible", "Every criterion is met", eligible, "Screen them; there are no waivers.")
    recent = screening is not None and 0 <= (day - screening.on).days <= protocol.screening_days
    again = "Screen them again." if screening else "Screen them."
    yield Check("recent", f"Screened in the last {protocol.screening_days} days", recent, again)
    if any(factor.field for factor in protocol.allocation.factors):
        yield _sources(trial, one)
    choose = "Choose them on the page that randomises."
    complete = all(_has_level(one, factor) for factor in protocol.allocation.factors)
    alike = complete and is_as_source(trial, one)
    label = "Every stratification factor is recorded" + (", as in its form" if complete and not alike else "")
    yield Check("stratum", label, alike, "Correct them, or the form." if complete else choose)
    yield Check("once", "They are not randomised yet", not one.is_randomised, "Nobody is randomised twice.")
    room = len(trial.order) < protocol.allocation.cap
    yield Check("cap", f"Fewer than {protocol.allocation.cap} are randomised", room, "Recruitment is complete.")


def _sources(trial: Trial, one: Participant) -> Check:
    """A form that is not filled in yet keeps nobody from being randomised; nor does it hold for anything."""
    missing, empty = sources_missing(trial, one), sources_empty(trial, one)
    label = "The forms that decide the strata are filled in and signed"
    if empty and not missing:
        label = f"The strata are asked for at randomisation, for nothing is filled in yet of: {', '.join(empty)}"
    return Check("source", label, not missing, f"Fill in and sign: {', '.join(missing)}.")


def _consent_holds(trial: Trial, one: Participant, day: datetime.date) -> bool:
    """The version was valid on its day, and none valid since asks those before it to consent again."""
    if one.consent is None:
        return False
    versions = trial.protocol.consent
    at = next((place for place, each in enumerate(versions) if each.id == one.consent.version), None)
    return at is not None and not any(each.reconsent and each.valid_from <= day for each in versions[at + 1 :])


def _has_level(one: Participant, factor: Factor) -> bool:
    return one.levels.get(factor.id) in {level.id for level in factor.levels}


def refuse_unless_ready(trial: Trial, one: Participant, context: Context) -> None:
    failed = [check for check in checks(trial, one, context) if not check.passed]
    if failed:
        why = "; ".join(f"not so: {check.label.lower()}" for check in failed)
        raise Refused(f"{why}.", what=f"{one.id} cannot be randomised", do=" ".join(check.do for check in failed))


def randomise_participant(trial: Trial, command: do.RandomiseParticipant, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    refuse_unless_ready(trial, one, context)
    in_stock(trial, one, command.kits)
    number = len(trial.order) + 1
    yield did.ParticipantRandomised(one.id, number, today(trial, one.site, context.at), one.levels, command.kits)


def in_stock(trial: Trial, one: Participant, kits: tuple[str, ...]) -> None:
    for kit in kits:
        if trial.stock.get(kit) != one.site:
            raise Refused("is not in this site's stock.", what=f"Kit {kit}", do="Check the number on the kit.")
    if len(set(kits)) != len(kits):
        raise Refused("is named twice.", what="A kit")
