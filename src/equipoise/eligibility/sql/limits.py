"""Whether a row's value lies in a range: in the unit it came in, or against the laboratory's own limits."""

from collections import defaultdict
from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal

import msgspec
from sqlglot import exp

from equipoise.eligibility.expression import Range, Value
from equipoise.eligibility.measures import canonical
from equipoise.eligibility.sql.phrases import (
    AMOUNT,
    BEYOND,
    Condition,
    Sql,
    among,
    cases,
    column,
    decimal,
    every,
    number,
    when,
)
from equipoise.eligibility.sql.plan import Plan
from equipoise.eligibility.sql.vocabulary import NO_UNIT

STEP = Decimal("0.000001")
"""Amounts are read to six places: more than any laboratory reports."""


class Test(msgspec.Struct, frozen=True):
    """Where ``applies``, the row ``passes`` or does not; where no branch applies that is not known."""

    branches: tuple[tuple[Condition, Condition], ...]

    def case(self, yes: Sql, no: Sql, doubt: Sql) -> Sql:
        return cases([(applies, when(passes, yes, no)) for applies, passes in self.branches], doubt)


def lies_in(atom: Value, limits: Range, plan: Plan) -> Test:
    if atom.reference is not None:
        return _of_normal(limits, column("range_high" if atom.reference == "ULN" else "range_low"))
    bounds = [bound if bound is None else canonical(atom.measure, bound, atom.unit) for bound in _ends(limits)]
    if any(there is not None and bound is None for there, bound in zip(_ends(limits), bounds, strict=True)):
        return Test(())
    within = msgspec.structs.replace(limits, low=bounds[0], high=bounds[1])
    return Test(tuple(_by_unit(atom.measure, within, plan)))


def _ends(limits: Range) -> tuple[Decimal | None, Decimal | None]:
    return limits.low, limits.high


def is_amount(value: Sql) -> Sql:
    return exp.LT(this=exp.Abs(this=value), expression=number(BEYOND))


def _amount(value: Sql) -> Sql:
    return exp.cast(value, AMOUNT)


def _of_normal(limits: Range, normal: Sql) -> Test:
    value = _amount(column("value_as_number"))
    found: list[Condition] = []
    if limits.low is not None:
        over = exp.GT if limits.low_open else exp.GTE
        found.append(over(this=value, expression=exp.Mul(this=decimal(limits.low), expression=_amount(normal))))
    if limits.high is not None:
        under = exp.LT if limits.high_open else exp.LTE
        found.append(under(this=value, expression=exp.Mul(this=decimal(limits.high), expression=_amount(normal))))
    return Test(((is_amount(normal), every(found)),))


def _by_unit(measure: str, limits: Range, plan: Plan) -> list[tuple[Condition, Condition]]:
    """The limits in each unit a row may come in; units with the same limits together."""
    alike: dict[tuple[Decimal | None, Decimal | None], list[int]] = defaultdict(list)
    for concept in (NO_UNIT, *plan.vocabulary.units):
        unit = plan.vocabulary.unit_of(measure, concept)
        if canonical(measure, Decimal(1), unit) is not None:
            alike[_in_unit(measure, limits, unit)].append(concept)
    return [(among(column("unit_id"), ids), _between(*ends)) for ends, ids in alike.items()]


def _between(least: Decimal | None, below: Decimal | None) -> Condition:
    value = _amount(column("value_as_number"))
    found: list[Condition] = []
    if least is not None:
        found.append(least < 0 if abs(least) >= BEYOND else exp.GTE(this=value, expression=decimal(least)))
    if below is not None:
        found.append(below > 0 if abs(below) >= BEYOND else exp.LT(this=value.copy(), expression=decimal(below)))
    return every(found)


def _in_unit(measure: str, limits: Range, unit: str) -> tuple[Decimal | None, Decimal | None]:
    """``(least, below)``: an amount of this unit lies within when ``least <= amount < below``."""

    def convert(value: Decimal) -> Decimal:
        found = canonical(measure, value, unit)
        assert found is not None
        return found

    least = None if limits.low is None else _first(convert, limits.low, above=limits.low_open)
    below = None if limits.high is None else _first(convert, limits.high, above=not limits.high_open)
    return least, below


def _first(convert: Callable[[Decimal], Decimal], bound: Decimal, *, above: bool) -> Decimal:
    """The first amount, in steps, that converts to the bound or more (``above``: to more).

    Converting is a straight line; rounding may leave the guess a step off.
    """

    def is_past(value: Decimal) -> bool:
        return convert(value) > bound if above else convert(value) >= bound

    zero = convert(Decimal(0))
    guess = ((bound - zero) / (convert(Decimal(1)) - zero)).quantize(STEP, ROUND_CEILING)
    while is_past(guess - STEP):
        guess -= STEP
    while not is_past(guess):
        guess += STEP
    return guess
