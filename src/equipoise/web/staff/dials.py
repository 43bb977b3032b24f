"""The numbers of a reading in words, each as a small form to set it otherwise, and what came of that."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

import msgspec
from django.http.request import QueryDict

from equipoise.actions.screen import Change, Screen
from equipoise.eligibility.english import MOMENT, english, unit_words
from equipoise.eligibility.expression import Anchor, Criterion, Duration, Exists, Expr, Pattern, Reading, Value
from equipoise.eligibility.knobs import Knob, knobs, relaxed
from equipoise.eligibility.tree import bare, children

LONGEST = {"hour": 876_000, "day": 36_525, "week": 5_218, "month": 1_200, "year": 100}
"""A hundred years, in each unit of time."""
_NUMBER = re.compile(r"[-−]?\d{1,9}(\.\d{1,6})?", re.ASCII)
_SIDES = {
    "low": "Lower limit",
    "high": "Upper limit",
    "start": "Counts from",
    "end": "Counts until",
    "at_least": "Lasts at least",
}
_REFERENCES = {
    "x ULN": "× upper limit of normal",
    "x LLN": "× lower limit of normal",
    "x baseline": "× value at baseline",
}


class Dial(msgspec.Struct, frozen=True):
    """One number. ``means``: the leaf it stands in. ``twins``: criteria that set the same number and keep it."""

    knob: Knob
    label: str
    means: str
    now: str
    eased: str
    twins: tuple[str, ...]


class Tried(msgspec.Struct, frozen=True):
    """What was asked for. ``problem``: why it could not be, and ``where``, in words."""

    name: str = ""
    typed: str = ""
    changes: tuple[tuple[Knob, Decimal], ...] = ()
    problem: str = ""
    where: str = ""


def dials_of(reading: Reading) -> tuple[Dial, ...]:
    """Those that can make a difference: a concept nobody's records are known to hold is the same at every number."""
    found = [(one, knob, _leaf(one.expr, knob.path)) for one in reading.criteria for knob in knobs(one)]
    bound = [(one, knob, leaf) for one, knob, leaf in found if _is_bound(leaf)]
    return tuple(_dial(one, knob, leaf, bound) for one, knob, leaf in bound)


def _dial(one: Criterion, knob: Knob, leaf: Expr, others: Sequence[tuple[Criterion, Knob, Expr]]) -> Dial:
    twins = [
        other.id
        for other, turned, same in others
        if other.id != one.id and turned.side == knob.side and bare(same) == bare(leaf)
    ]
    unit = _unit(knob, leaf)
    label = f"{_SIDES[knob.side]} ({unit})" if unit else _SIDES[knob.side]
    return Dial(knob, label, english(leaf), plain(knob.at), plain(relaxed(knob)), tuple(twins))


def plain(value: Decimal) -> str:
    """As it may be typed again."""
    return f"{value.normalize():f}"


def _leaf(expr: Expr, path: tuple[int, ...]) -> Expr:
    for place in path:
        expr = children(expr)[place]
    return expr


def _is_bound(leaf: Any) -> bool:
    patterns = [part for name in leaf.__struct_fields__ if isinstance(part := getattr(leaf, name), Pattern)]
    return all(pattern.concept.codes for pattern in patterns)


def _unit(knob: Knob, leaf: Expr) -> str:
    if knob.unit not in LONGEST and knob.unit != "half_life":
        return _REFERENCES.get(knob.unit) or unit_words(knob.unit or None).strip()
    unit = "half-lives" if knob.unit == "half_life" else f"{knob.unit}s"
    match leaf:
        case Exists(window=window) | Value(window=window) if window and knob.side in ("start", "end"):
            period = window.start if knob.side == "start" else window.end
            after = period is not None and period.amount > 0
            return f"{unit} {'after' if after else 'before'} {_moment(window.anchor)}"
        case Duration(until=until):
            return f"{unit} up to {_moment(until)}"
        case _:
            return unit


def _moment(anchor: Anchor) -> str:
    return "the day of screening" if anchor is Anchor.INDEX else MOMENT[anchor]


def read_tried(sent: QueryDict, dials: Sequence[Dial]) -> Tried:
    """One number set otherwise, or each a tenth more generous."""
    if "ease" in sent:
        return Tried(changes=tuple((dial.knob, Decimal(dial.eased)) for dial in dials))
    if "number" not in sent:
        return Tried()
    name, typed = str(sent["number"])[:80], str(sent.get("to", "")).strip()[:40]
    dial = next((dial for dial in dials if dial.knob.name == name), None)
    if dial is None:
        why = "These criteria have no such number. They may have been settled anew: choose again."
        return Tried(problem=why, where="What if")
    to = _amount(typed)
    problem = _refusal(to, dial)
    if problem or to is None:
        return Tried(name, typed, (), problem, f"{dial.label}, {dial.knob.criterion}")
    return Tried(name, typed, ((dial.knob, to),))


def _amount(typed: str) -> Decimal | None:
    return Decimal(typed.replace("−", "-")) if _NUMBER.fullmatch(typed) else None


def _refusal(to: Decimal | None, dial: Dial) -> str:
    if to is None:
        return f"Write a number such as {dial.now}, with a point before decimals and no more than six of them."
    most = LONGEST.get(dial.knob.unit)
    if most and (to > most or (to < 0 and dial.knob.at >= 0)):
        return f"Write a number of {dial.knob.unit}s from 0 to {most:,}."
    if to < 0 <= dial.knob.at:
        return "Write a number that is not below 0."
    return ""


def by_name(screen: Screen) -> dict[str, Change]:
    return {change.knob.name: change for change in screen.changes}


class Gain(msgspec.Struct, frozen=True):
    """What a change brings, in words: ``+38 people``, and ``+12 definite, +26 possible``."""

    head: str
    parts: str


def gain_of(change: Change, screen: Screen) -> Gain:
    definite, possible = change.gain.definite, change.gain.possible
    if definite == possible == 0:
        return Gain("No change", "")
    both, few = (definite or 0) + (possible or 0), f"fewer than {screen.fewer_than}"
    parts = f"{_signed(definite, few)} definite, {_signed(possible, few)} possible"
    if definite is not None and possible is not None:
        return Gain(f"{_signed(both, few)} {'person' if abs(both) == 1 else 'people'}", parts)
    return Gain(f"About {_signed(both, few)} people" if both else "A few people at most", parts)


def _signed(count: int | None, few: str) -> str:
    if count is None:
        return f"{few} more or less"
    return f"{count:+,}".replace("-", "−") if count else "0"


def by_leaf(dials: Sequence[Dial]) -> tuple[tuple[Dial, ...], ...]:
    """Numbers that stand together in one part of a criterion."""
    return tuple(tuple(group) for _, group in groupby(dials, lambda dial: (dial.knob.criterion, dial.knob.path)))
