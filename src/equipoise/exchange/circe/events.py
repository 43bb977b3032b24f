"""Circe's criteria on one event, its windows and its attributes, as leaves."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol

import msgspec

from equipoise.eligibility.expression import (
    Age,
    Anchor,
    And,
    Concept,
    Domain,
    Exists,
    Expr,
    Not,
    Opaque,
    Pattern,
    Period,
    Range,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.measures import by_omop
from equipoise.kernel.units import OMOP_UNITS

Json = Mapping[str, Any]
_DOMAINS = {
    "ConditionOccurrence": Domain.CONDITION,
    "DrugExposure": Domain.DRUG,
    "ProcedureOccurrence": Domain.PROCEDURE,
    "Observation": Domain.OBSERVATION,
}
_UNITS = {concept: unit for unit, concept in OMOP_UNITS.items()}
_HANDLED = {"CodesetId", "ValueAsNumber", "Unit", "RangeHighRatio", "RangeLowRatio"}
_SAID_ELSEWHERE = {"IgnoreObservationPeriod", "StartWindow", "EndWindow", "Occurrence", "Criteria"}


class Sets(Protocol):
    @property
    def sets(self) -> Mapping[int, Concept]: ...


class Event(msgspec.Struct, frozen=True):
    """One kind of event; ``but`` names what is asked of it that we cannot tell from it."""

    leaf: Exists | Value | None
    but: tuple[str, ...]


def event(told: Json, around: Json | None, sets: Sets) -> Event:
    """``around``: the group's entry, with its windows; ``None`` for an entry event."""
    ((kind, own),) = told.items() if len(told) == 1 else ((("nothing"), {}),)
    but = [
        f"{kind} with {key}" for key, value in own.items() if key not in _HANDLED and value not in (None, [], {}, False)
    ]
    window, unsure = _window(around or {})
    but += unsure
    but += [f"{key} of {kind}" for key, value in (around or {}).items() if key not in _SAID_ELSEWHERE and value]
    concept = sets.sets.get(own.get("CodesetId")) if own.get("CodesetId") is not None else None
    if concept is None:
        return Event(None, (f"any {kind}",))
    if kind in _DOMAINS:
        return Event(Exists(pattern=Pattern(_DOMAINS[kind], concept), window=window), tuple(but))
    if kind == "Measurement":
        return _measured(concept, own, window, tuple(but))
    return Event(None, (f"{kind} of {concept.words}",))


def at_least(count: int, found: Event) -> Expr:
    """What is asked besides and cannot be told makes yes unknown, and leaves no as it is."""
    doubts = tuple(Opaque(text=words, reason="circe") for words in found.but)
    if found.leaf is None:
        return doubts[0]
    if isinstance(found.leaf, Value) and count > 1:
        return Opaque(text=f"at least {count} values of {found.leaf.measure}", reason="circe")
    leaf = msgspec.structs.replace(found.leaf, count=count) if isinstance(found.leaf, Exists) else found.leaf
    return And(of=(leaf, *doubts)) if doubts else leaf


def _window(told: Json) -> tuple[Window | None, list[str]]:
    start = told.get("StartWindow") or {}
    but = ["EndWindow of an event"] if told.get("EndWindow") else []
    if start.get("UseIndexEnd") or start.get("UseEventEnd"):
        but.append("window counted from an end")
    if not start.get("Start") and not start.get("End"):
        return None, but
    return Window(Anchor.INDEX, _distance(start.get("Start")), _distance(start.get("End"))), but


def _distance(told: Json | None) -> Period | None:
    if not told or told.get("Days") is None:
        return None
    return Period(Decimal(told["Days"] * told.get("Coeff", 1)), Unit.DAY)


def _measured(concept: Concept, own: Json, window: Window | None, but: tuple[str, ...]) -> Event:
    measures = {found.name if (found := by_omop(int(code.code))) else "" for code in concept.codes}
    asked = [key for key in ("ValueAsNumber", "RangeHighRatio", "RangeLowRatio") if own.get(key)]
    limits = _range(own[asked[0]]) if len(asked) == 1 else None
    if len(measures) != 1 or "" in measures or limits is None:
        return Event(None, (f"Measurement of {concept.words}",))
    (measure,) = measures
    units = {_UNITS.get(one.get("CONCEPT_ID", 0)) for one in own.get("Unit") or ()}
    unit = units.pop() if len(units) == 1 else None
    if asked == ["ValueAsNumber"] and unit is None:
        return Event(None, (f"Measurement of {concept.words} in any unit",))
    reference = {"RangeHighRatio": "ULN", "RangeLowRatio": "LLN"}.get(asked[0])
    leaf = Value(measure=measure, range=limits, unit=unit, reference=reference, select="any", window=window)  # type: ignore[arg-type]
    return Event(leaf, but)


def _range(told: Json) -> Range | None:
    """``None`` for "not between", which no range is."""
    value, extent = _decimal(told.get("Value")), _decimal(told.get("Extent"))
    made: dict[str, Callable[[], Range]] = {
        "gt": lambda: Range(low=value, low_open=True),
        "gte": lambda: Range(low=value),
        "lt": lambda: Range(high=value, high_open=True),
        "lte": lambda: Range(high=value),
        "eq": lambda: Range(low=value, high=value),
        "bt": lambda: Range(low=value, high=extent),
    }
    op = told.get("Op")
    return made[op]() if op in made and value is not None else None


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def demographic_age(told: Json) -> Expr:
    """In whole years; Circe itself takes the calendar year less that of birth."""
    limits = _range(told)
    if told.get("Op") == "!bt" and told.get("Value") is not None and told.get("Extent") is not None:
        within = Range(low=_decimal(told["Value"]), high=_decimal(told["Extent"]))
        return Not(of=_age(within))
    return Opaque(text="age", reason="circe") if limits is None else _age(limits)


def _age(limits: Range) -> Age:
    def years(value: Decimal | None) -> Period | None:
        return None if value is None else Period(value, Unit.YEAR)

    return Age(low=years(limits.low), high=years(limits.high), low_open=limits.low_open, high_open=limits.high_open)
