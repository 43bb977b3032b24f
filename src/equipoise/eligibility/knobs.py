"""Knobs: the numbers in a reading that a protocol could have set otherwise, to ask what each costs."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Literal

import msgspec

from equipoise.eligibility.expression import (
    Age,
    And,
    AtLeast,
    AtMost,
    Criterion,
    Duration,
    Except,
    Exists,
    Expr,
    IfThen,
    Not,
    Or,
    Period,
    Polarity,
    Range,
    Related,
    Value,
    Window,
)
from equipoise.eligibility.tree import children
from equipoise.kernel.refused import Refused

Side = Literal["low", "high", "start", "end", "at_least"]
_TENTH = Decimal("0.1")


class Knob(msgspec.Struct, frozen=True):
    """``name``: criterion, place of the leaf in it where it has several, and side: ``i3.high``, ``e5.2.start``.

    ``at`` is where it stands, ``unit`` what it is counted in. ``grows``: a larger number lets more people in.
    """

    name: str
    criterion: str
    path: tuple[int, ...]
    side: Side
    at: Decimal
    unit: str
    grows: bool


def knobs(criterion: Criterion) -> list[Knob]:
    """In the order of the text."""
    found = list(_found(criterion.expr, (), lets_in=criterion.polarity is Polarity.INCLUDE))
    leaves = list(dict.fromkeys(path for path, *_ in found))
    return [
        Knob(_name(criterion.id, path, side, leaves), criterion.id, path, side, at, unit, grows)
        for path, side, at, unit, grows in found
    ]


def _name(criterion: str, path: tuple[int, ...], side: str, leaves: list[tuple[int, ...]]) -> str:
    place = f".{leaves.index(path) + 1}" if len(leaves) > 1 else ""
    return f"{criterion}{place}.{side}"


_Found = tuple[tuple[int, ...], Side, Decimal, str, bool]


def _found(expr: Expr, path: tuple[int, ...], *, lets_in: bool) -> Iterator[_Found]:
    """``lets_in``: that this part is true lets the person in."""
    for side, at, unit, widens in _of_leaf(expr):
        yield path, side, at, unit, widens == lets_in
    for place, child in enumerate(children(expr)):
        yield from _found(child, (*path, place), lets_in=lets_in != _turns(expr, place))


def _turns(expr: Expr, place: int) -> bool:
    """Whether the part counts against the whole."""
    match expr:
        case Not() | AtMost():
            return True
        case Except():
            return place == 1
        case IfThen():
            return place == 0
        case _:
            return False


def _of_leaf(expr: Expr) -> Iterator[tuple[Side, Decimal, str, bool]]:
    """Side, number, unit, and whether a larger number makes the leaf true of more people."""
    match expr:
        case Age(low=low, high=high):
            if low is not None:
                yield "low", low.amount, low.unit, False
            if high is not None:
                yield "high", high.amount, high.unit, True
        case Value(range=limits):
            unit = f"x {expr.reference}" if expr.reference else expr.unit or ""
            yield from _of_range(limits, unit)
            yield from _of_window(expr.window)
        case Exists(window=window):
            yield from _of_window(window)
        case Duration(at_least=period):
            yield "at_least", period.amount, period.unit, False
        case Related(gap=gap):
            yield from _of_range(gap, "day")
        case _:
            return


def _of_range(limits: Range, unit: str) -> Iterator[tuple[Side, Decimal, str, bool]]:
    if limits.low is not None:
        yield "low", limits.low, unit, False
    if limits.high is not None:
        yield "high", limits.high, unit, True


def _of_window(window: Window | None) -> Iterator[tuple[Side, Decimal, str, bool]]:
    """A distance from the anchor, counted without its sign."""
    if window is None:
        return
    if window.start is not None and window.start.amount:
        yield "start", abs(window.start.amount), window.start.unit, window.start.amount < 0
    if window.end is not None and window.end.amount:
        yield "end", abs(window.end.amount), window.end.unit, window.end.amount > 0


def relaxed(knob: Knob) -> Decimal:
    """A tenth further out, rounded to the places it is written with; one step at least."""
    exponent = knob.at.as_tuple().exponent
    step = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(1)
    away = max(step, (abs(knob.at) * _TENTH).quantize(step))
    return knob.at + away if knob.grows else knob.at - away


def turned(criterion: Criterion, knob: Knob, to: Decimal) -> Criterion:
    """The criterion with the knob there."""
    return msgspec.structs.replace(
        criterion, expr=_at_path(criterion.expr, knob.path, lambda leaf: _set(leaf, knob.side, to))
    )


def _at_path(expr: Expr, path: tuple[int, ...], change: Callable[[Expr], Expr]) -> Expr:
    if not path:
        return change(expr)
    place, rest = path[0], path[1:]
    match expr:
        case And(of=of) | Or(of=of) | AtLeast(of=of) | AtMost(of=of):
            parts = tuple(_at_path(one, rest, change) if at == place else one for at, one in enumerate(of))
            return msgspec.structs.replace(expr, of=parts)
        case Not(of=one):
            return msgspec.structs.replace(expr, of=_at_path(one, rest, change))
        case Except(base=base, allowed=allowed):
            name, one = (("base", base), ("allowed", allowed))[place]
            return msgspec.structs.replace(expr, **{name: _at_path(one, rest, change)})
        case IfThen(guard=guard, then=then):
            name, one = (("guard", guard), ("then", then))[place]
            return msgspec.structs.replace(expr, **{name: _at_path(one, rest, change)})
        case _:
            raise LookupError(path)


def _set(leaf: Any, side: Side, to: Decimal) -> Any:
    replace: Any = msgspec.structs.replace
    match leaf:
        case Age():
            return replace(leaf, **{side: _period(getattr(leaf, side), to)})
        case Duration():
            return replace(leaf, at_least=_period(leaf.at_least, to))
        case Related():
            return replace(leaf, gap=replace(leaf.gap, **{side: to}))
        case Value() if side in ("low", "high"):
            return replace(leaf, range=replace(leaf.range, **{side: to}))
        case Value() | Exists():
            moved = _period(getattr(leaf.window, side), to)
            return replace(leaf, window=replace(leaf.window, **{side: moved}))
        case _:
            raise LookupError(side)


def _period(period: Period, to: Decimal) -> Period:
    return Period(-to if period.amount < 0 else to, period.unit)


def find_knob(criteria: tuple[Criterion, ...], name: str) -> Knob:
    every = [knob for criterion in criteria for knob in knobs(criterion)]
    for knob in every:
        if knob.name == name:
            return knob
    known = ", ".join(knob.name for knob in every[:40]) or "none"
    raise Refused("is no number of this reading.", what=repr(name), do=f"Its numbers are: {known}.")
