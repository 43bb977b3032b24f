"""Commit and reveal: what is sealed cannot be changed unnoticed, and anyone draws all of it again."""

import hashlib
import hmac
import itertools
import json
from decimal import Decimal

import msgspec
import pytest

from equipoise.conduct.allocation.assigning import assign
from equipoise.conduct.allocation.kits import make_kits
from equipoise.conduct.allocation.sealing import (
    ALGORITHM,
    Batch,
    Bound,
    Reveal,
    arms_again,
    batch_commitment,
    commitment,
    lists,
    make_batch,
    verify,
)
from equipoise.conduct.protocol.model import Allocation, Method
from equipoise.kernel.refused import Refused
from tests.unit.conduct.test_allocation import BLOCKS, DISEASE, EFRON, MINIMISED, SEED, STICK, design, factor

SALT = "5a" * 32
KINDS = {"a": "k", "b": "p"}
DESIGNS = {
    "simple": design(Method.SIMPLE, cap=40),
    "blocks": design(Method.PERMUTED_BLOCKS, cap=40, block_sizes=(4, 6), factors=(DISEASE,)),
    "big stick": msgspec.structs.replace(STICK, cap=40),
    "Efron": msgspec.structs.replace(EFRON, cap=40),
    "urn": design(Method.WEI_URN, cap=40),
    "minimisation": msgspec.structs.replace(MINIMISED, cap=40),
}
PLACED = [{"disease": "pm" if number % 3 else "dm"} for number in range(30)]
CHANGED = "What is revealed is not what was committed to before the first participant."


def sealed(made: Allocation, kits: bool = True) -> Reveal:
    return Reveal("T", ALGORITHM, SEED.hex(), SALT, made, make_kits(SEED, "T", {"k": 40, "p": 40}, 6) if kits else {})


def given(opened: Reveal) -> list[tuple[str, ...]]:
    """One kit each, of the kind of their arm."""
    left = {kind: iter([kit for kit, held in opened.kits.items() if held == kind]) for kind in KINDS.values()}
    return [(next(left[KINDS[arm]]),) for arm in assign(opened.design, SEED, "T", PLACED)]


@pytest.mark.parametrize("name", DESIGNS)
def test_must_11_what_was_sealed_verifies(name: str) -> None:
    opened = sealed(DESIGNS[name])
    through_a_file = msgspec.json.decode(msgspec.json.encode(opened), type=Reveal)
    assert verify(through_a_file, Bound(commitment(opened)), PLACED, given(opened), KINDS) == ()


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize(
    "change",
    [
        {"seed": "00" * 32},
        {"salt": "00" * 32},
        {"trial": "U"},
        {"kits": {}},
        {"kits": make_kits(SEED, "T", {"k": 41, "p": 39}, 6)},
    ],
    ids=str,
)
def test_must_11_any_other_content_is_found(name: str, change: dict[str, object]) -> None:
    opened = sealed(DESIGNS[name])
    altered = msgspec.structs.replace(opened, **change)
    assert commitment(altered) != commitment(opened)
    assert verify(altered, Bound(commitment(opened)), PLACED, given(opened), KINDS) == (CHANGED,)


@pytest.mark.parametrize("name", DESIGNS)
def test_must_11_arms_that_changed_places_are_found(name: str) -> None:
    """Naming the arms in another order gives everyone of two equal arms the other, from the same seed."""
    opened = sealed(DESIGNS[name])
    turned = msgspec.structs.replace(opened.design, ratio=dict(reversed(opened.design.ratio.items())))
    altered = msgspec.structs.replace(opened, design=turned)
    arms, others = (assign(made, SEED, "T", PLACED) for made in (opened.design, turned))
    assert all(one != other for one, other in zip(arms, others, strict=True))
    assert verify(altered, Bound(commitment(opened)), PLACED, given(opened), KINDS) == (CHANGED,)


def test_must_11_another_design_is_found() -> None:
    for one, other in itertools.permutations(DESIGNS.values(), 2):
        opened = sealed(one)
        altered = msgspec.structs.replace(opened, design=other)
        assert verify(altered, Bound(commitment(opened)), PLACED, given(opened), KINDS) == (CHANGED,)


def test_must_11_kits_not_drawn_from_the_seed_are_found() -> None:
    """Sealed so from the first: a map made by hand tells, were it committed to or not."""
    by_hand = msgspec.structs.replace(sealed(BLOCKS), kits={"100000": "k", "200003": "p"})
    assert verify(by_hand, Bound(commitment(by_hand)), [], [], KINDS) == (
        "What the kits hold was not drawn from the seed.",
    )


def test_must_11_the_commitment_is_sha256_over_canonical_json() -> None:
    """Worked out without the program: blocks of two, whose list can be read off the generator's bytes."""
    made = design(Method.PERMUTED_BLOCKS, cap=3, block_sizes=(2,))
    stream = hmac.new(SEED, b'["T","permuted-blocks"]' + bytes(8), hashlib.sha256).digest()
    # Of each block: two bytes choose its size among one, two whether its arms change places (0: they do).
    swaps = [int.from_bytes(stream[start : start + 2], "big") % 2 == 0 for start in (2, 6)]
    drawn = [arm for swap in swaps for arm in ("ba" if swap else "ab")][:3]
    told = {"block_sizes": [2], "cap": 3, "method": "permuted-blocks", "ratio": {"a": 1, "b": 1}}
    content = {"algorithm": ALGORITHM, "design": told, "kits": {}, "salt": SALT, "seed": SEED.hex(), "trial": "T"}
    everything = [ALGORITHM, content, ["a", "b"], [[[], drawn]]]
    text = json.dumps(everything, sort_keys=True, separators=(",", ":"))
    assert commitment(sealed(made, kits=False)) == hashlib.sha256(text.encode()).hexdigest()


def test_must_11_lists_are_drawn_ahead_to_the_cap_for_every_stratum_but_not_where_there_are_none() -> None:
    sex = factor("sex", "f", "m")
    made = design(Method.EFRON, cap=25, probability=Decimal("0.7"), factors=(DISEASE, sex))
    found = lists(made, SEED, "T")
    assert set(found) == {("pm", "f"), ("pm", "m"), ("dm", "f"), ("dm", "m")}
    for (disease, each), arms in found.items():
        assert arms == assign(made, SEED, "T", [{"disease": disease, "sex": each}] * 25)
    assert lists(MINIMISED, SEED, "T") == {}


def test_must_13_a_commitment_differs_with_the_salt_though_all_else_is_known() -> None:
    opened = sealed(BLOCKS)
    assert commitment(opened) != commitment(msgspec.structs.replace(opened, salt="5b" * 32))


def test_a_kit_of_the_other_arm_is_found_by_participant() -> None:
    opened = sealed(DESIGNS["simple"])
    kits = given(opened)
    arms = assign(opened.design, SEED, "T", PLACED)
    other = arms.index("b" if arms[0] == "a" else "a")
    kits[0], kits[other] = kits[other], kits[0]
    assert verify(opened, Bound(commitment(opened)), PLACED, kits, KINDS) == tuple(
        f"Participant {place + 1} was assigned to {arms[place]} and got kit {kit}, which holds something else."
        for place, (kit,) in ((0, kits[0]), (other, kits[other]))
    )


def test_a_kit_given_twice_a_kit_unknown_and_kits_of_nobody_are_found() -> None:
    opened = sealed(DESIGNS["simple"])
    kits = given(opened)
    arms = assign(opened.design, SEED, "T", PLACED)
    again = next(place for place in range(1, 30) if arms[place] == arms[0])
    twice = [*kits[:again], kits[0], *kits[again + 1 :]]
    assert verify(opened, Bound(commitment(opened)), PLACED, twice, KINDS) == (
        f"Kit {kits[0][0]} went to participants 1 and {again + 1}.",
    )
    unknown = verify(opened, Bound(commitment(opened)), PLACED, [("000000",), *kits[1:]], KINDS)
    assert unknown == (f"Participant 1 was assigned to {arms[0]} and got kit 000000, which holds something else.",)
    assert verify(opened, Bound(commitment(opened)), PLACED, kits[:-1], KINDS) == (
        "30 are randomised, and kits are told of 29.",
    )


def test_must_11_a_trial_without_kits_is_checked_for_its_draws() -> None:
    opened = sealed(EFRON, kits=False)
    assert verify(opened, Bound(commitment(opened)), PLACED, [()] * 30, {}) == ()


@pytest.mark.parametrize("placed", [[{"disease": "ibm"}], [{}] * 41], ids=["level", "cap"])
def test_what_cannot_be_drawn_again_is_told_in_words(placed: list[dict[str, str]]) -> None:
    opened = sealed(DESIGNS["minimisation" if len(placed) == 1 else "simple"], kits=False)
    (told,) = verify(opened, Bound(commitment(opened)), placed, [()] * len(placed), {})
    assert told.startswith("The assignments cannot be drawn again: ")


@pytest.mark.parametrize("seed", ["", "no hexadecimal", SEED.hex()[:-2]])
def test_a_seed_that_is_none_is_told_in_words(seed: str) -> None:
    opened = sealed(BLOCKS)
    broken = msgspec.structs.replace(opened, seed=seed)
    assert verify(broken, Bound(commitment(opened)), PLACED, given(opened), KINDS) == (CHANGED,)


def test_another_algorithm_is_not_checked_by_this_one() -> None:
    opened = msgspec.structs.replace(sealed(BLOCKS), algorithm="another/9")
    (told,) = verify(opened, Bound(commitment(opened)), PLACED, [], KINDS)
    assert told == f"It was drawn by another/9; this program checks {ALGORITHM}."


def test_a_design_that_makes_no_sense_cannot_be_sealed() -> None:
    with pytest.raises(Refused, match="multiples of 2"):
        commitment(sealed(design(Method.PERMUTED_BLOCKS, block_sizes=(3,))))


def with_batches(made: Allocation, *counts: int) -> Reveal:
    opened = sealed(made)
    for each in counts:
        further = make_batch(opened, {"k": each, "p": each}, 6, "5c" * 32)
        opened = msgspec.structs.replace(opened, batches=(*opened.batches, further))
    return opened


def bound(opened: Reveal) -> Bound:
    return Bound(commitment(opened), tuple(batch_commitment("T", batch) for batch in opened.batches))


def test_must_11_later_kits_leave_the_first_commitment_and_have_their_own() -> None:
    opened = with_batches(BLOCKS, 20, 10)
    assert [batch.number for batch in opened.batches] == [2, 3]
    assert commitment(opened) == commitment(sealed(BLOCKS))
    assert len(opened.contents) == 80 + 40 + 20
    assert len(set(bound(opened).batches)) == 2
    through_a_file = msgspec.json.decode(msgspec.json.encode(opened), type=Reveal)
    assert verify(through_a_file, bound(opened), PLACED, given(opened), KINDS) == ()
    assert b"batches" not in msgspec.json.encode(sealed(BLOCKS))


def test_must_11_a_kit_of_a_later_batch_is_held_against_the_arm() -> None:
    opened = with_batches(DESIGNS["simple"], 20)
    arm = assign(opened.design, SEED, "T", PLACED)[0]
    later = {kind: kit for kit, kind in opened.batches[0].kits.items()}
    kits = given(opened)
    right = [(later[KINDS[arm]],), *kits[1:]]
    assert verify(opened, bound(opened), PLACED, right, KINDS) == ()
    wrong = [(later[KINDS["b" if arm == "a" else "a"]],), *kits[1:]]
    (told,) = verify(opened, bound(opened), PLACED, wrong, KINDS)
    assert told.endswith("which holds something else.")


def test_must_11_a_kit_given_openly_holds_what_the_open_period_gives() -> None:
    opened = sealed(DESIGNS["simple"])
    arm, kits = assign(opened.design, SEED, "T", PLACED)[0], given(opened)
    left = {kind: kit for kit, kind in opened.kits.items() if (kit,) not in kits}
    own, other = left[KINDS[arm]], left[KINDS["b" if arm == "a" else "a"]]
    for openly, got, sound in (
        ({other: {opened.kits[other]}}, other, True),
        ({own: {opened.kits[other]}}, own, False),
        ({own: {opened.kits[other], ""}}, own, True),
        ({}, other, False),
    ):
        found = verify(opened, bound(opened), PLACED, [(*kits[0], got), *kits[1:]], KINDS, openly)
        assert (found == ()) == sound, (openly, found)
    openly = {own: {opened.kits[other]}}
    (told,) = verify(opened, bound(opened), PLACED, [(*kits[0], own), *kits[1:]], KINDS, openly)
    assert told == f"Participant 1 in an open period got kit {own}, which holds something else."


LATER = "The later kits revealed are not those committed to when they were numbered."


@pytest.mark.parametrize("what", ["turned", "left out", "salt", "one more"])
def test_must_11_later_kits_that_were_changed_are_found(what: str) -> None:
    opened = with_batches(BLOCKS, 20, 10)
    first, second = opened.batches
    other = {"k": "p", "p": "k"}
    batches: tuple[Batch, ...] = {
        "turned": (msgspec.structs.replace(first, kits={kit: other[kind] for kit, kind in first.kits.items()}), second),
        "left out": (second,),
        "salt": (first, msgspec.structs.replace(second, salt="00" * 32)),
        "one more": (*with_batches(BLOCKS, 20, 10, 5).batches,),
    }[what]
    altered = msgspec.structs.replace(opened, batches=batches)
    assert verify(altered, bound(opened), PLACED, given(opened), KINDS) == (LATER,)


def test_must_11_later_kits_made_by_hand_are_found_though_committed_to() -> None:
    opened = with_batches(BLOCKS, 20)
    by_hand = msgspec.structs.replace(opened.batches[0], kits={"100000": "k", "200003": "p"})
    altered = msgspec.structs.replace(opened, batches=(by_hand,))
    told = verify(altered, bound(altered), PLACED, given(opened), KINDS)
    assert told == ("What the kits of batch 2 hold was not drawn from the seed.",)


@pytest.mark.parametrize("name", DESIGNS)
def test_must_11_beyond_a_cap_that_was_raised_the_lists_go_on(name: str) -> None:
    """The arms up to the sealed cap stay what they were; those beyond it follow from the seed alike."""
    opened = sealed(DESIGNS[name])
    more = [{"disease": "pm" if number % 3 else "dm"} for number in range(60)]
    arms = arms_again(opened, more, cap=60)
    assert arms[:40] == assign(opened.design, SEED, "T", more[:40])
    assert len(arms) == 60
    raised = Bound(commitment(opened), cap=60)
    assert verify(sealed(DESIGNS[name], kits=False), raised, more, [()] * 60, {}) == (CHANGED,)
    without = sealed(DESIGNS[name], kits=False)
    assert verify(without, Bound(commitment(without), cap=60), more, [()] * 60, {}) == ()
    (told,) = verify(without, Bound(commitment(without), cap=59), more, [()] * 60, {})
    assert told == "The assignments cannot be drawn again: The trial is full: 59 are randomised already."
