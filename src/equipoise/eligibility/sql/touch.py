"""Whether a row of an event lies where a criterion looks for it: sure, or at least possible."""

from sqlglot import exp

from equipoise.eligibility.expression import Pattern, Related
from equipoise.eligibility.moments import FIRST, whole_days
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
from equipoise.eligibility.sql.rows import EVENT, OTHER, is_surely

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
    """Sure only of what is surely meant."""
    return Both(every((touch.sure, is_surely(pattern, EVENT))), touch.may)


def gap_between(atom: Related) -> Both:
    """From ``first`` to ``second`` in whole days."""
    low, high = whole_days(atom.gap)
    one, two = _start(EVENT), _start(OTHER)
    apart = every((_at_least(low), _at_most(high)))
    dated = exp.and_(is_there(one), is_there(two)) if apart is True else apart
    meant = every((is_surely(atom.first, EVENT), is_surely(atom.second, OTHER)))
    return Both(every((dated, meant)), some((is_null(one), is_null(two), apart)))


def _at_least(days: int | None) -> Condition:
    if days is None or abs(days) > _UNREACHED:
        return days is None or days < 0
    return exp.GTE(this=_start(EVENT), expression=moved(_start(OTHER), days=days))


def _at_most(days: int | None) -> Condition:
    if days is None or abs(days) > _UNREACHED:
        return days is None or days > 0
    return exp.LTE(this=_start(EVENT), expression=moved(_start(OTHER), days=days))


def _start(alias: str) -> Sql:
    return column("start_day", alias)


def _when_dated(sure: Condition) -> Condition:
    return is_there(_start(EVENT)) if sure is True else sure
