"""Where sites are, as the index itself knows: circles as terms, and an order by distance."""

from collections.abc import Iterator, Mapping

import h3
import msgspec
import numpy as np
import tantivy
from numpy.typing import NDArray

from equipoise.finder.ask import FARTHEST_KM, Place
from equipoise.finder.globe import cover, distances_km
from equipoise.finder.index import View
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
    """All terms of a field with their latitudes and longitudes."""

    terms: tuple[str, ...]
    lats: NDArray[np.float64]
    lons: NDArray[np.float64]


class Nearness:
    """Circles and orders over one view of the index, which remembers them: a person asks of one place many times."""

    def __init__(self, view: View, schema: tantivy.Schema) -> None:
        self._view = view
        self._searcher = view.searcher
        self._schema = schema

    def covered(self, near: Near) -> Circle:
        """Cell terms and point terms that together are the circle, exactly."""
        field = "point_all" if near.any_site else "point_open"
        points = Points(self._searcher, field)
        return self._view.remember(("circle", near), lambda: cover(near.lat, near.lon, near.km, points))

    def ordering(self, place: Place, *, any_site: bool) -> tantivy.Query:
        """A query whose score is higher the nearer a study's nearest site."""
        return self._view.remember(("order", place, any_site), lambda: self._ordering(place, any_site=any_site))

    def _ordering(self, place: Place, *, any_site: bool) -> tantivy.Query:
        kind = "all" if any_site else "open"
        highest = len(NEAR_BANDS_KM) + len(FAR_BANDS_KM)
        near, far = self._terms(f"point_{kind}"), self._terms(f"cell_{kind}")
        return tantivy.Query.disjunction_max_query(
            [
                *_banded(self._schema, f"point_{kind}", near, place, NEAR_BANDS_KM, highest),
                *_banded(self._schema, f"cell_{kind}", far, place, FAR_BANDS_KM, len(FAR_BANDS_KM)),
            ]
        )

    def _terms(self, field: str) -> _Terms:
        return self._view.remember(("terms", field), lambda: _read(self._searcher, field))


def _read(searcher: tantivy.Searcher, field: str) -> _Terms:
    terms = tuple(term for term, _ in searcher.terms_with_prefix(field, ""))
    places = np.array([_coordinates(term) for term in terms], dtype=np.float64).reshape(-1, 2)
    return _Terms(terms, places[:, 0], places[:, 1])


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
