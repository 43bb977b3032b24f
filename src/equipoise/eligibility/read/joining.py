"""What joins the atoms of a line: the words between them, else the section's own way."""

import re
from itertools import pairwise

import msgspec

from equipoise.eligibility.expression import And, Exists, Expr, Not, Or, Range, Value
from equipoise.eligibility.lexicon.scores import SCORES

_OR = re.compile(r"\bor\b|\band/or\b|/", re.IGNORECASE)
_AND = re.compile(r"\band\b|&|\bwith\b|;|\.\s|\bwho\b", re.IGNORECASE)
_SCALES = frozenset(one.name for one in SCORES)


class Piece(msgspec.Struct, frozen=True):
    """An expression and the part of the line it was read from."""

    start: int
    end: int
    expr: Expr


def join(line: str, pieces: list[Piece], *, exclude: bool) -> Expr:
    """``and`` binds closer than ``or``; a comma joins as the next word does; without any word the section decides."""
    ordered = _limits(sorted(pieces, key=lambda one: (one.start, one.end)), line)
    if len(ordered) == 1:
        return ordered[0].expr
    links = _links(line, ordered, exclude=exclude)
    alternatives: list[list[Expr]] = [[ordered[0].expr]]
    for (link, _), piece in zip(links, ordered[1:], strict=True):
        if link == "and":
            alternatives[-1].append(piece.expr)
        else:
            alternatives.append([piece.expr])
    inferred = any(guessed for _, guessed in links)
    parts = tuple(_all(group, inferred=inferred) for group in alternatives)
    return parts[0] if len(parts) == 1 else Or(of=parts, inferred=inferred, rule="join.or")


def _all(group: list[Expr], *, inferred: bool) -> Expr:
    return group[0] if len(group) == 1 else And(of=tuple(group), inferred=inferred, rule="join.and")


def _links(line: str, pieces: list[Piece], *, exclude: bool) -> list[tuple[str, bool]]:
    """For each gap "and" or "or", and whether the text left it open."""
    said = [_said(line[min(one.end, two.start) : two.start]) for one, two in pairwise(pieces)]
    links: list[tuple[str, bool]] = []
    for place, word in enumerate(said):
        own = word or next((other for other in said[place + 1 :] if other), "")
        both = [pieces[place].expr, pieces[place + 1].expr]
        if own == "or" and all(isinstance(one, Not) for one in both):
            own = "and"
        elif own == "and" and exclude and len(pieces) > 2 and all(isinstance(one, Exists) for one in both):
            own = "or"
        links.append((own or ("or" if exclude else "and"), not word))
    return links


def _said(gap: str) -> str:
    """Nothing between two atoms: one says more of the other."""
    if not gap.strip():
        return "and"
    if _OR.search(gap):
        return "or"
    return "and" if _AND.search(gap) else ""


def _limits(pieces: list[Piece], line: str) -> list[Piece]:
    """Two limits on one measure, as in "at least 40 and at most 100 kg" or "ECOG 0, 1 or 2", made one range."""
    found: list[Piece] = []
    for piece in pieces:
        merged = _merged(found[-1], piece, line) if found else None
        if merged is None:
            found.append(piece)
        else:
            found[-1] = merged
    return found


def _merged(one: Piece, two: Piece, line: str) -> Piece | None:
    first, second = one.expr, two.expr
    if not (isinstance(first, Value) and isinstance(second, Value)):
        return None
    if (first.measure, first.unit, first.reference) != (second.measure, second.unit, second.reference):
        return None
    limits = _range(first, second, _said(line[min(one.end, two.start) : two.start]))
    if limits is None:
        return None
    spans = (*first.spans, *second.spans)
    return Piece(one.start, two.end, msgspec.structs.replace(first, range=limits, spans=spans, rule="value.range"))


def _range(first: Value, second: Value, word: str) -> Range | None:
    one, two = first.range, second.range
    points = [limits.low for limits in (one, two) if limits.low is not None and limits.low == limits.high]
    if first.measure in _SCALES and one.low is not None and one.high is not None and points and two.low == two.high:
        return Range(min(one.low, two.low or one.low), max(one.high, two.high or one.high))
    if word == "or":
        return None
    if one.high is None and two.low is None and one.low is not None and two.high is not None:
        return Range(one.low, two.high, one.low_open, two.high_open)
    if one.low is None and two.high is None and one.high is not None and two.low is not None:
        return Range(two.low, one.high, two.low_open, one.high_open)
    return None
