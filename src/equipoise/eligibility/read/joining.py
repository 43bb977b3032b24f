"""What joins the parts of a line: brackets, clauses, relations ("requiring"), lists; else the section's own way.

Words that were not read take part: one that stands in a list of its own is a further part of it, one beside a part
narrows it. So nothing is held to be false because of words that nobody read.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from equipoise.eligibility.expression import And, Exists, Expr, IfThen, Not, Opaque, Or, Value
from equipoise.eligibility.read.limits import merged
from equipoise.eligibility.read.piece import Piece

Link = Literal["or", "and", "tight", "relation", "list", "sentence"]
_OR = re.compile(r"\bor\b|\band/or\b|\bversus\b|/", re.IGNORECASE)
_AND = re.compile(r"\band\b|&|\bplus\b|\bas\swell\sas\b|\bbut\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[;\x00]|\.\s|\.\Z")
_RELATION = re.compile(
    r"\b(?:with|that|which|who|whose|requir\w+|need\w+|due\sto|secondary\sto|caus\w+|leading\sto|result\w*|associated|"
    r"defined\sas|evidenced\sby|despite|while|when|if|treated|following|after|before|by|on|refractory|undergo\w+|receiv\w+|if|where)\b",
    re.IGNORECASE,
)


def join(line: str, pieces: Iterable[Piece], *, exclude: bool) -> Expr:
    ordered = merged(line, sorted(pieces, key=lambda one: (one.start, one.end)))
    return _clauses(line, _in_brackets(line, ordered, exclude=exclude), exclude=exclude)


def _in_brackets(line: str, pieces: Sequence[Piece], *, exclude: bool) -> list[Piece]:
    """Those that begin within one outer bracket made one, where something stands before the bracket."""
    homes = _brackets(line)
    found: list[Piece] = []
    group: list[Piece] = []
    for piece in [*pieces, None]:
        home = homes.get(piece.start) if piece else None
        if group and (piece is None or home != homes.get(group[0].start)):
            found.append(_bracket(line, group, homes[group[0].start], exclude=exclude))
            group = []
        if piece is None:
            break
        if home is None or not (found or group):
            found.append(piece)
        else:
            group.append(piece)
    return found


def _bracket(line: str, group: list[Piece], home: tuple[int, int], *, exclude: bool) -> Piece:
    start, end = home
    expr = _clauses(line, group, exclude=exclude)
    return Piece(start, max(end, group[-1].end), expr, all(one.unread for one in group), bracketed=True)


def _brackets(line: str) -> dict[int, tuple[int, int]]:
    """For each place inside an outer bracket that is closed, where that begins and ends."""
    homes: dict[int, tuple[int, int]] = {}
    if "(" not in line:
        return homes
    depth = start = 0
    for place, sign in enumerate(line):
        if sign == "(":
            start = start if depth else place
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
            if not depth:
                homes.update(dict.fromkeys(range(start, place + 1), (start, place + 1)))
    return homes


def _clauses(line: str, pieces: Sequence[Piece], *, exclude: bool) -> Expr:
    links = [_link(line, one, two) for one, two in pairwise(pieces)]
    cuts = [place + 1 for place, link in enumerate(links) if link == "sentence"]
    parts: list[Expr] = []
    ways: list[tuple[str, bool]] = []
    for start, end in pairwise([0, *cuts, len(pieces)]):
        if start:
            ways.append(_between(line, pieces[start - 1], pieces[start], exclude=exclude))
        parts.append(_clause(pieces[start:end], links[start : end - 1], exclude=exclude))
    return _listed(parts, ways)


def _between(line: str, one: Piece, two: Piece, *, exclude: bool) -> tuple[str, bool]:
    """How two sentences or parts between semicolons are joined."""
    gap = line[one.end : two.start]
    if _is_guarded(one) and _is_guarded(two):
        return ("or" if exclude else "and"), False
    word = "or" if _OR.search(gap) else "and" if _AND.search(gap) and not exclude else ""
    if word == "or" and one.negated and two.negated:
        word = "and"
    return word or ("or" if exclude else "and"), not word


def _clause(pieces: Sequence[Piece], links: Sequence[Link], *, exclude: bool) -> Expr:
    """Parts of a relation hold together; each is a list. Unread words at either end narrow the whole."""
    narrowing: list[Expr] = []
    pieces, links = list(pieces), list(links)
    if len(pieces) > 1 and pieces[0].unread and links[0] == "tight":
        narrowing.append(pieces.pop(0).expr)
        links.pop(0)
    if len(pieces) > 1 and pieces[-1].unread and links[-1] in ("tight", "relation"):
        narrowing.append(pieces.pop().expr)
        links.pop()
    cuts = _relations(links)
    links = ["tight" if link == "relation" else link for link in links]
    parts = [
        _list(pieces[start:end], links[start : end - 1], exclude=exclude)
        for start, end in pairwise([0, *cuts, len(pieces)])
    ]
    whole = parts[0] if len(parts) == 1 else And(of=tuple(parts), rule="join.relation")
    return _narrowed(whole, narrowing)


def _relations(links: Sequence[Link]) -> list[int]:
    """Where a relation parts a clause: between one thing and a list, or a list and one thing, not amid a list."""
    cuts: list[int] = []
    for place, link in enumerate(links):
        if link != "relation":
            continue
        left = sum(other in ("or", "and", "list") for other in links[(cuts[-1] if cuts else 0) : place])
        right = sum(other in ("or", "and", "list") for other in links[place + 1 :])
        if not left or not right:
            cuts.append(place + 1)
    return cuts


def _narrowed(expr: Expr, by: list[Expr]) -> Expr:
    """What is denied is denied with what narrows it: no "chemotherapy of a certain kind" is met by none at all."""
    if not by:
        return expr
    match expr:
        case Not(of=one):
            return msgspec.structs.replace(expr, of=_narrowed(one, [_asserted(other) for other in by]))
        case And(of=of) if all(isinstance(one, Not) for one in of):
            return msgspec.structs.replace(expr, of=tuple(_narrowed(one, by) for one in of))
        case _:
            return And(of=(expr, *by), inferred=True, rule="partial")


def _asserted(expr: Expr) -> Expr:
    return expr.of if isinstance(expr, Not) and isinstance(expr.of, Opaque) else expr


def _list(pieces: Sequence[Piece], links: Sequence[Link], *, exclude: bool) -> Expr:
    """ "and" binds closer than "or"; a comma joins as the next word does."""
    groups: list[list[Piece]] = [[pieces[0]]]
    outer: list[int] = []
    for place, link in enumerate(links):
        if link == "tight":
            groups[-1].append(pieces[place + 1])
        else:
            groups.append([pieces[place + 1]])
            outer.append(place)
    parts = [_tight(group, exclude=exclude) for group in groups]
    said = ["" if links[place] == "list" else str(links[place]) for place in outer]
    return _listed(parts, _ways(pieces, outer, said, exclude=exclude))


def _ways(pieces: Sequence[Piece], outer: list[int], said: list[str], *, exclude: bool) -> list[tuple[str, bool]]:
    ways: list[tuple[str, bool]] = []
    for place, word in enumerate(said):
        own = word or next((other for other in said[place + 1 :] if other), "")
        one, two = pieces[outer[place]], pieces[outer[place] + 1]
        if _is_guarded(one) and _is_guarded(two):
            own = "or" if exclude else "and"
        elif own == "or" and one.negated and two.negated:
            own = "and"
        elif own == "and" and exclude and _is_either(one.expr, two.expr, len(pieces)):
            own = "or"
        ways.append((own or ("or" if exclude else "and"), not word))
    return ways


def _tight(group: list[Piece], *, exclude: bool) -> Expr:
    """Parts with nothing between them: one says more of the other."""
    expr = group[0].expr
    for piece in group[1:]:
        if piece.bracketed and _is_kinds(expr, piece, exclude=exclude):
            expr = Or(of=(expr, piece.expr), inferred=True, rule="join.kinds")
        elif piece.unread:
            expr = _narrowed(expr, [piece.expr])
        elif isinstance(expr, Opaque) and group[0].unread:
            expr = _narrowed(piece.expr, [expr])
        else:
            expr = And(of=(*_conjuncts(expr), piece.expr), rule="join.and")
    return expr


def _conjuncts(expr: Expr) -> tuple[Expr, ...]:
    return expr.of if isinstance(expr, And) and expr.rule == "join.and" else (expr,)


def _is_kinds(expr: Expr, piece: Piece, *, exclude: bool) -> bool:
    """Whether a bracket names kinds of what stands before it, or a second limit for some."""
    inner = piece.expr.of if isinstance(piece.expr, Or | And) else (piece.expr,)
    if exclude and all(one.rule == "guard" for one in inner):
        return True
    return not piece.unread and _is_event(expr) and all(_is_event(one) for one in inner)


def _is_event(expr: Expr) -> bool:
    return isinstance(expr, Exists) or expr.rule == "event.times"


def _listed(parts: Sequence[Expr], ways: Sequence[tuple[str, bool]]) -> Expr:
    alternatives: list[list[Expr]] = [[parts[0]]]
    for (way, _), part in zip(ways, parts[1:], strict=True):
        if way == "and":
            alternatives[-1].append(part)
        else:
            alternatives.append([part])
    inferred = any(guessed for _, guessed in ways)
    made = tuple(_all(group, inferred=inferred) for group in alternatives)
    return made[0] if len(made) == 1 else Or(of=made, inferred=inferred, rule="join.or")


def _all(group: list[Expr], *, inferred: bool) -> Expr:
    return group[0] if len(group) == 1 else And(of=tuple(group), inferred=inferred, rule="join.and")


def _link(line: str, one: Piece, two: Piece) -> Link:
    gap = line[one.end : two.start]
    if two.bracketed:
        return "sentence" if _SENTENCE.search(gap) else "relation" if _RELATION.search(gap) else "tight"
    if _SENTENCE.search(gap):
        return "sentence"
    if _OR.search(gap):
        return "or"
    if _AND.search(gap):
        return "and"
    if _is_guarded(one) and _is_guarded(two):
        return "list"
    if "," in gap or ":" in gap:
        return "relation" if _RELATION.search(gap) and not one.unread else "list"
    if _RELATION.search(gap):
        return "tight" if one.unread else "relation"
    return "tight"


def _is_guarded(piece: Piece) -> bool:
    return piece.expr.rule == "guard" and isinstance(piece.expr, IfThen | And)


def _is_either(one: Expr, two: Expr, count: int) -> bool:
    """Whether "and" between two reasons to exclude counts them up: a list of them, or one limit for two measures."""
    if isinstance(one, Value) and isinstance(two, Value):
        return one.spans == two.spans or one.measure == two.measure
    if isinstance(one, Exists) and isinstance(two, Exists):
        return count > 2 or one.pattern.domain is two.pattern.domain
    return count > 2 and all(isinstance(part, Exists | Opaque) for part in (one, two))
