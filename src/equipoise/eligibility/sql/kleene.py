"""Strong Kleene logic in two columns of two-valued SQL: whether something is sure, and whether it may be."""

from collections.abc import Sequence

import msgspec
from sqlglot import exp

from equipoise.eligibility.sql.phrases import Condition, Sql, every, negated, number, some, when
from equipoise.kernel.truth import Truth


class Both(msgspec.Struct, frozen=True):
    """``sure``: true. ``may``: true or unknown. Neither is ever null."""

    sure: Condition
    may: Condition


def constant(truth: Truth) -> Both:
    return Both(truth is Truth.TRUE, truth is not Truth.FALSE)


UNKNOWN = constant(Truth.UNKNOWN)


def both_of(parts: Sequence[Both]) -> Both:
    return Both(every(one.sure for one in parts), every(one.may for one in parts))


def either_of(parts: Sequence[Both]) -> Both:
    return Both(some(one.sure for one in parts), some(one.may for one in parts))


def opposite(one: Both) -> Both:
    return Both(negated(one.may), negated(one.sure))


def at_least(count: int, parts: Sequence[Both]) -> Both:
    return Both(_enough(count, [one.sure for one in parts]), _enough(count, [one.may for one in parts]))


def _enough(count: int, conditions: list[Condition]) -> Condition:
    count -= sum(one is True for one in conditions)
    open_ones: list[Condition] = [one for one in conditions if not isinstance(one, bool)]
    if count <= 0 or count > len(open_ones):
        return count <= 0
    if count == len(open_ones):
        return every(open_ones)
    total: Sql = number(0)
    for one in open_ones:
        total = exp.Add(this=total, expression=when(one, number(1), number(0)))
    return exp.GTE(this=exp.paren(total), expression=number(count))


def digit(one: Both) -> Sql:
    """0 not met, 1 not known, 2 met."""
    return when(one.sure, number(2), when(one.may, number(1), number(0)))
