"""From text to criteria: sections, items with items below them, scopes, the registry's fields, places and JSON."""

import pytest

from equipoise.eligibility.english import english
from equipoise.eligibility.expression import (
    And,
    AtLeast,
    AtMost,
    Criterion,
    Except,
    Expr,
    Opaque,
    Or,
    Parse,
    Polarity,
    Reading,
)
from equipoise.eligibility.format import from_json, to_json
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.tree import walk

INCLUDE, EXCLUDE = Polarity.INCLUDE, Polarity.EXCLUDE
V2 = r"""Inclusion Criteria:

* Age \>= 18 years with gout
* Platelets ≥ 100 x 10\^9/L
* At least two of the following:
  * asthma
  * stroke within 6 months prior to screening
  * AST \> 3 x ULN (\> 5 x ULN if liver metastases)

Exclusion Criteria:

1. Malignancy within 5 years, except basal cell carcinoma
2. Any condition that in the opinion of the investigator is frobnicated
"""
XML = """
        Inclusion Criteria:

          -  Age 18 years or older, with a diagnosis of
             gout

          -  Adequate organ function:

               -  Platelets ≥ 100 x 10^9/L

               -  Haemoglobin ≥ 9 g/dL

        Exclusion Criteria:

          -  stroke
"""
LEGACY = "Inclusion Criteria:\n\nAge 18 years or older\n\ngout\n\nExclusion Criteria:\n\nstroke\n\nasthma\n"


def items(parent: str, *children: str, section: str = "Inclusion") -> str:
    return f"{section} Criteria:\n\n* {parent}\n" + "".join(f"  * {child}\n" for child in children)


def brief(reading: Reading) -> list[tuple[str, str]]:
    return [(one.id, english(one.expr)) for one in reading.criteria]


def only(text: str) -> Criterion:
    (criterion,) = read_reading(text).criteria
    return criterion


def names(expr: Expr) -> list[str]:
    return [english(one) for one in expr.of] if isinstance(expr, And | Or | AtLeast | AtMost) else []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            XML,
            [
                ("I1", "age at least 18 years and gout"),
                ("I2.1", "platelet count at least 100 × 10⁹/L"),
                ("I2.2", "haemoglobin at least 9 g/dL"),
                ("E1", "stroke"),
            ],
        ),
        (LEGACY, [("I1", "age at least 18 years"), ("I2", "gout"), ("E1", "stroke"), ("E2", "asthma")]),
        (
            "Inclusion Criteria:\n\n1. gout\n2. Age \\>= 18 years\n\nExclusion Criteria:\n\n1\\. stroke\n2\\. asthma\n",
            [("I1", "gout"), ("I2", "age at least 18 years"), ("E1", "stroke"), ("E2", "asthma")],
        ),
        ("Patients with gout. Age 18 to 65 years.", [("I1", "gout and age at least 18 years and at most 65 years")]),
        (
            "DISEASE CHARACTERISTICS:\n\n* gout\n* No brain metastases\n\nPATIENT CHARACTERISTICS:\n\n"
            "* Platelet count at least 100 x 10^9/L\n\nPRIOR CONCURRENT THERAPY:\n\n"
            "* At least 4 weeks since prior chemotherapy\n",
            [
                ("I1", "gout"),
                ("I2", "no brain metastases"),
                ("I3", "platelet count at least 100 × 10⁹/L"),
                ("I4", "no chemotherapy in the last 4 weeks"),
            ],
        ),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_each_rendering(text: str, expected: list[tuple[str, str]]) -> None:
    assert brief(read_reading(text)) == expected


def test_lines_of_a_list_stand_apart_in_the_words_of_its_criterion() -> None:
    one = only(items("At least two of the following:", "asthma", "gout, or", "stroke of any kind", "HIV."))
    assert one.text == "At least two of the following: asthma; gout, or stroke of any kind; HIV."


@pytest.mark.parametrize("parent", ["Any of the following:", "One of the following:", "One or more of the following"])
def test_any_of(parent: str) -> None:
    expr = only(items(parent, "asthma", "gout")).expr
    assert isinstance(expr, Or)
    assert (names(expr), expr.inferred) == (["asthma", "gout"], False)


@pytest.mark.parametrize("parent", ["All of the following:", "Both of the following:"])
def test_all_of_among_what_shuts_out(parent: str) -> None:
    expr = only(items(parent, "asthma", "gout", section="Exclusion")).expr
    assert isinstance(expr, And)
    assert (names(expr), expr.inferred) == (["asthma", "gout"], False)


def test_all_of_what_is_asked_for_is_one_criterion_each() -> None:
    """What stands below a line that only leads in is joined as its section joins: each counts for itself."""
    found = brief(read_reading(items("All of the following:", "asthma", "gout")))
    assert found == [("I1.1", "asthma"), ("I1.2", "gout")]
    found = brief(read_reading(items("Any of the following:", "asthma", "gout", section="Exclusion")))
    assert found == [("E1.1", "asthma"), ("E1.2", "gout")]


@pytest.mark.parametrize("parent", ["At least two of the following:", "At least 2 of the following risk factors"])
def test_at_least_some_of(parent: str) -> None:
    expr = only(items(parent, "asthma", "gout", "stroke")).expr
    assert isinstance(expr, AtLeast)
    assert (expr.count, names(expr)) == (2, ["asthma", "gout", "stroke"])


def test_no_more_than_some_of() -> None:
    expr = only(items("No more than 1 of the following:", "asthma", "gout")).expr
    assert isinstance(expr, AtMost)
    assert expr.count == 1


def test_a_word_at_the_end_of_an_item_joins() -> None:
    expr = only(items("A risk factor, that is:", "asthma, or", "gout")).expr
    assert isinstance(expr, Or)
    assert not expr.inferred


def test_no_word_is_a_guess() -> None:
    expr = only(items("Cardiovascular disease, including:", "heart failure", "stroke")).expr
    assert isinstance(expr, Or)
    assert expr.inferred


def test_a_line_with_words_of_its_own_holds_with_those_below() -> None:
    expr = only(items("Diabetes with any of the following:", "heart failure", "stroke", section="Exclusion")).expr
    assert english(expr) == "Diabetes and (heart failure or stroke)"


def test_what_is_excepted_may_stand_below() -> None:
    expr = only(items("Malignancy except:", "basal cell carcinoma", "cervical cancer", section="Exclusion")).expr
    assert isinstance(expr, Except)
    assert english(expr) == "Malignancy, except (basal cell carcinoma or cervical cancer)"


def test_a_scope_is_what_a_heading_says_beside() -> None:
    text = "Inclusion Criteria for Cohort A:\n\n* asthma\n\nInclusion Criteria for Cohort B:\n\n* gout\n"
    scopes = [(one.scope, english(one.expr)) for one in read_reading(text).criteria]
    assert scopes == [("Inclusion Criteria for Cohort A", "asthma"), ("Inclusion Criteria for Cohort B", "gout")]
    assert [one.scope for one in read_reading("Key Inclusion Criteria:\n\n* asthma\n").criteria] == [""]


def test_polarity_is_that_of_the_section() -> None:
    polarities = [one.polarity for one in read_reading(V2).criteria]
    assert polarities == [INCLUDE, INCLUDE, INCLUDE, EXCLUDE, EXCLUDE]


def test_fields_of_the_registry_are_criteria() -> None:
    reading = read_reading(
        "", study="NCT00000001", minimum_age="18 Years", maximum_age="75 Years", sex="FEMALE", healthy_volunteers=False
    )
    assert [(one.field, english(one.expr)) for one in reading.criteria[:2]] == [
        ("age", "age at least 18 years and at most 75 years"),
        ("sex", "female"),
    ]
    assert reading.criteria[2].field == "healthy_volunteers"
    assert all(one.parse is Parse.FULL and one.polarity is INCLUDE for one in reading.criteria)


def test_fields_that_ask_nothing_are_no_criteria() -> None:
    assert read_reading("", minimum_age=None, maximum_age="N/A", sex="ALL", healthy_volunteers=True).criteria == ()
    months = read_reading("", minimum_age="6 Months").criteria
    assert [english(one.expr) for one in months] == ["age at least 6 months"]


@pytest.mark.parametrize("text", [V2, XML, LEGACY])
def test_every_node_keeps_its_place(text: str) -> None:
    for criterion in read_reading(text).criteria:
        assert 0 <= criterion.span.start < criterion.span.end <= len(text)
        for node in walk(criterion.expr):
            assert node.rule
            for span in node.spans:
                assert criterion.span.start <= span.start < span.end <= criterion.span.end
                assert text[span.start : span.end].strip()


def test_places_point_at_the_words() -> None:
    (platelets,) = [one for one in read_reading(V2).criteria if "Platelets" in one.text]
    (span,) = platelets.expr.spans
    assert V2[span.start : span.end] == r"Platelets ≥ 100 x 10\^9/L"
    stroke = next(node for one in read_reading(V2).criteria for node in walk(one.expr) if node.rule == "event.window")
    assert [V2[one.start : one.end] for one in stroke.spans] == ["stroke", "within 6 months prior to screening"]


@pytest.mark.parametrize("text", [V2, XML, LEGACY, ""])
def test_json_round_trip(text: str) -> None:
    reading = read_reading(text, study="NCT00000001", minimum_age="18 Years", sex="MALE", healthy_volunteers=False)
    assert from_json(to_json(reading)) == reading


def test_what_is_not_understood_is_shown() -> None:
    one = only("Inclusion Criteria:\n\n* Quixotic frobnication of the gnarly kind\n")
    assert one.parse is Parse.OPAQUE
    assert isinstance(one.expr, Opaque)
    assert one.expr.text == "Quixotic frobnication of the gnarly kind"


def test_no_line_is_dropped() -> None:
    """A line with words is a criterion, or stands as the heading of those below it."""
    lines = ["Age", "Patients", "Other:", "and", "Male", "2", "See protocol", "gout"]
    reading = read_reading("Inclusion Criteria:\n\n" + "".join(f"* {line}\n" for line in lines))
    assert [one.text for one in reading.criteria] == lines
