"""Attrition bars: well formed, as long as their counts, what is hidden still to be seen and never its number."""

from xml.etree import ElementTree

import pytest

from equipoise.web.pictures.attrition import Bar, draw_bar, draw_swatch

SVG = "{http://www.w3.org/2000/svg}"


def drawn(bar: Bar, everyone: int | None = 200) -> dict[str, tuple[float, float]]:
    """By class, where each part begins and ends, in percent."""
    parts = {}
    for each in ElementTree.fromstring(draw_bar(bar, everyone)):
        told = {name: float(value.rstrip("%")) for name, value in each.attrib.items() if value.endswith("%")}
        ends = (told["x1"], told["x2"]) if each.tag == f"{SVG}line" else (told["x"], told["x"] + told["width"])
        parts[each.attrib["class"]] = ends
    return parts


def test_parts_stand_side_by_side_as_long_as_their_counts() -> None:
    assert drawn(Bar(definite=100, possible=50, lost=20)) == {
        "pic-definite": (0, 50),
        "pic-possible": (50, 75),
        "pic-stripes": (50, 75),
        "pic-lost": (75, 85),
    }


def test_nobody_is_not_drawn() -> None:
    assert drawn(Bar(0, 0, 0)) == {}
    assert set(drawn(Bar(0, 200, 0))) == {"pic-possible", "pic-stripes"}


@pytest.mark.parametrize("few", [1, 4, None])
def test_a_few_among_very_many_are_seen_and_all_few_are_drawn_alike(few: int | None) -> None:
    assert drawn(Bar(few, 0), 1_000_000) == {"pic-definite": (0, 0.5)}


@pytest.mark.parametrize("bar", [Bar(100, 100, None), Bar(None, 200, None), Bar(200, None, 3)])
def test_nothing_stands_beyond_the_whole(bar: Bar) -> None:
    assert max(end for _, end in drawn(bar).values()) <= 100


def test_without_a_told_total_nothing_has_a_length() -> None:
    assert drawn(Bar(None, None, None), None)["pic-lost"] == (1, 1.5)


@pytest.mark.parametrize("kind", ["definite", "possible", "lost"])
def test_the_key_shows_each_kind_as_the_bars_do(kind: str) -> None:
    counts = {"definite": 0, "possible": 0, "lost": 0} | {kind: 200}
    looks = [each.attrib["class"] for each in ElementTree.fromstring(draw_swatch(kind))]
    assert set(looks) == set(drawn(Bar(**counts)))
    assert f"pic-{kind}" in looks


def test_it_is_left_to_the_words_for_those_who_cannot_see_it() -> None:
    assert ElementTree.fromstring(draw_bar(Bar(1, 2), 3)).attrib["aria-hidden"] == "true"
