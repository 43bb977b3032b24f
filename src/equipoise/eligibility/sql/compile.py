"""A reading as one SQL query: evidence of all leaves as bits, and from them each criterion's truth for each person."""

import datetime
from typing import assert_never

import msgspec
from sqlglot import exp

from equipoise.eligibility.attrition import DIGITS
from equipoise.eligibility.cohorts import for_the_study
from equipoise.eligibility.expression import (
    Age,
    And,
    Ask,
    AtLeast,
    AtMost,
    Classified,
    Constant,
    Criterion,
    Duration,
    Except,
    Exists,
    Expr,
    IfThen,
    Not,
    Opaque,
    Or,
    Polarity,
    Related,
    Sex,
    Value,
)
from equipoise.eligibility.leaf import find
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.sql.amounts import value
from equipoise.eligibility.sql.days import BORN
from equipoise.eligibility.sql.events import duration, exists, related
from equipoise.eligibility.sql.kleene import Both, at_least, both_of, constant, digit, either_of, opposite
from equipoise.eligibility.sql.observation import OBSERVED, covers, merged_periods
from equipoise.eligibility.sql.people import age, born_rows, sex
from equipoise.eligibility.sql.phrases import Condition, Dialect, Sql, column, number, united
from equipoise.eligibility.sql.plan import Bit, Leg, Plan, flags
from equipoise.eligibility.sql.rows import person_of, with_birth
from equipoise.eligibility.sql.vocabulary import Vocabulary


class Compiled(msgspec.Struct, frozen=True):
    """``persons``: a query of ``person_id`` and the words ``w0``, ``w1``… of its status vector.

    Criterion i stands in word i // 31, with 0 (not met), 1 (not known) or 2 (met) times 4 to the power i % 31.
    """

    persons: exp.Select
    words: int
    criteria: int

    def histogram(self, dialect: Dialect) -> str:
        """SQL of the words of each status vector and the number of persons who have it."""
        names = [f"w{word}" for word in range(self.words)]
        body = self.persons.copy()
        ctes = body.args.pop("with_")
        counted = exp.select(*names, exp.alias_(exp.Count(this=exp.Star()), "persons"))
        query = counted.from_(body.subquery("status")).group_by(*names)
        query.set("with_", ctes)
        return query.sql(dialect, pretty=True)

    def statuses(self, dialect: Dialect) -> str:
        """SQL of every person's status vector."""
        return self.persons.order_by("person_id").sql(dialect, pretty=True)


def compile_criteria(
    criteria: tuple[Criterion, ...], run: Run, vocabulary: Vocabulary, schema: str | None = None
) -> Compiled:
    """The criteria, whose concepts are bound to OMOP concept ids, as a query over a CDM 5.4 in ``schema``.

    One that is for a cohort counts for the study as ``cohorts`` says.
    """
    plan = Plan(run, vocabulary, schema)
    leaves: dict[Expr, Both] = {}
    digits = [digit(_passes(one, _truth(one.expr, plan, leaves))) for one in for_the_study(criteria)]
    words = [_word(digits[first : first + DIGITS]) for first in range(0, max(1, len(digits)), DIGITS)]
    named = [exp.alias_(word, f"w{place}") for place, word in enumerate(words)]
    evidence = _evidence(plan)
    persons = exp.select("person_id", *named).from_("bits").where(plan.alive.is_set())
    for name, query in evidence:
        persons = persons.with_(name, as_=query, copy=False)
    return Compiled(persons, len(words), len(criteria))


def _passes(criterion: Criterion, truth: Both) -> Both:
    return truth if criterion.polarity is Polarity.INCLUDE else opposite(truth)


def _word(digits: list[Sql]) -> Sql:
    """Multiplied, not shifted: shifts differ between engines."""
    total: Sql = exp.cast(number(0), "BIGINT")
    for place, one in enumerate(digits):
        total = exp.Add(this=total, expression=exp.Mul(this=exp.cast(one, "BIGINT"), expression=number(4**place)))
    return total


def _truth(expr: Expr, plan: Plan, leaves: dict[Expr, Both]) -> Both:
    def parts(of: tuple[Expr, ...]) -> list[Both]:
        return [_truth(one, plan, leaves) for one in of]

    match expr:
        case And(of=of):
            return both_of(parts(of))
        case Or(of=of):
            return either_of(parts(of))
        case Not(of=one):
            return opposite(_truth(one, plan, leaves))
        case AtLeast(count=count, of=of):
            return at_least(count, parts(of))
        case AtMost(count=count, of=of):
            return opposite(at_least(count + 1, parts(of)))
        case Except(base=base, allowed=allowed):
            held, excused = parts((base, allowed))
            return both_of((held, opposite(excused)))
        case IfThen(guard=guard, then=then):
            applies, held = parts((guard, then))
            return either_of((opposite(applies), held))
        case Constant(truth=truth):
            return constant(truth)
        case _:
            bare = msgspec.structs.replace(expr, spans=(), rule="")
            if bare not in leaves:
                leaves[bare] = _leaf(bare, plan)
            return leaves[bare]


def _leaf(atom: Expr, plan: Plan) -> Both:
    match atom:
        case Age():
            return age(atom, plan)
        case Sex():
            return sex(atom, plan)
        case Exists():
            return exists(atom, plan)
        case Value():
            return value(atom, plan)
        case Duration():
            return duration(atom, plan)
        case Related():
            return related(atom, plan)
        case Classified() | Ask() | Opaque():
            return constant(find(atom, Person(), plan.run).truth)
        case And() | Or() | Not() | AtLeast() | AtMost() | Except() | IfThen() | Constant():
            raise TypeError(f"Not a leaf: {type(atom).__name__}")
        case _:
            assert_never(atom)


def _evidence(plan: Plan) -> list[tuple[str, exp.Select]]:
    """The queries before the last, in the order in which they build on each other."""
    legs = [*_person_legs(plan), *_observed_legs(plan), *plan.legs]
    found = [(name, _list(ids)) for ids, name in plan.lists.items()]
    found.append((BORN, born_rows(plan)))
    if plan.observed:
        found.append((OBSERVED, merged_periods(plan)))
    names = [f"b{word}" for word in range(plan.words)]
    together = [exp.alias_(exp.func("BIT_OR", column(name)), name) for name in names]
    rows = exp.Subquery(this=united([_spread(leg, plan.words) for leg in legs]), alias=exp.to_identifier("evidence"))
    return [*found, ("bits", exp.select("person_id", *together).from_(rows).group_by("person_id"))]


def _spread(leg: Leg, words: int) -> exp.Select:
    """The leg's bits in their word, and none in the others."""
    (bits,) = [one for one in leg.query.selects if one.alias_or_name == "b"]
    others = [one for one in leg.query.selects if one is not bits]
    spread = [bits.unalias() if word == leg.word else number(0) for word in range(words)]
    named = [exp.alias_(exp.cast(one, "BIGINT"), f"b{word}") for word, one in enumerate(spread)]
    return leg.query.select(*others, *named, append=False)


def _person_legs(plan: Plan) -> list[Leg]:
    rows = exp.select(person_of(BORN)).from_(exp.to_table(BORN))
    return _by_word(plan.of_person, rows)


def _observed_legs(plan: Plan) -> list[Leg]:
    rows = exp.select(person_of(OBSERVED)).from_(exp.to_table(OBSERVED))
    fixed: list[tuple[Bit, Condition]] = []
    of_birth: list[tuple[Bit, Condition]] = []
    for bit, (start, end) in plan.observed.values():
        days_are_known = isinstance(start, datetime.date) and isinstance(end, datetime.date)
        (fixed if days_are_known else of_birth).append((bit, covers(start, end, plan.run.lifetime)))
    return _by_word(fixed, rows) + _by_word(of_birth, with_birth(rows, OBSERVED))


def _by_word(pairs: list[tuple[Bit, Condition]], rows: exp.Select) -> list[Leg]:
    words = sorted({bit.word for bit, _ in pairs})
    found = [(word, [pair for pair in pairs if pair[0].word == word]) for word in words]
    return [Leg(word, rows.select(exp.alias_(flags(*own), "b"))) for word, own in found]


def _list(ids: frozenset[int]) -> exp.Select:
    rows = exp.values([(one,) for one in sorted(ids)], alias="v", columns=["concept_id"])
    return exp.select("concept_id").from_(rows)
