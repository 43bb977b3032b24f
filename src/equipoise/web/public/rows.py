"""One line about where a study can be joined, as the results say it."""

import msgspec
from markupsafe import Markup, escape

from equipoise.finder.ask import Ask, Hit, NearestSite
from equipoise.studies.labels import Openness, listed_words, openness, shown
from equipoise.web.templating import km

KIND = "RecruitmentStatus"


class Row(msgspec.Struct, frozen=True):
    """A study found, with its line about sites, whether one is open, and why it was found: field and marked words."""

    hit: Hit
    sites: str
    nearest: str
    is_open: bool
    why: tuple[tuple[str, Markup], ...]


def row_of(hit: Hit, ask: Ask) -> Row:
    why = tuple((matched.field, marked(matched.pieces)) for matched in hit.matched)
    return Row(hit, sites_words(hit, ask), _nearest_name(hit.nearest), hit.sites_open > 0, why)


def marked(pieces: tuple[str, ...]) -> Markup:
    """Plain and marked text in turn, as on the page."""
    told = (f"<mark>{escape(piece)}</mark>" if place % 2 else escape(piece) for place, piece in enumerate(pieces))
    return Markup("".join(told))  # noqa: S704  (every piece is escaped)


def sites_words(hit: Hit, ask: Ask) -> str:
    """``3 of 218 sites near you, nearest 12 km, open``."""
    total = listed_words(hit.sites_total, hit.study.sites_on_registry)
    if not hit.sites_total:
        return "No sites listed"
    if ask.place is None:
        return f"{total}, {_open_words(hit)}"
    if ask.place.is_area:
        return f"{_among(hit, total)} {'' if ask.any_site else 'open '}in {ask.place.name}"
    if hit.nearest is None:
        return f"{total}, none {'with a known place' if ask.any_site else 'open now'}"
    distance = f"nearest{_kind(ask, hit.nearest)} {km(hit.nearest.distance_km, ask.place.country)}"
    if hit.sites_near is None:
        return f"{total}, {distance}"
    return f"{_among(hit, total)} near you, {distance}, {_state(hit.nearest)}"


def _kind(ask: Ask, nearest: NearestSite) -> str:
    """Said where the line does not end with the site's own state."""
    return "" if ask.within_km else f" {_state(nearest)} site"


def _state(nearest: NearestSite) -> str:
    return "open" if openness(nearest.status) is Openness.OPEN else shown(KIND, nearest.status).lower()


def _among(hit: Hit, total: str) -> str:
    """``3 of 218 sites``; where not all are listed, ``4 of 218 sites listed here, 3``."""
    near = f"{hit.sites_near or 0:,}"
    return f"{total}, {near}" if hit.study.sites_on_registry > hit.sites_total else f"{near} of {total}"


def _open_words(hit: Hit) -> str:
    if hit.sites_open == hit.sites_total:
        return "open" if hit.sites_total == 1 else "all open"
    return f"{hit.sites_open:,} open" if hit.sites_open else "none open now"


def _nearest_name(nearest: NearestSite | None) -> str:
    """Facility and place; a city the facility's name ends with is not said again."""
    if nearest is None:
        return ""
    facility, city = nearest.facility or "", nearest.city or ""
    named = "" if city and facility.endswith(city) else city
    return ", ".join(part for part in (facility, named, nearest.state, nearest.country) if part)
