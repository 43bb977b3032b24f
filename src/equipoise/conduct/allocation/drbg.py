"""Chance that can be drawn again by whoever holds the seed, and by nobody else: HMAC-SHA256 in counter mode."""

import hmac
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from equipoise.conduct.log import canonical

Item = TypeVar("Item")
SEED_BYTES = 32


class Drbg:
    """Bytes are HMAC-SHA256(seed, label | counter), the counter 8 bytes big-endian from 0.

    ``label``: trial, purpose and what else tells this stream from every other, as canonical JSON. After the key
    derivation in counter mode of NIST SP 800-108.
    """

    def __init__(self, seed: bytes, *label: str | int) -> None:
        if len(seed) != SEED_BYTES:
            raise ValueError(f"a seed has {SEED_BYTES} bytes")
        self._seed = seed
        self._label = canonical(list(label)).encode()
        self._counter = 0
        self._held = b""

    def bytes(self, count: int) -> bytes:
        while len(self._held) < count:
            told = self._label + self._counter.to_bytes(8, "big")
            self._held += hmac.digest(self._seed, told, "sha256")
            self._counter += 1
        given, self._held = self._held[:count], self._held[count:]
        return given

    def below(self, limit: int) -> int:
        """From 0 to ``limit`` - 1, each alike: what falls beyond a whole multiple of ``limit`` is drawn again."""
        if limit < 1:
            raise ValueError("there is no whole number from 0 to below 0")
        # One byte more than is needed makes drawing again rare.
        size = (limit.bit_length() + 7) // 8 + 1
        room = 256**size
        fair = room - room % limit
        while True:
            drawn = int.from_bytes(self.bytes(size), "big")
            if drawn < fair:
                return drawn % limit

    def happens(self, probability: Decimal | Fraction) -> bool:
        """With exactly this probability, between 0 and 1."""
        share = Fraction(probability)
        return self.below(share.denominator) < share.numerator

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Every order alike (Fisher and Yates)."""
        found = list(items)
        for last in range(len(found) - 1, 0, -1):
            other = self.below(last + 1)
            found[last], found[other] = found[other], found[last]
        return found

    def choice(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def weighted(self, weights: Mapping[str, int]) -> str:
        """A key, each as likely as its whole weight."""
        drawn = self.below(sum(weights.values()))
        for name, weight in weights.items():
            if drawn < weight:
                return name
            drawn -= weight
        raise AssertionError("the weights add up to their sum")
