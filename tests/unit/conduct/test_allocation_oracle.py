"""Minimisation against smallerize, written by others: the same imbalances and chances, and trials alike in the end."""

import random
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Any

import pytest

from equipoise.conduct.allocation.assigning import assign
from equipoise.conduct.allocation.designs import leaning
from equipoise.conduct.allocation.measures import imbalance, mean
from equipoise.conduct.allocation.minimising import Minimiser
from equipoise.conduct.protocol.model import Allocation, Imbalance, Method
from tests.unit.conduct.test_allocation import SEED, chances, design, factor, seeds

smallerize = pytest.importorskip("smallerize", reason="SMALLERIZE MISSING: pip install smallerize")

FACTORS = (
    factor("disease", "pm", "dm", weight="2"),
    factor("sex", "f", "m"),
    factor("age", "x", "y", "z", weight="0.5"),
)
THEIRS = {Imbalance.RANGE: "range", Imbalance.VARIANCE: "variance", Imbalance.MARGINAL: "marginal_balance"}
LENGTH, SEQUENCES = 60, 150


def minimised(how: Imbalance, ratio: str = "a:1 b:1") -> Allocation:
    return design(Method.MINIMISATION, ratio, factors=FACTORS, imbalance=how, probability=Decimal("0.8"))


def oracle(made: Allocation) -> Any:
    """Its chances are the biased coin of Han and others, as ours."""
    return smallerize.Minimizer(
        [smallerize.Factor(one.id, [level.id for level in one.levels], float(one.weight)) for one in made.factors],
        [smallerize.Arm(arm, part) for arm, part in made.ratio.items()],
        d_imbalance_method=THEIRS[made.imbalance],
        total_imbalance_method="weighted_sum",
        probability_method="biased_coin",
        preferred_p=0.8,
    )


def coming(chance: random.Random) -> list[dict[str, str]]:
    return [{one.id: chance.choice(one.levels).id for one in FACTORS} for _ in range(LENGTH)]


@pytest.mark.parametrize("ratio", ["a:1 b:1", "a:1 b:1 c:1"])
@pytest.mark.parametrize("how", Imbalance)
def test_the_imbalance_each_arm_would_leave_is_theirs(how: Imbalance, ratio: str) -> None:
    chance = random.Random(11)
    made = minimised(how, ratio)
    ours, theirs = Minimiser(made, SEED, "T"), oracle(made)
    for levels in coming(chance):
        stratum = tuple(levels[one.id] for one in FACTORS)
        expected = theirs.get_new_total_imbalances(levels)
        assert {arm: float(left) for arm, left in ours.imbalances(stratum).items()} == pytest.approx(expected)
        arm = chance.choice(list(made.ratio))
        ours.place(stratum, arm)
        theirs._add_participant_to_arm(levels, arm)


@pytest.mark.parametrize("ratio", ["a:1 b:1", "a:2 b:1", "a:1 b:1 c:1", "a:3 b:2 c:4", "a:4 b:1 c:4"])
def test_the_chances_of_unequal_shares_are_theirs(ratio: str) -> None:
    made = minimised(Imbalance.RANGE, ratio)
    theirs = oracle(made)
    for best in made.ratio:
        order = [best, *(arm for arm in made.ratio if arm != best)]
        expected = dict(zip(order, theirs._get_arm_probability_biased_coin(order), strict=True))
        found: dict[str, Fraction] = chances(leaning(made, [best]))
        assert {arm: float(chance) for arm, chance in found.items()} == pytest.approx(expected)


def totals(made: Allocation, arms: list[str], placed: list[dict[str, str]]) -> Iterator[float]:
    """The gap between the arms over all, and at each level of each factor."""
    yield imbalance(made, arms)
    for one in FACTORS:
        for level in one.levels:
            here = [arm for arm, levels in zip(arms, placed, strict=True) if levels[one.id] == level.id]
            yield imbalance(made, here)


@pytest.mark.parametrize("ratio", ["a:1 b:1", "a:1 b:1 c:1"])
@pytest.mark.parametrize("how", [Imbalance.RANGE, Imbalance.MARGINAL])
def test_trials_are_as_balanced_as_theirs(how: Imbalance, ratio: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each mean gap within what chance makes of two samples: 3.9 standard errors for eight gaps of four designs."""
    chance = random.Random(7)
    monkeypatch.setattr(smallerize.smallerize, "random", chance)
    made = minimised(how, ratio)
    ours, theirs = [], []
    for seed in seeds(SEQUENCES):
        placed = coming(chance)
        ours.append(list(totals(made, assign(made, seed, "T", placed), placed)))
        other, placed = oracle(made), coming(chance)
        theirs.append(list(totals(made, [other.assign_participant(levels) for levels in placed], placed)))
    for left, right in zip(zip(*ours, strict=True), zip(*theirs, strict=True), strict=True):
        one, two = mean(left), mean(right)
        assert abs(one.value - two.value) < 3.9 * sqrt(one.error**2 + two.error**2)
    assert len(Counter(map(tuple, ours))) > SEQUENCES / 2
