"""What a design says before anybody comes: shares of the arms, how it leans to some, and whether it makes sense."""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm

from equipoise.conduct.protocol.model import Allocation, Method
from equipoise.kernel.refused import Refused

WHAT = "The allocation"


def shares(design: Allocation) -> dict[str, int]:
    """The ratio in lowest terms, the arms in the order in which the design names them."""
    divisor = gcd(*design.ratio.values())
    return {arm: part // divisor for arm, part in design.ratio.items()}


def in_arrears(parts: Mapping[str, int], taken: Mapping[str, int]) -> list[str]:
    """The arms whose count over their share is least."""
    common = lcm(*parts.values())
    scaled = {arm: taken[arm] * (common // part) for arm, part in parts.items()}
    least = min(scaled.values())
    return [arm for arm in parts if scaled[arm] == least]


def leaning(design: Allocation, best: Collection[str]) -> dict[str, int]:
    """Whole weights of all arms where ``best`` are to be preferred.

    A preferred arm of the smallest share gets ``probability``, a larger one as much more as keeps the ratio in the long
    run; the rest is drawn by the ratio; among several best one is drawn by the ratio (Han, Enas and McEntegart, Stat
    Med 2009;28:3329). With two equal arms: ``probability`` and its rest. With all best: the ratio.
    """
    parts = shares(design)
    whole, least, among = sum(parts.values()), min(parts.values()), sum(parts[arm] for arm in best)
    above, below = probability_of(design).as_integer_ratio()
    # With chance (1 - p) * whole / (whole - least) by the ratio, else among the best; all times a common denominator.
    by_ratio, to_best = (below - above) * among, above * whole - below * least
    return {arm: part * (by_ratio + (to_best if arm in best else 0)) for arm, part in parts.items()}


def probability_of(design: Allocation) -> Decimal:
    if design.probability is None:
        raise Refused("needs a probability.", what=WHAT)
    return design.probability


def limit_of(design: Allocation) -> int:
    if design.limit is None:
        raise Refused("needs the greatest imbalance allowed.", what=WHAT)
    return design.limit


def check_design(design: Allocation) -> None:
    """Refused: a design that cannot be followed, or whose next arm could be worked out."""
    why = next(_nonsense(design), "")
    if why:
        raise Refused(why, what=WHAT)


def _nonsense(design: Allocation) -> Iterator[str]:
    if len(design.ratio) < 2 or any(not isinstance(part, int) or part < 1 for part in design.ratio.values()):
        yield "needs at least two arms with whole parts of the ratio."
        return
    if design.cap < 1:
        yield "needs a cap of 1 or more."
    for factor in design.factors:
        names = [level.id for level in factor.levels]
        if not names or len(set(names)) < len(names):
            yield f"needs levels of {factor.label}, each named once."
    if len({factor.id for factor in design.factors}) < len(design.factors):
        yield "names a factor twice."
    yield from _METHODS[design.method](design)


def _no_more(_: Allocation) -> Iterator[str]:
    yield from ()


def _blocks(design: Allocation) -> Iterator[str]:
    parts = sum(shares(design).values())
    if not design.block_sizes or any(size < 1 or size % parts for size in design.block_sizes):
        yield f"needs block sizes that are multiples of {parts}."


def _limit(design: Allocation) -> Iterator[str]:
    if limit_of(design) < 1:
        yield "needs the greatest imbalance allowed to be 1 or more."


def _probability(design: Allocation) -> Iterator[str]:
    parts = shares(design).values()
    least = Fraction(min(parts), sum(parts))
    if not least < Fraction(probability_of(design)) < 1:
        yield f"needs a probability above {least} and below 1: with 1 the next arm would be known."


def _urn(design: Allocation) -> Iterator[str]:
    if design.alpha < 0 or design.beta < 1:
        yield "needs alpha of 0 or more and beta of 1 or more."


def _minimisation(design: Allocation) -> Iterator[str]:
    yield from _probability(design)
    if not design.factors:
        yield "needs factors to balance."
    if any(factor.weight <= 0 for factor in design.factors):
        yield "needs weights above 0."


_METHODS = {
    Method.SIMPLE: _no_more,
    Method.PERMUTED_BLOCKS: _blocks,
    Method.BIG_STICK: _limit,
    Method.EFRON: _probability,
    Method.WEI_URN: _urn,
    Method.MINIMISATION: _minimisation,
}
