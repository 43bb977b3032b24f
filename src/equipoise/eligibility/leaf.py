"""What a leaf is for one person: what records say, and what the person said."""

from typing import assert_never

import msgspec

from equipoise.eligibility.amount import find_value
from equipoise.eligibility.expression import (
    Age,
    Ask,
    Atom,
    Classified,
    Duration,
    Exists,
    Opaque,
    Related,
    Sex,
    Value,
)
from equipoise.eligibility.finding import Because, Finding, known, unknown
from equipoise.eligibility.occurrence import find_duration, find_exists, find_related
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.tree import key
from equipoise.eligibility.years import find_age
from equipoise.instruments.catalogue import reaches
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth


def find(atom: Atom, person: Person, run: Run) -> Finding:
    """Where records and answers differ, it is not known."""
    recorded = _recorded(atom, person, run)
    said = _said(atom, person) if person.answers else None
    if said is None:
        return recorded
    if said is Truth.UNKNOWN:
        return recorded if recorded.truth is not Truth.UNKNOWN else unknown(Because.NOT_SURE)
    if recorded.truth not in (said, Truth.UNKNOWN):
        return unknown(Because.CONFLICT, recorded.evidence)
    return Finding(said, Because.ANSWER, recorded.evidence if recorded.truth is said else ())


def _said(atom: Atom, person: Person) -> Truth | None:
    """The answer to this leaf. Never having had something answers for every window."""
    said = person.answers.get(key(atom))
    if said is None and isinstance(atom, Exists) and person.answers.get(key(ever(atom))) is Truth.FALSE:
        return Truth.FALSE
    return said


def ever(atom: Exists) -> Exists:
    """The same, at any time."""
    return msgspec.structs.replace(atom, window=None, touch="starts", count=1)


def _recorded(atom: Atom, person: Person, run: Run) -> Finding:
    match atom:
        case Age():
            return find_age(atom, person, run)
        case Sex(sex=sex):
            return unknown(Because.NO_DATA) if person.sex is None else known(Truth.of(person.sex == sex))
        case Exists():
            return find_exists(atom, person, run)
        case Value():
            return find_value(atom, person, run)
        case Duration():
            return find_duration(atom, person, run)
        case Related():
            return find_related(atom, person, run)
        case Classified(instrument=instrument, reaches=least):
            return _classified(instrument, least, person)
        case Ask() | Opaque():
            return unknown(Because.NOT_ASKED)
        case _:
            assert_never(atom)


def _classified(instrument: str, least: str, person: Person) -> Finding:
    items = person.items.get(instrument)
    if not items:
        return unknown(Because.NO_DATA)
    try:
        truth = reaches(instrument, dict(items), least)
    except Refused:
        return unknown(Because.NOT_COMPUTABLE)
    return unknown(Because.NO_DATA, [instrument]) if truth is Truth.UNKNOWN else known(truth, [instrument])
