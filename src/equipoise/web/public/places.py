"""Studies by place: country, region, city, with counts, in pages a search engine can walk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipoise.actions.browse import PlaceCount, browse_places
from equipoise.actions.find import count_studies, find_studies
from equipoise.finder.ask import Ask, Sort
from equipoise.kernel.refused import Refused
from equipoise.web.library import the_library
from equipoise.web.public.errors import show_not_found
from equipoise.web.public.results import last_page, pages_of
from equipoise.web.public.slugs import name_of

A_PAGE = 50


def show_countries(request: HttpRequest) -> HttpResponse:
    places = _named(browse_places(the_library()))
    return render(request, "places.html", {"places": places, "trail": (), "level": "country"})


def show_country(request: HttpRequest, country: str) -> HttpResponse:
    return _shown(request, "region", country)


def show_region(request: HttpRequest, country: str, region: str) -> HttpResponse:
    return _shown(request, "city", country, region)


def _shown(request: HttpRequest, level: str, *slugs: str) -> HttpResponse:
    """The places one level below; none there means that nobody has such a site."""
    try:
        names = [name_of(slug) for slug in slugs]
    except Refused:
        return _unknown(request)
    places = browse_places(the_library(), *names)
    if not places:
        return _unknown(request)
    shown = _named(places) if level == "city" else places
    return render(request, "places.html", {"places": shown, "trail": tuple(names), "level": level})


def show_city(request: HttpRequest, country: str, region: str, city: str) -> HttpResponse:
    """The studies with a site in the city, last updated first."""
    try:
        names = tuple(name_of(slug) for slug in (country, region, city))
    except Refused:
        return _unknown(request)
    page = request.GET.get("page", "1")
    ask = Ask(city=("|".join(names),), sort=Sort.UPDATED, per_page=A_PAGE)
    total = count_studies(the_library(), ask)
    last = last_page(total, A_PAGE)
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 0
    if not total or not 1 <= number <= last:
        return _unknown(request)
    found = find_studies(the_library(), Ask(city=ask.city, sort=ask.sort, per_page=A_PAGE, page=number))
    context = {"found": found, "trail": names, "pages": pages_of(number, total, A_PAGE), "place": ask.city[0]}
    return render(request, "city.html", context)


def _named(places: tuple[PlaceCount, ...]) -> tuple[PlaceCount, ...]:
    return tuple(place for place in places if place.name)


def _unknown(request: HttpRequest) -> HttpResponse:
    words = "No study kept here has a site at this place. Choose a country from the list, or search by place."
    return show_not_found(request, title="No studies at this place", words=words)
