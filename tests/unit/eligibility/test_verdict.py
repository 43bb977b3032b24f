"""Verdicts: definite, possible or excluded, resting on the leaves that decide."""

import datetime
from decimal import Decimal

import pytest

from equipoise.eligibility.evaluate import truth_of
from equipoise.eligibility.expression import (
    And,
    AtLeast,
    AtMost,
    Atom,
    Code,
    Concept,
    Constant,
    Criterion,
    Domain,
    Except,
    Exists,
    Expr,
    IfThen,
    Not,
    Opaque,
    Or,
    Parse,
    Pattern,
    Polarity,
    Range,
    Reading,
    Span,
    Value,
)
from equipoise.eligibility.finding import Because
from equipoise.eligibility.outlook import Chance, outlook_of
from equipoise.eligibility.person import Absence, Event, Measurement, Person, Run
from equipoise.eligibility.verdict import Standing, judge, supported
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.truth import Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
RUN = Run(at=datetime.date(2026, 6, 1))


def leaf(name: str) -> Opaque:
    return Opaque(text=name)


A, B, C = leaf("a"), leaf("b"), leaf("c")


@pytest.mark.parametrize(
    ("expr", "leaves", "truth", "rests_on"),
    [
        (And(of=(A, B)), {A: T, B: F}, F, (B,)),
        (And(of=(A, B)), {A: T, B: T}, T, (A, B)),
        (And(of=(A, B, C)), {A: T, B: U, C: U}, U, (B, C)),
        (Or(of=(A, B)), {A: T, B: F}, T, (A,)),
        (Or(of=(A, B)), {A: F, B: F}, F, (A, B)),
        (Not(of=Or(of=(A, B))), {A: T, B: F}, F, (A,)),
        (AtLeast(count=2, of=(A, B, C)), {A: T, B: T, C: U}, T, (A, B)),
        (AtLeast(count=2, of=(A, B, C)), {A: T, B: U, C: F}, U, (B,)),
        (AtMost(count=1, of=(A, B, C)), {A: T, B: T, C: F}, F, (A, B)),
        (AtMost(count=1, of=(A, B)), {A: F, B: F}, T, (A, B)),
        (Except(base=A, allowed=B), {A: T, B: T}, F, (B,)),
        (Except(base=A, allowed=B), {A: T, B: U}, U, (B,)),
        (IfThen(guard=A, then=B), {A: F, B: U}, T, (A,)),
        (IfThen(guard=A, then=B), {A: U, B: F}, U, (A,)),
        (IfThen(guard=A, then=B), {A: T, B: F}, F, (A, B)),
        (And(of=(Constant(truth=T), A)), {A: T}, T, (A,)),
    ],
)
def test_a_truth_rests_on_the_leaves_that_decide_it(
    expr: Expr, leaves: dict[Atom, Truth], truth: Truth, rests_on: tuple[Atom, ...]
) -> None:
    assert supported(expr, leaves) == (truth, rests_on)
    assert truth_of(expr, leaves.__getitem__) is truth


def stroke(**more: object) -> Exists:
    concept = Concept("stroke", codes=(Code("ICD10CM", "I63"),))
    return Exists(pattern=Pattern(Domain.CONDITION, concept, **more))  # type: ignore[arg-type]


WEIGHT = Value(measure="weight", range=Range(low=Decimal(40), high=Decimal(100)), unit="kg")


def criterion(name: str, polarity: Polarity, expr: Expr) -> Criterion:
    return Criterion(name, polarity, name, Span(0, 1), Parse.FULL, expr)


READING = Reading(
    "NCT00000001", (criterion("I1", Polarity.INCLUDE, WEIGHT), criterion("E1", Polarity.EXCLUDE, stroke()))
)
TODAY = PartialDate(2026, 6, 1)


def weighing(kg: str) -> tuple[Measurement, ...]:
    return (Measurement("weight", Decimal(kg), "kg", TODAY, source="Observation/1"),)


HAD_STROKE = Event(Domain.CONDITION, codes=(Code("ICD10CM", "I63.9"),), start=PartialDate(2020), source="Condition/1")


def test_nobody_known_is_possible() -> None:
    verdict = judge(READING, Person(), RUN)
    assert verdict.standing is Standing.POSSIBLE
    assert [one.reasons[0].finding.because for one in verdict.criteria] == [Because.NO_DATA, Because.NO_DATA]


def test_absence_is_a_no_only_where_the_run_says_so() -> None:
    person = Person(measurements=weighing("80"))
    assert judge(READING, person, RUN).standing is Standing.POSSIBLE
    closed = Run(at=RUN.at, otherwise=Absence.CLOSED)
    verdict = judge(READING, person, closed)
    assert verdict.standing is Standing.DEFINITE
    assert verdict.criteria[1].reasons[0].finding.because is Because.ABSENCE


def test_an_exclusion_that_holds_excludes_and_names_its_record() -> None:
    verdict = judge(READING, Person(measurements=weighing("80"), events=(HAD_STROKE,)), RUN)
    assert verdict.standing is Standing.EXCLUDED
    (against,) = verdict.of(F)
    assert (against.criterion.id, against.reasons[0].finding.evidence) == ("E1", ("Condition/1",))


def test_an_excluded_person_stays_so_whatever_is_unknown() -> None:
    assert judge(READING, Person(events=(HAD_STROKE,)), RUN).standing is Standing.EXCLUDED


def test_a_qualifier_the_record_does_not_state_leaves_it_open() -> None:
    reading = Reading("", (criterion("E1", Polarity.EXCLUDE, stroke(qualifiers=("severe",))),))
    verdict = judge(reading, Person(events=(HAD_STROKE,)), RUN)
    assert verdict.standing is Standing.POSSIBLE
    assert verdict.criteria[0].reasons[0].finding.because is Because.QUALIFIER


@pytest.mark.parametrize(
    ("value", "unit", "standing", "because"),
    [
        ("80", "kg", Standing.DEFINITE, Because.RECORD),
        ("176", "[lb_av]", Standing.DEFINITE, Because.RECORD),
        ("240", "[lb_av]", Standing.EXCLUDED, Because.RECORD),
        ("80", "cm", Standing.POSSIBLE, Because.UNIT),
        ("80", None, Standing.POSSIBLE, Because.UNIT),
    ],
)
def test_a_wrong_unit_is_unknown_and_never_a_no(
    value: str, unit: str | None, standing: Standing, because: Because
) -> None:
    reading = Reading("", READING.criteria[:1])
    verdict = judge(reading, Person(measurements=(Measurement("weight", Decimal(value), unit, TODAY),)), RUN)
    assert (verdict.standing, verdict.criteria[0].reasons[0].finding.because) == (standing, because)


def test_the_outlook_leaves_to_the_site_what_only_it_can_settle() -> None:
    from equipoise.eligibility.expression import Ask, Topic

    asked = Ask(question="Is it safe?", topic=Topic.JUDGEMENT)
    reading = Reading("", (*READING.criteria[:1], criterion("I2", Polarity.INCLUDE, asked)))
    fits = judge(reading, Person(measurements=weighing("80")), RUN)
    assert (fits.standing, outlook_of(fits).chance) == (Standing.POSSIBLE, Chance.LIKELY)
    assert [one.criterion.id for one in outlook_of(fits).for_the_site] == ["I2"]
    assert outlook_of(judge(reading, Person(), RUN)).chance is Chance.POSSIBLY
    assert outlook_of(judge(reading, Person(measurements=weighing("120")), RUN)).chance is Chance.UNLIKELY
