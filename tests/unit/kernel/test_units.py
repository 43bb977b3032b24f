"""Units: exact conversion, and the ways people write them."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.kernel.units import OMOP_UNITS, UNIT_PATTERN, UNIT_WORDS, convert, measure_of, read_unit

CREATININE, GLUCOSE, HAEMOGLOBIN, BILIRUBIN = map(Decimal, ("113.12", "180.156", "16114", "584.66"))


@pytest.mark.parametrize(
    ("value", "unit", "to", "molar_mass", "expected"),
    [
        ("1", "mg/dL", "umol/L", CREATININE, "88.4"),
        ("126", "mg/dL", "mmol/L", GLUCOSE, "7.0"),
        ("10", "g/dL", "g/L", None, "100"),
        ("10", "g/dL", "mmol/L", HAEMOGLOBIN, "6.2"),
        ("1", "mg/dL", "umol/L", BILIRUBIN, "17.1"),
        ("1.5", "10*9/L", "/uL", None, "1500"),
        ("100", "10*3/uL", "10*9/L", None, "100"),
        ("37", "Cel", "[degF]", None, "98.6"),
        ("98.6", "[degF]", "Cel", None, "37"),
        ("0.45", "s", "ms", None, "450"),
        ("1", "ukat/L", "U/L", None, "60"),
        ("1", "kPa", "mm[Hg]", None, "7.5"),
        ("300", "mg/g", "mg/mmol", CREATININE, "33.9"),
        ("154.3", "[lb_av]", "kg", None, "70.0"),
        ("2", "a", "d", None, "730.5"),
        ("500", "mg/24h", "g/d", None, "0.5"),
    ],
)
def test_known_pairs(value: str, unit: str, to: str, molar_mass: Decimal | None, expected: str) -> None:
    found = convert(Decimal(value), unit, to, molar_mass)
    assert found is not None
    places = Decimal(expected)
    assert found.quantize(places) == places


@pytest.mark.parametrize(
    ("unit", "to"),
    [
        ("U/L", "[IU]/L"),
        ("mg/dL", "umol/L"),
        ("mL/min", "mL/min/{1.73_m2}"),
        ("kg", "cm"),
        ("Cel", "kg"),
        ("parsec", "cm"),
        ("mg/dL", ""),
    ],
)
def test_what_does_not_convert_is_none(unit: str, to: str) -> None:
    assert convert(Decimal(1), unit, to) is None


FAMILIES = (
    ("10*9/L", "10*3/uL", "/uL", "/mm3", "/L"),
    ("g/dL", "g/L", "mg/dL", "ug/mL"),
    ("kg", "g", "[lb_av]", "[oz_av]"),
    ("Cel", "[degF]", "K"),
    ("a", "mo", "wk", "d", "h", "min", "s", "ms"),
    ("mm[Hg]", "kPa", "cm[H2O]"),
)


@given(
    value=st.decimals(min_value="0.001", max_value="1000000", places=3),
    pair=st.sampled_from(FAMILIES).flatmap(lambda family: st.tuples(st.sampled_from(family), st.sampled_from(family))),
)
def test_there_and_back(value: Decimal, pair: tuple[str, str]) -> None:
    there = convert(value, *pair)
    assert there is not None
    back = convert(there, pair[1], pair[0])
    assert back is not None
    assert abs(back - value) <= abs(value) * Decimal("1e-20") + Decimal("1e-20")


@given(value=st.decimals(min_value=1, max_value=10**6, places=2))
def test_counts_are_exact(value: Decimal) -> None:
    assert convert(value, "10*9/L", "/uL") == value * 1000


WRITTEN = {
    "/uL": "mm3|cells/mm³|/mcL|/µL|per cubic millimeter|cu mm|/cu mm|cells per microliter|mm^3|cells/ul|/mm3",
    "10*9/L": "x10^9/L|10E9/L|109/L|x 109/L|G/L|x 10⁹/L|10*9/L|10(9)/L|x10e9/l",
    "10*3/uL": "K/uL|x10(3)/mcL|thousand/mm3|x 10^3/mm^3|k/mm3|10^3/uL",
    "mg/dL": "mg/dl|MG/DL|mg%|mg/100 ml|milligrams per deciliter",
    "g/dL": "gm/dL|g/dl|g%|grams/deciliter",
    "g/L": "g/L|gm/l",
    "umol/L": "μmol/L|µmol/l|umol/L|micromol/L|μM",
    "mL/min": "mL/min|ml/minute|mL per min",
    "mL/min/{1.73_m2}": "ml/min/1.73m²|mL/min/1.73 m^2|ml/min per 1.73 m2|mL/min/1.73m2|mL/min/1.73",
    "ms": "msec|ms|milliseconds",
    "kg": "kg|kilograms|KG",
    "[lb_av]": "lbs|pounds",
    "%": "%|percent",
    "mm[Hg]": "mmHg|mm Hg",
    "kg/m2": "kg/m2|kg/m²|kg/m^2",
    "meq/L": "mEq/L|meq/l",
    "[IU]/L": "IU/L",
    "U/L": "U/L|units/L",
    "m[IU]/mL": "mIU/mL",
    "{copies}/mL": "copies/mL|copies per mL",
    "mg/d": "mg/24h|mg/day|mg/24 hours",
    "/min": "bpm|beats per minute|beats/min",
    "Cel": "°C|degrees Celsius",
}


@pytest.mark.parametrize(
    ("ucum", "text"), [(ucum, text) for ucum, texts in WRITTEN.items() for text in texts.split("|")]
)
def test_units_as_people_write_them(ucum: str, text: str) -> None:
    assert read_unit(text) == ucum
    match = re.match(UNIT_PATTERN, text, re.IGNORECASE)
    assert match
    assert match[0] == text


@pytest.mark.parametrize("text", ["", "foo", "patients", "of", "mg/foo", "a/b/c/d"])
def test_other_words_are_no_unit(text: str) -> None:
    assert read_unit(text) is None


def test_every_unit_in_the_tables_is_known() -> None:
    assert [
        unit
        for unit in {*UNIT_WORDS.values(), *OMOP_UNITS}
        if unit and measure_of(unit) is None and unit not in {"Cel", "[degF]"}
    ] == []
    assert len(set(OMOP_UNITS.values())) == len(OMOP_UNITS)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("cm2", "cm2"),
        ("sq cm", "cm2"),
        ("cm³", "cm3"),
        ("mm²", "mm2"),
        ("square metres", "m2"),
        ("fL", "fL"),
        ("ppb", "{ppb}"),
        ("dB HL", "dB"),
        ("Wood units", "{wood}"),
    ],
)
def test_areas_sounds_and_resistances(text: str, unit: str) -> None:
    assert read_unit(text) == unit
