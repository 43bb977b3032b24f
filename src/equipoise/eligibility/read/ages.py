"""Ages in a line: limits in years, months or days that are said of people, not of illness or treatment."""

import re
from collections.abc import Iterator

from equipoise.eligibility.expression import Age, Period, Span, Unit
from equipoise.eligibility.read.numbers import Bound
from equipoise.eligibility.read.piece import Amount

_PERSONS = re.compile(
    r"\b(?:males?|females?|m[ea]n|wom[ea]n|patients|subjects|participants|adults?|volunteers|individuals|persons)[\s,(]*(?:aged?|between|from|of)?\s*\Z",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"[\s-]*(?:post|since|after|from|prior|before|ago|of\s(?!age)|following|history|with)", re.IGNORECASE
)
_LONGEST_LEAD = 100
"""Characters before an age in which only people are named."""
_AGE_CUE = re.compile(
    r"\bag(?:e[ds]?|ing)\b|\byears?[\s-]old\b|\bof\sage\b|\by/o\b|\badults?\b|birthday|\badolescents?\b|\bchild(?:ren)?\b|\bpa?ediatric\b|\belderly\b|\bwho\s(?:is|are)\s\Z",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\W*(?:(?:healthy|male|female|adult|eligible|ambulatory|post-?menopausal|pediatric)\s|(?:and|or|/)\s?)*"
    r"(?:males?|females?|m[ea]n|wom[ea]n|patients?|subjects?|participants?|adults?|volunteers?|children|infants?|neonates?|newborns?|adolescents?|individuals|persons?|people|at\sleast|between|from|[≥>])?\W*"
    r"(?:who\s(?:are|is)|are|is|must\sbe|with|of|aged?|:|at\sleast|between)?\W*\Z",
    re.IGNORECASE,
)
_NOT_AGE = re.compile(
    r"gestation|histor|since|duration|expectan|surviv|diagnos|ago|within|prior|previous|disease|free", re.IGNORECASE
)
_AGE_UNITS = {"a": Unit.YEAR, "mo": Unit.MONTH, "wk": Unit.WEEK, "d": Unit.DAY, "h": Unit.HOUR}


def find_ages(line: str, bounds: list[Bound]) -> Iterator[tuple[Bound, Amount]]:
    last: Bound | None = None
    for place, bound in enumerate(bounds):
        beside = _before_age(line, bounds[place : place + 2]) or (last is not None and _after_age(line, last, bound))
        if not (beside or _is_age(line, bound, bounds[:place])):
            continue
        last = bound
        low, high = bound.range.low, bound.range.high
        if low == high and line[bound.start : bound.start + 1] == "=":
            continue
        shared = bounds[place + 1].unit if bound.unit is None and place + 1 < len(bounds) else None
        unit = _AGE_UNITS.get(bound.unit or shared or "a", Unit.YEAR)
        span = _age_span(line, bound)
        made = Age(
            low=None if low is None else Period(low, _AGE_UNITS.get(bound.low_unit or "", unit)),
            high=None if high is None else Period(high, unit),
            low_open=bound.range.low_open,
            high_open=bound.range.high_open,
            spans=(Span(*span),),
            rule="age",
        )
        yield bound, Amount(*span, made)


def _before_age(line: str, pair: list[Bound]) -> bool:
    """ "at least 18 and not older than 75 years": the first is in years too."""
    if len(pair) < 2 or pair[0].unit or pair[0].reference or not pair[0].counted:
        return False
    gap = line[pair[0].end : pair[1].start]
    return re.fullmatch(r"[\s,]*(?:and|but|to|or)?\s?", gap) is not None and _is_age(line, pair[1], pair[:0])


def _after_age(line: str, last: Bound, bound: Bound) -> bool:
    """ "aged at least 18 and at most 65 years"."""
    gap = line[last.end : bound.start]
    again = re.fullmatch(r"[\s,()]*(?:years?\s)?(?:old|of\sage)?[\s,]*(?:and|but|to|or)\s(?:is\s|are\s)?", gap)
    return again is not None and (bound.unit == "a" or (bound.unit is None and bound.counted and not bound.reference))


def _is_age(line: str, bound: Bound, earlier: list[Bound]) -> bool:
    if not bound.counted or bound.reference or (bound.unit or "a") not in _AGE_UNITS:
        return False
    before, after = line[max(0, bound.start - 45) : bound.start], line[bound.start : bound.end + 25]
    own = line[bound.start : bound.end]
    if _NOT_AGE.search(before):
        return False
    if bound.unit is None:
        named = re.search(r"\bage[ds]?\b[^.;]{0,25}\Z", before, re.IGNORECASE) and not earlier
        return bool(named) or re.search(r"\bage\sof\b", own, re.IGNORECASE) is not None
    if _AGE_CUE.search(before) or _AGE_CUE.search(after):
        return True
    if bound.unit == "a" and re.match(r"older|younger|between", own, re.IGNORECASE):
        return True
    if bound.unit not in ("a", "mo"):
        return False
    led = _PERSONS.search(before) is not None and _LATER.match(line, bound.end) is None
    return led or (bound.start < _LONGEST_LEAD and _PEOPLE.fullmatch(line[: bound.start]) is not None)


def _age_span(line: str, bound: Bound) -> tuple[int, int]:
    cue = re.compile(r"\bage[ds]?\b\s*(?:is|of|between|range|group|must\sbe|:)?\s*\Z", re.IGNORECASE).search(
        line[: bound.start]
    )
    tail = re.compile(r"[\s,(]*(?:of\sage|years?\sold|old|inclusive(?:ly)?|\))*", re.IGNORECASE).match(line, bound.end)
    start = cue.start() if cue else bound.start
    return start, _rstrip(line, start, tail.end() if tail else bound.end)


def _rstrip(line: str, start: int, end: int) -> int:
    return start + len(line[start:end].rstrip(" ,("))
