"""Allocation: drawn again from the seed, balanced as each method promises, and no easier to guess than it should be."""

import hashlib
import hmac
import itertools
from collections import Counter
from decimal import Decimal

import pytest

from equipoise.conduct.allocation.assigning import Assigner, assign
from equipoise.conduct.allocation.drbg import Drbg
from equipoise.conduct.allocation.kits import check_digit, is_kit_number, make_kits, pick_kits, stocked
from equipoise.conduct.allocation.sealing import ALGORITHM, Reveal, commitment, verify
from equipoise.conduct.protocol.model import Allocation, Factor, Level, Method
from equipoise.kernel.refused import Refused

SEED = bytes(range(32))
LENGTH, SEQUENCES = 60, 1500


def seeds(count: int) -> list[bytes]:
    return [hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(count)]


def design(method: Method, **parts: object) -> Allocation:
    return Allocation(method=method, ratio={"a": 1, "b": 1}, cap=10_000, **parts)  # type: ignore[arg-type]


DISEASE = Factor(id="disease", label="Disease", levels=(Level(id="pm", label="PM"), Level(id="dm", label="DM")))


def test_the_generator_is_hmac_sha256_in_counter_mode() -> None:
    label = b'["T","x",3]'
    first = hmac.new(SEED, label + (0).to_bytes(8, "big"), hashlib.sha256).digest()
    second = hmac.new(SEED, label + (1).to_bytes(8, "big"), hashlib.sha256).digest()
    assert Drbg(SEED, "T", "x", 3).bytes(40) == (first + second)[:40]
    assert Drbg(SEED, "T", "x", 4).bytes(8) != first[:8]


def test_below_has_no_bias() -> None:
    drawn = Counter(Drbg(SEED, "bias", number).below(6) for number in range(12_000))
    square = sum((drawn[face] - 2000) ** 2 / 2000 for face in range(6))
    assert square < 20.5  # chi-square with five degrees of freedom, p = 0.001


METHODS = {
    "simple": design(Method.SIMPLE),
    "blocks of 4": design(Method.PERMUTED_BLOCKS, block_sizes=(4,)),
    "blocks of 4, 6": design(Method.PERMUTED_BLOCKS, block_sizes=(4, 6)),
    "blocks of 4, 6, 8": design(Method.PERMUTED_BLOCKS, block_sizes=(4, 6, 8)),
    "Efron": design(Method.EFRON, probability=Decimal(2) / Decimal(3)),
    "big stick": design(Method.BIG_STICK, limit=3),
}
GUESSED = {
    "simple": 0.500,
    "blocks of 4": 0.709,
    "blocks of 4, 6": 0.690,
    "blocks of 4, 6, 8": 0.678,
    "Efron": 0.622,
    "big stick": 0.579,
}
"""Shares of right guesses of who guesses the arm in arrears, in sequences of 60 (Blackwell and Hodges, 1957)."""


def right_guesses(arms: list[str]) -> float:
    right, ahead = 0.0, 0
    for arm in arms:
        guess = "b" if ahead > 0 else "a" if ahead < 0 else ""
        right += 0.5 if not guess else guess == arm
        ahead += 1 if arm == "a" else -1
    return right / len(arms)


@pytest.mark.parametrize("name", METHODS)
def test_guessing_the_arm_in_arrears_is_right_as_often_as_it_should_be(name: str) -> None:
    shares = [right_guesses(assign(METHODS[name], seed, "T", [{}] * LENGTH)) for seed in seeds(SEQUENCES)]
    mean = sum(shares) / SEQUENCES
    spread = (sum((one - mean) ** 2 for one in shares) / (SEQUENCES - 1)) ** 0.5
    assert mean == pytest.approx(GUESSED[name], abs=3.3 * spread / SEQUENCES**0.5 + 0.001)


def test_every_order_of_a_block_is_as_likely_as_another() -> None:
    orders = Counter("".join(assign(METHODS["blocks of 4"], seed, "T", [{}] * 4)) for seed in seeds(6000))
    assert len(orders) == 6
    assert sum((one - 1000) ** 2 / 1000 for one in orders.values()) < 20.5


def test_must_12_strata_have_lists_of_their_own_and_each_is_balanced() -> None:
    stratified = design(Method.PERMUTED_BLOCKS, block_sizes=(4, 6), factors=(DISEASE,))
    coming = [{"disease": "pm" if number % 3 else "dm"} for number in range(300)]
    arms = assign(stratified, SEED, "T", coming)
    by_level: dict[str, list[str]] = {"pm": [], "dm": []}
    for levels, arm in zip(coming, arms, strict=True):
        by_level[levels["disease"]].append(arm)
    alone = assign(stratified, SEED, "T", [{"disease": "dm"}] * 100)
    assert by_level["dm"] == alone
    for found in by_level.values():
        assert all(abs(found[:end].count("a") - found[:end].count("b")) <= 3 for end in range(len(found)))


@pytest.mark.parametrize("ratio", [{"a": 2, "b": 1}, {"a": 1, "b": 1, "c": 1}, {"a": 3, "b": 2, "c": 1}])
@pytest.mark.parametrize("method", list(Method))
def test_unequal_ratios_and_more_arms_keep_their_shares(method: Method, ratio: dict[str, int]) -> None:
    parts = sum(ratio.values())
    made = Allocation(
        method=method,
        ratio=ratio,
        cap=5000,
        block_sizes=(parts, parts * 2),
        probability=Decimal("0.8"),
        limit=3,
        factors=(DISEASE,),
    )
    arms = Counter(assign(made, SEED, "T", [{"disease": "pm"}, {"disease": "dm"}] * 600))
    for arm, share in ratio.items():
        expected = 1200 * share / parts
        assert arms[arm] == pytest.approx(expected, abs=3.5 * (1200 * share * (parts - share)) ** 0.5 / parts)


def test_must_15_asking_does_not_take_and_the_order_decides() -> None:
    assigner = Assigner(METHODS["Efron"], SEED, "T")
    assert [assigner.next_arm({}) for _ in range(3)] == [assigner.next_arm({})] * 3
    taken = [assigner.take({}) for _ in range(50)]
    assert taken == assign(METHODS["Efron"], SEED, "T", [{}] * 50)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (design(Method.PERMUTED_BLOCKS), "block sizes that are multiples of 2"),
        (design(Method.PERMUTED_BLOCKS, block_sizes=(3,)), "block sizes that are multiples of 2"),
        (design(Method.MINIMISATION, probability=Decimal(1), factors=(DISEASE,)), "with 1 the next arm would be known"),
        (design(Method.BIG_STICK), "greatest imbalance"),
        (Allocation(method=Method.SIMPLE, ratio={"a": 1}, cap=5), "at least two arms"),
        (Allocation(method=Method.SIMPLE, ratio={"a": 1, "b": 0}, cap=5), "whole parts"),
    ],
)
def test_a_design_that_cannot_be_followed_is_refused(wrong: Allocation, words: str) -> None:
    with pytest.raises(Refused, match=words):
        assign(wrong, SEED, "T", [{"disease": "pm"}])


def test_must_10_beyond_the_cap_there_is_no_arm() -> None:
    full = Assigner(Allocation(method=Method.SIMPLE, ratio={"a": 1, "b": 1}, cap=2), SEED, "T")
    full.take({})
    full.take({})
    with pytest.raises(Refused, match="2 are randomised already"):
        full.next_arm({})


def test_an_unknown_level_is_refused_by_name() -> None:
    stratified = design(Method.SIMPLE, factors=(DISEASE,))
    with pytest.raises(Refused, match="Disease: ibm: is not one of its levels"):
        assign(stratified, SEED, "T", [{"disease": "ibm"}])


def test_minimisation_balances_each_factor_better_than_chance() -> None:
    sex = Factor(id="sex", label="Sex", levels=(Level(id="f", label="F"), Level(id="m", label="M")))
    minimised = design(Method.MINIMISATION, probability=Decimal("0.8"), factors=(DISEASE, sex))
    simple = design(Method.SIMPLE, factors=(DISEASE, sex))

    def imbalance(made: Allocation, seed: bytes) -> int:
        chance = Drbg(seed, "who comes")
        coming = [{"disease": chance.choice(["pm", "dm"]), "sex": chance.choice(["f", "m"])} for _ in range(100)]
        arms = assign(made, seed, "T", coming)
        ahead: Counter[tuple[str, str]] = Counter()
        for levels, arm in zip(coming, arms, strict=True):
            ahead.update(dict.fromkeys(levels.items(), 1 if arm == "a" else -1))
        return sum(abs(one) for one in ahead.values())

    better = sum(imbalance(minimised, seed) < imbalance(simple, seed) for seed in seeds(60))
    assert better > 50


def test_must_18_the_check_digit_finds_every_wrong_digit_and_every_swap() -> None:
    for body in ("572", "104857", "9081726"):
        number = body + check_digit(body)
        assert is_kit_number(number)
        for place, digit in itertools.product(range(len(number)), "0123456789"):
            if number[place] != digit:
                assert not is_kit_number(number[:place] + digit + number[place + 1 :])
        for place in range(len(number) - 1):
            left, right = number[place], number[place + 1]
            if left != right:
                assert not is_kit_number(number[:place] + right + left + number[place + 2 :])
    assert check_digit("572") == "4"  # Damm's own example


def test_must_18_a_kit_number_tells_nothing_of_its_kind() -> None:
    kits = make_kits(SEED, "T", {"a": 2000, "b": 2000}, 7)
    assert len(kits) == 4000
    assert {len(number) for number in kits} == {7}
    assert all(is_kit_number(number) for number in kits)
    in_order = [kits[number] for number in sorted(kits)]
    ranks = sum(place for place, kind in enumerate(in_order, 1) if kind == "a")
    area = (ranks - 2000 * 2001 / 2) / 2000**2
    assert area == pytest.approx(0.5, abs=0.03)
    last = Counter((number[-1], kind) for number, kind in kits.items())
    assert all(abs(last[digit, "a"] - last[digit, "b"]) < 4 * 400**0.5 for digit in "0123456789")


def test_must_18_kits_are_picked_by_chance_and_again_alike() -> None:
    kits = make_kits(SEED, "T", {"a": 50, "b": 50}, 7)
    first = pick_kits(SEED, "T", kits, kits, "a", 2, "01-001/week")
    assert first == pick_kits(SEED, "T", reversed(kits), kits, "a", 2, "01-001/week")
    assert {kits[one] for one in first} == {"a"}
    few = [one for one in kits if kits[one] == "b"][:1]
    assert not stocked(few, kits, ("a", "b"), 1)
    with pytest.raises(Refused) as short_of_a:
        pick_kits(SEED, "T", few, kits, "a", 1, "x")
    with pytest.raises(Refused) as short_of_b:
        pick_kits(SEED, "T", few, kits, "b", 2, "x")
    assert str(short_of_a.value) == str(short_of_b.value)


def test_too_many_kits_for_the_length_are_refused() -> None:
    with pytest.raises(Refused, match="would need more than 4 digits"):
        make_kits(SEED, "T", {"a": 900}, 4)


def test_must_11_the_commitment_binds_seed_salt_design_list_and_kits() -> None:
    made = METHODS["blocks of 4"]
    kits = make_kits(SEED, "T", {"k": 30, "p": 30}, 7)
    sealed = Reveal("T", ALGORITHM, SEED.hex(), "5a" * 32, made, kits)
    committed = commitment(sealed)
    kinds = {"a": "k", "b": "p"}
    arms = assign(made, SEED, "T", [{}] * 8)
    by_kind = {kind: iter([one for one in kits if kits[one] == kind]) for kind in ("k", "p")}
    given = [(next(by_kind[kinds[arm]]),) for arm in arms]
    assert verify(sealed, committed, [{}] * 8, given, kinds) == ()
    wrong = [given[1], given[0], *given[2:]] if arms[0] != arms[1] else [*given[:1], given[2], given[1], *given[3:]]
    assert verify(sealed, committed, [{}] * 8, wrong, kinds)
    import msgspec

    for change in ({"seed": "00" * 32}, {"salt": "00" * 32}, {"kits": {}}, {"design": METHODS["blocks of 4, 6"]}):
        altered = msgspec.structs.replace(sealed, **change)
        assert commitment(altered) != committed
        assert verify(altered, committed, [{}] * 8, given, kinds) == (
            "What is revealed is not what was committed to before the first participant.",
        )
