"""FHIR R4 to persons: a Bundle of any type, a single resource, or lines of a bulk export.

Reads resources as they are found, after HL7 FHIR 4.0.1; tells what it could not use. No record means not known.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Literal

import msgspec

from equipoise.eligibility.expression import Domain
from equipoise.eligibility.person import Event, Measurement, Person
from equipoise.exchange.fhir.events import MEDICATIONS, READERS, Named, read_medication, source_of
from equipoise.exchange.fhir.notes import Note, Notes
from equipoise.exchange.fhir.patients import File, filed
from equipoise.exchange.fhir.pieces import Resource, date_of, part_of, parts_of, text_of
from equipoise.exchange.fhir.values import read_observation
from equipoise.exchange.fhir.version import refuse_other_version
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused

_DO = "Give a FHIR R4 Bundle with a Patient, one resource, or lines of a bulk export."
_PATIENT_TOO = "Put the Patient in the Bundle: ask for Patient/$everything, or for a search with the Patient included."
_OF_A_PERSON = frozenset(("Patient", "Observation", *MEDICATIONS, *READERS))
"""Kinds of resource of which one at least must be there."""
_decoder = msgspec.json.Decoder(float_hook=Decimal)


class PersonRecord(msgspec.Struct, frozen=True):
    """A person, and what their record held that could not be used."""

    person: Person
    notes: tuple[Note, ...] = ()


def read_fhir(data: bytes | str) -> tuple[PersonRecord, ...]:
    """Every person in a Bundle or a single resource, in their order. ``Refused`` where it is neither, or not R4."""
    return _persons(list(_resources(decoded(data))))


def read_lines(lines: Iterable[bytes | str]) -> tuple[PersonRecord, ...]:
    """Every person in lines of JSON, each a resource or a Bundle (FHIR bulk data export)."""
    found: list[Resource] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.extend(_resources(decoded(line)))
            except Refused as refused:
                raise Refused(refused.why, what=f"line {number}", do=refused.do) from None
    return _persons(found)


def decoded(data: bytes | str) -> Any:
    """JSON with decimals kept as they are written."""
    try:
        return _decoder.decode(data)
    except RecursionError:
        raise Refused("The JSON nests too deep.", do=_DO) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Refused(f"The JSON is broken: {str(error).rstrip('.')}.", do=_DO) from None


def _resources(value: object) -> Iterator[Resource]:
    """The resources of a Bundle, each with the address its entry gives it; or the resource itself."""
    if not isinstance(value, dict) or not text_of(value.get("resourceType")):
        raise Refused("This is not FHIR: it has no resourceType.", do=_DO)
    refuse_other_version(value)
    if value["resourceType"] != "Bundle":
        yield value
        return
    held = list(_entries(value))
    if not any(one["resourceType"] == "Patient" for one in held):
        raise Refused("The Bundle holds no Patient, so it is not known whose record it is.", do=_PATIENT_TOO)
    yield from held


def _entries(bundle: Resource) -> Iterator[Resource]:
    for entry in parts_of(bundle, "entry"):
        held = part_of(entry, "resource")
        if text_of(held.get("resourceType")):
            refuse_other_version(held)
            yield {**held, "fullUrl": text_of(entry.get("fullUrl"))}
        else:
            yield {"resourceType": "", "id": text_of(entry.get("fullUrl"))}


def _persons(resources: list[Resource]) -> tuple[PersonRecord, ...]:
    kinds = {text_of(one["resourceType"]): None for one in resources}
    if not _OF_A_PERSON.intersection(kinds):
        found = ", ".join(list(kinds)[:5])
        raise Refused(f"{found} tells nothing of a person." if found else "There is nothing in it.", do=_DO)
    files = filed(resources)
    return tuple(_person(file) for file in files)


def _person(file: File) -> PersonRecord:
    notes = Notes()
    found = list(_read_all(file, notes))
    patient = file.patient
    born = date_of(patient.get("birthDate"))
    if patient and born is None:
        notes.add("no date of birth that can be read", source_of(patient))
    person = Person(
        id=text_of(patient.get("id")) or file.name,
        born=born,
        sex=_sex(patient, notes),
        events=tuple(one for one in found if isinstance(one, Event)),
        measurements=tuple(one for one in found if isinstance(one, Measurement)),
    )
    return PersonRecord(person, notes.told())


def _sex(patient: Resource, notes: Notes) -> Literal["female", "male"] | None:
    match patient.get("gender"):
        case "female":
            return "female"
        case "male":
            return "male"
    if patient:
        notes.add("no sex that can be read", source_of(patient))
    return None


def _read_all(file: File, notes: Notes) -> Iterator[Event | Measurement]:
    if file.patient:
        yield from _death(file.patient, notes)
    for one in file.resources:
        yield from _read_one(one, notes, file.named)
    for one in file.strangers:
        notes.add("is of another person", source_of(one))


def _read_one(one: Resource, notes: Notes, named: Named) -> Iterator[Event | Measurement]:
    kind = text_of(one.get("resourceType"))
    if kind in MEDICATIONS:
        yield from read_medication(one, notes, named)
    elif kind == "Observation":
        yield from read_observation(one, notes)
    elif reader := READERS.get(kind):
        yield from reader(one, notes)
    elif kind == "FamilyMemberHistory":
        notes.add("tells of relatives, not of the person", source_of(one))
    elif kind:
        notes.add("a kind of resource that is not read", source_of(one))
    else:
        notes.add("an entry without a resource", text_of(one.get("id")))


def _death(patient: Resource, notes: Notes) -> Iterator[Event]:
    day = date_of(patient.get("deceasedDateTime"))
    if day is not None or patient.get("deceasedBoolean") is True:
        notes.add("the record says that this person has died", source_of(patient))
        yield _died(day, source_of(patient))


def _died(day: PartialDate | None, source: str) -> Event:
    return Event(Domain.OBSERVATION, ("death", "deceased"), start=day, source=source)
