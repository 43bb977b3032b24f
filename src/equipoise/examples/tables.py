"""The tables that fictional studies are drawn from: conditions, fields of medicine, invented names, real countries."""

from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

T = TypeVar("T")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row or file whose every key must be known, so that a slip in a table is an error and not a silence."""


class Condition(Table, frozen=True):
    name: str
    area: str
    keywords: tuple[str, ...]
    who: str
    term: str = ""
    ancestors: tuple[str, ...] = ()
    sex: str = "ALL"
    weight: float = 1


class Conditions(Table, frozen=True):
    conditions: tuple[Condition, ...]
    mesh: dict[str, str]


class Treatment(Table, frozen=True):
    type: str
    name: str
    description: str
    other_names: tuple[str, ...] = ()


class Area(Table, frozen=True):
    endings: tuple[str, ...]
    purposes: dict[str, float]
    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    inclusion: tuple[tuple[str, ...], ...]
    exclusion: tuple[tuple[str, ...], ...]
    others: tuple[Treatment, ...]


class Areas(Table, frozen=True):
    areas: dict[str, Area]


class SponsorRow(Table, frozen=True):
    name: str
    class_: str = msgspec.field(name="class")
    weight: float = 1


class EventRow(Table, frozen=True):
    term: str
    organ: str
    share: float
    serious: bool = False


class Words(Table, frozen=True):
    stems: tuple[str, ...]
    acronyms: tuple[str, ...]
    routes: tuple[str, ...]
    facilities: tuple[str, ...]
    roles: tuple[str, ...]
    reservations: tuple[str, ...]
    withdrawals: tuple[str, ...]
    preambles: tuple[str, ...]
    comments: tuple[str, ...]
    inclusion: tuple[tuple[str, ...], ...]
    exclusion: tuple[tuple[str, ...], ...]
    sponsors: tuple[SponsorRow, ...]
    events: tuple[EventRow, ...]


class Country(Table, frozen=True):
    name: str
    weight: float


class Places(Table, frozen=True):
    countries: dict[str, Country]
    states: dict[str, dict[str, str]]


@cache
def conditions() -> Conditions:
    return _read("conditions.toml", Conditions)


@cache
def areas() -> dict[str, Area]:
    return _read("areas.toml", Areas).areas


@cache
def words() -> Words:
    return _read("words.toml", Words)


@cache
def places() -> Places:
    return _read("places.toml", Places)


def _read(name: str, table: type[T]) -> T:
    return msgspec.toml.decode(files(__package__).joinpath(name).read_bytes(), type=table)
