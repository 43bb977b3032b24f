"""One study as a page: what it asks, who can join, how it is built, where it runs, what came of it."""

import datetime
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from equipoise.actions.find import find_place
from equipoise.actions.read import StudyPage, read_study_page
from equipoise.kernel.criteria import read_criteria
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.identifiers import is_nct_id, read_nct_id
from equipoise.kernel.refused import Refused
from equipoise.studies.glossary import terms_for
from equipoise.studies.read import read_study
from equipoise.studies.record import Study
from equipoise.web.library import the_library
from equipoise.web.public.drawn import pictures_of
from equipoise.web.public.errors import show_not_found
from equipoise.web.public.packed import answer_with, pack
from equipoise.web.public.posted import posted_of
from equipoise.web.public.sites import SiteAsk, list_sites, read_site_ask

RUNNING = ("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "AVAILABLE")


Held = tuple[bytes, int, str, str, str]
"""What a page is made from: the record, its version, its update, where it came from and when."""


def show_study(request: HttpRequest, nct: str) -> HttpResponse:
    page = held_study(request, nct, "study")
    if isinstance(page, HttpResponse):
        return page
    ask = read_site_ask(request.GET, lambda text: find_place(the_library(), text))
    held = (page.raw, page.version, page.updated, page.source, page.fetched)
    return answer_with(request, _written(held, ask, today()), status=400 if ask.problems else 200)


@lru_cache(maxsize=64)
def _written(held: Held, ask: SiteAsk, at: datetime.date) -> bytes:
    """The page is the same all day for the same version and the same question."""
    raw, version, updated, source, fetched = held
    page = StudyPage(read_study(raw), raw, version, updated, source, fetched)
    return pack(render_to_string("study.html", context_of(page, ask, at)))


def context_of(page: StudyPage, ask: SiteAsk, at: datetime.date) -> dict[str, object]:
    study = page.study
    terms = terms_for(study)
    sites = list_sites(study, ask)
    return {
        "page": page,
        "study": study,
        "sites": sites,
        "site_ask": ask,
        "criteria": read_criteria(study.eligibility.eligibility_criteria or ""),
        "terms": terms,
        "known": {term.slug for term in terms},
        "posted": posted_of(study),
        "pictures": pictures_of(study, sites, ask, at),
        "stale": stale_words(study, at),
    }


def stale_words(study: Study, at: datetime.date) -> str:
    """How long ago the sponsor last confirmed a study that is not over, where that is a year or more."""
    told = study.status.status_verified_date or study.status.last_update_post_date_struct.date
    if not told or study.status.overall_status not in RUNNING:
        return ""
    try:
        years = (at - PartialDate.read(told).latest()).days // 365
    except Refused:
        return ""
    return "" if years < 1 else f"more than {years} {'year' if years == 1 else 'years'} ago"


def held_study(request: HttpRequest, nct: str, name: str) -> StudyPage | HttpResponse:
    """The study, or a redirect to its one address, or a page that says it is not here."""
    if not is_nct_id(nct):
        words = f"“{nct[:40]}” is not the number of a study. Numbers look like NCT06455449. Search by words instead."
        return show_not_found(request, title="No study has this number", words=words)
    try:
        page = read_study_page(the_library(), read_nct_id(nct))
    except Refused:
        return _missing(request, read_nct_id(nct))
    if page.study.nct_id != nct:
        query = request.META.get("QUERY_STRING", "")
        address = reverse(name, args=(page.study.nct_id,))
        return redirect(f"{address}?{query}" if query else address, permanent=page.study.nct_id == read_nct_id(nct))
    return page


def _missing(request: HttpRequest, nct: str) -> HttpResponse:
    words = (
        f"{nct} may exist at ClinicalTrials.gov, but this site does not hold it: it may be newer than our last update, "
        "or the registry may have withdrawn it. Check the number, or search by words."
    )
    return show_not_found(request, title="This study is not among those kept here", words=words)


def show_record(request: HttpRequest, nct: str) -> HttpResponseBase:
    """The record as the registry gave it."""
    page = held_study(request, nct, "record")
    if isinstance(page, HttpResponse):
        return page
    return HttpResponse(page.raw, content_type="application/json")


def today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()
