"""Whether a row of an event lies where a criterion looks for it: sure, or at least possible."""

from decimal import Decimal

from sqlglot import exp

from equipoise.eligibility.expression import Pattern, Related
from equipoise.eligibility.moments import FIRST
from equipoise.eligibility.sql.days import Reach
from equipoise.eligibility.sql.kleene import Both, both_of
from equipoise.eligibility.sql.phrases import (
    Condition,
    Day,
    Sql,
    at_or_before,
    column,
    every,
    is_null,
    is_there,
    moved,
    some,
)
from equipoise.eligibility.sql.rows import EVENT, OTHER

_UNREACHED = 1_000_000
"""Days: no two days of a record lie as far apart."""


def starting(days: Reach) -> Both:
    start = _start(EVENT)
    sure = every((at_or_before(days.sure.start, start), at_or_before(start, days.sure.end)))
    wide = every((at_or_before(days.wide.start, start), at_or_before(start, days.wide.end)))
    return Both(_when_dated(sure), some((is_null(start), wide)))


def overlapping(days: Reach) -> Both:
    return both_of((started(days.sure.end, days.wide.end), _ended_after(days.sure.start, days.wide.start)))


def started(sure: Day, wide: Day) -> Both:
    """Begun by a day that is ``sure`` at the earliest and ``wide`` at the latest."""
    start = _start(EVENT)
    return Both(_when_dated(at_or_before(start, sure)), some((is_null(start), at_or_before(start, wide))))


def _ended_after(sure: Day, wide: Day) -> Both:
    """An event without an end lasted to its first day at least, and may last still."""
    end = column("end_day", EVENT)
    if sure == FIRST:
        return Both(True, True)
    known = exp.func("COALESCE", end, _start(EVENT))
    return Both(at_or_before(sure, known), some((is_null(end), at_or_before(wide, end))))


def undated_too(touch: Both) -> Both:
    """What a record holds without a date was by the index: enough where any time will do."""
    return Both(some((is_null(_start(EVENT)), touch.sure)), touch.may)


def qualified(touch: Both, pattern: Pattern) -> Both:
    """OMOP holds no qualifiers: where some are asked for, no event is sure."""
    return Both(False, touch.may) if pattern.qualifiers else touch


def gap_between(atom: Related) -> Both:
    """From ``first`` to ``second`` in whole days."""
    low, high = atom.gap.low, atom.gap.high
    one, two = _start(EVENT), _start(OTHER)
    sure = every((_apart(low, "low", open_end=atom.gap.low_open), _apart(high, "high", open_end=atom.gap.high_open)))
    wide = every((_apart(low, "low"), _apart(high, "high")))
    doubtful = bool(atom.first.qualifiers or atom.second.qualifiers)
    dated = exp.and_(is_there(one), is_there(two)) if sure is True else sure
    return Both(False if doubtful else dated, some((is_null(one), is_null(two), wide)))


def _apart(bound: Decimal | None, side: str, *, open_end: bool = False) -> Condition:
    if bound is None or abs(bound) > _UNREACHED:
        return bound is None or (bound < 0) == (side == "low")
    one, two = _start(EVENT), _start(OTHER)
    if side == "low":
        days = int(bound.to_integral_value("ROUND_FLOOR")) + 1 if open_end else _up(bound)
        return exp.GTE(this=one, expression=moved(two, days=days))
    days = _up(bound) - 1 if open_end else int(bound.to_integral_value("ROUND_FLOOR"))
    return exp.LTE(this=one, expression=moved(two, days=days))


def _up(bound: Decimal) -> int:
    return int(bound.to_integral_value("ROUND_CEILING"))


def _start(alias: str) -> Sql:
    return column("start_day", alias)


def _when_dated(sure: Condition) -> Condition:
    return is_there(_start(EVENT)) if sure is True else sure
