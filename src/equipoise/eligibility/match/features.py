"""What a leaf looks for and what a person has, as features: a leaf that shares none with a person is unknown of them.

That holds where absence means nothing (``Absence.OPEN``); ``tests/property/test_match_table.py`` holds it to that.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b

import msgspec

from equipoise.eligibility.expression import (
    Age,
    Atom,
    Classified,
    Code,
    Concept,
    Duration,
    Exists,
    Pattern,
    Related,
    Sex,
    Value,
)
from equipoise.eligibility.leaf import ever
from equipoise.eligibility.match.terms import covering, terms_of
from equipoise.eligibility.matching import PREFIXED, plain
from equipoise.eligibility.person import Event, Person
from equipoise.eligibility.terms import bind_concept, term_for
from equipoise.eligibility.tree import key
from equipoise.kernel.truth import Truth

ALWAYS = ("age", "sex")
"""Every person has these; that they are not known is found by looking."""


@lru_cache(maxsize=262_144)
def feature_number(feature: str) -> int:
    """Eight bytes of a hash. Where two features share a number, a leaf is looked at in vain."""
    return int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "little")


def features_of(atom: Atom) -> Iterator[str]:
    """What a person must have one of, for this leaf to be anything but unknown."""
    yield f"key {key(atom)}"
    match atom:
        case Age():
            yield "age"
        case Sex():
            yield "sex"
        case Value(measure=measure):
            yield f"measure {measure}"
        case Exists():
            yield f"key {key(ever(atom))}"
            yield from of_events(atom)
        case Duration() | Related():
            yield from of_events(atom)
        case Classified(instrument=instrument):
            yield f"instrument {instrument}"


def of_events(atom: Exists | Duration | Related) -> Iterator[str]:
    """What an event must have one of to matter to this leaf."""
    match atom:
        case Exists(pattern=pattern) | Duration(pattern=pattern):
            yield from _of_concept(pattern.concept)
        case Related(first=first, second=second):
            yield from _of_concept(first.concept)
            yield from _of_concept(second.concept)


@lru_cache(maxsize=65536)
def _of_concept(concept: Concept) -> tuple[str, ...]:
    """Its own words and codes, and its term in the dictionary, which stands for all that binding adds."""
    term = term_for(concept.words)
    named = (f"term {term.name}",) if term else ()
    words = (f"words {plain(words)}" for words in (concept.words, *concept.synonyms))
    return (*words, *map(_of_code, concept.codes), *named)


def _of_code(code: Code) -> str:
    return f"code {code.system} {code.code.replace('.', '') if code.system == PREFIXED else code.code}"


def features_of_event(event: Event) -> Iterator[str]:
    for words in event.words:
        yield f"words {plain(words)}"
    for code in event.codes:
        if code.system == PREFIXED:
            bare = code.code.replace(".", "")
            yield from (f"code {code.system} {bare[:length]}" for length in range(1, len(bare) + 1))
        else:
            yield f"code {code.system} {code.code}"
    for name in terms_of(event):
        yield f"term {name}"
        yield from (f"term {wider}" for wider in covering(name))


class Held:
    """A person's record by feature, to hand a leaf only what can matter to it."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._persons: dict[frozenset[str], Person] = {}
        self._events: dict[str, list[int]] = {}
        for number, event in enumerate(person.events):
            for feature in dict.fromkeys(features_of_event(event)):
                self._events.setdefault(feature, []).append(number)

    def features(self) -> Iterable[str]:
        person = self.person
        yield from ALWAYS
        yield from self._events
        yield from {f"measure {one.measure}" for one in person.measurements}
        yield from (f"instrument {name}" for name in person.items)
        yield from (f"key {name}" for name in person.answers)

    def person_for(self, some: Iterable[Atom]) -> Person:
        """The person with only the events that can matter to one of these leaves, and the answers to them, bound."""
        leaves = tuple(some)
        patterned = (atom for atom in leaves if isinstance(atom, Exists | Duration | Related))
        features = frozenset(feature for atom in patterned for feature in of_events(atom))
        known = self._persons.get(features)
        if known is None:
            known = self._persons[features] = self._with_events(features)
        if not self.person.answers:
            return known
        return msgspec.structs.replace(known, answers=dict(self._answers(leaves)))

    def _with_events(self, features: frozenset[str]) -> Person:
        found = {number for feature in features for number in self._events.get(feature, ())}
        return msgspec.structs.replace(
            self.person, events=tuple(self.person.events[number] for number in sorted(found)), answers={}
        )

    def _answers(self, leaves: tuple[Atom, ...]) -> Iterator[tuple[str, Truth]]:
        """People answer leaves as they were read; what is judged has been bound."""
        for atom in leaves:
            for asked in (atom, ever(atom)) if isinstance(atom, Exists) else (atom,):
                said = self.person.answers.get(key(asked))
                if said is not None:
                    yield key(bound_leaf(asked)), said


def bound_leaf(atom: Atom) -> Atom:
    """The leaf with its concepts bound by the dictionary."""
    match atom:
        case Exists(pattern=pattern) | Duration(pattern=pattern):
            return msgspec.structs.replace(atom, pattern=_bound(pattern))
        case Related(first=first, second=second):
            return msgspec.structs.replace(atom, first=_bound(first), second=_bound(second))
        case _:
            return atom


def _bound(pattern: Pattern) -> Pattern:
    return msgspec.structs.replace(pattern, concept=bind_concept(pattern.concept))
