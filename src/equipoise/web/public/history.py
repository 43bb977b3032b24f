"""The history of one study: every version held, and what changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipoise.actions.read import read_history
from equipoise.web.library import the_library
from equipoise.web.public.study import held_study


def show_history(request: HttpRequest, nct: str) -> HttpResponse:
    page = held_study(request, nct, "history")
    if isinstance(page, HttpResponse):
        return page
    versions = read_history(the_library(), page.study.nct_id)
    return render(request, "history.html", {"study": page.study, "page": page, "versions": versions})
