"""The dictionary from a record's side: which terms an event is of, by its words and codes, and what covers those."""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from equipoise.eligibility.expression import Code
from equipoise.eligibility.matching import PREFIXED, plain
from equipoise.eligibility.person import Event
from equipoise.eligibility.terms import TERMS


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for term in TERMS.values():
        for word in (term.name, *term.words, *term.capitals):
            found.setdefault(plain(word), {})[term.name] = None
    return {word: tuple(names) for word, names in found.items()}


@cache
def _codes() -> Mapping[Code, tuple[str, ...]]:
    """ICD-10-CM without its point."""
    found: dict[Code, dict[str, None]] = {}
    for term in TERMS.values():
        for code in term.codes:
            bare = code.code.replace(".", "") if code.system == PREFIXED else code.code
            found.setdefault(Code(code.system, bare), {})[term.name] = None
    return {code: tuple(names) for code, names in found.items()}


def terms_of(event: Event) -> tuple[str, ...]:
    """Names of the terms whose words or codes the event has."""
    return tuple(dict.fromkeys(_terms_of(event)))


def _terms_of(event: Event) -> Iterator[str]:
    for word in event.words:
        yield from _words().get(plain(word), ())
    for code in event.codes:
        for one in _meant(code):
            yield from _codes().get(one, ())


def _meant(code: Code) -> Iterator[Code]:
    """An ICD-10-CM code is of every term that has a beginning of it."""
    if code.system != PREFIXED:
        yield code
        return
    bare = code.code.replace(".", "")
    yield from (Code(PREFIXED, bare[:length]) for length in range(len(bare), 2, -1))


@lru_cache(maxsize=16384)
def covering(name: str) -> tuple[str, ...]:
    """The terms that cover this one, near to far, without itself."""
    found: list[str] = []
    level = [name]
    while level:
        level = [
            broader
            for one in level
            if one in TERMS
            for broader in TERMS[one].broader
            if broader not in found and broader != name
        ]
        found.extend(dict.fromkeys(level))
    return tuple(dict.fromkeys(found))
