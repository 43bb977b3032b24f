"""Score and class while findings are unknown: the least and the most that could come out, by column.

No weight is negative, so the least is what is known to be present and the most adds all that is not known.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeAlias

import msgspec

from equipoise.instruments.classification.weights import Class, Column, age_group, columns

Findings: TypeAlias = Mapping[str, bool | Decimal | None]
"""By item: ``age_at_onset`` in years, every other true or false; None or left out is not known."""


class Reach(msgspec.Struct, frozen=True):
    """Within one column, the least and the most that the score can be, in tenths."""

    column: Column
    low: int
    high: int


def reaches_of(findings: Findings) -> tuple[Reach, ...]:
    biopsy = findings.get("biopsy")
    assert not isinstance(biopsy, Decimal)
    return tuple(_reach(findings, column) for column in columns(biopsy))


def _reach(findings: Findings, column: Column) -> Reach:
    low, high = _age(findings.get("age_at_onset"), column)
    for name, weight in column.weights.items():
        present = findings.get(name)
        low += weight if present is True else 0
        high += 0 if present is False else weight
    return Reach(column, low, high)


def _age(age: Decimal | bool | None, column: Column) -> tuple[int, int]:
    if age is None:
        return column.ages[0], column.ages[-1]
    weight = column.ages[age_group(age)]
    return weight, weight


Rule: TypeAlias = Callable[[Column, int], Class]


def class_range(reaches: tuple[Reach, ...], rule: Rule = Column.class_of) -> tuple[Class, Class]:
    """The lowest and the highest class that could come out."""
    lowest = min((rule(reach.column, reach.low) for reach in reaches), key=lambda each: each.rank)
    highest = max((rule(reach.column, reach.high) for reach in reaches), key=lambda each: each.rank)
    return lowest, highest
