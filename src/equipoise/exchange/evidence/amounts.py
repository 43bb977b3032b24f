"""Quantities and Ranges as limits, counts and units."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

import msgspec

from equipoise.eligibility.expression import And, Exists, Expr, Not
from equipoise.exchange.evidence.model import Between, Quantity
from equipoise.exchange.evidence.words import UNITS
from equipoise.kernel.units import read_unit


class NotUnderstood(Exception):
    """What of a characteristic we cannot tell; it is shown."""


Amount = TypeVar("Amount")
Limits = tuple[Amount | None, Amount | None, bool, bool]


def limits_of(
    quantity: Quantity | None, between: Between | None, amount: Callable[[Quantity | None], Amount | None]
) -> Limits[Amount] | None:
    """Low, high, and whether each is left out; ``None`` where there is none or it is not understood."""
    if between is not None:
        return _range_limits(between, amount) if quantity is None else None
    found = amount(quantity)
    if quantity is None or found is None:
        return None
    match quantity.comparator:
        case "":
            return found, found, False, False
        case ">" | ">=":
            return found, None, quantity.comparator == ">", False
        case "<" | "<=":
            return None, found, False, quantity.comparator == "<"
    return None


def _range_limits(between: Between, amount: Callable[[Quantity | None], Amount | None]) -> Limits[Amount] | None:
    ends = [one for one in (between.low, between.high) if one is not None]
    if not ends or any(one.comparator or amount(one) is None for one in ends):
        return None
    return amount(between.low), amount(between.high), False, False


def unit_of(quantity: Quantity | None, between: Between | None) -> str | None:
    """The UCUM unit, the same at both ends; "" where there is none; ``None`` where it is not understood."""
    ends = [quantity, *((between.low, between.high) if between else ())]
    units = {_unit(one) for one in ends if one is not None}
    return units.pop() if len(units) == 1 else None


def _unit(quantity: Quantity) -> str | None:
    if quantity.code and quantity.system in ("", UNITS):
        return quantity.code
    return read_unit(quantity.unit) if quantity.unit or quantity.code else ""


def count_of(leaf: Exists, quantity: Quantity | None, between: Between | None) -> Expr:
    """At least, at most or exactly so many events."""
    if quantity is None and between is None:
        return leaf
    limits = limits_of(quantity, between, _whole)
    if limits is None:
        raise NotUnderstood("a number of events")
    low, high, low_open, high_open = limits
    parts: list[Expr] = []
    if low is not None:
        parts.append(msgspec.structs.replace(leaf, count=low + low_open))
    if high is not None:
        parts.append(Not(of=msgspec.structs.replace(leaf, count=high + (not high_open))))
    return parts[0] if len(parts) == 1 else And(of=tuple(parts))


def _whole(quantity: Quantity | None) -> int | None:
    value: Decimal | None = None if quantity is None else quantity.value
    return int(value) if value is not None and value == value.to_integral_value() else None
