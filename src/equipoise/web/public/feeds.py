"""Any search as a feed: what changed last comes first."""

import datetime

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed

from equipoise.actions.find import find_place, find_studies
from equipoise.finder.ask import Hit, Sort
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused
from equipoise.studies.labels import shown
from equipoise.studies.record import Study
from equipoise.web.library import the_library
from equipoise.web.public.asking import Asked, read_ask
from equipoise.web.public.exports import refuse_in_text
from equipoise.web.templating import url

ENTRIES = 50


def show_rss(request: HttpRequest) -> HttpResponse:
    return _feed(request, Rss201rev2Feed)


def show_atom(request: HttpRequest) -> HttpResponse:
    return _feed(request, Atom1Feed)


def _feed(request: HttpRequest, kind: type[Rss201rev2Feed | Atom1Feed]) -> HttpResponse:
    library = the_library()
    asked = read_ask(request.GET, lambda text: find_place(library, text))
    if asked.problems:
        return refuse_in_text(asked)
    ask = msgspec.structs.replace(asked.ask, sort=Sort.UPDATED, page=1, per_page=ENTRIES)
    feed = kind(
        title=f"Equipoise: {_title(asked)}",
        link=request.build_absolute_uri(f"{url('search')}?{asked.address()}"),
        description="Studies that fit this search, the last updated first. Records from ClinicalTrials.gov.",
        language="en-GB",
        feed_url=request.build_absolute_uri(f"{request.path}?{asked.address()}"),
    )
    for hit in find_studies(library, ask).hits:
        _add(feed, hit, request)
    return HttpResponse(feed.writeString("utf-8"), content_type=str(kind.content_type))


def _add(feed: SyndicationFeed, hit: Hit, request: HttpRequest) -> None:
    study = hit.study
    address = request.build_absolute_uri(url("study", study.nct_id))
    acronym = study.identification.acronym
    feed.add_item(
        title=_clean(f"{study.title} ({acronym})" if acronym else study.title),
        link=address,
        unique_id=address,
        unique_id_is_permalink=True,
        description=_clean(f"{_status(study)}. {study.description.brief_summary or ''}"),
        categories=[_clean(condition) for condition in study.conditions],
        updateddate=_moment(study.status.last_update_post_date_struct.date),
        pubdate=_moment(study.status.study_first_post_date_struct.date),
    )


def _status(study: Study) -> str:
    return shown("Status", study.status.overall_status or "UNKNOWN")


def _title(asked: Asked) -> str:
    told = [asked.ask.words or "all studies"]
    if asked.ask.place:
        told.append(f"{'in' if asked.ask.place.is_area else 'near'} {asked.ask.place.name}")
    return _clean(" ".join(told))


def _clean(text: str) -> str:
    """Without the signs XML may not hold."""
    return "".join(sign for sign in text if sign in "\t\n\r" or ord(sign) >= 32)


def _moment(text: str | None) -> datetime.datetime | None:
    try:
        day = PartialDate.read(text).earliest() if text else None
    except Refused:
        return None
    return datetime.datetime(day.year, day.month, day.day, 9, tzinfo=datetime.UTC) if day else None
