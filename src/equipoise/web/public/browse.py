"""Conditions and sponsors from A to Z, with counts."""

from collections.abc import Callable, Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipoise.actions.browse import browse_conditions, browse_sponsors
from equipoise.actions.library import Library
from equipoise.finder.ask import FacetValue
from equipoise.kernel.counted import counted
from equipoise.web.library import the_library
from equipoise.web.public.errors import show_not_found
from equipoise.web.public.results import last_page, pages_of

A_PAGE = 400
OTHER = "0"
LETTERS = (*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", OTHER)
Browse = Callable[[Library], tuple[FacetValue, ...]]


def show_conditions(request: HttpRequest) -> HttpResponse:
    return _shown(request, browse_conditions, "conditions.html")


def show_sponsors(request: HttpRequest) -> HttpResponse:
    return _shown(request, browse_sponsors, "sponsors.html")


def _shown(request: HttpRequest, browse: Browse, template: str) -> HttpResponse:
    letter = request.GET.get("letter", "").upper()
    page = request.GET.get("page", "1")
    if letter and letter not in LETTERS:
        return show_not_found(request, title="No such letter", words="Choose a letter from A to Z.")
    every = [value for value in browse(the_library()) if value.value]
    letters = {letter_of(value) for value in every}
    chosen = letter or next((each for each in LETTERS if each in letters), "A")
    values = _sorted(value for value in every if letter_of(value) == chosen)
    last = last_page(len(values), A_PAGE)
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 0
    if not 1 <= number <= last:
        return show_not_found(request, title="No such page", words=f"This letter has {counted(last, 'page')}.")
    context = {
        "values": values[(number - 1) * A_PAGE : number * A_PAGE],
        "letter": chosen,
        "letters": [(each, each in letters) for each in LETTERS],
        "pages": pages_of(number, len(values), A_PAGE),
        "total": len(every),
    }
    return render(request, template, context)


def letter_of(value: FacetValue) -> str:
    first = value.value[:1].upper()
    return first if first in LETTERS[:-1] else OTHER


def _sorted(values: Iterable[FacetValue]) -> list[FacetValue]:
    return sorted(values, key=lambda value: value.value.casefold())
