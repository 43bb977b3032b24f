"""Values in a line: which measure each limit belongs to, and for whom it holds."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from equipoise.eligibility.expression import (
    Concept,
    Exists,
    Expr,
    Opaque,
    Pattern,
    Range,
    Sex,
    Span,
    Value,
)
from equipoise.eligibility.lexicon.measure import Measure
from equipoise.eligibility.measures import MEASURES, canonical, find_measures, meant_unit, plausible, repair
from equipoise.eligibility.read.numbers import Bound
from equipoise.eligibility.read.piece import Amount
from equipoise.eligibility.read.scanning import mentions
from equipoise.eligibility.terms import find_terms
from equipoise.kernel.units import convert, read_unit

_CHAIN = re.compile(r"[\s,/&()+:;-]*(?:and/or|and|or|both|either|the|serum|total|levels?|of)?[\s,/&(]*", re.IGNORECASE)
_AGAIN = re.compile(r"[\s,;()/-]*(?:and|or|but|to)?[\s,(]*(?:if|for|in)?[\s\w,;()%/-]{0,40}", re.IGNORECASE)
_GUARD = re.compile(
    r"\s*[,(\[]?\s*(?:(?:if|when|where|unless|for|in(?:\sthe\spresence\sof|\scase\sof)?|with|among)\s(?:the\s)?)?"
    r"(?P<who>(?:(?:fe)?males?|(?:wo)?m[ea]n)\b(?:\s?(?:patients?|subjects?|participants?))?"
    r"|(?<=if\s)[^,;()\x00\x02]+|(?<=for\s)(?:patients?|subjects?|participants?|those|people)[^,;()\x00\x02]+"
    r"|(?<=in\s)(?:patients?|subjects?|participants?|those|the\spresence\sof)[^,;()\x00\x02]+|(?<=in\sthe\spresence\sof\s)[^,;()\x00\x02]+|(?<=case\sof\s)[^,;()\x00\x02]+|(?<=with\s)[^,;()\x00\x02]+(?:metast|syndrome|disease)[^,;()\x00\x02]*)",
    re.IGNORECASE,
)
_WOMEN = re.compile(r"\bfemales?\b|\bwom[ea]n\b|\bgirls?\b", re.IGNORECASE)
_MEN = re.compile(r"\bmales?\b|\bm[ea]n\b|\bboys?\b", re.IGNORECASE)
_BEFORE_GUARD = re.compile(
    r"\b(?:for\s|in\s)?(?P<who>(?:fe)?males?|(?:wo)?m[ea]n)\s?:?\s?(?:with\s|\()?\s*\Z", re.IGNORECASE
)
_NORMAL = re.compile(
    r"\bwithin\s(?:the\s)?(?:institutional\s|laboratory\s)*normal\s(?:institutional\s|laboratory\s)*(?:limits?|range)|\b(?:is|are|be)\snormal\b|\bWNL\b",
    re.IGNORECASE,
)
_PAIR = re.compile(r"(?<=\d)\s?/\s?(\d{2,3})\b(?:\s?mm\s?Hg)?", re.IGNORECASE)
_SCORE = "{score}"
_BARE_UNIT = re.compile(r"\s?(?P<unit>[A-Za-z]{1,3}\d?)\b")
_TIMES = re.compile(r"\s?(?:x|times|-?\s?fold)\b(?!\s?10)", re.IGNORECASE)
_GRADE = re.compile(
    r"(?<!histologic\s)(?<!histological\s)(?<!high\s)(?<!low\s)(?<!high-)(?<!low-)(?<!tumor\s)(?<!tumour\s)\bgrades?\b(?=\s?[≥≤<>\d])",
    re.IGNORECASE,
)
_CHILD = re.compile(
    r"\b(?:Child(?:[\s'-]*s)?(?:[\s-]*Turcotte)?[\s-]*Pugh|CTP|Child's|Child)(?:\s?\(?(?:cirrhosis|liver|hepatic|class(?:ification|es)?|grade|score|stage|status|of|is|"
    r"CTP|CP|category|:)\)?)*\s?(?P<sign>[≥≤<>])?\s?(?P<one>[ABC])(?P<points>\d{1,2})?\b(?:\s?(?:or|and|to|/|-|,)\s?(?:class\s)?(?P<two>[ABC])(?P<more>\d{1,2})?\b)?",
    re.IGNORECASE,
)
_PUGH = {"A": (5, 6), "B": (7, 9), "C": (10, 15)}
TOGETHER = {"transaminases": ("alt", "ast")}
FARTHEST = 70
"""Characters between a measure and its limit."""


def find_amounts(line: str, bounds: list[Bound]) -> Iterator[Amount]:
    """Each limit with each measure it belongs to; a limit of a measure that cannot be is kept as opaque."""
    every = [part for one in find_measures(line) for part in _parts(one)]
    every = sorted([*every, *_grades(line, every)], key=lambda one: one[0])
    named = [one for one in every if not _in_any(one[0], one[1], bounds)]
    measures: list[tuple[int, int, Measure]] = []
    last_end = 0
    for bound in bounds:
        own = _preceding(line, named, bound, last_end) or _repeated(line, measures, bound, last_end)
        own = (
            own or _following(line, named, bound, bounds) or [one for one in every if _in_any(one[0], one[1], [bound])]
        )
        own = [one for one in own if _belongs(one, bound, last_end)]
        if not own:
            continue
        yield from _made(line, own, bound, last_end)
        measures, last_end = own, bound.end
    yield from _normal(line, named)
    yield from _letters(line)


def _letters(line: str) -> Iterator[Amount]:
    """Child-Pugh classes A, B and C are 5 to 6, 7 to 9 and 10 to 15 points."""
    for match in _CHILD.finditer(line):
        parts = [_PUGH[match[name].upper()] if match[name] else None for name in ("one", "two")]
        points = [match["points"], match["more"]]
        spans = [
            part if not exact else (int(exact), int(exact)) for part, exact in zip(parts, points, strict=True) if part
        ]
        low, high = min(one[0] for one in spans), max(one[1] for one in spans)
        sign = match["sign"] or ""
        limits = Range(
            None if sign in ("<", "≤") else Decimal(low if sign != ">" else high),
            None if sign in (">", "≥") else Decimal(high if sign != "<" else low),
            low_open=sign == ">",
            high_open=sign == "<",
        )
        made = Value(
            measure="child_pugh", range=limits, unit=_SCORE, spans=(Span(*match.span()),), rule="value.child_pugh"
        )
        yield Amount(match.start(), match.end(), made)


def _belongs(one: tuple[int, int, Measure], bound: Bound, since: int) -> bool:
    """A bare number is a point on a scale that stands beside it; no limit is in a unit its measure cannot have."""
    scale = one[2].unit.startswith("{")
    value = bound.range.low if bound.range.low is not None else bound.range.high
    if (
        not (bound.unit is None or (bound.unit == "%" and scale))
        and not str(bound.unit).startswith("/")
        and value is not None
        and canonical(one[2].name, value, bound.unit) is None
    ):
        return False
    return bound.counted or (scale and bound.start - max(one[1], since) < 30)


def _grades(line: str, every: list[tuple[int, int, Measure]]) -> Iterator[tuple[int, int, Measure]]:
    """A grade of nothing else is one of the common terminology criteria for adverse events."""
    for match in _GRADE.finditer(line) if mentions(line, "grade") else ():
        if not _in_any(match.start(), match.end(), every):
            yield match.start(), match.end(), MEASURES["ctcae_grade"]


def _parts(one: tuple[int, int, Measure]) -> Iterator[tuple[int, int, Measure]]:
    """Liver enzymes named together are two measures."""
    if one[2].name not in TOGETHER:
        yield one
    for name in TOGETHER.get(one[2].name, ()):
        yield one[0], one[1], MEASURES[name]


def _in_any(start: int, end: int, others: Iterable[Bound | tuple[int, int, Measure]]) -> bool:
    spans = ((one[0], one[1]) if isinstance(one, tuple) else (one.start, one.end) for one in others)
    return any(first < end and start < last for first, last in spans)


def _preceding(
    line: str, named: list[tuple[int, int, Measure]], bound: Bound, since: int
) -> list[tuple[int, int, Measure]]:
    """The chain of measures that ends nearest before the limit."""
    before = [one for one in named if since <= one[0] and one[1] <= bound.start]
    if not before or bound.start - before[-1][1] > FARTHEST or re.search(r"[.;]\s", line[before[-1][1] : bound.start]):
        return []
    chain = [before[-1]]
    for one in reversed(before[:-1]):
        if line[one[1] : chain[0][0]].strip() == "(" and line[chain[0][1] : chain[0][1] + 1] == ")":
            chain[0] = (one[0], chain[0][1], chain[0][2])
            continue
        if not _CHAIN.fullmatch(line[one[1] : chain[0][0]]):
            break
        chain.insert(0, one)
    return _distinct(chain)


def _distinct(chain: list[tuple[int, int, Measure]]) -> list[tuple[int, int, Measure]]:
    """A name and its abbreviation in brackets are one measure."""
    return [one for place, one in enumerate(chain) if one[2] not in [other[2] for other in chain[:place]]]


def _repeated(
    line: str, measures: list[tuple[int, int, Measure]], bound: Bound, last_end: int
) -> list[tuple[int, int, Measure]]:
    """A further limit on what was limited just before."""
    between = line[last_end : bound.start]
    if not measures or len(between) > 45 or re.search(r"[.;]\s\w", between) or not _AGAIN.fullmatch(between):
        return []
    return measures if any(_fits(one[2], bound) for one in measures) else []


def _fits(measure: Measure, bound: Bound) -> bool:
    value = bound.range.low if bound.range.low is not None else bound.range.high
    if bound.reference is not None or value is None:
        return bound.reference is not None
    return plausible(measure.name, value, bound.unit or meant_unit(measure.name, value))


def _following(
    line: str, named: list[tuple[int, int, Measure]], bound: Bound, bounds: list[Bound]
) -> list[tuple[int, int, Measure]]:
    limit = min([other.start for other in bounds if other.start > bound.start], default=len(line))
    after = [one for one in named if bound.end <= one[0] < min(limit, bound.end + 30)]
    if not after or not bound.counted or re.search(r"[,;.]", line[bound.end : after[0][0]]):
        return []
    return after[:1] if _fits(after[0][2], bound) else []


def _made(line: str, own: list[tuple[int, int, Measure]], bound: Bound, since: int) -> Iterator[Amount]:
    start, end = min(own[0][0] if own[0][0] >= since else bound.start, bound.start), max(own[-1][1], bound.end)
    guard, guard_end = _guard(line, bound)
    pair = _PAIR.search(line, bound.start, bound.end + 16)
    bound, end = _with_unit(line, own, bound, end)
    for one in own:
        if one[2].name in ("systolic_bp", "blood_pressure", "diastolic_bp") and pair:
            yield from _pressure(start, max(end, pair.end()), bound, Decimal(pair[1]), guard, guard_end)
            return
        yield Amount(start, end, _value(line, one[2], bound, (start, end)), guard, guard_end)


def _with_unit(line: str, own: list[tuple[int, int, Measure]], bound: Bound, end: int) -> tuple[Bound, int]:
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
    """Whether one unit was easily written for the other: of one kind, and not molar for mass."""
    return written is None or convert(Decimal(1), written, meant) is not None


def _guard(line: str, bound: Bound) -> tuple[Expr | None, int]:
    match = _GUARD.match(line, bound.end)
    if match is not None:
        return who(line, match.start("who"), match.end("who")), match.end("who")
    before = _BEFORE_GUARD.search(line[: bound.start])
    return (who(line, before.start("who"), before.end("who")), 0) if before else (None, 0)


def who(line: str, start: int, end: int) -> Expr:
    words = line[start:end].strip()
    spans = (Span(start, start + len(words)),)
    if _WOMEN.search(words):
        return Sex(sex="female", spans=spans, rule="guard.sex")
    if _MEN.search(words):
        return Sex(sex="male", spans=spans, rule="guard.sex")
    known = [one for one in find_terms(words) if one[1] - one[0] > len(words) // 2]
    if len(known) == 1:
        concept = Concept(words=words[known[0][0] : known[0][1]])
        return Exists(pattern=Pattern(known[0][2].domain, concept), spans=spans, rule="guard")
    return Opaque(text=words, reason="condition of a limit", spans=spans, rule="guard")


def _normal(line: str, named: list[tuple[int, int, Measure]]) -> Iterator[Amount]:
    """ "within normal limits": between both."""
    for match in _NORMAL.finditer(line):
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
