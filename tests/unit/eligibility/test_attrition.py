"""Statistics over the histogram of status vectors, checked against counting person by person."""

from itertools import permutations

import numpy as np
import pytest

from equipoise.eligibility.attrition import Count, Histogram

VECTORS = [(2, 2, 2), (2, 1, 2), (0, 2, 2), (0, 0, 2), (0, 1, 0), (2, 2, 0), (1, 1, 1)]
PERSONS = [5, 3, 7, 11, 2, 1, 4]


def histogram(vectors: list[tuple[int, ...]] = VECTORS, persons: list[int] = PERSONS) -> Histogram:
    words = (len(vectors[0]) + 30) // 31
    packed = [
        [
            sum(digit * 4**place for place, digit in enumerate(vector[31 * word : 31 * word + 31]))
            for word in range(words)
        ]
        for vector in vectors
    ]
    return Histogram(np.array(packed, dtype=np.int64), np.array(persons), len(vectors[0]))


def test_standing() -> None:
    assert histogram().total == 33
    assert histogram().count() == Count(definite=5, possible=7)
    assert histogram().count([2]) == Count(definite=26, possible=4)
    assert histogram().by_criterion(1) == (11, 9, 13)


def test_attrition_in_protocol_order() -> None:
    steps = histogram().in_order([0, 1, 2])
    assert [(step.lost, step.left) for step in steps] == [
        (20, Count(9, 4)),
        (0, Count(6, 7)),
        (1, Count(5, 7)),
    ]


def test_the_best_order_loses_most_first_and_keeps_the_protocol_in_ties() -> None:
    assert histogram().best_order() == [0, 2, 1]
    assert histogram([(2, 2), (0, 0)], [1, 1]).best_order() == [0, 1]


def test_striking_a_criterion() -> None:
    assert histogram().without(0) == Count(definite=12, possible=7)
    assert histogram().sole_blocker() == [7, 0, 1]
    for place, alone in enumerate(histogram().sole_blocker()):
        assert histogram().without(place).both - histogram().count().both == alone


def test_what_is_open_for_those_who_may_pass() -> None:
    assert histogram().unknown_of_possible() == [4, 7, 4]


def test_shapley_is_the_mean_over_all_orders() -> None:
    lost = [0.0, 0.0, 0.0]
    orders = list(permutations(range(3)))
    for order in orders:
        for step in histogram().in_order(order):
            lost[step.criterion] += step.lost / len(orders)
    assert histogram().shapley() == pytest.approx(lost)
    assert sum(histogram().shapley()) == pytest.approx(33 - 12)
    assert sum(histogram().shapley_of_definite()) == pytest.approx(33 - 5)


def test_more_criteria_than_one_word_holds() -> None:
    wide = histogram([tuple([2] * 40), tuple([2] * 39 + [0]), tuple([2] * 31 + [1] + [2] * 8)], [1, 10, 100])
    assert wide.count() == Count(1, 100)
    assert wide.sole_blocker()[39] == 10
    assert wide.by_criterion(31) == (0, 100, 11)


def test_nobody() -> None:
    none = Histogram(np.empty((0, 1), dtype=np.int64), np.empty(0, dtype=np.int64), 2)
    assert none.count() == Count(0, 0)
    assert none.shapley() == [0, 0]
    assert sorted(none.best_order()) == [0, 1]
