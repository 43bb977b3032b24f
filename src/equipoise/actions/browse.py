"""Browsing: which conditions, sponsors and places there are, with counts of studies."""

import msgspec

from equipoise.actions.library import Library
from equipoise.finder.ask import FacetValue
from equipoise.finder.query import Among, Query
from equipoise.finder.search import Search

_NAMES = 3
RECRUITING = Among("status", ("RECRUITING",))


class PlaceCount(msgspec.Struct, frozen=True):
    """A country, region or city: studies with a site there, and how many of them recruit."""

    name: str
    studies: int
    recruiting: int


def browse_conditions(library: Library, beginning: str = "", *, limit: int | None = None) -> tuple[FacetValue, ...]:
    """Conditions in alphabetical order (MeSH headings; the sponsor's words where a record has none)."""
    return _values(_search(library), "heading", beginning, limit=limit)


def browse_sponsors(library: Library, beginning: str = "", *, limit: int | None = None) -> tuple[FacetValue, ...]:
    """Lead sponsors in alphabetical order."""
    return _values(_search(library), "sponsor_key", beginning, limit=limit)


def browse_places(library: Library, country: str | None = None, state: str | None = None) -> tuple[PlaceCount, ...]:
    """Countries; or the regions of a country; or the cities of a region."""
    if country is None:
        return _places(library, "country", "")
    if state is None:
        return _places(library, "region", f"{country}|")
    return _places(library, "city", f"{country}|{state}|")


def every_city(library: Library) -> tuple[tuple[str, str, str], ...]:
    """Country, region and city of every site, in order; a name is empty where the records give none.

    A name that holds the sign between them could not be told apart: such a place is left out.
    """
    found = (value.value.split("|") for value in _values(_search(library), "city", ""))
    return tuple((names[0], names[1], names[2]) for names in found if len(names) == _NAMES)


def _places(library: Library, field: str, prefix: str) -> tuple[PlaceCount, ...]:
    search = _search(library)
    recruiting = {value.value: value.count for value in _values(search, field, prefix, within=RECRUITING)}
    return tuple(
        PlaceCount(value.value.removeprefix(prefix), value.count, recruiting.get(value.value, 0))
        for value in _values(search, field, prefix)
    )


def _search(library: Library) -> Search:
    return Search(library.index)


def _values(
    search: Search, field: str, prefix: str, *, within: Query | None = None, limit: int | None = None
) -> tuple[FacetValue, ...]:
    found = search.terms(field, prefix, within=within, limit=limit)
    return tuple(FacetValue(value, int(count)) for value, count in found)
