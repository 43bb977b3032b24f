"""The start page: one search, three ways to browse, how fresh the data are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipoise.finder.ask import Ask
from equipoise.web.library import the_library
from equipoise.web.public.asking import Asked
from equipoise.web.public.fresh import facets_now, letters_now, status_now

MOST_SHOWN = 8


def show_home(request: HttpRequest) -> HttpResponse:
    library = the_library()
    facets = facets_now(library)
    context = {
        "asked": Asked(Ask(), {"within": "100"}, ()),
        "status": status_now(library),
        "letters": letters_now(library),
        "conditions": facets.get("heading", ())[:MOST_SHOWN],
        "countries": facets.get("country", ())[:MOST_SHOWN],
    }
    return render(request, "home.html", context)
