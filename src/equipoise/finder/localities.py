"""The towns of the records: where they are, under which postal codes, and how their countries are spelled."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

import msgspec

from equipoise.finder.atlas import Atlas, Row, Town, packaged
from equipoise.finder.countries import Country, InCountry, Region, countries
from equipoise.finder.names import Names, fold
from equipoise.finder.postcodes import Code, comparable
from equipoise.finder.towns import once

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LEAST_SHARED = 2
_BETWEEN = "\n"


class OwnPlace(msgspec.Struct, frozen=True):
    """A place the records name, in the order of the store's localities, and how many sites are there."""

    country: str
    state: str
    city: str
    zip: str
    lat: float
    lon: float
    sites: int = 1


class Localities:
    """``towns`` by name; towns by postal code; spellings of countries, and of their regions, by use.

    Places that follow each other in one town are taken together: in order of country, state and city, each town is
    kept once.
    """

    def __init__(self, own: Iterable[OwnPlace]) -> None:
        self._countries: dict[str, Country] = {}
        self._regions: dict[tuple[str, str], Region] = {}
        self._spellings: dict[str, Counter[str]] = {}
        self._written: dict[InCountry, Counter[str]] = {}
        codes: list[str] = []
        self.towns = Atlas(self._rows(own, codes), besides=frozenset(packaged().likely))
        self._codes = Names((number, found.split(_BETWEEN)) for number, found in enumerate(codes) if found)

    def _rows(self, own: Iterable[OwnPlace], codes: list[str]) -> Iterator[Row]:
        for (spelling, state, city), together in groupby(own, attrgetter("country", "state", "city")):
            places = tuple(together)
            sites = sum(place.sites for place in places)
            country = self._country(spelling, sites)
            region = self._region(country.code, state)
            if state:
                self._written.setdefault((country, region), Counter())[f"{spelling}|{state}"] += sites
            found = {comparable(place.zip, country.code) for place in places if place.zip}
            codes.append(_BETWEEN.join(found - {""}))
            yield Row(city, places[0].lat, places[0].lon, country, region, sites=sites)

    def _country(self, spelling: str, sites: int) -> Country:
        country = self._countries.get(spelling)
        if country is None:
            country = self._countries[spelling] = countries().read(spelling)
        self._spellings.setdefault(country.code, Counter())[spelling] += sites
        return country

    def _region(self, country: str, state: str) -> Region:
        region = self._regions.get((country, state))
        if region is None:
            read = countries().read_region(country, state)
            region = self._regions[country, state] = self._regions.setdefault((country, fold(state)), read)
        return region

    def country(self, label: str) -> Country | None:
        """A country only the records know, by its folded spelling."""
        unknown = (each for each in self._countries.values() if each.code not in countries().by_code)
        return next((each for each in unknown if label in each.labels), None)

    def spellings(self, country: Country) -> tuple[str, ...]:
        """How the records spell it, the most used first."""
        return tuple(spelling for spelling, _ in self._spellings.get(country.code, Counter()).most_common())

    def regions(self, label: str) -> list[InCountry]:
        """Regions of this name (folded) in the records, the one with most sites first."""
        named = [each for each in self._written if label in each[1].labels]
        return sorted(named, key=lambda each: -self._written[each].total())

    def written(self, country: Country, region: Region) -> tuple[str, ...]:
        """How the records write it, ``country|state``, the most used first."""
        return tuple(name for name, _ in self._written.get((country, region), Counter()).most_common())

    def coded(self, code: Code) -> list[Town]:
        """Towns with this postal code; where it is not known, with its first part. The most used first."""
        numbers = [] if code.start else self._codes.exact(code.code).tolist()
        outward, space, _ = code.code.partition(" ")
        if not numbers and (space or code.start):
            numbers = self._codes.beginning(f"{outward} ").tolist()
        if not numbers and code.start:
            numbers = [each for letter in _LETTERS for each in self._codes.beginning(f"{outward}{letter} ").tolist()]
        return self._most_used(numbers, code)

    def coded_like(self, code: Code) -> list[Town]:
        """Towns whose postal codes begin most like this one."""
        for length in range(len(code.code), _LEAST_SHARED - 1, -1):
            found = self._most_used(self._codes.beginning(code.code[:length]).tolist(), code)
            if found:
                return found
        return []

    def _most_used(self, numbers: Iterable[int], code: Code) -> list[Town]:
        counted = Counter(numbers)
        towns = [(count, self.towns.town(number)) for number, count in counted.most_common(200)]
        towns = [each for each in towns if code.country in ("", each[1].country.code)]
        return once((town for _, town in sorted(towns, key=lambda each: (-each[0], -each[1].sites))), one_name=True)
