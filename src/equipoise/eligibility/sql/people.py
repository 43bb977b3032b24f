"""Leaves about the person: age and sex, from the days between which they were born."""

import datetime

from sqlglot import exp

from equipoise.eligibility.expression import Age, Period, Sex
from equipoise.eligibility.moments import shift
from equipoise.eligibility.sql.days import BORN
from equipoise.eligibility.sql.kleene import Both, both_of, opposite
from equipoise.eligibility.sql.phrases import (
    Condition,
    Sql,
    among,
    at_or_before,
    cases,
    column,
    is_there,
    least,
    negated,
    number,
    some,
    when,
)
from equipoise.eligibility.sql.plan import Plan

GENDERS = {"male": 8507, "female": 8532}
"""OMOP's standard concepts."""
_SHORT = (4, 6, 9, 11)


def age(atom: Age, plan: Plan) -> Both:
    at = plan.run.day(atom.at)
    parts = []
    if atom.low is not None:
        parts.append(_reached(atom.low, at, plan, beyond=atom.low_open))
    if atom.high is not None:
        parts.append(opposite(_reached(atom.high, at, plan, beyond=not atom.high_open)))
    held = both_of(parts)
    known = plan.person_bit(is_there(column("born_first", BORN)))
    return Both(both_of([held, Both(known, known)]).sure, some((held.may, negated(known))))


def _reached(limit: Period, at: datetime.date, plan: Plan, *, beyond: bool) -> Both:
    units = int(limit.amount) + beyond
    latest = shift(at, Period(-units, limit.unit))  # type: ignore[arg-type]
    first, last = column("born_first", BORN), column("born_last", BORN)
    return Both(plan.person_bit(at_or_before(last, latest)), plan.person_bit(at_or_before(first, latest)))


def sex(atom: Sex, plan: Plan) -> Both:
    same = plan.person_bit(_is_gender(GENDERS[atom.sex]))
    other = plan.person_bit(_is_gender(GENDERS["female" if atom.sex == "male" else "male"]))
    return Both(same, negated(other))


def _is_gender(concept: int) -> Condition:
    return exp.EQ(this=column("gender_concept_id", BORN), expression=number(concept))


def born_rows(plan: Plan) -> exp.Select:
    """Every person with sex and the first and the last day they may have been born."""
    named = exp.select(
        "person_id",
        "gender_concept_id",
        exp.alias_(_in(column("year_of_birth"), 1, 9999), "y"),
        exp.alias_(_in(column("month_of_birth"), 1, 12), "m"),
        exp.alias_(_in(column("day_of_birth"), 1, 31), "d"),
    ).from_(plan.table("person"))
    y, m, d = column("y"), column("m"), column("d")
    known_day = exp.and_(is_there(m), is_there(d))
    first = _date(y, exp.func("COALESCE", m, number(1)), when(known_day, _on_calendar(d), number(1)))
    last = _date(y, exp.func("COALESCE", m, number(12)), when(known_day, _on_calendar(d), _on_calendar(number(31))))
    days = (exp.alias_(first, "born_first"), exp.alias_(last, "born_last"))
    return exp.select("person_id", "gender_concept_id", *days).from_(named.subquery("n"))


def _in(value: Sql, least: int, most: int) -> Sql:
    """What is no year, month or day is not known."""
    within = exp.Between(this=value, low=number(least), high=number(most))
    return exp.Case().when(within, value)


def _date(y: Sql, m: Sql, d: Sql) -> Sql:
    return exp.Case().when(is_there(y), exp.func("MAKE_DATE", y.copy(), m, d))


def _on_calendar(d: Sql) -> Sql:
    """The day, or the last of its month where the month has no such day."""
    y, m = column("y"), column("m")
    last = cases(
        [
            (exp.EQ(this=m, expression=number(2)), when(_leap(y), number(29), number(28))),
            (among(m, _SHORT), number(30)),
        ],
        number(31),
    )
    return least(d, last)


def _leap(y: Sql) -> Condition:
    def divides(by: int) -> Sql:
        return exp.EQ(this=exp.Mod(this=y.copy(), expression=number(by)), expression=number(0))

    return exp.or_(divides(400), exp.and_(divides(4), exp.not_(divides(100))))
