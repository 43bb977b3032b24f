"""The leaf about a measured value."""

from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

import msgspec

from equipoise.eligibility.expression import Range, Value
from equipoise.eligibility.finding import Because, Finding, known, unknown
from equipoise.eligibility.logic import every, some
from equipoise.eligibility.measures import MEASURES, canonical
from equipoise.eligibility.moments import FIRST, Days, in_range, surest, widest, within
from equipoise.eligibility.person import Absence, Measurement, Person, Run
from equipoise.kernel.truth import Truth


class _Row(msgspec.Struct, frozen=True):
    """A measurement that may lie in the window, and whether it does."""

    inside: Truth
    one: Measurement


def find_value(atom: Value, person: Person, run: Run) -> Finding:
    if atom.reference == "baseline":
        return unknown(Because.NOT_COMPUTABLE)
    sure, wide = surest(atom.window, person, run), widest(atom.window, person, run)
    if sure is None or wide is None:
        return unknown(Because.DATE)
    if atom.window is None and run.fresh is not None:
        sure = wide = Days(run.at - timedelta(days=run.fresh), run.at)
    held = [one for one in person.measurements if one.measure == atom.measure and one.value is not None]
    rows = [_Row(inside, one) for one in held if (inside := _inside(one, sure, wide)) is not Truth.FALSE]
    if not rows:
        return _none_held(run, stale=bool(held))
    chosen = _latest(rows) if atom.select == "latest" else rows
    truth = _selected(atom, chosen)
    evidence = [row.one.source for row in chosen]
    return unknown(_doubt(atom, chosen), evidence) if truth is Truth.UNKNOWN else known(truth, evidence)


def _none_held(run: Run, *, stale: bool) -> Finding:
    if run.otherwise is Absence.CLOSED:
        return Finding(Truth.FALSE, Because.ABSENCE)
    return unknown(Because.STALE if stale else Because.NO_DATA)


def _inside(one: Measurement, sure: Days, wide: Days) -> Truth:
    return Truth.UNKNOWN if one.date is None else within(one.date, sure, wide)


def _latest(rows: list[_Row]) -> list[_Row]:
    """The last row, by date and then by its place in the record; with it all that may be last, where dates are open."""
    certain = [row for row in rows if row.inside is Truth.TRUE]
    if not certain:
        return rows
    last = max(reversed(certain), key=lambda row: row.one.date.latest() if row.one.date else FIRST)
    return [last, *(row for row in rows if row is not last and _may_follow(row, last))]


def _may_follow(row: _Row, last: _Row) -> bool:
    if row.one.date is None or last.one.date is None:
        return True
    settled = row.one.date.day is not None and last.one.date.day is not None
    return not settled and row.one.date.latest() >= last.one.date.earliest()


def _selected(atom: Value, rows: list[_Row]) -> Truth:
    """Without a row that surely lies in the window there may be none at all."""
    if not any(row.inside is Truth.TRUE for row in rows):
        return Truth.UNKNOWN
    low = msgspec.structs.replace(atom.range, high=None, high_open=False)
    high = msgspec.structs.replace(atom.range, low=None, low_open=False)
    match atom.select:
        case "any":
            return _any(atom, rows, atom.range)
        case "all":
            return _all(atom, rows, atom.range)
        case "highest":
            return _any(atom, rows, low) & _all(atom, rows, high)
        case "lowest":
            return _all(atom, rows, low) & _any(atom, rows, high)
        case _:
            truths = {_passes(atom, row.one, atom.range) for row in rows}
            return truths.pop() if len(truths) == 1 else Truth.UNKNOWN


def _any(atom: Value, rows: list[_Row], limits: Range) -> Truth:
    return some(row.inside & _passes(atom, row.one, limits) for row in rows)


def _all(atom: Value, rows: list[_Row], limits: Range) -> Truth:
    return every(~row.inside | _passes(atom, row.one, limits) for row in rows)


def _passes(atom: Value, one: Measurement, limits: Range) -> Truth:
    if one.value is None:
        return Truth.UNKNOWN
    if atom.reference is not None:
        normal = one.high if atom.reference == "ULN" else one.low
        return Truth.UNKNOWN if normal is None else Truth.of(in_range(one.value, _times(limits, normal)))
    value, bounds = _settled(one.measure, one.value, one.unit), _canonical(atom, limits)
    return Truth.UNKNOWN if value is None or bounds is None else Truth.of(in_range(value, bounds))


def _times(limits: Range, normal: Decimal) -> Range:
    low = None if limits.low is None else limits.low * normal
    high = None if limits.high is None else limits.high * normal
    return msgspec.structs.replace(limits, low=low, high=high)


def _settled(measure: str, value: Decimal, unit: str | None) -> Decimal | None:
    """In the measure's own unit. What has a unit but gives none is not guessed at."""
    known = MEASURES.get(measure)
    if known is None or (unit is None and not is_unitless(known.unit)):
        return None
    return canonical(measure, value, unit or known.unit)


def is_unitless(unit: str) -> bool:
    """A ratio, or a score."""
    return unit == "1" or unit.startswith("{")


@lru_cache(maxsize=65536)
def _canonical(atom: Value, limits: Range) -> Range | None:
    """The limits in the measure's own unit; ``None`` where they do not convert."""
    found = {
        name: _settled(atom.measure, bound, atom.unit)
        for name, bound in (("low", limits.low), ("high", limits.high))
        if bound is not None
    }
    return None if None in found.values() else msgspec.structs.replace(limits, **found)


def _doubt(atom: Value, rows: list[_Row]) -> Because:
    if any(row.inside is Truth.UNKNOWN for row in rows):
        return Because.DATE
    if atom.reference is not None:
        return Because.REFERENCE
    return Because.UNIT
