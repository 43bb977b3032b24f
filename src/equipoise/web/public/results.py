"""Results: the studies that fit, why each was found, and how far its nearest open site is."""

import math
from functools import lru_cache

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from equipoise.actions.find import count_studies, find_place, find_studies, identified
from equipoise.actions.library import Library
from equipoise.finder.ask import Ask, Found, Offer
from equipoise.finder.index import State
from equipoise.finder.spelling import corrected
from equipoise.kernel.counted import counted
from equipoise.web.library import the_library
from equipoise.web.public.asking import Asked, Pairs, read_ask
from equipoise.web.public.chips import chips_of
from equipoise.web.public.drawn import map_of_hits
from equipoise.web.public.facets import panels_of
from equipoise.web.public.packed import answer_with, pack
from equipoise.web.public.rows import row_of

NEIGHBOURS = 2
KEPT = 256
"""Pages of some 20 kB, for searches many people make."""


class Pages(msgspec.Struct, frozen=True):
    """Where this page stands among all. ``numbers`` holds None for a gap."""

    page: int
    last: int
    numbers: tuple[int | None, ...]


def show_results(request: HttpRequest) -> HttpResponse:
    library = the_library()
    asked = read_ask(request.GET, lambda text: find_place(library, text))
    if asked.problems:
        return render(request, "results_refused.html", {"asked": asked}, status=400)
    straight = _straight_to_study(library, asked)
    if straight:
        return redirect("study", straight)
    past = _past_the_end(library, asked.ask)
    if past is not None:
        return render(request, "results_past.html", {"asked": asked, "last": past}, status=404)
    state = library.index.view().state
    return answer_with(request, _written(library, state, asked.ask, tuple(asked.typed.items())))


@lru_cache(maxsize=KEPT)
def _written(library: Library, state: State, ask: Ask, typed: Pairs) -> bytes:  # noqa: ARG001
    """The page is the same for the same question to the same state of the index."""
    asked = Asked(ask, dict(typed), ())
    return pack(render_to_string("results.html", _context_of(asked, find_studies(library, ask))))


def _context_of(asked: Asked, found: Found) -> dict[str, object]:
    ask = asked.ask
    return {
        "asked": asked,
        "ask": ask,
        "found": found,
        "rows": [row_of(hit, ask) for hit in found.hits],
        "chips": chips_of(asked),
        "offers": [(offer.typed, meanings) for offer in found.offers if (meanings := _meanings(offer, asked))],
        "panels": panels_of(found, asked),
        "pages": pages_of(ask.page, found.total, ask.per_page),
        "map": map_of_hits(found.hits, ask),
        "count": count_words(found.total, ask),
    }


def _meanings(offer: Offer, asked: Asked) -> list[tuple[str, str]]:
    """What the words could mean, each with the query string of this search for it instead."""
    instead = ((words, corrected(asked.ask.words, {offer.typed: words})) for words in offer.meanings)
    return [
        (words, asked.address(without=("q",), plus=(("q", text),)))
        for words, text in instead
        if text != asked.ask.words
    ]


def _straight_to_study(library: Library, asked: Asked) -> str | None:
    """An identifier typed alone leads to its study."""
    alone = {name for name, _ in asked.pairs} <= {"q"} and asked.ask.words
    return identified(library, asked.ask.words) if alone else None


def _past_the_end(library: Library, ask: Ask) -> int | None:
    """The last page there is, where a later one was asked for."""
    if ask.page == 1:
        return None
    last = last_page(count_studies(library, ask), ask.per_page)
    return last if ask.page > last else None


def last_page(total: int, per_page: int) -> int:
    return max(1, math.ceil(total / per_page))


def pages_of(page: int, total: int, per_page: int) -> Pages:
    last = last_page(total, per_page)
    near = range(max(1, page - NEIGHBOURS), min(last, page + NEIGHBOURS) + 1)
    numbers: list[int | None] = []
    for number in sorted({1, last, *near}):
        if numbers and number - (numbers[-1] or 0) > 1:
            numbers.append(None)
        numbers.append(number)
    return Pages(page, last, tuple(numbers))


def count_words(total: int, ask: Ask) -> str:
    """``35 studies, 1 to 20 shown``: what the page says and a screen reader announces."""
    if not total:
        return "No studies found"
    first = (ask.page - 1) * ask.per_page + 1
    studies = counted(total, "study", "studies")
    if total <= ask.per_page:
        return studies
    return f"{studies}, {first:,} to {min(total, first + ask.per_page - 1):,} shown"
