"""Parts of a line: an expression and where it was read."""

import msgspec

from equipoise.eligibility.expression import Expr


class Piece(msgspec.Struct, frozen=True):
    """``unread``: words of which nothing was made; ``negated``: a "no" before it reaches it; ``bracketed``: a bracket
    as a whole."""

    start: int
    end: int
    expr: Expr
    unread: bool = False
    negated: bool = False
    bracketed: bool = False


class Amount(msgspec.Struct, frozen=True):
    """A value or an age, from the first word that names it to the last of its limit. ``guard``: for whom it holds."""

    start: int
    end: int
    expr: Expr
    guard: Expr | None = None
    guard_end: int = 0
