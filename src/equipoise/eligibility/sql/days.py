"""Windows in SQL: days known when compiling, or days that are counted from each person's birth."""

from typing import TypeAlias

import msgspec
from sqlglot import exp

from equipoise.eligibility.expression import Anchor, Period, Unit, Window
from equipoise.eligibility.moments import FIRST, LAST, Days, shift, surest, widest
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.sql.phrases import Day, column, day, greatest, least, moved

BORN = "born"
"""The table of persons with the days between which they were born."""
_SOME_DAY = FIRST.replace(year=2001)
_MOST = 12_000
"""Months: more than any window, and short of the calendar's end."""
Between: TypeAlias = tuple[Day, Day]


class Stretch(msgspec.Struct, frozen=True):
    """From ``start`` to ``end``, both included."""

    start: Day
    end: Day


class Reach(msgspec.Struct, frozen=True):
    """``sure``: days that lie in the window. ``wide``: days that may. ``of_birth``: they differ between persons."""

    sure: Stretch
    wide: Stretch
    of_birth: bool = False

    @property
    def exact(self) -> bool:
        return self.sure == self.wide and not self.of_birth


def fixed(days: Days) -> Stretch:
    return Stretch(days.start, days.end)


def reach(window: Window | None, run: Run) -> Reach:
    if window is not None and window.anchor is Anchor.BIRTH:
        return _from_birth(window)
    sure, wide = surest(window, Person(), run), widest(window, Person(), run)
    assert sure is not None
    assert wide is not None
    return Reach(fixed(sure), fixed(wide))


def birth() -> Between:
    return column("born_first", BORN), column("born_last", BORN)


def _from_birth(window: Window) -> Reach:
    starts = _limit(window.start, window) if window.start else (FIRST, FIRST)
    ends = _limit(window.end, window) if window.end else (LAST, LAST)
    return Reach(Stretch(starts[1], ends[0]), Stretch(starts[0], ends[1]), of_birth=True)


def _limit(limit: Period, window: Window) -> Between:
    first = _reach(limit)
    if window.other is None or not limit.amount:
        return first
    back = limit.amount < 0
    second = _reach(Period(-window.other.amount if back else window.other.amount, window.other.unit))
    farther = back == (window.whichever == "longer")
    choose = _earlier if farther else _later
    return choose(first[0], second[0]), choose(first[1], second[1])


def _earlier(one: Day, other: Day) -> Day:
    return least(day(one), day(other))


def _later(one: Day, other: Day) -> Day:
    return greatest(day(one), day(other))


def _reach(limit: Period) -> Between:
    first, last = birth()
    if limit.unit is Unit.HALF_LIFE:
        return (FIRST, last) if limit.amount < 0 else (first, LAST)
    return shifted(first, limit), shifted(last, limit)


def shifted(value: Day, period: Period) -> Day:
    """As ``moments.shift`` does it."""
    if not isinstance(value, exp.Expr):
        return shift(value, period)
    months = period.amount * {Unit.MONTH: 1, Unit.YEAR: 12}.get(period.unit, 0)
    if abs(months) > _MOST:
        return FIRST if period.amount < 0 else LAST
    whole = int(months)
    rest = shift(_SOME_DAY, Period(months - whole, Unit.MONTH) if months else period)
    return rest if rest in (FIRST, LAST) else moved(value, months=whole, days=(rest - _SOME_DAY).days)
