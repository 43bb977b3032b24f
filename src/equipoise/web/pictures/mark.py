"""The mark: a level beam with two equal discs. As a picture of its own, and where chance divides people in a trial."""

from equipoise.web.pictures.svg import element, moved, title

WORDS = "Equipoise: a level beam with two equal discs"
SIZE = 48


def balance(size: float = SIZE) -> str:
    """The beam and its discs in a square of ``size``, coloured by what holds them."""
    part = size / SIZE
    return element(
        "g",
        element("rect", x=4 * part, y=20 * part, width=40 * part, height=3 * part, rx=1.5 * part),
        element("circle", cx=12 * part, cy=12 * part, r=8 * part),
        element("circle", cx=36 * part, cy=12 * part, r=8 * part),
        element("path", d=f"M{24 * part:.1f} {23 * part:.1f}l{9 * part:.1f} {17 * part:.1f}h{-18 * part:.1f}z"),
        class_="pic-mark",
    )


def draw_mark(*, colour: str = "currentColor", name: str = "") -> str:
    """The mark in a square. Without a name it is an ornament beside the word, hidden from readers of the screen."""
    return element(
        "svg",
        title(name) if name else "",
        moved(0, 2, balance()),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {SIZE} {SIZE}",
        fill=colour,
        role="img" if name else None,
        aria_hidden=None if name else "true",
        class_="mark",
    )
