"""Binding a reading to a warehouse's concept ids: what is bound, and what is not, is told."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from equipoise.eligibility.expression import Code, Concept, Criterion, Domain, Expr, Opaque, Pattern, Reading, Value
from equipoise.eligibility.matching import PREFIXED, plain
from equipoise.eligibility.sql.vocabulary import OMOP, UNDER, Vocabulary
from equipoise.eligibility.tree import atoms, children

UNBOUND = "no OMOP concept is known for it"


class Wanted(msgspec.Struct, frozen=True):
    """What to look for in a vocabulary: names in plain form, codes, and beginnings of ICD-10-CM codes without dot."""

    names: frozenset[str]
    codes: frozenset[Code]
    prefixes: tuple[str, ...]


class Found(msgspec.Struct, frozen=True):
    """Concept ids by name and domain, by code, and by beginning; each with all that is under it."""

    by_name: Mapping[tuple[str, Domain], frozenset[int]]
    by_code: Mapping[Code, frozenset[int]]
    by_prefix: Mapping[str, frozenset[int]]


NOTHING = Found({}, {}, {})


class Bound(msgspec.Struct, frozen=True):
    """``concepts``: how many concept ids stand for the words; none: unbound, and unknown of everybody."""

    criterion: str
    words: str
    concepts: int


class Binding(msgspec.Struct, frozen=True):
    reading: Reading
    concepts: tuple[Bound, ...]

    @property
    def unbound(self) -> tuple[Bound, ...]:
        return tuple(one for one in self.concepts if not one.concepts)


def wanted(reading: Reading) -> Wanted:
    concepts = [one for criterion in reading.criteria for one in _concepts(criterion.expr)]
    names = {plain(name) for one in concepts for name in (one.words, *one.synonyms)}
    codes = {code for one in concepts for code in one.codes if code.system not in (OMOP, PREFIXED)}
    prefixes = {_undotted(code) for one in concepts for code in one.codes if code.system == PREFIXED}
    return Wanted(frozenset(names), frozenset(codes), tuple(sorted(prefixes)))


def bind(reading: Reading, vocabulary: Vocabulary, found: Found = NOTHING) -> Binding:
    """The reading with OMOP concept ids and no other codes. A measure without any is opaque, so never false."""
    told: dict[tuple[str, str], Bound] = {}
    criteria = tuple(_criterion(one, vocabulary, found, told) for one in reading.criteria)
    return Binding(msgspec.structs.replace(reading, criteria=criteria), tuple(told.values()))


def _criterion(
    criterion: Criterion, vocabulary: Vocabulary, found: Found, told: dict[tuple[str, str], Bound]
) -> Criterion:
    def tell(words: str, concepts: int) -> None:
        told.setdefault((criterion.id, words), Bound(criterion.id, words, concepts))

    def bound(concept: Concept, domain: Domain) -> Concept:
        ids = _ids(concept, domain, found)
        tell(concept.words, len(ids))
        without = tuple(bound(one, domain) for one in concept.without)
        codes = tuple(Code(OMOP, str(one)) for one in sorted(ids))
        return msgspec.structs.replace(concept, codes=codes, without=without)

    def leaf(value: Any) -> Any:
        match value:
            case Pattern():
                return msgspec.structs.replace(value, concept=bound(value.concept, value.domain))
            case Value():
                concepts = vocabulary.measures.get(value.measure, frozenset())
                tell(value.measure, len(concepts))
                return value if concepts else Opaque(text=value.measure, reason=UNBOUND, spans=value.spans)
            case _:
                return value

    return msgspec.structs.replace(criterion, expr=_rebuilt(criterion.expr, leaf))


def _rebuilt(expr: Any, leaf: Any) -> Any:
    """The tree with every pattern and every value replaced."""
    if not children(expr):
        parts = {
            name: leaf(part) for name in expr.__struct_fields__ if isinstance(part := getattr(expr, name), Pattern)
        }
        return leaf(msgspec.structs.replace(expr, **parts))
    parts = {}
    for name in expr.__struct_fields__:
        part = getattr(expr, name)
        if isinstance(part, tuple) and name == "of":
            parts[name] = tuple(_rebuilt(one, leaf) for one in part)
        elif isinstance(part, msgspec.Struct):
            parts[name] = _rebuilt(part, leaf)
    return msgspec.structs.replace(expr, **parts)


def _ids(concept: Concept, domain: Domain, found: Found) -> frozenset[int]:
    """Of its codes; of its names only where its codes give none."""
    own = {int(code.code) for code in concept.codes if code.system in (OMOP, UNDER) and code.code.isdecimal()}
    for code in concept.codes:
        own |= found.by_code.get(code, frozenset())
        if code.system == PREFIXED:
            own |= found.by_prefix.get(_undotted(code), frozenset())
    if not own:
        for name in (concept.words, *concept.synonyms):
            own |= found.by_name.get((plain(name), domain), frozenset())
    return frozenset(own)


def _undotted(code: Code) -> str:
    return code.code.replace(".", "")


def _concepts(expr: Expr) -> Iterator[Concept]:
    for atom in atoms(expr):
        for name in atom.__struct_fields__:
            part = getattr(atom, name)
            if isinstance(part, Pattern):
                yield from _with_parts(part.concept)


def _with_parts(concept: Concept) -> Iterator[Concept]:
    yield concept
    for one in concept.without:
        yield from _with_parts(one)
