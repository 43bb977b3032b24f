"""Minimisation: leaning to the arm that leaves the least imbalance over all factors (Pocock and Simon, 1975)."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import lcm

from equipoise.conduct.allocation.designs import leaning, shares
from equipoise.conduct.allocation.drbg import Drbg
from equipoise.conduct.allocation.lists import Stratum
from equipoise.conduct.protocol.model import Allocation, Imbalance


class Minimiser:
    """How many of each level each arm has. Work for each participant grows with factors and arms alone."""

    def __init__(self, design: Allocation, seed: bytes, trial: str) -> None:
        self._design = design
        self._seed = seed
        self._trial = trial
        self._parts = shares(design)
        # Counts over shares, as whole numbers: nothing is rounded.
        common = lcm(*self._parts.values())
        self._step = {arm: common // part for arm, part in self._parts.items()}
        self._scaled: dict[tuple[int, str], dict[str, int]] = {}
        self._count = 0

    def peek(self, stratum: Stratum) -> str:
        chance = Drbg(self._seed, self._trial, self._design.method.value, self._count)
        return chance.weighted(self.weights(stratum))

    def take(self, stratum: Stratum) -> str:
        arm = self.peek(stratum)
        self.place(stratum, arm)
        return arm

    def place(self, stratum: Stratum, arm: str) -> None:
        for key in enumerate(stratum):
            counts = self._scaled.setdefault(key, dict.fromkeys(self._parts, 0))
            counts[arm] += self._step[arm]
        self._count += 1

    def weights(self, stratum: Stratum) -> dict[str, int]:
        """Whole weights of the arms: leaning to those that tie for the least imbalance."""
        left = self.imbalances(stratum)
        least = min(left.values())
        best = [arm for arm in self._parts if left[arm] == least]
        return leaning(self._design, best)

    def imbalances(self, stratum: Stratum) -> dict[str, Fraction]:
        """By arm, the weighted sum over the factors of the imbalance that would be left."""
        return {arm: self._left(stratum, arm) for arm in self._parts}

    def _left(self, stratum: Stratum, chosen: str) -> Fraction:
        total = Fraction(0)
        for place, factor in enumerate(self._design.factors):
            counts = dict(self._scaled.get((place, stratum[place])) or dict.fromkeys(self._parts, 0))
            counts[chosen] += self._step[chosen]
            total += Fraction(factor.weight) * _spread(list(counts.values()), self._design.imbalance)
        return total


def _spread(counts: Sequence[int], how: Imbalance) -> Fraction:
    """Of counts over shares: range and variance after Pocock and Simon; marginal balance after Han et al. (2009)."""
    arms, total = len(counts), sum(counts)
    if how is Imbalance.RANGE:
        return Fraction(max(counts) - min(counts))
    if how is Imbalance.VARIANCE:
        return Fraction(arms * sum(one * one for one in counts) - total * total, arms * (arms - 1))
    return Fraction(sum(abs(one - other) for one, other in combinations(counts, 2)), (arms - 1) * total)
