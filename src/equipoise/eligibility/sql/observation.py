"""What it means that nothing was found: observation periods, the absence policy, and births that are not known."""

import datetime

from sqlglot import exp

from equipoise.eligibility.expression import Pattern
from equipoise.eligibility.moments import FIRST
from equipoise.eligibility.person import Absence
from equipoise.eligibility.sql.days import BORN, Reach, Stretch
from equipoise.eligibility.sql.kleene import Both
from equipoise.eligibility.sql.phrases import (
    Condition,
    Day,
    Sql,
    at_or_before,
    column,
    day,
    every,
    is_there,
    least,
    moved,
    negated,
    number,
    some,
    when,
)
from equipoise.eligibility.sql.plan import Plan

OBSERVED = "observed"
"""The table of observation periods, those that touch or overlap made one."""


def absent_may_be(pattern: Pattern, days: Stretch, plan: Plan) -> Condition:
    """Whether, nothing having been found in these days, there may be something all the same."""
    policy = plan.run.policy(pattern.domain)
    if policy is Absence.OPEN or not pattern.concept.codes:
        return True
    if policy is Absence.CLOSED:
        return False
    if days.start == FIRST and plan.run.lifetime is None:
        return True
    return negated(plan.observed_bit(days.start, _by(days.end, plan.run.at)))


def _by(end: Day, at: datetime.date) -> Day:
    return min(end, at) if isinstance(end, datetime.date) else least(day(end), day(at))


def covers(start: Day, end: Day, lifetime: int | None) -> Condition:
    """Whether a row of ``observed`` holds all the days."""
    first, last = column("first_day", OBSERVED), column("last_day", OBSERVED)
    from_start = at_or_before(first, start) if start != FIRST else False
    long_before = False if lifetime is None else at_or_before(first, _back(end, lifetime))
    holds_end = every((at_or_before(first, end), at_or_before(end, last)))
    return every((holds_end, some((from_start, long_before))))


def _back(end: Day, days: int) -> Day:
    if isinstance(end, datetime.date):
        return end - datetime.timedelta(days=min(days, (end - FIRST).days))
    return moved(day(end), days=-days)


def if_born(found: Both, days: Reach, plan: Plan) -> Both:
    """What is counted from a birth that is not known is not known."""
    if not days.of_birth:
        return found
    known = plan.person_bit(is_there(column("born_first", BORN)))
    return Both(every((known, found.sure)), some((negated(known), found.may)))


def of_person(condition: Condition, days: Reach, plan: Plan) -> Condition:
    """A condition that may rest on a person's birth, as one on the person's bits."""
    return plan.person_bit(condition) if days.of_birth else condition


def merged_periods(plan: Plan) -> exp.Select:
    """Observation periods of a person that touch or overlap, as one row (``moments.merged``)."""
    first, last = column("first_day"), column("last_day")
    begun = exp.alias_(column("observation_period_start_date"), "first_day")
    ended = exp.alias_(column("observation_period_end_date"), "last_day")
    dated = exp.and_(is_there(begun.this), is_there(ended.this))
    periods = exp.select("person_id", begun, ended).from_(plan.table("observation_period")).where(dated)
    reached = exp.alias_(_so_far(exp.Max(this=last), "1 PRECEDING"), "reached")
    beside = exp.select("person_id", first, last, reached).from_(periods.subquery("p"))
    goes_on = at_or_before(moved(first.copy(), days=-1), column("reached"))
    new = when(goes_on, number(0), number(1))
    island = exp.alias_(_so_far(exp.Sum(this=new), "CURRENT ROW"), "island")
    numbered = exp.select("person_id", first, last, island).from_(beside.subquery("q"))
    whole = exp.alias_(exp.Min(this=first), "first_day"), exp.alias_(exp.Max(this=last), "last_day")
    return exp.select("person_id", *whole).from_(numbered.subquery("r")).group_by("person_id", "island")


def _so_far(aggregate: Sql, to: str) -> Sql:
    """Over a person's periods in order of time, from the first ``to`` this one or the one before."""
    order = exp.Order(expressions=[exp.Ordered(this=column(name)) for name in ("first_day", "last_day")])
    end, side = ("CURRENT ROW", None) if to == "CURRENT ROW" else (number(1), "PRECEDING")
    rows = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=end, end_side=side)
    return exp.Window(this=aggregate, partition_by=[column("person_id")], order=order, spec=rows)
