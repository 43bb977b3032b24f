"""Where the data come from and how fresh they are; and what the registry's words mean."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipoise.actions.status import library_status
from equipoise.studies.glossary import TERMS
from equipoise.web.library import the_library


def show_about(request: HttpRequest) -> HttpResponse:
    return render(request, "about.html", {"status": library_status(the_library())})


def show_glossary(request: HttpRequest) -> HttpResponse:
    terms = sorted(TERMS.values(), key=lambda term: term.title.casefold())
    return render(request, "glossary.html", {"terms": terms})
