"""Land, borders and state lines of one view, clipped to the picture, as three paths of whole tenths of a pixel."""

import functools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from equipoise.web.pictures.globe import Frame, View
from equipoise.web.pictures.outlines import Lines, Points, level_for, outlines
from equipoise.web.pictures.svg import element

_DETAIL = 1.5
"""Square pixels: smaller bends are left out."""
_SPECK = 2.5
"""Pixels: smaller islands are left out, unless there is a city on them."""
_STATES_FROM = 10.0
"""Pixels a degree, below which state lines would only be noise."""
_TENTHS = 10


@functools.lru_cache(maxsize=64)
def draw_land(view: View) -> str:
    shown = outlines(level_for(_DETAIL * view.km_a_pixel**2))
    near = view.bounds()
    states = _strokes(shown.states, near, view) if view.pixels_a_degree >= _STATES_FROM else ()
    paths = [
        ("pic-land", _rings(shown.land, near, view)),
        ("pic-states", states),
        ("pic-borders", _strokes(shown.countries, near, view)),
    ]
    drawn = [element("path", class_=name, d=d, fill_rule="evenodd") for name, parts in paths if (d := "".join(parts))]
    return element("g", *drawn, transform="scale(.1)") if drawn else ""


def _near(lines: Lines, near: Frame) -> list[tuple[int, Points]]:
    """The lines that may be seen, by number, moved by whole turns of the globe to where the view is."""
    found = []
    west, south, east, north = lines.boxes.T
    for turn in (-360.0, 0.0, 360.0):
        seen = (south <= near.north) & (north >= near.south) & (west + turn <= near.east) & (east + turn >= near.west)
        found += [(int(place), lines.each[place] + np.array([turn, 0.0])) for place in np.flatnonzero(seen)]
    return found


def _rings(lines: Lines, near: Frame, view: View) -> Iterator[str]:
    found = _near(lines, near)
    if view.wide:
        cut = ((place, _cut(ring, 0, near.west, near.east)) for place, ring in found)
        found = [(place, ring) for place, ring in cut if len(ring)]
    if not found:
        return
    placed = view.place(np.concatenate([ring for _, ring in found]))
    starts = np.concatenate([[0], np.cumsum([len(ring) for _, ring in found])])
    low, high = np.minimum.reduceat(placed, starts[:-1]), np.maximum.reduceat(placed, starts[:-1])
    size = np.array([view.width, view.height])
    small = np.asarray((high - low).max(axis=1) < _SPECK) & lines.speck[[place for place, _ in found]]
    out = (high < 0).any(axis=1) | (low > size).any(axis=1) | small
    across = np.asarray((low < 0).any(axis=1) | (high > size).any(axis=1))
    for place in np.flatnonzero(np.logical_not(out)):
        ring = placed[starts[place] : starts[place + 1]]
        yield _written(cut_to_picture(ring, view) if across[place] else ring, closed=True)


def cut_to_picture(ring: Points, view: View) -> Points:
    """What of a closed ring is on the picture."""
    for axis, size in ((0, view.width), (1, view.height)):
        ring = _cut(ring, axis, 0, size)
    return ring


def _cut(ring: Points, axis: int, low: float, high: float) -> Points:
    """What of a closed ring lies between two parallels (Sutherland and Hodgman's way, two sides of it)."""
    for sign, bound in ((1.0, low), (-1.0, high)):
        if not len(ring):
            break
        inside = sign * (ring[:, axis] - bound)
        if inside.min() < 0:
            ring = _cut_side(ring, inside)
    return ring


def _cut_side(ring: Points, inside: Points) -> Points:
    after = np.roll(inside, -1)
    crossing = (inside >= 0) != (after >= 0)
    share = np.divide(inside, inside - after, out=np.zeros_like(inside), where=crossing)
    crossed = ring + share[:, None] * (np.roll(ring, -1, axis=0) - ring)
    both = np.stack([ring, crossed], axis=1).reshape(-1, 2)
    kept: Points = both[np.column_stack([inside >= 0, crossing]).ravel()]
    return kept


def _strokes(lines: Lines, near: Frame, view: View) -> Iterator[str]:
    """The runs of each line that are on the picture; a step from line to line is on none."""
    found = [line for _, line in _near(lines, near)]
    if not found:
        return
    points = np.concatenate(found)
    placed = view.place(points)
    begin, end, seen = _clipped(placed, np.array([view.width, view.height]))
    seen[np.cumsum([len(line) for line in found])[:-1] - 1] = False
    if view.wide:
        within = np.abs(points[:, 0] - view.lon) <= 180
        seen &= within[1:] & within[:-1]
    goes_on = seen[1:] & seen[:-1] & (begin[1:] == placed[1:-1]).all(axis=1) & (end[:-1] == placed[1:-1]).all(axis=1)
    firsts = np.flatnonzero(seen & ~np.concatenate([[False], goes_on]))
    lasts = np.flatnonzero(seen & ~np.concatenate([goes_on, [False]]))
    for first, last in zip(firsts, lasts, strict=True):
        yield _written(np.concatenate([begin[first : first + 1], end[first : last + 1]]), closed=False)


def _clipped(line: Points, size: Points) -> tuple[Points, Points, NDArray[np.bool_]]:
    """Begin and end of what is on the picture of each step (Liang and Barsky's way), and whether anything is."""
    start, step = line[:-1], np.diff(line, axis=0)
    safe = np.where(step == 0, 1e-9, step)
    sides = np.stack([-start / safe, (size - start) / safe])
    enter = np.maximum(sides.min(axis=0).max(axis=1), 0)
    leave = np.minimum(sides.max(axis=0).min(axis=1), 1)
    begin = np.where(enter[:, None] > 0, start + enter[:, None] * step, start)
    end = np.where(leave[:, None] < 1, start + leave[:, None] * step, line[1:])
    return begin, end, np.asarray(enter < leave)


def _written(points: Points, *, closed: bool) -> str:
    """A path in whole tenths: an absolute start, then steps. Nothing where nothing larger than a point is left."""
    if len(points) < 2:
        return ""
    tenths = np.rint(points * _TENTHS).astype(np.int64)
    steps = np.diff(tenths, axis=0)
    numbers = [str(step) for pair in steps.tolist() if pair[0] or pair[1] for step in pair]
    if len(numbers) < (6 if closed else 2):
        return ""
    x, y = tenths[0].tolist()
    return f"M{x} {y}l{' '.join(numbers).replace(' -', '-')}{'z' if closed else ''}"
