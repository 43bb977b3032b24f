"""The scoring of the reader against labels, on examples of our own."""

import msgspec
import pytest

from benchmarks.accuracy import Score, examine, overlap, same_unit, wilson
from equipoise.eligibility.read import read_reading

TEXT = "Inclusion Criteria:\n\n* Platelets >= 100 x 10^9/L\n* No stroke within 6 months before screening\n"


def label(words: str, polarity: str, *atoms: dict[str, object]) -> dict[str, object]:
    start = TEXT.index(words)
    return {"id": "x", "start": start, "end": start + len(words), "polarity": polarity, "atoms": list(atoms)}


VALUE = {
    "kind": "value",
    "measure": "platelets",
    "comparator": ">=",
    "value": "100",
    "unit": "10*9/L",
    "start": 0,
    "end": 25,
}
WINDOW = {
    "kind": "window",
    "anchor": "screening",
    "direction": "before",
    "amount": "6",
    "unit": "month",
    "start": 10,
    "end": 42,
}
STROKE = {"kind": "condition", "start": 3, "end": 9}


def scored(*labels: dict[str, object]) -> Score:
    score, reading = Score(), read_reading(TEXT)
    for one in labels:
        examine(one, reading, score)
    return score


def test_what_is_right_counts() -> None:
    score = scored(
        label("Platelets >= 100 x 10^9/L", "include", VALUE),
        label("No stroke within 6 months before screening", "include", WINDOW, STROKE),
    )
    assert +score.right == {"polarity": 2, "segment": 2, "value": 1, "window": 1, "concept": 1}
    assert score.failures == []


@pytest.mark.parametrize(
    "other", [{"value": "10"}, {"comparator": ">"}, {"measure": "neutrophils"}, {"unit": "g/L"}, {"reference": "ULN"}]
)
def test_a_value_that_differs_in_anything_is_both_missed_and_wrong(other: dict[str, object]) -> None:
    score = scored(label("Platelets >= 100 x 10^9/L", "exclude", VALUE | other))
    assert (score.right["polarity"], score.right["value"]) == (0, 0)
    assert sorted(what for *_, what in score.failures) == ["missed", "wrong"]
    assert score.right["unit lost"] == (other == {"unit": "g/L"})


def test_units_are_compared_by_size() -> None:
    assert same_unit("10*9/L", "10*3/uL")
    assert same_unit(None, "{score}")
    assert not same_unit("10*9/L", "/uL")
    assert not same_unit(None, "kg")


def test_intervals_are_wilson_s() -> None:
    assert wilson(8, 10) == "80 % (49 to 94) of 10"
    assert wilson(0, 0) == "none"
    assert overlap((0, 5), (5, 9)) == 0


def test_labels_hold_no_text() -> None:
    from benchmarks.accuracy import LABELS

    lines = [msgspec.json.decode(line) for line in LABELS.read_text().splitlines()[1:]]
    assert len(lines) >= 300
    assert {name for line in lines for name in line} & {"text", "criteria"} == set()
    assert all(atom.get("words") is None for line in lines for atom in line["atoms"])
