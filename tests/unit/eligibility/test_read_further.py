"""Limits and times in the less usual ways that registered criteria write them."""

import pytest

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
    ],
)
def test_limits(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert limits(text) == expected


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
