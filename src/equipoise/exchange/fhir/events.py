"""Resources that tell of conditions, drugs and procedures, each as an event of the person."""

import re
from collections.abc import Callable, Iterator, Mapping

from equipoise.eligibility.expression import Code, Domain
from equipoise.eligibility.person import Event
from equipoise.exchange.fhir.ingredients import ingredient_words
from equipoise.exchange.fhir.notes import Notes
from equipoise.exchange.fhir.pieces import Coded, Resource, code_in, coded, date_of, part_of, parts_of, span_of, text_of
from equipoise.kernel.dates import PartialDate

Named = Callable[[str], Resource | None]
"""Finds the resource a reference leads to."""

_UNSURE = {"unconfirmed", "provisional", "differential"}
_GOING_ON = {"active", "recurrence", "relapse"}
_OVER = {"inactive", "remission", "resolved"}
_CLINICAL = {
    "active": ("active",),
    "recurrence": ("active", "recurrent"),
    "relapse": ("active", "relapsed"),
    "remission": ("in remission",),
    "inactive": ("inactive",),
    "resolved": ("resolved",),
}
_SEVERITIES = {"24484000": "severe", "6736007": "moderate", "255604002": "mild"}
_HISTORY = re.compile(r"history of:? (.+?)(?: \(situation\))?\Z", re.IGNORECASE)
_FAMILY = re.compile(r"family history", re.IGNORECASE)
_NOT_DONE = {
    "entered-in-error": "entered in error",
    "not-done": "not done",
    "preparation": "only planned",
    "intended": "only planned",
    "draft": "only planned",
    "cancelled": "cancelled before it began",
    "declined": "declined",
    "not-taken": "not taken",
}
_PLANS = {"proposal", "plan"}
_NONE_KNOWN = {"716186003": "allergy", "409137002": "drug allergy", "429625007": "food allergy"}
_INPATIENT = {"IMP", "ACUTE", "NONAC"}
NO_NAME = "has neither a name nor a code in a vocabulary we know"


def source_of(resource: Resource) -> str:
    return f"{text_of(resource.get('resourceType'))}/{text_of(resource.get('id'))}".rstrip("/")


def read_condition(one: Resource, notes: Notes) -> Iterator[Event]:
    """A situation is read for what it says: suspected is not had, of relatives is not one's own, history is past."""
    verified, clinical = code_in(one, "verificationStatus"), code_in(one, "clinicalStatus")
    told = coded(part_of(one, "code"))
    reason = _passed_over(verified, told)
    if reason:
        notes.add(reason, source_of(one))
        return
    past = [match[1] for word in told.words if (match := _HISTORY.match(word))]
    start, end = _onset(one, notes)
    ended = False if clinical in _GOING_ON else True if clinical in _OVER or _is_abated(one) else None
    yield from _event(
        one,
        Domain.CONDITION,
        Coded((*told.words, *past), told.codes),
        notes,
        start=start,
        end=end,
        ended=True if end or past else ended,
        refuted=verified == "refuted",
        qualifiers=(*_CLINICAL.get(clinical, ()), *_severity(one)),
    )


def _passed_over(verified: str, told: Coded) -> str:
    if verified == "entered-in-error":
        return "entered in error"
    if verified in _UNSURE or any(word.casefold().startswith("suspected ") for word in told.words):
        return "not confirmed"
    return "tells of relatives, not of the person" if any(map(_FAMILY.match, told.words)) else ""


def _onset(one: Resource, notes: Notes) -> tuple[PartialDate | None, PartialDate | None]:
    start, _ = span_of(one, "onset")
    first, last = span_of(one, "abatement")
    for name in ("onset", "abatement"):
        if any(f"{name}{kind}" in one for kind in ("Age", "Range", "String")):
            notes.add(f"its {name} is not given as a date", source_of(one))
    return start, last or first


def _is_abated(one: Resource) -> bool:
    return one.get("abatementBoolean") is True or any(
        f"abatement{kind}" in one for kind in ("DateTime", "Period", "Age", "Range", "String")
    )


def _severity(one: Resource) -> tuple[str, ...]:
    found = coded(part_of(one, "severity"))
    known = [_SEVERITIES[code.code] for code in found.codes if code.code in _SEVERITIES]
    return tuple(known[:1] or (word.casefold() for word in found.words[:1]))


def read_procedure(one: Resource, notes: Notes) -> Iterator[Event]:
    start, end = span_of(one, "performed")
    if _is_done(one, notes):
        ended = text_of(one.get("status")) != "in-progress"
        yield from _event(
            one, Domain.PROCEDURE, coded(part_of(one, "code")), notes, start=start, end=end or start, ended=ended
        )


def read_medication(one: Resource, notes: Notes, named: Named) -> Iterator[Event]:
    """A request, statement, administration or dispense of a drug."""
    if not _is_done(one, notes):
        return
    if text_of(one.get("intent")) in _PLANS or one.get("doNotPerform") is True:
        notes.add("only planned", source_of(one))
        return
    start, end = _taken(one)
    ended = _is_over(one)
    if end is not None and ended is None:
        ended = True
    yield from _event(one, Domain.DRUG, _drug(one, named), notes, start=start, end=end, ended=ended)


def _taken(one: Resource) -> tuple[PartialDate | None, PartialDate | None]:
    match one.get("resourceType"):
        case "MedicationRequest":
            return date_of(one.get("authoredOn")), None
        case "MedicationDispense":
            return date_of(one.get("whenHandedOver")) or date_of(one.get("whenPrepared")), None
        case "MedicationAdministration":
            start, end = span_of(one, "effective")
            return start, end or start
        case _:
            return span_of(one, "effective")


def _is_over(one: Resource) -> bool | None:
    status = text_of(one.get("status"))
    if one.get("resourceType") == "MedicationDispense":
        return None
    return {"active": False, "in-progress": False, "completed": True, "stopped": True}.get(status)


def _drug(one: Resource, named: Named) -> Coded:
    """The product's names and codes, and those of what it is made of."""
    product = _product(one, named)
    items = [part_of(part, "itemCodeableConcept") for part in parts_of(product, "ingredient")]
    found = coded(part_of(one, "medicationCodeableConcept"), part_of(product, "code"), *items)
    shown = text_of(part_of(one, "medicationReference").get("display"))
    words = found.words or ((shown,) if shown else ())
    made_of = [word for name in words for word in ingredient_words(name)]
    return Coded(tuple(dict.fromkeys((*words, *made_of))), found.codes)


def _product(one: Resource, named: Named) -> Resource:
    reference = text_of(part_of(one, "medicationReference").get("reference"))
    if reference.startswith("#"):
        inside = (part for part in parts_of(one, "contained") if f"#{text_of(part.get('id'))}" == reference)
        return next(inside, {})
    return (named(reference) or {}) if reference else {}


def read_immunisation(one: Resource, notes: Notes) -> Iterator[Event]:
    if _is_done(one, notes):
        day, _ = span_of(one, "occurrence")
        vaccine = coded(part_of(one, "vaccineCode"))
        yield from _event(one, Domain.DRUG, vaccine, notes, start=day, end=day, ended=True)


def read_allergy(one: Resource, notes: Notes) -> Iterator[Event]:
    """An allergy is a condition; the substance alone would look like something the person takes."""
    verified = code_in(one, "verificationStatus")
    if verified == "entered-in-error" or verified in _UNSURE:
        notes.add("entered in error" if verified == "entered-in-error" else "not confirmed", source_of(one))
        return
    told = coded(part_of(one, "code"))
    denied = [_NONE_KNOWN[code.code] for code in told.codes if code.code in _NONE_KNOWN]
    ended = {"active": False, "inactive": True, "resolved": True}.get(code_in(one, "clinicalStatus"))
    yield from _event(
        one,
        Domain.CONDITION,
        Coded(tuple(denied)) if denied else _allergy(told),
        notes,
        start=span_of(one, "onset")[0],
        ended=ended,
        refuted=bool(denied) or verified == "refuted",
    )


def _allergy(told: Coded) -> Coded:
    if any("allerg" in word.casefold() or "intoleran" in word.casefold() for word in told.words):
        return told
    ways = ("allergy to {}", "{} allergy", "hypersensitivity to {}")
    return Coded(tuple(way.format(word) for word in told.words for way in ways))


def read_report(one: Resource, notes: Notes) -> Iterator[Event]:
    """A report was made of something, and may conclude in diagnoses. Its values are observations of their own."""
    if text_of(one.get("status")) in ("entered-in-error", "cancelled", "registered"):
        notes.add("not done or entered in error", source_of(one))
        return
    start, end = span_of(one, "effective")
    day = start or date_of(one.get("issued"))
    told = coded(part_of(one, "code"))
    yield from _event(one, Domain.PROCEDURE, told, notes, start=day, end=end or day, ended=True)
    for concept in parts_of(one, "conclusionCode"):
        yield from _event(one, Domain.CONDITION, coded(concept), notes, start=day)


def read_encounter(one: Resource, notes: Notes) -> Iterator[Event]:
    """A stay in hospital. Being seen says nothing of what else was recorded, so it makes no observation period."""
    period = part_of(one, "period")
    start, end = date_of(period.get("start")), date_of(period.get("end"))
    if text_of(part_of(one, "class").get("code")) in _INPATIENT and text_of(one.get("status")) != "entered-in-error":
        stay = Coded(("hospitalisation", "hospitalization", "inpatient admission"), (Code("SNOMED", "32485007"),))
        yield from _event(one, Domain.OBSERVATION, stay, notes, start=start, end=end, ended=True if end else None)
    else:
        notes.add("a visit tells of no condition, drug or value", source_of(one))


def _is_done(one: Resource, notes: Notes) -> bool:
    why = _NOT_DONE.get(text_of(one.get("status")))
    if why:
        notes.add(why, source_of(one))
    return why is None


def _event(
    one: Resource,
    domain: Domain,
    told: Coded,
    notes: Notes,
    *,
    start: PartialDate | None = None,
    end: PartialDate | None = None,
    ended: bool | None = None,
    refuted: bool = False,
    qualifiers: tuple[str, ...] = (),
) -> Iterator[Event]:
    if not told:
        notes.add(NO_NAME, source_of(one))
        return
    yield Event(domain, told.words, told.codes, start, end, ended, refuted, qualifiers, source_of(one))


READERS: Mapping[str, Callable[[Resource, Notes], Iterator[Event]]] = {
    "Condition": read_condition,
    "Procedure": read_procedure,
    "Immunization": read_immunisation,
    "AllergyIntolerance": read_allergy,
    "DiagnosticReport": read_report,
    "Encounter": read_encounter,
}
MEDICATIONS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense")
