"""Allocation: drawn again from the seed, leaning as each method promises, and refused where it makes no sense."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

import pytest

from equipoise.conduct.allocation.assigning import Assigner, assign, rerandomise
from equipoise.conduct.allocation.designs import leaning
from equipoise.conduct.allocation.lists import WEIGHTS
from equipoise.conduct.allocation.minimising import Minimiser
from equipoise.conduct.protocol.model import Allocation, Factor, Imbalance, Level, Method
from equipoise.kernel.refused import Refused

SEED = bytes(range(32))


def seeds(count: int) -> Iterator[bytes]:
    return (hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(count))


def design(method: Method, ratio: str = "a:1 b:1", cap: int = 10_000, **parts: object) -> Allocation:
    """``ratio`` as ``a:2 b:1``."""
    shares = {arm: int(part) for arm, part in (one.split(":") for one in ratio.split())}
    return Allocation(method=method, ratio=shares, cap=cap, **parts)  # type: ignore[arg-type]


def factor(name: str, *levels: str, weight: str = "1") -> Factor:
    return Factor(name, name.title(), tuple(Level(one, one.upper()) for one in levels), weight=Decimal(weight))


def chance_squared(counts: Counter[str], expected: dict[str, float]) -> float:
    """The chance of counts at least as far from what is expected (Wilson and Hilferty's normal approximation)."""
    free = len(expected) - 1
    square = sum((counts[name] - wanted) ** 2 / wanted for name, wanted in expected.items())
    return 1 - NormalDist().cdf(((square / free) ** (1 / 3) - (1 - 2 / (9 * free))) / (2 / (9 * free)) ** 0.5)


DISEASE = factor("disease", "pm", "dm")
EFRON = design(Method.EFRON, probability=Decimal(2) / Decimal(3))
STICK = design(Method.BIG_STICK, limit=3)
BLOCKS = design(Method.PERMUTED_BLOCKS, block_sizes=(4,))
MINIMISED = design(Method.MINIMISATION, probability=Decimal("0.8"), factors=(DISEASE,))


def chances(weights: dict[str, int]) -> dict[str, Fraction]:
    return {arm: Fraction(weight, sum(weights.values())) for arm, weight in weights.items()}


def next_chances(made: Allocation, **taken: int) -> dict[str, Fraction]:
    weights = WEIGHTS[made.method](made, made.ratio, taken)
    return chances({arm: weights.get(arm, 0) for arm in made.ratio})


HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def test_simple_draws_by_the_ratio_whatever_came_before() -> None:
    assert next_chances(design(Method.SIMPLE, "a:2 b:1"), a=9, b=0) == {"a": 2 * THIRD, "b": THIRD}


def test_big_stick_is_fair_until_the_limit_and_certain_there() -> None:
    assert next_chances(STICK, a=5, b=3) == {"a": HALF, "b": HALF}
    assert next_chances(STICK, a=6, b=3) == {"a": 0, "b": 1}
    assert next_chances(design(Method.BIG_STICK, "a:1 b:1 c:1", limit=2), a=3, b=2, c=1) == {
        "a": 0,
        "b": HALF,
        "c": HALF,
    }


def test_big_stick_never_lets_a_share_lead_by_more_than_the_limit() -> None:
    made = design(Method.BIG_STICK, "a:3 b:2", limit=1)
    for seed in seeds(30):
        arms = assign(made, seed, "T", [{}] * 100)
        leads = [Fraction(arms[:end].count("a"), 3) - Fraction(arms[:end].count("b"), 2) for end in range(101)]
        assert max(map(abs, leads)) <= 1


def test_efron_leans_to_the_arm_in_arrears() -> None:
    made = design(Method.EFRON, probability=Decimal("0.7"))
    assert next_chances(made, a=4, b=4) == {"a": HALF, "b": HALF}
    assert next_chances(made, a=5, b=4) == {"a": Fraction(3, 10), "b": Fraction(7, 10)}


def test_efron_of_unequal_shares_counts_by_share_and_keeps_the_ratio_where_each_is_preferred_by_it() -> None:
    made = design(Method.EFRON, "a:2 b:1", probability=Decimal("0.7"))
    assert next_chances(made, a=4, b=2) == {"a": 2 * THIRD, "b": THIRD}
    a_leads, b_leads = next_chances(made, a=5, b=2), next_chances(made, a=4, b=3)
    assert a_leads["b"] == Fraction(7, 10)  # the smallest share, in arrears, gets the probability itself
    assert 2 * THIRD * b_leads["a"] + THIRD * a_leads["a"] == 2 * THIRD


def test_among_several_in_arrears_one_is_drawn_by_the_ratio() -> None:
    made = design(Method.EFRON, "a:1 b:1 c:1", probability=Decimal("0.8"))
    assert next_chances(made, a=2, b=1, c=1) == {"a": Fraction(1, 10), "b": Fraction(9, 20), "c": Fraction(9, 20)}


def test_the_urn_gets_balls_of_every_other_arm() -> None:
    made = design(Method.WEI_URN, alpha=1, beta=2)
    assert next_chances(made, a=0, b=0) == {"a": HALF, "b": HALF}
    assert next_chances(made, a=1, b=0) == {"a": Fraction(1, 4), "b": Fraction(3, 4)}
    empty = design(Method.WEI_URN, alpha=0, beta=1)
    assert next_chances(empty, a=0, b=0) == {"a": HALF, "b": HALF}
    assert next_chances(empty, a=1, b=0) == {"a": 0, "b": 1}


def test_an_arm_of_two_parts_is_two_arms_of_an_urn_that_are_alike() -> None:
    two = next_chances(design(Method.WEI_URN, "a:2 b:1"), a=3, b=4)
    three = next_chances(design(Method.WEI_URN, "x:1 y:1 b:1"), x=1, y=2, b=4)
    assert two == {"a": three["x"] + three["y"], "b": three["b"]}


SEX = factor("sex", "f", "m", weight="3")
LEFT = {
    # In PM: 3 of a, 1 of b. In women: 1 of a, 2 of b, of triple weight.
    Imbalance.RANGE: {"a": 3 + 3 * 0, "b": 1 + 3 * 2},
    Imbalance.VARIANCE: {"a": Fraction(9, 2) + 3 * 0, "b": Fraction(1, 2) + 3 * 2},
    Imbalance.MARGINAL: {"a": Fraction(3, 5) + 3 * 0, "b": Fraction(1, 5) + 3 * HALF},
}


@pytest.mark.parametrize("how", Imbalance)
def test_minimisation_weighs_the_imbalance_that_each_arm_would_leave(how: Imbalance) -> None:
    made = design(Method.MINIMISATION, probability=Decimal("0.8"), factors=(DISEASE, SEX), imbalance=how)
    counting = Minimiser(made, SEED, "T")
    for stratum, arm in (
        (("pm", "f"), "a"),
        (("pm", "m"), "a"),
        (("pm", "m"), "a"),
        (("pm", "f"), "b"),
        (("dm", "f"), "b"),
    ):
        counting.place(stratum, arm)
    assert counting.imbalances(("pm", "f")) == LEFT[how]
    assert chances(counting.weights(("pm", "f"))) == {"a": Fraction(4, 5), "b": Fraction(1, 5)}
    assert chances(counting.weights(("dm", "m"))) == {"a": Fraction(1, 5), "b": Fraction(4, 5)}


def test_minimisation_draws_ties_by_the_ratio() -> None:
    counting = Minimiser(design(Method.MINIMISATION, probability=Decimal("0.8"), factors=(DISEASE,)), SEED, "T")
    assert chances(counting.weights(("pm",))) == {"a": HALF, "b": HALF}


def test_minimisation_of_unequal_shares_is_in_balance_at_the_ratio() -> None:
    made = design(Method.MINIMISATION, "a:2 b:1", probability=Decimal("0.8"), factors=(DISEASE,))
    counting = Minimiser(made, SEED, "T")
    for arm in "aba":
        counting.place(("pm",), arm)
    assert counting.imbalances(("pm",)) == {"a": 1, "b": 2}  # over shares: 3/2 and 1, or 1 and 2, in halves


@pytest.mark.parametrize("ratio", ["a:1 b:1", "a:2 b:1", "a:3 b:2", "a:3 b:2 c:4"])
def test_leaning_by_the_ratio_gives_the_ratio(ratio: str) -> None:
    made = design(Method.EFRON, ratio, probability=Decimal("0.85"))
    whole = sum(made.ratio.values())
    found = {arm: chances(leaning(made, [arm])) for arm in made.ratio}
    for arm, part in made.ratio.items():
        assert sum(Fraction(made.ratio[one], whole) * found[one][arm] for one in found) == Fraction(part, whole)
        assert chances(leaning(made, list(made.ratio)))[arm] == Fraction(part, whole)
    smallest = min(made.ratio, key=lambda arm: made.ratio[arm])
    assert found[smallest][smallest] == Fraction(17, 20)


@pytest.mark.parametrize("ratio", ["a:2 b:1", "a:1 b:1 c:1", "a:3 b:2 c:1"])
@pytest.mark.parametrize("method", list(Method))
def test_unequal_ratios_and_more_arms_keep_their_shares(method: Method, ratio: str) -> None:
    parts = sum(int(one[-1]) for one in ratio.split())
    made = design(
        method, ratio, block_sizes=(parts, parts * 2), probability=Decimal("0.8"), limit=3, factors=(DISEASE,)
    )
    arms = Counter(assign(made, SEED, "T", [{"disease": "pm"}, {"disease": "dm"}] * 600))
    for arm, share in made.ratio.items():
        expected = 1200 * share / parts
        assert arms[arm] == pytest.approx(expected, abs=3.5 * (1200 * share * (parts - share)) ** 0.5 / parts)


@pytest.mark.parametrize("method", list(Method))
def test_a_ratio_is_read_in_lowest_terms(method: Method) -> None:
    parts = {"block_sizes": (6,), "probability": Decimal("0.8"), "limit": 2, "factors": (DISEASE,)}
    coming = [{"disease": "pm"}, {"disease": "dm"}] * 40
    assert assign(design(method, "a:2 b:4", **parts), SEED, "T", coming) == assign(
        design(method, "a:1 b:2", **parts), SEED, "T", coming
    )


def test_must_12_every_order_of_a_block_is_as_likely_as_another() -> None:
    orders = Counter("".join(assign(BLOCKS, seed, "T", [{}] * 4)) for seed in seeds(6000))
    assert chance_squared(orders, dict.fromkeys(("aabb", "abab", "abba", "baab", "baba", "bbaa"), 1000)) > 0.001
    assert orders.total() == 6000


def test_must_12_every_complete_block_is_balanced_and_its_size_drawn_by_chance() -> None:
    """Of sizes 4 and 12 in 12 places: only a first block of 12 can leave the first four unequal."""
    made = design(Method.PERMUTED_BLOCKS, block_sizes=(4, 12))
    found = [assign(made, seed, "T", [{}] * 12) for seed in seeds(3000)]
    assert all(arms.count("a") == 6 for arms in found if arms[:4].count("a") != 2)
    # Of a block of 12, 27 in 55 have two of each among the first four: C(6,2) * C(6,2) / C(12,4) = 225/495.
    equal = sum(arms[:4].count("a") == 2 for arms in found)
    expected = 3000 * (0.5 + 0.5 * 225 / 495)
    assert chance_squared(Counter(equal=equal, un=3000 - equal), {"equal": expected, "un": 3000 - expected}) > 0.001


def test_must_12_strata_have_lists_of_their_own_and_each_is_balanced() -> None:
    stratified = design(Method.PERMUTED_BLOCKS, block_sizes=(4, 6), factors=(DISEASE,))
    coming = [{"disease": "pm" if number % 3 else "dm"} for number in range(300)]
    arms = assign(stratified, SEED, "T", coming)
    by_level: dict[str, list[str]] = {"pm": [], "dm": []}
    for levels, arm in zip(coming, arms, strict=True):
        by_level[levels["disease"]].append(arm)
    assert by_level["dm"] == assign(stratified, SEED, "T", [{"disease": "dm"}] * 100)
    assert by_level["pm"][:100] != by_level["dm"]
    for found in by_level.values():
        assert all(abs(found[:end].count("a") - found[:end].count("b")) <= 3 for end in range(len(found)))


def test_must_13_what_was_assigned_leaves_the_next_open() -> None:
    """Over all seeds that gave the same seven, the eighth is as open as the method says: a in arrears, 2 in 3."""
    alike = [arms[7] for seed in seeds(12_000) if (arms := assign(EFRON, seed, "T", [{}] * 8))[:7] == list("abbabba")]
    assert len(alike) > 50
    expected = {"a": len(alike) * 2 / 3, "b": len(alike) / 3}
    assert chance_squared(Counter(alike), expected) > 0.001


def test_must_13_another_seed_trial_or_stratum_is_another_list() -> None:
    by_disease = design(Method.SIMPLE, factors=(DISEASE,))
    found = {
        "".join(assign(by_disease, seed, trial, [{"disease": level}] * 60))
        for seed in seeds(2)
        for trial in ("T", "U")
        for level in ("pm", "dm")
    }
    assert len(found) == 8


@pytest.mark.parametrize("made", [EFRON, STICK, BLOCKS, design(Method.SIMPLE), design(Method.WEI_URN)])
def test_must_15_asking_does_not_take_and_the_order_decides(made: Allocation) -> None:
    assigner = Assigner(made, SEED, "T")
    assert len({assigner.next_arm({}) for _ in range(5)}) == 1
    taken = []
    for _ in range(50):
        told = assigner.next_arm({})
        taken.append(assigner.take({}))
        assert taken[-1] == told
    assert taken == assign(made, SEED, "T", [{}] * 50)
    assert assigner.count == 50


PROBABLE = {"probability": Decimal("0.8")}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (design(Method.SIMPLE, "a:1"), "at least two arms"),
        (design(Method.SIMPLE, "a:1 b:0"), "whole parts"),
        (Allocation(method=Method.SIMPLE, ratio={"a": 1, "b": 1.5}, cap=9), "whole parts"),  # type: ignore[dict-item]
        (design(Method.SIMPLE, cap=0), "a cap of 1 or more"),
        (design(Method.PERMUTED_BLOCKS), "block sizes that are multiples of 2"),
        (design(Method.PERMUTED_BLOCKS, block_sizes=(4, 3)), "block sizes that are multiples of 2"),
        (design(Method.PERMUTED_BLOCKS, "a:2 b:1", block_sizes=(4,)), "block sizes that are multiples of 3"),
        (design(Method.PERMUTED_BLOCKS, block_sizes=(0,)), "block sizes that are multiples of 2"),
        (design(Method.BIG_STICK), "greatest imbalance"),
        (design(Method.BIG_STICK, limit=0), "greatest imbalance allowed to be 1 or more"),
        (design(Method.EFRON), "needs a probability"),
        (design(Method.EFRON, probability=Decimal(1)), "with 1 the next arm would be known"),
        (design(Method.EFRON, probability=Decimal("0.5")), "above 1/2 and below 1"),
        (design(Method.EFRON, "a:3 b:1", probability=Decimal("0.25")), "above 1/4 and below 1"),
        (design(Method.WEI_URN, beta=0), "beta of 1 or more"),
        (design(Method.WEI_URN, alpha=-1), "alpha of 0 or more"),
        (design(Method.MINIMISATION, probability=Decimal(1), factors=(DISEASE,)), "with 1 the next arm would be known"),
        (design(Method.MINIMISATION, **PROBABLE), "factors to balance"),
        (design(Method.MINIMISATION, factors=(factor("x", "p", "q", weight="0"),), **PROBABLE), "weights above 0"),
        (design(Method.SIMPLE, factors=(factor("x", "p", "p"),)), "levels of X, each named once"),
        (design(Method.SIMPLE, factors=(factor("x"),)), "levels of X, each named once"),
        (design(Method.SIMPLE, factors=(DISEASE, DISEASE)), "names a factor twice"),
    ],
)
def test_a_design_that_makes_no_sense_is_refused(wrong: Allocation, words: str) -> None:
    with pytest.raises(Refused, match=f"The allocation: .*{words}"):
        Assigner(wrong, SEED, "T")


@pytest.mark.parametrize(
    "full", [design(Method.SIMPLE, cap=2), design(Method.PERMUTED_BLOCKS, cap=2, block_sizes=(4,))]
)
def test_must_10_beyond_the_cap_there_is_no_arm(full: Allocation) -> None:
    assigner = Assigner(full, SEED, "T")
    assigner.take({})
    assigner.take({})
    with pytest.raises(Refused, match="2 are randomised already"):
        assigner.next_arm({})
    with pytest.raises(Refused, match="The trial is full"):
        assigner.take({})


@pytest.mark.parametrize(("levels", "told"), [({"disease": "ibm"}, "ibm"), ({}, "nothing")])
def test_an_unknown_level_is_refused_by_name_and_takes_no_place(levels: dict[str, str], told: str) -> None:
    assigner = Assigner(MINIMISED, SEED, "T")
    with pytest.raises(Refused, match=f"Disease: {told}: is not one of its levels"):
        assigner.take(levels)
    assert assigner.count == 0
    assert assigner.take({"disease": "pm"}) == assign(MINIMISED, SEED, "T", [{"disease": "pm"}])[0]


def test_rerandomising_draws_by_the_same_procedure_and_never_the_trials_own_stream() -> None:
    placed = [{"disease": "pm" if number % 3 else "dm"} for number in range(90)]
    made = design(Method.PERMUTED_BLOCKS, block_sizes=(6,), factors=(DISEASE,))
    own = assign(made, SEED, "T", placed)
    drawn = [rerandomise(made, placed, SEED, number) for number in range(50)]
    assert drawn[7] == rerandomise(made, placed, SEED, 7)
    assert len({tuple(one) for one in [own, *drawn]}) == 51
    for arms in drawn:
        in_dm = [arm for arm, levels in zip(arms, placed, strict=True) if levels["disease"] == "dm"]
        assert in_dm.count("a") == in_dm.count("b") == 15
