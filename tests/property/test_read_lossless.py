"""Any text is read: without exception, the same each time, every place inside; and English reads back."""

from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from equipoise.eligibility.english import english
from equipoise.eligibility.expression import (
    Age,
    Anchor,
    Concept,
    Criterion,
    Domain,
    Exists,
    Expr,
    Pattern,
    Period,
    Range,
    Reading,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.format import from_json, to_json
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.tree import bare, walk
from equipoise.kernel.criteria import read_criteria
from equipoise.kernel.criteria import walk as walk_items

PIECES = st.sampled_from(
    [
        *(
            "\n",
            "\n\n",
            " ",
            "\t",
            "* ",
            "  * ",
            "    - ",
            "1. ",
            r"2\. ",
            "(",
            ")",
            ", ",
            "; ",
            ". ",
            ":",
            "/",
            "\\",
            "\x00",
        ),
        *("Inclusion Criteria:", "Exclusion Criteria:", "DISEASE CHARACTERISTICS:", "Inclusion for Part A:"),
        *("any of the following:", "all of the following", "at least two of the following:", "no more than 1 of"),
        *(" and ", " or ", " and/or ", " no ", " not ", " without ", " except ", " unless ", " if ", " with ", " who "),
        *(" are allowed", " must not have ", " history of ", " due to ", " e.g. ", " including ", " for ", " women "),
        *("ALT", "AST", "platelets", "haemoglobin", "creatinine", "blood pressure", "ECOG", "NYHA class", "BMI", "age"),
        *(
            " ≥ ",
            r" \>= ",
            " < ",
            " at least ",
            " between ",
            " no more than ",
            " within normal limits",
            " or more",
            " to ",
        ),
        *("18", "1.5", "50.000", "160/100", "0-1", "II", "two", " years", " mg/dL", " x ULN", " x 10^9/L", "%", "-"),
        *("asthma", "stroke", "chemotherapy", "prednisone", "major surgery", "HIV", "hepatitis B or C", "pregnant"),
        *(
            " within 6 months",
            " before screening",
            " prior to randomization",
            " since ",
            " for at least ",
            " 5 half-lives",
        ),
        *("informed consent", "willing to comply", "in the opinion of the investigator", "contraception", "planned "),
        *("women of childbearing potential", "severe ", "active ", "known or suspected ", "blorp", "allergy to "),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join)


def check(text: str) -> Reading:
    reading = read_reading(text)
    assert reading == read_reading(text)
    for criterion in reading.criteria:
        check_places(criterion, text)
    check_lossless(reading, text)
    return reading


def check_places(criterion: Criterion, text: str) -> None:
    span = criterion.span
    assert 0 <= span.start <= span.end <= len(text)
    for node in walk(criterion.expr):
        assert all(span.start <= one.start <= one.end <= span.end for one in node.spans)


def check_lossless(reading: Reading, text: str) -> None:
    """Each character but space is in one heading or item; each item with words is in a criterion, or above some."""
    places = [0] * len(text)
    kept = [(one.span.start, one.span.end) for one in reading.criteria]
    for section in read_criteria(text):
        spans = [(section.start, section.end)]
        for item in walk_items(section.items):
            spans.append((item.start, item.end))
            inside = any(start < item.end and item.start < end for start, end in kept)
            assert item.children or inside or not any(sign.isalnum() for sign in item.text)
        for start, end in spans:
            for place in range(start, end):
                places[place] += 1
    assert all(count == 1 for count, sign in zip(places, text, strict=True) if not sign.isspace())


@settings(max_examples=300)
@given(TEXTS)
@example("Inclusion Criteria:\n* or\n* (a\n  * )")
@example("ALT \\>= 1.5 x ULN (\\> 5 if ")
def test_any_text(text: str) -> None:
    check(text)


@settings(max_examples=100)
@given(TEXTS)
def test_any_reading_is_json(text: str) -> None:
    reading = read_reading(text, study="NCT00000001")
    assert from_json(to_json(reading)) == reading
    for criterion in reading.criteria:
        assert english(criterion.expr)


def amounts(low: int, high: int, places: int = 0) -> st.SearchStrategy[Decimal]:
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


def ranges(low: int, high: int, places: int = 0) -> st.SearchStrategy[Range]:
    one = amounts(low, high, places)
    return st.one_of(
        st.builds(Range, low=one, low_open=st.booleans()),
        st.builds(Range, high=one, high_open=st.booleans()),
        st.tuples(one, one, st.booleans(), st.booleans())
        .filter(lambda four: four[0] < four[1])
        .map(lambda four: Range(*four)),
    )


def values(measure: str, unit: str, low: int, high: int, places: int = 0) -> st.SearchStrategy[Expr]:
    return st.builds(Value, measure=st.just(measure), range=ranges(low, high, places), unit=st.just(unit))


VALUES = st.one_of(
    values("platelets", "10*9/L", 20, 900),
    values("haemoglobin", "g/dL", 5, 18, 1),
    values("creatinine", "mg/dL", 1, 9, 2),
    values("creatinine_clearance", "mL/min", 10, 120),
    values("hba1c", "%", 5, 14, 1),
    values("weight", "kg", 30, 200),
    values("bmi", "kg/m2", 15, 60, 1),
    values("systolic_bp", "mm[Hg]", 80, 220),
    st.builds(
        Value,
        measure=st.sampled_from(["alt", "ast", "bilirubin"]),
        range=ranges(1, 10, 1),
        reference=st.just("ULN"),
    ),
)
YEARS = st.integers(1, 99).map(lambda count: Period(Decimal(count), Unit.YEAR))
AGES = st.one_of(
    st.builds(Age, low=YEARS, low_open=st.booleans()),
    st.builds(Age, high=YEARS, high_open=st.booleans()),
    st.tuples(YEARS, YEARS, st.booleans(), st.booleans())
    .filter(lambda four: four[0].amount < four[1].amount)
    .map(lambda four: Age(low=four[0], high=four[1], low_open=four[2], high_open=four[3])),
)
ZERO = Period(Decimal(0), Unit.DAY)
WINDOWS = st.builds(
    lambda anchor, count, unit: Window(anchor=anchor, start=Period(Decimal(-count), unit), end=ZERO),
    st.sampled_from(
        [
            Anchor.INDEX,
            Anchor.CONSENT,
            Anchor.SCREENING,
            Anchor.ENROLMENT,
            Anchor.RANDOMISATION,
            Anchor.FIRST_DOSE,
            Anchor.BASELINE,
        ]
    ),
    st.integers(1, 60),
    st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR]),
)
TERMS = st.sampled_from(
    [
        (Domain.CONDITION, "asthma"),
        (Domain.CONDITION, "rheumatoid arthritis"),
        (Domain.CONDITION, "myocardial infarction"),
        (Domain.DRUG, "methotrexate"),
        (Domain.DRUG, "rituximab"),
        (Domain.PROCEDURE, "major surgery"),
    ]
)


def event(term: tuple[Domain, str], window: Window | None) -> Exists:
    overlaps = term[0] is Domain.DRUG and window is not None
    pattern = Pattern(term[0], Concept(term[1]))
    return Exists(pattern=pattern, window=window, touch="overlaps" if overlaps else "starts")


@settings(max_examples=400)
@given(st.one_of(VALUES, AGES, st.builds(event, TERMS, st.none() | WINDOWS)))
def test_english_reads_back(atom: Expr) -> None:
    """What the English of an atom says is what the atom says."""
    (criterion,) = read_reading(f"Inclusion Criteria:\n\n* {english(atom)}\n").criteria
    assert bare(criterion.expr) == atom
