"""A map of sites: land, a dot for each place, where the reader is, how far that is, and what the signs mean."""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from equipoise.web.pictures.dots import (
    Box,
    Cluster,
    Dot,
    clustered,
    draw_clusters,
    draw_name,
    draw_names,
    draw_site,
    is_free,
    rooms,
)
from equipoise.web.pictures.globe import WORLD, Frame, Point, View, circle
from equipoise.web.pictures.land import cut_to_picture, draw_land
from equipoise.web.pictures.lettering import SMALL, width_of
from equipoise.web.pictures.svg import NARROW, WIDE, Caption, Drawn, clean, element, framed, moved, number

__all__ = ["WORLD", "Dot", "Frame", "Point", "draw_map", "draw_maps"]

NOTHING = "No sites with known coordinates"
_KM_A_MILE = 1.609344
_BAR = 0.28
"""The scale takes at most this share of the width."""
_ROW = 26.0


def draw_map(
    dots: Sequence[Dot],
    *,
    frame: Frame | None = None,
    here: Point | None = None,
    radius_km: float | None = None,
    width: float = WIDE,
    height: float | None = None,
    name: str = "Map of sites",
) -> str:
    """The map and under it its key. Without a frame: the circle if one is asked for, else all dots and ``here``.

    A map whose dots have links is a group, not an image, so that the links can be reached.
    """
    frame = frame or _frame(dots, here, radius_km)
    view = View.fit(frame, width, height)
    clusters = clustered(dots, view)
    sheet = Drawn(_sheet(view, clusters, here, radius_km), view.height)
    key = _key(clusters, here, view)
    drawn = Drawn(sheet.svg + moved(0, view.height + 8, key.svg), view.height + (8 + key.height if key.height else 0))
    linked = any(cluster.href() is not None for cluster in clusters)
    return framed(drawn, width, "map", Caption(name, _tells(dots, clusters), "group" if linked else "img"))


@lru_cache(maxsize=128)
def draw_maps(dots: tuple[Dot, ...], *, here: Point | None = None, radius_km: float | None = None) -> str:
    """The map for a desk and the map for a phone; the style sheet shows one."""
    return "".join(draw_map(dots, here=here, radius_km=radius_km, width=width) for width in (WIDE, NARROW))


def _frame(dots: Sequence[Dot], here: Point | None, radius_km: float | None) -> Frame:
    if here and radius_km:
        return Frame.circle(here.lat, here.lon, radius_km)
    places = [(dot.lat, dot.lon) for dot in dots]
    return Frame.around(places + ([(here.lat, here.lon)] if here else []))


def _tells(dots: Sequence[Dot], clusters: Sequence[Cluster]) -> str:
    if not dots:
        return f"{NOTHING}."
    total, opened = sum(dot.count for dot in dots), sum(dot.count for dot in dots if dot.open)
    outside = total - sum(cluster.count for cluster in clusters)
    left = f" {outside} of them lie outside this map." if outside else ""
    return f"{total} {'site' if total == 1 else 'sites'}, {opened} open now.{left} The same sites stand in the list."


def _sheet(view: View, clusters: Sequence[Cluster], here: Point | None, radius_km: float | None) -> str:
    dotted = [cluster.box for cluster in clusters]
    marked, marked_boxes = _here(view, here, dotted) if here else ("", [])
    return element(
        "g",
        element("rect", class_="pic-sea", width=view.width, height=view.height),
        draw_land(view),
        _circle(view, here, radius_km) if here and radius_km else "",
        marked,
        draw_clusters(clusters),
        draw_names(clusters, marked_boxes, view),
        "" if clusters else _nothing(view),
    )


def _nothing(view: View) -> str:
    wide = min(width_of(NOTHING) + 32, view.width - 16)
    left, top = (view.width - wide) / 2, view.height / 2 - 22
    ground = element("rect", class_="pic-note", x=left, y=top, width=wide, height=44, rx=6)
    return ground + element("text", NOTHING, x=view.width / 2, y=top + 27.5, font_size=16, text_anchor="middle")


def _here(view: View, here: Point, taken: Sequence[Box]) -> tuple[str, list[Box]]:
    """A cross in a circle, unlike any dot, and the word for it where there is room."""
    x, y = view.place_nearest(np.array([[here.lon, here.lat]]))[0].tolist()
    cross = (x - 13, y - 13, x + 13, y + 13)
    words = here.label or "You are here"
    free = next((room for room in rooms(words, cross, bold=True) if is_free(room[1], taken, view)), None)
    if not free:
        return moved(x, y, draw_here()), [cross]
    word = draw_name(words, *free, bold=True)
    return moved(x, y, draw_here()) + element("g", word, class_="pic-place", font_size=SMALL), [cross, free[1]]


def draw_here() -> str:
    ring = element("circle", r=9, class_="pic-here")
    return ring + element("path", d="M-13 0h9M4 0h9M0-13v9M0 4v9", class_="pic-here")


def _circle(view: View, here: Point, km: float) -> str:
    rim = cut_to_picture(view.place(circle(here.lat, here.lon, km)), view).tolist()
    points = "L".join(f"{number(x)} {number(y)}" for x, y in rim)
    return element("path", class_="pic-radius", d=f"M{points}z") if rim else ""


def _scale(view: View) -> tuple[float, str, str]:
    """A bar as long as a round number of kilometres, and its words."""
    km = _round_km(view.width * _BAR * view.km_a_pixel)
    long = km / view.km_a_pixel
    return long, element("path", class_="pic-scale", d=f"M0-4v4h{number(long)}v-4"), f"{km:,} km ({_miles(km)})"


def _round_km(most: float) -> int:
    size = 10 ** math.floor(math.log10(most))
    return int(max(step * size for step in (1, 2, 5) if step * size <= most))


def _miles(km: float) -> str:
    miles = km / _KM_A_MILE
    near = 10 if miles >= 100 else 5 if miles >= 20 else 1
    return f"{round(miles / near) * near:,} miles"


def _key(clusters: Sequence[Cluster], here: Point | None, view: View) -> Drawn:
    """What each sign on this map means, and how far is how far, in rows."""
    x, y, shown = 0.0, 0.0, []
    for room, sign, words in _signs(clusters, here, view):
        wide = room + 6 + width_of(words, SMALL)
        x, y = (0.0, y + _ROW) if x and x + wide > view.width else (x, y)
        text = element("text", clean(words), x=room + 6, y=5, font_size=SMALL, class_="pic-soft")
        shown.append(moved(x, y + _ROW / 2, sign, text))
        x += wide + 20
    return Drawn("".join(shown), y + _ROW) if shown else Drawn()


def _signs(clusters: Sequence[Cluster], here: Point | None, view: View) -> Iterator[tuple[float, str, str]]:
    """Only those that are on the map: the room each takes, the sign, what it means."""
    if any(cluster.open_count for cluster in clusters):
        yield 14, moved(7, 0, draw_site(6, is_open=True)), "Open now"
    if not all(cluster.open_count for cluster in clusters):
        yield 14, moved(7, 0, draw_site(6, is_open=False)), "Not open now"
    joined = [cluster for cluster in clusters if cluster.count > 1]
    if joined:
        some_open = any(cluster.open_count for cluster in joined)
        sign = moved(10, 0, draw_site(9.5, is_open=some_open, count=7))
        yield 20, sign, f"Several sites{', one or more open' * some_open}"
    if here:
        yield 24, element("g", draw_here(), transform="translate(12) scale(.8)"), "The place you gave"
    if not view.wide:
        yield _scale(view)
