"""Criteria text cut at the places its reading was made from, to be shown with them."""

import msgspec

from equipoise.eligibility.expression import Expr, Opaque, Reading
from equipoise.eligibility.tree import walk


class Piece(msgspec.Struct, frozen=True):
    """Text of one criterion and one kind: ``read``, ``opaque``, or ``""`` for what lies between."""

    text: str
    criterion: str
    kind: str


def pieces(text: str, reading: Reading) -> tuple[Piece, ...]:
    """The whole text, in order; nothing left out."""
    owner: list[tuple[str, str]] = [("", "")] * len(text)
    for one in reading.criteria:
        _paint(owner, one.span.start, one.span.end, (one.id, ""))
    for one in reading.criteria:
        for node in walk(one.expr):
            kind = "opaque" if isinstance(node, Opaque) else "read"
            for span in () if _parts_tell(node) else node.spans:
                _paint(owner, span.start, span.end, (one.id, kind))
    return tuple(_grouped(text, owner))


def _parts_tell(node: Expr) -> bool:
    """Whether parts of a node have places of their own; those that a person put otherwise have none."""
    return any(part.spans for part in walk(node) if part is not node)


def _paint(owner: list[tuple[str, str]], start: int, end: int, mark: tuple[str, str]) -> None:
    for place in range(max(0, start), min(end, len(owner))):
        owner[place] = mark


def _grouped(text: str, owner: list[tuple[str, str]]) -> list[Piece]:
    found: list[Piece] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or owner[place] != owner[start]:
            found.append(Piece(text[start:place], *owner[start]))
            start = place
    return found
