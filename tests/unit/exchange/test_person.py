"""A person in plain YAML or JSON: what each form means, and the line of what is wrong."""

import datetime
from decimal import Decimal

import pytest

from equipoise.eligibility.expression import Code, Domain
from equipoise.eligibility.person import Event, Measurement, Observed
from equipoise.exchange.person import read_person
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth


def test_the_short_forms() -> None:
    person = read_person(
        "age: 54\nsex: Female\nconditions: [gout, asthma]\ndrugs: aspirin\nmeasurements:\n  weight: 80 kg\n"
    )
    assert (person.age, person.sex) == (54, "female")
    assert [event.words for event in person.events] == [("gout",), ("asthma",), ("aspirin",)]
    assert [event.domain for event in person.events] == [Domain.CONDITION, Domain.CONDITION, Domain.DRUG]
    assert person.measurements == (Measurement("weight", Decimal(80), "kg", source="measurements: weight"),)


def test_the_long_forms() -> None:
    person = read_person(
        """
        id: anna
        born: 1970-05
        conditions:
          - name: hypertension
            since: 2015
            until: 2020-03
            codes: [SNOMED:59621000, "ICD10CM:I10"]
            qualifiers: severe
        measurements:
          haemoglobin: {value: 13.2, unit: g/dL, date: 2024-03-01, low: 12, high: 16}
          ECOG: 1
        observed: {from: 2019, to: 2020-02}
        """
    )
    assert (person.id, person.born) == ("anna", PartialDate(1970, 5))
    assert person.events == (
        Event(
            Domain.CONDITION,
            ("hypertension",),
            (Code("SNOMED", "59621000"), Code("ICD10CM", "I10")),
            start=PartialDate(2015),
            end=PartialDate(2020, 3),
            qualifiers=("severe",),
            source="conditions: hypertension",
        ),
    )
    haemoglobin, ecog = person.measurements
    assert (haemoglobin.value, haemoglobin.unit, haemoglobin.low) == (Decimal("13.2"), "g/dL", Decimal(12))
    assert (ecog.measure, ecog.value, ecog.unit) == ("ecog", Decimal(1), None)
    assert person.observed == (Observed(datetime.date(2019, 1, 1), datetime.date(2020, 2, 29)),)


def test_what_is_denied() -> None:
    person = read_person("conditions: [{not: [tuberculosis, HIV]}]\nnot: pregnancy\n")
    assert [(event.words[0], event.domain, event.refuted) for event in person.events] == [
        ("tuberculosis", Domain.CONDITION, True),
        ("HIV", Domain.CONDITION, True),
        ("pregnancy", Domain.ANY, True),
    ]


def test_answers_and_items_of_instruments() -> None:
    person = read_person('answers: {a: yes, b: no, c: not sure}\nitems: {tis: {mmt: 1.5, x: yes, y: "yes", z: null}}')
    assert person.answers == {"a": Truth.TRUE, "b": Truth.FALSE, "c": Truth.UNKNOWN}
    assert person.items == {"tis": {"mmt": Decimal("1.5"), "x": True, "y": "yes", "z": None}}


def test_an_undated_value_is_of_the_day_given() -> None:
    text = "measurements: {weight: [80 kg, {value: 79 kg, date: 2020}]}"
    dated = read_person(text, at=datetime.date(2026, 1, 2)).measurements
    assert [one.date for one in dated] == [PartialDate(2026, 1, 2), PartialDate(2020)]
    assert read_person(text).measurements[0].date is None


def test_json_with_tabs_is_read() -> None:
    assert read_person('{\n\t"age": 54,\n\t"conditions": ["gout"]\n}').age == 54


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "It is empty"),
        ("- a\n- b", "line 1: Names with values"),
        ("age: 54\nsexe: f", "line 2: 'sexe' says nothing about a person. Choose among: id, born"),
        ("age: 54\nsex: unknown", "line 2: 'unknown' is not a sex"),
        ("age: old", "line 1: 'old' is not an age"),
        ("age: 131", "line 1: '131' is not an age"),
        ("born: 1970-13", "line 1: '1970-13' is not a date in the calendar"),
        ("born: 1970\nage: 54", "line 2: stands beside born"),
        ("age: 1\nage: 2", "line 2: 'age' is given twice"),
        ("conditions:\n  - since: 2015", "line 2: has neither a name nor a code"),
        ("conditions:\n  - {name: gout, codes: M10}", "line 2: 'M10' is not a code"),
        ("conditions:\n  - {name: gout, ended: perhaps}", "line 2: 'perhaps' is neither yes nor no"),
        ("measurements:\n  wait: 80 kg", "line 2: 'wait' is not a measure we know"),
        ("measurements:\n  weight: heavy", "line 2: 'heavy' is not a number"),
        ("measurements:\n  weight: 80 bananas", "line 2: 'bananas' is not a unit"),
        ("measurements:\n  weight: 9000 kg", "line 2: weight cannot be 9000 kg"),
        ("measurements:\n  weight: {unit: kg}", "line 2: has no value"),
        ("observed: {from: 2020}", "line 1: needs from and to"),
        ("observed: {from: 2020, to: 2019}", "line 1: ends before it begins"),
        ("conditions: [[gout]]", "line 1: A word or a number was expected"),
        ("age: &a 54\nid: *a", "Aliases"),
        ("age: [54", "line 1: It is neither YAML nor JSON"),
        ('{"age": 54', "line 1: It is neither YAML nor JSON"),
        ("[" * 100_000, "nests too deep"),
        ("a: \x00", "characters that YAML does not allow"),
        ("x" * 200_001, "larger than"),
        ("- " * 90_000, "nests too deep"),
        ("a: " * 60_000, "neither YAML nor JSON"),
        ("? " * 90_000, "nests too deep"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        read_person(text)
    assert message in str(refused.value)


def test_what_is_not_text_is_refused() -> None:
    with pytest.raises(Refused, match="UTF-8"):
        read_person(b"\xff\xfe\x00")
