"""Limits that name no measure but are one: "fever > 38.5 °C", "10 mg of prednisone a day", "25 % of bone marrow"."""

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from equipoise.eligibility.lexicon.doses import dose_name
from equipoise.eligibility.lexicon.measure import Measure
from equipoise.eligibility.measures import MEASURES, canonical, plausible
from equipoise.eligibility.read.numbers import Bound
from equipoise.eligibility.read.scanning import mentions
from equipoise.eligibility.terms import find_terms

_DISORDERS = {
    "temperature": r"fevers?|febrile|pyrexia|hypothermia",
    "heart_rate": r"tachycardia|bradycardia",
    "blood_pressure": r"hypertension|hypotension",
    "respiratory_rate": r"tachypno?ea",
    "platelets": r"thrombocytop(?:a?enia|enic)|thrombocytosis",
    "neutrophils": r"neutrop(?:a?enia|enic)|granulocytopa?enia",
    "leukocytes": r"leu[ck]opa?enia|leu[ck]ocytosis",
    "lymphocytes": r"lymphop(?:a?enia|enic)|lymphocytosis|lymphocytopa?enia",
    "eosinophils": r"eosinophilia",
    "haemoglobin": r"ana?emi[ac]",
    "potassium": r"hyp(?:er|o)kala?emia",
    "sodium": r"hyp(?:er|o)natra?emia",
    "calcium": r"hyp(?:er|o)calca?emia",
    "magnesium": r"hyp(?:er|o)magnesa?emia",
    "triglycerides": r"hypertriglycerida?emi[ac]",
    "cholesterol": r"hypercholesterola?emi[ac]",
    "bilirubin": r"hyperbilirubina?emia",
    "albumin": r"hypoalbumina?emia",
    "glucose": r"hyp(?:er|o)glyca?emia",
    "oxygen_saturation": r"hypox(?:a?emia|ia)",
    "uric_acid": r"hyperurica?emia",
}
_DISORDER = re.compile(
    r"\b(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _DISORDERS.items())
    + r")(?:\s(?:or|and)\s\w+)?[\s,(]*(?:(?:i\.e\.|defined\s(?:as|by)|as|of|with|is|to)[\s,]*)?\Z",
    re.IGNORECASE,
)
_DISORDER_CUE = (
    "mia",
    "mic",
    "penia",
    "penic",
    "tension",
    "cardia",
    "fever",
    "febrile",
    "pyrex",
    "osis",
    "philia",
    "oxi",
)
_PRESSURES = re.compile(r"\s?/\s?\d{2,3}\b")
_DAILY = r"(?:\s?(?:/|per|a|each|every|once)?\s?(?:day|daily|d|24\sh\w*)\b)?"
_STEROID = r"(?:prednis\w+|(?:cortico|glucocortico)?steroids?)"
_DRUG_DOSE = r"[\s,(]*(?:(?:at|with|in|a|day|the|of|up|daily|total|oral|dos(?:e|es|age)|cumulative|excess|equal|equivalent|to|or|treatment|use)[\s,(]+)*\Z"
_DOSE_GAP = re.compile(_DRUG_DOSE.removesuffix(r"\Z"), re.IGNORECASE)
_OF_DRUG = re.compile(_DAILY + r"[\s(]*(?:of\s)?(?:oral\s|intravenous\s)?", re.IGNORECASE)
_OF = re.compile(_DAILY + r"\sof\s", re.IGNORECASE)
_NOT_DAILY = re.compile(r"\bweekly\b|(?:/|\bper|\ba|\beach|\bevery)\s?(?:week|month|year)\b", re.IGNORECASE)
_WEIGHED = frozenset({"mg", "mg/d", "g", "g/d", "ug", "ug/d"})
_Worded = tuple[str, tuple[str | None, ...], re.Pattern[str]]
_BEFORE: tuple[_Worded, ...] = (
    ("steroid_dose", ("mg", "mg/d", "g"), re.compile(rf"\b{_STEROID}(?:\s(?:\w+\s)?equivalents?)?{_DRUG_DOSE}", re.I)),
    (
        "anthracycline_dose",
        ("mg/m2",),
        re.compile(rf"\b(?:(?:doxo|dauno|epi)rubicin|adriamycin|anthracyclines?){_DRUG_DOSE}", re.I),
    ),
    ("insulin_dose", ("U", "U/d", "[IU]", "[IU]/d"), re.compile(rf"\binsulin{_DRUG_DOSE}", re.I)),
    (
        "tumour_size",
        ("mm", "cm"),
        re.compile(r"\b(?:lesions?|tumou?rs?|mass(?:es)?|nodules?|metastas[ie]s)\b(?:\s[a-z-]+){0,5}[\s(]*\Z", re.I),
    ),
    (
        "drinks_per_week",
        (None, "U", "U/wk", "U/d"),
        re.compile(r"\bweekly\s(?:alcohol\s)?(?:intake|consumption)\sof\s\Z", re.I),
    ),
    (
        "drinks_per_day",
        (None, "U", "U/wk", "U/d"),
        re.compile(r"\bdaily\s(?:alcohol\s)?(?:intake|consumption)\sof\s\Z", re.I),
    ),
)
_AFTER: tuple[_Worded, ...] = (
    (
        "steroid_dose",
        ("mg", "mg/d", "g"),
        re.compile(
            rf"{_DAILY}[\s(]*(?:of\s)?(?:oral\s|systemic\s)*{_STEROID}(?:\s(?:\w+\s)?equivalents?)?{_DAILY}", re.I
        ),
    ),
    (
        "anthracycline_dose",
        ("mg/m2",),
        re.compile(r"\s?(?:of\s)?(?:(?:doxo|dauno|epi)rubicin|adriamycin|anthracycline)\w*", re.I),
    ),
    (
        "marrow_irradiated",
        ("%",),
        re.compile(
            r"\s?of\s(?:the\s|their\s|functioning\s|active\s|total\s|all\s)*(?:bone\s)?marrow(?!\s(?:cells|nucleated|blasts|cellularity))",
            re.I,
        ),
    ),
    (
        "drinks_per_week",
        (None, "U", "U/wk", "U/d"),
        re.compile(
            r"\s?(?:standard\s|alcoholic\s)?(?:drinks|units|beverages|glasses)?(?:\sof\s(?:alcohol|wine))?\s?(?:/|per|a|each)\s?week\b",
            re.I,
        ),
    ),
    (
        "drinks_per_day",
        (None, "U", "U/wk", "U/d"),
        re.compile(
            r"\s?(?:standard\s|alcoholic\s)?(?:drinks|units|beverages|glasses)?(?:\sof\s(?:alcohol|wine))?\s?(?:(?:/|per|a|each)\s?day|daily)\b",
            re.I,
        ),
    ),
    (
        "blasts_marrow",
        ("%",),
        re.compile(r"\s?(?:leuk[ae]+mic\s)?(?:myelo)?blasts?\sin\s(?:the\s)?(?:bone\s)?marrow", re.I),
    ),
    (
        "plasma_cells_marrow",
        ("%",),
        re.compile(r"\s?(?:(?:mono)?clonal\s)?(?:bone\s)?(?:marrow\s)?plasma\scells?", re.I),
    ),
)
_WANTS = {
    "marrow_irradiated": ("radi", "rt ", "xrt"),
    "drinks_per_week": ("alcohol", "drink", "wine", "beer"),
    "drinks_per_day": ("alcohol", "drink", "wine", "beer"),
}
"""What the line must speak of besides."""
_TAIL = re.compile(r"\s?(?:standard\s|alcoholic\s)?(?:drinks|units|beverages|glasses)(?:\sof\salcohol)?", re.IGNORECASE)
_REACH = 60


def hinted(line: str, bound: Bound) -> tuple[Bound, tuple[int, int, Measure]] | None:
    """The limit, with the words that make it one, and the measure it is of."""
    if not bound.counted or bound.reference is not None or bound.ahead:
        return None
    return _disordered(line, bound) or next(_worded(line, bound), None) or next(_dosed(line, bound), None)


def _disordered(line: str, bound: Bound) -> tuple[Bound, tuple[int, int, Measure]] | None:
    """The measure behind a disorder, which stays an event of its own."""
    before = line[max(0, bound.start - _REACH) : bound.start]
    match = _DISORDER.search(before) if mentions(before, *_DISORDER_CUE) else None
    if match is None or match.lastgroup is None:
        return None
    measure = MEASURES[match.lastgroup]
    if measure.name == "blood_pressure":
        known = _PRESSURES.search(line, bound.start, bound.end + 5) is not None
    else:
        known = (bound.unit is not None or measure.name == "temperature") and _can_be(measure, bound)
    return (bound, (bound.start, bound.start, measure)) if known else None


def _worded(line: str, bound: Bound) -> Iterator[tuple[Bound, tuple[int, int, Measure]]]:
    before = line[max(0, bound.start - _REACH) : bound.start]
    for name, units, pattern in _AFTER:
        match = pattern.match(line, bound.end) if bound.unit in units else None
        if match is not None and _is_spoken_of(line, name):
            yield from _of(line, name, bound, bound.start, match.end() if name in _WANTS else bound.end)
    for name, units, pattern in _BEFORE:
        match = pattern.search(before) if bound.unit in units else None
        if match is not None and _is_spoken_of(line, name):
            tail = _TAIL.match(line, bound.end) if name in _WANTS else None
            yield from _of(line, name, bound, bound.start, tail.end() if tail else bound.end)


def _dosed(line: str, bound: Bound) -> Iterator[tuple[Bound, tuple[int, int, Measure]]]:
    """A weight right after a drug, or right before one, is its daily dose; the drug stays an event of its own."""
    if bound.unit not in _WEIGHED:
        return
    since = max(0, bound.start - _REACH)
    near = find_terms(line[since : bound.end + _REACH])
    known = [(since + start, since + end, dose_name(term.name)) for start, end, term in near]
    after = [name for start, _, name in known if start >= bound.end and _OF_DRUG.fullmatch(line, bound.end, start)]
    before = [
        (name, "," in line[end : bound.start])
        for _, end, name in known
        if end <= bound.start and _DOSE_GAP.fullmatch(line, end, bound.start)
    ]
    close = [name for name, parted in before if not parted]
    if close and after and not _OF.match(line, bound.end):
        after = []
    for name in (*after, *close, *(name for name, _ in before)):
        if name in MEASURES:
            yield from _of(line, name, bound, bound.start, bound.end)


def _is_spoken_of(line: str, name: str) -> bool:
    return name not in _WANTS or mentions(line, *_WANTS[name])


def _of(line: str, name: str, bound: Bound, start: int, end: int) -> Iterator[tuple[Bound, tuple[int, int, Measure]]]:
    measure = MEASURES[name]
    if name.endswith("_dose") and _NOT_DAILY.search(line, max(0, bound.start - 40), min(len(line), bound.end + 45)):
        return
    known = bound.unit is not None and canonical(name, Decimal(1), bound.unit) is not None
    told = bound if known else msgspec.structs.replace(bound, unit=measure.unit)
    if _can_be(measure, told):
        yield told, (start, end, measure)


def _can_be(measure: Measure, bound: Bound) -> bool:
    values = [value for value in (bound.range.low, bound.range.high) if value is not None]
    return all(plausible(measure.name, value, bound.unit) for value in values)
