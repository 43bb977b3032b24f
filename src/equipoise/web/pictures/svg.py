"""Writing SVG: elements with everything escaped, lettering set in lines, and the frame every picture shares."""

import re
from html import escape

import msgspec

from equipoise.web.pictures.lettering import SIZE, SMALL, wrap

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot carry, even escaped."""

NARROW = 360
WIDE = 720


class Drawn(msgspec.Struct, frozen=True):
    """A piece of a picture, drawn from its own top left corner, and how much room it takes."""

    svg: str = ""
    height: float = 0


def clean(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text))


def element(name: str, *inside: str, **attributes: str | float | None) -> str:
    """One element; ``class_`` writes class, an underscore a hyphen; None leaves an attribute out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    content = "".join(inside)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _value(value: str | float) -> str:
    return clean(value) if isinstance(value, str) else number(value)


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace("-0", "-0" if abs(value) >= 0.05 else "0", 1)


def title(text: str) -> str:
    return f"<title>{clean(text)}</title>"


def moved(x: float, y: float, *inside: str) -> str:
    return element("g", *inside, transform=f"translate({number(x)} {number(y)})") if x or y else "".join(inside)


def stacked(*pieces: Drawn, gap: float = 0) -> Drawn:
    """One under the other; a piece without height takes no room and no gap."""
    svg, y = [], 0.0
    for piece in pieces:
        if piece.height:
            y += gap if y else 0
            svg.append(moved(0, y, piece.svg))
            y += piece.height
    return Drawn("".join(svg), y)


class Ink(msgspec.Struct, frozen=True):
    """How text is set: its size, the class that colours it, and which edge of its room it keeps to."""

    size: int = SIZE
    look: str | None = None
    strong: bool = False
    anchor: str = "start"

    def keeping(self, anchor: str) -> "Ink":
        return msgspec.structs.replace(self, anchor=anchor)


BODY = Ink()
STRONG = Ink(strong=True)
SOFT = Ink(size=SMALL, look="pic-soft")


def lettered(text: str, width: float, ink: Ink = BODY, *, lines: int = 99) -> Drawn:
    """Text in lines no wider than ``width``; what had to be cut is whole in the title."""
    wrapped = wrap(text, width, size=ink.size, lines=lines, bold=ink.strong)
    if not wrapped.lines:
        return Drawn()
    x, leading = {"start": 0.0, "middle": width / 2, "end": width}[ink.anchor], round(ink.size * 1.36)
    spans = [element("tspan", clean(line), x=x, y=leading * row + ink.size) for row, line in enumerate(wrapped.lines)]
    shown = element(
        "text",
        title(text) if wrapped.cut else "",
        *spans,
        class_=ink.look,
        font_size=ink.size,
        font_weight="600" if ink.strong else None,
        text_anchor=None if ink.anchor == "start" else ink.anchor,
    )
    return Drawn(shown, leading * len(wrapped.lines))


def rule(width: float, *, x: float = 0, y: float = 0) -> str:
    return element("path", class_="pic-rule", d=f"M{number(x)} {number(y)}h{number(width)}")


class Caption(msgspec.Struct, frozen=True):
    """What a picture is called, and what it tells in words, for those who cannot see it."""

    name: str
    tells: str
    role: str = "img"


def framed(drawn: Drawn, width: float, look: str, caption: Caption) -> str:
    size = "narrow" if width <= (NARROW + WIDE) / 2 else "wide"
    return element(
        "svg",
        title(caption.name),
        element("desc", clean(caption.tells)),
        drawn.svg,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(drawn.height)}",
        width=width,
        height=drawn.height,
        role=caption.role,
        aria_label=None if caption.role == "img" else caption.name,
        class_=f"picture picture-{look} picture-{size}",
    )
