"""Up to four studies side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipoise.actions.find import find_place
from equipoise.actions.read import read_studies
from equipoise.kernel.identifiers import is_nct_id, read_nct_id
from equipoise.web.library import the_library
from equipoise.web.public.asking import Problem, Reading
from equipoise.web.public.sites import SiteAsk, list_sites

MOST = 4


def compare_studies(request: HttpRequest) -> HttpResponse:
    library = the_library()
    reading = Reading(request.GET)
    typed = reading.many("id")
    asked = tuple(dict.fromkeys(read_nct_id(text) for text in typed if is_nct_id(text)))
    for text in typed:
        if not is_nct_id(text):
            reading.refuse("id", f"“{text[:40]}” is not the number of a study. Numbers look like NCT06455449.")
    if len(asked) > MOST:
        reading.refuse("id", f"{len(asked)} studies were chosen. The first {MOST} are shown: a page holds no more side by side.")
    place = reading.checked("near", lambda text: find_place(library, text))
    studies = read_studies(library, asked[:MOST]) if asked else ()
    for nct in asked[:MOST]:
        if nct not in {study.nct_id for study in studies}:
            reading.refuse("id", f"{nct} is not among the studies kept here.")
    near = SiteAsk(near=reading.typed["near"], place=place)
    columns = [(study, list_sites(study, near)) for study in studies]
    problems: list[Problem] = reading.problems
    context = {"columns": columns, "problems": problems, "near": near, "ids": [study.nct_id for study in studies]}
    return render(request, "compare.html", context, status=400 if problems else 200)
