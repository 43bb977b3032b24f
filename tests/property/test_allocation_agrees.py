"""Whatever the design and whoever comes: one after another is as all at once, and strata keep to themselves."""

from decimal import Decimal

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.conduct.allocation.assigning import Assigner, assign, rerandomise
from equipoise.conduct.allocation.designs import shares
from equipoise.conduct.allocation.kits import check_digit, is_kit_number, make_kits
from equipoise.conduct.allocation.lists import WEIGHTS
from equipoise.conduct.allocation.sealing import ALGORITHM, Bound, Reveal, commitment, verify
from equipoise.conduct.protocol.model import Allocation, Factor, Imbalance, Level, Method

SEEDS = st.binary(min_size=32, max_size=32)
NAMES = ("f0", "f1", "f2")


@st.composite
def designs(draw: st.DrawFn, methods: tuple[Method, ...] = tuple(Method)) -> Allocation:
    arms = draw(st.lists(st.sampled_from("abcdé"), min_size=2, max_size=4, unique=True))
    ratio = {arm: draw(st.integers(1, 4)) for arm in arms}
    method = draw(st.sampled_from(methods))
    parts = sum(ratio.values())
    factors = draw(st.lists(st.sampled_from(NAMES), min_size=method is Method.MINIMISATION, max_size=3, unique=True))
    return Allocation(
        method=method,
        ratio=ratio,
        cap=draw(st.integers(60, 90)),
        factors=tuple(draw(factor_of(name)) for name in factors),
        block_sizes=tuple(parts * one for one in draw(st.sets(st.integers(1, 3), min_size=1))),
        probability=draw(st.decimals("0.55", "0.99", places=2)),
        limit=draw(st.integers(1, 4)),
        alpha=draw(st.integers(0, 2)),
        beta=draw(st.integers(1, 3)),
        imbalance=draw(st.sampled_from(Imbalance)),
    )


@st.composite
def factor_of(draw: st.DrawFn, name: str) -> Factor:
    levels = tuple(Level(one, one) for one in "xyz"[: draw(st.integers(1, 3))])
    return Factor(name, name, levels, weight=Decimal(draw(st.integers(1, 30))) / 10)


@st.composite
def trials(draw: st.DrawFn, methods: tuple[Method, ...] = tuple(Method)) -> tuple[Allocation, list[dict[str, str]]]:
    made = draw(designs(methods))
    somebody = st.fixed_dictionaries(
        {factor.id: st.sampled_from([level.id for level in factor.levels]) for factor in made.factors}
    )
    return made, draw(st.lists(somebody, max_size=40))


@given(trials(), SEEDS)
@settings(max_examples=150)
def test_must_15_one_after_another_is_as_all_at_once(
    trial: tuple[Allocation, list[dict[str, str]]], seed: bytes
) -> None:
    made, placed = trial
    assigner = Assigner(made, seed, "T")
    one_by_one = []
    for levels in placed:
        told = {assigner.next_arm(levels), assigner.next_arm(levels)}
        one_by_one.append(assigner.take(levels))
        assert told == {one_by_one[-1]}
    assert one_by_one == assign(made, seed, "T", placed)
    assert set(one_by_one) <= set(made.ratio)


@given(trials(), SEEDS, st.integers(0, 40))
def test_must_15_who_comes_later_changes_nothing(
    trial: tuple[Allocation, list[dict[str, str]]], seed: bytes, end: int
) -> None:
    made, placed = trial
    assert assign(made, seed, "T", placed)[:end] == assign(made, seed, "T", placed[:end])


@given(trials(), SEEDS, st.data())
def test_must_15_asking_for_others_in_between_changes_nothing(
    trial: tuple[Allocation, list[dict[str, str]]], seed: bytes, data: st.DataObject
) -> None:
    """Somebody at another site asks, and is not randomised after all: no place is skipped."""
    made, placed = trial
    assigner = Assigner(made, seed, "T")
    taken = []
    for levels in placed:
        assigner.next_arm(data.draw(st.sampled_from(placed)))
        taken.append(assigner.take(levels))
    assert taken == assign(made, seed, "T", placed)


LISTED = tuple(method for method in Method if method is not Method.MINIMISATION)


@given(trials(LISTED), SEEDS)
def test_must_12_a_list_depends_on_its_stratum_and_the_place_in_it_alone(
    trial: tuple[Allocation, list[dict[str, str]]], seed: bytes
) -> None:
    made, placed = trial
    arms = assign(made, seed, "T", placed)
    for levels in placed:
        here = [arm for arm, other in zip(arms, placed, strict=True) if other == levels]
        assert here == assign(made, seed, "T", [levels] * len(here))


@given(trials(), SEEDS)
def test_must_11_through_a_file_and_back_everything_is_drawn_again(
    trial: tuple[Allocation, list[dict[str, str]]], seed: bytes
) -> None:
    made, placed = trial
    kits = make_kits(seed, "T", dict.fromkeys(made.ratio, 2), 5)
    sealed = Reveal("T", ALGORITHM, seed.hex(), "00" * 32, made, kits)
    opened = msgspec.json.decode(msgspec.json.encode(sealed), type=Reveal)
    assert assign(opened.design, seed, "T", placed) == assign(made, seed, "T", placed)
    assert verify(opened, Bound(commitment(sealed)), placed, [()] * len(placed), {}) == ()


@given(designs(tuple(WEIGHTS)), st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_weights_are_whole_never_below_none_and_never_all_none(made: Allocation, counts: list[int]) -> None:
    """Of counts that the method can reach: the urn's are those it drew; others may be any."""
    parts = shares(made)
    taken = dict(zip(parts, counts, strict=False))
    weights = WEIGHTS[made.method](made, parts, taken)
    assert all(isinstance(weight, int) and weight >= 0 for weight in weights.values())
    assert sum(weights.values()) > 0


@given(trials(), SEEDS, st.integers(0, 10**6))
def test_a_rerandomisation_is_a_fresh_draw_for_the_same_people(
    trial: tuple[Allocation, list[dict[str, str]]], seed: bytes, number: int
) -> None:
    made, placed = trial
    arms = rerandomise(made, placed, seed, number)
    assert len(arms) == len(placed)
    assert arms == rerandomise(made, placed, seed, number)


@given(st.text("0123456789", min_size=1, max_size=12), st.data())
def test_must_18_a_slip_of_one_digit_or_two_neighbours_is_no_kit(body: str, data: st.DataObject) -> None:
    number = body + check_digit(body)
    assert is_kit_number(number)
    place = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    assert is_kit_number(number[:place] + digit + number[place + 1 :]) == (digit == number[place])
    turned = number[:place] + number[place : place + 2][::-1] + number[place + 2 :]
    assert is_kit_number(turned) == (turned == number)
