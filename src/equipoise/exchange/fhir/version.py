"""Telling FHIR R4 from its other versions, whose resources look alike and mean something else."""

from equipoise.exchange.fhir.pieces import Resource, text_of
from equipoise.kernel.refused import Refused

_EARLIER = {
    "MedicationOrder": "DSTU2",
    "DiagnosticOrder": "DSTU2",
    "ProcedureRequest": "STU3",
    "ReferralRequest": "STU3",
    "EligibilityRequest": "STU3",
    "EligibilityResponse": "STU3",
    "Sequence": "STU3",
    "ProcessRequest": "STU3",
}
_LATER = {"MedicationUsage", "Transport", "GenomicStudy", "DeviceUsage"}


def refuse_other_version(one: Resource) -> None:
    """``Refused`` names the version and what it was told by."""
    told = _sign(one)
    if told:
        version, sign = told
        what = f"{text_of(one.get('resourceType'))}/{text_of(one.get('id'))}"
        raise Refused(
            f"This is FHIR {version}, not R4: {sign}.", what=what, do="Ask for the record as FHIR R4 (4.0.1)."
        )


def _sign(one: Resource) -> tuple[str, str] | None:
    kind = text_of(one.get("resourceType"))
    if kind in _EARLIER:
        return _EARLIER[kind], f"R4 has no {kind}"
    if kind in _LATER:
        return "R5 or later", f"R4 has no {kind}"
    return _earlier_shape(kind, one) or _later_shape(kind, one)


def _earlier_shape(kind: str, one: Resource) -> tuple[str, str] | None:
    if kind in ("Condition", "AllergyIntolerance") and isinstance(one.get("clinicalStatus"), str):
        return "STU3 or earlier", "clinicalStatus is a bare code"
    if kind == "Patient" and "careProvider" in one:
        return "DSTU2", "the Patient has a careProvider"
    if kind == "Observation" and ("context" in one or "related" in one):
        return "STU3 or earlier", "the Observation has a context or related"
    if kind == "MedicationStatement" and ("taken" in one or "wasNotTaken" in one):
        return "STU3 or earlier", "the MedicationStatement says whether it was taken"
    return None


def _later_shape(kind: str, one: Resource) -> tuple[str, str] | None:
    if kind.startswith("Medication") and isinstance(one.get("medication"), dict):
        return "R5 or later", "medication is not split into a concept and a reference"
    if kind == "Encounter" and (isinstance(one.get("class"), list) or "actualPeriod" in one):
        return "R5 or later", "the Encounter has several classes or an actualPeriod"
    if kind == "Procedure" and any(name.startswith("occurrence") for name in one):
        return "R5 or later", "the Procedure has an occurrence"
    return None
