"""The bundled dictionary: names and codes of conditions, drugs and procedures, and binding criteria to it."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar, assert_never

import msgspec

from equipoise.eligibility.expression import (
    Age,
    And,
    Ask,
    AtLeast,
    AtMost,
    Atom,
    Classified,
    Code,
    Concept,
    Constant,
    Domain,
    Duration,
    Except,
    Exists,
    Expr,
    IfThen,
    Not,
    Opaque,
    Or,
    Pattern,
    Related,
    Sex,
    Value,
)
from equipoise.eligibility.lexicon import TABLES
from equipoise.eligibility.lexicon.headings import HEADINGS
from equipoise.eligibility.lexicon.phrases import Phrases
from equipoise.eligibility.lexicon.term import Term, read_table
from equipoise.eligibility.tree import atoms

T = TypeVar("T")

__all__ = ["TERMS", "Term", "bind", "bind_concept", "find_terms", "meanings", "narrower", "term_for", "unbound"]


def _with_heading(term: Term) -> Term:
    heading = HEADINGS.get(term.name)
    if heading is None:
        return term
    return msgspec.structs.replace(term, codes=(*term.codes, Code("MeSH", heading)))


TERMS: Mapping[str, Term] = MappingProxyType(
    {term.name: _with_heading(term) for domain, text in TABLES for term in read_table(text, Domain(domain))}
)


def _narrower() -> dict[str, list[str]]:
    below: dict[str, list[str]] = {}
    for term in TERMS.values():
        for broader in term.broader:
            below.setdefault(broader, []).append(term.name)
    return below


def _doubtful() -> dict[str, tuple[Term, ...]]:
    found: dict[str, tuple[Term, ...]] = {}
    for term in TERMS.values():
        for word in term.doubtful:
            found[word] = (*found.get(word, ()), term)
    return found


_BELOW = _narrower()
_DOUBTFUL = _doubtful()
_PHRASES = Phrases[Term | str](
    ((word, term) for term in TERMS.values() for word in (term.name, *term.words)),
    (
        *((word, term) for term in TERMS.values() for word in term.capitals),
        *((word, word) for word in _DOUBTFUL),
    ),
)


@lru_cache(maxsize=16384)
def term_for(words: str) -> Term | None:
    """The term these words as a whole name; ``None`` where there is none, or where they could be several."""
    found = _PHRASES.whole(words)
    return found if isinstance(found, Term) else None


def meanings(words: str) -> tuple[Term, ...]:
    """All that the words could mean: more than one for ``MS``, none where they are not known."""
    found = _PHRASES.whole(words)
    if isinstance(found, str):
        return _DOUBTFUL[found]
    return (found,) if found else ()


def find_terms(text: str) -> tuple[tuple[int, int, Term], ...]:
    """Terms named in the text, longest phrase first, none overlapping: start, end, term.

    A doubtful abbreviation is found only where the text also spells out one of its meanings.
    """
    found = list(_PHRASES.find(text))
    if not any(isinstance(meaning, str) for _, _, meaning in found):
        return tuple((start, end, term) for start, end, term in found if isinstance(term, Term))
    return tuple(_settled(found))


def _settled(found: list[tuple[int, int, Term | str]]) -> Iterator[tuple[int, int, Term]]:
    spelled = {term.name for _, _, term in found if isinstance(term, Term)}
    for start, end, meaning in found:
        if isinstance(meaning, Term):
            yield start, end, meaning
            continue
        meant = [term for term in _DOUBTFUL[meaning] if term.name in spelled]
        if len(meant) == 1:
            yield start, end, meant[0]


@lru_cache(maxsize=4096)
def narrower(name: str) -> tuple[Term, ...]:
    """The term and all that it covers, itself first."""
    names = [name]
    for one in names:
        names.extend(below for below in _BELOW.get(one, ()) if below not in names)
    return tuple(TERMS[one] for one in names)


@lru_cache(maxsize=16384)
def bind_concept(concept: Concept) -> Concept:
    """The concept with the words and codes of its term and of all narrower ones; unchanged where unknown."""
    without = tuple(bind_concept(one) for one in concept.without)
    term = term_for(concept.words)
    if term is None:
        return msgspec.structs.replace(concept, without=without)
    words, codes = _gathered(term.name)
    given = concept.words.casefold()
    return Concept(
        words=concept.words,
        synonyms=_once((*concept.synonyms, *(word for word in words if word.casefold() != given))),
        codes=_once((*concept.codes, *codes)),
        without=without,
    )


@lru_cache(maxsize=4096)
def _gathered(name: str) -> tuple[tuple[str, ...], tuple[Code, ...]]:
    """Words and codes of a term and its narrower ones; no record is coded in MeSH, so MeSH alone binds nothing."""
    terms = narrower(name)
    words = (word for term in terms for word in (term.name, *term.words, *term.capitals))
    codes = _once(tuple(code for term in terms for code in term.codes))
    if all(code.system == "MeSH" for code in codes):
        return _once(tuple(words)), ()
    return _once(tuple(words)), tuple(code for code in codes if not _covered(code, codes))


def _covered(code: Code, codes: tuple[Code, ...]) -> bool:
    """Whether a shorter ICD-10-CM prefix already stands for this one."""
    return code.system == "ICD10CM" and any(
        other.system == "ICD10CM" and other != code and code.code.startswith(other.code) for other in codes
    )


def _once(values: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def bind(expr: Expr) -> Expr:
    """The same tree with every concept bound."""
    match expr:
        case And(of=of) | Or(of=of) | AtLeast(of=of) | AtMost(of=of):
            return msgspec.structs.replace(expr, of=tuple(map(bind, of)))
        case Not(of=one):
            return msgspec.structs.replace(expr, of=bind(one))
        case Except(base=base, allowed=allowed):
            return msgspec.structs.replace(expr, base=bind(base), allowed=bind(allowed))
        case IfThen(guard=guard, then=then):
            return msgspec.structs.replace(expr, guard=bind(guard), then=bind(then))
        case Exists(pattern=pattern) | Duration(pattern=pattern):
            return msgspec.structs.replace(expr, pattern=_bound(pattern))
        case Related(first=first, second=second):
            return msgspec.structs.replace(expr, first=_bound(first), second=_bound(second))
        case Constant() | Age() | Sex() | Value() | Classified() | Ask() | Opaque():
            return expr
        case _:
            assert_never(expr)


def _bound(pattern: Pattern) -> Pattern:
    return msgspec.structs.replace(pattern, concept=bind_concept(pattern.concept))


def unbound(expr: Expr) -> tuple[str, ...]:
    """The words of concepts without a code, those they leave out among them, each once, in the order of the text."""
    patterns = (pattern for atom in atoms(expr) for pattern in _patterns(atom))
    return _once(tuple(one.words for pattern in patterns for one in _with_left_out(pattern.concept) if not one.codes))


def _with_left_out(concept: Concept) -> Iterator[Concept]:
    yield concept
    for one in concept.without:
        yield from _with_left_out(one)


def _patterns(atom: Atom) -> tuple[Pattern, ...]:
    match atom:
        case Exists(pattern=pattern) | Duration(pattern=pattern):
            return (pattern,)
        case Related(first=first, second=second):
            return first, second
        case _:
            return ()
