"""Small pieces of SQL that mean the same to DuckDB, PostgreSQL and Spark."""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal, TypeAlias

from sqlglot import exp

from equipoise.eligibility.moments import FIRST, LAST

Sql: TypeAlias = exp.Expr
Condition: TypeAlias = exp.Expr | bool
"""A condition that is never null, or one whose truth is known before any row is read."""
Day: TypeAlias = datetime.date | exp.Expr
Dialect: TypeAlias = Literal["duckdb", "postgres", "spark"]

AMOUNT = "DECIMAL(18, 6)"
"""Amounts are compared as decimals: binary fractions would make 1.1 x 40 more than 44."""
BEYOND = 10**12
"""An amount of this size or more does not fit, and is no laboratory value."""


def column(name: str, table: str | None = None) -> Sql:
    return exp.column(name, table=table)


def number(value: int) -> Sql:
    return exp.Literal.number(value)


def day(value: Day) -> Sql:
    if isinstance(value, datetime.date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    return value.copy()


def decimal(value: Decimal) -> Sql:
    return exp.cast(exp.Literal.string(f"{value:f}"), AMOUNT)


def moved(value: Sql, *, months: int = 0, days: int = 0) -> Sql:
    """The date so many calendar months and then days later."""
    for count, unit in ((months, "MONTH"), (days, "DAY")):
        if count:
            length = exp.Interval(this=exp.Literal.string(str(count)), unit=exp.var(unit))
            value = exp.cast(exp.Add(this=value, expression=length), "DATE")
    return value


def at_or_before(one: Day, other: Day) -> Condition:
    """``one <= other``, where both are there."""
    if isinstance(one, datetime.date) and isinstance(other, datetime.date):
        return one <= other
    if one == FIRST or other == LAST:
        return True
    return exp.LTE(this=day(one), expression=day(other))


def before(one: Day, other: Day) -> Condition:
    if isinstance(one, datetime.date) and isinstance(other, datetime.date):
        return one < other
    if one == LAST or other == FIRST:
        return False
    return exp.LT(this=day(one), expression=day(other))


def least(one: Sql, other: Sql) -> Sql:
    """The lesser of two that are there. (sqlglot's own ``Least`` wraps it in tests for null.)"""
    return exp.Anonymous(this="LEAST", expressions=[one, other])


def greatest(one: Sql, other: Sql) -> Sql:
    return exp.Anonymous(this="GREATEST", expressions=[one, other])


def is_null(value: Sql) -> Sql:
    return exp.Is(this=value, expression=exp.null())


def is_there(value: Sql) -> Sql:
    return exp.not_(is_null(value))


def every(conditions: Iterable[Condition]) -> Condition:
    found = list(conditions)
    if any(one is False for one in found):
        return False
    open_ones = [one for one in found if not isinstance(one, bool)]
    return exp.and_(*open_ones) if open_ones else True


def some(conditions: Iterable[Condition]) -> Condition:
    found = list(conditions)
    if any(one is True for one in found):
        return True
    open_ones = [one for one in found if not isinstance(one, bool)]
    return exp.or_(*open_ones) if open_ones else False


def negated(condition: Condition) -> Condition:
    return not condition if isinstance(condition, bool) else exp.not_(exp.paren(condition))


def when(condition: Condition, then: Sql, otherwise: Sql) -> Sql:
    if isinstance(condition, bool):
        return then if condition else otherwise
    return exp.Case().when(condition, then).else_(otherwise)


def cases(branches: Sequence[tuple[Condition, Sql]], otherwise: Sql) -> Sql:
    """The first branch that holds."""
    for condition, then in reversed(branches):
        otherwise = _earlier(condition, then, otherwise)
    return otherwise


def _earlier(condition: Condition, then: Sql, otherwise: Sql) -> Sql:
    if isinstance(condition, bool):
        return then if condition else otherwise
    if isinstance(otherwise, exp.Case):
        later = otherwise.copy()
        later.set("ifs", [exp.If(this=condition, true=then), *later.args["ifs"]])
        return later
    return exp.Case().when(condition, then).else_(otherwise)


def among(value: Sql, numbers: Iterable[int]) -> Condition:
    found = sorted(numbers)
    if not found:
        return False
    return exp.In(this=value, expressions=[number(one) for one in found])


def where(select: exp.Select, condition: Condition) -> exp.Select:
    if condition is True:
        return select
    return select.where(exp.false() if condition is False else condition, copy=False)


def united(selects: Sequence[exp.Select]) -> Sql:
    """``UNION ALL``, built so that many do not nest deep."""
    if len(selects) == 1:
        return selects[0]
    half = len(selects) // 2
    return exp.Union(this=united(selects[:half]), expression=united(selects[half:]), distinct=False)
