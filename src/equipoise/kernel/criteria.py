"""Eligibility text to sections and nested items. Lossless: every character but space is in one heading or one item."""

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from equipoise.kernel.headings import SectionKind, breaks, kinds
from equipoise.kernel.outline import Entry, Item, nested, read_entries, walk

__all__ = ["CriteriaSection", "Item", "SectionKind", "read_criteria", "spans", "walk"]


class CriteriaSection(msgspec.Struct, frozen=True):
    """What stands under one heading. ``start`` to ``end`` is the heading in the source; empty where there is none."""

    heading: str
    kind: SectionKind
    start: int
    end: int
    items: tuple[Item, ...]


def read_criteria(text: str) -> tuple[CriteriaSection, ...]:
    """Sections in the order of the text. What no heading names (all of it, or its beginning) is of kind other."""
    entries = read_entries(text, breaks(text))
    found = kinds(entries)
    starts = [place for place, kind in enumerate(found) if kind or not place]
    return tuple(_section(entries[start:end], found[start]) for start, end in pairwise([*starts, len(entries)]))


def spans(sections: tuple[CriteriaSection, ...]) -> Iterator[tuple[int, int]]:
    """Where headings and items stand in the source, in its order."""
    for section in sections:
        yield section.start, section.end
        yield from ((item.start, item.end) for item in walk(section.items))


def _section(entries: tuple[Entry, ...], kind: SectionKind | None) -> CriteriaSection:
    head = entries[0]
    if kind is None:
        return CriteriaSection("", SectionKind.OTHER, head.start, head.start, nested(entries))
    return CriteriaSection(head.text.strip(" :：.-"), kind, head.start, head.end, nested(entries[1:]))
