"""The one tree behind the form, the command line and every other way to ask. A node says what must hold of a study."""

import msgspec

from equipoise.finder.fields import Area


class Node(msgspec.Struct, frozen=True, tag=True):
    """A node of the tree. It goes to JSON and back under its class name."""


# Words of the record's text.


class Everything(Node, frozen=True):
    pass


class Word(Node, frozen=True):
    text: str


class Phrase(Node, frozen=True):
    text: str


class Widened(Node, frozen=True):
    """What was typed, or, counting for less, any of the phrases added to it."""

    typed: "Query"
    added: tuple[str, ...]


class In(Node, frozen=True):
    """The part, looked for in one area only."""

    area: Area
    part: "Query"


# Values of the record's fields.


class Among(Node, frozen=True):
    """The field holds one of the values."""

    field: str
    values: tuple[str, ...]


class Span(Node, frozen=True):
    """The number is known and lies between the bounds, both included. None leaves a side open."""

    field: str
    low: int | None = None
    high: int | None = None


class Flag(Node, frozen=True):
    field: str
    value: bool


class Near(Node, frozen=True):
    """A site lies within so many kilometres; only sites that recruit now, unless ``any_site``."""

    lat: float
    lon: float
    km: float
    any_site: bool = False


# How parts join.


class Every(Node, frozen=True):
    parts: tuple["Query", ...]


class Either(Node, frozen=True):
    parts: tuple["Query", ...]


class Not(Node, frozen=True):
    part: "Query"


Query = Everything | Word | Phrase | Widened | In | Among | Span | Flag | Near | Every | Either | Not


def every(*parts: Query | None) -> Query:
    """All parts that say something; one part stands alone."""
    told = tuple(part for part in parts if part is not None and not isinstance(part, Everything))
    if not told:
        return Everything()
    return told[0] if len(told) == 1 else Every(told)
