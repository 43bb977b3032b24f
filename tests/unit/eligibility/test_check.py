"""What looks wrong in a reading."""

from decimal import Decimal

import pytest

from equipoise.eligibility.check import Severity, check
from equipoise.eligibility.expression import (
    Age,
    And,
    Concept,
    Criterion,
    Domain,
    Exists,
    Expr,
    Not,
    Opaque,
    Parse,
    Pattern,
    Period,
    Polarity,
    Range,
    Reading,
    Sex,
    Span,
    Unit,
    Value,
    Window,
)

IN, OUT = Polarity.INCLUDE, Polarity.EXCLUDE


def had(words: str, start: int | None = None, end: int | None = None) -> Exists:
    limits = (None if days is None else Period(Decimal(days), Unit.DAY) for days in (start, end))
    window = None if start is None and end is None else Window(start=next(limits), end=next(limits))
    return Exists(pattern=Pattern(Domain.CONDITION, Concept(words)), window=window)


def age(low: int | None, high: int | None) -> Age:
    limits = [None if years is None else Period(Decimal(years), Unit.YEAR) for years in (low, high)]
    return Age(low=limits[0], high=limits[1])


def platelets(low: str | None, high: str | None, unit: str = "10*9/L") -> Value:
    limits = Range(None if low is None else Decimal(low), None if high is None else Decimal(high))
    return Value(measure="platelets", range=limits, unit=unit)


def found(*criteria: tuple[Polarity, Expr, str]) -> list[tuple[str, Severity, tuple[str, ...]]]:
    made = tuple(
        Criterion(f"C{place}", polarity, "", Span(0, 0), Parse.FULL, expr, field=field)
        for place, (polarity, expr, field) in enumerate(criteria)
    )
    return [(lint.rule, lint.severity, lint.criteria) for lint in check(Reading("", made))]


@pytest.mark.parametrize(
    ("expr", "rule", "severity"),
    [
        (platelets("200", "100"), "range", Severity.ERROR),
        (age(75, 18), "range", Severity.ERROR),
        (platelets("100000", None), "implausible", Severity.WARNING),
        (had("gout", -10, -20), "window", Severity.ERROR),
        (had("gout", 10, 20), "future", Severity.WARNING),
        (And(of=(had("gout"), Not(of=had("gout")))), "never", Severity.ERROR),
        (Opaque(text="in good health"), "opaque", Severity.NOTE),
    ],
)
def test_what_is_wrong_in_one_criterion(expr: Expr, rule: str, severity: Severity) -> None:
    assert found((IN, expr, "")) == [(rule, severity, ("C0",))]


def test_text_and_field_that_differ() -> None:
    both = ("C0", "C1")
    assert found((IN, age(18, 75), ""), (IN, age(18, 70), "age")) == [("field", Severity.WARNING, both)]
    assert found((IN, Sex(sex="male"), ""), (IN, Sex(sex="female"), "sex")) == [("field", Severity.WARNING, both)]
    assert found((IN, age(18, 75), ""), (IN, age(18, 75), "age")) == []


def test_the_same_twice_and_the_same_asked_and_shut_out() -> None:
    assert found((OUT, had("gout"), ""), (OUT, had("gout"), "")) == [("duplicate", Severity.NOTE, ("C0", "C1"))]
    assert found((IN, had("gout"), ""), (OUT, had("gout"), "")) == [("contradiction", Severity.ERROR, ("C0", "C1"))]


def test_two_limits_no_value_meets_in_whatever_units() -> None:
    assert found((IN, platelets("150", None), ""), (IN, platelets(None, "100000", "/uL"), "")) == [
        ("contradiction", Severity.ERROR, ("C0", "C1"))
    ]
    assert found((IN, platelets("100", None), ""), (IN, platelets(None, "100000", "/uL"), "")) == []


def test_what_is_right_is_left_alone() -> None:
    assert found((IN, age(18, None), ""), (OUT, had("gout", -30, 0), ""), (IN, platelets("100", "400"), "")) == []
