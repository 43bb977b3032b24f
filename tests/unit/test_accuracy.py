"""The scoring of the reader against labels, on examples of our own."""

import msgspec
import pytest

from benchmarks.accuracy import Score, examine, wilson
from benchmarks.agreement import overlap, same_unit
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
    assert sorted(what.partition(":")[0] for *_, what in score.failures) == ["missed", "wrong"]
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


def at(text: str, words: str, **fields: object) -> dict[str, object]:
    start = text.index(words)
    return {"start": start, "end": start + len(words), **fields}


def seen(text: str, *atoms: dict[str, object]) -> Score:
    body = f"Inclusion Criteria:\n\n* {text}\n"
    where = body.index(text)
    score = Score()
    whole = {"id": "x", "start": where, "end": where + len(text), "polarity": "include", "atoms": list(atoms)}
    examine(whole, read_reading(body), score)
    return score


def counts(score: Score, kind: str) -> tuple[int, int, int, int]:
    return score.right[kind], score.predicted[kind], score.found[kind], score.labelled[kind]


def test_two_bounds_and_one_range_agree() -> None:
    text = "BMI at least 19 and at most 31 kg/m2"
    both = {"kind": "value", "measure": "bmi", "unit": "kg/m2"}
    low = at(text, "BMI at least 19", comparator=">=", value="19", **both)
    high = at(text, "at most 31 kg/m2", comparator="<=", value="31", **both)
    assert counts(seen(text, low, high), "value") == (1, 1, 2, 2)
    assert counts(seen(text, at(text, text, low="19", high="31", **both)), "value") == (1, 1, 1, 1)
    assert counts(seen(text, at(text, text, low="19", high="30", **both)), "value") == (0, 1, 0, 1)


def test_a_measure_may_have_another_name_and_a_size_another_unit() -> None:
    text = "Absolute neutrophil count >= 1500/uL"
    same = at(
        text, text, kind="value", measure="absolute_neutrophil_count", comparator=">=", value="1.5", unit="10*9/L"
    )
    assert counts(seen(text, same), "value") == (1, 1, 1, 1)
    assert counts(seen(text, same | {"value": "15"}), "value") == (0, 1, 0, 1)


def test_a_unit_left_out_is_the_one_meant() -> None:
    text = "BMI > 31"
    assert counts(seen(text, at(text, text, kind="value", measure="bmi", comparator=">", value="31")), "value")[0] == 1


def test_a_count_of_events_is_a_value() -> None:
    text = "At least 2 prior strokes"
    label_ = at(text, "At least 2", kind="value", measure="prior_strokes", comparator=">=", value="2")
    assert counts(seen(text, label_), "value") == (1, 1, 1, 1)
    assert counts(seen(text, label_ | {"value": "3"}), "value") == (0, 1, 0, 1)


def test_what_lasts_up_to_a_moment_has_a_window_too() -> None:
    text = "Stable dose of metformin for at least 4 weeks before screening"
    time = at(text, "at least 4 weeks before screening", kind="window", anchor="screening", amount="4", unit="week")
    assert counts(seen(text, time), "window") == (1, 1, 1, 1)


def test_what_lies_on_an_example_alone_is_not_judged() -> None:
    text = "Stroke"
    assert counts(seen(text, at(text, text, kind="condition", example=True)), "concept") == (0, 0, 0, 0)
    assert counts(seen(text, at(text, text, kind="condition")), "concept") == (1, 1, 1, 1)


def test_what_is_missed_is_told_by_kind() -> None:
    text = "Potassium < 5 mmol/L"
    label_ = at(text, text, kind="value", measure="sodium", comparator="<", value="5", unit="mmol/L")
    assert seen(text, label_).failures[0][3] == "missed: other measure"
    assert seen(text, label_ | {"measure": "glubberine"}).failures[0][3] == "missed: not in the lexicon"
