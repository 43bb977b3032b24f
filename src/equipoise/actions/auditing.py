"""Whether a trial is what was written: its chain, its anchors, its replay, its sealed things, its allocation."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import msgspec

from equipoise.conduct.allocation.sealing import Bound, Reveal, verify
from equipoise.conduct.evolve import evolve
from equipoise.conduct.log import Anchor, Context, Entry, flaws
from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.protocol.schedule import open_kind, planned_visits
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused
from equipoise.store.trial.anchors import forged
from equipoise.store.trial.log import Log
from equipoise.store.trial.sealed import Sealed

BACKWARDS = datetime.timedelta(minutes=10)
"""Clocks of several servers may differ by as much, and one may be set right."""


class Audited(msgspec.Struct, frozen=True):
    """``problems``: in words, the first altered position first; none where all is as it was written.

    ``notes``: what could not be checked, which is no problem of itself.
    """

    trial: str
    entries: int
    head: str
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


def audit_trial(
    log: Log,
    trial: str,
    *,
    anchors: Sequence[Anchor] = (),
    public_key: str = "",
    sealed: Sealed | None = None,
    context: Context | None = None,
) -> Audited:
    """Verify the chain against the anchors, replay everything, and open every sealed thing without showing it.

    ``public_key``: of whoever signs anchors; without it signatures are not checked.
    """
    position, head = log.head(trial)
    replayed = Replayed(trial)
    found = chain(forged(anchors, public_key) if public_key else (), flaws(log.entries(trial), anchors))
    problems = [f"Entry {flaw.position}: {flaw.why}" for flaw in found]
    problems += replayed.problems(log.entries(trial))
    if sealed is not None and context is not None:
        problems += [f"Sealed: {name} does not open any more." for name in sealed.altered(trial, context)]
        problems += [
            f"Sealed, its read log: entry {flaw.position}: {flaw.why}" for flaw in flaws(sealed.looks.entries(trial))
        ]
    notes = chain(_not_checked(anchors, public_key), replayed.notes(context))
    return Audited(trial, position, head, tuple(problems), tuple(notes))


def _not_checked(anchors: Sequence[Anchor], public_key: str) -> Iterator[str]:
    signed = sum(bool(anchor.signature) for anchor in anchors)
    if signed < len(anchors):
        yield f"{_of(len(anchors) - signed, anchors)} unsigned: that they are genuine is not proved."
    if signed and not public_key:
        yield f"{_of(signed, anchors)} signed, but not checked: no public key was given."


def _of(count: int, anchors: Sequence[Anchor]) -> str:
    return f"{count} of {len(anchors)} anchors {'is' if count == 1 else 'are'}"


class Replayed:
    """The log folded into a trial once more, and what is odd in it though nothing is wrong."""

    def __init__(self, name: str) -> None:
        self._trial = Trial(name)
        self._latest = ""
        self._earlier: list[Entry] = []

    def problems(self, entries: Iterable[Entry]) -> Iterator[str]:
        """The first entry that cannot be folded into the trial, and what drifts at its end."""
        for entry in entries:
            try:
                self._note_time(entry)
                self._trial = evolve(self._trial, entry)
            except (Refused, msgspec.MsgspecError, LookupError, ValueError, TypeError) as error:
                yield f"Entry {entry.position}: it cannot be replayed ({type(error).__name__}: {error})."
                return
        yield from drift(self._trial)

    def _note_time(self, entry: Entry) -> None:
        if entry.at < self._latest and _moment(self._latest) - _moment(entry.at) > BACKWARDS:
            self._earlier.append(entry)
        self._latest = max(self._latest, entry.at)

    def notes(self, context: Context | None) -> Iterator[str]:
        if self._earlier:
            first, count = self._earlier[0], len(self._earlier)
            many = "1 entry is" if count == 1 else f"{count} entries are"
            yield f"Time runs backwards: {many} dated before an earlier one, first entry {first.position}, {first.at}."
        if context is not None:
            yield from stranger(self._trial, context.by)


def stranger(trial: Trial, by: str) -> Iterator[str]:
    """Who keeps the machines need have no role in the trial; then nothing vouches for the name they gave."""
    if by not in trial.people:
        yield f"{by} has no role in this trial: what was done is logged under that name as it was given, unchecked."


def _moment(at: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(at)


def drift(trial: Trial) -> Iterator[str]:
    """What a sound log can never show: each a rule that was broken, however it was."""
    if len(set(trial.order)) != len(trial.order):
        yield "Somebody is randomised twice."
    if trial.opened and len(trial.order) > trial.protocol.allocation.cap:
        yield f"{len(trial.order)} are randomised, more than the cap of {trial.protocol.allocation.cap}."
    given: dict[str, str] = {}
    for one in trial.participants.values():
        if one.is_randomised and (one.consent is None or one.screening is None):
            yield f"{one.id} is randomised without consent or screening."
        for kit in one.kits:
            if kit in given:
                yield f"Kit {kit} was given to {given[kit]} and to {one.id}."
            given[kit] = one.id
    numbers = [trial.participants[one].number for one in trial.order]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "The numbers of randomisation have a gap."


def verify_allocation(trial: Trial, reveal: Reveal) -> tuple[str, ...]:
    """Everything assigned, drawn again from what was revealed, against the commitment and every kit in the log."""
    if trial.sealing is None:
        return ("This trial has no commitment in its log.",)
    people = [trial.participants[one] for one in trial.order]
    kinds = {arm.id: arm.kit for arm in trial.protocol.arms}
    batches = tuple(batch.commitment for batch in trial.batches)
    bound = Bound(trial.sealing.commitment, batches, trial.protocol.allocation.cap)
    kits = [tuple(one.kits) for one in people]
    return verify(reveal, bound, [one.levels for one in people], kits, kinds, dict(_openly(trial, people)))


def _openly(trial: Trial, people: Iterable[Participant]) -> Iterator[tuple[str, set[str]]]:
    """Kits of an open period with their kind. What one version they consented to opens, another may mask."""
    given = {version: dict(_given(protocol)) for version, protocol in trial.protocols.items()}
    for one in people:
        plans = [given[each.protocol] for each in one.consents]
        for kit, visit in one.kits.items():
            wanted = {plan[visit] for plan in plans if visit in plan}
            if any(wanted):
                yield kit, wanted


def _given(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """The kind of kit at each visit, "" where the arm says it; randomisation is the visit without a name."""
    for visit in planned_visits(protocol):
        kind = open_kind(protocol, visit.day)
        yield visit.id, kind
        if visit.baseline:
            yield "", kind
