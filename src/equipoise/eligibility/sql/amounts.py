"""The leaf about a measured value, as a query that gives evidence."""

from datetime import timedelta

import msgspec
from sqlglot import exp

from equipoise.eligibility.expression import Range, Value
from equipoise.eligibility.person import Absence
from equipoise.eligibility.sql.days import Reach, Stretch, reach
from equipoise.eligibility.sql.kleene import UNKNOWN, Both, both_of
from equipoise.eligibility.sql.limits import Test, is_amount, lies_in
from equipoise.eligibility.sql.observation import if_born
from equipoise.eligibility.sql.phrases import (
    Condition,
    Sql,
    at_or_before,
    column,
    every,
    negated,
    number,
    some,
    when,
    where,
)
from equipoise.eligibility.sql.plan import Bit, Plan, flags
from equipoise.eligibility.sql.rows import person_of, with_birth
from equipoise.eligibility.sql.vocabulary import NO_UNIT

ROW = "v"
_NONE = number(0)


def value(atom: Value, plan: Plan) -> Both:
    if atom.reference == "baseline":
        return UNKNOWN
    days = reach(atom.window, plan.run)
    if atom.window is None and plan.run.fresh is not None:
        fresh = Stretch(plan.run.at - timedelta(days=plan.run.fresh), plan.run.at)
        days = Reach(fresh, fresh)
    found = _latest(atom, days, plan) if atom.select == "latest" else _of_all(atom, days, plan)
    return if_born(found, days, plan)


def _latest(atom: Value, days: Reach, plan: Plan) -> Both:
    met, unmet, doubt = plan.take(3)
    rows = _rows(atom, days, plan)
    if rows is not None:
        verdict = lies_in(atom, atom.range, plan).case(met.flag(), unmet.flag(), doubt.flag())
        ranked = exp.select("*", exp.alias_(_place(days), "place")).from_(rows.subquery("r")).subquery("w")
        last = exp.EQ(this=column("place"), expression=number(1))
        bits = exp.alias_(when(_inside(days), verdict, doubt.flag()), "b")
        plan.add(met.word, exp.select("person_id", bits).from_(ranked).where(last))
    if _none_is_false(plan):
        return Both(met.is_set(), some((met.is_set(), doubt.is_set())))
    return Both(met.is_set(), negated(unmet.is_set()))


def _place(days: Reach) -> Sql:
    """The last first: by date, then by id, so that every engine takes the same; those surely inside before others."""
    order = [column("measurement_date"), column("measurement_id")]
    if not days.exact:
        order.insert(0, column("inside"))
    ordered = exp.Order(expressions=[exp.Ordered(this=one, desc=True, nulls_first=False) for one in order])
    return exp.Window(this=exp.RowNumber(), partition_by=[column("person_id")], order=ordered)


class _Bits(msgspec.Struct, frozen=True):
    """``held``: a row that may count. ``sure``: one that counts. The others are for "any" and for "all"."""

    held: Bit
    sure: Bit
    hit: Bit
    maybe: Bit
    miss: Bit
    doubt: Bit


def _of_all(atom: Value, days: Reach, plan: Plan) -> Both:
    bits = _Bits(*plan.take(6))
    low = msgspec.structs.replace(atom.range, high=None, high_open=False)
    high = msgspec.structs.replace(atom.range, low=None, low_open=False)
    hit = Both(bits.hit.is_set(), some((bits.hit.is_set(), bits.maybe.is_set())))
    throughout = Both(negated(some((bits.miss.is_set(), bits.doubt.is_set()))), negated(bits.miss.is_set()))
    limits: tuple[Range | None, Range | None]
    match atom.select:
        case "any":
            limits, found = (atom.range, None), hit
        case "all":
            limits, found = (None, atom.range), throughout
        case "highest":
            limits, found = (low, high), both_of((hit, throughout))
        case _:
            limits, found = (high, low), both_of((hit, throughout))
    rows = _rows(atom, days, plan)
    if rows is not None:
        tests = [None if one is None else lies_in(atom, one, plan) for one in limits]
        found_bits = exp.alias_(_row_bits(bits, tests, days), "b")
        plan.add(bits.held.word, exp.select("person_id", found_bits).from_(rows.subquery("w")))
    return _if_held(found, bits, plan)


def _row_bits(bits: _Bits, tests: list[Test | None], days: Reach) -> Sql:
    some_pass, all_pass = tests
    held, sure = flags((bits.held, True)), flags((bits.held, True), (bits.sure, True))
    if some_pass is not None:
        sure = exp.Add(this=sure, expression=some_pass.case(bits.hit.flag(), _NONE, bits.maybe.flag()))
        held = exp.Add(this=held, expression=some_pass.case(bits.maybe.flag(), _NONE, bits.maybe.flag()))
    if all_pass is not None:
        sure = exp.Add(this=sure, expression=all_pass.case(_NONE, bits.miss.flag(), bits.doubt.flag()))
        held = exp.Add(this=held, expression=all_pass.case(_NONE, bits.doubt.flag(), bits.doubt.flag()))
    return when(_inside(days), sure, held)


def _if_held(found: Both, bits: _Bits, plan: Plan) -> Both:
    """Without a row that surely lies in the window there may be none at all."""
    sure, held = bits.sure.is_set(), bits.held.is_set()
    only_held = every((held, negated(sure)))
    nothing = False if _none_is_false(plan) else negated(held)
    return Both(every((sure, found.sure)), some((every((sure, found.may)), only_held, nothing)))


def _none_is_false(plan: Plan) -> bool:
    return plan.run.otherwise is Absence.CLOSED


def _rows(atom: Value, days: Reach, plan: Plan) -> exp.Select | None:
    """Rows of the measure that may lie in the window; ``None`` where no concept stands for the measure."""
    ids = plan.vocabulary.measures.get(atom.measure, frozenset())
    if not ids:
        return None
    unit = exp.alias_(exp.func("COALESCE", column("unit_concept_id", ROW), number(NO_UNIT)), "unit_id")
    names = ["measurement_date", "measurement_id", "value_as_number"]
    if atom.reference is not None:
        names += ["range_low", "range_high"]
    rows = exp.select(person_of(ROW), *(column(name, ROW) for name in names), unit)
    rows = rows.from_(plan.table("measurement", ROW))
    if days.of_birth:
        rows = with_birth(rows, ROW)
    if not days.exact:
        rows = rows.select(exp.alias_(when(_within(days.sure), number(1), number(0)), "inside"))
    dated = exp.not_(exp.Is(this=_date(), expression=exp.null()))
    wanted = every((plan.is_one_of(column("measurement_concept_id", ROW), ids), _within(days.wide), dated))
    return where(where(rows, wanted), is_amount(column("value_as_number", ROW)))


def _within(days: Stretch) -> Condition:
    return every((at_or_before(days.start, _date()), at_or_before(_date(), days.end)))


def _date() -> Sql:
    return column("measurement_date", ROW)


def _inside(days: Reach) -> Condition:
    return True if days.exact else exp.EQ(this=column("inside"), expression=number(1))
