"""The next best question: of those that can still change the verdict, the one most likely to settle it for its cost."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from math import prod

import msgspec

from equipoise.eligibility.asking import question_help, question_text
from equipoise.eligibility.expression import (
    Age,
    And,
    Ask,
    Atom,
    Classified,
    Criterion,
    Duration,
    Exists,
    Expr,
    Not,
    Opaque,
    Or,
    Polarity,
    Reading,
    Related,
    Sex,
    Topic,
    Value,
)
from equipoise.eligibility.measures import MEASURES
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.tree import key, signed, walk
from equipoise.eligibility.verdict import CriterionVerdict, Standing, StudyVerdict, judge
from equipoise.kernel.truth import Truth

LONGEST_LIST = 8
"""So many lines a checklist may have on a phone."""

_FOR_THE_SITE = {Topic.CONSENT, Topic.JUDGEMENT}
"""What only the study team can settle is not asked of a visitor."""

_FAILS = {  # how often a criterion of this kind shuts a person out: (inclusion, exclusion); a screen knows better
    Classified: (0.6, 0.3),
    Exists: (0.6, 0.1),
    Duration: (0.4, 0.1),
    Sex: (0.4, 0.4),
    Age: (0.3, 0.3),
    Value: (0.3, 0.15),
    Related: (0.3, 0.1),
    Opaque: (0.2, 0.1),
    Ask: (0.05, 0.1),
}
_COST = {  # that of age and sex, which nobody looks up, lets them come before all that may shut out
    Sex: 0.4,
    Age: 0.25,
    Ask: 1.0,
    Exists: 1.2,
    Duration: 1.5,
    Classified: 1.5,
    Related: 2.0,
    Value: 3.0,
    Opaque: 3.0,
}
_KNOWN_AT_HOME = {"weight": 0.62, "height": 0.62, "bmi": 2.0}


class AnswerType(StrEnum):
    """``any_of`` is a checklist: those that apply, or none of them."""

    YES_NO = "yes_no"
    ANY_OF = "any_of"
    NUMBER = "number"
    CHOICE = "choice"


class Option(msgspec.Struct, frozen=True):
    """``key`` is what an answer names; ``words`` are shown."""

    key: str
    words: str


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """``units``: UCUM codes a number may be given in, the usual one first. ``criteria``: those it is asked for."""

    key: str
    text: str
    answer: AnswerType
    atoms: tuple[Atom, ...]
    criteria: tuple[str, ...]
    help: str = ""
    options: tuple[Option, ...] = ()
    units: tuple[str, ...] = ()


def next_question(
    reading: Reading, person: Person, run: Run, *, fails: Mapping[str, float] | None = None
) -> Question | None:
    """The question to ask next, or ``None`` where none can change the verdict.

    ``fails`` gives, by key of a leaf, how often it shuts people out, where a screen has counted it.
    """
    questions = open_questions(judge(reading, person, run), person)
    return max(questions, key=lambda one: _worth(one, reading, fails or {}), default=None)


def next_question_of_many(readings: Iterable[Reading], person: Person, run: Run) -> Question | None:
    """The question from which most studies are expected to be settled."""
    worth: dict[str, float] = {}
    first: dict[str, Question] = {}
    for reading in readings:
        for question in open_questions(judge(reading, person, run), person):
            first.setdefault(question.key, question)
            worth[question.key] = worth.get(question.key, 0.0) + _worth(question, reading, {})
    return first[max(worth, key=worth.__getitem__)] if worth else None


def open_questions(verdict: StudyVerdict, person: Person, *, packed: bool = True) -> tuple[Question, ...]:
    """All questions that can still change the verdict, in the order of the criteria; none twice.

    ``packed``: what shuts out by several criteria may be asked as one list; else each is asked for its own criterion.
    """
    if verdict.standing is not Standing.POSSIBLE:
        return ()
    found: dict[str, Question] = {}
    for one in verdict.of(Truth.UNKNOWN):
        for question in _questions(one, person):
            earlier = found.get(question.key, question)
            ids = tuple(dict.fromkeys((*earlier.criteria, *question.criteria)))
            found[question.key] = msgspec.structs.replace(earlier, criteria=ids)
    if not packed:
        return tuple(found.values())
    shutting = {key(atom) for one in verdict.criteria for atom in _shutting(one.criterion)}
    return tuple(_packed(found.values(), shutting))


def _shutting(criterion: Criterion) -> Iterator[Atom]:
    """Events that shut a person out who had one of them."""
    excludes = criterion.polarity is Polarity.EXCLUDE
    yield from (
        atom for atom, negated in signed(criterion.expr) if isinstance(atom, Exists) and negated is not excludes
    )


def _packed(questions: Iterable[Question], shutting: set[str]) -> Iterator[Question]:
    """Short lists of what shuts a person out made one, up to a length that can be read on a phone."""
    pack: list[Question] = []
    for question in questions:
        if not all(key(atom) in shutting for atom in question.atoms):
            yield question
            continue
        if sum(len(one.atoms) for one in (*pack, question)) > LONGEST_LIST:
            yield _joined(pack)
            pack = []
        pack.append(question)
    if pack:
        yield _joined(pack)


def _joined(pack: list[Question]) -> Question:
    if len(pack) == 1:
        return pack[0]
    atoms = tuple(dict.fromkeys(atom for one in pack for atom in one.atoms if isinstance(atom, Exists)))
    return _checklist(tuple(dict.fromkeys(name for one in pack for name in one.criteria)), atoms)


def is_for_the_site(atom: Atom) -> bool:
    """Whether only the study team can settle it."""
    return isinstance(atom, Ask) and atom.topic in _FOR_THE_SITE


def subject(atom: Atom) -> str:
    """What is asked about: one question about weight serves every limit on weight."""
    match atom:
        case Age():
            return "age"
        case Sex():
            return "sex"
        case Value(measure=measure) if is_number(atom):
            return f"value-{measure}"
        case _:
            return key(atom)


def is_number(atom: Value) -> bool:
    """Whether the value itself may be asked for, as of today; else only whether the limit is met."""
    window = atom.window
    reaches_today = window is None or window.end is None or window.end.amount >= 0
    return atom.reference is None and atom.select == "latest" and reaches_today and atom.measure in MEASURES


def _questions(verdict: CriterionVerdict, person: Person) -> Iterator[Question]:
    criterion = verdict.criterion
    asked = [
        reason.atom
        for reason in verdict.reasons
        if reason.finding.truth is Truth.UNKNOWN
        and _is_askable(reason.atom)
        and subject(reason.atom) not in person.answers
    ]
    for group in _checklists(criterion.expr, asked):
        asked = [atom for atom in asked if atom not in group]
        yield _checklist((criterion.id,), tuple(group))
    for atom in asked:
        yield _question(criterion, atom)


def _is_askable(atom: Atom) -> bool:
    return not is_for_the_site(atom) and not (isinstance(atom, Value) and atom.reference == "baseline")


def _checklists(expr: Expr, asked: list[Atom]) -> Iterator[list[Exists]]:
    """Events of which any one would do, to be asked together."""
    for node in walk(expr):
        if not isinstance(node, Or | And):
            continue
        parts = [_bare(one, node) for one in node.of]
        group = [one for one in parts if isinstance(one, Exists) and one in asked]
        if len(group) > 1:
            yield from (group[start : start + LONGEST_LIST] for start in range(0, len(group), LONGEST_LIST))


def _bare(expr: Expr, parent: Or | And) -> Expr:
    """Of an "and", those parts that are denied; of an "or", those that are not."""
    if isinstance(parent, Or):
        return expr
    return expr.of if isinstance(expr, Not) else parent


def _checklist(criteria: tuple[str, ...], atoms: tuple[Exists, ...]) -> Question:
    keys = [key(atom) for atom in atoms]
    options = tuple(Option(one, question_text(atom, listed=True)) for one, atom in zip(keys, atoms, strict=True))
    return Question(
        key=hashlib.sha256("".join(keys).encode()).hexdigest()[:16],
        text="Do any of these apply to you?",
        answer=AnswerType.ANY_OF,
        atoms=atoms,
        criteria=criteria,
        options=options,
    )


def _question(criterion: Criterion, atom: Atom) -> Question:
    answer = AnswerType.YES_NO
    options: tuple[Option, ...] = ()
    units: tuple[str, ...] = ()
    if isinstance(atom, Sex):
        answer, options = AnswerType.CHOICE, (Option("female", "Female"), Option("male", "Male"))
    elif isinstance(atom, Age):
        answer, units = AnswerType.NUMBER, ("a",)
    elif isinstance(atom, Value) and is_number(atom):
        answer, units = AnswerType.NUMBER, MEASURES[atom.measure].units
    return Question(
        key=subject(atom),
        text=question_text(atom, number=answer is AnswerType.NUMBER),
        answer=answer,
        atoms=(atom,),
        criteria=(criterion.id,),
        help=question_help(atom),
        options=options,
        units=units,
    )


def _worth(question: Question, reading: Reading, fails: Mapping[str, float]) -> float:
    """The chance that the answer shuts the person out, for what it costs to give."""
    polarities = {one.polarity for one in reading.criteria if one.id in question.criteria}
    column = 0 if Polarity.INCLUDE in polarities else 1
    passes = prod(1 - fails.get(key(atom), _FAILS[type(atom)][column]) for atom in question.atoms)
    return (1 - passes) / max(_cost(atom) for atom in question.atoms)


def _cost(atom: Atom) -> float:
    cost = _COST[type(atom)]
    return _KNOWN_AT_HOME.get(atom.measure, cost) if isinstance(atom, Value) else cost
