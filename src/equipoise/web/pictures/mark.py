"""The mark: a level beam with two equal discs. As a picture of its own, and where chance divides people in a trial."""

from collections.abc import Sequence

from equipoise.web.pictures.svg import element, number

SIZE = 48
_BEAM = 3.5
_ON_BOTH = "#2a8482"
"""Between the accents of the light and the dark scheme: an image file cannot know which of them surrounds it."""
_GROUND, _PAPER = "#0a5658", "#fbf8f2"


def draw_mark(size: float = SIZE, *, colour: str = "currentColor", name: str = "") -> str:
    """The mark in a square. Without a name it is an ornament beside the word, and screen readers pass over it."""
    return _square(size, colour, name, balance(SIZE / 2))


def mark_file() -> str:
    return _square(SIZE, _ON_BOTH, "Equipoise", balance(SIZE / 2)) + "\n"


def favicon_file() -> str:
    """On a ground of its own, with a little more air."""
    ground = element("rect", width=SIZE, height=SIZE, rx=10, fill=_GROUND)
    smaller = element("g", balance(SIZE / 2), transform="translate(3.4 3.4) scale(.86)")
    return _square(SIZE, _PAPER, "Equipoise", ground + smaller) + "\n"


def balance(x: float) -> str:
    """The mark about the vertical line at x: 40 wide and 30 high, from y 9 to y 39."""
    fulcrum = element("path", class_="pic-mark", d=f"M{number(x)} 29.5l6 9.5h-12z")
    return beam([x - 12, x + 12], 27.5, left=x - 20, right=x + 20) + fulcrum


def beam(discs: Sequence[float], y: float, *, left: float, right: float, disc: float = 8.0) -> str:
    """A level beam at height y with equal discs resting on it."""
    plank = element("rect", x=left, y=y - _BEAM / 2, width=right - left, height=_BEAM, rx=_BEAM / 2)
    return element(
        "g", plank, *(element("circle", cx=x, cy=y - _BEAM / 2 - disc, r=disc) for x in discs), class_="pic-mark"
    )


def _square(size: float, colour: str, name: str, drawn: str) -> str:
    return element(
        "svg",
        element("title", name) if name else "",
        drawn,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {SIZE} {SIZE}",
        width=size,
        height=size,
        fill=colour,
        class_="mark",
        role="img" if name else None,
        aria_hidden=None if name else "true",
    )
