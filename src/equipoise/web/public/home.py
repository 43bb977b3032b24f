"""The start page: one search, three ways to browse, how fresh the data are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipoise.actions.find import find_studies
from equipoise.actions.status import library_status
from equipoise.finder.ask import Ask
from equipoise.web.library import the_library
from equipoise.web.public.asking import Asked

MOST_SHOWN = 8


def show_home(request: HttpRequest) -> HttpResponse:
    library = the_library()
    status = library_status(library)
    facets = find_studies(library, Ask(per_page=1)).facets if status.studies and status.index_current else {}
    empty = Asked(Ask(), {"within": "100"}, ())
    shown = {
        "conditions": facets.get("heading", ())[:MOST_SHOWN],
        "countries": facets.get("country", ())[:MOST_SHOWN],
    }
    return render(request, "home.html", {"asked": empty, "status": status, **shown})
