"""Whether an event of a record is of a pattern: by code, or by the same words."""

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from equipoise.eligibility.expression import Code, Concept, Domain, Pattern
from equipoise.eligibility.logic import some
from equipoise.eligibility.person import Event
from equipoise.kernel.truth import Truth

_TAG = re.compile(r"\s*\((?:disorder|finding|situation|procedure|event|morphologic abnormality|substance)\)\Z")
_GAP = re.compile(r"[^a-z0-9]+")
PREFIXED = "ICD10CM"
"""In this vocabulary a code stands for all codes that begin with it."""
_DOMAINS = {one: frozenset(Domain) if one is Domain.ANY else frozenset((one, Domain.ANY)) for one in Domain}
"""The domains of a record in which an event of a pattern's domain may stand."""


@lru_cache(maxsize=65536)
def plain(words: str) -> str:
    """Words to compare: lower case, single spaces, without a SNOMED tag or the last word's plural."""
    text = _GAP.sub(" ", _TAG.sub("", words.casefold())).strip()
    return text[:-1] if text.endswith("s") and not text.endswith(("ss", "us", "is")) else text


class Meaning(msgspec.Struct, frozen=True):
    """A concept made ready to compare."""

    codes: frozenset[Code]
    names: frozenset[str]
    prefixes: tuple[str, ...]
    without: tuple["Meaning", ...]


def matching(pattern: Pattern, events: Iterable[Event]) -> list[Event]:
    """Those of the events that are, or may be, of the pattern, whatever its qualifiers, in their order."""
    meaning, domains = meaning_of(pattern.concept), _DOMAINS[pattern.domain]
    return [event for event in events if event.domain in domains and not event.refuted and _may_be(meaning, event)]


@lru_cache(maxsize=16384)
def meaning_of(concept: Concept) -> Meaning:
    return Meaning(
        codes=frozenset(concept.codes),
        names=frozenset(map(plain, (concept.words, *concept.synonyms))),
        prefixes=tuple(code.code.replace(".", "") for code in concept.codes if code.system == PREFIXED),
        without=tuple(map(meaning_of, concept.without)),
    )


def _may_be(meaning: Meaning, event: Event) -> bool:
    return _is_named(meaning, event) and not (meaning.without and _left_out(meaning, event) is Truth.TRUE)


def _is_named(meaning: Meaning, event: Event) -> bool:
    return (
        not meaning.codes.isdisjoint(event.codes)
        or any(plain(words) in meaning.names for words in event.words)
        or (bool(meaning.prefixes) and _has_prefix(meaning.prefixes, event))
    )


def _left_out(meaning: Meaning, event: Event) -> Truth:
    """Whether the event is of what the concept leaves out: of what no code is known for, any event may be."""
    return some(_is_part(one, event) for one in meaning.without)


def _is_part(meaning: Meaning, event: Event) -> Truth:
    if not _is_named(meaning, event):
        return Truth.FALSE if meaning.codes else Truth.UNKNOWN
    return ~_left_out(meaning, event)


def refutes(pattern: Pattern, event: Event) -> bool:
    """Whether the record says that the person has nothing of the pattern: the very same concept, denied."""
    if not event.refuted or event.domain not in _DOMAINS[pattern.domain]:
        return False
    codes = meaning_of(pattern.concept).codes
    return plain(pattern.concept.words) in map(plain, event.words) or (bool(codes) and codes <= set(event.codes))


def qualified(pattern: Pattern, event: Event) -> Truth:
    """Whether a matching event is surely meant: a record that does not state all qualifiers leaves it open."""
    return Truth.TRUE if states_all(pattern, event) and is_surely(pattern.concept, event) else Truth.UNKNOWN


def states_all(pattern: Pattern, event: Event) -> bool:
    return set(pattern.qualifiers) <= set(event.qualifiers)


def is_surely(concept: Concept, event: Event) -> bool:
    """Whether a matching event is certain not to be of what the concept leaves out."""
    return not concept.without or _left_out(meaning_of(concept), event) is Truth.FALSE


def _has_prefix(prefixes: tuple[str, ...], event: Event) -> bool:
    return any(code.system == PREFIXED and code.code.replace(".", "").startswith(prefixes) for code in event.codes)
