"""What a form sent, read as replies to questions; what does not fit is refused in words and left as it was."""

from decimal import Decimal, InvalidOperation

import msgspec
from django.http.request import QueryDict

from equipoise.eligibility.answering import NOT_SURE, Reply, answered
from equipoise.eligibility.expression import Reading
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.questions import AnswerType, Question
from equipoise.kernel.refused import Refused
from equipoise.web.public.given import Places, forgotten, question_at

ASKED = "asked-"
MOST_LEAVES = 60


class Taken(msgspec.Struct, frozen=True):
    """The person with all answers that fit; which questions were answered; of each other, why it was not taken."""

    person: Person
    answered: tuple[Places, ...]
    problems: dict[str, str]
    refused: tuple[Question, ...]


def take_answers(sent: QueryDict, reading: Reading, person: Person, run: Run) -> Taken:
    """A form says which leaves it asked about, so that one sent again after going back counts as it was put."""
    done: list[Places] = []
    problems: dict[str, str] = {}
    refused: list[Question] = []
    for name in sent:
        places = _places(sent.get(name, "")) if name.startswith(ASKED) else ()
        question = question_at(places, reading, run) if places else None
        if question is None or f"{ASKED}{question.key}" != name:
            continue
        try:
            if _is_left_out(sent, question):
                continue
            person = _told(sent, question, person, run)
            done.append(places)
        except Refused as why:
            problems[question.key] = _sentence(why)
            refused.append(question)
    return Taken(person, tuple(done), problems, tuple(refused))


def _places(text: str) -> Places:
    parts = text.split(",")[:MOST_LEAVES]
    return tuple(int(part) for part in parts if part.isdecimal() and part.isascii() and len(part) < 6)


def _is_left_out(sent: QueryDict, question: Question) -> bool:
    """On the one form, what was left empty is not an answer."""
    typed = sent.get(f"number-{question.key}", "").strip()
    return "all" in sent and not typed and not sent.getlist(f"answer-{question.key}")


def _told(sent: QueryDict, question: Question, person: Person, run: Run) -> Person:
    values = sent.getlist(f"answer-{question.key}")
    before = forgotten(person, question)
    if question.answer is AnswerType.ANY_OF:
        return _ticked(values, question, before, run)
    return answered(before, question, _reply(sent, values, question), run)


def _reply(sent: QueryDict, values: list[str], question: Question) -> Reply:
    if "not_sure" in values:
        return NOT_SURE
    if question.answer is AnswerType.NUMBER:
        return Reply(number=_number(sent.get(f"number-{question.key}", "")), unit=_unit(sent, question))
    if not values:
        raise Refused("Nothing was chosen.", do="Choose an answer, or “Not sure”.")
    if question.answer is AnswerType.YES_NO:
        if values[0] not in ("yes", "no"):
            raise Refused("is not one of the choices.", what=repr(values[0][:20]), do="Choose yes, no or not sure.")
        return Reply(yes=values[0] == "yes")
    return Reply(chosen=tuple(values))


def _ticked(values: list[str], question: Question, person: Person, run: Run) -> Person:
    """Ticked and not sure together: of those not ticked it is not known."""
    ticked = tuple(value for value in values if value not in ("none", "not_sure"))
    if not values:
        raise Refused("Nothing was chosen.", do="Tick what applies, or “None of these”, or “Not sure”.")
    if "none" in values and len(values) > 1:
        raise Refused("You ticked “None of these” and something else too.", do="Choose one or the other.")
    if "not_sure" not in values:
        return answered(person, question, Reply(chosen=ticked), run)
    person = answered(person, question, NOT_SURE, run)
    sure = tuple(option for option in question.options if option.key in ticked)
    return answered(person, msgspec.structs.replace(question, options=sure), Reply(chosen=ticked), run)


def _unit(sent: QueryDict, question: Question) -> str | None:
    unit = sent.get(f"unit-{question.key}") or None
    if unit is not None and unit not in question.units:
        raise Refused("is not a unit of this question.", what=repr(unit[:20]), do="Choose one of those shown.")
    return unit


def _number(typed: str) -> Decimal:
    text = typed.strip().replace(",", ".")
    if not text:
        raise Refused("No number was given.", do="Write a number such as 54, or choose “Not sure”.")
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 15:
        raise Refused(f"“{text[:20]}” is not a number we can use.", do="Write one such as 54, or choose “Not sure”.")
    return number


def _sentence(refused: Refused) -> str:
    """A value named by what it measures, as a sentence."""
    words = f"{refused.what[:1].upper()}{refused.what[1:]} {refused.why}" if refused.what else refused.why
    return f"{words} {refused.do}".strip()
