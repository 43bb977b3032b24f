import itertools

import pytest

from equipoise.kernel.truth import Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        *((T, T, T, T), (T, F, F, T), (T, U, U, T)),
        *((F, T, F, T), (F, F, F, F), (F, U, F, U)),
        *((U, T, U, T), (U, F, F, U), (U, U, U, U)),
    ],
)
def test_strong_kleene_tables(one: Truth, other: Truth, both: Truth, either: Truth) -> None:
    assert (one & other) is both
    assert (one | other) is either


def test_not_leaves_unknown_unknown() -> None:
    assert (~T, ~F, ~U) == (F, T, U)


@pytest.mark.parametrize(("one", "other"), list(itertools.product([T, F, U], repeat=2)))
def test_de_morgan(one: Truth, other: Truth) -> None:
    assert ~(one & other) is (~one | ~other)


def test_unknown_never_passes_for_a_plain_yes_or_no() -> None:
    with pytest.raises(TypeError, match="may be unknown"):
        bool(U)
