"""The mark: a level beam with two equal discs. As a picture of its own, and where chance divides people in a trial."""

from equipoise.web.pictures.svg import Drawn, element, number

WORDS = "Equipoise: a level beam with two equal discs"
_SIZE = 48
_ACCENT = "#0a5658"


def draw_mark(size: float = _SIZE, *, colour: str = "currentColor", name: str = "") -> str:
    """The mark in a square. Without a name it is an ornament beside the word, and hidden from readers of the screen."""
    return element(
        "svg",
        element("title", name) if name else "",
        element("g", balance(_SIZE), transform=f"translate(0 {_SIZE / 2})"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_SIZE} {_SIZE}",
        width=size,
        height=size,
        fill=colour,
        role="img" if name else None,
        aria_hidden=None if name else "true",
        class_="mark",
    )
