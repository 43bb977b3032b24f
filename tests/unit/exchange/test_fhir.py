"""FHIR R4 as it is found: exact persons from small Bundles, and what is said of the rest."""

import json
from decimal import Decimal
from typing import Any

import pytest

from equipoise.eligibility.expression import Code, Domain
from equipoise.eligibility.person import Event, Measurement
from equipoise.exchange.fhir import PersonRecord, read_fhir, read_lines
from equipoise.exchange.fhir.ingredients import ingredient_words
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1970-05"}


def concept(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def status(code: str) -> dict[str, Any]:
    return {"coding": [{"code": code}]}


def resource(kind: str, name: str = "x", **fields: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": name, "subject": {"reference": "Patient/p"}} | fields


def bundle(*resources: dict[str, Any], kind: str = "collection") -> str:
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources]})


def read(*resources: dict[str, Any]) -> PersonRecord:
    (found,) = read_fhir(bundle(PATIENT, *resources))
    return found


def events(*resources: dict[str, Any]) -> tuple[Event, ...]:
    return read(*resources).person.events


def reasons(*resources: dict[str, Any]) -> dict[str, int]:
    return {note.reason: note.count for note in read(*resources).notes}


def test_a_patient() -> None:
    person = read().person
    assert (person.id, person.sex, person.born) == ("p", "female", PartialDate(1970, 5))
    assert person.events == person.measurements == person.observed == ()


def test_a_condition_with_status_severity_and_time() -> None:
    told = resource(
        "Condition",
        code=concept(SNOMED, "396230008", "Dermatomyositis (disorder)") | {"text": "Dermatomyositis"},
        clinicalStatus=status("active"),
        verificationStatus=status("confirmed"),
        severity=concept(SNOMED, "24484000", "Severe"),
        onsetDateTime="2019-03-02T10:00:00+01:00",
    )
    assert events(told) == (
        Event(
            Domain.CONDITION,
            ("Dermatomyositis (disorder)", "Dermatomyositis"),
            (Code("SNOMED", "396230008"),),
            start=PartialDate(2019, 3, 2),
            ended=False,
            qualifiers=("active", "severe"),
            source="Condition/x",
        ),
    )


def test_a_condition_that_ended_and_one_that_is_denied() -> None:
    code = concept(SNOMED, "1", "Gout")
    ended, denied = events(
        resource("Condition", "a", code=code, onsetPeriod={"start": "2001"}, abatementDateTime="2003-04"),
        resource("Condition", "b", code=code, verificationStatus=status("refuted")),
    )
    assert (ended.start, ended.end, ended.ended) == (PartialDate(2001), PartialDate(2003, 4), True)
    assert denied.refuted
    assert denied.ended is None


@pytest.mark.parametrize("status_code", ["entered-in-error", "provisional", "differential", "unconfirmed"])
def test_what_is_not_confirmed_is_told_and_left_out(status_code: str) -> None:
    told = resource("Condition", code=concept(SNOMED, "1", "Gout"), verificationStatus=status(status_code))
    assert events(told) == ()
    assert sum(reasons(told).values()) == 1


def test_situations_are_read_for_what_they_say() -> None:
    suspected = resource("Condition", code=concept(SNOMED, "1", "Suspected lung cancer (situation)"))
    family = resource("Condition", code=concept(SNOMED, "2", "Family history of gout (situation)"))
    past = resource("Condition", code=concept(SNOMED, "3", "History of myocardial infarction (situation)"))
    (event,) = events(suspected, family, past)
    assert event.words[-1] == "myocardial infarction"
    assert event.ended is True
    assert reasons(suspected, family) == {"not confirmed": 1, "tells of relatives, not of the person": 1}


def test_a_procedure_done_and_one_not_done() -> None:
    code = concept(SNOMED, "2", "Appendectomy")
    done = resource("Procedure", status="completed", code=code, performedDateTime="2020-02-03")
    (event,) = events(done, resource("Procedure", status="not-done", code=code))
    assert (event.domain, event.start, event.end) == (
        Domain.PROCEDURE,
        PartialDate(2020, 2, 3),
        PartialDate(2020, 2, 3),
    )
    assert reasons(resource("Procedure", status="not-done", code=code)) == {"not done": 1}


def test_a_medication_request_names_its_ingredient() -> None:
    drug = concept(RXNORM, "314231", "Simvastatin 10 MG Oral Tablet")
    (event,) = events(
        resource(
            "MedicationRequest", status="active", intent="order", medicationCodeableConcept=drug, authoredOn="2021"
        )
    )
    assert event.words == ("Simvastatin 10 MG Oral Tablet", "simvastatin")
    assert event.codes == (Code("RxNorm", "314231"),)
    assert (event.start, event.ended) == (PartialDate(2021), False)


def test_a_medication_that_is_contained_and_one_in_the_bundle() -> None:
    inside = {"resourceType": "Medication", "id": "m", "code": {"text": "Imuran"}}
    inside |= {"ingredient": [{"itemCodeableConcept": concept(RXNORM, "1256", "azathioprine")}]}
    contained = resource(
        "MedicationStatement", "a", status="active", contained=[inside], medicationReference={"reference": "#m"}
    )
    beside = resource("MedicationStatement", "b", status="stopped", medicationReference={"reference": "Medication/m"})
    for event in events(inside, contained, beside):
        assert event.words == ("Imuran", "azathioprine")
        assert event.codes == (Code("RxNorm", "1256"),)


@pytest.mark.parametrize(
    "fields", [{"status": "not-taken"}, {"status": "active", "doNotPerform": True}, {"intent": "plan"}]
)
def test_a_drug_that_was_not_taken(fields: dict[str, Any]) -> None:
    told = resource("MedicationRequest", medicationCodeableConcept={"text": "aspirin"}, **fields)
    assert events(told) == ()
    assert sum(reasons(told).values()) == 1


def test_a_value_with_the_laboratorys_limits() -> None:
    told = resource(
        "Observation",
        status="final",
        code=concept(LOINC, "718-7", "Hemoglobin"),
        effectiveDateTime="2024-02-01",
        valueQuantity={"value": 13.25, "unit": "g/dL", "system": "http://unitsofmeasure.org", "code": "g/dL"},
        referenceRange=[{"low": {"value": 120, "code": "g/L"}, "high": {"value": 16, "code": "g/dL"}}],
    )
    (found,) = read(told).person.measurements
    assert found == Measurement(
        "haemoglobin",
        Decimal("13.25"),
        "g/dL",
        PartialDate(2024, 2, 1),
        low=Decimal(12),
        high=Decimal(16),
        source="Observation/x",
    )


def test_the_two_pressures_of_one_observation() -> None:
    parts = [
        {"code": concept(LOINC, code, "pressure"), "valueQuantity": {"value": value, "code": "mm[Hg]"}}
        for code, value in (("8480-6", 140), ("8462-4", 90))
    ]
    told = resource("Observation", code=concept(LOINC, "85354-9", "Blood pressure"), component=parts)
    found = read(told)
    assert [(one.measure, one.value) for one in found.person.measurements] == [
        ("systolic_bp", 140),
        ("diastolic_bp", 90),
    ]
    assert found.notes == ()


def test_values_that_cannot_be_used_are_told() -> None:
    def weight(**value: Any) -> dict[str, Any]:
        return resource("Observation", code=concept(LOINC, "29463-7", "Weight"), valueQuantity=value)

    told = reasons(
        weight(value=9000, code="kg"),
        weight(value=80, comparator=">", code="kg"),
        weight(value="heavy"),
        weight(value=3, unit="stones and a bit"),
        resource("Observation", code=concept(LOINC, "0-0", "Mood"), valueQuantity={"value": 3}),
        resource("Observation", code=concept(LOINC, "29463-7", "Weight")),
        resource("Observation", code=concept(LOINC, "1-1", "Housing"), valueString="rented"),
    )
    assert set(told.values()) == {1}
    assert len(told) == 7


def test_a_value_in_a_strange_unit_is_kept_for_its_reason() -> None:
    told = resource(
        "Observation", code=concept(LOINC, "29463-7", "Weight"), valueQuantity={"value": 3, "unit": "stones and a bit"}
    )
    (found,) = read(told).person.measurements
    assert (found.value, found.unit) == (3, "stones and a bit")


def test_a_finding_there_or_not_there() -> None:
    code = concept(LOINC, "5802-4", "Nitrite in urine")
    there, denied, other = events(
        resource("Observation", "a", code=code, valueCodeableConcept=concept(SNOMED, "10828004", "Positive")),
        resource("Observation", "b", code=code, valueCodeableConcept=concept(SNOMED, "260385009", "Negative")),
        resource("Observation", "c", code=code, valueCodeableConcept=concept(SNOMED, "7", "Brown colour")),
    )
    assert (there.words, there.refuted) == (("Nitrite in urine",), False)
    assert (denied.words, denied.refuted) == (("Nitrite in urine",), True)
    assert other.words == ("Brown colour",)


def test_who_never_smoked_is_no_smoker() -> None:
    answer = concept(SNOMED, "266919005", "Never smoker")
    (event,) = events(resource("Observation", code=concept(LOINC, "72166-2", "Smoking"), valueCodeableConcept=answer))
    assert "smoker" in event.words
    assert event.refuted


def test_an_allergy_is_a_condition_and_not_a_drug_taken() -> None:
    aspirin, none = events(
        {"resourceType": "AllergyIntolerance", "id": "a", "code": concept(RXNORM, "1191", "Aspirin")},
        {"resourceType": "AllergyIntolerance", "id": "b", "code": concept(SNOMED, "716186003", "No known allergy")},
    )
    assert (aspirin.domain, aspirin.codes) == (Domain.CONDITION, ())
    assert "allergy to Aspirin" in aspirin.words
    assert none.refuted
    assert none.words == ("allergy",)


def test_vaccines_reports_stays_and_death() -> None:
    patient = PATIENT | {"deceasedDateTime": "2024-01-01T00:00:00Z"}
    vaccine = {"resourceType": "Immunization", "id": "v", "status": "completed", "patient": {"reference": "Patient/p"}}
    vaccine |= {"vaccineCode": concept("http://hl7.org/fhir/sid/cvx", "140", "Influenza"), "occurrenceDateTime": "2023"}
    report = resource(
        "DiagnosticReport",
        "r",
        code={"text": "MRI of thigh"},
        effectiveDateTime="2022",
        conclusionCode=[{"text": "Myositis"}],
    )
    stay = resource("Encounter", "e", **{"class": {"code": "IMP"}}, period={"start": "2021-01-01", "end": "2021-01-04"})
    (found,) = read_fhir(bundle(patient, vaccine, report, stay))
    assert {event.words[0] for event in found.person.events} == {
        "death",
        "Influenza",
        "MRI of thigh",
        "Myositis",
        "hospitalisation",
    }
    assert "the record says that this person has died" in {note.reason for note in found.notes}
    assert found.person.observed == ()


def test_nothing_is_dropped_in_silence() -> None:
    told = reasons(
        resource("FamilyMemberHistory"),
        resource("Claim"),
        resource("Encounter", **{"class": {"code": "AMB"}}),
        resource("Condition", code={}),
        {"resourceType": "Observation", "id": "z", "subject": {"reference": "Patient/other"}, "code": {"text": "Mood"}},
    )
    assert sum(told.values()) == 5
    assert told["is of another person"] == 1


def test_an_entry_without_a_resource_is_told() -> None:
    entries = [{"resource": PATIENT}, {"fullUrl": "urn:uuid:gone"}]
    (found,) = read_fhir(json.dumps({"resourceType": "Bundle", "entry": entries}))
    assert [(one.reason, one.examples) for one in found.notes] == [("an entry without a resource", ("urn:uuid:gone",))]


def test_several_patients_come_apart() -> None:
    gout = resource("Condition", "c", code={"text": "Gout"}) | {"subject": {"reference": "urn:uuid:q"}}
    found = read_fhir(bundle(PATIENT, {"resourceType": "Patient", "id": "q"}, gout))
    assert [(one.person.id, len(one.person.events)) for one in found] == [("p", 0), ("q", 1)]


def test_single_resources_and_lines_of_a_bulk_export() -> None:
    gout = json.dumps(resource("Condition", code={"text": "Gout"}))
    (alone,) = read_fhir(gout)
    assert (alone.person.id, alone.person.events[0].words) == ("Patient/p", ("Gout",))
    (both,) = read_lines([json.dumps(PATIENT), "", gout])
    assert (both.person.id, len(both.person.events)) == ("p", 1)


@pytest.mark.parametrize("kind", ["transaction", "collection", "searchset", "document", "batch", ""])
def test_every_type_of_bundle(kind: str) -> None:
    assert len(read_fhir(bundle(PATIENT, kind=kind))) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"resourceType": "MedicationOrder"}, "DSTU2"),
        ({"resourceType": "Condition", "clinicalStatus": "active"}, "STU3"),
        ({"resourceType": "Observation", "context": {}}, "STU3"),
        ({"resourceType": "MedicationRequest", "medication": {"concept": {}}}, "R5"),
        ({"resourceType": "Encounter", "class": [{}]}, "R5"),
        ({"resourceType": "Procedure", "occurrenceDateTime": "2020"}, "R5"),
        ({"resourceType": "AllergyIntolerance", "type": {"coding": []}}, "R5"),
        ({"resourceType": "Observation", "triggeredBy": []}, "R5"),
        ({"resourceType": "Immunization", "informationSource": {}}, "R5"),
        ({"resourceType": "MedicationStatement", "adherence": {}}, "R5"),
        ({"resourceType": "Condition", "patient": {"reference": "Patient/p"}}, "DSTU2"),
        ({"resourceType": "Immunization", "date": "2012", "wasNotGiven": False}, "DSTU2"),
        ({"resourceType": "Procedure", "notPerformed": False}, "DSTU2"),
        ({"resourceType": "DiagnosticReport", "codedDiagnosis": []}, "STU3"),
        ({"resourceType": "Basic", "meta": {"profile": ["http://hl7.org/fhir/5.0/StructureDefinition/Basic"]}}, "R5"),
        ({"resourceType": "Basic", "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/Basic|1.0.2"]}}, "DS"),
    ],
)
def test_other_versions_are_refused_by_name(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        read_fhir(bundle(PATIENT, wrong))
    assert "as FHIR R4" in refused.value.do


def test_a_bundle_of_r5_is_refused_whatever_stands_in_it() -> None:
    with pytest.raises(Refused, match="R5"):
        read_fhir(json.dumps({"resourceType": "Bundle", "issues": {}, "entry": [{"resource": PATIENT}]}))


@pytest.mark.parametrize("kind", ["Nonsense", "Organization", "FamilyMemberHistory"])
def test_a_resource_that_tells_of_nobody_is_refused_by_name(kind: str) -> None:
    with pytest.raises(Refused, match=f"{kind} tells nothing of a person") as refused:
        read_fhir(json.dumps({"resourceType": kind}))
    assert "Patient" in refused.value.do


def test_a_bundle_without_a_patient_is_refused() -> None:
    with pytest.raises(Refused, match="holds no Patient") as refused:
        read_fhir(bundle(resource("Condition", code={"text": "Gout"})))
    assert "Patient" in refused.value.do
    with pytest.raises(Refused, match="holds no Patient"):
        read_lines([bundle(resource("Claim"))])


def test_lines_that_tell_of_nobody_are_refused() -> None:
    with pytest.raises(Refused, match="Nonsense"):
        read_lines([json.dumps({"resourceType": "Nonsense"}), json.dumps({"resourceType": "Claim"})])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "broken"),
        ('{"resourceType": "Bundle", "entry": [', "broken"),
        ("[]", "no resourceType"),
        ('{"a": 1}', "no resourceType"),
        ("[" * 100_000, "nests too deep|broken"),
        ('{"resourceType": "Bundle"}', "holds no Patient"),
        ('{"resourceType": "Bundle", "entry": 7}', "holds no Patient"),
        (b"\xff\xfe", "broken"),
    ],
)
def test_what_is_not_fhir_is_refused(data: str | bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_fhir(data)


def test_a_broken_line_is_named() -> None:
    with pytest.raises(Refused, match="line 2"):
        read_lines([json.dumps(PATIENT), "{"])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Simvastatin 10 MG Oral Tablet", ("simvastatin",)),
        ("24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet", ("metformin hydrochloride", "metformin")),
        (
            "Acetaminophen 325 MG / Oxycodone Hydrochloride 5 MG Oral Tablet",
            ("acetaminophen", "oxycodone hydrochloride", "oxycodone"),
        ),
        ("1 ML Epoetin Alfa 4000 UNT/ML Injection [Epogen]", ("epoetin alfa", "epogen")),
        (
            "NITROFURANTOIN, MACROCRYSTALS 50 MG Oral Capsule",
            ("nitrofurantoin, macrocrystals", "nitrofurantoin", "macrocrystals nitrofurantoin"),
        ),
        ("Lasix 40mg", ("lasix",)),
        ("abemaciclib Oral Product", ("abemaciclib",)),
        ("Diazepam [Valium]", ("diazepam", "valium")),
        ("NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector", ("epinephrine",)),
        ("Trinessa 28 Day Pack", ("trinessa",)),
        ("Vitamin B 12 5 MG/ML Injectable Solution", ("vitamin b 12",)),
        ("simvastatin", ()),
    ],
)
def test_ingredients(name: str, words: tuple[str, ...]) -> None:
    assert ingredient_words(name) == words
