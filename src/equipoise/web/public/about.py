"""Where the data come from and how fresh they are; and what the registry's words mean."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipoise.studies.glossary import TERMS
from equipoise.web.library import the_library
from equipoise.web.public.fresh import status_now


def show_about(request: HttpRequest) -> HttpResponse:
    return render(request, "about.html", {"status": status_now(the_library())})


def show_glossary(request: HttpRequest) -> HttpResponse:
    terms = sorted(TERMS.values(), key=lambda term: term.title.casefold())
    letters = [(letter, tuple(some)) for letter, some in groupby(terms, lambda term: term.title[:1].upper())]
    return render(request, "glossary.html", {"letters": letters})
