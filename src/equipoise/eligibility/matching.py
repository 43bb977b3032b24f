"""Whether an event of a record is of a pattern: by code, or by the same words."""

import re
from functools import lru_cache

from equipoise.eligibility.expression import Code, Concept, Domain, Pattern
from equipoise.eligibility.person import Event
from equipoise.kernel.truth import Truth

_TAG = re.compile(r"\s*\((?:disorder|finding|situation|procedure|event|morphologic abnormality|substance)\)\Z")
_GAP = re.compile(r"[^a-z0-9]+")
PREFIXED = "ICD10CM"
"""In this vocabulary a code stands for all codes that begin with it."""


@lru_cache(maxsize=65536)
def plain(words: str) -> str:
    """Words to compare: lower case, single spaces, without a SNOMED tag or the last word's plural."""
    text = _GAP.sub(" ", _TAG.sub("", words.casefold())).strip()
    return text[:-1] if text.endswith("s") and not text.endswith(("ss", "us", "is")) else text


def matches(pattern: Pattern, event: Event) -> bool:
    if event.refuted or not _same_domain(pattern.domain, event.domain):
        return False
    return means(pattern.concept, event)


def means(concept: Concept, event: Event) -> bool:
    found = not _codes(concept).isdisjoint(event.codes) or not _names(concept).isdisjoint(map(plain, event.words))
    if not (found or _has_prefix(concept, event)):
        return False
    return not any(means(one, event) for one in concept.without)


def refutes(pattern: Pattern, event: Event) -> bool:
    """Whether the record says that the person has nothing of the pattern: the very same concept, denied."""
    if not event.refuted or not _same_domain(pattern.domain, event.domain):
        return False
    return plain(pattern.concept.words) in map(plain, event.words) or set(pattern.concept.codes) <= set(event.codes)


def qualified(pattern: Pattern, event: Event) -> Truth:
    """Whether all qualifiers hold: a record that does not say so leaves it open."""
    return Truth.TRUE if set(pattern.qualifiers) <= set(event.qualifiers) else Truth.UNKNOWN


def _same_domain(one: Domain, other: Domain) -> bool:
    return one is other or Domain.ANY in (one, other)


def _has_prefix(concept: Concept, event: Event) -> bool:
    prefixes = _prefixes(concept)
    return bool(prefixes) and any(
        code.system == PREFIXED and code.code.replace(".", "").startswith(prefixes) for code in event.codes
    )


@lru_cache(maxsize=16384)
def _codes(concept: Concept) -> frozenset[Code]:
    return frozenset(concept.codes)


@lru_cache(maxsize=16384)
def _names(concept: Concept) -> frozenset[str]:
    return frozenset(map(plain, (concept.words, *concept.synonyms)))


@lru_cache(maxsize=16384)
def _prefixes(concept: Concept) -> tuple[str, ...]:
    return tuple(code.code.replace(".", "") for code in concept.codes if code.system == PREFIXED)
