"""The sites of one study as its page lists them: open ones first, nearest first where a place is known, filtered."""

import math
from collections import Counter
from collections.abc import Callable
from functools import cache
from urllib.parse import urlencode

import msgspec
from django.http import QueryDict

from equipoise.finder.ask import FacetValue, Place
from equipoise.finder.globe import distance_km
from equipoise.studies.labels import shown
from equipoise.studies.record import Location, Study
from equipoise.studies.sites import is_open, site_status
from equipoise.web.public.asking import Problem, Reading
from equipoise.web.templating import tag_of

SHOWN_AT_FIRST = 20


class Site(msgspec.Struct, frozen=True):
    """One site, and the words and the style its row shows."""

    location: Location
    is_open: bool
    distance: float | None
    name: str
    where: str
    tag: str
    state: str


class SiteAsk(msgspec.Struct, frozen=True):
    """Which sites a reader wants to see. ``near`` is as typed."""

    near: str = ""
    place: Place | None = None
    open_only: bool = False
    country: str = ""
    text: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def narrowed(self) -> bool:
        return bool(self.open_only or self.country or self.text)

    @property
    def meant(self) -> tuple[tuple[str, str], ...]:
        """Places that may be meant by one nobody knows, each with the address of the sites nearest to it."""
        names = [name for problem in self.problems for name in problem.names]
        return tuple((name, f"?{urlencode({'near': name})}#locations") for name in names)


class SiteList(msgspec.Struct, frozen=True):
    """``first`` are shown at once, ``more`` behind a press; counts are of all the study's sites."""

    first: tuple[Site, ...]
    more: tuple[Site, ...]
    total: int
    open_total: int
    countries: tuple[FacetValue, ...]
    nearest: Site | None

    @property
    def shown(self) -> tuple[Site, ...]:
        return self.first + self.more


def read_site_ask(params: QueryDict, locate: Callable[[str], Place]) -> SiteAsk:
    reading = Reading(params)
    place = reading.checked("near", locate)
    ask = SiteAsk(
        near=reading.typed["near"],
        place=place,
        open_only=reading.one("open") in ("1", "on"),
        country=reading.one("country"),
        text=reading.one("text"),
    )
    return msgspec.structs.replace(ask, problems=tuple(reading.problems))


def list_sites(study: Study, ask: SiteAsk) -> SiteList:
    sites = [_site(location, study, ask.place) for location in study.locations]
    area = ask.place if ask.place and ask.place.is_area else None
    sites.sort(key=lambda site: _order(site, area))
    shown = tuple(site for site in sites if _wanted(site, ask))
    near = next((site for site in sites if site.is_open and site.distance is not None), None)
    return SiteList(
        first=shown[:SHOWN_AT_FIRST],
        more=shown[SHOWN_AT_FIRST:],
        total=len(sites),
        open_total=sum(site.is_open for site in sites),
        countries=_countries(study),
        nearest=near,
    )


def _site(location: Location, study: Study, place: Place | None) -> Site:
    status = site_status(location, study)
    where = ", ".join(part for part in (location.city, location.state, location.zip, location.country) if part)
    name = location.facility or location.city or "Site"
    return Site(
        location, is_open(location, study), _distance(location, place), name, where, tag_of(status), _state(status)
    )


@cache
def _state(status: str) -> str:
    return shown("RecruitmentStatus", status)


def _distance(location: Location, place: Place | None) -> float | None:
    point = location.geo_point
    if place is None or point is None or place.is_area:
        return None
    return distance_km(place.lat, place.lon, point.lat, point.lon)


def _order(site: Site, area: Place | None) -> tuple[bool, bool, float, str, str, str, str]:
    """Open ones first; then those in the country or region asked for; then by distance; then by name."""
    location = site.location
    distance = math.inf if site.distance is None else site.distance
    names = (location.country or "~", location.state or "", location.city or "", location.facility or "")
    return (not site.is_open, area is not None and not area.holds(location), distance, *names)


def _wanted(site: Site, ask: SiteAsk) -> bool:
    location = site.location
    if ask.open_only and not site.is_open:
        return False
    if ask.country and location.country != ask.country:
        return False
    return not ask.text or ask.text.casefold() in _text(location)


def _text(location: Location) -> str:
    parts = (location.facility, location.city, location.state, location.zip, location.country)
    return " ".join(part for part in parts if part).casefold()


def _countries(study: Study) -> tuple[FacetValue, ...]:
    found = Counter(location.country for location in study.locations if location.country)
    return tuple(FacetValue(name, found[name]) for name in sorted(found))
