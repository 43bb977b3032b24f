"""Which measure each limit in a line belongs to: the one before it, the one limited just before, or the one after."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from equipoise.eligibility.lexicon.measure import Measure
from equipoise.eligibility.measures import MEASURES, canonical, find_measures, meant_unit, plausible
from equipoise.eligibility.read.hints import hinted
from equipoise.eligibility.read.numbers import Bound
from equipoise.eligibility.read.scanning import mentions

_CHAIN = re.compile(r"[\s,/&()+:;-]*(?:and/or|and|or|both|either|the|serum|total|levels?|of)?[\s,/&(]*", re.IGNORECASE)
_AGAIN = re.compile(r"[\s,;()/-]*(?:and|or|but|to)?[\s,(]*(?:if|for|in)?[\s\w,;()%/-]{0,40}", re.IGNORECASE)
_GRADE = re.compile(
    r"(?<!histologic\s)(?<!histological\s)(?<!high\s)(?<!low\s)(?<!high-)(?<!low-)(?<!tumor\s)(?<!tumour\s)\bgrades?\b(?=\s?[≥≤<>\d])",
    re.IGNORECASE,
)
_OTHER_GRADE = re.compile(
    r"glioma|astrocytoma|lymphoma|tumou?r|carcinoma|sarcoma|(?<!anti)(?<!anti-)cancer|gvhd|graft|varic|encephalopath|reflux|prolapse|spondyl|haemorrhoid|hemorrhoid|differentiat|histolog|nuclear|intraepithelial|oligodendro|follicular|\bWHO\b|dysplasia|stenosis|ulcer|vesicoureter",
    re.IGNORECASE,
)
"""What is graded on scales of its own."""
_ADVERSE = re.compile(r"\btoxicit|\badverse|\bCTC|\b(?:TR)?AEs?\b|\b(?:resolv|recover)ed\sto\s\Z", re.IGNORECASE)
_SEXES = re.compile(
    r"[\s,;()/]*(?:\d+\s?[a-z]+\)[\s,;]*)?(?:and|or|but)?\s?(?:for|in)?\s?(?:wo)?(?:m[ae]n|males?|females?)\s?[:(]?\s?",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\s?(?:[,;)]|\.?\s?\Z|\.\s|\(?(?:and|or|for|in|if|at|(?:wo)?m[ae]n|(?:fe)?males?)\b)", re.IGNORECASE
)
"""Nothing after a limit that could be its unit."""
_BRACKET = re.compile(r"\s?\([^()]*\)|\s?\[[^\[\]]*\]")
_REST_OF_BRACKET = re.compile(r"\A[^()]*\)")
_CHANGE = re.compile(
    r"\b(?:increas\w+|decreas\w+|drop(?:s|ped)?|fall|rise|chang\w+|declin\w+|reduc\w+|improve\w+|differences?|variation|variability|loss)\b(?!\s(?:levels?|renal|kidney|liver|function))",
    re.IGNORECASE,
)
"""A limit on how much something changes is none on how much there is."""
_OWN_CHANGE = frozenset({"weight_change", "fev1_reversibility"})
_CORRECTED = re.compile(r"\b(?:correct|adjust|normali[sz])ed\s(?:by|for|to|with)\s(?:serum\s|the\s)?\Z", re.IGNORECASE)
_HALVES = re.compile(r"\d\s?/\s?\d{2,3}\b(?!\.)")
"""160/100 is a pressure, 20/40 sight; neither is one number."""
_OTHER_UNIT = re.compile(r"\s?(?!and/|or/)[A-Za-z]+\s?/\s?[A-Za-z]")
"""A unit that is not known."""
_OF_INSPIRED = re.compile(
    r"\s?(?:\(PaO2\))?\)?\s?(?:/|to|over)\s?(?:the\s)?\(?(?:fraction\s(?:of\s)?inspired\soxygen|FiO2)(?:\s?\(FiO2\))?\)?(?:\sratio)?",
    re.IGNORECASE,
)
_ON = re.compile(r"\b(?:on|using|with)\s(?:an?|the)\s\Z", re.IGNORECASE)
_SPAN = re.compile(r"[\s-]*(?:points?\b|scale|NRS|VAS|numeric|visual|rating|Likert)", re.IGNORECASE)
"""Before and after the whole span of a scale, as in "4 or more on a 0-10 scale"."""
TOGETHER = {"transaminases": ("alt", "ast")}
FARTHEST = 70
"""Characters between a measure and its limit."""
Named = tuple[int, int, Measure]


class Owned(NamedTuple):
    """A limit, the measures it belongs to, and where the limit before it ends."""

    bound: Bound
    own: list[Named]
    since: int


def named_in(line: str) -> list[Named]:
    named = [one for one in find_measures(line) if not _CORRECTED.search(line, max(0, one[0] - 30), one[0])]
    every = [part for one in named for part in _parts(_ratio(line, one))]
    return sorted([*every, *_grades(line, every)], key=lambda one: one[0])


def owned(line: str, every: list[Named], bounds: list[Bound]) -> Iterator[Owned]:
    """Limits that belong to a measure, from the left."""
    named = outside(every, bounds)
    measures: list[Named] = []
    unit: str | None = None
    last_end = 0
    for one in bounds:
        bound = one
        own = _own(line, every, named, bound, bounds, measures, last_end)
        if unit and own and own is measures and bound.counted and _ALONE.match(line, bound.end):
            bound = _in_same(own, bound, unit)
        own = [each for each in own if _belongs(line, each, bound, last_end)]
        hint = None if own else hinted(line, bound)
        if hint is not None:
            bound, own = hint[0], [hint[1]]
        if not own or (hint is None and _is_change(line, own, bound, last_end)):
            continue
        yield Owned(bound, own, last_end)
        measures, last_end, unit = [] if hint else own, bound.end, bound.unit


def _in_same(own: list[Named], bound: Bound, unit: str) -> Bound:
    """A further limit without a unit is in that of the one before, where it can be."""
    told = msgspec.structs.replace(bound, unit=unit) if not (bound.unit or bound.reference) else bound
    return told if all(_fits(one[2], told) for one in own) else bound


def outside(every: list[Named], bounds: list[Bound]) -> list[Named]:
    return [one for one in every if not _in_any(one[0], one[1], bounds)]


def _own(
    line: str,
    every: list[Named],
    named: list[Named],
    bound: Bound,
    bounds: list[Bound],
    measures: list[Named],
    last_end: int,
) -> list[Named]:
    if bound.ahead:
        return _following(line, named, bound, bounds)
    return (
        _preceding(line, named, bound, last_end)
        or _repeated(line, measures, bound, last_end)
        or _following(line, named, bound, bounds)
        or [one for one in every if _in_any(one[0], one[1], [bound])]
    )


def _belongs(line: str, one: Named, bound: Bound, since: int) -> bool:
    """A bare number is a point on a scale that stands beside it; no limit is in a unit its measure cannot have."""
    scale = one[2].unit.startswith("{")
    if scale and _SPAN.match(line, bound.end) and _ON.search(line, 0, bound.start):
        return False
    if _HALVES.search(line, bound.start, bound.end + 5) and not one[2].name.endswith(("_bp", "blood_pressure")):
        return False
    if bound.unit is None and bound.reference is None and _OTHER_UNIT.match(line, bound.end):
        return False
    value = bound.range.low if bound.range.low is not None else bound.range.high
    if (
        not (bound.unit is None or (bound.unit == "%" and scale))
        and not str(bound.unit).startswith("/")
        and value is not None
        and canonical(one[2].name, value, bound.unit) is None
    ):
        return False
    return bound.counted or (scale and bound.start - max(one[1], since) < 30)


def _is_change(line: str, own: list[Named], bound: Bound, since: int) -> bool:
    if own[0][2].name in _OWN_CHANGE:
        return False
    if own[0][0] >= bound.start:
        return _CHANGE.search(line, bound.end, max(bound.end, own[0][0])) is not None
    between = line[own[-1][1] : bound.start]
    before = line[max(since, own[0][0] - 25) : own[0][0]]
    led = re.search(_CHANGE.pattern + r"\s(?:in|of|from)\s(?:the\s|baseline\s|serum\s)?\Z", before, re.IGNORECASE)
    return led is not None or _CHANGE.search(between) is not None


def _grades(line: str, every: list[Named]) -> Iterator[Named]:
    """A grade of nothing else is one of the common terminology criteria for adverse events."""
    for match in _GRADE.finditer(line) if mentions(line, "grade") else ():
        around = line[max(0, match.start() - 45) : match.end() + 40]
        other = _OTHER_GRADE.search(around) and not _ADVERSE.search(line[max(0, match.start() - 45) : match.start()])
        if not other and not _in_any(match.start(), match.end(), every):
            yield match.start(), match.end(), MEASURES["ctcae_grade"]


def _ratio(line: str, one: Named) -> Named:
    """The pressure of oxygen over the share of it that is breathed."""
    match = _OF_INSPIRED.match(line, one[1]) if one[2].name == "pao2" else None
    return (one[0], match.end(), MEASURES["pf_ratio"]) if match else one


def _parts(one: Named) -> Iterator[Named]:
    """Liver enzymes named together are two measures."""
    if one[2].name not in TOGETHER:
        yield one
    for name in TOGETHER.get(one[2].name, ()):
        yield one[0], one[1], MEASURES[name]


def _in_any(start: int, end: int, others: Iterable[Bound | Named]) -> bool:
    spans = ((one[0], one[1]) if isinstance(one, tuple) else (one.start, one.end) for one in others)
    return any(first < end and start < last for first, last in spans)


def _preceding(line: str, named: list[Named], bound: Bound, since: int) -> list[Named]:
    """The chain of measures that ends nearest before the limit."""
    before = [one for one in named if since <= one[0] and one[1] <= bound.start]
    if not before or _is_far(line, before[-1][1], bound.start):
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


def _is_far(line: str, start: int, end: int) -> bool:
    """Whether what stands between, but for brackets, is too long, or ends a sentence."""
    between = _BRACKET.sub("", _REST_OF_BRACKET.sub("", line[start:end]))
    return len(between) > FARTHEST or re.search(r"[.;]\s", between) is not None


def _distinct(chain: list[Named]) -> list[Named]:
    """A name and its abbreviation in brackets are one measure; of a ratio, so are its parts."""
    if any(one[2].name == "pf_ratio" for one in chain):
        chain = [one for one in chain if one[2].name not in ("pao2", "fio2")]
    return [one for place, one in enumerate(chain) if one[2] not in [other[2] for other in chain[:place]]]


def _repeated(line: str, measures: list[Named], bound: Bound, last_end: int) -> list[Named]:
    """A further limit on what was limited just before."""
    between = line[last_end : bound.start]
    if not measures or len(between) > 45:
        return []
    if not _SEXES.fullmatch(between) and (re.search(r"[.;]\s\w", between) or not _AGAIN.fullmatch(between)):
        return []
    return measures if any(_fits(one[2], bound) for one in measures) else []


def _fits(measure: Measure, bound: Bound) -> bool:
    value = bound.range.low if bound.range.low is not None else bound.range.high
    if bound.reference is not None or value is None:
        return bound.reference is not None
    return plausible(measure.name, value, bound.unit or meant_unit(measure.name, value))


def _following(line: str, named: list[Named], bound: Bound, bounds: list[Bound]) -> list[Named]:
    limit = min([other.start for other in bounds if other.start > bound.start], default=len(line))
    after = [one for one in named if bound.end <= one[0] < min(limit, bound.end + 30)]
    if not after or not bound.counted or re.search(r"[,;.]", line[bound.end : after[0][0]]):
        return []
    return after[:1] if _fits(after[0][2], bound) else []
