"""What the line above a list says of the lines below it."""

import pytest

from equipoise.eligibility.expression import Anchor, Criterion, Expr, Not, Or
from equipoise.eligibility.tree import bare
from tests.reading import criteria, had, score, took, underwent, value, window, years


def below(head: str, *lines: str, section: str = "Inclusion") -> tuple[Criterion, ...]:
    listed = "\n".join(f"  * {line}" for line in lines)
    return criteria(f"{section} Criteria:\n\n* {head}\n\n{listed}\n")


def read(head: str, *lines: str, section: str = "Inclusion") -> list[Expr]:
    return [bare(one.expr) for one in below(head, *lines, section=section)]


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        ("Age:", "21 and over", years("[21,]")),
        ("Age", "Under 19", years("[,19)")),
        ("Age range:", "20 to 64", years("[20, 64]")),
        ("Creatinine:", "< 1.4 mg/dL", value("creatinine", "[,1.4)", "mg/dL")),
        ("Platelet count:", "at least 90,000/mm3", value("platelets", "[90000,]", "/uL")),
        ("Performance status:", "0-1", score("ecog", "[0, 1]")),
    ],
)
def test_a_heading_names_what_is_limited(head: str, line: str, expected: Expr) -> None:
    assert read(head, line) == [expected]


def test_a_heading_names_nothing_where_the_line_does() -> None:
    assert read("Creatinine:", "Bilirubin < 1.4 mg/dL") == [value("bilirubin", "[,1.4)", "mg/dL")]


def test_a_time_above_a_list_holds_for_each() -> None:
    recent = window("-20 d", anchor=Anchor.SCREENING)
    found = read("Any of the following within 20 days before screening:", "Stroke.", "Warfarin", section="Exclusion")
    assert found == [had("Stroke", when=recent), took("Warfarin", when=recent)]


def test_a_line_with_a_time_of_its_own_keeps_it() -> None:
    found = read("Any of the following within 20 days:", "Stroke within 2 years", "Surgery", section="Exclusion")
    assert found == [had("Stroke", when=window("-2 y")), underwent("Surgery", when=window("-20 d"))]


@pytest.mark.parametrize(
    "head",
    [
        "None of the following:",
        "No history of any of the following:",
        "Participants must not have:",
        "Participants with any of the following are excluded:",
        "Absence of any of the following:",
    ],
)
def test_what_a_line_denies_none_below_may_be(head: str) -> None:
    assert read(head, "Asthma", "Stroke") == [Not(of=Or(of=(had("Asthma"), had("Stroke"))))]


@pytest.mark.parametrize(
    "head",
    [
        "Participants must not have:",
        "Any of the following:",
        "Those who meet any of the following are not to be enrolled:",
        "Not included will be those with any of the following:",
    ],
)
def test_among_what_shuts_out_must_not_says_no_more(head: str) -> None:
    assert read(head, "Asthma", "Stroke", section="Exclusion") == [had("Asthma"), had("Stroke")]


def test_places_stay_within_the_line() -> None:
    for one in below("Any of the following within 20 days:", "Stroke", "Asthma.", section="Exclusion"):
        assert one.text.strip(". ") in ("Stroke", "Asthma")
        assert [one.span.start <= span.start < span.end <= one.span.end for span in one.expr.spans] == [True]
