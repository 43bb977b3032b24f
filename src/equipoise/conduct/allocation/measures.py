"""How well a design balances and how often its next arm is guessed: simulated by its own procedure beforehand."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, sqrt

import msgspec

from equipoise.conduct.allocation.assigning import Levels, assign
from equipoise.conduct.allocation.designs import in_arrears, shares
from equipoise.conduct.allocation.drbg import SEED_BYTES, Drbg
from equipoise.conduct.protocol.model import Allocation, Method


class Mean(msgspec.Struct, frozen=True):
    """Of what was simulated, with the standard error that the number of simulations leaves."""

    value: float
    error: float


class Measured(msgspec.Struct, frozen=True):
    """``guessed``: the share guessed rightly. ``imbalance``: of all at the end; ``most``: its 95th part."""

    guessed: Mean
    imbalance: Mean
    most: float


def measure(design: Allocation, seed: bytes, sequences: int = 1000, length: int = 60) -> Measured:
    """``sequences`` trials of ``length`` participants, each level of a factor as likely as another."""
    guesses, gaps = [], []
    for number in range(sequences):
        chance = Drbg(seed, "measure", number)
        placed = [_somebody(design, chance) for _ in range(length)]
        arms = assign(design, chance.bytes(SEED_BYTES), "measure", placed)
        guesses.append(right_guesses(design, arms, placed))
        gaps.append(imbalance(design, arms))
    return Measured(mean(guesses), mean(gaps), sorted(gaps)[ceil(0.95 * sequences) - 1])


def _somebody(design: Allocation, chance: Drbg) -> dict[str, str]:
    return {factor.id: chance.choice(factor.levels).id for factor in design.factors}


def right_guesses(design: Allocation, arms: Sequence[str], placed: Sequence[Levels]) -> float:
    """The share guessed rightly by who always names the arm in arrears, and draws by the ratio among several.

    Blackwell and Hodges (1957). They know all arms so far: within the stratum where a list is followed, over all where
    the method minimises.
    """
    parts, right = shares(design), 0.0
    known: dict[tuple[str, ...], dict[str, int]] = {}
    for arm, levels in zip(arms, placed, strict=True):
        counts = known.setdefault(_watched(design, levels), dict.fromkeys(parts, 0))
        behind = in_arrears(parts, counts)
        if arm in behind:
            right += parts[arm] / sum(parts[one] for one in behind)
        counts[arm] += 1
    return right / len(arms)


def _watched(design: Allocation, levels: Levels) -> tuple[str, ...]:
    return () if design.method is Method.MINIMISATION else tuple(levels[factor.id] for factor in design.factors)


def imbalance(design: Allocation, arms: Sequence[str]) -> float:
    """The largest count over its share, less the least: of two equal arms, their difference."""
    over = [Fraction(arms.count(arm), part) for arm, part in shares(design).items()]
    return float(max(over) - min(over))


def mean(values: Sequence[float]) -> Mean:
    middle = sum(values) / len(values)
    variance = sum((value - middle) ** 2 for value in values) / (len(values) - 1)
    return Mean(middle, sqrt(variance / len(values)))
