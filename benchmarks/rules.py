"""Twenty criteria over the grown population, of the kinds a protocol has."""

import datetime
from collections.abc import Iterable
from decimal import Decimal

from benchmarks.people import CONCEPTS
from equipoise.eligibility.expression import (
    Age,
    And,
    Code,
    Concept,
    Criterion,
    Domain,
    Duration,
    Except,
    Exists,
    Expr,
    IfThen,
    Parse,
    Pattern,
    Period,
    Polarity,
    Range,
    Reading,
    Related,
    Sex,
    Span,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.person import Absence, Run

RUN = Run(at=datetime.date(2025, 1, 1), otherwise=Absence.COVERAGE, lifetime=365)


def _period(amount: str, unit: Unit) -> Period:
    return Period(Decimal(amount), unit)


def _last(amount: str, unit: Unit) -> Window:
    return Window(start=_period(f"-{amount}", unit), end=_period("0", Unit.DAY))


def _pattern(domain: Domain, start: int, count: int, step: int = 1) -> Pattern:
    first = CONCEPTS[domain.value][0]
    codes = tuple(Code("OMOP", str(first + start + step * place)) for place in range(count))
    return Pattern(domain, Concept(f"{domain} {start}", codes=codes))


def _lab(measure: str, unit: str | None, low: str | None = None, high: str | None = None, **more: object) -> Value:
    limits = Range(Decimal(low) if low else None, Decimal(high) if high else None)
    window = _last("1", Unit.YEAR)
    return Value(measure=measure, range=limits, unit=unit, **{"window": window, **more})  # type: ignore[arg-type]


CONDITION, DRUG, PROCEDURE = Domain.CONDITION, Domain.DRUG, Domain.PROCEDURE
INCLUDED: tuple[Expr, ...] = (
    Age(low=_period("18", Unit.YEAR), high=_period("75", Unit.YEAR)),
    Exists(pattern=_pattern(CONDITION, 0, 60)),
    Exists(pattern=_pattern(CONDITION, 0, 390, 2), count=2, window=_last("2", Unit.YEAR)),
    Exists(pattern=_pattern(DRUG, 0, 300), window=_last("90", Unit.DAY)),
    _lab("hba1c", "%", "5", "10.5"),
    _lab("platelets", "10*9/L", "100"),
    _lab("ast", None, high="2.5", reference="ULN"),
    _lab("alt", None, high="2.5", reference="ULN"),
    _lab("egfr", "mL/min/{1.73_m2}", "45"),
    _lab("potassium", "mmol/L", high="5.5", select="highest"),
    And(
        of=(
            IfThen(guard=Sex(sex="male"), then=_lab("haemoglobin", "g/dL", "11")),
            IfThen(guard=Sex(sex="female"), then=_lab("haemoglobin", "g/dL", "10")),
        )
    ),
    _lab("weight", "kg", "40", "110"),
    Duration(pattern=_pattern(DRUG, 0, 200), at_least=_period("6", Unit.WEEK)),
)
EXCLUDED: tuple[Expr, ...] = (
    Exists(pattern=_pattern(CONDITION, 600, 40), window=_last("12", Unit.MONTH)),
    Except(
        base=Exists(pattern=_pattern(CONDITION, 900, 300), window=_last("5", Unit.YEAR)),
        allowed=Exists(pattern=_pattern(CONDITION, 900, 10), window=_last("5", Unit.YEAR)),
    ),
    Exists(pattern=_pattern(DRUG, 700, 25), window=_last("14", Unit.DAY)),
    Exists(pattern=_pattern(DRUG, 800, 40), window=_last("0", Unit.DAY), touch="overlaps"),
    Exists(pattern=_pattern(PROCEDURE, 100, 80), window=_last("28", Unit.DAY)),
    Exists(pattern=_pattern(PROCEDURE, 500, 20)),
    Related(first=_pattern(CONDITION, 300, 30), second=_pattern(DRUG, 300, 30), gap=Range(Decimal(0), Decimal(30))),
)


def _criteria(exprs: Iterable[Expr], letter: str, polarity: Polarity) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(f"{letter}{place}", polarity, f"rule {letter}{place}", Span(0, 0), Parse.FULL, expr)
        for place, expr in enumerate(exprs, 1)
    )


READING = Reading("benchmark", _criteria(INCLUDED, "i", Polarity.INCLUDE) + _criteria(EXCLUDED, "e", Polarity.EXCLUDE))
