"""Questions put again: the same leaves make the same question, whatever has been answered since."""

import datetime
from decimal import Decimal

import pytest

from equipoise.eligibility.answering import NOT_SURE, Reply, answered
from equipoise.eligibility.expression import Criterion, Reading
from equipoise.eligibility.format import from_json
from equipoise.eligibility.outlook import for_asking
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.questions import AnswerType, Question, open_questions
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.tree import atoms
from equipoise.eligibility.verdict import judge
from equipoise.examples import jasmine_criteria
from equipoise.web.public.given import answer_to, every_given, forgotten, places_of, question_at

RUN = Run(at=datetime.date(2026, 11, 1))
TEXT = """Inclusion Criteria:

* Age 18 to 75 years
* Weight at least 40 kg
* Diagnosis of asthma
* Adequately motivated in the sense of the protocol, and asthma

Exclusion Criteria:

* Hepatitis B or hepatitis C
* Any condition that in the opinion of the investigator makes it unsafe, or asthma
"""


@pytest.fixture(params=["jasmine", "read"])
def reading(request: pytest.FixtureRequest) -> Reading:
    return from_json(jasmine_criteria()) if request.param == "jasmine" else for_asking(read_reading(TEXT))


def asked(reading: Reading, person: Person) -> tuple[Question, ...]:
    return open_questions(judge(reading, person, RUN), person)


def reply(question: Question) -> Reply:
    match question.answer:
        case AnswerType.NUMBER:
            return Reply(number=Decimal(54), unit=question.units[0])
        case AnswerType.CHOICE:
            return Reply(chosen=("female",))
        case AnswerType.ANY_OF:
            return Reply(chosen=(question.options[0].key,))
        case _:
            return Reply(yes=True)


def test_every_question_is_found_again_by_its_places(reading: Reading) -> None:
    questions = asked(reading, Person())
    assert len(questions) >= 3
    for question in questions:
        again = question_at(places_of(question, reading), reading, RUN)
        assert again is not None
        assert (again.key, again.text, again.answer, again.options) == (
            question.key,
            question.text,
            question.answer,
            question.options,
        )
        assert set(again.criteria) >= set(question.criteria)


@pytest.mark.parametrize("places", [(), (-1,), (9999,)])
def test_places_nobody_asked_about_make_no_question(reading: Reading, places: tuple[int, ...]) -> None:
    assert question_at(places, reading, RUN) is None


def test_what_was_given_is_said_in_words_and_filled_in_again(reading: Reading) -> None:
    for question in asked(reading, Person()):
        for said in (reply(question), NOT_SURE):
            person = answered(Person(), question, said, RUN)
            (given, *others) = every_given(reading, person, (places_of(question, reading),), RUN)
            assert others == []
            assert given.answer
            assert given.answer.startswith("Not sure") is (said == NOT_SURE)
            names = {f"{part}-{question.key}" for part in ("answer", "number", "unit")}
            assert set(given.filled) <= names
            assert any(given.filled.values())


def test_a_question_forgotten_leaves_nothing_behind(reading: Reading) -> None:
    for question in asked(reading, Person()):
        for said in (reply(question), NOT_SURE):
            assert forgotten(answered(Person(), question, said, RUN), question) == Person()


def test_answers_from_other_pages_are_given_too(reading: Reading) -> None:
    person = Person(age=54)
    (given,) = every_given(reading, person, (), RUN)
    assert given.question.text == "How old are you?"
    assert given.filled == {"number-age": ["54"]}


def _words(one: Criterion) -> set[str]:
    return {type(atom).__name__ for atom in atoms(one.expr)}


def test_what_was_read_in_part_is_asked_whole_and_judgements_are_not_asked() -> None:
    reading = for_asking(read_reading(TEXT))
    motivated = next(one for one in reading.criteria if one.text.startswith("Adequately"))
    unsafe = next(one for one in reading.criteria if one.text.startswith("Any condition"))
    assert _words(motivated) == {"Opaque"}
    assert _words(unsafe) == {"Ask"}
    asked_of = {name for question in asked(reading, Person()) for name in question.criteria}
    assert motivated.id in asked_of
    assert unsafe.id not in asked_of


def test_what_a_person_settled_is_asked_as_it_is() -> None:
    curated = from_json(jasmine_criteria())
    assert for_asking(curated) == curated


def test_nothing_answered_is_no_answer(reading: Reading) -> None:
    assert all(answer_to(atom, Person()) == "" for one in reading.criteria for atom in atoms(one.expr))
