"""Windows on the calendar: moving a day by a period, and whether a date that may be partial lies in a window."""

import calendar
import datetime
from decimal import Decimal
from math import ceil, floor
from typing import TypeAlias

import msgspec

from equipoise.eligibility.expression import Anchor, Period, Range, Unit, Window
from equipoise.eligibility.person import Event, Observed, Person, Run
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.truth import Truth

FIRST, LAST = datetime.date.min, datetime.date.max
_DAYS = {Unit.HOUR: Decimal(1) / 24, Unit.DAY: Decimal(1), Unit.WEEK: Decimal(7)}
_MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}
_MEAN_MONTH = Decimal("30.4375")


class Days(msgspec.Struct, frozen=True):
    """From ``start`` to ``end``, both included."""

    start: datetime.date
    end: datetime.date


def shift(day: datetime.date, period: Period) -> datetime.date:
    """The day a period (not of half-lives) away: calendar months and years, clipped at the end of the month.

    Parts of a day count as a whole one, away from ``day``. Beyond the calendar it stops at its ends.
    """
    try:
        if period.unit in _MONTHS:
            return _shift_months(day, period.amount * _MONTHS[period.unit])
        return day + datetime.timedelta(days=_whole(period.amount * _DAYS[period.unit]))
    except (OverflowError, ValueError):
        return FIRST if period.amount < 0 else LAST


def _shift_months(day: datetime.date, months: Decimal) -> datetime.date:
    whole = int(months)
    years, month = divmod(day.year * 12 + day.month - 1 + whole, 12)
    last = calendar.monthrange(years, month + 1)[1]
    moved = datetime.date(years, month + 1, min(day.day, last))
    return moved + datetime.timedelta(days=_whole((months - whole) * _MEAN_MONTH))


def _whole(days: Decimal) -> int:
    away = abs(days).to_integral_value("ROUND_CEILING")
    return int(away if days >= 0 else -away)


def nominal_days(period: Period) -> int | None:
    """Days with a month of 30.4375 and a year of 365.25, for display and for comparing lengths."""
    if period.unit is Unit.HALF_LIFE:
        return None
    days = _DAYS.get(period.unit) or _MONTHS[period.unit] * _MEAN_MONTH
    return int((period.amount * days).to_integral_value("ROUND_HALF_UP"))


def anchor_day(anchor: Anchor, person: Person, run: Run) -> PartialDate | None:
    if anchor is Anchor.BIRTH:
        return person.born
    day = run.day(anchor)
    return PartialDate(day.year, day.month, day.day)


def widest(window: Window | None, person: Person, run: Run) -> Days | None:
    """All days that may lie in the window; ``None`` where its anchor is not known."""
    return _days(window, person, run, sure=False)


def surest(window: Window | None, person: Person, run: Run) -> Days | None:
    """The days that lie in the window whatever is not known."""
    return _days(window, person, run, sure=True)


def _days(window: Window | None, person: Person, run: Run, *, sure: bool) -> Days | None:
    if window is None:
        return Days(FIRST, run.at)
    anchor = anchor_day(window.anchor, person, run)
    if anchor is None:
        return None
    between = (anchor.earliest(), anchor.latest())
    starts = _limit(window.start, window, between) if window.start else (FIRST, FIRST)
    ends = _limit(window.end, window, between) if window.end else (LAST, LAST)
    return Days(starts[1], ends[0]) if sure else Days(starts[0], ends[1])


_Between: TypeAlias = tuple[datetime.date, datetime.date]
"""The earliest and the latest day something may be."""


def _limit(limit: Period, window: Window, anchor: _Between) -> _Between:
    first = _reach(limit, anchor)
    if window.other is None or not limit.amount:
        return first
    back = limit.amount < 0
    second = _reach(Period(-window.other.amount if back else window.other.amount, window.other.unit), anchor)
    farther = back == (window.whichever == "longer")
    return tuple(map(min, first, second)) if farther else tuple(map(max, first, second))  # type: ignore[return-value]


def _reach(limit: Period, anchor: _Between) -> _Between:
    """Some number of half-lives may be any time, from none."""
    if limit.unit is Unit.HALF_LIFE:
        return (FIRST, anchor[1]) if limit.amount < 0 else (anchor[0], LAST)
    return shift(anchor[0], limit), shift(anchor[1], limit)


def within(date: PartialDate, sure: Days, wide: Days) -> Truth:
    """Whether the date lies in the window, of which ``sure`` days are certain and ``wide`` days possible."""
    first, last = date.earliest(), date.latest()
    if sure.start <= first and last <= sure.end:
        return Truth.TRUE
    return Truth.FALSE if last < wide.start or wide.end < first else Truth.UNKNOWN


def overlaps(event: Event, sure: Days, wide: Days) -> Truth:
    """Whether an event of which start and end may be partial or not known touches the window."""
    return started(event, sure.end, wide.end) & _ended_after(event, sure.start, wide.start)


def started(event: Event, sure: datetime.date, wide: datetime.date) -> Truth:
    """Whether the event began by a day that is ``sure`` at the earliest and ``wide`` at the latest."""
    if event.start is None:
        return Truth.UNKNOWN
    if event.start.latest() <= sure:
        return Truth.TRUE
    return Truth.FALSE if event.start.earliest() > wide else Truth.UNKNOWN


def _ended_after(event: Event, sure: datetime.date, wide: datetime.date) -> Truth:
    first, last = _end(event)
    if first >= sure:
        return Truth.TRUE
    return Truth.FALSE if last < wide else Truth.UNKNOWN


def _end(event: Event) -> tuple[datetime.date, datetime.date]:
    """The earliest and the latest day the event may have ended."""
    if event.end is not None:
        return event.end.earliest(), event.end.latest()
    if event.ended is False:
        return LAST, LAST
    return event.start.earliest() if event.start else FIRST, LAST


def covered(days: Days, observed: tuple[Observed, ...], run: Run) -> bool:
    """Whether observation ran all through the days up to the index (``Run.lifetime``: days without beginning)."""
    end = min(days.end, run.at)
    for period in merged(observed):
        if period.end < end or period.start > end:
            continue
        if period.start <= days.start:
            return True
        return run.lifetime is not None and (end - period.start).days >= run.lifetime
    return False


def merged(observed: tuple[Observed, ...]) -> list[Observed]:
    """Periods that touch or overlap made one, in order of time."""
    found: list[Observed] = []
    for period in sorted(observed, key=lambda one: one.start):
        if found and (period.start - found[-1].end).days <= 1:
            found[-1] = Observed(found[-1].start, max(found[-1].end, period.end))
        else:
            found.append(period)
    return found


def whole_days(gap: Range) -> tuple[int | None, int | None]:
    """The least and the greatest whole number of days in the range; ``None`` is without limit."""
    low, high = gap.low, gap.high
    least = None if low is None else floor(low) + 1 if gap.low_open else ceil(low)
    most = None if high is None else ceil(high) - 1 if gap.high_open else floor(high)
    return least, most


def in_range(value: Decimal, limits: Range) -> bool:
    low, high = limits.low, limits.high
    above = low is None or value > low or (value == low and not limits.low_open)
    below = high is None or value < high or (value == high and not limits.high_open)
    return above and below
