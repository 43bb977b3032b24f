"""What a visitor has answered on a study's page, question by question, and the same questions put again."""

from collections.abc import Iterable, Sequence

import msgspec

from equipoise.eligibility.asking import question_text
from equipoise.eligibility.english import number, unit_words
from equipoise.eligibility.expression import Atom, Exists, Opaque, Or, Polarity, Reading, Value
from equipoise.eligibility.person import Measurement, Person, Run
from equipoise.eligibility.questions import AnswerType, Question, open_questions, subject
from equipoise.eligibility.tree import atoms, bare, key
from equipoise.eligibility.verdict import judge
from equipoise.kernel.truth import Truth

Places = tuple[int, ...]
"""Which leaves of a reading a question is about, counted through all its criteria."""

SAID = {Truth.TRUE: "Yes", Truth.FALSE: "No", Truth.UNKNOWN: "Not sure"}
UNSURE = SAID[Truth.UNKNOWN]
NONE = "None of these"


class Given(msgspec.Struct, frozen=True):
    """A question answered before. ``filled`` is what its form held: a field's name and what was in it."""

    question: Question
    answer: str
    filled: dict[str, list[str]]


def leaves(reading: Reading) -> tuple[Atom, ...]:
    """Each thing asked, once."""
    found = {key(atom): atom for criterion in reading.criteria for atom in atoms(criterion.expr)}
    return tuple(found.values())


def places_of(question: Question, reading: Reading) -> Places:
    keys = [key(atom) for atom in leaves(reading)]
    return tuple(keys.index(key(atom)) for atom in question.atoms)


def question_at(places: Iterable[int], reading: Reading, run: Run) -> Question | None:
    """The question about these leaves, whatever has been answered since."""
    every = leaves(reading)
    wanted = tuple(every[place] for place in places if 0 <= place < len(every))
    if not wanted:
        return None
    expr = wanted[0] if len(wanted) == 1 else Or(of=wanted)
    about = {key(atom) for atom in wanted}
    ids = [one.id for one in reading.criteria if about & {key(atom) for atom in atoms(one.expr)}]
    alone = msgspec.structs.replace(reading.criteria[0], polarity=Polarity.INCLUDE, expr=bare(expr))
    asked = open_questions(judge(msgspec.structs.replace(reading, criteria=(alone,)), Person(), run), Person())
    return msgspec.structs.replace(asked[0], criteria=tuple(ids)) if asked else None


def every_given(reading: Reading, person: Person, asked: Sequence[Places], run: Run) -> tuple[Given, ...]:
    """In the order asked; then what was answered on other studies' pages and counts here too."""
    seen = {place for places in asked for place in places}
    others = [(place,) for place, atom in enumerate(leaves(reading)) if place not in seen and answer_to(atom, person)]
    questions = [question_at(places, reading, run) for places in (*asked, *others)]
    found = {one.key: one for one in questions if one is not None}
    return tuple(_given(one, person) for one in found.values() if any(answer_to(atom, person) for atom in one.atoms))


def answer_to(atom: Atom, person: Person) -> str:
    """In words; nothing where there is no answer."""
    name = subject(atom)
    if name == "age" and person.age is not None:
        return str(person.age)
    if name == "sex" and person.sex is not None:
        return person.sex.capitalize()
    taken = _measured(name, person)
    if taken is not None and taken.value is not None:
        return f"{number(taken.value)}{unit_words(taken.unit)}"
    said = person.answers.get(key(atom), person.answers.get(name))
    return "" if said is None else SAID[said]


def topic(atom: Atom) -> str:
    """What a leaf is about, short enough to stand beside the study's own words."""
    if isinstance(atom, Opaque):
        return "Does this apply to you?"
    asks_number = subject(atom) == "age" or (isinstance(atom, Value) and subject(atom) != key(atom))
    return question_text(atom, number=asks_number, listed=isinstance(atom, Exists))


def forgotten(person: Person, question: Question) -> Person:
    """The person without what was answered to the question."""
    names = {question.key, *(name for atom in question.atoms for name in (subject(atom), key(atom)))}
    return msgspec.structs.replace(
        person,
        age=None if "age" in names else person.age,
        sex=None if "sex" in names else person.sex,
        answers={name: said for name, said in person.answers.items() if name not in names},
        measurements=tuple(one for one in person.measurements if f"value-{one.measure}" not in names),
    )


def _measured(name: str, person: Person) -> Measurement | None:
    return next((one for one in reversed(person.measurements) if name == f"value-{one.measure}"), None)


def _given(question: Question, person: Person) -> Given:
    if question.answer is not AnswerType.ANY_OF:
        said = answer_to(question.atoms[0], person)
        return Given(question, said, _filled(question, said, person))
    ticked = [one for one in question.options if person.answers.get(one.key) is Truth.TRUE]
    unsure = any(person.answers.get(one.key, Truth.UNKNOWN) is Truth.UNKNOWN for one in question.options)
    words, every = ("; ".join(one.words for one in some) for some in (ticked, question.options))
    if unsure:
        told = f"{words}; not sure about the others" if words else f"{UNSURE}: {every}"
    else:
        told = words or f"{NONE}: {every}"
    values = [*(one.key for one in ticked), *(["not_sure"] if unsure else [] if ticked else ["none"])]
    return Given(question, told, {f"answer-{question.key}": values})


def _filled(question: Question, said: str, person: Person) -> dict[str, list[str]]:
    if said == UNSURE:
        return {f"answer-{question.key}": ["not_sure"]}
    if question.answer is not AnswerType.NUMBER:
        return {f"answer-{question.key}": [said.lower()]}
    taken = _measured(question.key, person)
    if taken is None or taken.value is None:
        return {f"number-{question.key}": [said]}
    return {f"number-{question.key}": [number(taken.value)], f"unit-{question.key}": [taken.unit or ""]}
