"""Short ways to say what a line of criteria should be read as."""

from decimal import Decimal

from equipoise.eligibility.expression import (
    Age,
    Anchor,
    Concept,
    Criterion,
    Domain,
    Exists,
    Expr,
    Opaque,
    Pattern,
    Period,
    Range,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.tree import bare

UNITS = {
    "h": Unit.HOUR,
    "d": Unit.DAY,
    "w": Unit.WEEK,
    "mo": Unit.MONTH,
    "y": Unit.YEAR,
    "t½": Unit.HALF_LIFE,
}


def criteria(text: str) -> tuple[Criterion, ...]:
    return read_reading(text).criteria


def only(text: str, heading: str) -> Criterion:
    found = criteria(f"{heading} Criteria:\n\n* {text}")
    assert len(found) == 1, found
    return found[0]


def included(text: str) -> Expr:
    return bare(only(text, "Inclusion").expr)


def excluded(text: str) -> Expr:
    return bare(only(text, "Exclusion").expr)


def period(text: str) -> Period:
    """ "-4 w" is four weeks before."""
    amount, unit = text.split()
    return Period(Decimal(amount), UNITS[unit])


def limits(text: str) -> Range:
    """Intervals as in mathematics: "[18, 75]", "(2, ]", "[, 5)"."""
    low, high = (part.strip() for part in text[1:-1].split(","))
    return Range(
        Decimal(low) if low else None,
        Decimal(high) if high else None,
        low_open=text[0] == "(",
        high_open=text[-1] == ")",
    )


def years(text: str) -> Age:
    found = limits(text)
    low, high = (None if end is None else Period(end, Unit.YEAR) for end in (found.low, found.high))
    return Age(low=low, high=high, low_open=found.low_open, high_open=found.high_open)


def value(measure: str, interval: str, unit: str | None = None, window: Window | None = None) -> Value:
    """``unit`` may be ULN, LLN or baseline."""
    if unit in ("ULN", "LLN", "baseline"):
        return Value(measure=measure, range=limits(interval), reference=unit, window=window)  # type: ignore[arg-type]
    return Value(measure=measure, range=limits(interval), unit=unit, window=window)


def score(measure: str, interval: str) -> Value:
    return value(measure, interval, "{score}")


def window(start: str | None, end: str | None = "0 d", anchor: Anchor = Anchor.INDEX) -> Window:
    return Window(anchor=anchor, start=period(start) if start else None, end=period(end) if end else None)


NOW = window("0 d")


def pattern(domain: Domain, words: str, *qualifiers: str, without: tuple[str, ...] = ()) -> Pattern:
    return Pattern(domain, Concept(words, without=tuple(map(Concept, without))), qualifiers)


def had(words: str, *qualifiers: str, when: Window | None = None, without: tuple[str, ...] = ()) -> Exists:
    return Exists(pattern=pattern(Domain.CONDITION, words, *qualifiers, without=without), window=when)


def has(words: str, *qualifiers: str) -> Exists:
    return Exists(pattern=pattern(Domain.CONDITION, words, *qualifiers), window=NOW, touch="overlaps")


def took(words: str, *qualifiers: str, when: Window | None = None) -> Exists:
    made = pattern(Domain.DRUG, words, *qualifiers)
    return Exists(pattern=made, window=when, touch="overlaps" if when else "starts")


def underwent(words: str, *qualifiers: str, when: Window | None = None, count: int = 1) -> Exists:
    return Exists(pattern=pattern(Domain.PROCEDURE, words, *qualifiers), window=when, count=count)


def unread(words: str, reason: str = "not understood") -> Opaque:
    return Opaque(text=words, reason=reason)
