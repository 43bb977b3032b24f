"""Verdicts in words: on what a criterion's verdict rests, and what would settle it where it is not known."""

from collections.abc import Iterator

import msgspec

from equipoise.eligibility.english import english
from equipoise.eligibility.expression import (
    Age,
    Anchor,
    And,
    Ask,
    Atom,
    Classified,
    Criterion,
    Duration,
    Exists,
    Expr,
    Opaque,
    Polarity,
    Reading,
    Related,
    Sex,
    Value,
)
from equipoise.eligibility.finding import Because
from equipoise.eligibility.tree import bare
from equipoise.eligibility.verdict import Reason
from equipoise.kernel.truth import Truth

_SETTLED = {
    Because.RECORD: "in the record",
    Because.ANSWER: "as answered",
    Because.ABSENCE: "nothing of it in a record that covers the time",
}
_OPEN = {
    Because.NO_DATA: "nothing is known of it",
    Because.STALE: "the last value is too old",
    Because.DATE: "the dates known are not exact enough",
    Because.QUALIFIER: "the record does not say so much",
    Because.UNIT: "the value is in a unit that does not convert",
    Because.REFERENCE: "the laboratory's limit of normal is not in the record",
    Because.NOT_ASKED: "only a person can say",
    Because.NOT_SURE: "the answer was: not sure",
    Because.NOT_COMPUTABLE: "no record holds it",
    Because.CONFLICT: "the record and the answer differ",
    Because.FUTURE: "it is still to come",
    Because.UNBOUND: "no code is known for it",
}


def fields_in_text(reading: Reading) -> dict[str, str]:
    """Criteria of the registry's fields, by id, that one in the study's own words says too, and that one's id."""
    said = {part: one.id for one in reversed(reading.criteria) for part in _said(one)}
    fields = ((one.id, _any_time(one.expr)) for one in reading.criteria if one.field)
    return {name: said[expr] for name, expr in fields if expr in said}


def _said(one: Criterion) -> Iterator[Expr]:
    """What it asks of everybody."""
    if one.field or one.scope or one.polarity is Polarity.EXCLUDE:
        return
    yield from map(_any_time, one.expr.of if isinstance(one.expr, And) else (one.expr,))


def _any_time(expr: Expr) -> Expr:
    """The registry's fields do not say at which moment an age counts."""
    return bare(msgspec.structs.replace(expr, at=Anchor.INDEX) if isinstance(expr, Age) else expr)


def why(reason: Reason) -> str:
    """On what this leaf's truth rests, or why it is not known."""
    truth, because = reason.finding.truth, reason.finding.because
    words = f"“{reason.atom.question}”" if isinstance(reason.atom, Ask) else english(reason.atom)
    if truth is Truth.UNKNOWN:
        return f"Not known: {words} ({_OPEN[because]})"
    only = f", but this is only for {reason.only_for}" if reason.only_for else ""
    return f"{'Yes' if truth is Truth.TRUE else 'No'}: {words} ({_SETTLED.get(because, 'in the record')}){only}"


def settles(reason: Reason) -> str:
    """What would settle a leaf that is not known, or that closes one cohort only; of others nothing."""
    if reason.only_for:
        return "The study team can say whether another group is open."
    if reason.finding.truth is not Truth.UNKNOWN:
        return ""
    if reason.finding.because is Because.FUTURE:
        return "Time will tell."
    if reason.finding.because is Because.CONFLICT:
        return "Ask the doctor which of the two is right."
    return _needed(reason.atom, reason.finding.because)


def _needed(atom: Atom, because: Because) -> str:
    match atom:
        case Age():
            return "The date of birth would settle it."
        case Sex():
            return "The recorded sex would settle it."
        case Value() if because is Because.REFERENCE:
            return "A result with the laboratory's limits of normal would settle it."
        case Value():
            return f"A recent result would settle it: {english(atom)}."
        case Exists() | Duration():
            return "The medical record, with dates, would settle it."
        case Ask() | Opaque():
            return "The person or the study team can say."
        case _:
            return "The study team can say."


def ask_doctor(reason: Reason) -> str:
    """What the person it is about may do to settle a leaf."""
    if reason.only_for:
        return f"This is only for {reason.only_for}: ask the study team about the others."
    match reason.atom:
        case Age() | Sex():
            return ""
        case Value():
            return "Ask for your last result."
        case Exists() | Duration() | Related():
            return "Your doctor can look in your record."
        case Classified():
            return "Your doctor can work it out."
        case _:
            return "The study team can tell you more."
