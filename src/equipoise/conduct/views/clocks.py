"""Clocks of expedited reporting: which serious adverse events must be reported, by when, and whether they were.

Days count from the day the site knew, day 0 (ICH E2A). A clock given in hours ends with the day on which the hours end,
counted from the end of the day of awareness, of which only the day is known.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

import msgspec

from equipoise.conduct import events as did
from equipoise.conduct.log import Entry
from equipoise.conduct.masking import Viewer
from equipoise.conduct.participant import Participant, Reported
from equipoise.conduct.permissions import today
from equipoise.conduct.protocol.model import Safety
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.sight import Sight, version_of

GRAVE = frozenset({did.Seriousness.DEATH, did.Seriousness.LIFE_THREATENING})


class Duty(StrEnum):
    """What has to be done before the clock ends."""

    SITE = "site-report"
    SEVEN_DAYS = "fatal-or-life-threatening"
    FIFTEEN_DAYS = "other-serious-unexpected"


DUTIES: Mapping[Duty, str] = {
    Duty.SITE: "The site tells the sponsor",
    Duty.SEVEN_DAYS: "Report to authorities: fatal or life-threatening",
    Duty.FIFTEEN_DAYS: "Report to authorities: serious and unexpected",
}


class Running(StrEnum):
    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"


class Clock(msgspec.Struct, frozen=True):
    """``number``: as the viewer counts (``safety.find_adverse``). ``left``: days to the end of the clock, below nothing
    once past; ``met``: the day it was done."""

    participant: str
    site: str
    number: int
    term: str
    duty: Duty
    aware: datetime.date
    due: datetime.date
    state: Running
    left: int
    met: datetime.date | None = None


def clocks(
    trial: Trial, viewer: Viewer, at: datetime.datetime, entered: Mapping[tuple[str, int], str], site: str = ""
) -> tuple[Clock, ...]:
    """Of every serious adverse event the viewer may see: overdue first, then by the day they end.

    ``entered``: the moment each first stood in the log as serious, by participant and number (``serious_since``).
    """
    sight = Sight(trial, viewer)
    found = (
        clock
        for one in trial.participants.values()
        if one.adverse and (not site or one.site == site)
        for clock in _of_participant(sight, one, at, entered)
    )
    return tuple(sorted(found, key=_urgency))


def _urgency(clock: Clock) -> tuple[bool, bool, datetime.date, str, int]:
    done = clock.met is not None
    return done, clock.state is not Running.OVERDUE, clock.due, clock.participant, clock.number


def serious_since(entries: Iterable[Entry]) -> dict[tuple[str, int], str]:
    """The moment (UTC) at which each adverse event was first recorded as serious."""
    since: dict[tuple[str, int], str] = {}
    for entry in entries:
        if entry.tag in _TELL_OF_ADVERSE:
            event = did.read_event(entry.tag, entry.schema, entry.body)
            if isinstance(event, did.AdverseEventReported | did.AdverseEventUpdated) and event.told.serious:
                since.setdefault((event.participant, event.number), entry.at)
    return since


_TELL_OF_ADVERSE = frozenset({"adverse-event-reported", "adverse-event-updated"})


def _of_participant(
    sight: Sight, one: Participant, at: datetime.datetime, entered: Mapping[tuple[str, int], str]
) -> Iterator[Clock]:
    trial = sight.trial
    rules = trial.protocols[version_of(trial, one)].safety
    day = today(trial, one.site, at)
    for number, inside, known in sight.adverse(one):
        told = known.told
        if not told.serious:
            continue
        moment = entered.get((one.id, inside))
        if moment:
            told_on = today(trial, one.site, datetime.datetime.fromisoformat(moment))
            days = -(-rules.site_reports_serious_within_hours // 24)
            yield _clock(one, number, told, Duty.SITE, days, told_on, day)
        duty = duty_of(told, rules)
        if duty:
            days = (
                rules.fatal_or_life_threatening_within_days
                if duty is Duty.SEVEN_DAYS
                else rules.other_serious_unexpected_within_days
            )
            yield _clock(one, number, told, duty, days, _sent_on(known), day)


def duty_of(told: did.AdverseEvent, rules: Safety) -> Duty | None:
    """Serious, unexpected and possibly related is reported (SUSAR). What is not known counts as the worse."""
    related = told.causality is not did.Causality.NOT_RELATED
    if not (told.serious and related and _unexpected(told, rules)):
        return None
    return Duty.SEVEN_DAYS if GRAVE & set(told.seriousness) else Duty.FIFTEEN_DAYS


def _unexpected(told: did.AdverseEvent, rules: Safety) -> bool:
    """As assessed; where it was not, a term that the protocol does not list."""
    if told.expected is not None:
        return not told.expected
    return told.term.strip().casefold() not in {term.strip().casefold() for term in rules.expected}


def _sent_on(known: Reported) -> datetime.date | None:
    return min((on for on, _ in known.sent), default=None)


def _clock(
    one: Participant,
    number: int,
    told: did.AdverseEvent,
    duty: Duty,
    days: int,
    met: datetime.date | None,
    day: datetime.date,
) -> Clock:
    due = told.aware + datetime.timedelta(days=days)
    left = (due - day).days
    if met is not None:
        state = Running.MET if met <= due else Running.LATE
    else:
        state = Running.RUNNING if left >= 0 else Running.OVERDUE
    return Clock(one.id, one.site, number, told.term, duty, told.aware, due, state, left, met)
