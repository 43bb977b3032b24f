"""Studies a reader saved: the list is kept in the browser, this only writes it out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipoise.actions.read import read_studies
from equipoise.kernel.identifiers import is_nct_id, read_nct_id
from equipoise.web.library import the_library

MOST = 200


def show_saved(request: HttpRequest) -> HttpResponse:
    return render(request, "saved.html", {})


def list_saved(request: HttpRequest) -> HttpResponse:
    """A piece of page: the studies named by ``id``, in the order asked."""
    asked = dict.fromkeys(read_nct_id(text) for text in request.GET.getlist("id")[:MOST] if is_nct_id(text))
    studies = read_studies(the_library(), tuple(asked)) if asked else ()
    missing = [nct for nct in asked if nct not in {study.nct_id for study in studies}]
    return render(request, "saved_list.html", {"studies": studies, "missing": missing})
