"""Kleene's logic over many, against its truth tables."""

from itertools import product

import pytest

from equipoise.eligibility.logic import at_least, every, some
from equipoise.kernel.truth import Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.mark.parametrize(("one", "other"), list(product(Truth, repeat=2)))
def test_over_two_it_is_the_kernel_s_own_table(one: Truth, other: Truth) -> None:
    assert every([one, other]) is one & other
    assert some([one, other]) is one | other


def test_over_none() -> None:
    assert (every([]), some([]), at_least(0, []), at_least(1, [])) == (T, F, T, F)


@pytest.mark.parametrize("truths", list(product(Truth, repeat=3)))
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_at_least_holds_in_every_world_or_in_none(count: int, truths: tuple[Truth, ...]) -> None:
    """The definition: true where it holds however the unknown turn out, false where it never does."""
    worlds = product(*([True, False] if one is U else [one is T] for one in truths))
    outcomes = {sum(world) >= count for world in worlds}
    assert at_least(count, truths) is Truth.of(outcomes.pop() if len(outcomes) == 1 else None)
