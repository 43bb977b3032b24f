"""The visits a protocol plans: repeated ones written out, their windows as dates, and which are due on a day."""

import datetime
from collections.abc import Collection, Iterator
from enum import StrEnum
from itertools import islice

import msgspec

from equipoise.conduct.protocol.model import Protocol, TrialPeriod, Visit
from equipoise.kernel.refused import Refused

MOST_REPEATS = 500
"""Of one visit: weekly for almost ten years. Beyond it ``until`` is a slip of the pen."""
MOST_VISITS = 2000
"""Of one protocol, repeats included; the rest are left out, and ``trial check`` refuses the file."""


class PlannedVisit(msgspec.Struct, frozen=True):
    """One visit of the schedule. ``of`` and ``number``: which repeat of which visit in the file, from 1."""

    id: str
    label: str
    day: int
    before: int
    after: int
    forms: tuple[str, ...]
    dispense: int
    baseline: bool
    of: str
    number: int

    @property
    def first(self) -> int:
        return self.day - self.before

    @property
    def last(self) -> int:
        return self.day + self.after


def planned_visits(protocol: Protocol) -> tuple[PlannedVisit, ...]:
    """In the order of their days; visits of one day in the order of the file."""
    every = (planned for visit in protocol.visits for planned in repeats(visit))
    return tuple(sorted(islice(every, MOST_VISITS), key=lambda visit: visit.day))


def repeats(visit: Visit) -> Iterator[PlannedVisit]:
    """The visit and its repeats: ``id``, ``id-2``, ``id-3`` ..., the last on ``until`` or before it."""
    days = range(visit.day, visit.day + 1)
    if visit.every and visit.every > 0 and visit.until is not None:
        days = range(visit.day, visit.until + 1, visit.every) or days
    for number, day in enumerate(islice(days, MOST_REPEATS), 1):
        yield PlannedVisit(
            id=visit.id if number == 1 else f"{visit.id}-{number}",
            label=_label(visit.label, day, number),
            day=day,
            before=visit.before,
            after=visit.after,
            forms=visit.forms,
            dispense=visit.dispense,
            baseline=visit.baseline,
            of=visit.id,
            number=number,
        )


def _label(label: str, day: int, number: int) -> str:
    """``{day}``, ``{week}`` and ``{number}`` stand for those of the repeat; where none does, the number follows."""
    told = label.replace("{day}", str(day)).replace("{week}", str(day // 7)).replace("{number}", str(number))
    return f"{told} ({number})" if told == label and number > 1 else told


def period_on(protocol: Protocol, day: int) -> TrialPeriod | None:
    """None before the first period, after the last and in a gap between two."""
    return next((period for period in protocol.periods if period.from_day <= day <= period.to_day), None)


def open_kind(protocol: Protocol, day: int) -> str:
    """The kind of kit that everybody is given on a day, whatever their arm; none on days that are masked."""
    period = period_on(protocol, day)
    return "" if period is None or period.masked else period.kit


def find_visit(protocol: Protocol, visit: str) -> PlannedVisit:
    """Refused: the protocol plans no visit of that id."""
    for one in protocol.visits:
        if visit == one.id or visit.startswith(f"{one.id}-"):
            for planned in repeats(one):
                if planned.id == visit:
                    return planned
    raise Refused("there is no such visit in this protocol.", what=visit[:40], do="Choose one of the schedule.")


Window = tuple[datetime.date, datetime.date, datetime.date]


def window(protocol: Protocol, visit: str, day0: datetime.date) -> Window:
    """The first day, the planned day and the last day on which the visit may be, ``day0`` the first of treatment."""
    return _dates(find_visit(protocol, visit), day0)


def _dates(visit: PlannedVisit, day0: datetime.date) -> Window:
    return _after(day0, visit.first), _after(day0, visit.day), _after(day0, visit.last)


def _after(day0: datetime.date, days: int) -> datetime.date:
    return day0 + datetime.timedelta(days=days)


class State(StrEnum):
    """``open``: the window has begun and not ended. ``overdue``: it has ended, and nothing is recorded."""

    OPEN = "open"
    OVERDUE = "overdue"


class Due(msgspec.Struct, frozen=True):
    visit: PlannedVisit
    first: datetime.date
    planned: datetime.date
    last: datetime.date
    state: State


def due(protocol: Protocol, day0: datetime.date, today: datetime.date, done: Collection[str]) -> tuple[Due, ...]:
    """The visits that should be, or should have been, by ``today``. ``done``: ids of those done or missed."""
    return tuple(_due(protocol, day0, today, done))


def _due(protocol: Protocol, day0: datetime.date, today: datetime.date, done: Collection[str]) -> Iterator[Due]:
    for visit in planned_visits(protocol):
        first, planned, last = _dates(visit, day0)
        if visit.id not in done and first <= today:
            yield Due(visit, first, planned, last, State.OPEN if today <= last else State.OVERDUE)
