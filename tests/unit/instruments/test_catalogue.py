"""What every instrument keeps: it tells its sources and rights, takes nothing as an answer, and refuses in words."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from equipoise.instruments.answers import read_json
from equipoise.instruments.catalogue import INSTRUMENTS, find_instrument, score, write_json
from equipoise.instruments.classification.weights import WITH, WITHOUT
from equipoise.instruments.kinds import Choice, Number, Several
from equipoise.kernel.refused import Refused

NAMES = tuple(INSTRUMENTS)


@pytest.mark.parametrize("name", NAMES)
def test_it_tells_where_it_comes_from_how_sure_it_is_and_whose_it_is(name: str) -> None:
    instrument = INSTRUMENTS[name]
    assert instrument.id == name
    for told in (instrument.title, instrument.plain, instrument.gives, instrument.rights):
        assert len(told) > 10
    assert instrument.sources
    assert instrument.facts
    assert all(item.label for item in instrument.items)
    names = [item.name for item in instrument.items]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_known_is_an_answer_and_leaving_out_is_the_same_as_null(name: str) -> None:
    nothing = score(name, {})
    assert score(name, {item.name: None for item in INSTRUMENTS[name].items}) == nothing
    assert score(name, {"options": {}} if INSTRUMENTS[name].options else {}) == nothing
    told: Any = msgspec.json.decode(write_json(nothing))
    assert told["instrument"] == name


@pytest.mark.parametrize("name", NAMES)
def test_defaults_of_options_fit_their_own_kind(name: str) -> None:
    for option in INSTRUMENTS[name].options:
        assert option.kind.read(option.name, option.default) is not None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("given", [None, 3, "x", [], True])
def test_only_an_object_is_a_persons_answers(name: str, given: object) -> None:
    with pytest.raises(Refused, match=r"One person's answers are a JSON object\. Its fields are: "):
        score(name, given)


def test_an_unknown_instrument_is_refused_with_the_list() -> None:
    with pytest.raises(Refused, match=r"'sledai': is not an instrument we have\. There are: eular-acr-2017, tis, "):
        find_instrument("sledai")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("45", r'age_at_onset: must be a number from 0 to 120 \(years\), not "45"\.'),
        (-1, "not -1"),
        (121, "not 121"),
        (True, "not true"),
        ([45], r"not \[45\]"),
        (Decimal("NaN"), "not NaN"),
        (Decimal("sNaN"), "not sNaN"),
        (float("nan"), "binary fraction"),
        (4.5, "binary fraction"),
        (Decimal("1e999999999999"), "has more than 20 digits"),
        (10**400, "has more than 20 digits"),
        (object(), "must be a number"),
    ],
)
def test_an_age_that_is_none_is_refused(value: object, message: str) -> None:
    with pytest.raises(Refused, match=message):
        score("eular-acr-2017", {"age_at_onset": value})


@pytest.mark.parametrize("value", ["yes", 1, 0, Decimal(1), []])
def test_a_finding_is_true_false_or_null(value: object) -> None:
    with pytest.raises(Refused, match=r"heliotrope: must be true, false or null \(not known\), not "):
        score("eular-acr-2017", {"heliotrope": value})


@pytest.mark.parametrize(
    "text", ["{", "NaN", "[1,", "{'a': 1}", '{"a": NaN}', "\xff", "", '{"a": 1e9999999999999999999}', "[" * 100_000]
)
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="This is not JSON that can be read"):
        read_json(text.encode("latin-1"))


def test_decimals_stay_as_they_were_written() -> None:
    assert read_json('{"a": [0.7, 7, 1e2]}') == {"a": [Decimal("0.7"), 7, Decimal("1E+2")]}


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(Refused) as refused:
        score("eular-acr-2017", {"heliotrope": "x" * 1000})
    assert len(str(refused.value)) < 150


def test_a_choice_takes_a_whole_decimal_and_nothing_near_it() -> None:
    choice = Choice((80, 150))
    assert choice.read("n", Decimal("80.0")) == 80
    for wrong in (Decimal("80.5"), Decimal("sNaN"), Decimal("1e999999"), "80", 80.0, True, [80]):
        with pytest.raises(Refused):
            choice.read("n", wrong)


def test_numbers_say_what_they_want() -> None:
    assert Number(Decimal(0), Decimal(10), whole=True).words == "a whole number from 0 to 10"
    assert Several(Choice(("a", "b"))).read("n", []) == ()


DOCUMENT = (Path(__file__).parents[3] / "docs" / "instruments.md").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_every_field_asked_and_given_is_documented(name: str) -> None:
    chapter = DOCUMENT.split(f"\n## {name}\n")[1].split("\n## ")[0]
    asked = INSTRUMENTS[name].items + INSTRUMENTS[name].options
    given = type(score(name, {})).__struct_encode_fields__
    shared = ("instrument", "warnings", "options") if name != "eular-acr-2017" else ("instrument",)
    twin = DOCUMENT.split("\n## tis\n")[1] if name == "imacs-improvement" else ""
    for field in {item.name for item in asked} | set(given) - set(shared):
        assert f"`{field}`" in chapter or f"`{field}`" in twin, field


def test_the_documented_points_are_those_used() -> None:
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in DOCUMENT.splitlines()]
    told = {row[0]: row[-2:] for row in rows if row and row[0] in WITH.weights}
    assert set(told) == set(WITH.weights)
    for name, (without, with_biopsy) in told.items():
        assert with_biopsy == f"{WITH.weights[name] / 10:.1f}"
        assert name not in WITHOUT.weights or without == f"{WITHOUT.weights[name] / 10:.1f}"
