"""Leaves about events, as queries that give evidence: that there are some, that one has lasted, that one came after."""

from sqlglot import exp

from equipoise.eligibility.expression import Anchor, Duration, Exists, Period, Related, Unit
from equipoise.eligibility.moments import FIRST
from equipoise.eligibility.sql.days import Reach, Stretch, birth, reach, shifted
from equipoise.eligibility.sql.kleene import UNKNOWN, Both, both_of
from equipoise.eligibility.sql.observation import absent_may_be, if_born, of_person
from equipoise.eligibility.sql.phrases import Condition, before, every, negated, number, some, when, where
from equipoise.eligibility.sql.plan import Bit, Plan, flags
from equipoise.eligibility.sql.rows import EVENT, OTHER, event_rows, person_of
from equipoise.eligibility.sql.touch import gap_between, overlapping, qualified, started, starting, undated_too


def exists(atom: Exists, plan: Plan) -> Both:
    days = reach(atom.window, plan.run)
    touch = overlapping(days) if atom.touch == "overlaps" else starting(days)
    touch = qualified(undated_too(touch) if atom.window is None else touch, atom.pattern)
    yes, maybe, some_yes = plan.take(3)
    rows = event_rows(atom.pattern, plan, EVENT, of_birth=days.of_birth)
    if rows is not None and atom.count > 1:
        plan.add(yes.word, _counted(rows, touch, atom.count, (yes, maybe, some_yes)))
    elif rows is not None:
        plan.add(yes.word, _each(rows, touch, yes, maybe))
    found = Both(True, True) if atom.count <= 0 else _found(yes, maybe)
    any_yes = some_yes.is_set() if atom.count > 1 else yes.is_set()
    held = Both(found.sure, some((found.may, absent_may_be(atom.pattern, days.wide, plan))))
    return if_born(_ahead(atom, held, any_yes, days, plan), days, plan)


def duration(atom: Duration, plan: Plan) -> Both:
    if atom.at_least.unit is Unit.HALF_LIFE:
        return UNKNOWN
    of_birth = atom.until is Anchor.BIRTH
    moment = birth() if of_birth else (plan.run.day(atom.until), plan.run.day(atom.until))
    back = Period(-atom.at_least.amount, atom.at_least.unit)
    since = (shifted(moment[0], back), shifted(moment[1], back))
    now = Reach(Stretch(*moment), Stretch(*moment), of_birth=of_birth)
    touch = qualified(both_of((started(*since), overlapping(now))), atom.pattern)
    yes, maybe = plan.take(2)
    rows = event_rows(atom.pattern, plan, EVENT, of_birth=of_birth)
    if rows is not None:
        plan.add(yes.word, _each(rows, touch, yes, maybe))
    absent = absent_may_be(atom.pattern, Stretch(since[0], moment[1]), plan)
    return if_born(Both(yes.is_set(), some((_found(yes, maybe).may, absent))), now, plan)


def related(atom: Related, plan: Plan) -> Both:
    yes, maybe = plan.take(2)
    first = event_rows(atom.first, plan, EVENT)
    second = event_rows(atom.second, plan, OTHER)
    if first is not None and second is not None:
        together = exp.EQ(this=person_of(EVENT), expression=person_of(OTHER))
        pairs = first.join(second.args["from_"].this, on=together)
        plan.add(yes.word, _each(pairs, gap_between(atom), yes, maybe))
    ever = Stretch(FIRST, plan.run.at)
    absent = every(absent_may_be(pattern, ever, plan) for pattern in (atom.first, atom.second))
    return Both(yes.is_set(), some((_found(yes, maybe).may, absent)))


def _found(yes: Bit, maybe: Bit) -> Both:
    return Both(yes.is_set(), some((yes.is_set(), maybe.is_set())))


def _each(rows: exp.Select, touch: Both, yes: Bit, maybe: Bit) -> exp.Select:
    """One event is enough: every row is evidence by itself."""
    return where(rows.select(exp.alias_(when(touch.sure, yes.flag(), maybe.flag()), "b")), touch.may)


def _counted(rows: exp.Select, touch: Both, count: int, bits: tuple[Bit, Bit, Bit]) -> exp.Select:
    yes, maybe, some_yes = bits
    sure = exp.func("SUM", when(touch.sure, number(1), number(0)))
    enough = exp.GTE(this=sure, expression=number(count))
    enough_with_doubt = exp.GTE(this=exp.Count(this=exp.Star()), expression=number(count))
    one = exp.GTE(this=sure.copy(), expression=number(1))
    found = flags((yes, enough), (maybe, enough_with_doubt), (some_yes, one))
    return where(rows.select(exp.alias_(found, "b")), touch.may).group_by(person_of(EVENT))


def _ahead(atom: Exists, found: Both, any_yes: Condition, days: Reach, plan: Plan) -> Both:
    """Of a window that reaches into days to come only what has happened is known."""
    window = atom.window
    if window is None or (window.anchor is not Anchor.STUDY and window.end is None):
        return found
    late = window.anchor is Anchor.STUDY or of_person(before(plan.run.at, days.wide.end), days, plan)
    open_yet = every((late, negated(any_yes)))
    return Both(every((found.sure, negated(open_yet))), some((found.may, open_yet)))
