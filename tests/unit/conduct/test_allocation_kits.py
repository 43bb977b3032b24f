"""Kit numbers: checked, scattered, and telling nothing of what a kit holds; nor does which kit is taken."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from math import sqrt

import pytest

from equipoise.conduct.allocation.drbg import Drbg
from equipoise.conduct.allocation.kits import SPARSE, assured, check_digit, is_kit_number, make_kits, pick_kits
from equipoise.kernel.refused import Refused
from tests.unit.conduct.test_allocation import SEED, chance_squared, seeds

DIGITS = "0123456789"
BODIES = ["".join(one) for one in itertools.product(DIGITS, repeat=3)]


@pytest.mark.parametrize(("digits", "check"), [("572", "4"), ("", "0"), ("0", "0"), ("123456789", "4")])
def test_must_18_the_check_digit_is_damms(digits: str, check: str) -> None:
    """572 is the example of Damm's thesis; 1234567894 a vector often reprinted."""
    assert check_digit(digits) == check


def test_must_18_every_wrong_digit_is_found_in_every_number_of_four() -> None:
    right = {body + check_digit(body) for body in BODIES}
    for number in right:
        assert is_kit_number(number)
        for place, digit in itertools.product(range(4), DIGITS):
            if number[place] != digit:
                assert number[:place] + digit + number[place + 1 :] not in right


def test_must_18_every_swap_of_neighbours_is_found_in_every_number_of_four() -> None:
    for body in BODIES:
        number = body + check_digit(body)
        for place in range(3):
            left, right = number[place], number[place + 1]
            if left != right:
                assert not is_kit_number(number[:place] + right + left + number[place + 2 :])


@pytest.mark.parametrize("text", ["", "0", "572", "5725", "572 4", "572４", "a", "-5724", "57.24"])
def test_what_is_no_kit_number(text: str) -> None:
    assert not is_kit_number(text)


EACH = 10_000
MADE = make_kits(SEED, "T", {"active": EACH, "placebo": EACH}, 8)
NUMBERS = sorted(MADE)


def area(values: Iterable[tuple[float, str]]) -> float:
    """The chance that an active kit stands above a placebo one, ties half (area under the ROC curve)."""
    ordered = sorted(values)
    above, below_placebo = 0.0, 0
    for _, group in itertools.groupby(ordered, key=lambda one: one[0]):
        held = Counter(kind for _, kind in group)
        above += held["active"] * (below_placebo + held["placebo"] / 2)
        below_placebo += held["placebo"]
    kinds = Counter(kind for _, kind in ordered)
    return above / (kinds["active"] * kinds["placebo"])


def alternating(number: str) -> float:
    return float(sum(int(digit) * (-1) ** place for place, digit in enumerate(number)))


TELLTALES: dict[str, Callable[[str], float]] = {
    "number": float,
    "order": lambda number: float(ORDER[number]),
    "check digit": lambda number: float(number[-1]),
    "digit before it": lambda number: float(number[-2]),
    "first digit": lambda number: float(number[0]),
    "sum of digits": lambda number: float(sum(map(int, number))),
    "alternating sum": alternating,
    "parity": lambda number: float(int(number[-2]) % 2),
    "gap to the next": lambda number: float(GAPS[number]),
}
ORDER = {number: place for place, number in enumerate(MADE)}
GAPS = {number: int(after) - int(number) for number, after in itertools.pairwise([*NUMBERS, "99999999"])}


def test_the_measure_of_telling_finds_what_tells() -> None:
    assert area([(1, "placebo"), (2, "active")]) == 1
    assert area([(1, "active"), (2, "placebo")]) == 0
    assert area([(1, "active"), (1, "placebo")]) == 0.5


@pytest.mark.parametrize("by", TELLTALES)
def test_must_18_a_kit_number_tells_nothing_of_its_kind(by: str) -> None:
    """Within 0.02, and that is more than four standard errors: sqrt((m + n + 1) / (12 m n)) is 0.0041."""
    assert 4 * sqrt((2 * EACH + 1) / (12 * EACH * EACH)) < 0.02
    assert area((TELLTALES[by](number), kind) for number, kind in MADE.items()) == pytest.approx(0.5, abs=0.02)


def test_must_18_a_kit_tells_nothing_of_the_next_one() -> None:
    runs = Counter(left + right for left, right in itertools.pairwise(MADE[number] for number in NUMBERS))
    assert chance_squared(runs, dict.fromkeys(runs, (2 * EACH - 1) / 4)) > 0.001
    assert len(runs) == 4


def test_must_18_numbers_are_of_one_length_scattered_and_rarely_guessed() -> None:
    assert len(MADE) == 2 * EACH
    assert {len(number) for number in MADE} == {8}
    assert all(is_kit_number(number) and number[0] != "0" for number in MADE)
    guess = Drbg(SEED, "guess")
    hits = sum(str(10_000_000 + guess.below(90_000_000)) in MADE for _ in range(20_000))
    assert hits / 20_000 < 1 / (SPARSE * 10)
    tenths = Counter(number[0] for number in MADE)
    assert chance_squared(tenths, dict.fromkeys("123456789", 2 * EACH / 9)) > 0.001


def test_kits_are_as_many_of_each_kind_as_asked_and_again_the_same() -> None:
    assert Counter(MADE.values()) == {"active": EACH, "placebo": EACH}
    few = make_kits(SEED, "T", {"a": 3, "b": 5}, 5)
    assert few == make_kits(SEED, "T", {"b": 5, "a": 3}, 5)
    assert few != make_kits(SEED, "U", {"a": 3, "b": 5}, 5)
    assert few != make_kits(SEED[::-1], "T", {"a": 3, "b": 5}, 5)
    assert list(few) == sorted(few)


def test_a_later_batch_repeats_no_number() -> None:
    """Not told of the first batch, the second repeats some thirty of its 500."""
    counts = {"a": 250, "b": 250}
    first, blind = make_kits(SEED, "T", counts, 5), make_kits(SEED, "T", counts, 5, 2)
    second = make_kits(SEED, "T", counts, 5, 2, first)
    assert len(first.keys() & blind.keys()) > 10
    assert not first.keys() & second.keys()
    assert Counter(second.values()) == counts


@pytest.mark.parametrize(("count", "taken"), [(900, 0), (113, 0), (100, 20)])
def test_too_many_kits_for_the_length_are_refused(count: int, taken: int) -> None:
    with pytest.raises(Refused, match="would need more than 4 digits"):
        make_kits(SEED, "T", {"a": count}, 4, taken=[str(number) for number in range(taken)])


def test_kits_that_just_fit_are_made() -> None:
    assert len(make_kits(SEED, "T", {"a": 112}, 4)) == 112


STOCK = NUMBERS[:24]


def held(kind: str) -> list[str]:
    return [number for number in STOCK if MADE[number] == kind]


def test_must_18_kits_are_picked_the_same_when_asked_again_in_whatever_order_the_stock_is_told() -> None:
    first = pick_kits(SEED, "T", STOCK, MADE, "active", 2, "01-001/week-4")
    assert first == pick_kits(SEED, "T", reversed(STOCK), MADE, "active", 2, "01-001/week-4")
    assert {MADE[one] for one in first} == {"active"}
    assert len(set(first)) == 2
    assert first == tuple(sorted(first))


def test_must_18_every_suitable_kit_is_as_likely_to_be_picked() -> None:
    suitable = held("active")
    picked = Counter(pick_kits(SEED, "T", STOCK, MADE, "active", 1, str(one))[0] for one in range(300 * len(suitable)))
    assert chance_squared(picked, dict.fromkeys(suitable, 300)) > 0.001


def test_must_18_the_place_of_the_kit_taken_tells_nothing_of_the_arm() -> None:
    """Who sees the stock in order and which kit went learns no arm: the rank of the kit among all in stock."""
    ranks = []
    for seed in seeds(3000):
        kits = make_kits(seed, "T", {"active": 6, "placebo": 6}, 6)
        for kind in ("active", "placebo"):
            (taken,) = pick_kits(seed, "T", kits, kits, kind, 1, "01-001/baseline")
            ranks.append((list(kits).index(taken), kind))
    # Two picks from one stock fall apart, so the standard error is at most that of 6,000 alone.
    assert 2.5 * sqrt(6001 / (12 * 3000 * 3000)) < 0.02
    assert area(ranks) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("came", "gone", "left"),
    [
        ([], [], 0),
        (held("active"), [], 0),
        ([*held("active"), *held("placebo")[:3]], [], 3),
        ([*held("active"), *held("placebo")[:3]], held("active")[:2], 1),
        ([*held("active"), *held("placebo")[:3]], held("placebo")[:2], 1),
        ([*held("active"), *held("placebo")[:3]], [*held("active")[:2], *held("placebo")[:2]], 0),
        (["12345", *held("active"), held("placebo")[0]], ["12345"], 1),
    ],
)
def test_must_18_of_a_kit_that_went_every_kind_has_one_less(came: list[str], gone: list[str], left: int) -> None:
    assert assured([came], set(came) - set(gone), MADE, ("active", "placebo")) == left


def test_must_18_of_a_parcel_wholly_gone_nothing_is_owed() -> None:
    """A refrigerator failed: the next parcel counts as if it were the first. Kit by kit it counts all the same."""
    first, second = ([*held("active")[some], *held("placebo")[some]] for some in (slice(0, 3), slice(3, 6)))
    kinds = ("active", "placebo")
    assert assured([first, second], set(second), MADE, kinds) == 3
    assert assured([first, second], {*first[1:], *second}, MADE, kinds) == 5
    assert assured([[kit] for kit in (*first, *second)], {*first[1:], *second}, MADE, kinds) == 5
    assert assured([], (), MADE, kinds) == 0


def test_must_18_a_refusal_is_in_the_same_words_whichever_kind_is_short() -> None:
    with pytest.raises(Refused) as no_active:
        pick_kits(SEED, "T", held("placebo"), MADE, "active", 1, "x")
    with pytest.raises(Refused) as no_placebo:
        pick_kits(SEED, "T", held("active"), MADE, "placebo", 1, "x")
    assert str(no_active.value) == str(no_placebo.value)
    assert "does not hold enough kits" in str(no_active.value)
