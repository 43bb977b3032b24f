"""A score on its scale: well formed, told in words, the sign where the score is, everything within the picture."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from equipoise.web.pictures.gauge import Gauge, draw_gauges

SVG = "{http://www.w3.org/2000/svg}"
MARKS = ((Decimal("5.3"), "possible"), (Decimal("5.5"), "probable"), (Decimal("7.5"), "definite"))


def drawn(low: str, high: str, width: float = 720, *, heading: str = "") -> ElementTree.Element:
    gauge = Gauge("Score", Decimal(low), Decimal(high), Decimal("20.8"), MARKS, heading)
    return ElementTree.fromstring(draw_gauges([gauge], width=width))


def test_a_known_score_is_a_disc_at_its_place() -> None:
    (disc,) = drawn("10.4", "10.4").iter(f"{SVG}circle")
    assert float(disc.attrib["cx"]) == 360
    assert "10.4" in [span.text for span in drawn("10.4", "10.4").iter(f"{SVG}tspan")]


def test_bounds_are_a_bar_between_them() -> None:
    picture = drawn("0", "10.4")
    assert not list(picture.iter(f"{SVG}circle"))
    (bar,) = [each for each in picture.iter(f"{SVG}rect") if each.attrib["class"] == "pic-ran"]
    assert (float(bar.attrib["x"]), float(bar.attrib["width"])) == (12, 348)
    assert "0 to 10.4" in [span.text for span in picture.iter(f"{SVG}tspan")]


def test_words_tell_the_same() -> None:
    picture = drawn("5.50", "5.50", heading="Without a biopsy")
    assert picture.findtext(f"{SVG}title") == "Score"
    assert picture.findtext(f"{SVG}desc") == (
        "Without a biopsy: 5.5 on a scale from 0 to 20.8; possible from 5.3, probable from 5.5, definite from 7.5."
    )


@pytest.mark.parametrize("width", [720, 360])
@pytest.mark.parametrize("score", ["0", "20.8"])
def test_the_number_stays_within_the_picture(score: str, width: float) -> None:
    moves = [each.attrib.get("transform", "") for each in drawn(score, score, width).iter(f"{SVG}g")]
    lefts = [float(move.removeprefix("translate(").split()[0]) for move in moves if move]
    assert all(0 <= left <= width for left in lefts)


def test_several_stand_under_one_another() -> None:
    gauge = Gauge("Score", Decimal(1), Decimal(2), Decimal(10), (), "One")
    one, two = (float(ElementTree.fromstring(draw_gauges([gauge] * n)).attrib["height"]) for n in (1, 2))
    assert two > 2 * one
