"""Draws from a generator that the caller has seeded."""

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def sometimes(rng: Random, share: float) -> bool:
    return rng.random() < share


def weighted(rng: Random, weights: Mapping[T, float]) -> T:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def some(rng: Random, items: Sequence[T], least: int, most: int) -> tuple[T, ...]:
    """Between ``least`` and ``most`` of the items, in their order."""
    count = min(rng.randint(least, most), len(items))
    return tuple(items[place] for place in sorted(rng.sample(range(len(items)), count)))


def skewed(rng: Random, middle: float, spread: float, least: int, most: int) -> int:
    """A log-normal whole number with median ``middle``, kept within its bounds."""
    return min(most, max(least, round(rng.lognormvariate(math.log(middle), spread))))


def binomial(rng: Random, trials: int, share: float) -> int:
    return sum(rng.random() < share for _ in range(trials))
