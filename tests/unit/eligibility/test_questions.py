"""The next question: only what can still matter, the most telling first, never twice."""

import datetime
from decimal import Decimal

import pytest

from equipoise.eligibility.answering import NOT_SURE, Reply, answered
from equipoise.eligibility.expression import (
    Age,
    And,
    Ask,
    Concept,
    Criterion,
    Domain,
    Exists,
    Expr,
    IfThen,
    Or,
    Parse,
    Pattern,
    Period,
    Polarity,
    Range,
    Reading,
    Sex,
    Span,
    Topic,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.questions import (
    AnswerType,
    Question,
    next_question,
    next_question_of_many,
    open_questions,
)
from equipoise.eligibility.tree import key
from equipoise.eligibility.verdict import Standing, judge
from equipoise.kernel.refused import Refused

RUN = Run(at=datetime.date(2026, 6, 1))


def had(words: str, window: Window | None = None) -> Exists:
    return Exists(pattern=Pattern(Domain.CONDITION, Concept(words)), window=window)


def years(number: int) -> Period:
    return Period(Decimal(number), Unit.YEAR)


def weighs(low: int | None, high: int | None) -> Value:
    limits = Range(None if low is None else Decimal(low), None if high is None else Decimal(high))
    return Value(measure="weight", range=limits, unit="kg")


def reading(*criteria: tuple[Polarity, Expr]) -> Reading:
    return Reading(
        "",
        tuple(
            Criterion(f"C{place}", polarity, f"text {place}", Span(0, 1), Parse.FULL, expr)
            for place, (polarity, expr) in enumerate(criteria)
        ),
    )


IN, OUT = Polarity.INCLUDE, Polarity.EXCLUDE
ADULT = Age(low=years(18), high=years(75))


def ask(study: Reading, person: Person) -> Question:
    question = next_question(study, person, RUN)
    assert question is not None
    return question


def questions(study: Reading, person: Person | None = None) -> tuple[Question, ...]:
    person = person or Person()
    return open_questions(judge(study, person, RUN), person)


def test_what_most_often_shuts_out_for_least_effort_comes_first() -> None:
    study = reading((OUT, had("gout")), (IN, weighs(40, 100)), (IN, had("dermatomyositis")))
    assert [option.criteria for option in [ask(study, Person())]] == [("C2",)]


def test_age_and_sex_come_before_all_else_and_weight_before_a_long_list() -> None:
    many = tuple((OUT, had(f"illness {number}")) for number in range(8))
    study = reading((IN, Or(of=(had("lupus"), had("gout"), had("asthma")))), *many, (IN, ADULT), (IN, weighs(40, 100)))
    both = reading(*((one.polarity, one.expr) for one in study.criteria), (OUT, And(of=(Sex(sex="female"), had("x")))))
    person, keys = Person(), []
    for reply in (Reply(number=Decimal(40)), Reply(chosen=("female",)), NOT_SURE, NOT_SURE):
        question = ask(both, person)
        keys.append(question.key)
        person = answered(person, question, reply, RUN)
    assert (keys[:2], keys[3]) == (["age", "sex"], "value-weight")
    grown = answered(Person(), ask(study, Person()), Reply(number=Decimal(80)), RUN)
    assert next_question(study, grown, RUN) is None, "too old: nothing else is asked"


def test_an_age_that_shuts_nobody_out_waits() -> None:
    study = reading((IN, had("lupus")), (IN, ADULT))
    question = next_question(study, Person(), RUN, fails={key(ADULT): 0.01})
    assert question is not None
    assert question.atoms == (had("lupus"),)


def test_one_answer_serves_every_limit_on_the_same_measure() -> None:
    study = reading((IN, weighs(40, None)), (OUT, weighs(100, None)))
    (question,) = questions(study)
    assert (question.key, question.answer, question.units[0]) == ("value-weight", AnswerType.NUMBER, "kg")
    assert question.criteria == ("C0", "C1")
    person = answered(Person(), question, Reply(number=Decimal("80"), unit="kg"), RUN)
    assert judge(study, person, RUN).standing is Standing.DEFINITE


def test_not_sure_is_not_asked_again() -> None:
    study = reading(
        (IN, ADULT), (IN, weighs(40, 100)), (OUT, had("gout")), (OUT, Ask(question="Sure?", topic=Topic.PLAN))
    )
    person, seen = Person(), []
    while (question := next_question(study, person, RUN)) is not None:
        assert question.key not in seen
        seen.append(question.key)
        person = answered(person, question, NOT_SURE, RUN)
    assert len(seen) == 4
    assert judge(study, person, RUN).standing is Standing.POSSIBLE


def test_an_excluded_person_is_asked_no_more() -> None:
    study = reading((IN, ADULT), (OUT, had("gout")))
    question = next(one for one in questions(study) if one.key == "age")
    person = answered(Person(), question, Reply(number=Decimal(80)), RUN)
    assert judge(study, person, RUN).standing is Standing.EXCLUDED
    assert questions(study, person) == ()


def test_what_no_longer_matters_is_not_asked() -> None:
    pregnant = had("pregnancy")
    study = reading((OUT, And(of=(Sex(sex="female"), pregnant))), (IN, IfThen(guard=Sex(sex="male"), then=had("x"))))
    assert {one.key for one in questions(study, Person(sex="female"))} == {key(pregnant)}
    assert {one.key for one in questions(study, Person(sex="male"))} == {key(had("x"))}


def test_what_only_the_site_can_settle_is_not_asked_of_a_visitor() -> None:
    judgement = Ask(question="Is it safe?", topic=Topic.JUDGEMENT)
    consent = Ask(question="Can you consent?", topic=Topic.CONSENT)
    assert questions(reading((IN, judgement), (IN, consent))) == ()


def test_events_any_of_which_shuts_out_make_one_checklist() -> None:
    study = reading((OUT, Or(of=(had("gout"), had("lupus")))), (OUT, had("stroke")), (IN, had("asthma")))
    checklist, single = sorted(questions(study), key=lambda one: -len(one.atoms))
    assert checklist.answer is AnswerType.ANY_OF
    assert [option.key for option in checklist.options] == [key(had(one)) for one in ("gout", "lupus", "stroke")]
    assert checklist.criteria == ("C0", "C1")
    assert single.atoms == (had("asthma"),)
    none = answered(Person(), checklist, Reply(chosen=()), RUN)
    assert [one.criterion.id for one in judge(study, none, RUN).criteria if one.met.value == "true"] == ["C0", "C1"]
    one = answered(Person(), checklist, Reply(chosen=(key(had("lupus")),)), RUN)
    assert judge(study, one, RUN).standing is Standing.EXCLUDED


def test_a_checklist_is_no_longer_than_a_phone_can_show() -> None:
    study = reading(*((OUT, had(f"disease {number}")) for number in range(20)))
    assert [len(one.atoms) for one in questions(study)] == [8, 8, 4]


def test_never_having_had_it_answers_for_every_window() -> None:
    recent = had("gout", Window(start=years(-1), end=Period(Decimal(0), Unit.DAY)))
    study = reading((OUT, had("gout")), (OUT, recent))
    person = Person()
    question = next(one for one in questions(study) if key(had("gout")) in {key(atom) for atom in one.atoms})
    person = answered(person, question, Reply(chosen=()) if question.options else Reply(yes=False), RUN)
    assert judge(study, person, RUN).standing is Standing.DEFINITE


def test_the_same_person_is_always_asked_the_same() -> None:
    study = reading((OUT, had("gout")), (OUT, had("lupus")), (IN, ADULT), (IN, Sex(sex="female")))
    assert {ask(study, Person()).key for _ in range(5)} == {ask(study, Person()).key}


def test_of_many_studies_the_question_that_settles_most_comes_first() -> None:
    studies = [
        reading((IN, had("asthma"))),
        reading((IN, ADULT)),
        reading((IN, Age(low=years(60)))),
        reading((IN, ADULT)),
    ]
    question = next_question_of_many(studies, Person(), RUN)
    assert question is not None
    assert question.key == "age"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(number=Decimal(900), unit="kg"), "cannot be 900 kg"),
        (Reply(number=Decimal(80), unit="cm"), "cannot be 80 cm"),
        (Reply(yes=True), "is not a number"),
    ],
)
def test_a_reply_that_does_not_fit_is_refused_in_words(reply: Reply, words: str) -> None:
    (question,) = questions(reading((IN, weighs(40, 100))))
    with pytest.raises(Refused, match=words):
        answered(Person(), question, reply, RUN)


def test_a_choice_that_was_not_offered_is_refused() -> None:
    (checklist,) = questions(reading((OUT, Or(of=(had("gout"), had("lupus"))))))
    with pytest.raises(Refused, match="is not one of the choices"):
        answered(Person(), checklist, Reply(chosen=("banana",)), RUN)


@pytest.mark.parametrize("age", ["-1", "131"])
def test_an_age_nobody_has_is_refused(age: str) -> None:
    (question,) = questions(reading((IN, ADULT)))
    with pytest.raises(Refused, match="between 0 and 130"):
        answered(Person(), question, Reply(number=Decimal(age)), RUN)
