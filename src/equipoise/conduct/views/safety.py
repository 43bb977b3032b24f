"""Adverse events as a viewer may see them: listed and counted over all arms together; reactions apart.

Reactions hint at the arm: for whoever is not cleared for them they are in no list, no count and no numbering.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import UNSET, UnsetType

from equipoise.conduct import events as did
from equipoise.conduct.masking import Viewer, participant_seen
from equipoise.conduct.participant import Participant, Reported
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.clocks import duty_of
from equipoise.conduct.views.sight import Sight, version_of
from equipoise.kernel.refused import Refused


class AdverseLine(msgspec.Struct, frozen=True):
    """``number`` counts a participant's events that this viewer sees. ``expedited``: to be reported to authorities."""

    participant: str
    site: str
    number: int
    term: str
    code: str
    started: datetime.date
    ended: datetime.date | None
    aware: datetime.date
    severity: did.Severity
    seriousness: tuple[did.Seriousness, ...]
    causality: did.Causality
    outcome: did.Outcome
    expected: bool | None
    action: str
    expedited: bool
    sent: tuple[tuple[datetime.date, str], ...]


class Tally(msgspec.Struct, frozen=True):
    """``people``: how many had at least one."""

    events: int
    people: int


class SafetyCounts(msgspec.Struct, frozen=True):
    total: Tally
    serious: Tally
    related: Tally
    fatal: Tally
    by_severity: tuple[tuple[did.Severity, Tally], ...]
    by_seriousness: tuple[tuple[did.Seriousness, Tally], ...]
    by_term: tuple[tuple[str, Tally], ...]


class SafetyListing(msgspec.Struct, frozen=True, omit_defaults=True):
    """``reactions`` is there only for those cleared for them."""

    events: tuple[AdverseLine, ...]
    counts: SafetyCounts
    reactions: tuple[AdverseLine, ...] | UnsetType = UNSET
    reaction_counts: SafetyCounts | UnsetType = UNSET


def safety(trial: Trial, viewer: Viewer, site: str = "") -> SafetyListing:
    """Serious events first, then the latest. Refused: adverse events are not for the viewer."""
    sight = Sight(trial, viewer)
    sight.need(Information.SAFETY, site)
    lines = list(adverse_lines(sight, site))
    events = _ordered(line for line, is_reaction in lines if not is_reaction)
    if not sight.sees(Information.REACTION, site):
        return SafetyListing(events, _counts(events))
    reactions = _ordered(line for line, is_reaction in lines if is_reaction)
    return SafetyListing(events, _counts(events), reactions, _counts(reactions))


def adverse_lines(sight: Sight, site: str = "") -> Iterator[tuple[AdverseLine, bool]]:
    """Each with whether it is of the class of reactions."""
    for one in sight.participants(Information.SAFETY, site):
        for shown, _, known in sight.adverse(one):
            yield _line(sight.trial, one, shown, known), known.told.reaction


def find_adverse(trial: Trial, viewer: Viewer, participant: str, number: int) -> tuple[int, Reported]:
    """By the number this viewer counts: the number in the log, and what is known. Refused: there is none."""
    one = participant_seen(trial, viewer, participant)
    for shown, inside, known in Sight(trial, viewer).adverse(one):
        if shown == number:
            return inside, known
    raise Refused("there is no adverse event of that number here.", what=f"{one.id}, {number}")


def _line(trial: Trial, one: Participant, number: int, known: Reported) -> AdverseLine:
    told = known.told
    rules = trial.protocols[version_of(trial, one)].safety
    return AdverseLine(
        participant=one.id,
        site=one.site,
        number=number,
        term=told.term,
        code=told.code,
        started=told.started,
        ended=told.ended,
        aware=told.aware,
        severity=told.severity,
        seriousness=told.seriousness,
        causality=told.causality,
        outcome=told.outcome,
        expected=told.expected,
        action=told.action,
        expedited=duty_of(told, rules) is not None,
        sent=known.sent,
    )


def _ordered(lines: Iterable[AdverseLine]) -> tuple[AdverseLine, ...]:
    def key(line: AdverseLine) -> tuple[bool, int, str, int]:
        return not line.seriousness, -line.started.toordinal(), line.participant, line.number

    return tuple(sorted(lines, key=key))


def _counts(lines: tuple[AdverseLine, ...]) -> SafetyCounts:
    by_term: dict[str, list[AdverseLine]] = {}
    for line in lines:
        by_term.setdefault(line.term.casefold(), []).append(line)
    ordered = sorted(by_term, key=lambda term: (-len(by_term[term]), term))
    return SafetyCounts(
        total=_tally(lines),
        serious=_tally(line for line in lines if line.seriousness),
        related=_tally(line for line in lines if line.causality is did.Causality.RELATED),
        fatal=_tally(line for line in lines if did.Seriousness.DEATH in line.seriousness),
        by_severity=tuple((each, _tally(line for line in lines if line.severity is each)) for each in did.Severity),
        by_seriousness=tuple(
            (each, _tally(line for line in lines if each in line.seriousness)) for each in did.Seriousness
        ),
        by_term=tuple((by_term[term][0].term, _tally(by_term[term])) for term in ordered),
    )


def _tally(lines: Iterable[AdverseLine]) -> Tally:
    people = Counter(line.participant for line in lines)
    return Tally(people.total(), len(people))
