"""What looks wrong in a reading: contradictions, limits nobody can meet, doubtful values, what was not understood."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import combinations

import msgspec

from equipoise.eligibility.english import english
from equipoise.eligibility.expression import (
    Age,
    And,
    Criterion,
    Exists,
    Not,
    Opaque,
    Polarity,
    Range,
    Reading,
    Sex,
    Value,
    Window,
)
from equipoise.eligibility.measures import MEASURES, canonical, plausible
from equipoise.eligibility.moments import nominal_days
from equipoise.eligibility.tree import atoms, bare, walk


class Severity(StrEnum):
    """Error: the study can take nobody, or says two things. Warning: read it again. Note: good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Lint(msgspec.Struct, frozen=True):
    """``rule`` is stable; ``criteria`` are the ids it is about; ``words`` say what and why."""

    rule: str
    severity: Severity
    criteria: tuple[str, ...]
    words: str


def check(reading: Reading) -> tuple[Lint, ...]:
    own = [lint for one in reading.criteria for lint in _own(one)]
    return (*own, *_pairs(reading))


def _own(one: Criterion) -> Iterator[Lint]:
    for atom in atoms(one.expr):
        match atom:
            case Value():
                yield from _value(one, atom)
                yield from _window(one, atom.window)
            case Exists(window=window):
                yield from _window(one, window)
            case Age():
                yield from _age(one, atom)
            case Opaque(text=text):
                yield Lint("opaque", Severity.NOTE, (one.id,), f"Not understood: “{text}”")
            case _:
                pass
    yield from _itself(one)


def _value(one: Criterion, atom: Value) -> Iterator[Lint]:
    if _is_empty(atom.range):
        words = f"No value can be {english(atom)}: the lower limit lies above the upper one."
        yield Lint("range", Severity.ERROR, (one.id,), words)
    if atom.reference is None and atom.measure in MEASURES:
        for bound in (atom.range.low, atom.range.high):
            if bound is not None and not plausible(atom.measure, bound, atom.unit):
                words = f"{bound} {atom.unit or ''} is no likely limit for {MEASURES[atom.measure].label}.".replace(
                    "  ", " "
                )
                yield Lint("implausible", Severity.WARNING, (one.id,), words)


def _is_empty(limits: Range) -> bool:
    low, high = limits.low, limits.high
    if low is None or high is None:
        return False
    return low > high or (low == high and (limits.low_open or limits.high_open))


def _age(one: Criterion, atom: Age) -> Iterator[Lint]:
    low, high = (nominal_days(limit) if limit else None for limit in (atom.low, atom.high))
    if low is not None and high is not None and low > high:
        yield Lint("range", Severity.ERROR, (one.id,), f"Nobody can be of {english(atom)}.")


def _window(one: Criterion, window: Window | None) -> Iterator[Lint]:
    if window is None:
        return
    start, end = (nominal_days(limit) if limit else None for limit in (window.start, window.end))
    if start is not None and end is not None and start > end:
        yield Lint("window", Severity.ERROR, (one.id,), "A window of time ends before it begins.")
    elif start is not None and start > 0:
        words = "The window lies after its anchor: nobody can know it when they join."
        yield Lint("future", Severity.WARNING, (one.id,), words)


def _itself(one: Criterion) -> Iterator[Lint]:
    """A thing and its denial in one "and"."""
    for node in walk(one.expr):
        if isinstance(node, And):
            parts = {bare(part) for part in node.of}
            if any(isinstance(part, Not) and part.of in parts for part in parts):
                yield Lint("never", Severity.ERROR, (one.id,), f"Can never be met: {english(node)}.")


def _pairs(reading: Reading) -> Iterator[Lint]:
    for one, other in combinations(reading.criteria, 2):
        if one.scope == other.scope:
            yield from _same(one, other)
            yield from _fields(one, other)
            yield from _disjoint(one, other)


def _same(one: Criterion, other: Criterion) -> Iterator[Lint]:
    if one.field or other.field or any(isinstance(node, Opaque) for node in walk(one.expr)):
        return
    if bare(one.expr) != bare(other.expr):
        return
    ids = (one.id, other.id)
    if one.polarity is other.polarity:
        yield Lint("duplicate", Severity.NOTE, ids, f"Said twice: {english(one.expr)}.")
    else:
        yield Lint("contradiction", Severity.ERROR, ids, f"Asked for and shut out at once: {english(one.expr)}.")


def _fields(one: Criterion, other: Criterion) -> Iterator[Lint]:
    """What the text says against what the registry's own field says."""
    text, field = (one, other) if other.field else (other, one)
    if not field.field or text.field or text.polarity is not Polarity.INCLUDE:
        return
    said, held = text.expr, field.expr
    differ = (isinstance(said, Age) and isinstance(held, Age) and _limits(said) != _limits(held)) or (
        isinstance(said, Sex) and isinstance(held, Sex) and said.sex != held.sex
    )
    if differ:
        words = f"The text says {english(said)}; the registry's own field says {english(held)}."
        yield Lint("field", Severity.WARNING, (text.id, field.id), words)


def _limits(age: Age) -> tuple[object, ...]:
    return (age.low, age.high, age.low_open, age.high_open)


def _disjoint(one: Criterion, other: Criterion) -> Iterator[Lint]:
    """Two limits on one measure, both asked for, that no value meets."""
    first, second = one.expr, other.expr
    if not (isinstance(first, Value) and isinstance(second, Value)) or first.measure != second.measure:
        return
    if {one.polarity, other.polarity} != {Polarity.INCLUDE} or first.window != second.window:
        return
    limits = [_canonical(value) for value in (first, second)]
    if None in limits:
        return
    low, high = limits
    if low and high and (_is_apart(low, high) or _is_apart(high, low)):
        words = f"No value can meet both: {english(first)}; {english(second)}."
        yield Lint("contradiction", Severity.ERROR, (one.id, other.id), words)


def _canonical(value: Value) -> Range | None:
    if value.reference is not None:
        return None
    ends = [
        None if end is None else canonical(value.measure, end, value.unit)
        for end in (value.range.low, value.range.high)
    ]
    return Range(ends[0], ends[1], value.range.low_open, value.range.high_open)


def _is_apart(below: Range, above: Range) -> bool:
    return below.high is not None and above.low is not None and below.high < above.low
