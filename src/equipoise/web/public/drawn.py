"""The pictures of a page: where sites are, how arms stand, how time runs."""

import datetime
from collections.abc import Iterable

import msgspec

from equipoise.finder.ask import Ask, Hit, Place
from equipoise.finder.globe import distance_km
from equipoise.studies.record import Location, Study
from equipoise.studies.sites import is_open
from equipoise.web.pictures.arms import draw_arms
from equipoise.web.pictures.globe import Point
from equipoise.web.pictures.map import Dot, Frame, draw_map, draw_maps
from equipoise.web.pictures.svg import NARROW
from equipoise.web.pictures.timeline import draw_timeline
from equipoise.web.public.sites import SiteAsk, SiteList

SURROUNDINGS_KM = 250

Standing = tuple[Location, bool]
"""A site and whether it is open."""


class Pictures(msgspec.Struct, frozen=True):
    """SVG text, each in a wide and a narrow form; empty where there is nothing to draw."""

    arms_wide: str = ""
    arms_narrow: str = ""
    timeline_wide: str = ""
    timeline_narrow: str = ""
    map: str = ""
    map_words: str = ""


def pictures_of(study: Study, sites: SiteList, ask: SiteAsk, at: datetime.date) -> Pictures:
    """With a place known the map shows only the sites listed first: the country around, not the globe."""
    near = ask.place is not None and bool(sites.more)
    shown = sites.first if near else sites.shown
    dots = dots_of((site.location, site.is_open) for site in shown)
    words = f"The map shows the {len(shown)} sites at the top of the list." if near else ""
    return Pictures(
        arms_wide=draw_arms(study),
        arms_narrow=draw_arms(study, width=NARROW),
        timeline_wide=draw_timeline(study, at),
        timeline_narrow=draw_timeline(study, at, width=NARROW),
        map=draw_maps(dots, here=here_of(ask.place)) if dots else "",
        map_words=words,
    )


def map_of_hits(hits: tuple[Hit, ...], ask: Ask) -> str:
    """The sites of the studies on this page: those within reach where a distance was given, else the open ones.

    With a place and no distance, what lies around the place: not the globe, with every far site on it.
    """
    standing = [(site, is_open(site, hit.study)) for hit in hits for site in hit.study.locations]
    wanted = [each for each in standing if (each[1] or ask.any_site) and _within(each[0], ask)]
    dots = dots_of(wanted)
    if not dots:
        return ""
    here = here_of(ask.place)
    if here and not ask.within_km:
        return draw_map(dots, frame=_surroundings(here, dots), here=here, width=NARROW)
    return draw_map(dots, here=here, radius_km=ask.within_km if here else None, width=NARROW)


def _surroundings(here: Point, dots: tuple[Dot, ...]) -> Frame:
    """As far as people travel, or to the nearest site where that is farther."""
    nearest = min(distance_km(here.lat, here.lon, dot.lat, dot.lon) for dot in dots)
    return Frame.circle(here.lat, here.lon, max(SURROUNDINGS_KM, nearest))


def dots_of(standing: Iterable[Standing]) -> tuple[Dot, ...]:
    """One dot for the open sites of a city, one for the others: the registry knows no more than the city's middle."""
    found: dict[tuple[float, float, bool], list[str]] = {}
    for site, opened in standing:
        if site.geo_point:
            key = (site.geo_point.lat, site.geo_point.lon, opened)
            found.setdefault(key, []).append(site.city or site.facility or "Site")
    return tuple(Dot(lat, lon, opened, names[0], count=len(names)) for (lat, lon, opened), names in found.items())


def here_of(place: Place | None) -> Point | None:
    """The cross on the map; a country or region is no point."""
    if place is None or place.is_area:
        return None
    return Point(place.lat, place.lon, place.short)


def _within(site: Location, ask: Ask) -> bool:
    place, point = ask.place, site.geo_point
    if place is None or point is None:
        return True
    if place.is_area:
        return place.holds(site)
    return ask.within_km is None or distance_km(place.lat, place.lon, point.lat, point.lon) <= ask.within_km
