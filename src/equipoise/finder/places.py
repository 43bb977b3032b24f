"""From what a person types to a place on the globe: town, postal code, state, country, or coordinates. Offline."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain

from equipoise.finder.ask import Place, PlaceKind
from equipoise.finder.atlas import Town, packaged
from equipoise.finder.coordinates import read_point
from equipoise.finder.countries import Country, InCountry, Region, countries, made_of
from equipoise.finder.globe import distance_km
from equipoise.finder.localities import Localities, OwnPlace
from equipoise.finder.names import fold
from equipoise.finder.postcodes import Code, codes_in
from equipoise.finder.towns import Towns, readings
from equipoise.finder.zips import villages, zip_towns
from equipoise.kernel.refused import Refused

__all__ = ["LONGEST", "Gazetteer", "OwnPlace", "UnknownPlace"]

LONGEST = 100
MOST_SUGGESTED = 5
NEARLY_THE_SAME = 90.0
_SAME_CODE_KM = 60
_BETTER_KNOWN = 250_000
"""A city of so many people is meant rather than the state of the same name: New York, but not Ontario."""
_SHORT = 3
"""A state's name of so few letters must be typed in capitals: CA, NSW."""
_CALLED = re.compile(" (?:state|province|region)$")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_HELP = "Type a town, a state, a country, a postal code, or coordinates such as 33.67, -117.82."


class UnknownPlace(Refused):
    """No place goes by this name. ``names`` are those that may be meant, likeliest first; each can be asked for."""

    def __init__(self, why: str, *, names: Iterable[str], do: str) -> None:
        super().__init__(why, do=do)
        self.names = tuple(names)


class Gazetteer:
    """Every place we know: towns, states and countries of the gazetteer package, postal codes, the records' places."""

    def __init__(self, own: Iterable[OwnPlace] = ()) -> None:
        self._own = Localities(own)
        self._towns = Towns(packaged(), self._own.towns)
        self._middle = cache(self._towns.middle)

    def find(self, text: str) -> Place:
        """The place meant, the most populous where several could be. Refuses, with up to five names like it."""
        asked = _checked(text)
        found = next(chain(self._read(asked), self._own_regions(asked), self._villages(asked)), None)
        if found is None:
            raise self._refusal(asked)
        return found

    def candidates(self, text: str, limit: int = 8) -> tuple[Place, ...]:
        """All that could be meant, likeliest first, then what begins so. What cannot be read has none."""
        try:
            asked = _checked(text)
            found = _distinct([*self._read(asked), *self._own_regions(asked), *self._beginning(asked, limit)], limit)
            return found or _distinct(self._villages(asked), limit)
        except Refused:
            return ()

    def suggestions(self, text: str, limit: int = MOST_SUGGESTED) -> tuple[Place, ...]:
        """Places with a name like this one, for when it is not known."""
        asked = _checked(text)
        if codes := _codes_alone(asked):
            towns = [town for code in codes for town in self._own.coded_like(code)]
            return _distinct(map(self._town_place, towns), limit)
        alike = list(self._areas_like(fold(asked)))
        towns = self._towns.like(asked, limit, NEARLY_THE_SAME) if alike else self._towns.like(asked, limit)
        return _distinct([*alike, *map(self._town_place, towns)], limit)

    def spellings(self, country: str) -> tuple[str, ...]:
        """All spellings the records use for a country, the most used first: a search for it wants them all."""
        return self._own.spellings(countries().read(country)) or (country,)

    def _read(self, asked: str) -> Iterator[Place]:
        """Everything the text may mean, likeliest first."""
        if point := read_point(asked):
            yield point
            return
        if country := self._country(fold(asked)):
            yield country
        coded = list(self._coded(asked))
        yield from coded
        towns = [] if coded else self._towns.read(asked)
        places = sorted(map(self._town_place, towns), key=lambda place: fold(place.name) != fold(asked))
        regions = [] if coded else list(self._regions(asked, countries().find_regions))
        town_first = towns and (towns[0].people >= _BETTER_KNOWN or _ends_in_region(asked))
        yield from (*places, *regions) if town_first else (*regions, *places)

    def _regions(self, asked: str, named: Callable[[str], list[InCountry]]) -> Iterator[Place]:
        """States and provinces of this name, in the country after it if one is given."""
        for name, where in readings(asked):
            if where or len(name) > _SHORT or asked.isupper():
                plain = _CALLED.sub("", name)
                found = (each for each in named(plain) if made_of(where.split(), each[0].labels))
                yield from filter(None, (self._region_place(*each) for each in found))

    def _own_regions(self, asked: str) -> Iterator[Place]:
        """States only the records know: Lazio, Guangdong. A town of that name comes before them."""
        yield from self._regions(asked, self._own.regions)

    def _areas_like(self, label: str) -> Iterator[Place]:
        """Countries and states with a name like this one; of a state's short form in small letters, the state."""
        if label.upper() in countries().by_code:
            yield from filter(None, [self._country_place(countries().by_code[label.upper()])])
        yield from filter(None, map(self._country_place, countries().like(label)))
        regions = countries().find_regions(label) or countries().regions_like(label)
        yield from filter(None, (self._region_place(*each) for each in regions))

    def _villages(self, asked: str) -> Iterator[Place]:
        if not countries().find_regions(fold(asked)):
            yield from map(self._town_place, villages(readings(asked)))

    def _coded(self, asked: str) -> Iterator[Place]:
        """By postal code, alone or beside a town. Beside a code we do not know, the town's name is enough."""
        for code in codes_in(asked):
            beside = self._towns.read(code.rest) if code.rest else []
            towns = [*zip_towns(code, packaged()), *self._own.coded(code)]
            found = [self._coded_place(code, town) for town in towns if _goes_with(town, code, beside)]
            found = found or [self._town_place(town) for town in beside if code.country in ("", town.country.code)]
            if found:
                yield from found
                return

    def _beginning(self, asked: str, limit: int) -> Iterator[Place]:
        start = fold(asked)
        if len(start) > 1:
            yield from filter(None, map(self._country_place, countries().beginning(start)))
        yield from map(self._town_place, self._towns.beginning(asked, limit))

    def _country(self, label: str) -> Place | None:
        country = countries().find(label) or self._own.country(label)
        return self._country_place(country) if country else None

    def _country_place(self, country: Country) -> Place | None:
        middle = self._middle(country)
        spelling = self._spelling(country)
        return Place(spelling, PlaceKind.COUNTRY, *middle, country=spelling) if middle else None

    def _region_place(self, country: Country, region: Region) -> Place | None:
        middle = self._middle(region)
        spelling = self._spelling(country)
        written = self._own.written(country, region) or (f"{spelling}|{region.name}",)
        towns = self._towns.read(f"{region.name}, {spelling}")
        told = f"{region.name} (region)" if towns and towns[0].people >= _BETTER_KNOWN else region.name
        name = f"{told}, {spelling}"
        return Place(name, PlaceKind.REGION, *middle, country=spelling, regions=written) if middle else None

    def _town_place(self, town: Town) -> Place:
        country = self._spelling(town.country)
        return Place(self._title(town), PlaceKind.CITY, town.lat, town.lon, country)

    def _coded_place(self, code: Code, town: Town) -> Place:
        country = self._spelling(town.country)
        return Place(f"{code.code}, {self._title(town)}", PlaceKind.POSTCODE, town.lat, town.lon, country)

    def _title(self, town: Town) -> str:
        region = "" if fold(town.name) in town.region.labels else town.region.name
        return ", ".join(part for part in (town.name, region, self._spelling(town.country)) if part)

    def _spelling(self, country: Country) -> str:
        return next(iter(self._own.spellings(country)), country.name)

    def _refusal(self, asked: str) -> UnknownPlace:
        names = [place.name for place in self.suggestions(asked)]
        if _codes_alone(asked):
            why, do = f"We do not know the postal code '{asked}'.", _such_as("Type the town instead", names)
        else:
            why = f"We do not know a place called '{asked}'."
            do = f"Did you mean {_either(names)}?" if names else _HELP
        return UnknownPlace(why, names=names, do=do)


def _checked(text: str) -> str:
    if len(text) > LONGEST:
        raise Refused(f"The place is {len(text)} characters long.", do=f"Use at most {LONGEST}. {_HELP}")
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\t\r\n" for sign in text):
        raise Refused("The place holds control characters.", do="Type it again by hand.")
    asked = " ".join(_INVISIBLE.sub("", text).split())
    if not asked:
        raise Refused("No place was given.", do=_HELP)
    return asked


def _codes_alone(asked: str) -> list[Code]:
    return [code for code in codes_in(asked) if not code.rest]


def _ends_in_region(asked: str) -> bool:
    """Whether a state is written after the name: "Ontario, CA" is the town in California."""
    return any(where and countries().find_regions(where) for _, where in readings(asked))


def _goes_with(town: Town, code: Code, beside: list[Town]) -> bool:
    """Whether the words beside a postal code agree with it: a town near by, or its region or country."""
    near = any(
        other.country == town.country and distance_km(town.lat, town.lon, other.lat, other.lon) < _SAME_CODE_KM
        for other in beside
    )
    last = fold(code.rest.split(",")[-1])
    return not code.rest or near or town.lies_in(last)


def _distinct(places: Iterable[Place], limit: int) -> tuple[Place, ...]:
    """The first of each name: a person could not tell two of the same apart."""
    first: dict[str, Place] = {}
    for place in places:
        first.setdefault(place.name, place)
    return tuple(first.values())[:limit]


def _either(names: list[str]) -> str:
    """Names have commas in them, so semicolons part them."""
    return " or ".join(part for part in ("; ".join(names[:-1]), names[-1]) if part)


def _such_as(advice: str, names: list[str]) -> str:
    return f"{advice}, such as {_either(names)}." if names else f"{advice}."
