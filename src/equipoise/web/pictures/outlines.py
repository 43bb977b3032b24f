"""Coasts, borders and state lines at several levels of detail (made by ``scripts/make_outlines.py``)."""

import functools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Rows of longitude and latitude in degrees; a line that crosses longitude 180 goes on beyond it."""

_FILE = Path(__file__).with_name("outlines.json.zst")
_LONGEST = 1.0
"""Degrees: longer steps are divided, since what is straight in degrees is curved on a map."""
_SPECK = 4
"""Rings of fewer points at the coarsest level are small islands without a city."""


class Lines(msgspec.Struct, frozen=True, eq=False):
    """Rings or open lines. ``boxes`` has the west, south, east and north of each, ``speck`` what may be left out."""

    each: tuple[Points, ...]
    boxes: NDArray[np.float64]
    speck: NDArray[np.bool_]


class Outlines(msgspec.Struct, frozen=True, eq=False):
    """What is drawn at one level: ``land`` in closed rings, borders between ``countries`` and between ``states``."""

    land: Lines
    countries: Lines
    states: Lines


Arc = tuple[list[int], str]
Ring = tuple[int, ...]


class _Stored(msgspec.Struct, frozen=True):
    unit: int
    levels: tuple[float, ...]
    arcs: tuple[Arc, ...]
    land: tuple[Ring, ...]
    countries: tuple[tuple[str, str, tuple[Ring, ...]], ...]
    states: tuple[Arc, ...]


@functools.cache
def _stored() -> _Stored:
    packed = zstandard.ZstdDecompressor().decompress(_FILE.read_bytes())
    return msgspec.json.decode(packed, type=_Stored)


def level_for(detail: float) -> int:
    """The coarsest level that still shows what is ``detail`` square kilometres large."""
    levels = _stored().levels
    return max((place for place, smallest in enumerate(levels) if smallest <= detail), default=0)


def country_names() -> dict[str, str]:
    """ISO 3166 numeric code to name, of every country drawn that has a code."""
    return {code: name for code, name, _ in _stored().countries if code}


@functools.cache
def outlines(level: int) -> Outlines:
    stored = _stored()
    longest = _LONGEST * (1 + level)
    arcs = _thinned(stored.arcs, level, stored.unit)
    walked = Counter(max(arc, ~arc) for _, _, rings in stored.countries for ring in rings for arc in ring)
    coarse = [ranks.count(str(len(stored.levels) - 1)) for _, ranks in stored.arcs]
    drawn = [(_joined(arcs, ring), sum(coarse[max(arc, ~arc)] for arc in ring) < _SPECK) for ring in stored.land]
    land = [(ring, speck) for ring, speck in drawn if len(ring) > 3]
    return Outlines(
        land=_lines([ring for ring, _ in land], longest, [speck for _, speck in land]),
        countries=_lines([arcs[arc] for arc, times in walked.items() if times > 1], longest),
        states=_lines(_thinned(stored.states, level, stored.unit), longest),
    )


def _thinned(arcs: Sequence[Arc], level: int, unit: int) -> list[Points]:
    """The points of each arc that the level shows, in degrees."""
    steps = [np.array(steps, dtype=np.int64).reshape(-1, 2).cumsum(axis=0) for steps, _ in arcs]
    ranks = [np.frombuffer(ranks.encode(), dtype=np.uint8) - ord("0") for _, ranks in arcs]
    return [points[shown >= level] / float(unit) for points, shown in zip(steps, ranks, strict=True)]


def _joined(arcs: list[Points], ring: Ring) -> Points:
    """The ring's arcs one after the other, ~n walked backwards; the point where two meet is kept once."""
    walked = [arcs[arc] if arc >= 0 else arcs[~arc][::-1] for arc in ring]
    return np.concatenate([walked[0], *(arc[1:] for arc in walked[1:])])


def _lines(each: Sequence[Points], longest: float, speck: Sequence[bool] = ()) -> Lines:
    drawn = tuple(_divided(_unwrapped(points), longest) for points in each)
    boxes = np.array([np.concatenate([points.min(axis=0), points.max(axis=0)]) for points in drawn])
    return Lines(drawn, boxes, np.array(speck or [False] * len(drawn), dtype=np.bool_))


def _unwrapped(points: Points) -> Points:
    jumps = np.round(np.diff(points[:, 0]) / 360)
    if not jumps.any():
        return points
    turned: Points = points - np.column_stack([np.concatenate([[0.0], jumps.cumsum()]) * 360, np.zeros(len(points))])
    return turned


def _divided(points: Points, longest: float) -> Points:
    pieces = np.maximum(1, np.ceil(np.abs(np.diff(points, axis=0)).max(axis=1) / longest)).astype(np.int64)
    if pieces.max(initial=1) == 1:
        return points
    places = np.arange(len(points))
    wanted = np.concatenate([np.arange(count) / count + place for place, count in enumerate(pieces)] + [places[-1:]])
    return np.column_stack([np.interp(wanted, places, points[:, axis]) for axis in (0, 1)])
