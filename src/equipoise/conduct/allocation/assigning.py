"""Who is assigned to what: a function of the sealed seed, the design, and those randomised before, in their order.

Within a stratum a list is followed where the method has lists; where it looks at balance, it looks within the stratum
too. Only minimisation looks over all strata at once, factor by factor.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from equipoise.conduct.allocation.drbg import Drbg
from equipoise.conduct.protocol.model import Allocation, Imbalance, Method
from equipoise.kernel.refused import Refused

Levels = Mapping[str, str]


def assign(design: Allocation, seed: bytes, trial: str, placed: Sequence[Levels]) -> list[str]:
    """The arm of each, in order. ``placed``: the level of each factor, as recorded when they were randomised."""
    assigner = Assigner(design, seed, trial)
    return [assigner.take(levels) for levels in placed]


class Assigner:
    """Takes one after another; asking for the next arm changes nothing until it is taken."""

    def __init__(self, design: Allocation, seed: bytes, trial: str) -> None:
        check_design(design)
        self.design = design
        self._seed = seed
        self._trial = trial
        self._taken: dict[tuple[str, ...], list[str]] = {}
        self._levels: dict[tuple[str, str, str], int] = {}
        self.count = 0

    def next_arm(self, levels: Levels) -> str:
        """Refused: a level the design does not have, or the cap is reached."""
        if self.count >= self.design.cap:
            raise Refused(f"{self.design.cap} are randomised already.", what="The trial is full")
        stratum = self._stratum(levels)
        before = self._taken.get(stratum, [])
        if self.design.method is Method.PERMUTED_BLOCKS:
            return self._from_blocks(stratum, len(before))
        chance = Drbg(self._seed, self._trial, self.design.method.value, *stratum, len(before))
        match self.design.method:
            case Method.SIMPLE:
                return chance.weighted(self.design.ratio)
            case Method.BIG_STICK:
                return self._big_stick(before, chance)
            case Method.EFRON:
                return self._efron(before, chance)
            case Method.WEI_URN:
                return chance.weighted(self._urn(before))
            case _:
                return self._minimised(levels, Drbg(self._seed, self._trial, "minimisation", self.count))

    def take(self, levels: Levels) -> str:
        arm = self.next_arm(levels)
        self._taken.setdefault(self._stratum(levels), []).append(arm)
        for factor in self.design.factors:
            key = (factor.id, levels[factor.id], arm)
            self._levels[key] = self._levels.get(key, 0) + 1
        self.count += 1
        return arm

    def _stratum(self, levels: Levels) -> tuple[str, ...]:
        found = []
        for factor in self.design.factors:
            level = levels.get(factor.id, "")
            if level not in {one.id for one in factor.levels}:
                raise Refused("is not one of its levels.", what=f"{factor.label}: {level or 'nothing'}")
            found.append(level)
        return tuple(found)

    def _from_blocks(self, stratum: tuple[str, ...], index: int) -> str:
        arms = blocks(self.design, self._seed, self._trial, stratum)
        for place, arm in enumerate(arms):
            if place == index:
                return arm
        raise AssertionError("blocks go on")

    def _big_stick(self, before: list[str], chance: Drbg) -> str:
        """A fair draw, until one arm is ``limit`` ahead of another: then only those behind (Soares and Wu, 1983)."""
        ahead = self._ahead(before)
        limit = self.design.limit or 1
        behind = {arm: share for arm, share in self.design.ratio.items() if ahead[arm] - min(ahead.values()) < limit}
        return chance.weighted(behind)

    def _efron(self, before: list[str], chance: Drbg) -> str:
        """With ``probability`` an arm in arrears, where there is one (Efron, 1971)."""
        ahead = self._ahead(before)
        least = min(ahead.values())
        arrears = {arm: share for arm, share in self.design.ratio.items() if ahead[arm] == least}
        others = {arm: share for arm, share in self.design.ratio.items() if arm not in arrears}
        if not others:
            return chance.weighted(arrears)
        return chance.weighted(arrears if chance.happens(self.design.probability or Decimal("0.5")) else others)

    def _urn(self, before: list[str]) -> dict[str, int]:
        """Each draw adds ``beta`` balls of every other arm (Wei, 1977); an arm of k parts is k arms that are alike."""
        alpha, beta, drawn = self.design.alpha, self.design.beta, len(before)
        return {
            arm: share * (alpha + beta * drawn) - beta * before.count(arm) for arm, share in self.design.ratio.items()
        }

    def _ahead(self, before: list[str]) -> dict[str, Fraction]:
        return {arm: Fraction(before.count(arm), share) for arm, share in self.design.ratio.items()}

    def _minimised(self, levels: Levels, chance: Drbg) -> str:
        """With ``probability`` the arm that leaves the least imbalance, else another (Pocock and Simon, 1975).

        Counts are divided by the ratio's parts. Arms that tie for the least are alike.
        """
        total = {arm: self._imbalance(levels, arm) for arm in self.design.ratio}
        least = min(total.values())
        best = {arm: share for arm, share in self.design.ratio.items() if total[arm] == least}
        others = {arm: share for arm, share in self.design.ratio.items() if arm not in best}
        if not others:
            return chance.weighted(best)
        return chance.weighted(best if chance.happens(self.design.probability or Decimal("0.8")) else others)

    def _imbalance(self, levels: Levels, chosen: str) -> Fraction:
        found = Fraction(0)
        for factor in self.design.factors:
            counts = [
                Fraction(self._levels.get((factor.id, levels[factor.id], arm), 0) + (arm == chosen), share)
                for arm, share in self.design.ratio.items()
            ]
            found += Fraction(factor.weight) * _spread(counts, self.design.imbalance)
        return found


def _spread(counts: list[Fraction], how: Imbalance) -> Fraction:
    if how is Imbalance.RANGE:
        return max(counts) - min(counts)
    mean = sum(counts, Fraction(0)) / len(counts)
    if how is Imbalance.VARIANCE:
        return sum(((one - mean) ** 2 for one in counts), Fraction(0)) / (len(counts) - 1)
    pairs = [abs(one - other) for place, one in enumerate(counts) for other in counts[place + 1 :]]
    return sum(pairs, Fraction(0))


def blocks(design: Allocation, seed: bytes, trial: str, stratum: tuple[str, ...]) -> Iterator[str]:
    """The list of a stratum, without end: block after block, each size as likely as another."""
    chance = Drbg(seed, trial, "blocks", *stratum)
    parts = sum(design.ratio.values())
    while True:
        size = chance.choice(sorted(design.block_sizes))
        yield from chance.shuffled([arm for arm, share in design.ratio.items() for _ in range(share * size // parts)])


def check_design(design: Allocation) -> None:
    """Refused: a design that cannot be followed."""
    what = "The allocation"
    if len(design.ratio) < 2 or any(share < 1 for share in design.ratio.values()):
        raise Refused("needs at least two arms with whole parts of the ratio.", what=what)
    parts = sum(design.ratio.values())
    if design.method is Method.PERMUTED_BLOCKS and (
        not design.block_sizes or any(size < 1 or size % parts for size in design.block_sizes)
    ):
        raise Refused(f"needs block sizes that are multiples of {parts}.", what=what)
    if design.method in (Method.EFRON, Method.MINIMISATION) and not (
        design.probability is not None and Decimal("0.5") <= design.probability < 1
    ):
        raise Refused("needs a probability from 0.5 to below 1: with 1 the next arm would be known.", what=what)
    if design.method is Method.BIG_STICK and (design.limit is None or design.limit < 1):
        raise Refused("needs the greatest imbalance allowed.", what=what)
    if design.method is Method.MINIMISATION and not design.factors:
        raise Refused("needs factors to balance.", what=what)
