"""The registry's marked-up text to paragraphs and lists for a page. What registry text holds is all there is: no
emphasis, no links, no HTML (a ``<`` is a ``<``).
"""

from collections.abc import Iterator
from itertools import groupby

import msgspec

from equipoise.kernel.outline import Item, read_items, unescaped

__all__ = ["Block", "Listing", "Paragraph", "Point", "read_markup", "unescaped"]


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    text: str


class Point(msgspec.Struct, frozen=True):
    """One point of a list: its text, and what stands under it."""

    text: str
    blocks: "tuple[Paragraph | Listing, ...]" = ()


class Listing(msgspec.Struct, frozen=True, tag="list"):
    """Points in a row. ``start`` is the first number where they are numbered, else None."""

    points: tuple[Point, ...]
    start: int | None = None


Block = Paragraph | Listing


def read_markup(text: str) -> tuple[Block, ...]:
    return tuple(_blocks(read_items(text)))


def _blocks(items: tuple[Item, ...]) -> Iterator[Block]:
    for kind, group in groupby(items, key=_kind):
        if kind == "paragraph":
            for item in group:
                yield Paragraph(item.text)
                yield from _blocks(item.children)
        else:
            yield _listing(tuple(group), numbered=kind == "numbers")


def _listing(items: tuple[Item, ...], *, numbered: bool) -> Listing:
    points = tuple(Point(_labelled(item, numbered=numbered), tuple(_blocks(item.children))) for item in items)
    return Listing(points, int(_digits(items[0])) if numbered else None)


def _labelled(item: Item, *, numbered: bool) -> str:
    """Letters and numbers such as 1.2 stay with the text: a page's list could not count them."""
    speaks = not numbered and item.marker != "o" and any(character.isalnum() for character in item.marker)
    return f"{item.marker} {item.text}" if speaks else item.text


def _kind(item: Item) -> str:
    if not item.marker:
        return "paragraph"
    return "numbers" if _digits(item).isdecimal() else "bullets"


def _digits(item: Item) -> str:
    return item.marker.strip("(). -–")
