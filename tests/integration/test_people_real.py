"""Real records of people: Synthea's bundles, mCODE's examples with the broken ones, a bulk export."""

import datetime
import gzip
import json
from itertools import islice
from pathlib import Path

import pytest

from equipoise.actions.find import find_place
from equipoise.actions.library import Library
from equipoise.actions.match import MatchWish, match_person
from equipoise.actions.people import read_one, read_people
from equipoise.eligibility.expression import Domain
from equipoise.eligibility.verdict import Standing
from equipoise.exchange.fhir import read_fhir
from equipoise.exchange.person import read_person
from equipoise.exchange.writing import write_person
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused

AT = datetime.date(2024, 1, 1)
EVERY = 25
USED = {"Condition", "Procedure", "MedicationRequest", "Immunization", "AllergyIntolerance", "DiagnosticReport"}


def bundles(shared_data: Path, every: int = EVERY) -> list[bytes]:
    with gzip.open(shared_data / "patients" / "synthea_r4_bundles.jsonl.gz") as file:
        return list(islice(file, 0, None, every))


def test_synthea_bundles_are_read_and_nothing_is_lost(shared_data: Path) -> None:
    for line in bundles(shared_data):
        (record,) = read_fhir(line)
        assert record.person.born is not None
        assert record.person.sex is not None
        resources = [entry["resource"] for entry in json.loads(line)["entry"]]
        used = {event.source for event in record.person.events} | {one.source for one in record.person.measurements}
        told = sum(note.count for note in record.notes)
        assert len(used - {f"Patient/{record.person.id}"}) + told >= len(resources) - 1
        meant = {f"{one['resourceType']}/{one['id']}" for one in resources if one["resourceType"] in USED}
        unsure = next((note.examples for note in record.notes if note.reason == "not confirmed"), ())
        assert meant - set(unsure) <= used


def test_units_and_dates_of_synthea_are_understood(shared_data: Path) -> None:
    for line in bundles(shared_data, 100):
        (record,) = read_fhir(line)
        assert all(one.date is not None and one.value is not None for one in record.person.measurements)
        assert not [note for note in record.notes if "unit" in note.reason]


def test_a_person_of_synthea_comes_back_from_the_plain_form(shared_data: Path) -> None:
    (record,) = read_fhir(bundles(shared_data)[1])
    person = read_person(write_person(record.person))
    assert (person.id, person.born, person.sex) == (record.person.id, record.person.born, record.person.sex)
    assert sorted(person.events, key=repr) == sorted(record.person.events, key=repr)
    assert sorted(person.measurements, key=repr) == sorted(record.person.measurements, key=repr)


def test_the_broken_examples_of_mcode(shared_data: Path) -> None:
    folder = shared_data / "patients" / "mcode"
    person = read_one(folder / "eom_patient_1.json", at=AT).person
    assert (person.born, person.sex) == (PartialDate(1987, 1, 1), "female")
    assert [(one.measure, one.value) for one in person.measurements] == [("ecog", 3)]
    assert {"abemaciclib", "alpelisib"} <= {word for event in person.events for word in event.words}
    refuted = [event for event in person.events if event.refuted]
    assert len(refuted) == 5
    unborn = read_one(folder / "patient_data_missing_birthdate_invalid_ecog_karnofsky.json", at=AT)
    assert unborn.person.born is None
    assert {"no date of birth that can be read", "is of another person"} <= {note.reason for note in unborn.notes}
    assert not unborn.person.measurements
    with pytest.raises(Refused, match=r"patient_data_empty-cgv.json: The Bundle holds no Patient"):
        read_one(folder / "patient_data_empty-cgv.json", at=AT)


def test_synthea_persons_are_matched_and_told_why(shared_data: Path, real_library: Library) -> None:
    listed = 0
    for line in bundles(shared_data, 60):
        (record,) = read_fhir(line)
        found = match_person(real_library, record.person, MatchWish(excluded=True, limit=50), at=AT)
        standings = [study.standing for study in found.studies]
        assert standings == sorted(standings, key=list(Standing).index)
        assert found.definite + found.possible + found.excluded == len(found.studies)
        for study in found.studies:
            assert study.because
            sources = {event.source for event in record.person.events}
            assert study.because_record in (sources if found.conditions else {""})
            assert len(study.met) + len(study.unknown) + len(study.unmet) == study.criteria
            assert bool(study.unmet) == (study.standing is Standing.EXCLUDED)
            assert all(reason.settles for one in study.unknown for reason in one.reasons)
            named = [each for one in study.met for reason in one.reasons for each in reason.evidence]
            assert all(each.words for each in named)
        listed += len(found.studies)
    assert listed > 20


def test_a_place_leaves_studies_near_it(shared_data: Path, real_library: Library) -> None:
    person = read_fhir(bundles(shared_data)[0])[0].person
    everywhere = match_person(real_library, person, MatchWish(any_topic=True, limit=1), at=AT)
    place = find_place(real_library, "Los Angeles")
    wish = MatchWish(place=place, within_km=100, any_topic=True, excluded=True, limit=500)
    near = match_person(real_library, person, wish, at=AT)
    assert 0 < len(near.studies) < everywhere.recruiting
    assert all(study.nearest_site and study.nearest_site.distance_km <= 100 for study in near.studies)


def test_a_bulk_export_is_thirteen_persons(shared_data: Path) -> None:
    records = read_people(shared_data / "patients" / "bulk_10-patients", at=AT)
    assert len(records) == 13
    drugs = {
        word
        for record in records
        for event in record.person.events
        if event.domain is Domain.DRUG
        for word in event.words
    }
    assert {"lisinopril", "paclitaxel", "metformin"} <= drugs


def test_one_of_several_is_named(shared_data: Path) -> None:
    folder = shared_data / "patients" / "bulk_10-patients"
    with pytest.raises(Refused, match="holds 13 persons"):
        read_one(folder, at=AT)
    assert read_one(folder, at=AT, name="129c6ac7").person.id.startswith("129c6ac7")
    with pytest.raises(Refused, match="is nobody's id in this file"):
        read_one(folder, at=AT, name="nobody")


def test_files_of_every_kind(tmp_path: Path) -> None:
    patient = {"resourceType": "Patient", "id": "p", "birthDate": "1970"}
    (tmp_path / "one.json").write_text(json.dumps(patient))
    (tmp_path / "lines.ndjson").write_text(json.dumps(patient) + "\n")
    (tmp_path / "packed.json.gz").write_bytes(gzip.compress(json.dumps(patient).encode()))
    (tmp_path / "plain.json").write_text('{"id": "p", "born": 1970}')
    (tmp_path / "plain.yaml").write_text("id: p\nborn: 1970\n")
    for path in sorted(tmp_path.iterdir()):
        person = read_one(path, at=AT).person
        assert (person.id, person.born) == ("p", PartialDate(1970)), path.name


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("gone.json", None, "cannot be read"),
        ("bad.json", b'{"resourceType": "Bundle"', "bad.json: The JSON is broken"),
        ("bad.yaml", b"born: 1970\nsexe: f", "bad.yaml, line 2"),
        ("bad.ndjson", b'{"resourceType": "Patient"}\n{', "bad.ndjson, line 2"),
        ("bad.json.gz", b"not packed", "cannot be read"),
        (
            "old.json",
            b'{"resourceType": "MedicationOrder", "id": "1"}',
            "old.json, MedicationOrder/1: This is FHIR DSTU2",
        ),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, data: bytes | None, message: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(Refused) as refused:
        read_one(tmp_path / name, at=AT)
    assert message in str(refused.value)


def test_a_folder_without_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"no \.ndjson file"):
        read_people(tmp_path, at=AT)


def test_a_file_that_is_not_there_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_one(tmp_path / "gone.json", at=AT)
    assert str(refused.value).count("gone.json") == 1
    assert "cannot be read: No such file or directory." in str(refused.value)


def test_a_mark_of_byte_order_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "person.json"
    file.write_bytes(b'\xef\xbb\xbf{"resourceType": "Patient", "id": "p", "gender": "female"}')
    assert read_one(file, at=AT).person.sex == "female"
