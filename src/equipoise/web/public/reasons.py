"""Verdicts for the visitor they are about: each criterion in its own words, what was answered to it, what to do."""

from collections.abc import Iterable

import msgspec

from equipoise.eligibility.explain import ask_doctor
from equipoise.eligibility.expression import Criterion
from equipoise.eligibility.finding import Because
from equipoise.eligibility.outlook import Outlook
from equipoise.eligibility.person import Person
from equipoise.eligibility.tree import key
from equipoise.eligibility.verdict import CriterionVerdict, Reason
from equipoise.kernel.truth import Truth
from equipoise.web.public.given import SAID, UNSURE, answer_to, topic


class Line(msgspec.Struct, frozen=True):
    """``topics`` that were answered alike, and the answer in words."""

    topics: str
    answer: str


class Row(msgspec.Struct, frozen=True):
    criterion: Criterion
    lines: tuple[Line, ...]
    to_do: tuple[str, ...]


class Told(msgspec.Struct, frozen=True):
    """An outlook in rows. ``team``: what only the study team can settle."""

    against: tuple[Row, ...]
    unclear: tuple[Row, ...]
    team: tuple[Row, ...]
    met: tuple[Row, ...]


def told_of(outlook: Outlook, person: Person) -> Told:
    return Told(
        _rows(outlook.against, person),
        _rows(outlook.unclear, person),
        tuple(Row(one.criterion, (), ()) for one in outlook.for_the_site),
        _rows(outlook.met, person),
    )


def _rows(verdicts: tuple[CriterionVerdict, ...], person: Person) -> tuple[Row, ...]:
    return tuple(_row(one, person) for one in verdicts if not _is_said_elsewhere(one, verdicts))


def _is_said_elsewhere(one: CriterionVerdict, verdicts: tuple[CriterionVerdict, ...]) -> bool:
    """A field of the record that asks no more than a criterion in the study's own words does."""
    about = {key(reason.atom) for reason in one.reasons}
    others = (other for other in verdicts if not other.criterion.field)
    return bool(one.criterion.field) and any(about <= {key(reason.atom) for reason in each.reasons} for each in others)


def _row(one: CriterionVerdict, person: Person) -> Row:
    open_ = [reason for reason in one.reasons if reason.finding.truth is Truth.UNKNOWN or reason.only_for]
    return Row(one.criterion, tuple(_lines(one.reasons, person)), tuple(dict.fromkeys(filter(None, map(_do, open_)))))


def _lines(reasons: Iterable[Reason], person: Person) -> Iterable[Line]:
    """Topics answered alike in one line; a question in a line of its own."""
    said: dict[tuple[str, str], list[str]] = {}
    for reason in reasons:
        words = topic(reason.atom)
        said.setdefault((_said(reason, person), words if words.endswith(("?", ".")) else ""), []).append(words)
    for (answer, question), topics in said.items():
        words = question or f"{'; '.join(dict.fromkeys(topics))}:"
        yield Line(f"{words[:1].upper()}{words[1:]}", answer)


def _said(reason: Reason, person: Person) -> str:
    answer = answer_to(reason.atom, person)
    if reason.finding.because is Because.ANSWER:  # "never" answers for every window
        answer = SAID[reason.finding.truth]
    if not answer:
        return "not asked yet"
    if answer == UNSURE:
        return "you were not sure"
    return f"you said {answer.lower() if answer in (*SAID.values(), 'Female', 'Male') else answer}"


def _do(reason: Reason) -> str:
    return "" if reason.finding.because is Because.FUTURE else ask_doctor(reason)
