"""Predictability and balance: simulated by the procedure itself, held against theory and figures found before."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal
from math import sqrt
from statistics import NormalDist

import pytest

from equipoise.conduct.allocation.assigning import assign
from equipoise.conduct.allocation.designs import in_arrears
from equipoise.conduct.allocation.drbg import Drbg
from equipoise.conduct.allocation.lists import WEIGHTS
from equipoise.conduct.allocation.measures import Mean, imbalance, mean, measure, right_guesses
from equipoise.conduct.protocol.model import Allocation, Factor, Method
from tests.unit.conduct.test_allocation import DISEASE, EFRON, SEED, STICK, design, factor, seeds

LENGTH, SEQUENCES, BEFORE = 60, 2000, 4000
"""Here 2,000 sequences of 60; the figures found before are of 4,000."""


def blocks(*sizes: int) -> Allocation:
    return design(Method.PERMUTED_BLOCKS, block_sizes=sizes)


FOUND = {
    "simple": (design(Method.SIMPLE), 0.500, 6.1, 16),
    "block 2": (blocks(2), 0.750, 0, 0),
    "block 4": (blocks(4), 0.709, 0, 0),
    "block 6": (blocks(6), 0.684, 0, 0),
    "blocks 2, 4": (blocks(2, 4), 0.721, 0.2, 2),
    "blocks 4, 6": (blocks(4, 6), 0.690, 0.5, 2),
    "blocks 4, 6, 8": (blocks(4, 6, 8), 0.678, 0.5, 2),
    "Efron 2/3": (EFRON, 0.622, 1.3, 4),
    "big stick 3": (STICK, 0.579, 1.3, 2),
}
"""By an earlier program: share of right guesses, absolute imbalance (mean, 95th part), as printed."""
Z = NormalDist().inv_cdf(1 - 0.001 / (2 * 3 * len(FOUND)))
"""One test in a thousand would fail by chance, of all comparisons together."""


def close(found: float, error: float, printed: float, half: float) -> bool:
    """Both are simulated, the other with its own error, and rounded when it was printed."""
    return abs(found - printed) <= Z * error * sqrt(1 + SEQUENCES / BEFORE) + half


@pytest.mark.parametrize("name", FOUND)
def test_must_12_guessed_and_balanced_as_was_found_before(name: str) -> None:
    made, guessed, gap, most = FOUND[name]
    placed: list[dict[str, str]] = [{}] * LENGTH
    drawn = [assign(made, seed, "T", placed) for seed in seeds(SEQUENCES)]
    guesses = mean([right_guesses(made, arms, placed) for arms in drawn])
    gaps = sorted(imbalance(made, arms) for arms in drawn)
    assert close(guesses.value, guesses.error, guessed, 0.0005)
    assert close(mean(gaps).value, mean(gaps).error, gap, 0.05)
    # The 95th part lies where the share at or below it reaches 0.95, give or take what chance makes of both samples.
    room = Z * sqrt(0.95 * 0.05 * (1 / SEQUENCES + 1 / BEFORE))
    assert bisect_left(gaps, most) / SEQUENCES <= 0.95 + room
    assert bisect_right(gaps, most) / SEQUENCES >= 0.95 - room


def reached(made: Allocation, length: int) -> Iterator[tuple[int, int, float, float]]:
    """Of two arms, place by place: each pair of counts, its chance, and the chance of the first arm there."""
    counts = {(0, 0): 1.0}
    for _ in range(length + 1):
        after: dict[tuple[int, int], float] = {}
        for (a, b), chance in counts.items():
            weights = WEIGHTS[made.method](made, made.ratio, {"a": a, "b": b})
            of_a = weights.get("a", 0) / sum(weights.values())
            yield a, b, chance, of_a
            after[a + 1, b] = after.get((a + 1, b), 0) + chance * of_a
            after[a, b + 1] = after.get((a, b + 1), 0) + chance * (1 - of_a)
        counts = after


def theory(made: Allocation, length: int) -> tuple[float, float, float]:
    """Of two arms, from the chances of every count and without simulation: right guesses, imbalance, its 95th part."""
    parts, right, gaps = made.ratio, 0.0, dict[float, float]()
    for a, b, chance, of_a in reached(made, length):
        if a + b == length:
            gap = abs(a / parts["a"] - b / parts["b"])
            gaps[gap] = gaps.get(gap, 0) + chance
            continue
        behind = in_arrears(parts, {"a": a, "b": b})
        hits = {"a": of_a, "b": 1 - of_a}
        right += chance * sum(parts[arm] * hits[arm] for arm in behind) / sum(parts[arm] for arm in behind)
    most = next(gap for gap in sorted(gaps) if sum(gaps[one] for one in gaps if one <= gap) >= 0.95)
    return right / length, sum(gap * chance for gap, chance in gaps.items()), most


def by_place(made: Allocation, length: int) -> list[float]:
    """The chance that the first of two arms is assigned at each place, whatever came before."""
    found = [0.0] * (length + 1)
    for a, b, chance, of_a in reached(made, length):
        found[a + b] += chance * of_a
    return found[:length]


WITH_THEORY = {
    "simple": design(Method.SIMPLE),
    "Efron": EFRON,
    "big stick": STICK,
    "urn": design(Method.WEI_URN, alpha=0, beta=1),
    "Efron 2:1": design(Method.EFRON, "a:2 b:1", probability=Decimal("0.8")),
    "big stick 3:2": design(Method.BIG_STICK, "a:3 b:2", limit=1),
    "urn 2:1": design(Method.WEI_URN, "a:2 b:1", alpha=1, beta=3),
}


@pytest.mark.parametrize("name", WITH_THEORY)
def test_what_is_measured_is_what_theory_says(name: str) -> None:
    made = WITH_THEORY[name]
    measured = measure(made, SEED, 1000, LENGTH)
    guessed, gap, _ = theory(made, LENGTH)
    assert abs(measured.guessed.value - guessed) < 4 * measured.guessed.error
    assert abs(measured.imbalance.value - gap) < 4 * measured.imbalance.error


@pytest.mark.parametrize("name", ["simple", "Efron 2/3", "big stick 3"])
def test_theory_gives_the_figures_found_before(name: str) -> None:
    """Theirs are of 4,000: at most 0.002 from what is expected of right guesses, and 0.2 of the imbalance."""
    made, *found = FOUND[name]
    for expected, one, room in zip(theory(made, LENGTH), found, (0.002, 0.2, 0.5), strict=True):
        assert abs(expected - one) < room


@pytest.mark.parametrize("name", ["urn 2:1", "simple", "Efron"])
def test_methods_that_keep_the_ratio_at_every_place(name: str) -> None:
    made = WITH_THEORY[name]
    share = made.ratio["a"] / sum(made.ratio.values())
    assert by_place(made, LENGTH) == pytest.approx([share] * LENGTH)


def test_efron_of_unequal_shares_does_not_keep_the_ratio_at_every_place() -> None:
    """The second of 2:1 at 0.8: 2/3 of the first were a, then b has 0.8; else a has 0.9. So 2/3 * 0.2 + 1/3 * 0.9."""
    made = WITH_THEORY["Efron 2:1"]
    first, second, *_ = by_place(made, LENGTH)
    assert (first, second) == pytest.approx((2 / 3, 2 / 3 * 0.2 + 1 / 3 * 0.9))
    seconds = [assign(made, seed, "T", [{}, {}])[1] for seed in seeds(SEQUENCES)]
    assert abs(seconds.count("a") / SEQUENCES - second) < 4 * sqrt(second * (1 - second) / SEQUENCES)


@pytest.mark.parametrize(("arms", "share"), [("ab", 0.75), ("aabb", 0.625), ("abab", 0.75), ("aaaa", 0.125)])
def test_right_guesses_are_counted_by_hand(arms: str, share: float) -> None:
    assert right_guesses(blocks(4), list(arms), [{}] * len(arms)) == share


def test_a_guesser_of_lists_watches_each_stratum_and_of_minimisation_all() -> None:
    placed = [{"disease": "pm"}, {"disease": "dm"}]
    in_strata = design(Method.PERMUTED_BLOCKS, block_sizes=(2,), factors=(DISEASE,))
    minimised = design(Method.MINIMISATION, probability=Decimal("0.8"), factors=(DISEASE,))
    assert right_guesses(in_strata, ["a", "b"], placed) == 0.5
    assert right_guesses(minimised, ["a", "b"], placed) == 0.75


def test_the_imbalance_of_unequal_shares_is_over_the_share() -> None:
    assert imbalance(design(Method.SIMPLE, "a:2 b:1"), list("aabaab")) == 0
    assert imbalance(design(Method.SIMPLE, "a:2 b:1"), list("aaaab")) == 1


TRIALS, PEOPLE, SITES = 400, 240, 218
FOUND_STRATA = {
    "nothing": (0, 6.2),
    "disease": (0.8, 0.6),
    "disease and region": (2.3, 1.6),
    "disease and site": (10.4, 7.8),
}
"""Mean absolute difference over all and within PM, as printed by the earlier program, of 400 trials too."""


def people(chance: Drbg) -> list[dict[str, str]]:
    """240 of a rare disease, PM or DM alike, at 218 sites whose rates are gamma with shape 1.2, in five regions.

    Polya's urn gives the same counts: somebody new comes to any site alike (weight 1.2 each), or where another came.
    """
    sites: list[int] = []
    for count in range(PEOPLE):
        drawn = chance.below(12 * SITES + 10 * count)
        sites.append(drawn % SITES if drawn < 12 * SITES else sites[(drawn - 12 * SITES) // 10])
    return [{"disease": chance.choice(["pm", "dm"]), "site": f"s{site}", "region": f"r{site % 5}"} for site in sites]


STRATA: dict[str, tuple[Factor, ...]] = {
    "nothing": (),
    "disease": (DISEASE,),
    "disease and region": (DISEASE, factor("region", *(f"r{number}" for number in range(5)))),
    "disease and site": (DISEASE, factor("site", *(f"s{number}" for number in range(SITES)))),
}


def differences(factors: tuple[Factor, ...]) -> tuple[Mean, Mean]:
    """Between the arms, in blocks of four within these strata: over all, and within PM."""
    made = design(Method.PERMUTED_BLOCKS, block_sizes=(4,), factors=factors)
    found = []
    for seed in seeds(TRIALS):
        coming = people(Drbg(seed, "who comes"))
        arms = assign(made, seed, "T", coming)
        in_pm = [arm for arm, levels in zip(arms, coming, strict=True) if levels["disease"] == "pm"]
        found.append((imbalance(made, arms), imbalance(made, in_pm)))
    everybody, pm = zip(*found, strict=True)
    return mean(everybody), mean(pm)


@pytest.mark.parametrize("name", STRATA)
def test_must_12_blocks_within_sites_of_one_person_leave_the_arms_unequal(name: str) -> None:
    """Both means are of 400 trials; eight comparisons at 3.3 standard errors of their difference."""
    for found, printed in zip(differences(STRATA[name]), FOUND_STRATA[name], strict=True):
        assert abs(found.value - printed) <= 3.3 * found.error * sqrt(2) + 0.05
