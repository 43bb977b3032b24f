"""The curated criteria of JASMINE: complete, placed in its text, and answerable."""

import datetime
import hashlib
import re
from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest

from equipoise.eligibility.answering import NOT_SURE, Reply, answered
from equipoise.eligibility.check import Severity, check
from equipoise.eligibility.expression import Classified, Constant, Opaque, Parse, Polarity, Reading
from equipoise.eligibility.format import from_json
from equipoise.eligibility.outlook import Chance, outlook_of
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.questions import AnswerType, Question, next_question
from equipoise.eligibility.tree import walk
from equipoise.eligibility.verdict import judge
from equipoise.examples import JASMINE, jasmine, jasmine_criteria
from equipoise.studies.read import read_study

RUN = Run(at=datetime.date(2026, 11, 22))
MOST = 15


@pytest.fixture(scope="module")
def reading() -> Reading:
    return from_json(jasmine_criteria())


@pytest.fixture(scope="module")
def text() -> str:
    return read_study(jasmine()).eligibility.eligibility_criteria or ""


def test_it_is_a_person_s_reading_of_this_very_text(reading: Reading, text: str) -> None:
    assert (reading.study, bool(reading.by), bool(reading.at)) == (JASMINE, True, True)
    assert reading.text_sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_all_seven_inclusions_and_eleven_exclusions_are_there(reading: Reading) -> None:
    ids = [one.id for one in reading.criteria]
    assert ids == ["P1", *(f"I{n}" for n in range(1, 8)), *(f"E{n}" for n in range(1, 12)), "F1", "F2"]
    assert {one.id for one in reading.criteria if one.polarity is Polarity.EXCLUDE} == {f"E{n}" for n in range(1, 12)}


def test_every_criterion_is_its_part_of_the_text(reading: Reading, text: str) -> None:
    for one in reading.criteria:
        if not one.field:
            words = " ".join(re.sub(r"^\s*\* ", "", text[one.span.start : one.span.end], flags=re.MULTILINE).split())
            assert words == one.text.replace(";", "")
            assert all(
                one.span.start <= span.start < span.end <= one.span.end
                for node in walk(one.expr)
                for span in node.spans
            )


def test_no_word_of_the_text_is_left_out(reading: Reading, text: str) -> None:
    left = list(text)
    for one in reading.criteria:
        left[one.span.start : one.span.end] = " " * (one.span.end - one.span.start)
    words = re.sub(r"\b\d{1,2}\.|Inclusion Criteria:|Exclusion Criteria:", "", "".join(left))
    assert words.split() == []


def test_nothing_in_it_is_opaque_or_wrong(reading: Reading) -> None:
    nodes = [node for one in reading.criteria for node in walk(one.expr)]
    assert not any(isinstance(node, Opaque | Constant) for node in nodes)
    assert {one.parse for one in reading.criteria} == {Parse.FULL}
    assert [lint for lint in check(reading) if lint.severity is not Severity.NOTE] == []


def test_both_instruments_are_in_it(reading: Reading) -> None:
    found = {node.instrument for one in reading.criteria for node in walk(one.expr) if isinstance(node, Classified)}
    assert found == {"eular-acr-2017", "imacs-core-set"}


def fitting(sex: str) -> Callable[[Question], Reply]:
    """Someone of whom everything speaks for joining."""

    def reply(question: Question) -> Reply:
        match question.answer:
            case AnswerType.NUMBER:
                return Reply(number=Decimal(54 if question.key == "age" else 80), unit=question.units[0])
            case AnswerType.CHOICE:
                return Reply(chosen=(sex,))
            case AnswerType.ANY_OF:
                good = all(name in ("I3", "I5", "F2") for name in question.criteria)
                return Reply(chosen=(question.options[0].key,) if good else ())
            case _:
                return Reply(yes=not any(name.startswith("E") for name in question.criteria))

    return reply


def unsure(question: Question) -> Reply:
    return NOT_SURE


@pytest.mark.parametrize(
    ("answers", "chance"),
    [(fitting("female"), Chance.LIKELY), (fitting("male"), Chance.LIKELY), (unsure, Chance.POSSIBLY)],
)
def test_fifteen_questions_lead_to_a_reasoned_result(
    reading: Reading, answers: Callable[[Question], Reply], chance: Chance
) -> None:
    person, asked = Person(), 0
    while (question := next_question(reading, person, RUN)) is not None:
        person = answered(person, question, answers(question), RUN)
        asked += 1
    outlook = outlook_of(judge(reading, person, RUN))
    assert (outlook.chance, asked <= MOST) == (chance, True)
    assert all(one.reasons for one in (*outlook.met, *outlook.unclear, *outlook.for_the_site))


def test_one_exclusion_is_enough(reading: Reading) -> None:
    person = Person(age=80)
    outlook = outlook_of(judge(reading, person, RUN))
    assert (outlook.chance, [one.criterion.id for one in outlook.against]) == (Chance.UNLIKELY, ["I1", "F1"])
    assert next_question(reading, person, RUN) is None


def test_it_is_written_as_the_program_writes_it(reading: Reading) -> None:
    from equipoise.eligibility.format import to_json

    assert msgspec.json.decode(to_json(reading)) == msgspec.json.decode(jasmine_criteria())
