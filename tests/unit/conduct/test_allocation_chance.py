"""The generator: HMAC-SHA256 in counter mode, worked out here anew, and no number likelier than another."""

import hashlib
import hmac
import itertools
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from equipoise.conduct.allocation.drbg import Drbg
from tests.unit.conduct.test_allocation import SEED, chance_squared

VECTORS = {
    (
        "NCT06455449",
        "permuted-blocks",
        "pm",
    ): "2607e0335638e3ce43e4878704c68e32bbb183bef7002c41427a13db06b05407ee063d6ac2a36aff",
    (
        "NCT06455449",
        "minimisation",
        0,
    ): "89a924fcc3bd4a191297543f2c638853c006017e36f58bc2003c51b4823036fc622a30652365c323",
    (): "4c904fe2a5995fc15e761a2a2c1c68327336604a34ecf9f262d82aad35530a0000be6e917a3fabbb",
}
"""First 40 bytes with the seed 000102...1f, by ``label``: what another program must get."""


@pytest.mark.parametrize("label", VECTORS, ids=str)
def test_must_11_published_vectors(label: tuple[str | int, ...]) -> None:
    assert Drbg(SEED, *label).bytes(40).hex() == VECTORS[label]


@pytest.mark.parametrize(("label", "told"), [(("T", "x", 3), b'["T","x",3]'), (("é", "a|b"), '["é","a|b"]'.encode())])
def test_must_11_the_generator_is_hmac_sha256_in_counter_mode(label: tuple[str | int, ...], told: bytes) -> None:
    key = SEED.ljust(64, b"\0")
    inner, outer = bytes(one ^ 0x36 for one in key), bytes(one ^ 0x5C for one in key)
    expected = b""
    for counter in range(4):
        message = told + counter.to_bytes(8, "big")
        by_hand = hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).digest()
        assert by_hand == hmac.new(SEED, message, hashlib.sha256).digest()
        expected += by_hand
    drawn = Drbg(SEED, *label)
    assert b"".join(drawn.bytes(size) for size in (1, 30, 2, 0, 64, 31)) == expected


def test_another_label_or_seed_is_another_stream() -> None:
    labels = [("T", "x", 3), ("T", "x", 4), ("T", "x", "3"), ("T", "x3"), ("Tx", 3), ("T", "x", 3, 0)]
    drawn = {Drbg(seed, *label).bytes(32) for label in labels for seed in (SEED, SEED[::-1])}
    assert len(drawn) == 12


def test_a_seed_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="a seed has 32 bytes"):
        Drbg(SEED[:31], "T")


class Told(Drbg):
    """Gives the bytes it was told to."""

    def __init__(self, told: bytes) -> None:
        super().__init__(SEED)
        self.told = told

    def bytes(self, count: int) -> bytes:
        given, self.told = self.told[:count], self.told[count:]
        return given


def test_below_draws_again_beyond_a_whole_multiple() -> None:
    """65,536 numbers for 6: 65,532 are used; each remainder from as many of them."""
    assert Told((65531).to_bytes(2, "big")).below(6) == 5
    assert Told((65532).to_bytes(2, "big") + (7).to_bytes(2, "big")).below(6) == 1
    remainders = Counter(number % 6 for number in range(65532))
    assert set(remainders.values()) == {10922}


@pytest.mark.parametrize("limit", [1, 2, 255, 256, 257, 10**28])
def test_below_stays_below(limit: int) -> None:
    drawn = Drbg(SEED, limit)
    found = [drawn.below(limit) for _ in range(400)]
    assert 0 <= min(found) <= max(found) < limit
    assert max(found) >= limit * 0.97 - 1


def test_below_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no whole number"):
        Drbg(SEED).below(0)


def test_below_has_no_bias() -> None:
    stream = Drbg(SEED, "bias")
    drawn = Counter(str(stream.below(6)) for _ in range(60_000))
    assert chance_squared(drawn, dict.fromkeys("012345", 10_000)) > 0.001


def test_every_order_is_as_likely_as_another() -> None:
    stream = Drbg(SEED, "orders")
    drawn = Counter("".join(stream.shuffled("abcd")) for _ in range(24_000))
    assert chance_squared(drawn, dict.fromkeys(("".join(one) for one in itertools.permutations("abcd")), 1000)) > 0.001


@pytest.mark.parametrize("probability", [Decimal("0.8"), Fraction(1, 3), Decimal("0.001"), Fraction(0), Fraction(1)])
def test_what_happens_happens_exactly_so_often(probability: Decimal | Fraction) -> None:
    """Over every number below the denominator, not a sample: as many as the numerator."""
    share = Fraction(probability)
    outcomes = [Told(number.to_bytes(3, "big")[-_size(share) :]).happens(share) for number in range(share.denominator)]
    assert sum(outcomes) == share.numerator


def _size(share: Fraction) -> int:
    return (share.denominator.bit_length() + 7) // 8 + 1


def test_weighted_gives_each_as_many_numbers_as_its_weight() -> None:
    found = Counter(Told(number.to_bytes(2, "big")).weighted({"a": 2, "b": 0, "c": 5}) for number in range(7))
    assert found == {"a": 2, "c": 5}
