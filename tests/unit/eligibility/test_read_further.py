"""Limits and times in the less usual ways that registered criteria write them."""

import pytest

from equipoise.eligibility.english import english
from equipoise.eligibility.expression import Anchor, Constant, Duration, Exists, Value, Window
from equipoise.eligibility.tree import atoms
from tests.reading import excluded, included, period


def limits(text: str) -> list[tuple[str, str, str]]:
    shown = []
    for one in atoms(included(text)):
        if isinstance(one, Value):
            shown.append(
                (
                    one.measure,
                    " to ".join(str(end) for end in (one.range.low, one.range.high) if end is not None),
                    one.unit or one.reference or "",
                )
            )
    return shown


def windows(text: str) -> list[Window]:
    return [one.window for one in atoms(excluded(text)) if isinstance(one, Exists) and one.window is not None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hemoglobin > 8 mg/dL", [("haemoglobin", "8", "g/dL")]),
        ("Platelet count >=100,000 cells/mL", [("platelets", "100000", "/uL")]),
        ("HCV RNA ≥ 10^4 IU/mL", [("hcv_rna", "10000", "[IU]/mL")]),
        ("Serum creatinine ≤ 1. 5 x ULN", [("creatinine", "1.5", "ULN")]),
        ("Total bilirubin <= to 1.5 x ULN", [("bilirubin", "1.5", "ULN")]),
        ("ALT >= 1 times and <= 10 times ULN", [("alt", "1 to 10", "ULN")]),
        ("Serum calcium (corrected by albumin) < 10 mg/dL", [("calcium", "10", "mg/dL")]),
        ("Heart rate ˃110 bpm", [("heart_rate", "110", "/min")]),
        ("Serum creatinine less than 1.5 milligrams per deciliter (mg/dL)", [("creatinine", "1.5", "mg/dL")]),
        ("Platelets 100 000/mm3 or more", [("platelets", "100000", "/uL")]),
        # The unit of a limit is that of the one before, for the same measure alone.
        (
            "Hemoglobin ≥ 10 g/dL (women) or ≥ 11 (men)",
            [("haemoglobin", "10", "g/dL"), ("haemoglobin", "11", "g/dL")],
        ),
        ("Steroids < 10 mg/day or < 20 if on dialysis", [("steroid_dose", "10", "mg/d")]),
        # Multiples of one limit of normal; how often a day is none.
        ("ALT at least 1 times and at most 10 times the ULN", [("alt", "1 to 10", "ULN")]),
        ("ALT measured up to 3 times daily", []),
    ],
)
def test_limits(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert limits(text) == expected


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("NYHA class II or better", None, "2"),
        ("ECOG 2 or worse", "2", None),
        ("Neuropathy grade 3 or worse", "3", None),
        ("Recovered to grade 1 or better from toxicity of earlier treatment", None, "1"),
        ("Karnofsky 70 or better", "70", None),
    ],
)
def test_better_is_less_where_a_scale_counts_what_is_wrong(text: str, low: str | None, high: str | None) -> None:
    (value,) = [one for one in atoms(included(text)) if isinstance(one, Value)]
    assert [end and str(end) for end in (value.range.low, value.range.high)] == [low, high]


def test_what_has_not_resolved_to_a_grade_is_above_it() -> None:
    assert "not (grade of a side effect (CTCAE) at most 1" in english(
        excluded("Toxicity not resolved to grade 1 or less")
    )
    assert limits("Toxicity resolved to grade 1 or less") == [("ctcae_grade", "1", "{score}")]


def test_the_grade_of_a_tumour_is_no_grade_of_toxicity() -> None:
    assert limits("WHO grade 3 or worse glioma") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chemotherapy within 4 weeks (6 weeks for nitrosoureas) before enrolment", ["-4 w", "-6 w"]),
        ("Vaccination within 30 days (90 days for live vaccines) of screening", ["-30 d", "-90 d"]),
        ("Surgery (6 weeks of rest needed) within 3 months", ["-3 mo"]),
        ("Radiotherapy within 2 weeks before Visit 2", ["-2 w"]),
    ],
)
def test_a_length_in_brackets_counts_from_what_the_one_beside_it_does(text: str, expected: list[str]) -> None:
    assert [one.start for one in windows(text)] == [period(one) for one in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chronic pain > 6 months", ["6 mo"]),
        ("A history of diabetes for at least one year and asthma", ["1 y"]),
        ("Contraception for at least 6 months after the last dose", []),
        ("Life expectancy of at least 12 weeks", []),
    ],
)
def test_a_length_that_stands_alone_is_how_long_an_illness_has_lasted(text: str, expected: list[str]) -> None:
    found = [one.at_least for one in atoms(included(text)) if isinstance(one, Duration)]
    assert found == [period(one) for one in expected]


def test_the_time_of_one_event_is_not_that_of_the_next() -> None:
    read = [one for one in atoms(excluded("Stroke within 6 months, hypertension")) if isinstance(one, Exists)]
    assert [one.window is None for one in read] == [False, True]


def test_two_times_of_one_event() -> None:
    found = windows("Vaccination within 14 days before screening or 28 days before randomization")
    assert [one.anchor for one in found] == [Anchor.SCREENING, Anchor.RANDOMISATION]


def test_what_a_line_includes_ends_before_its_time() -> None:
    found = windows("Any sleep medication, including herbal ones, within 14 days prior to screening")
    assert [one.start for one in found] == [period("-14 d")]


def test_an_allowed_drug_is_no_permission() -> None:
    read = included("Patients must be on a stable dose of allowed chronic medications for ≥ 30 days prior to screening")
    assert not isinstance(read, Constant)
    assert [one.at_least for one in atoms(read) if isinstance(one, Duration)] == [period("30 d")]
