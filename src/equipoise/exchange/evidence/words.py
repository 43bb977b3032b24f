"""The code systems that criteria are said with in FHIR, to and from codes of ours."""

from typing import Final

from equipoise.eligibility.expression import Anchor, Code, Domain, Period, Unit
from equipoise.eligibility.flat import UCUM
from equipoise.exchange.evidence.model import CodeableConcept, Coding, Quantity
from equipoise.exchange.fhir.pieces import SYSTEMS

OURS: Final = "urn:equipoise:"
CRITERION: Final = OURS + "criterion:1"
READING: Final = OURS + "reading:1"
ANCHOR: Final = OURS + "anchor"
DOMAIN: Final = OURS + "domain"
INSTRUMENT: Final = OURS + "instrument"
MEASURE: Final = OURS + "measure"
SELECT: Final = OURS + "select"
TOPIC: Final = OURS + "topic"
TOUCH: Final = OURS + "touch"
VOCABULARY: Final = OURS + "vocabulary:"
UNITS: Final = "http://unitsofmeasure.org"
LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
KINDS: Final = "http://hl7.org/fhir/fhir-types"
GENDER: Final = "http://hl7.org/fhir/administrative-gender"
EVENT: Final = "http://hl7.org/fhir/evidence-variable-event"
REGISTRY: Final = "http://clinicaltrials.gov"
OMOP: Final = "https://fhir-terminology.ohdsi.org"

AGE = CodeableConcept(coding=(Coding(system=LOINC, code="30525-0"),), text="Age")
SEX = CodeableConcept(coding=(Coding(system=LOINC, code="46098-0"),), text="Sex")
AGES = {(LOINC, "30525-0"), (SNOMED, "397669002")}
SEXES = {(LOINC, "46098-0"), (LOINC, "76689-9"), (SNOMED, "263495000")}
FEMALE = {(GENDER, "female"), (SNOMED, "248152002")}
MALE = {(GENDER, "male"), (SNOMED, "248153007")}
KIND = {
    Domain.CONDITION: "Condition",
    Domain.DRUG: "MedicationStatement",
    Domain.PROCEDURE: "Procedure",
    Domain.OBSERVATION: "Observation",
    Domain.ANY: "Resource",
}
DOMAINS = {(KINDS, kind): domain for domain, kind in KIND.items()} | {
    (KINDS, "MedicationRequest"): Domain.DRUG,
    (KINDS, "MedicationAdministration"): Domain.DRUG,
    (KINDS, "MedicationDispense"): Domain.DRUG,
    (SNOMED, "439401001"): Domain.CONDITION,
    (LOINC, "29308-4"): Domain.CONDITION,
}
STANDARD_EVENT = {Anchor.FIRST_DOSE: "treatment-start"}
ANCHORS = (
    {(ANCHOR, anchor.value): anchor for anchor in Anchor}
    | {(EVENT, code): anchor for anchor, code in STANDARD_EVENT.items()}
    | {(EVENT, "study-start"): Anchor.ENROLMENT}
)
MULTIPLES = {"ULN": "{ULN}", "LLN": "{LLN}", "baseline": "{baseline}"}
"""UCUM annotations: a pure number, and in braces what it is counted in."""

_TO_SYSTEM = {name: system for system, name in reversed(SYSTEMS.items())} | {"OMOP": OMOP}
_FROM_SYSTEM = SYSTEMS | {OMOP: "OMOP"}
_PERIODS = {code: unit for unit, code in UCUM.items()}


def coding_of(code: Code) -> Coding:
    return Coding(system=_TO_SYSTEM.get(code.system, VOCABULARY + code.system), code=code.code)


def code_of(coding: Coding) -> Code | None:
    """``None`` where the vocabulary is not known."""
    if coding.system.startswith(VOCABULARY):
        return Code(coding.system.removeprefix(VOCABULARY), coding.code) if coding.code else None
    system = _FROM_SYSTEM.get(coding.system.rstrip("/"))
    return Code(system, coding.code) if system and coding.code else None


def keys(concept: CodeableConcept | None) -> list[tuple[str, str]]:
    return [] if concept is None else [(one.system.rstrip("/"), one.code) for one in concept.coding]


def own(concept: CodeableConcept | None, system: str) -> str:
    """The first code of this system, or nothing."""
    return next((code for one, code in keys(concept) if one == system), "")


def length_of(period: Period) -> Quantity:
    """A half-life is no unit of UCUM, and has no code."""
    if period.unit is Unit.HALF_LIFE:
        return Quantity(value=period.amount, unit="half-life")
    return Quantity(value=period.amount, unit=period.unit.value, system=UNITS, code=UCUM[period.unit])


def period_of(quantity: Quantity | None) -> Period | None:
    if quantity is None or quantity.value is None:
        return None
    unit = _PERIODS.get(quantity.code or quantity.unit)
    if unit is None:
        named = quantity.unit.casefold()
        unit = Unit.HALF_LIFE if named in ("half-life", "half-lives") else _NAMED.get(named.removesuffix("s"))
    return None if unit is None else Period(quantity.value, unit)


_NAMED = {unit.value: unit for unit in UCUM}
