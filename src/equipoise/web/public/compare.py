"""Up to four studies side by side."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipoise.actions.find import find_place
from equipoise.actions.read import read_studies
from equipoise.finder.ask import Place
from equipoise.kernel.identifiers import is_nct_id, read_nct_id
from equipoise.studies.record import Location, Study
from equipoise.studies.sites import open_sites
from equipoise.web.library import the_library
from equipoise.web.public.asking import Reading
from equipoise.web.public.sites import SiteAsk, list_sites

MOST = 4


def compare_studies(request: HttpRequest) -> HttpResponse:
    library = the_library()
    reading = Reading(request.GET)
    asked = _asked(reading)
    place = reading.checked("near", lambda text: find_place(library, text))
    studies = read_studies(library, asked) if asked else ()
    for nct in asked:
        if nct not in {study.nct_id for study in studies}:
            reading.refuse("id", f"{nct} is not among the studies kept here.")
    near = SiteAsk(near=reading.typed["near"], place=place)
    context = {
        "columns": [(study, list_sites(study, near)) for study in studies],
        "problems": reading.problems,
        "near": near,
        "there": [len(_open_in(place, study)) for study in studies] if place and place.is_area else [],
        "meant": _meant(reading, [study.nct_id for study in studies]),
        "ids": [study.nct_id for study in studies],
    }
    return render(request, "compare.html", context, status=400 if reading.problems else 200)


def _open_in(area: Place, study: Study) -> list[Location]:
    return [site for site in open_sites(study) if area.holds(site)]


def _meant(reading: Reading, ids: list[str]) -> list[tuple[str, str]]:
    """Places that may be meant by one nobody knows, each with the address of this comparison from there."""
    names = [name for problem in reading.problems for name in problem.names]
    return [(name, "?" + urlencode({"id": ids, "near": name}, doseq=True)) for name in names]


def _asked(reading: Reading) -> tuple[str, ...]:
    """Up to four numbers, each once; what is wrong with the rest is told."""
    typed = reading.many("id")
    for text in typed:
        if not is_nct_id(text):
            reading.refuse("id", f"“{text[:40]}” is not the number of a study. Numbers look like NCT06455449.")
    asked = tuple(dict.fromkeys(read_nct_id(text) for text in typed if is_nct_id(text)))
    if len(asked) > MOST:
        reading.refuse("id", f"{len(asked)} studies were chosen. There is room for {MOST}: the first {MOST} are shown.")
    return asked[:MOST]
