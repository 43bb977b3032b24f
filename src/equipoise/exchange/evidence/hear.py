"""A characteristic as an expression. What is not understood becomes ``Opaque``: unknown, shown, never dropped.

What narrows a characteristic and is not understood makes its yes unknown and leaves its no as it is.
"""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from equipoise.eligibility.expression import (
    Age,
    And,
    Ask,
    AtLeast,
    AtMost,
    Classified,
    Concept,
    Domain,
    Duration,
    Exists,
    Expr,
    Not,
    Opaque,
    Or,
    Pattern,
    Range,
    Related,
    Sex,
    Topic,
    Unit,
    Value,
)
from equipoise.eligibility.measures import Measure, by_loinc, measure_for
from equipoise.exchange.evidence.amounts import NotUnderstood, count_of, limits_of, unit_of
from equipoise.exchange.evidence.model import (
    Characteristic,
    CodeableConcept,
    Combination,
    Quantity,
    TimeFromEvent,
    TypeAndValue,
)
from equipoise.exchange.evidence.times import anchor_of, moment, time_words, windowed
from equipoise.exchange.evidence.words import (
    AGES,
    DOMAIN,
    DOMAINS,
    FEMALE,
    INSTRUMENT,
    LOINC,
    MALE,
    MEASURE,
    MULTIPLES,
    SELECT,
    SEXES,
    TOPIC,
    TOUCH,
    code_of,
    keys,
    own,
    period_of,
)

_REFERENCES = {code: reference for reference, code in MULTIPLES.items()}
_TOPICS, _DOMAINS = {one.value for one in Topic}, {one.value for one in Domain}
_SELECTS = ("latest", "any", "all", "highest", "lowest")


def hear(told: Characteristic) -> Expr:
    """With its ``exclude``."""
    expr = heard(told)
    return Not(of=expr) if told.exclude else expr


def heard(told: Characteristic) -> Expr:
    """Without its ``exclude``."""
    try:
        expr, doubts = _defined(told)
    except NotUnderstood as unknown:
        return opaque(shown(told) or str(unknown))
    return And(of=(expr, *map(opaque, doubts))) if doubts else expr


def opaque(text: str) -> Opaque:
    return Opaque(text=text, reason="fhir")


def shown(told: Characteristic) -> str:
    """The words of a characteristic, or its elements where it has none."""
    if told.description:
        return told.description
    if concept := told.definition_codeable_concept:
        return words_of(concept)
    if value := told.definition_by_type_and_value:
        inner = [words_of(one) for one in (value.type, value.value_codeable_concept) if one is not None]
        amounts = [one for one in (value.value_quantity, value.value_range) if one is not None]
        return ": ".join([*filter(None, inner), *(_json(one) for one in amounts)])
    return _json(told)


def words_of(concept: CodeableConcept) -> str:
    displays = [one.display for one in concept.coding if one.display]
    codes = [f"{one.system} {one.code}" for one in concept.coding if one.code]
    return concept.text.strip() or next(iter([*displays, *codes]), "")


def _json(part: object) -> str:
    return msgspec.json.encode(part).decode()


def _defined(told: Characteristic) -> tuple[Expr, list[str]]:
    ways = [
        (told.definition_by_combination, "combination"),
        (told.definition_by_type_and_value, "value"),
        (told.definition_codeable_concept, "concept"),
    ]
    given = [name for found, name in ways if found is not None]
    if told.modifier_extension or len(given) != 1:
        raise NotUnderstood("a characteristic without a definition of its own")
    others = ("definition_reference", "definition_canonical", "definition_expression", "definition_id")
    doubts = [f"{name}: {_json(found)}" for name in others if (found := getattr(told, name)) is not None]
    if (told.definition_by_type_and_value) is not None:
        expr, narrowed = _valued(told, told.definition_by_type_and_value)
        return expr, doubts + narrowed
    narrowed = [*map(time_words, told.time_from_event), *_unused(told, "instances", "duration")]
    if told.definition_by_combination is not None:
        return _combined(told.definition_by_combination), doubts + narrowed
    return _concept_alone(told.definition_codeable_concept or CodeableConcept()), doubts + narrowed


def _unused(told: Characteristic, *names: str) -> list[str]:
    fields = [f"{name}_{kind}" for name in names for kind in ("quantity", "range")]
    return [f"{field}: {_json(getattr(told, field))}" for field in fields if getattr(told, field) is not None]


def _combined(told: Combination) -> Expr:
    of = tuple(map(hear, told.characteristic))
    match told.code:
        case "all-of" if of:
            return And(of=of)
        case "any-of" if of:
            return Or(of=of)
        case "at-least" if told.threshold is not None:
            return AtLeast(count=told.threshold, of=of)
        case "at-most" if told.threshold is not None:
            return AtMost(count=told.threshold, of=of)
    raise NotUnderstood(f"the combination {told.code}")


def _concept_alone(concept: CodeableConcept) -> Expr:
    topic = own(concept, TOPIC)
    if topic in _TOPICS and concept.text:
        return Ask(question=concept.text, topic=Topic(topic))
    if any(code_of(one) for one in concept.coding):
        return Exists(pattern=Pattern(Domain.ANY, concept_of(concept)))
    return opaque(words_of(concept) or "not said")


def concept_of(told: CodeableConcept | None) -> Concept:
    """Its words, every other name it has, and its codes in vocabularies we know."""
    told = told or CodeableConcept()
    codes = [code for one in told.coding if (code := code_of(one)) is not None]
    names = dict.fromkeys(name for name in (told.text, *(one.display for one in told.coding)) if name.strip())
    if not codes and not names:
        raise NotUnderstood(words_of(told))
    words = next(iter(names), codes[0].code if codes else "")
    return Concept(words, tuple(name for name in names if name != words), tuple(codes))


def _valued(told: Characteristic, value: TypeAndValue) -> tuple[Expr, list[str]]:
    if value.offset is not None or value.value_reference is not None or value.value_id is not None:
        raise NotUnderstood(shown(told))
    found = set(keys(value.type))
    named = value.type.text.strip().casefold()
    doubts = [] if value.device is None else [f"device: {_json(value.device)}"]
    domain = next((DOMAINS[one] for one in keys(value.type) if one in DOMAINS), None)
    if domain is not None and value.value_codeable_concept is not None:
        expr, narrowed = _event(told, value, Pattern(domain, concept_of(value.value_codeable_concept)))
        return expr, doubts + narrowed
    if value.value_boolean is not None:
        expr = _concept_alone(value.type)
        expr = expr if value.value_boolean else Not(of=expr)
        return expr, [*doubts, *map(time_words, told.time_from_event), *_unused(told, "instances", "duration")]
    doubts += _unused(told, "instances", "duration")
    if found & AGES or named == "age":
        return _age(told, value), doubts + _methods(value.method)
    if found & SEXES or named in ("sex", "gender"):
        return _sex(value), [*doubts, *_methods(value.method), *map(time_words, told.time_from_event)]
    if instrument := own(value.type, INSTRUMENT):
        reaches = words_of(value.value_codeable_concept or CodeableConcept())
        return Classified(instrument=instrument, reaches=reaches), doubts
    return _measured(told, value, doubts)


def _methods(methods: Iterable[CodeableConcept], *known: str) -> list[str]:
    return [f"method: {words_of(one)}" for one in methods if not any(system in known for system, _ in keys(one))]


def _sex(value: TypeAndValue) -> Expr:
    told = value.value_codeable_concept
    found = set(keys(told))
    named = words_of(told).casefold() if told is not None else ""
    if found & FEMALE or named == "female":
        return Sex(sex="female")
    if found & MALE or named == "male":
        return Sex(sex="male")
    raise NotUnderstood("sex")


def _age(told: Characteristic, value: TypeAndValue) -> Expr:
    limits = limits_of(value.value_quantity, value.value_range, period_of)
    if limits is None:
        raise NotUnderstood("age")
    low, high, low_open, high_open = limits
    return Age(low=low, high=high, low_open=low_open, high_open=high_open, at=moment(told.time_from_event))


def _measured(told: Characteristic, value: TypeAndValue, doubts: list[str]) -> tuple[Expr, list[str]]:
    measure = _measure(value.type)
    limits = limits_of(value.value_quantity, value.value_range, lambda one: None if one is None else one.value)
    unit = unit_of(value.value_quantity, value.value_range)
    if not measure or limits is None or unit is None:
        raise NotUnderstood(words_of(value.type))
    select = next((code for one in value.method if (code := own(one, SELECT)) in _SELECTS), "latest")
    window, narrowed = windowed(told.time_from_event)
    reference = _REFERENCES.get(unit)
    atom = Value(
        measure=measure,
        range=Range(*limits),
        unit=None if reference else unit or None,
        reference=reference,  # type: ignore[arg-type]
        select=select,  # type: ignore[arg-type]
        window=window,
    )
    return atom, [*doubts, *_methods(value.method, SELECT), *narrowed]


def _measure(told: CodeableConcept) -> str:
    if name := own(told, MEASURE):
        return name
    coded: list[Measure | None] = [by_loinc(code) for system, code in keys(told) if system == LOINC]
    named = [measure_for(one) for one in (told.text, *(each.display for each in told.coding)) if one]
    return next((one.name for one in (*coded, *named) if one is not None), "")


def _event(told: Characteristic, value: TypeAndValue, pattern: Pattern) -> tuple[Expr, list[str]]:
    methods = _methods(value.method, TOUCH)
    often = _unused(told, "instances")
    if told.duration_quantity is not None or told.duration_range is not None:
        return _lasting(told, pattern), methods + often
    times = told.time_from_event
    if len(times) == 1 and times[0].event_codeable_concept and anchor_of(times[0]) is None:
        return _related(times[0], pattern), methods + often
    window, narrowed = windowed(times)
    overlaps = any(own(one, TOUCH) == "overlaps" for one in value.method)
    leaf = Exists(pattern=pattern, window=window, touch="overlaps" if overlaps else "starts")
    return count_of(leaf, told.instances_quantity, told.instances_range), [*methods, *narrowed]


def _lasting(told: Characteristic, pattern: Pattern) -> Expr:
    limits = limits_of(told.duration_quantity, told.duration_range, period_of)
    if limits is None or limits[0] is None or limits[1] is not None or limits[2]:
        raise NotUnderstood("a duration")
    return Duration(pattern=pattern, at_least=limits[0], until=moment(told.time_from_event))


def _related(time: TimeFromEvent, first: Pattern) -> Expr:
    limits = limits_of(time.quantity, time.range, _days)
    if limits is None:
        raise NotUnderstood("a time between two events")
    named = next((one.value_code for one in time.extension if one.url == DOMAIN), "")
    if named not in _DOMAINS:
        raise NotUnderstood("a time between two events")
    return Related(
        first=first, second=Pattern(Domain(named), concept_of(time.event_codeable_concept)), gap=Range(*limits)
    )


def _days(quantity: Quantity | None) -> Decimal | None:
    period = period_of(quantity)
    return period.amount * {Unit.DAY: 1, Unit.WEEK: 7}[period.unit] if period and period.unit in _WHOLE else None


_WHOLE = (Unit.DAY, Unit.WEEK)
