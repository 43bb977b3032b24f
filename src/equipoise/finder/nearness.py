"""Where sites are, as the index itself knows: circles as terms, and an order by distance."""

from collections.abc import Iterator, Mapping

import h3
import msgspec
import numpy as np
import tantivy
from numpy.typing import NDArray

from equipoise.finder.ask import FARTHEST_KM, Place
from equipoise.finder.globe import cover, distances_km
from equipoise.finder.query import Near

NEAR_BANDS_KM = (
    1,
    2,
    3,
    5,
    7,
    10,
    15,
    20,
    25,
    30,
    40,
    50,
    65,
    80,
    100,
    125,
    160,
    200,
    250,
    325,
    400,
    500,
    650,
    FARTHEST_KM,
)
FAR_BANDS_KM = (1000, 1500, 2000, 3000, 4000, 6000, 8000, 12_000, 20_100)
"""Upper ends of the distance bands by which studies are ordered: near ones by exact points, far ones by cells.
Within a page the order is exact."""


MOST_CIRCLES = 200
Circle = tuple[set[str], set[str]]


class Points(Mapping[str, list[tuple[str, float, float]]]):
    """The distinct coordinates of sites in the index, by cell, read from its list of terms as they are asked for."""

    def __init__(self, searcher: tantivy.Searcher, field: str) -> None:
        self._searcher = searcher
        self._field = field

    def __getitem__(self, cell: str) -> list[tuple[str, float, float]]:
        found = [(term, *_coordinates(term)) for term, _ in self._searcher.terms_with_prefix(self._field, f"{cell}:")]
        if not found:
            raise KeyError(cell)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter({term.partition(":")[0] for term, _ in self._searcher.terms_with_prefix(self._field, "")})

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Terms(msgspec.Struct, frozen=True):
    """All terms of a field with their latitudes and longitudes, as of one change of the index."""

    change: int
    terms: tuple[str, ...]
    lats: NDArray[np.float64]
    lons: NDArray[np.float64]


class Nearness:
    """Circles and orders over one index; the list of all points is read once for each change of it."""

    def __init__(self) -> None:
        self._read: dict[str, _Terms] = {}
        self._circles: dict[tuple[Near, int], Circle] = {}

    def covered(self, searcher: tantivy.Searcher, near: Near, change: int) -> Circle:
        """Cell terms and point terms that together are the circle, exactly. A person asks of one place many times."""
        known = self._circles.get((near, change))
        if known is None:
            if len(self._circles) >= MOST_CIRCLES:
                self._circles.clear()
            field = "point_all" if near.any_site else "point_open"
            known = self._circles[near, change] = cover(near.lat, near.lon, near.km, Points(searcher, field))
        return known

    def ordering(
        self, searcher: tantivy.Searcher, schema: tantivy.Schema, place: Place, *, any_site: bool, change: int
    ) -> tantivy.Query:
        """A query whose score is higher the nearer a study's nearest site."""
        kind = "all" if any_site else "open"
        highest = len(NEAR_BANDS_KM) + len(FAR_BANDS_KM)
        near = self._terms(searcher, f"point_{kind}", change)
        far = self._terms(searcher, f"cell_{kind}", change)
        return tantivy.Query.disjunction_max_query(
            [
                *_banded(schema, f"point_{kind}", near, place, NEAR_BANDS_KM, highest),
                *_banded(schema, f"cell_{kind}", far, place, FAR_BANDS_KM, len(FAR_BANDS_KM)),
            ]
        )

    def _terms(self, searcher: tantivy.Searcher, field: str, change: int) -> _Terms:
        known = self._read.get(field)
        if known is None or known.change != change:
            terms = tuple(term for term, _ in searcher.terms_with_prefix(field, ""))
            places = np.array([_coordinates(term) for term in terms], dtype=np.float64).reshape(-1, 2)
            known = self._read[field] = _Terms(change, terms, places[:, 0], places[:, 1])
        return known


def _banded(
    schema: tantivy.Schema, field: str, known: _Terms, place: Place, bands_km: tuple[int, ...], highest: int
) -> Iterator[tantivy.Query]:
    """One query a band, scored from ``highest`` down; what lies beyond the last band is left out."""
    bands = np.searchsorted(np.asarray(bands_km), distances_km(place.lat, place.lon, known.lats, known.lons))
    for band in range(len(bands_km)):
        terms = [known.terms[index] for index in np.flatnonzero(bands == band)]
        if terms:
            within = tantivy.Query.term_set_query(schema, field, terms)
            yield tantivy.Query.const_score_query(within, float(highest - band))


def _coordinates(term: str) -> tuple[float, float]:
    """Of a point (``cell:lat,lon``), itself; of a cell, its middle."""
    cell, _, point = term.partition(":")
    if not point:
        lat, lon = h3.cell_to_latlng(cell)
        return lat, lon
    lat, lon = point.split(",")
    return float(lat), float(lon)
