"""Where sites are: dots on the land, open ones filled, closed ones hollow, near ones joined with their number."""

import math
from collections.abc import Sequence
from functools import lru_cache

import msgspec
import numpy as np

from equipoise.web.pictures.globe import Frame, Point, View, circle
from equipoise.web.pictures.land import draw_land
from equipoise.web.pictures.svg import (
    NARROW,
    SOFT,
    WIDE,
    Caption,
    Drawn,
    element,
    framed,
    lettered,
    moved,
    number,
    title,
)

_OVERLAP = 3.0
"""Pixels by which two circles may overlap before they are joined."""
_SCALES_KM = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_NAMED = 3


class Dot(msgspec.Struct, frozen=True):
    """A site, or several in one city, in decimal degrees. ``href`` leads to where it stands in words."""

    lat: float
    lon: float
    open: bool
    label: str
    href: str | None = None
    count: int = 1


class _Cluster(msgspec.Struct, frozen=True):
    x: float
    y: float
    dots: tuple[Dot, ...]

    @property
    def count(self) -> int:
        return sum(dot.count for dot in self.dots)

    @property
    def radius(self) -> float:
        return min(6 + 2.2 * math.log2(self.count), 15)

    @property
    def href(self) -> str | None:
        """Where it leads, if all its dots lead there."""
        leads = {dot.href for dot in self.dots}
        return leads.pop() if len(leads) == 1 else None

    def touches(self, other: "_Cluster") -> bool:
        return math.hypot(self.x - other.x, self.y - other.y) < self.radius + other.radius - _OVERLAP

    def joined(self, other: "_Cluster") -> "_Cluster":
        share = other.count / (self.count + other.count)
        x, y = self.x + (other.x - self.x) * share, self.y + (other.y - self.y) * share
        return _Cluster(x, y, (*self.dots, *other.dots))

    @property
    def words(self) -> str:
        """The first few names, and how many more."""
        names = list(dict.fromkeys(dot.label for dot in self.dots))
        more = f" and {len(names) - _NAMED} more places" if len(names) > _NAMED else ""
        sites = f"{self.count} sites: " if self.count > 1 else ""
        return f"{sites}{'; '.join(names[:_NAMED])}{more}"


def draw_map(
    dots: Sequence[Dot],
    *,
    here: Point | None = None,
    radius_km: float | None = None,
    width: float = WIDE,
) -> str:
    """The dots in the smallest view that holds them (and ``here``, and the circle about it)."""
    if not dots and here is None:
        return _empty(width)
    view = View.fit(_frame(dots, here, radius_km), width)
    drawn = [
        element("rect", class_="pic-sea", width=width, height=view.height),
        draw_land(view),
        _ring(view, here, radius_km),
        *(_cluster(cluster, is_open=False) for cluster in _clusters(view, dots, is_open=False)),
        *(_cluster(cluster, is_open=True) for cluster in _clusters(view, dots, is_open=True)),
        _here(view, here),
        _scale(view),
    ]
    clipped = element("svg", *drawn, width=width, height=view.height, viewBox=f"0 0 {number(width)} {view.height}")
    legend = _legend(width, view.height + 10)
    role = "group" if any(dot.href for dot in dots) else "img"
    return framed(Drawn(clipped + legend, view.height + 40), width, "map", _caption(dots, role))


@lru_cache(maxsize=128)
def draw_maps(dots: tuple[Dot, ...], *, here: Point | None = None, radius_km: float | None = None) -> str:
    """The map for a desk and the map for a phone; the style sheet shows one."""
    return "".join(draw_map(dots, here=here, radius_km=radius_km, width=width) for width in (WIDE, NARROW))


def _frame(dots: Sequence[Dot], here: Point | None, radius_km: float | None) -> Frame:
    if here is not None and radius_km is not None:
        return Frame.circle(here.lat, here.lon, radius_km)
    places = [(dot.lat, dot.lon) for dot in dots]
    return Frame.around([*places, (here.lat, here.lon)] if here else places)


def _placed(view: View, lat: float, lon: float) -> tuple[float, float]:
    ((x, y),) = view.place_nearest(np.array([[lon, lat]])).tolist()
    return x, y


def _clusters(view: View, dots: Sequence[Dot], *, is_open: bool) -> list[_Cluster]:
    wanted = [dot for dot in dots if dot.open is is_open]
    if not wanted:
        return []
    places = view.place_nearest(np.array([[dot.lon, dot.lat] for dot in wanted])).tolist()
    clusters: list[_Cluster] = []
    for dot, (x, y) in zip(wanted, places, strict=True):
        if 0 <= x <= view.width and 0 <= y <= view.height:
            _join(clusters, _Cluster(x, y, (dot,)))
    return clusters


def _join(clusters: list[_Cluster], fresh: _Cluster) -> None:
    """Put the cluster among the others, taking in every one it comes to touch."""
    while touched := next((cluster for cluster in clusters if cluster.touches(fresh)), None):
        clusters.remove(touched)
        fresh = touched.joined(fresh)
    clusters.append(fresh)


def _cluster(cluster: _Cluster, *, is_open: bool) -> str:
    many = cluster.count > 1
    look = "pic-open" if is_open else "pic-closed"
    shape = element("circle", r=cluster.radius, class_=look)
    words = element("text", str(cluster.count), y=4.5, text_anchor="middle", class_=f"{look}-count") if many else ""
    state = "open" if is_open else "not open now"
    inside = title(f"{cluster.words} ({state})") + shape + words
    drawn = element("a", inside, href=cluster.href) if cluster.href else element("g", inside)
    return moved(cluster.x, cluster.y, drawn)


def _here(view: View, here: Point | None) -> str:
    if here is None:
        return ""
    x, y = _placed(view, here.lat, here.lon)
    cross = element("path", d="M-9 0H9M0-9V9", class_="pic-here")
    ring = element("circle", r=5, class_="pic-here")
    return moved(x, y, element("g", title(here.label or "The place you gave"), ring, cross))


def _ring(view: View, here: Point | None, radius_km: float | None) -> str:
    if here is None or radius_km is None:
        return ""
    points = view.place(circle(here.lat, here.lon, radius_km)).tolist()
    path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "z"
    return element("path", d=path, class_="pic-radius")


def _scale(view: View) -> str:
    """A bar as long as a round number of kilometres: only where one length holds all over the picture."""
    if view.wide:
        return ""
    longest = view.width * 0.28 * view.km_a_pixel
    km = max((scale for scale in _SCALES_KM if scale <= longest), default=_SCALES_KM[0])
    bar = km / view.km_a_pixel
    line = element("path", d=f"M0-5V0H{number(bar)}V-5", class_="pic-scale")
    words = element("text", f"{km:,} km", x=bar + 6, y=2, class_="pic-scale-words")
    return moved(14, view.height - 14, line + words)


def _legend(width: float, y: float) -> str:
    opened = element("circle", cx=8, cy=10, r=6, class_="pic-open")
    closed = element("circle", cx=158, cy=10, r=6, class_="pic-closed")
    said = [lettered(words, width, SOFT).svg for words in ("Open now", "Not open now")]
    words = moved(22, 0, said[0]) + moved(172, 0, said[1])
    return moved(4, y, opened + closed + words)


def _caption(dots: Sequence[Dot], role: str) -> Caption:
    total, opened = sum(dot.count for dot in dots), sum(dot.count for dot in dots if dot.open)
    return Caption("Map of sites", f"{total} sites, {opened} open now. The same sites stand in the list.", role)


def _empty(width: float) -> str:
    words = lettered("No sites with known coordinates", width - 32, SOFT.keeping("middle"))
    sheet = element("rect", class_="pic-sea", width=width, height=96)
    return framed(Drawn(sheet + moved(16, 38, words.svg), 96), width, "map", Caption("Map of sites", "No sites."))
