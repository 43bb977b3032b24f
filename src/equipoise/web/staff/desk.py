"""The reading desk: criteria text beside its reading; what is not understood marked; a person may settle it."""

import datetime
from collections import Counter

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from equipoise.actions.people import people_in
from equipoise.actions.read import StudyPage
from equipoise.actions.readings import automatic_reading, read_curated, reading_of, save_curated
from equipoise.eligibility.check import check
from equipoise.eligibility.cohorts import cohort_of
from equipoise.eligibility.english import english
from equipoise.eligibility.explain import why
from equipoise.eligibility.expression import And, Criterion, Parse, Polarity, Reading
from equipoise.eligibility.format import expression_from_json, expression_to_json
from equipoise.eligibility.match.features import Held
from equipoise.eligibility.match.ranking import judge_held
from equipoise.eligibility.person import Run
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.tree import bare
from equipoise.eligibility.verdict import StudyVerdict
from equipoise.kernel.refused import Refused
from equipoise.web.accounts.doors import office_only, who
from equipoise.web.library import the_library
from equipoise.web.public.study import held_study, today
from equipoise.web.staff.spans import pieces

MOST_PEOPLE = 50
_HEADINGS = {Polarity.INCLUDE: "Inclusion Criteria:", Polarity.EXCLUDE: "Exclusion Criteria:"}


@office_only
def show_desk(request: HttpRequest, nct: str) -> HttpResponse:
    page = held_study(request, nct, "staff-desk")
    if isinstance(page, HttpResponse):
        return page
    reading = reading_of(the_library(), page.study.nct_id)
    try:
        if request.method == "POST" and "person" in request.POST:
            return _desk(request, page, reading, tried=_tried(request.POST["person"], reading))
        if request.method == "POST":
            save_curated(the_library(), _changed(request.POST, page, reading), by=who(request), at=_now())
            return redirect(reverse("staff-desk", args=(page.study.nct_id,)) + _place(request.POST))
    except Refused as refused:
        return _desk(request, page, reading, problem=str(refused))
    return _desk(request, page, reading)


def _changed(sent: QueryDict, page: StudyPage, reading: Reading) -> Reading:
    """The reading with what was sent: one criterion put otherwise, or another version taken whole."""
    if "automatic" in sent:
        return automatic_reading(page.study)
    if "version" in sent:
        return _version(page, str(sent["version"]))
    name = sent.get("criterion", "")
    if name not in {one.id for one in reading.criteria}:
        raise Refused("is not a criterion of this reading.", what=repr(name[:20]), do="Load the page again.")
    criteria = tuple(_settled(sent, one) if one.id == name else one for one in reading.criteria)
    return msgspec.structs.replace(reading, criteria=criteria)


def _version(page: StudyPage, wanted: str) -> Reading:
    for saved in read_curated(the_library(), page.study.nct_id):
        if str(saved.version) == wanted:
            return saved.reading
    raise Refused("is not a version of this reading.", what=repr(wanted[:20]), do="Load the page again.")


def _settled(sent: QueryDict, one: Criterion) -> Criterion:
    """A criterion read again from other words, or given as JSON."""
    if sent.get("json", "").strip():
        return msgspec.structs.replace(one, expr=expression_from_json(str(sent["json"])), parse=Parse.FULL)
    words = " ".join(sent.get("words", "").split())
    if not words:
        raise Refused("No words were given.", do="Write the criterion in plain words, or give its expression as JSON.")
    return msgspec.structs.replace(one, **_reworded(words, one))


def _reworded(words: str, one: Criterion) -> dict[str, object]:
    """What the reader makes of the words. Their places are not those of the text, so they are left out."""
    read = read_reading(f"{_HEADINGS[one.polarity]}\n\n* {words}").criteria
    exprs = [bare(each.expr) for each in read if each.polarity is one.polarity]
    if not exprs:
        raise Refused("The reader makes nothing of these words.", what=repr(words[:60]), do="Put them more simply.")
    expr = exprs[0] if len(exprs) == 1 else And(of=tuple(exprs))
    parse = read[0].parse if len(read) == 1 else Parse.PARTIAL
    return {"expr": msgspec.structs.replace(expr, spans=(one.span,), rule="settled"), "parse": parse}


def _tried(text: str, reading: Reading) -> tuple[tuple[str, StudyVerdict], ...]:
    """The reading tried on people, who are not kept."""
    if not text.strip():
        raise Refused("No person was given.", do="Paste a person as YAML, JSON or a FHIR R4 Bundle.")
    run = Run(at=today())
    people = people_in(text.encode(), at=run.at)
    if not 1 <= len(people) <= MOST_PEOPLE:
        raise Refused(f"{len(people)} people were found.", do=f"Give between 1 and {MOST_PEOPLE}.")
    return tuple(
        (one.person.id or f"Person {place}", judge_held(reading, Held(one.person), run))
        for place, one in enumerate(people, 1)
    )


def _desk(
    request: HttpRequest,
    page: StudyPage,
    reading: Reading,
    *,
    problem: str = "",
    tried: tuple[tuple[str, StudyVerdict], ...] = (),
) -> HttpResponse:
    automatic = automatic_reading(page.study)
    lints = check(reading)
    context = {
        "page": page,
        "study": page.study,
        "reading": reading,
        "pieces": pieces(page.study.eligibility.eligibility_criteria or "", reading),
        "lints": {one.id: [lint for lint in lints if one.id in lint.criteria] for one in reading.criteria},
        "english": english,
        "cohort_of": cohort_of,
        "why": why,
        "as_json": lambda one: expression_to_json(one.expr),
        "automatic": {one.id: _alike(one, automatic) for one in reading.criteria} if reading.by else {},
        "counts": Counter(one.parse.value for one in reading.criteria),
        "versions": read_curated(the_library(), page.study.nct_id),
        "tried": tried,
        "typed": request.POST if problem or tried else {},
        "problem": problem,
        "at_fault": _at_fault(request.POST) if problem else "",
        "who": who(request),
    }
    return render(request, "staff/desk.html", context, status=400 if problem else 200)


def _alike(one: Criterion, automatic: Reading) -> str:
    """What the program alone makes of the same place in the text, or of the same field of the record."""
    read = [other for other in automatic.criteria if (one.field and one.field == other.field) or _overlap(one, other)]
    return "; ".join(english(other.expr) for other in read)


def _overlap(one: Criterion, other: Criterion) -> bool:
    return max(one.span.start, other.span.start) < min(one.span.end, other.span.end)


def _at_fault(sent: QueryDict) -> str:
    """The id of the field whose content was refused."""
    if "person" in sent:
        return "person"
    return f"{'json' if 'json' in sent else 'words'}-{sent['criterion']}" if "criterion" in sent else "versions"


def _place(sent: QueryDict) -> str:
    return f"#{sent['criterion']}" if "criterion" in sent else "#versions"


def _now() -> str:
    return datetime.datetime.now(tz=datetime.UTC).replace(microsecond=0).isoformat()
