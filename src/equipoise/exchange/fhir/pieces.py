"""Pieces that resources are made of: text, lists, coded concepts, dates. What is not as it should be is left out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from equipoise.eligibility.expression import Code
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused

Resource = Mapping[str, Any]

SYSTEMS = {
    "http://snomed.info/sct": "SNOMED",
    "http://loinc.org": "LOINC",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD10CM",
    "http://hl7.org/fhir/sid/icd-10": "ICD10",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD9CM",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://hl7.org/fhir/sid/ndc": "NDC",
    "http://www.whocc.no/atc": "ATC",
    "http://www.nlm.nih.gov/mesh": "MeSH",
    "http://id.nlm.nih.gov/mesh": "MeSH",
    "http://human-phenotype-ontology.org": "HPO",
    "http://www.ama-assn.org/go/cpt": "CPT",
}
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\ufeff]")
_DATE = re.compile(r"(\d{4})(-\d{2})?(-\d{2})?(?:T.*)?\Z", re.DOTALL)


class Coded(msgspec.Struct, frozen=True):
    """A coded concept: every name the record gives it, and its codes in vocabularies we know."""

    words: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.codes)


def text_of(value: object) -> str:
    return _ZERO_WIDTH.sub("", value).strip() if isinstance(value, str) else ""


def part_of(resource: object, name: str) -> Resource:
    found = resource.get(name) if isinstance(resource, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def parts_of(resource: object, name: str) -> Iterator[Resource]:
    """The objects in a list; one that stands alone where a list should be is taken as a list of one."""
    found = resource.get(name) if isinstance(resource, Mapping) else None
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, Mapping):
            yield one


def coded(*concepts: object) -> Coded:
    """All CodeableConcepts as one."""
    words: dict[str, None] = {}
    codes: dict[Code, None] = {}
    for concept in concepts:
        for coding in parts_of(concept, "coding"):
            words.setdefault(text_of(coding.get("display")))
            system, code = SYSTEMS.get(text_of(coding.get("system")).rstrip("/")), text_of(coding.get("code"))
            if system and code:
                codes.setdefault(Code(system, code))
        words.setdefault(text_of(concept.get("text")) if isinstance(concept, Mapping) else "")
    words.pop("", None)
    return Coded(tuple(words), tuple(codes))


def code_in(resource: Resource, name: str) -> str:
    """The first bare code of a CodeableConcept whose vocabulary is part of FHIR itself."""
    for coding in parts_of(part_of(resource, name), "coding"):
        if code := text_of(coding.get("code")):
            return code
    return ""


def date_of(value: object) -> PartialDate | None:
    """The day of a date, dateTime or instant, in the place's own time."""
    match = _DATE.match(text_of(value))
    if not match:
        return None
    try:
        return PartialDate.read("".join(part or "" for part in match.groups()))
    except Refused:
        return None


def span_of(resource: Resource, name: str) -> tuple[PartialDate | None, PartialDate | None]:
    """Start and end of a choice element: ``onset`` of ``onsetDateTime`` or ``onsetPeriod``, and so on.

    A single moment is a start; whether it is an end too depends on what happened then.
    """
    for kind in ("DateTime", "Instant", "Date"):
        if found := date_of(resource.get(f"{name}{kind}")):
            return found, None
    period = part_of(resource, f"{name}Period")
    return date_of(period.get("start")), date_of(period.get("end"))
