"""Sites on a map: those too close to be told apart become one larger dot with their number."""

import math
from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np

from equipoise.web.pictures.globe import View
from equipoise.web.pictures.lettering import SMALL, width_of
from equipoise.web.pictures.svg import clean, element, number, title

_SINGLE, _LARGEST = 6.0, 14.0
_APART = 2 * _LARGEST
"""Pixels between two dots: less, and they become one."""
_DIGITS = 13
_NAMES = 12
_SHORT = 24
_TOLD = 3

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Dot(msgspec.Struct, frozen=True):
    """``count`` sites at one place, in decimal degrees. ``href`` leads to where they stand in words; ``place`` is a
    short name to write on the map, where the label is long."""

    lat: float
    lon: float
    open: bool
    label: str
    href: str | None = None
    count: int = 1
    place: str = ""


class Cluster(msgspec.Struct):
    """Dots drawn as one, where the first of them is; how many sites they are, and how many open."""

    x: float
    y: float
    dots: list[Dot] = []
    count: int = 0
    open_count: int = 0

    def take(self, dots: Iterable[Dot]) -> None:
        for dot in dots:
            self.dots.append(dot)
            self.count += dot.count
            self.open_count += dot.count if dot.open else 0

    @property
    def radius(self) -> float:
        """Grows with the digits to be written and, slowly, with the number."""
        return _SINGLE if self.count == 1 else min(_LARGEST, 8.5 + 2.5 * math.log10(self.count))

    @property
    def box(self) -> Box:
        return self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius

    @property
    def name(self) -> str:
        """What to write beside it on the map, if it is short."""
        name = self.dots[0].place or self.dots[0].label
        return name if len(name) <= _SHORT else ""

    def words(self) -> str:
        """``Irvine (open)``; of several sites the first few names: ``3 sites: Aurora; Denver (1 of 3 open)``."""
        names = list(dict.fromkeys(dot.label for dot in self.dots))
        more = f" and {len(names) - _TOLD} more places" if len(names) > _TOLD else ""
        head = f"{self.count} sites: " if self.count > 1 else ""
        return f"{head}{'; '.join(names[:_TOLD])}{more} ({self.state()})"

    def state(self) -> str:
        if self.open_count in (0, self.count):
            return "open" if self.open_count else "not open now"
        return f"{self.open_count} of {self.count} open"

    def href(self) -> str | None:
        targets = {dot.href for dot in self.dots}
        return targets.pop() if len(targets) == 1 else None


def clustered(dots: Sequence[Dot], view: View) -> list[Cluster]:
    """Dots that are on the picture, most sites first. Each joins the nearest already there, if that is too close."""
    cells: dict[tuple[int, int], list[Cluster]] = {}
    for city in sorted(_cities(dots, view), key=lambda city: (-city.count, -city.open_count, city.x)):
        column, row = int(city.x // _APART), int(city.y // _APART)
        around = (cells.get((column + i, row + j), ()) for i in (-1, 0, 1) for j in (-1, 0, 1))
        near = [(math.hypot(other.x - city.x, other.y - city.y), other) for cell in around for other in cell]
        distance, nearest = min(near, key=lambda pair: pair[0], default=(_APART, city))
        if distance < _APART:
            nearest.take(city.dots)
        else:
            cells.setdefault((column, row), []).append(city)
    return sorted((cluster for cell in cells.values() for cluster in cell), key=lambda cluster: -cluster.count)


def _cities(dots: Sequence[Dot], view: View) -> list[Cluster]:
    """The registry gives a city's middle for each of its sites, so many dots share one point."""
    if not dots:
        return []
    cities: dict[tuple[float, float], Cluster] = {}
    placed = view.place_nearest(np.array([(dot.lon, dot.lat) for dot in dots], dtype=np.float64))
    for dot, (x, y) in zip(dots, placed.tolist(), strict=True):
        if 0 <= x <= view.width and 0 <= y <= view.height:
            cities.setdefault((dot.lat, dot.lon), Cluster(x, y)).take((dot,))
    return list(cities.values())


def draw_clusters(clusters: Sequence[Cluster]) -> str:
    return "".join(map(_drawn, clusters))


def _drawn(cluster: Cluster) -> str:
    words, at = cluster.words(), f"translate({number(cluster.x)} {number(cluster.y)})"
    inside = (title(words), draw_site(cluster.radius, is_open=cluster.open_count > 0, count=cluster.count))
    href = cluster.href()
    if href is None:
        return element("g", *inside, transform=at)
    return element("a", *inside, href=href, transform=at, class_="pic-link", aria_label=words)


def draw_site(radius: float, *, is_open: bool, count: int = 1) -> str:
    """Filled where a site is open, a ring where none is; so the shape tells what the colour tells."""
    disc = element("circle", r=radius, class_="pic-open" if is_open else "pic-closed")
    if count == 1:
        return disc
    look = "pic-open-count" if is_open else "pic-closed-count"
    size = _DIGITS if count < 100 else _DIGITS - 2
    return disc + element("text", str(count), class_=look, y=size * 0.36, font_size=size, text_anchor="middle")


def draw_names(clusters: Sequence[Cluster], taken: Sequence[Box], view: View) -> str:
    """Names of places beside their dots, where they cover neither a dot nor another name."""
    boxes = [*taken, *(cluster.box for cluster in clusters)]
    drawn: list[str] = []
    for cluster in clusters:
        free = next((room for room in rooms(cluster.name, cluster.box) if is_free(room[1], boxes, view)), None)
        if free and len(drawn) < _NAMES:
            boxes.append(free[1])
            drawn.append(draw_name(cluster.name, *free))
    return element("g", *drawn, class_="pic-place", font_size=SMALL) if drawn else ""


def draw_name(text: str, anchor: str, box: Box, *, bold: bool = False) -> str:
    x = {"start": box[0], "middle": (box[0] + box[2]) / 2, "end": box[2]}[anchor]
    y, weight = (box[1] + box[3]) / 2 + SMALL * 0.36, "600" if bold else None
    return element("text", clean(text), x=x, y=y, text_anchor=anchor, font_weight=weight)


def rooms(text: str, sign: Box, *, bold: bool = False) -> Iterator[tuple[str, Box]]:
    """Where a name may stand: right of its sign, left of it, below or above it."""
    wide = width_of(text, SMALL, bold=bold)
    left, top, right, bottom = sign
    x, y = (left + right) / 2, (top + bottom) / 2
    if wide:
        yield "start", (right + 4, y - 9, right + 4 + wide, y + 9)
        yield "end", (left - 4 - wide, y - 9, left - 4, y + 9)
        yield "middle", (x - wide / 2, bottom + 1, x + wide / 2, bottom + 19)
        yield "middle", (x - wide / 2, top - 19, x + wide / 2, top - 1)


def is_free(box: Box, taken: Sequence[Box], view: View) -> bool:
    left, top, right, bottom = box
    inside = left > 2 and top > 2 and right < view.width - 2 and bottom < view.height - 2
    return inside and not any(overlap(box, other) for other in taken)


def overlap(one: Box, two: Box) -> bool:
    return one[0] < two[2] and one[2] > two[0] and one[1] < two[3] and one[3] > two[1]
