"""Values in a line: each limit as a value of the measure it belongs to, its unit and number put right."""

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from equipoise.eligibility.expression import Expr, Not, Opaque, Range, Span, Value
from equipoise.eligibility.lexicon.measure import Measure
from equipoise.eligibility.measures import SLIPS, meant_unit, plausible, repair
from equipoise.eligibility.read.belonging import FARTHEST, Named, named_in, outside, owned
from equipoise.eligibility.read.guards import guard_of
from equipoise.eligibility.read.numbers import Bound
from equipoise.eligibility.read.piece import Amount
from equipoise.eligibility.read.scales import find_scales
from equipoise.eligibility.read.scanning import mentions
from equipoise.kernel.units import convert, read_unit

_NORMAL = re.compile(
    r"\bwithin\s(?:the\s)?(?:institutional\s|laboratory\s)*normal\s(?:institutional\s|laboratory\s)*(?:limits?|range)|\b(?:is|are|be)\snormal\b|\bWNL\b",
    re.IGNORECASE,
)
_PAIR = re.compile(r"(?<=\d)\s?/\s?(\d{2,3})\b(?:\s?mm\s?Hg)?", re.IGNORECASE)
_BARE_UNIT = re.compile(r"\s?(?P<unit>[A-Za-z]{1,3}\d?)\b")
_LOG = re.compile(r"\s?\(?log", re.IGNORECASE)
_UNRESOLVED = re.compile(r"\b(?:not|never)\s(?:[a-z]+\s)?(?:resolved?|recover(?:ed)?)\b[^.;]{0,60}\Z", re.IGNORECASE)
""" "Not resolved to grade 1 or less": of a higher one."""
_QUALITY = re.compile(r"(?<=\bor\s)(?:better|worse)\b", re.IGNORECASE)
_LESS_IS_BETTER = frozenset({"ctcae_grade", "ecog", "nyha", "asa", "who_functional_class", "ccs_angina", "mrs", "mmrc"})
_TIMES = re.compile(r"\s?(?:x|times|-?\s?fold)\b(?!\s?10)", re.IGNORECASE)


def find_amounts(line: str, bounds: list[Bound]) -> Iterator[Amount]:
    """Each limit with each measure it belongs to; a limit of a measure that cannot be is kept as opaque."""
    every = named_in(line)
    for bound, own, since in owned(line, every, bounds):
        yield from _made(line, own, bound, since)
    yield from _normal(line, outside(every, bounds))
    yield from find_scales(line)


def _made(line: str, own: list[Named], bound: Bound, since: int) -> Iterator[Amount]:
    start, end = min(own[0][0] if own[0][0] >= since else bound.start, bound.start), max(own[-1][1], bound.end)
    guard, guard_end = guard_of(line, bound.start, bound.end)
    pair = _PAIR.search(line, bound.start, bound.end + 16)
    bound, end = _with_unit(line, own, bound, end)
    for one in own:
        if one[2].name in ("systolic_bp", "blood_pressure", "diastolic_bp") and pair:
            yield from _pressure(start, max(end, pair.end()), bound, Decimal(pair[1]), guard, guard_end)
            return
        made = _value(line, one[2], _turned(line, one[2], bound), (start, end))
        if _UNRESOLVED.search(line, 0, bound.start) and one[2].name == "ctcae_grade":
            made = Not(of=made, spans=made.spans, rule="negated")
        yield Amount(start, end, made, guard, guard_end)


def _turned(line: str, measure: Measure, bound: Bound) -> Bound:
    """Grade 1 "or better" is 1 or less, and 3 "or worse" 3 or more."""
    word = _QUALITY.search(line, bound.start, bound.end)
    if word is None or (measure.name in _LESS_IS_BETTER) != (word[0].casefold() == "better"):
        return bound
    limits = bound.range
    return msgspec.structs.replace(bound, range=Range(limits.high, limits.low))


def _with_unit(line: str, own: list[Named], bound: Bound, end: int) -> tuple[Bound, int]:
    """A unit that stands for several, as "m" does, is that of the measure."""
    match = _BARE_UNIT.match(line, bound.end) if bound.unit is None and bound.reference is None else None
    if match is None or match["unit"].casefold() in ("in", "a", "as", "at", "on", "is", "or", "to"):
        return bound, end
    unit = next((unit for unit in (match["unit"], read_unit(match["unit"])) if unit in own[-1][2].units), None)
    return (bound, end) if unit is None else (msgspec.structs.replace(bound, unit=unit), max(end, match.end()))


def _pressure(
    start: int, end: int, bound: Bound, diastolic: Decimal, guard: Expr | None, guard_end: int
) -> Iterator[Amount]:
    """160/100 is two limits."""
    lower = msgspec.structs.replace(
        bound.range,
        low=None if bound.range.low is None else diastolic,
        high=None if bound.range.high is None else diastolic,
    )
    for name, limits in (("systolic_bp", bound.range), ("diastolic_bp", lower)):
        made = Value(measure=name, range=limits, unit="mm[Hg]", spans=(Span(start, end),), rule="value.pressure")
        yield Amount(start, end, made, guard, guard_end)


def _value(line: str, measure: Measure, bound: Bound, span: tuple[int, int]) -> Expr:
    spans = (Span(*span),)
    limits, unit = bound.range, bound.unit
    if bound.reference is not None:
        rule = f"value.{bound.reference.lower()}"
        return Value(measure=measure.name, range=limits, reference=bound.reference, spans=spans, rule=rule)
    if _is_sign_lost(line, measure, bound):
        text = " ".join(line[slice(*span)].split())
        return Opaque(text=text, reason="its sign was lost", spans=spans, rule="value.equals")
    if _LOG.match(line, bound.end):
        return _raised(line, measure, bound, spans)
    if unit is None and _TIMES.match(line, bound.end):
        text = " ".join(line[slice(*span)].split())
        return Opaque(text=text, reason="multiple of an unread limit", spans=spans, rule="value.multiple")
    values = [value for value in (limits.low, limits.high) if value is not None]
    if measure.unit.startswith("{") and unit in (None, "%"):
        unit = measure.unit
    unit = unit or meant_unit(measure.name, values[-1])
    if all(plausible(measure.name, value, unit) for value in values):
        return Value(measure=measure.name, range=limits, unit=unit, spans=spans, rule="value")
    return _repaired(line, measure, limits, unit, spans)


def _raised(line: str, measure: Measure, bound: Bound, spans: tuple[Span, ...]) -> Expr:
    """5 log10 copies are 100,000."""
    ends = {name: getattr(bound.range, name) for name in ("low", "high")}
    powers = {name: 10**end for name, end in ends.items() if end is not None and 0 <= end <= 12}
    if measure.unit not in ("{copies}/mL", "[IU]/mL") or len(powers) < sum(end is not None for end in ends.values()):
        text = " ".join(line[spans[0].start : spans[0].end].split())
        return Opaque(text=text, reason="on a logarithmic scale", spans=spans, rule="value.log")
    limits = msgspec.structs.replace(bound.range, **powers)
    return Value(measure=measure.name, range=limits, unit=measure.unit, spans=spans, rule="value.log")


def _is_sign_lost(line: str, measure: Measure, bound: Bound) -> bool:
    """Nobody asks for exactly 50 kg: where the text says so, it once said "at least" or "at most"."""
    exact = bound.range.low is not None and bound.range.low == bound.range.high
    return exact and not measure.unit.startswith("{") and line[bound.start : bound.start + 1] == "="


def _repaired(line: str, measure: Measure, limits: Range, unit: str | None, spans: tuple[Span, ...]) -> Expr:
    mended = {
        name: repair(measure.name, value, unit)
        for name, value in (("low", limits.low), ("high", limits.high))
        if value is not None
    }
    meant = {one[1] for one in mended.values() if one}
    if any(one is None for one in mended.values()) or len(meant) != 1 or not _is_slip(unit, *meant):
        return Opaque(
            text=line[spans[0].start : spans[0].end].strip(),
            reason="implausible",
            spans=spans,
            rule="value.implausible",
        )
    values = {name: one[0] for name, one in mended.items() if one}
    unit = next(one[1] for one in mended.values() if one)
    return Value(
        measure=measure.name,
        range=msgspec.structs.replace(limits, **values),
        unit=unit,
        spans=spans,
        rule="value.repaired",
    )


def _is_slip(written: str | None, meant: str) -> bool:
    """Whether one unit was easily written for the other: a power of ten apart, or a sign lost."""
    if written is None or SLIPS.get(written) == meant:
        return True
    ratio = convert(Decimal(1), written, meant)
    return ratio is not None and (ratio > 1 or "/" in written) and ratio.normalize().as_tuple().digits == (1,)


def _normal(line: str, named: list[Named]) -> Iterator[Amount]:
    """ "within normal limits": between both."""
    for match in _NORMAL.finditer(line) if mentions(line, "normal", "wnl") else ():
        before = [one for one in named if one[1] <= match.start() and match.start() - one[1] < FARTHEST]
        for one in before[-1:]:
            spans = (Span(one[0], match.end()),)
            low = Value(
                measure=one[2].name, range=Range(low=Decimal(1)), reference="LLN", spans=spans, rule="value.normal"
            )
            high = Value(
                measure=one[2].name, range=Range(high=Decimal(1)), reference="ULN", spans=spans, rule="value.normal"
            )
            yield Amount(one[0], match.end(), low)
            yield Amount(one[0], match.end(), high)
