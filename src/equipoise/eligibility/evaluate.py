"""The meaning of an expression: what it is for one person, in Kleene's strong logic. ``to_sql`` must agree with it."""

from collections.abc import Callable

from equipoise.eligibility.expression import (
    And,
    AtLeast,
    AtMost,
    Atom,
    Constant,
    Except,
    Expr,
    IfThen,
    Not,
    Or,
)
from equipoise.eligibility.leaf import find
from equipoise.eligibility.logic import at_least, every, some
from equipoise.eligibility.person import Person, Run
from equipoise.kernel.truth import Truth


def evaluate(expr: Expr, person: Person, run: Run) -> Truth:
    return truth_of(expr, lambda atom: find(atom, person, run).truth)


def truth_of(expr: Expr, leaf: Callable[[Atom], Truth]) -> Truth:
    """The truth of a tree, given that of its leaves."""
    match expr:
        case And(of=of):
            return every(truth_of(one, leaf) for one in of)
        case Or(of=of):
            return some(truth_of(one, leaf) for one in of)
        case Not(of=one):
            return ~truth_of(one, leaf)
        case AtLeast(count=count, of=of):
            return at_least(count, [truth_of(one, leaf) for one in of])
        case AtMost(count=count, of=of):
            return ~at_least(count + 1, [truth_of(one, leaf) for one in of])
        case Except(base=base, allowed=allowed):
            return truth_of(base, leaf) & ~truth_of(allowed, leaf)
        case IfThen(guard=guard, then=then):
            return ~truth_of(guard, leaf) | truth_of(then, leaf)
        case Constant(truth=truth):
            return truth
        case _:
            return leaf(expr)
