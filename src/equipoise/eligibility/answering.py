"""An answer to a question, taken into what is known of the person."""

from decimal import Decimal

import msgspec

from equipoise.eligibility.expression import Age, Sex, Value
from equipoise.eligibility.measures import MEASURES, plausible
from equipoise.eligibility.person import Measurement, Person, Run
from equipoise.eligibility.questions import AnswerType, Question
from equipoise.eligibility.tree import key
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth

OLDEST = 130


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """``yes``: to a question of yes or no. ``chosen``: keys of options. ``number``: with ``unit`` (UCUM).

    With none of them: not sure.
    """

    yes: bool | None = None
    chosen: tuple[str, ...] | None = None
    number: Decimal | None = None
    unit: str | None = None


NOT_SURE = Reply()


def answered(person: Person, question: Question, reply: Reply, run: Run) -> Person:
    """The person, with the answer. ``Refused`` says what is wrong with a reply that does not fit the question."""
    if reply == NOT_SURE:
        return _with_truths(person, {question.key: Truth.UNKNOWN} | {key(one): Truth.UNKNOWN for one in question.atoms})
    match question.answer:
        case AnswerType.YES_NO:
            return _with_truths(person, {question.key: Truth.of(_given(reply.yes, "Choose yes, no or not sure."))})
        case AnswerType.ANY_OF:
            return _with_truths(person, _ticked(question, reply))
        case AnswerType.CHOICE:
            return _chosen(person, question, reply)
        case AnswerType.NUMBER:
            return _number(person, question, reply, run)


def _given(value: bool | None, do: str) -> bool:
    if value is None:
        raise Refused("Nothing was chosen.", do=do)
    return value


def _with_truths(person: Person, truths: dict[str, Truth]) -> Person:
    return msgspec.structs.replace(person, answers={**person.answers, **truths})


def _ticked(question: Question, reply: Reply) -> dict[str, Truth]:
    """What is not ticked does not apply."""
    chosen = reply.chosen or ()
    strange = set(chosen) - {option.key for option in question.options}
    if strange:
        raise Refused("is not one of the choices.", what=repr(min(strange)), do="Choose among those shown.")
    return {option.key: Truth.of(option.key in chosen) for option in question.options}


def _chosen(person: Person, question: Question, reply: Reply) -> Person:
    chosen = reply.chosen or ()
    if len(chosen) != 1 or not isinstance(question.atoms[0], Sex):
        raise Refused("Choose one.", do="Choose female, male or not sure.")
    if chosen[0] not in ("female", "male"):
        raise Refused("is not one of the choices.", what=repr(chosen[0]), do="Choose female, male or not sure.")
    return msgspec.structs.replace(person, sex=chosen[0])


def _number(person: Person, question: Question, reply: Reply, run: Run) -> Person:
    if reply.number is None:
        raise Refused("is not a number.", what="the answer", do="Write a number, or choose not sure.")
    match question.atoms[0]:
        case Age():
            return msgspec.structs.replace(person, age=_age(reply.number))
        case Value(measure=measure):
            return _measured(person, measure, reply.number, reply.unit or question.units[0], run)
        case _:
            raise Refused("does not ask for a number.", what=question.text)


def _age(number: Decimal) -> int:
    if not 0 <= number <= OLDEST:
        raise Refused(f"must be between 0 and {OLDEST}.", what="age", do="Write your age in years, such as 54.")
    return int(number)


def _measured(person: Person, measure: str, number: Decimal, unit: str, run: Run) -> Person:
    if plausible(measure, number, unit) is not True:
        label = MEASURES[measure].label
        raise Refused(
            f"cannot be {number} {unit}.", what=label, do="Check the number and its unit, or choose not sure."
        )
    today = PartialDate(run.at.year, run.at.month, run.at.day)
    taken = Measurement(measure=measure, value=number, unit=unit, date=today, source="answer")
    return msgspec.structs.replace(person, measurements=(*person.measurements, taken))
