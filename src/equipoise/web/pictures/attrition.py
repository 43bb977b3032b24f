"""Attrition, one bar for each criterion: the definite solid, the possible striped, those it takes away dashed.

Bars are as wide as their page, and words stand beside them in HTML: so they fold on a phone and part on paper.
"""

import msgspec

from equipoise.web.pictures.svg import element, number

HEIGHT = 22
_LEAST = 0.5
"""Percent of the width that a few people take, to be seen at all."""


class Bar(msgspec.Struct, frozen=True):
    """Persons. ``None``: some, too few to be told. The three exclude each other and stand side by side."""

    definite: int | None
    possible: int | None
    lost: int | None = 0


def draw_bar(bar: Bar, everyone: int | None) -> str:
    """The words beside it say the same, so it is hidden from those who cannot see it."""
    first = _share(bar.definite, everyone)
    second = min(first + _share(bar.possible, everyone), 100)
    third = min(second + _share(bar.lost, everyone), 100)
    return _framed(
        _box("pic-lost", second, third) + _striped(first, second) + _box("pic-definite", 0, first), "bar", "100%"
    )


def draw_swatch(kind: str) -> str:
    """One of ``definite``, ``possible`` and ``lost``, for the key."""
    drawn = _striped(0, 100) if kind == "possible" else _box(f"pic-{kind}", 0, 100)
    return _framed(drawn, "swatch", "28")


def _share(persons: int | None, everyone: int | None) -> float:
    """Percent of the width."""
    if persons == 0:
        return 0
    return max(_LEAST, 100 * persons / everyone) if persons and everyone else _LEAST


def _box(look: str, start: float, end: float) -> str:
    if start >= end:
        return ""
    return element("rect", class_=look, x=_percent(start), y=1, width=_percent(end - start), height=HEIGHT - 2)


def _striped(start: float, end: float) -> str:
    """A thick dashed line is a pattern that needs no name of its own, and does not stretch."""
    if start >= end:
        return ""
    middle, ends = number(HEIGHT / 2), {"x1": _percent(start), "x2": _percent(end)}
    stripes = element("line", class_="pic-stripes", y1=middle, y2=middle, stroke_width=HEIGHT - 2, **ends)
    return stripes + _box("pic-possible", start, end)


def _percent(share: float) -> str:
    return f"{round(share, 3):g}%"


def _framed(drawn: str, look: str, width: str) -> str:
    return element(
        "svg",
        drawn,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=HEIGHT,
        aria_hidden="true",
        focusable="false",
        class_=f"attrition-{look}",
    )
