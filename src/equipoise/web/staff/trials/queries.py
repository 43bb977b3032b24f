"""Queries: questions about what was recorded, asked by people or by an edit check, answered at the site."""

import msgspec
from django.http import HttpResponse
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct.masking import field_seen, sees_participant
from equipoise.conduct.protocol.schedule import find_visit
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Query, find_form
from equipoise.conduct.views.sight import Sight
from equipoise.web.staff.trials.asking import Asked, Input, Typed, answer, given
from equipoise.web.staff.trials.forms import open_form
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial
from equipoise.web.staff.trials.paging import page_of

SECTION = "trial-queries"


class Line(msgspec.Struct, frozen=True):
    query: Query
    visit: str
    form: str
    field: str
    asked_by: str


@in_trial
def list_queries(desk: Desk) -> HttpResponse:
    desk.need_sight(Information.OPEN)
    is_all = desk.request.GET.get("show") == "all"
    page = page_of(desk.request, _seen(desk, is_all=is_all))
    lines = [line for line in (line_of(desk, query) for query in page.items) if line]
    return desk.page("trial/queries.html", {"lines": lines, "page": page, "shown": "all" if is_all else "open"})


def _seen(desk: Desk, *, is_all: bool) -> list[Query]:
    """Oldest first; a query on a field that is not for this person is not here for them."""
    sight = Sight(desk.trial, desk.viewer)
    asked = (query for query in desk.trial.queries.values() if is_all or not query.closed)
    return sorted((query for query in asked if sight.sees_query(query)), key=lambda one: (len(one.id), one.id))


def line_of(desk: Desk, query: Query) -> Line | None:
    one = desk.trial.participants[query.participant]
    if not sees_participant(desk.trial, desk.viewer, one):
        return None
    protocol = desk.trial.protocol_of(one)
    form = find_form(protocol, query.place.form)
    field = next((each for each in form.fields if each.id == query.field), None)
    seen = [each for each in form.fields if field_seen(desk.trial, desk.viewer, each, one.site)]
    if (field and field not in seen) or not seen:
        return None
    by = "Edit check" if query.check else desk.trial.people.get(query.by, query.by)
    visit = find_visit(protocol, query.place.visit).label
    return Line(query, visit, form.label, field.label if field else "", by)


@in_trial
def show_query(desk: Desk, query: str) -> HttpResponse:
    """Answer it at the site, or close it where it was asked."""
    line = _line(desk, query)
    one = desk.trial.participants[line.query.participant]
    may_answer = desk.may(do.AnswerQuery, one.site) and not line.query.closed
    may_close = desk.may(do.CloseQuery, one.site) and not line.query.closed
    context = {"line": line, "one": one, "may_answer": may_answer, "may_close": may_close}
    return desk.page("trial/query.html", context)


def _line(desk: Desk, query: str) -> Line:
    line = line_of(desk, desk.trial.queries[query]) if query in desk.trial.queries else None
    if line is None:
        raise NotHere
    return line


@in_trial
def answer_query(desk: Desk, query: str) -> HttpResponse:
    line = _line(desk, query)
    return _settle(desk, line, do.AnswerQuery(query, ""), "Answer", "Your answer")


@in_trial
def close_query(desk: Desk, query: str) -> HttpResponse:
    line = _line(desk, query)
    return _settle(desk, line, do.CloseQuery(query, ""), "Close", "Remark")


def _settle(desk: Desk, line: Line, command: do.AnswerQuery | do.CloseQuery, verb: str, label: str) -> HttpResponse:
    desk.need(type(command), desk.trial.participants[line.query.participant].site)
    if line.query.closed:
        raise NotHere
    back = reverse("trial-query", args=(desk.trial.id, line.query.id))
    optional = isinstance(command, do.CloseQuery)
    inputs = (Input("words", label, "words", optional=optional),)
    lead = f"{line.query.participant}, {line.visit}, {line.form}. {line.query.words}"
    asked = Asked(f"{verb} query {line.query.id}", inputs, f"{verb} it", back, lead, section=SECTION)
    return answer(desk, asked, lambda typed: msgspec.structs.replace(command, words=typed.get("words", "")), back)


@in_trial
def raise_query(desk: Desk, participant: str, visit: str, form: str, copy: str) -> HttpResponse:
    opened = open_form(desk, participant, visit, form, copy)
    one, found, seen = opened.one, opened.form, opened.fields
    desk.need(do.RaiseQuery, one.site)
    command = do.RaiseQuery(one.id, visit, form, "", "", int(copy))
    back = reverse("trial-form", args=(desk.trial.id, one.id, visit, form, copy))
    fields = [("", "The whole form"), *((field.id, field.label) for field in seen)]
    inputs = (Input("field", "About", "select", fields), Input("words", "Your question", "words"))
    lead = "It goes to the site as an open query. You close it once it is answered."
    asked = Asked(f"A query on {found.label}, {one.id}", inputs, "Ask", back, lead)

    def make(typed: Typed) -> do.RaiseQuery:
        words = given(typed, "words", "Your question")
        return msgspec.structs.replace(command, words=words, field=typed.get("field", ""))

    return answer(desk, asked, make, back)
