"""Walking an expression: children, leaves, and the key under which a leaf's answer is kept."""

import hashlib
from collections.abc import Callable, Iterator
from typing import assert_never

import msgspec

from equipoise.eligibility.expression import (
    Age,
    And,
    Ask,
    AtLeast,
    AtMost,
    Atom,
    Classified,
    Concept,
    Constant,
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
    Span,
    Value,
)


def children(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case And(of=of) | Or(of=of) | AtLeast(of=of) | AtMost(of=of):
            return of
        case Not(of=one):
            return (one,)
        case Except(base=base, allowed=allowed):
            return (base, allowed)
        case IfThen(guard=guard, then=then):
            return (guard, then)
        case Constant() | Age() | Sex() | Exists() | Value() | Duration() | Related() | Classified() | Ask() | Opaque():
            return ()
        case _:
            assert_never(expr)


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node, parents before children, in the order of the text."""
    yield expr
    for child in children(expr):
        yield from walk(child)


def atoms(expr: Expr) -> Iterator[Atom]:
    """Every leaf but constants, in the order of the text."""
    yield from (atom for atom, _ in signed(expr))


def signed(expr: Expr, *, negated: bool = False) -> Iterator[tuple[Atom, bool]]:
    """Every leaf, and whether it stands under an odd number of "not" and "except"."""
    match expr:
        case Not(of=one):
            yield from signed(one, negated=not negated)
        case Except(base=base, allowed=allowed):
            yield from signed(base, negated=negated)
            yield from signed(allowed, negated=not negated)
        case And() | Or() | AtLeast() | AtMost() | IfThen():
            for one in children(expr):
                yield from signed(one, negated=negated)
        case Constant():
            return
        case _:
            yield expr, negated


def key(atom: Atom) -> str:
    """The same for two leaves that ask the same, wherever they were read and whatever they are bound to."""
    text = msgspec.json.encode(_unbound(bare(atom))).decode().casefold()
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _unbound(atom: Expr) -> Expr:
    match atom:
        case Exists(pattern=pattern) | Duration(pattern=pattern):
            return msgspec.structs.replace(atom, pattern=_words_only(pattern))
        case Related(first=first, second=second):
            return msgspec.structs.replace(atom, first=_words_only(first), second=_words_only(second))
        case _:
            return atom


def _words_only(pattern: Pattern) -> Pattern:
    without = tuple(Concept(words=one.words) for one in pattern.concept.without)
    return msgspec.structs.replace(pattern, concept=Concept(words=pattern.concept.words, without=without))


def shifted(expr: Expr, by: int) -> Expr:
    """The same, read from a text that begins so many characters earlier."""
    moved = msgspec.structs.replace(expr, spans=tuple(Span(one.start + by, one.end + by) for one in expr.spans))
    return _rebuilt(moved, lambda part: shifted(part, by))


def bare(expr: Expr) -> Expr:
    """Without places and rules, so that the same is equal wherever it was read."""
    return _rebuilt(msgspec.structs.replace(expr, spans=(), rule=""), bare)


def _rebuilt(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same node, each of its parts changed."""
    match expr:
        case And(of=of) | Or(of=of) | AtLeast(of=of) | AtMost(of=of):
            return msgspec.structs.replace(expr, of=tuple(map(change, of)))
        case Not(of=one):
            return msgspec.structs.replace(expr, of=change(one))
        case Except(base=base, allowed=allowed):
            return msgspec.structs.replace(expr, base=change(base), allowed=change(allowed))
        case IfThen(guard=guard, then=then):
            return msgspec.structs.replace(expr, guard=change(guard), then=change(then))
        case _:
            return expr
