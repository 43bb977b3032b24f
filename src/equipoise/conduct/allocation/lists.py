"""Methods that have a list for each stratum: who comes in another stratum, and when, changes nothing in it."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import lcm

from equipoise.conduct.allocation.designs import in_arrears, leaning, limit_of, shares
from equipoise.conduct.allocation.drbg import Drbg
from equipoise.conduct.protocol.model import Allocation, Method

Stratum = tuple[str, ...]
"""The level of each factor, in the order of the design."""


class Lists:
    """The next place in the list of each stratum. Constant work for each participant."""

    def __init__(self, design: Allocation, seed: bytes, trial: str) -> None:
        self._begin = partial(arms_of, design, seed, trial)
        self._lists: dict[Stratum, Iterator[str]] = {}
        self._next: dict[Stratum, str] = {}

    def peek(self, stratum: Stratum) -> str:
        if stratum not in self._next:
            if stratum not in self._lists:
                self._lists[stratum] = self._begin(stratum)
            self._next[stratum] = next(self._lists[stratum])
        return self._next[stratum]

    def take(self, stratum: Stratum) -> str:
        arm = self.peek(stratum)
        del self._next[stratum]
        return arm


def arms_of(design: Allocation, seed: bytes, trial: str, stratum: Stratum) -> Iterator[str]:
    """The list of a stratum, without end. Each stratum draws from a stream of its own."""
    chance = Drbg(seed, trial, design.method.value, *stratum)
    if design.method is Method.PERMUTED_BLOCKS:
        return _blocks(design, chance)
    return _one_by_one(design, chance)


def _blocks(design: Allocation, chance: Drbg) -> Iterator[str]:
    """Block after block, each size as likely as another, each order of a block as likely as another."""
    parts = shares(design)
    whole = sum(parts.values())
    while True:
        size = chance.choice(sorted(design.block_sizes))
        yield from chance.shuffled([arm for arm, part in parts.items() for _ in range(part * size // whole)])


def _one_by_one(design: Allocation, chance: Drbg) -> Iterator[str]:
    parts = shares(design)
    taken = dict.fromkeys(parts, 0)
    while True:
        arm = chance.weighted(WEIGHTS[design.method](design, parts, taken))
        taken[arm] += 1
        yield arm


Counts = Mapping[str, int]


def _simple(_design: Allocation, parts: Counts, _taken: Counts) -> Counts:
    return parts


def _big_stick(design: Allocation, parts: Counts, taken: Counts) -> Counts:
    """By the ratio among the arms whose lead would stay within ``limit`` (Soares and Wu, 1983).

    An arm's lead: its count over its share, less the least of these among the arms.
    """
    common = lcm(*parts.values())
    scaled = {arm: common // part for arm, part in parts.items()}
    most = min(taken[arm] * scaled[arm] for arm in parts) + limit_of(design) * common
    return {arm: part for arm, part in parts.items() if (taken[arm] + 1) * scaled[arm] <= most}


def _efron(design: Allocation, parts: Counts, taken: Counts) -> Counts:
    """Leaning to the arms whose count over their share is least (Efron, 1971)."""
    return leaning(design, in_arrears(parts, taken))


def _urn(design: Allocation, parts: Counts, taken: Counts) -> Counts:
    """``alpha`` balls of each arm at first, and ``beta`` of every other after each draw (Wei, 1978).

    An arm of several parts is several arms that are alike. Where no ball is in the urn yet: by the ratio.
    """
    drawn = sum(taken.values())
    balls = {arm: part * (design.alpha + design.beta * drawn) - design.beta * taken[arm] for arm, part in parts.items()}
    return balls if any(balls.values()) else parts


WEIGHTS: Mapping[Method, Callable[[Allocation, Counts, Counts], Counts]] = {
    Method.SIMPLE: _simple,
    Method.BIG_STICK: _big_stick,
    Method.EFRON: _efron,
    Method.WEI_URN: _urn,
}
"""Whole weights of the arms of whoever comes next in a stratum, by the shares and how many each arm has there."""
