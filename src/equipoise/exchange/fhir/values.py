"""Observations: a value of a measure we know, a finding that is there or is not, or a coded answer."""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from equipoise.eligibility.expression import Domain
from equipoise.eligibility.measures import by_loinc, canonical, plausible
from equipoise.eligibility.person import Event, Measurement
from equipoise.exchange.fhir.events import NO_NAME, source_of
from equipoise.exchange.fhir.notes import Notes
from equipoise.exchange.fhir.pieces import Coded, Resource, coded, date_of, part_of, parts_of, span_of, text_of
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.units import convert, measure_of, read_unit

UCUM = "http://unitsofmeasure.org"
_NO_RESULT = {"entered-in-error", "cancelled", "registered"}
_PRESENT = {"10828004", "52101004", "260373001", "LA6576-8", "LA9633-4", "POS", "373066001", "LA33-6"}
_ABSENT = {"260385009", "2667000", "260415000", "LA6577-6", "LA9634-2", "NEG", "ND", "373067005", "LA32-8"}
_NEVER_SMOKED = {"266919005", "LA18978-9"}
_SMOKES = {"449868002", "77176002", "428041000124106", "LA18976-3", "LA18977-1"}
_ECOG = {"LA9622-7": 0, "LA9623-5": 1, "LA9624-3": 2, "LA9625-0": 3, "LA9626-8": 4, "LA9627-6": 5}
"""The answer list of ECOG performance status (LOINC 89247-1)."""


class Taken(msgspec.Struct, frozen=True):
    """What all parts of one observation share."""

    source: str
    date: PartialDate | None
    notes: Notes


def read_observation(one: Resource, notes: Notes) -> Iterator[Event | Measurement]:
    """Its own value, and that of each component (systolic and diastolic pressure)."""
    taken = Taken(source_of(one), _day(one), notes)
    if text_of(one.get("status")) in _NO_RESULT:
        notes.add("without a result, or entered in error", taken.source)
        return
    components = list(parts_of(one, "component"))
    if _has_value(one) or not (components or one.get("hasMember")):
        yield from _valued(one, taken)
    for component in components:
        yield from _valued(component, taken)


def _day(one: Resource) -> PartialDate | None:
    start, end = span_of(one, "effective")
    return end or start or date_of(one.get("issued"))


def _has_value(one: Resource) -> bool:
    return any(name.startswith("value") for name in one)


def _valued(one: Resource, taken: Taken) -> Iterator[Event | Measurement]:
    told = coded(part_of(one, "code"))
    if not told:
        taken.notes.add(NO_NAME, taken.source)
    elif not _has_value(one):
        taken.notes.add("an observation without a value", taken.source)
    elif "valueQuantity" in one or "valueInteger" in one:
        yield from _measured(one, told, taken)
    elif "valueCodeableConcept" in one:
        yield from _answered(
            told, coded(part_of(one, "valueCodeableConcept")), part_of(one, "valueCodeableConcept"), taken
        )
    elif isinstance(held := one.get("valueBoolean"), bool):
        yield _finding(told, taken, refuted=not held)
    else:
        kind = next(name for name in one if name.startswith("value")).removeprefix("value")
        taken.notes.add(f"a value of the kind {kind} is not read", taken.source)


def _measured(one: Resource, told: Coded, taken: Taken) -> Iterator[Measurement]:
    measure = _measure(told)
    if measure is None:
        taken.notes.add("a value of something no criterion measures", f"{taken.source} ({_name(told)})")
        return
    quantity = part_of(one, "valueQuantity") or {"value": one.get("valueInteger")}
    value = _decimal(quantity.get("value"))
    if value is None:
        taken.notes.add("a value that is not a number", taken.source)
    elif text_of(quantity.get("comparator")):
        taken.notes.add("a value known only to be above or below a limit", taken.source)
    else:
        yield from _checked(one, Measurement(measure, value, unit_of(quantity), taken.date, source=taken.source), taken)


def _checked(one: Resource, found: Measurement, taken: Taken) -> Iterator[Measurement]:
    """A value that cannot be is left out; one in a unit that does not convert is kept, unknown to every criterion."""
    value = found.value or Decimal(0)
    example = f"{taken.source} ({found.measure} {value} {found.unit or ''})"
    if canonical(found.measure, value, found.unit) is None:
        taken.notes.add("a value in a unit that does not convert", example)
    elif not plausible(found.measure, value, found.unit):
        taken.notes.add("a value that cannot be", example)
        return
    low, high = _normal(one, found, taken)
    yield msgspec.structs.replace(found, low=low, high=high)


def unit_of(quantity: Resource) -> str | None:
    """The UCUM code; where there is none, what the unit's words mean; else the words themselves."""
    code, words = text_of(quantity.get("code")), text_of(quantity.get("unit"))
    if code and text_of(quantity.get("system")) in (UCUM, "") and measure_of(code) is not None:
        return code
    for told in (code, words):
        if told and (known := read_unit(told)):
            return known
    return code or words or None


def _normal(one: Resource, found: Measurement, taken: Taken) -> tuple[Decimal | None, Decimal | None]:
    """The laboratory's own limits of normal, in the unit of the value."""
    ranges = [each for each in parts_of(one, "referenceRange") if _is_normal(each)]
    if not ranges:
        return None, None
    limits = tuple(_limit(part_of(ranges[0], name), found.unit) for name in ("low", "high"))
    if any(limit is None and part_of(ranges[0], name) for limit, name in zip(limits, ("low", "high"), strict=True)):
        taken.notes.add("limits of normal in a unit that does not convert", taken.source)
    return limits[0], limits[1]


def _is_normal(one: Resource) -> bool:
    return code_of_type(one) in ("", "normal") and not any(parts_of(one, "appliesTo"))


def code_of_type(one: Resource) -> str:
    return next((text_of(coding.get("code")) for coding in parts_of(part_of(one, "type"), "coding")), "")


def _limit(quantity: Resource, unit: str | None) -> Decimal | None:
    value, own = _decimal(quantity.get("value")), unit_of(quantity)
    if value is None or own in (None, unit):
        return value
    return None if unit is None or own is None else convert(value, own, unit)


def _answered(told: Coded, answer: Coded, concept: Resource, taken: Taken) -> Iterator[Event | Measurement]:
    """A coded answer: that what was looked for is there or is not; or a finding of its own."""
    codes = {text_of(coding.get("code")) for coding in parts_of(concept, "coding")}
    words = {word.casefold() for word in answer.words}
    measure = _measure(told)
    if (grades := codes & _ECOG.keys()) and measure is not None:
        yield Measurement(measure, Decimal(_ECOG[min(grades)]), "{score}", taken.date, source=taken.source)
    elif codes & _PRESENT or words & {"positive", "present", "detected", "yes"}:
        yield _finding(told, taken, refuted=False)
    elif codes & _ABSENT or words & {"negative", "absent", "not detected", "no"}:
        yield _finding(told, taken, refuted=True)
    elif codes & (_NEVER_SMOKED | _SMOKES):
        yield _finding(Coded(("smoker", "smoking", "tobacco use")), taken, refuted=bool(codes & _NEVER_SMOKED))
    elif answer:
        yield _finding(answer, taken, refuted=False)
    else:
        taken.notes.add(f"an answer that {NO_NAME}", taken.source)


def _finding(told: Coded, taken: Taken, *, refuted: bool) -> Event:
    return Event(Domain.OBSERVATION, told.words, told.codes, start=taken.date, refuted=refuted, source=taken.source)


def _measure(told: Coded) -> str | None:
    found = (by_loinc(code.code) for code in told.codes if code.system == "LOINC")
    return next((measure.name for measure in found if measure is not None), None)


def _name(told: Coded) -> str:
    return next(iter(told.words), "") or told.codes[0].code


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    found = Decimal(value)
    return found if found.is_finite() else None
