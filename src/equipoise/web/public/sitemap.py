"""What a search engine may walk: every study, every place."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from equipoise.actions.browse import every_city
from equipoise.actions.library import Library
from equipoise.actions.read import every_nct_id
from equipoise.web.library import the_library
from equipoise.web.public.slugs import slug_of
from equipoise.web.templating import url

PART = 10_000
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
LEVELS = ("country", "region", "city")
PAGES = ("home", "locations", "conditions", "sponsors", "about", "glossary")
ROBOTS = """User-agent: *
Disallow: /search
Disallow: /compare/
Disallow: /saved/
Crawl-delay: 1
Sitemap: {}
"""


def show_robots(request: HttpRequest) -> HttpResponse:
    text = ROBOTS.format(request.build_absolute_uri(url("sitemap")))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def show_index(request: HttpRequest) -> HttpResponse:
    parts = -(-the_library().store.count_studies() // PART)
    places = -(-len(_places(the_library())) // PART)
    addresses = [
        url("sitemap-pages"),
        *(reverse("sitemap-places", args=(part,)) for part in range(1, places + 1)),
        *(reverse("sitemap-studies", args=(part,)) for part in range(1, parts + 1)),
    ]
    return _xml("sitemapindex", "sitemap", request, addresses)


def show_pages(request: HttpRequest) -> HttpResponse:
    return _xml("urlset", "url", request, [url(name) for name in PAGES])


def show_places(request: HttpRequest, part: int) -> HttpResponse:
    held = _places(the_library())[(part - 1) * PART : part * PART]
    if not held:
        raise Http404
    return _xml("urlset", "url", request, held)


def show_studies(request: HttpRequest, part: int) -> HttpResponse:
    held = every_nct_id(the_library(), (part - 1) * PART, PART) if part else ()
    if not held:
        raise Http404
    one = url("study", held[0])
    return _xml("urlset", "url", request, [one.replace(held[0], nct) for nct in held])


def _places(library: Library) -> list[str]:
    """Every country, region and city that has a page, made once for each state of the index: it takes a while."""
    return library.index.view().remember("addresses of places", lambda: list(_addresses(every_city(library))))


def _addresses(cities: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    found: dict[tuple[str, ...], None] = {}
    for names in cities:
        deepest = (3 if names[2] else 2) if names[0] else 0
        found.update(dict.fromkeys(names[: level + 1] for level in range(deepest)))
    return (reverse(LEVELS[len(names) - 1], args=tuple(map(slug_of, names))) for names in found)


def _xml(whole: str, each: str, request: HttpRequest, addresses: Iterable[str]) -> HttpResponse:
    root = request.build_absolute_uri("/").rstrip("/")
    lines = (f"<{each}><loc>{escape(root + address)}</loc></{each}>" for address in addresses)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{whole} {SPACE}>\n' + "\n".join(lines) + f"\n</{whole}>\n"
    return HttpResponse(text, content_type="application/xml")
