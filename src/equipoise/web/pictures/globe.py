"""From the globe to the sheet: how far, which part, and where on the picture a place lies.

A region is drawn in Lambert's azimuthal equal-area projection about its middle; what is wider than half a hemisphere
in Equal Earth (Savric, Patterson and Jenny 2018). Both keep areas true, so a country looks as large as it is.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

EARTH_KM = 6371.0088
KM_A_DEGREE = EARTH_KM * math.pi / 180
_EDGE = 26.0
"""Pixels kept free around what must be seen: the largest dot and a little air."""
_LEAST_KM = 300.0
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796


class Point(msgspec.Struct, frozen=True):
    """A place in decimal degrees, with the word to write beside it."""

    lat: float
    lon: float
    label: str = ""


class Frame(msgspec.Struct, frozen=True):
    """What a map must show, in degrees. ``east`` is beyond 180 where the frame crosses the date line."""

    west: float
    south: float
    east: float
    north: float

    @property
    def wide(self) -> bool:
        return self.east - self.west > 90 or self.north - self.south > 75

    @classmethod
    def around(cls, points: Sequence[tuple[float, float]]) -> "Frame":
        """The smallest frame with some air about all (latitude, longitude); the world where they are spread over it."""
        if not points:
            return WORLD
        south, north = min(lat for lat, _ in points), max(lat for lat, _ in points)
        west, east = _narrowest(lon for _, lon in points)
        if east - west > 150:
            return WORLD
        return cls(west, south, east, north)._at_least(_LEAST_KM)._roomier()

    @classmethod
    def circle(cls, lat: float, lon: float, km: float) -> "Frame":
        up = min(km / KM_A_DEGREE, 60)
        aside = min(up / math.cos(math.radians(min(abs(lat), 75))), 85)
        return cls(lon - aside, max(lat - up, -89), lon + aside, min(lat + up, 89))._at_least(_LEAST_KM)._roomier()

    def _at_least(self, km: float) -> "Frame":
        middle = (self.south + self.north) / 2
        up = max(0.0, km / KM_A_DEGREE - (self.north - self.south)) / 2
        aside = max(0.0, km / KM_A_DEGREE / math.cos(math.radians(min(abs(middle), 75))) - (self.east - self.west)) / 2
        return Frame(self.west - aside, self.south - up, self.east + aside, self.north + up)

    def _roomier(self) -> "Frame":
        up, aside = (self.north - self.south) * 0.06, (self.east - self.west) * 0.06
        return Frame(self.west - aside, max(self.south - up, -89), self.east + aside, min(self.north + up, 89))


def _narrowest(lons: Iterable[float]) -> tuple[float, float]:
    """The narrowest span of longitude that holds all: it begins after the widest gap."""
    ordered = sorted({(lon + 180) % 360 - 180 for lon in lons})
    gaps = [(after - before, place) for place, (before, after) in enumerate(itertools.pairwise(ordered))]
    widest, place = max(gaps, default=(0.0, 0))
    if ordered[0] + 360 - ordered[-1] >= widest:
        return ordered[0], ordered[-1]
    return ordered[place + 1], ordered[place] + 360


WORLD = Frame(-169, -56, 191, 76)
"""Cut through the Bering Strait, so that no country is in two halves; without Antarctica."""


class View(msgspec.Struct, frozen=True):
    """A frame fitted into a picture of ``width`` by ``height``: one unit of the projection is ``scale`` pixels."""

    wide: bool
    lat: float
    lon: float
    scale: float
    x: float
    y: float
    width: float
    height: float

    @classmethod
    @lru_cache(maxsize=256)
    def fit(cls, frame: Frame, width: float, height: float | None = None) -> "View":
        """The frame in the middle. Without a height, one that suits its shape, between flat and nearly square."""
        lat, lon = (frame.south + frame.north) / 2, (frame.west + frame.east) / 2
        edge = _equal_earth(_rim(frame), lon) if frame.wide else _azimuthal(_rim(frame), lat, lon)
        low, size = edge.min(axis=0), np.ptp(edge, axis=0)
        margin = 0 if frame == WORLD else _EDGE
        high = height or float(np.clip(size[1] / size[0], 0.44, 0.86)) * width
        scale = float(min((width - 2 * margin) / size[0], (high - 2 * margin) / size[1]))
        x, y = low + size / 2
        return cls(
            frame.wide, lat, lon, scale, width / 2 - float(x) * scale, high / 2 + float(y) * scale, width, round(high)
        )

    def place(self, points: Points) -> Points:
        """Pixels (x, y) of rows of (longitude, latitude)."""
        flat = _equal_earth(points, self.lon) if self.wide else _azimuthal(points, self.lat, self.lon)
        return flat * (self.scale, -self.scale) + (self.x, self.y)

    def place_nearest(self, points: Points) -> Points:
        """The same, for single places: each on the turn of the globe that the picture shows."""
        turned = points.copy()
        turned[:, 0] = (points[:, 0] - self.lon + 180) % 360 - 180 + self.lon
        return self.place(turned)

    @property
    def km_a_pixel(self) -> float:
        return EARTH_KM / self.scale

    @property
    def pixels_a_degree(self) -> float:
        return math.radians(self.scale)

    def bounds(self) -> Frame:
        """Degrees that hold everything on the picture (and some that are not)."""
        if self.wide:
            return Frame(self.lon - 180, -90, self.lon + 180, 90)
        reach = 2 * math.asin(min(1.0, math.hypot(self.width, self.height) / self.scale / 4))
        up = math.degrees(reach)
        if abs(self.lat) + up >= 88:
            return Frame(self.lon - 180, self.lat - up, self.lon + 180, self.lat + up)
        aside = math.degrees(math.asin(min(1.0, math.sin(reach) / math.cos(math.radians(self.lat)))))
        return Frame(self.lon - aside, self.lat - up, self.lon + aside, self.lat + up)


def circle(lat: float, lon: float, km: float, *, steps: int = 72) -> Points:
    """Rows of (longitude, latitude): all that lies ``km`` from a place."""
    bearing = np.linspace(0, 2 * math.pi, steps, endpoint=False)
    reach, here = km / EARTH_KM, math.radians(lat)
    lats = np.arcsin(math.sin(here) * math.cos(reach) + math.cos(here) * math.sin(reach) * np.cos(bearing))
    aside = np.arctan2(
        np.sin(bearing) * math.sin(reach) * math.cos(here), math.cos(reach) - math.sin(here) * np.sin(lats)
    )
    return np.column_stack([lon + np.degrees(aside), np.degrees(lats)])


def _rim(frame: Frame) -> Points:
    lons, lats = np.linspace(frame.west, frame.east, 17), np.linspace(frame.south, frame.north, 17)
    across = [np.column_stack([lons, np.full(17, lat)]) for lat in (frame.south, frame.north)]
    return np.concatenate(across + [np.column_stack([np.full(17, lon), lats]) for lon in (frame.west, frame.east)])


def _azimuthal(points: Points, lat: float, lon: float) -> Points:
    aside, up = np.radians(points[:, 0] - lon), np.radians(points[:, 1])
    middle, cos_up = math.radians(lat), np.cos(up)
    facing = math.sin(middle) * np.sin(up) + math.cos(middle) * cos_up * np.cos(aside)
    factor = np.sqrt(2 / np.maximum(1 + facing, 1e-6))
    north = math.cos(middle) * np.sin(up) - math.sin(middle) * cos_up * np.cos(aside)
    return np.column_stack([factor * cos_up * np.sin(aside), factor * north])


def _equal_earth(points: Points, lon: float) -> Points:
    angle = np.arcsin(math.sqrt(3) / 2 * np.sin(np.radians(points[:, 1])))
    square = angle**2
    slope = _A1 + 3 * _A2 * square + square**3 * (7 * _A3 + 9 * _A4 * square)
    x = np.radians(points[:, 0] - lon) * np.cos(angle) / (math.sqrt(3) / 2 * slope)
    return np.column_stack([x, angle * (_A1 + _A2 * square + square**3 * (_A3 + _A4 * square))])
