"""The leaves of an expression as a flat list, for who wants the values and not the logic."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, assert_never

import msgspec

from equipoise.eligibility.expression import (
    Age,
    Anchor,
    Ask,
    Atom,
    Classified,
    Duration,
    Exists,
    Expr,
    Opaque,
    Pattern,
    Period,
    Range,
    Related,
    Sex,
    Span,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.moments import nominal_days
from equipoise.eligibility.tree import signed

Comparator = Literal["<", "<=", "=", ">=", ">"]
UCUM = {Unit.HOUR: "h", Unit.DAY: "d", Unit.WEEK: "wk", Unit.MONTH: "mo", Unit.YEAR: "a"}


class FlatAtom(msgspec.Struct, frozen=True, omit_defaults=True):
    """A leaf, or the window of the leaf before it.

    ``kind``: value, window, condition, drug, procedure, observation, any, duration, related, sex, instrument, ask or
    opaque. A value has ``measure`` and either ``comparator`` and ``value`` or ``low`` and ``high``, with ``unit``
    (UCUM) or ``reference``. A window has ``anchor``, ``from_days`` and ``to_days`` (months of 30.4375 days), and
    ``amount`` and ``unit`` as written; ``other_amount`` and ``other_unit`` where the text gives a second, and
    ``whichever`` of the two holds. ``negated``: it stands under "no" or "not" in the text.
    """

    kind: str
    spans: tuple[Span, ...] = ()
    negated: bool = False
    measure: str | None = None
    comparator: Comparator | None = None
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    low_comparator: Comparator | None = None
    high_comparator: Comparator | None = None
    unit: str | None = None
    reference: str | None = None
    anchor: Anchor | None = None
    from_days: int | None = None
    to_days: int | None = None
    amount: Decimal | None = None
    other_amount: Decimal | None = None
    other_unit: str | None = None
    whichever: str | None = None
    words: str | None = None
    qualifiers: tuple[str, ...] = ()
    rule: str = ""


def flat_atoms(expr: Expr) -> tuple[FlatAtom, ...]:
    return tuple(flat for atom, negated in signed(expr) for flat in _flat(atom, negated=negated))


def _flat(atom: Atom, *, negated: bool) -> Iterator[FlatAtom]:
    own = {"spans": atom.spans, "negated": negated, "rule": atom.rule}
    match atom:
        case Age():
            yield _replaced(_age(atom), own)
        case Value():
            base = FlatAtom(kind="value", measure=atom.measure, unit=atom.unit, reference=atom.reference)
            yield _replaced(_bounded(base, atom.range), own)
            yield from _window(atom.window, atom.spans)
        case Exists():
            yield _replaced(_event(atom.pattern), own)
            yield from _window(atom.window, atom.spans)
        case Duration(at_least=period):
            base = msgspec.structs.replace(_event(atom.pattern), kind="duration", comparator=">=")
            yield _replaced(msgspec.structs.replace(base, amount=period.amount, unit=_ucum(period)), own)
        case Related():
            yield _replaced(_bounded(FlatAtom(kind="related", words=_related(atom), unit="d"), atom.gap), own)
        case Sex(sex=sex):
            yield _replaced(FlatAtom(kind="sex", words=sex), own)
        case Classified(instrument=instrument, reaches=reaches):
            yield _replaced(FlatAtom(kind="instrument", measure=instrument, words=reaches, comparator=">="), own)
        case Ask(question=question, topic=topic):
            yield _replaced(FlatAtom(kind="ask", words=question, measure=topic), own)
        case Opaque(text=text):
            yield _replaced(FlatAtom(kind="opaque", words=text), own)
        case _:
            assert_never(atom)


def _replaced(flat: FlatAtom, own: dict[str, object]) -> FlatAtom:
    return msgspec.structs.replace(flat, **own)


def _event(pattern: Pattern) -> FlatAtom:
    return FlatAtom(kind=pattern.domain, words=pattern.concept.words, qualifiers=pattern.qualifiers)


def _related(atom: Related) -> str:
    return f"{atom.first.concept.words} after {atom.second.concept.words}"


def _age(atom: Age) -> FlatAtom:
    some = atom.low or atom.high
    limits = Range(
        low=atom.low.amount if atom.low else None,
        high=atom.high.amount if atom.high else None,
        low_open=atom.low_open,
        high_open=atom.high_open,
    )
    return _bounded(FlatAtom(kind="value", measure="age", unit=_ucum(some) if some else None), limits)


def _ucum(period: Period) -> str:
    return UCUM.get(period.unit, period.unit)


def _bounded(flat: FlatAtom, limits: Range) -> FlatAtom:
    above: Comparator = ">" if limits.low_open else ">="
    below: Comparator = "<" if limits.high_open else "<="
    if limits.low is None or limits.high is None:
        comparator, value = (above, limits.low) if limits.high is None else (below, limits.high)
        return msgspec.structs.replace(flat, comparator=comparator, value=value)
    if limits.low == limits.high:
        return msgspec.structs.replace(flat, comparator="=", value=limits.low)
    return msgspec.structs.replace(flat, low=limits.low, high=limits.high, low_comparator=above, high_comparator=below)


def _window(window: Window | None, spans: tuple[Span, ...]) -> Iterator[FlatAtom]:
    if window is None:
        return
    limits = [one for one in (window.start, window.end) if one is not None]
    written = next((one for one in limits if one.amount), limits[0] if limits else None)
    yield FlatAtom(
        kind="window",
        spans=spans,
        anchor=window.anchor,
        from_days=nominal_days(window.start) if window.start else None,
        to_days=nominal_days(window.end) if window.end else None,
        amount=abs(written.amount) if written else None,
        unit=written.unit if written else None,
        other_amount=window.other.amount if window.other else None,
        other_unit=window.other.unit if window.other else None,
        whichever=window.whichever,
    )
