"""Distances on the globe, and a circle as terms of the index: whole cells, and single points where the rim cuts one."""

import math
from collections.abc import Iterable, Mapping, Sequence

import h3
import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

RESOLUTION = 4
"""H3 cells of about 1,770 square kilometres."""

CELL_REACH_KM = 29.0
"""No cell reaches farther from its middle: the farthest vertex of all 288,122 lies at 28.67 km."""

MARGIN_KM = 0.5
_LEAST_STEP_KM = 30.0

CellPoints = Mapping[str, Sequence[tuple[str, float, float]]]
"""Each cell's distinct site coordinates in the index: term, latitude, longitude."""


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance between two places in decimal degrees (haversine)."""
    north1, north2 = math.radians(lat1), math.radians(lat2)
    rise = math.sin((north2 - north1) / 2) ** 2
    run = math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, rise + math.cos(north1) * math.cos(north2) * run)))


def distances_km(lat: float, lon: float, lats: ArrayLike, lons: ArrayLike) -> NDArray[np.float64]:
    """``distance_km`` from one place to many at once."""
    north, norths = math.radians(lat), np.radians(np.asarray(lats, dtype=np.float64))
    rise = np.sin((norths - north) / 2) ** 2
    run = np.sin(np.radians(np.asarray(lons, dtype=np.float64) - lon) / 2) ** 2
    halves = np.arcsin(np.sqrt(np.minimum(1.0, rise + math.cos(north) * np.cos(norths) * run)))
    return np.asarray(2 * EARTH_KM * halves, dtype=np.float64)


def cell_of(lat: float, lon: float) -> str:
    """The H3 cell a place lies in, as its usual hexadecimal text."""
    return str(h3.latlng_to_cell(lat, lon, RESOLUTION))


def point_term(lat: float, lon: float) -> str:
    """``lat,lon`` to five decimals (about a metre), as the registry gives coordinates."""
    return f"{round(lat, 5) + 0.0:.5f},{round(lon, 5) + 0.0:.5f}"


def cover(lat: float, lon: float, radius_km: float, points: CellPoints) -> tuple[set[str], set[str]]:
    """The circle exactly: cells that lie wholly inside, and the terms inside it of cells that its rim may cut."""
    cells, distances = _around(lat, lon, radius_km)
    whole: set[str] = set()
    single: set[str] = set()
    for cell, distance in zip(cells, distances.tolist(), strict=True):
        if distance > radius_km + CELL_REACH_KM:
            continue
        if distance <= radius_km - CELL_REACH_KM or _is_inside(cell, lat, lon, radius_km):
            whole.add(cell)
        else:
            near = points.get(cell, ())
            single.update(term for term, north, east in near if distance_km(lat, lon, north, east) <= radius_km)
    return whole, single


def _is_inside(cell: str, lat: float, lon: float, radius_km: float) -> bool:
    """Edges are arcs of great circles and a circle this small is convex, so vertices decide, but for a margin."""
    corners = h3.cell_to_boundary(cell)
    return all(distance_km(lat, lon, north, east) <= radius_km - MARGIN_KM for north, east in corners)


def _around(lat: float, lon: float, radius_km: float) -> tuple[list[str], NDArray[np.float64]]:
    """Cells about a place, and how far their middles are: enough that none beyond them can touch the circle.

    Cells that touch a circle hang together, so an outermost ring that does not touch it proves that all are inside.
    """
    middle = cell_of(lat, lon)
    steps = 2 + math.ceil(radius_km / _LEAST_STEP_KM)
    while True:
        cells = list(h3.grid_disk(middle, steps))
        distances = _from_middles(lat, lon, cells)
        inner = set(h3.grid_disk(middle, steps - 1))
        rim = [distance for cell, distance in zip(cells, distances, strict=True) if cell not in inner]
        if not rim or min(rim) > radius_km + CELL_REACH_KM:
            return cells, distances
        steps += 4


def _from_middles(lat: float, lon: float, cells: Iterable[str]) -> NDArray[np.float64]:
    middles = np.array([h3.cell_to_latlng(cell) for cell in cells])
    return distances_km(lat, lon, middles[:, 0], middles[:, 1])
