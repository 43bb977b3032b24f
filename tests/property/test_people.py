"""Persons come in whole, and junk is only ever refused."""

import contextlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from equipoise.eligibility.expression import Domain
from equipoise.eligibility.person import Person
from equipoise.exchange.fhir import read_fhir
from equipoise.exchange.person import FIELDS, read_person
from equipoise.exchange.writing import write_person
from equipoise.kernel.refused import Refused
from tests.people import persons

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KINDS = (
    *("Patient", "Condition", "Procedure", "MedicationRequest", "MedicationStatement", "Observation"),
    *("AllergyIntolerance", "Immunization", "DiagnosticReport", "Encounter", "Medication", "", "Basic"),
)
NAMES = (
    *(
        "id",
        "status",
        "code",
        "subject",
        "patient",
        "clinicalStatus",
        "verificationStatus",
        "severity",
        "onsetDateTime",
    ),
    *("onsetPeriod", "onsetAge", "abatementDateTime", "valueQuantity", "valueCodeableConcept", "valueInteger"),
    *("component", "referenceRange", "medicationReference", "medicationCodeableConcept", "contained", "birthDate"),
    *("class", "period", "vaccineCode", "conclusionCode", "coding", "display", "system", "reference", "value", "unit"),
)
shapes = st.recursive(
    junk,
    lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=5) | st.lists(inner, max_size=3),
    max_leaves=12,
)
resources = st.builds(
    lambda kind, fields: {**fields, "resourceType": kind},
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(NAMES), shapes, max_size=6),
)


@given(persons)
def test_a_plain_person_comes_back_as_written(person: Person) -> None:
    events = tuple(event for section in (*list(Domain)[:4], None) for event in person.events if _in(event, section))
    whole = Person(person.id, person.born, person.age, person.sex, events, _grouped(person), person.observed)
    assert read_person(write_person(whole)) == whole


def _in(event: Any, section: Domain | None) -> bool:
    """The sections of the format in their order: those of a known kind, then what is denied of any kind."""
    if event.domain is Domain.ANY and not event.refuted:
        return False
    return (event.domain is section) if section else event.domain is Domain.ANY


def _grouped(person: Person) -> Any:
    """One measure after the other, as the format holds them."""
    order = list(dict.fromkeys(one.measure for one in person.measurements))
    return tuple(sorted(person.measurements, key=lambda one: order.index(one.measure)))


@given(st.lists(resources, max_size=4))
def test_no_resource_however_odd_breaks_the_reader(odd: list[dict[str, Any]]) -> None:
    patient = {"resourceType": "Patient", "id": "p"}
    told = {"resourceType": "Bundle", "entry": [{"resource": one} for one in (patient, *odd)]}
    try:
        found = read_fhir(json.dumps(told))
    except Refused:
        return
    assert found


@given(st.one_of(junk.map(json.dumps), st.text(max_size=60), st.binary(max_size=60)))
def test_junk_is_refused_and_nothing_else(data: str | bytes) -> None:
    for read in (read_fhir, read_person):
        with contextlib.suppress(Refused):
            read(data)


@given(st.dictionaries(st.sampled_from(FIELDS), junk, min_size=1, max_size=4))
def test_a_person_of_the_wrong_shape_is_refused_and_nothing_else(told: dict[str, Any]) -> None:
    with contextlib.suppress(Refused):
        assert isinstance(read_person(json.dumps(told)), Person)
