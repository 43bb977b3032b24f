"""Two limits on one measure, as in "at least 40 and at most 100 kg" or "ECOG 0, 1 or 2", made one range."""

import re
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from equipoise.eligibility.expression import Age, Range, Value
from equipoise.eligibility.lexicon.scores import SCORES
from equipoise.eligibility.moments import nominal_days
from equipoise.eligibility.read.piece import Piece

_OR = re.compile(r"\bor\b|/", re.IGNORECASE)
_APART = re.compile(r"[;\x00]|\.\s|\b(?:if|then|unless|when)\b", re.IGNORECASE)
_SCALES = frozenset(one.name for one in SCORES)


def merged(line: str, pieces: Iterable[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for piece in pieces:
        both = _merged(line, found[-1], piece) if found else None
        if both is None:
            found.append(piece)
        else:
            found[-1] = both
    return found


def _merged(line: str, one: Piece, two: Piece) -> Piece | None:
    first, second = one.expr, two.expr
    if _APART.search(line, one.end, two.start):
        return None
    if isinstance(first, Age) and isinstance(second, Age) and _is_between(first, second):
        between = msgspec.structs.replace(
            first, high=second.high, high_open=second.high_open, spans=(*first.spans, *second.spans), rule="age.range"
        )
        return msgspec.structs.replace(one, end=max(one.end, two.end), expr=between)
    if not (isinstance(first, Value) and isinstance(second, Value)):
        return None
    if (first.measure, first.unit, first.reference) != (second.measure, second.unit, second.reference):
        return None
    either = _OR.search(line, one.end, two.start) is not None
    limits = _range(first, second, either=either)
    if limits is None:
        return None
    spans = (*first.spans, *second.spans)
    made = msgspec.structs.replace(first, range=limits, spans=spans, rule="value.range")
    return msgspec.structs.replace(one, end=max(one.end, two.end), expr=made)


def _is_between(one: Age, two: Age) -> bool:
    low, high = one.low, two.high
    if one.high is not None or two.low is not None or low is None or high is None:
        return False
    first, last = nominal_days(low), nominal_days(high)
    return first is not None and last is not None and first < last


def _is_some(low: Decimal, high: Decimal, is_open: bool) -> bool:
    """Whether any value lies between."""
    return low < high or (low == high and not is_open)


def _range(first: Value, second: Value, *, either: bool) -> Range | None:
    one, two = first.range, second.range
    if None not in (one.low, one.high, two.low, two.high) and first.measure in _SCALES:
        return _spanned(one, two)
    if either:
        return None
    if one.high is None and two.low is None and one.low is not None and two.high is not None:
        return (
            Range(one.low, two.high, one.low_open, two.high_open)
            if _is_some(one.low, two.high, one.low_open or two.high_open)
            else None
        )
    if one.low is None and two.high is None and one.high is not None and two.low is not None:
        return (
            Range(two.low, one.high, two.low_open, one.high_open)
            if _is_some(two.low, one.high, two.low_open or one.high_open)
            else None
        )
    return None


def _spanned(one: Range, two: Range) -> Range | None:
    """Two classes of a scale beside each other; 1 or 4 is no range."""
    values = sorted(value for value in (one.low, one.high, two.low, two.high) if value is not None)
    return Range(values[0], values[-1]) if values[-1] - values[0] <= _one_step(one, two) else None


def _one_step(one: Range, two: Range) -> int:
    """The widest range that stepping by one through both can make."""
    width = sum(int(each.high - each.low) for each in (one, two) if each.low is not None and each.high is not None)
    return width + 1
