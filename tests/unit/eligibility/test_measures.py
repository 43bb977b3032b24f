"""Measures: their units, words and limits."""

import re
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.eligibility.lexicon.phrases import stems
from equipoise.eligibility.measures import (
    MEASURES,
    by_loinc,
    by_omop,
    canonical,
    find_measures,
    meant_unit,
    measure_for,
    plausible,
    repair,
)
from equipoise.kernel.units import convert

WORDS = [(word, one.name) for one in MEASURES.values() for word in (one.label, *one.words)]
AMERICAN = re.compile(r"hemo|anemi|tumor|^estradiol|fecal|liters|randomiz|edema")


def names(text: str) -> list[str]:
    return [one.name for _, _, one in find_measures(text)]


def test_no_words_name_two_measures() -> None:
    owners: dict[tuple[str, ...], set[str]] = {}
    for word, name in WORDS:
        owners.setdefault(stems(word), set()).add(name)
    assert {words: found for words, found in owners.items() if len(found) > 1} == {}
    capitals = Counter(word for one in MEASURES.values() for word in set(one.capitals))
    assert [word for word, count in capitals.items() if count > 1] == []


@pytest.mark.parametrize("field", ["loinc", "omop"])
def test_no_code_is_given_twice(field: str) -> None:
    codes = Counter(code for one in MEASURES.values() for code in getattr(one, field))
    assert [code for code, count in codes.items() if count > 1] == []


def test_names_are_british_and_snake_case() -> None:
    assert [name for name in MEASURES if AMERICAN.search(name) or not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []


@pytest.mark.parametrize("name", MEASURES)
def test_limits_units_and_help(name: str) -> None:
    one = MEASURES[name]
    assert one.low < one.high
    assert one.label
    assert one.help.endswith(".")
    written = {*one.units, *(unit for unit, _ in one.usual)}
    assert [unit for unit in written if canonical(name, Decimal(1), unit) is None] == []
    assert meant_unit(name, one.high) is not None


@pytest.mark.parametrize(
    ("measure", "value", "unit", "expected"),
    [
        ("creatinine", "88.4", "umol/L", "1.00"),
        ("creatinine", "1.5", None, "1.5"),
        ("creatinine", "130", None, "1.5"),
        ("glucose", "7.0", "mmol/L", "126"),
        ("haemoglobin", "100", "g/L", "10.0"),
        ("haemoglobin", "6.2", "mmol/L", "10.0"),
        ("bilirubin", "17.1", "umol/L", "1.0"),
        ("platelets", "100000", None, "100"),
        ("platelets", "100000", "/uL", "100"),
        ("platelets", "100", None, "100"),
        ("neutrophils", "1500", None, "1.5"),
        ("hba1c", "53", "mmol/mol", "7.0"),
        ("hba1c", "48", None, "6.5"),
        ("alt", "40", "[IU]/L", "40"),
        ("sodium", "135", "meq/L", "135"),
        ("calcium", "2.5", None, "10.0"),
        ("qtc", "0.45", "s", "450"),
        ("lvef", "0.5", None, "50"),
        ("urea", "7.14", "mmol/L", "20.0"),
        ("temperature", "100.4", None, "38.0"),
        ("ecog", "2", "1", "2"),
    ],
)
def test_canonical(measure: str, value: str, unit: str | None, expected: str) -> None:
    found = canonical(measure, Decimal(value), unit)
    assert found is not None
    assert found.quantize(Decimal(expected)) == Decimal(expected)


@pytest.mark.parametrize(("measure", "unit"), [("creatinine", "mL/min"), ("weight", "cm"), ("unheard_of", "kg")])
def test_no_canonical_value(measure: str, unit: str) -> None:
    assert canonical(measure, Decimal(1), unit) is None


@pytest.mark.parametrize(
    ("measure", "value", "unit", "meant"),
    [
        ("platelets", "50.000", "/uL", ("50000", "/uL")),
        ("neutrophils", "1.5", "/L", ("1.5", "10*9/L")),
        ("haemoglobin", "90", "g/dL", ("90", "g/L")),
        ("creatinine", "1.5", "umol/L", ("1.5", "mg/dL")),
        ("bilirubin", "1.5", "g/dL", ("1.5", "mg/dL")),
        ("platelets", "100000", "10*9/L", ("100000", "/uL")),
    ],
)
def test_repair(measure: str, value: str, unit: str, meant: tuple[str, str]) -> None:
    assert repair(measure, Decimal(value), unit) == (Decimal(meant[0]), meant[1])


def test_what_can_be_is_not_repaired_and_nonsense_is_refused() -> None:
    assert repair("platelets", Decimal(100), "10*9/L") is None
    assert repair("inr", Decimal(100000), "1") is None


@given(name=st.sampled_from(sorted(MEASURES)), value=st.decimals(min_value="0.01", max_value=10000, places=2))
def test_a_repaired_value_is_plausible(name: str, value: Decimal) -> None:
    for unit in (None, "mg/dL", "/uL", "g/L"):
        repaired = repair(name, value, unit)
        assert repaired is None or plausible(name, *repaired)


@given(name=st.sampled_from(sorted(MEASURES)), value=st.decimals(min_value="0.1", max_value=1000, places=1))
def test_canonical_and_convert_agree(name: str, value: Decimal) -> None:
    one = MEASURES[name]
    for unit in one.units:
        if unit not in {way for way, _, _ in one.ways}:
            assert canonical(name, value, unit) == convert(value, unit, one.unit, one.molar_mass)


def test_creatinine_is_not_its_clearance() -> None:
    assert names("Creatinine clearance > 50 mL/min") == ["creatinine_clearance"]
    assert names("calculated creatinine clearance or serum creatinine ≤ 1.5 mg/dL") == [
        "creatinine_clearance",
        "creatinine",
    ]
    assert names("creatine kinase, creatinine") == ["ck", "creatinine"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Haemoglobin ≥ 9 g/dL; hemoglobin A1c < 8 %", ["haemoglobin", "hba1c"]),
        ("AST (SGOT) and alkaline phosphatase", ["ast", "alkaline_phosphatase"]),
        ("ECOG performance status 0-1, Karnofsky ≥ 70", ["ecog", "karnofsky"]),
        ("Fasting plasma glucose or random glucose", ["fasting_glucose", "glucose"]),
        ("QTcF > 450 msec, LVEF < 50 %", ["qtcf", "lvef"]),
        ("FEV1/FVC < 70 % and FEV1 < 80 %", ["fev1_fvc", "fev1"]),
        ("PaO2/FiO2 < 300", ["pf_ratio"]),
        ("the patient hb and pt are written small", []),
        ("Hb and PT are written large", ["haemoglobin", "pt"]),
    ],
)
def test_finding_measures(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_a_bracket_opened_inside_is_closed() -> None:
    (start, end, _), *_rest = find_measures("ALT (SGPT) < 40")
    assert (start, end) == (0, 10)


def test_codes() -> None:
    for code, name in (
        ("2160-0", "creatinine"),
        ("38483-4", "creatinine"),
        ("4548-4", "hba1c"),
        ("777-3", "platelets"),
    ):
        found = by_loinc(code)
        assert found
        assert found.name == name
    found = by_omop(3004410)
    assert found
    assert found.name == "hba1c"
    assert by_loinc("0-0") is None
    assert measure_for("Serum Creatinine") is MEASURES["creatinine"]
