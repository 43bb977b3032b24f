"""Postal codes of the United States, and the small towns that have one, from the zipcodes package.

The package reads its list at the first question: a third of a second and 38 MB, once, and only where one is asked.
"""

from collections.abc import Iterable
from statistics import fmean
from typing import TypedDict

import zipcodes
from msgspec.structs import replace

from equipoise.finder.atlas import Atlas, Town
from equipoise.finder.countries import Region, countries
from equipoise.finder.names import fold
from equipoise.finder.postcodes import Code
from equipoise.finder.towns import Reading


class _Zip(TypedDict):
    city: str
    state: str
    zip_code_type: str
    lat: str
    long: str


def zip_towns(code: Code, atlas: Atlas) -> list[Town]:
    """The town of a United States postal code, where the code's streets are.

    Codes of post offices and of single firms have no streets, and the package often puts them at the middle of the
    county: theirs is the place of the town. Codes of armed forces abroad have none.
    """
    if code.start or code.country not in ("", "US") or len(code.code) != 5 or not code.code.isdecimal():
        return []
    for row in zipcodes.matching(code.code):  # type: ignore[no-untyped-call]
        town = _town([row])
        return [town] if row["zip_code_type"] == "STANDARD" else _at_home(town, atlas)
    return []


def villages(readings: Iterable[Reading]) -> list[Town]:
    """United States towns too small for an atlas; of several, those with most postal codes first."""
    for name, where in readings:
        if name and countries().are_known(where):
            rows: list[_Zip] = zipcodes.filter_by(city=_spelled(name))  # type: ignore[no-untyped-call]
            towns = [town for town in _by_state(rows) if town.lies_in(where)]
            if towns:
                return towns
    return []


def _by_state(rows: list[_Zip]) -> list[Town]:
    states: dict[str, list[_Zip]] = {}
    for row in rows:
        if float(row["lat"]) or float(row["long"]):
            states.setdefault(row["state"], []).append(row)
    return [_town(found) for found in sorted(states.values(), key=len, reverse=True)]


def _spelled(name: str) -> str:
    """As the package spells a town: in full and with capitals."""
    return (name.replace("st ", "saint ", 1) if name.startswith("st ") else name).title()


def _town(rows: list[_Zip]) -> Town:
    """The town of some of its postal codes. Puerto Rico and Guam are countries to the registry."""
    state = rows[0]["state"]
    is_state = ("US", state) in countries().regions or state not in countries().by_code
    country = countries().by_code["US" if is_state else state]
    region = countries().regions.get(("US", state), Region())
    lat, lon = fmean(float(row["lat"]) for row in rows), fmean(float(row["long"]) for row in rows)
    return Town(rows[0]["city"], country, region, round(lat, 5), round(lon, 5), people=0, sites=0)


def _at_home(town: Town, atlas: Atlas) -> list[Town]:
    """The same town where the atlas has it; where it has none, as it is, if it is anywhere."""
    homes = [home for home in atlas.named(fold(town.name)) if home.country == town.country]
    homes = [home for home in homes if home.region == town.region]
    if homes:
        home = max(homes, key=lambda each: each.people)
        return [replace(town, lat=home.lat, lon=home.lon)]
    return [town] if town.lat or town.lon else []
