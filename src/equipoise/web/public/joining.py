"""Could I join? Question by question, or all on one form, to a reasoned result. The study team decides, not we."""

from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipoise.actions.find import find_place
from equipoise.actions.read import StudyPage
from equipoise.actions.readings import reading_of
from equipoise.eligibility.cohorts import cohort_of
from equipoise.eligibility.english import unit_words
from equipoise.eligibility.expression import Opaque, Reading
from equipoise.eligibility.outlook import for_asking, outlook_of
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.questions import Question, next_question, open_questions
from equipoise.eligibility.verdict import StudyVerdict, judge
from equipoise.studies.record import Study
from equipoise.web.library import the_library
from equipoise.web.public.given import Given, every_given, places_of
from equipoise.web.public.reasons import told_of
from equipoise.web.public.replies import Taken, take_answers
from equipoise.web.public.session import asked_for, keep, note_asked, told, wipe
from equipoise.web.public.sites import Site, list_sites, read_site_ask
from equipoise.web.public.study import held_study, today

MOST_QUESTIONS = 15
"""After so many the result is shown; who wishes may go on."""
NEAREST = 5


class Step(msgspec.Struct, frozen=True):
    """What the page asks now: nothing, where the result is shown. ``number`` counts the questions of this study."""

    questions: tuple[Question, ...]
    number: int = 0
    of: int = 0
    filled: dict[str, list[str]] = {}


def show_join(request: HttpRequest, nct: str) -> HttpResponse:
    page = held_study(request, nct, "join")
    if isinstance(page, HttpResponse):
        return page
    reading = for_asking(reading_of(the_library(), page.study.nct_id))
    if request.method == "POST":
        return _taken(request, page, reading)
    return _shown(request, page, reading)


def _taken(request: HttpRequest, page: StudyPage, reading: Reading) -> HttpResponse:
    """An answer, or several; then back to the page, so that reloading sends nothing twice."""
    if "wipe" in request.POST:
        wipe(request)
        return _back(request, page)
    taken = take_answers(request.POST, reading, told(request), Run(at=today()))
    if taken.answered:
        keep(request, taken.person)
        note_asked(request, page.study.nct_id, taken.answered)
    if taken.problems:
        return _shown(request, page, reading, taken)
    return _back(request, page, "result" if "all" in request.POST else "more" if "more" in request.GET else "")


def _back(request: HttpRequest, page: StudyPage, next_: str = "") -> HttpResponse:
    """The place searched near goes along: it tells which sites are nearest."""
    near = request.GET.get("near", "")
    query = urlencode(({next_: 1} if next_ else {}) | ({"near": near} if near else {}))
    here = reverse("join", args=(page.study.nct_id,))
    return redirect(f"{here}?{query}" if query else here)


def _shown(request: HttpRequest, page: StudyPage, reading: Reading, taken: Taken | None = None) -> HttpResponse:
    person, run = told(request), Run(at=today())
    verdict = judge(reading, person, run)
    open_ = open_questions(verdict, person)
    asked = asked_for(request, page.study.nct_id)
    given = every_given(reading, person, asked, run)
    one_form = "all" in request.GET or "all" in request.POST
    if taken is not None:
        step = _refused(request, taken, open_ if one_form else (), len(asked))
    else:
        step = _step(request, reading, person, open_, given, len(asked))
    ask = read_site_ask(request.GET, lambda text: find_place(the_library(), text))
    context = {
        "page": page,
        "study": page.study,
        "reading": reading,
        "originals": {one.id: one for one in reading.criteria},
        "cohort_of": cohort_of,
        "step": step,
        "one_form": one_form,
        "places_of": lambda question: ",".join(map(str, places_of(question, reading))),
        "is_quoted": lambda question: isinstance(question.atoms[0], Opaque),
        "given": given,
        "open": len(open_),
        "problems": taken.problems if taken else {},
        "unit_words": unit_words,
        **(_result(verdict, person) if not step.questions else {}),
        "sites": (sites := list_sites(page.study, ask)),
        "open_sites": (open_sites := [site for site in sites.shown if site.is_open][:NEAREST]),
        "reachable": _is_reachable(page.study, open_sites),
        "site_ask": ask,
    }
    return render(request, "join.html", context, status=400 if taken or ask.problems else 200)


def _refused(request: HttpRequest, taken: Taken, others: tuple[Question, ...], asked: int) -> Step:
    """The questions whose answers did not fit, with what was typed, and on the one form the others still open."""
    keys = {one.key for one in taken.refused}
    questions = (*taken.refused, *(one for one in others if one.key not in keys))
    return Step(questions, asked + 1, asked + 1, dict(request.POST.lists()))


def _step(
    request: HttpRequest,
    reading: Reading,
    person: Person,
    open_: tuple[Question, ...],
    given: tuple[Given, ...],
    asked: int,
) -> Step:
    again = request.GET.get("again", "")
    most = asked + len(open_)
    of = most if "more" in request.GET else min(most, max(MOST_QUESTIONS, asked + 1))
    if again.isascii() and again.isdecimal() and 1 <= int(again[:4]) <= len(given):
        put = given[int(again[:4]) - 1]
        return Step((put.question,), int(again[:4]), max(of, int(again[:4])), put.filled)
    enough = asked >= MOST_QUESTIONS and "more" not in request.GET
    if "result" in request.GET or enough:
        return Step(())
    if "all" in request.GET:
        return Step(open_)
    question = next_question(reading, person, Run(at=today())) if open_ else None
    return Step((question,), asked + 1, of) if question else Step(())


def _is_reachable(study: Study, sites: list[Site]) -> bool:
    """Whether the record says how to call or write to anybody whom the page names."""
    contacts = (*study.contacts.central_contacts, *(one for site in sites for one in site.location.contacts))
    return any(one.phone or one.email for one in contacts)


def _result(verdict: StudyVerdict, person: Person) -> dict[str, object]:
    outlook = outlook_of(verdict)
    return {"chance": outlook.chance, "told": told_of(outlook, person)}
