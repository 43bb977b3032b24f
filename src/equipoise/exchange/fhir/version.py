"""Telling FHIR R4 from its other versions, whose resources look alike and mean something else."""

import re
from collections.abc import Mapping

from equipoise.exchange.fhir.pieces import Resource, part_of, text_of
from equipoise.kernel.refused import Refused

DSTU2, STU3, EARLIER, LATER = "DSTU2", "STU3", "STU3 or earlier", "R5 or later"
_KINDS = {
    "MedicationOrder": DSTU2,
    "DiagnosticOrder": DSTU2,
    "ProcedureRequest": STU3,
    "ReferralRequest": STU3,
    "EligibilityRequest": STU3,
    "EligibilityResponse": STU3,
    "Sequence": STU3,
    "ProcessRequest": STU3,
    "MedicationUsage": LATER,
    "Transport": LATER,
    "GenomicStudy": LATER,
    "DeviceUsage": LATER,
}
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "Bundle": {"issues": LATER},
    "Patient": {"careProvider": DSTU2, "animal": EARLIER},
    "Condition": {"patient": DSTU2, "dateRecorded": DSTU2, "assertedDate": STU3, "context": STU3, "participant": LATER},
    "Observation": {"context": STU3, "related": EARLIER, "comments": DSTU2, "triggeredBy": LATER},
    "Procedure": {"notPerformed": DSTU2, "notDone": STU3, "context": STU3},
    "Encounter": {"patient": DSTU2, "actualPeriod": LATER, "plannedStartDate": LATER},
    "Immunization": {"wasNotGiven": DSTU2, "notGiven": STU3, "informationSource": LATER, "basedOn": LATER},
    "AllergyIntolerance": {"substance": DSTU2, "assertedDate": STU3, "participant": LATER},
    "DiagnosticReport": {"codedDiagnosis": EARLIER, "context": STU3, "supportingInfo": LATER},
    "MedicationRequest": {"context": STU3},
    "MedicationStatement": {"wasNotTaken": DSTU2, "taken": STU3, "adherence": LATER},
    "MedicationAdministration": {"wasNotGiven": DSTU2, "notGiven": STU3, "prescription": EARLIER},
    "MedicationDispense": {"notDone": STU3},
}
"""Fields that R4 does not have in these resources."""
_NUMBERED = re.compile(r"/hl7\.org/fhir/(?P<in_path>[1-9])\.\d/|/hl7\.org/fhir/Str.*\|(?P<after>[1-9])\.\d")
_BY_NUMBER = {"1": DSTU2, "3": STU3, "5": "R5", "6": "R6"}


def refuse_other_version(one: Resource) -> None:
    """``Refused`` names the version and what it was told by."""
    told = _sign(one)
    if told:
        version, sign = told
        what = "/".join(filter(None, (text_of(one.get("resourceType")), text_of(one.get("id")))))
        raise Refused(
            f"This is FHIR {version}, not R4: {sign}.", what=what, do="Ask for the record as FHIR R4 (4.0.1)."
        )


def _sign(one: Resource) -> tuple[str, str] | None:
    kind = text_of(one.get("resourceType"))
    if kind in _KINDS:
        return _KINDS[kind], f"R4 has no {kind}"
    for name, version in _FIELDS.get(kind, {}).items():
        if name in one:
            return version, f"R4 has no {name} in {kind}"
    return _shape(kind, one) or _profile(one)


def _shape(kind: str, one: Resource) -> tuple[str, str] | None:
    """Fields that R4 has in another form."""
    if kind in ("Condition", "AllergyIntolerance") and isinstance(one.get("clinicalStatus"), str):
        return EARLIER, "clinicalStatus is a bare code"
    if kind == "AllergyIntolerance" and isinstance(one.get("type"), dict):
        return LATER, "type is not a bare code"
    if kind.startswith("Medication") and isinstance(one.get("medication"), dict):
        return LATER, "medication is not split into a concept and a reference"
    if kind == "Encounter" and isinstance(one.get("class"), list):
        return LATER, "the Encounter has several classes"
    if kind == "Procedure" and any(name.startswith("occurrence") for name in one):
        return LATER, "the Procedure has an occurrence"
    return None


def _profile(one: Resource) -> tuple[str, str] | None:
    """The version that a profile of HL7's own names in its address."""
    profiles = part_of(one, "meta").get("profile")
    for profile in profiles if isinstance(profiles, list) else [profiles]:
        found = _NUMBERED.search(text_of(profile))
        version = _BY_NUMBER.get(found["in_path"] or found["after"]) if found else None
        if version:
            return version, f"its profile is {text_of(profile)}"
    return None
