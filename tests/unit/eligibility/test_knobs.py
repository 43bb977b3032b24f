"""The numbers of a reading: which there are, which way lets more people in, and setting one otherwise."""

from decimal import Decimal

import pytest

from equipoise.eligibility.expression import (
    Age,
    And,
    Criterion,
    Domain,
    Duration,
    Except,
    Exists,
    Expr,
    IfThen,
    Not,
    Parse,
    Period,
    Polarity,
    Range,
    Related,
    Span,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.knobs import find_knob, knobs, relaxed, turned
from equipoise.kernel.refused import Refused
from tests.spec.tables import pattern

WEIGHT = Value(measure="weight", range=Range(Decimal(50), Decimal("100.5")), unit="kg")
RECENT = Exists(
    pattern=pattern(Domain.DRUG, "A"),
    window=Window(start=Period(Decimal(-30), Unit.DAY), end=Period(Decimal(0), Unit.DAY)),
)


def criterion(expr: Expr, polarity: Polarity = Polarity.INCLUDE) -> Criterion:
    return Criterion("i1", polarity, "", Span(0, 0), Parse.FULL, expr)


def named(expr: Expr, polarity: Polarity = Polarity.INCLUDE) -> list[tuple[str, Decimal, str, Decimal]]:
    return [(one.name, one.at, one.unit, relaxed(one)) for one in knobs(criterion(expr, polarity))]


def test_a_range_relaxes_at_both_ends() -> None:
    assert named(WEIGHT) == [
        ("i1.low", Decimal(50), "kg", Decimal(45)),
        ("i1.high", Decimal("100.5"), "kg", Decimal("110.5")),
    ]


def test_an_exclusion_relaxes_the_other_way() -> None:
    assert named(RECENT, Polarity.EXCLUDE) == [("i1.start", Decimal(30), "day", Decimal(27))]
    assert named(RECENT) == [("i1.start", Decimal(30), "day", Decimal(33))]
    assert named(Not(of=RECENT), Polarity.EXCLUDE) == named(RECENT)


@pytest.mark.parametrize(
    ("expr", "to"),
    [
        (IfThen(guard=RECENT, then=And(of=())), "27"),
        (IfThen(guard=And(of=()), then=RECENT), "33"),
        (Except(base=RECENT, allowed=And(of=())), "33"),
        (Except(base=And(of=()), allowed=RECENT), "27"),
    ],
)
def test_the_side_of_a_guard_or_an_exception_counts(expr: Expr, to: str) -> None:
    assert [relaxed(one) for one in knobs(criterion(expr))] == [Decimal(to)]


def test_every_leaf_with_numbers() -> None:
    related = Related(
        first=pattern(Domain.DRUG, "A"), second=pattern(Domain.DRUG, "B"), gap=Range(Decimal(0), Decimal(30))
    )
    lasting = Duration(pattern=pattern(Domain.DRUG, "A"), at_least=Period(Decimal(6), Unit.WEEK))
    age = Age(low=Period(Decimal(18), Unit.YEAR))
    assert [one[0] for one in named(And(of=(related, lasting, age)))] == [
        "i1.1.low",
        "i1.1.high",
        "i1.2.at_least",
        "i1.3.low",
    ]


def test_turning_changes_that_number_and_nothing_else() -> None:
    whole = criterion(And(of=(RECENT, IfThen(guard=RECENT, then=Not(of=WEIGHT)))))
    for knob in knobs(whole):
        changed = turned(whole, knob, Decimal(77))
        after = {one.name: one.at for one in knobs(changed)}
        assert after == {one.name: one.at for one in knobs(whole)} | {knob.name: Decimal(77)}
        assert turned(changed, knob, knob.at) == whole


def test_a_number_that_is_not_there() -> None:
    with pytest.raises(Refused, match=r"'i9.low': is no number of this reading. Its numbers are: i1.low, i1.high."):
        find_knob((criterion(WEIGHT),), "i9.low")
