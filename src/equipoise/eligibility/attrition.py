"""What each criterion costs, from the histogram of status vectors: no further question to the warehouse is needed.

Counts follow Kleene: ``definite`` are those who surely pass, ``possible`` those of whom it is not known.
"""

from collections.abc import Sequence
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
DIGITS = 31
"""Criteria in one word of a status vector: two bits each, in a signed 64-bit number."""
NOT_MET, NOT_KNOWN, MET = 0, 1, 2


class Count(msgspec.Struct, frozen=True):
    """``definite`` and ``possible`` exclude each other."""

    definite: int
    possible: int

    @property
    def both(self) -> int:
        return self.definite + self.possible


class Step(msgspec.Struct, frozen=True):
    """Who is left after this criterion and all before it, and how many it took away."""

    criterion: int
    left: Count
    lost: int


class Histogram:
    """Status vectors and how many persons have each.

    ``words``: an array (vectors, words) of 64-bit numbers, 31 criteria to a word, two bits each.
    ``persons``: (vectors,).
    """

    def __init__(self, words: Numbers, persons: Numbers, criteria: int) -> None:
        self.persons, self.criteria = persons.astype(np.int64), criteria
        digits = [(words[:, place // DIGITS] >> (2 * (place % DIGITS))) & 3 for place in range(criteria)]
        self.digits: npt.NDArray[np.int8] = np.array(digits, dtype=np.int8).reshape(criteria, len(persons))

    @property
    def total(self) -> int:
        return int(self.persons.sum())

    @cached_property
    def _unmet(self) -> Flags:
        return np.equal(self.digits, NOT_MET)

    @cached_property
    def _unsure(self) -> Flags:
        return np.not_equal(self.digits, MET)

    def count(self, chosen: Sequence[int] | None = None) -> Count:
        """Who passes these criteria; all where none are named."""
        rows = list(range(self.criteria)) if chosen is None else list(chosen)
        may = ~self._unmet[rows].any(axis=0)
        sure = ~self._unsure[rows].any(axis=0)
        definite = int(self.persons[sure].sum())
        return Count(definite, int(self.persons[may].sum()) - definite)

    def by_criterion(self, place: int) -> tuple[int, int, int]:
        """Persons for whom it is not met, not known, met."""
        found = np.bincount(self.digits[place], weights=self.persons, minlength=3)
        return int(found[0]), int(found[1]), int(found[2])

    def in_order(self, order: Sequence[int]) -> list[Step]:
        """Attrition, one criterion after the other."""
        steps, may, sure = [], np.ones(len(self.persons), bool), np.ones(len(self.persons), bool)
        before = self.total
        for place in order:
            may, sure = may & ~self._unmet[place], sure & ~self._unsure[place]
            definite, left = int(self.persons[sure].sum()), int(self.persons[may].sum())
            steps.append(Step(place, Count(definite, left - definite), before - left))
            before = left
        return steps

    def best_order(self) -> list[int]:
        """Greedy: next the criterion that takes most of those still left away; ties in protocol order."""
        order, rest = [], list(range(self.criteria))
        left = self.persons.copy()
        while rest:
            losses = self._unmet[rest] @ left
            chosen = rest.pop(int(np.argmax(losses)))
            order.append(chosen)
            left[self._unmet[chosen]] = 0
        return order

    def without(self, place: int) -> Count:
        """Who would pass if this criterion were struck."""
        return self.count([other for other in range(self.criteria) if other != place])

    def sole_blocker(self) -> list[int]:
        """By criterion, persons whom it alone keeps out."""
        unmet = self._unmet.sum(axis=0)
        alone = self._unmet & (unmet == 1)
        return [int(one) for one in alone @ self.persons]

    def unknown_of_possible(self) -> list[int]:
        """By criterion, possible persons for whom it is among what is not known."""
        may = ~self._unmet.any(axis=0)
        return [int(one) for one in ((self.digits == NOT_KNOWN) & may) @ self.persons]

    def shapley(self) -> list[float]:
        """By criterion, its share of all who are excluded, whatever order criteria are applied in (Shapley's value).

        Exact for any number of criteria: of a person whom k criteria keep out, each is first in one of k orders, so
        each is charged 1/k of that person.
        """
        return self._shares(self._unmet)

    def shapley_of_definite(self) -> list[float]:
        """The same for all who are not definite: kept out, or not known."""
        return self._shares(self._unsure)

    def _shares(self, held_back: Flags) -> list[float]:
        each = self.persons / np.maximum(held_back.sum(axis=0), 1)
        return [float(one) for one in held_back @ each]
