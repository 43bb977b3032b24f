"""Reading what is recorded: participants, their visits and moments, screening, forms and queries. No names of people:
who a participant is stays in the site's vault and on its pages."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from equipoise.conduct import commands as do
from equipoise.conduct.decide.randomising import checks
from equipoise.conduct.decide.visiting import is_signed
from equipoise.conduct.log import canonical
from equipoise.conduct.masking import participants_seen
from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.model import Field as Asked
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.roles import Information
from equipoise.conduct.scores import scores_seen
from equipoise.conduct.screening import Answers, reading_of, run_of
from equipoise.conduct.trial import Query as Question
from equipoise.conduct.views.calendar import calendar
from equipoise.conduct.views.sight import Sight
from equipoise.conduct.views.timeline import timeline
from equipoise.eligibility.expression import Reading
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.questions import open_questions
from equipoise.eligibility.verdict import judge
from equipoise.kernel.refused import Refused
from equipoise.web.api.criteria import verdict_json
from equipoise.web.api.trials.body import body_of, convert_sent
from equipoise.web.api.trials.caller import Caller, caller_of, told
from equipoise.web.staff.trials.forms import Open, open_form
from equipoise.web.staff.trials.gate import NotHere
from equipoise.web.staff.trials.participants import state_of

router = Router(tags=["records"])
LONGEST_PAGE = 500


class Listed(Schema):
    """Which participants: of a site, in a state, after a number; so many at most."""

    site: str = ""
    state: str = ""
    after: str = ""
    limit: int = Field(100, ge=1, le=LONGEST_PAGE)


@router.get("/{trial}/participants", summary="Participants by number, page by page")
def list_participants(request: HttpRequest, trial: str, which: Query[Listed]) -> HttpResponse:
    """``after`` of the next page is ``next``; there is none after the last."""
    caller = caller_of(request, trial)
    caller.need_to_see(Information.OPEN)
    found = [one for one in participants_seen(caller.trial, caller.viewer) if _fits(one, which)]
    page = found[: which.limit]
    more = page[-1].id if len(found) > which.limit else None
    return told({"participants": [summary(caller, one) for one in page], "count": len(found), "next": more})


def _fits(one: Participant, which: Listed) -> bool:
    return one.id > which.after and which.site in ("", one.site) and which.state in ("", state_of(one))


def summary(caller: Caller, one: Participant) -> dict[str, Any]:
    """What the gate lets this viewer know of a participant, in a few words; never an arm."""
    shown: dict[str, Any] = {"id": one.id, "site": one.site}
    if caller.sees(Information.OPEN, one.site):
        shown |= {
            "state": state_of(one),
            "consent": one.consent,
            "randomised": one.randomised_on,
            "stratum": one.levels_true,
            "treatment_stopped": one.stopped[0] if one.stopped else None,
            "ended": one.ended,
        }
    if caller.sees(Information.KITS, one.site):
        shown["kits"] = [{"kit": kit, "visit": visit} for kit, visit in sorted(one.kits.items())]
    if caller.sees(Information.UNBLINDING, one.site):
        shown["code_broken"] = one.broken
    return shown


@router.get("/{trial}/participants/{participant}", summary="One participant, and the conditions of randomisation")
def show_participant(request: HttpRequest, trial: str, participant: str) -> HttpResponse:
    caller = caller_of(request, trial)
    one = caller.participant(participant)
    shown = summary(caller, one)
    if caller.sees(Information.OPEN, one.site) and one.consent and not one.is_randomised:
        shown["conditions"] = checks(caller.trial, one, caller.context())
    return told(shown)


@router.get("/{trial}/participants/{participant}/timeline", summary="Everything recorded of one, by day, in words")
def show_timeline(request: HttpRequest, trial: str, participant: str) -> HttpResponse:
    caller = caller_of(request, trial)
    one = caller.participant(participant)
    entries = caller.trials.entries(caller.trial.id, subject=one.id)
    return told(timeline(caller.trial, caller.viewer, entries, one.id))


@router.get("/{trial}/participants/{participant}/calendar", summary="Visits with their windows, and their forms")
def show_calendar(request: HttpRequest, trial: str, participant: str) -> HttpResponse:
    caller = caller_of(request, trial)
    one = caller.participant(participant)
    caller.need_to_see(Information.OPEN, one.site)
    return told(calendar(caller.trial, caller.viewer, one.id, caller.today(one.site)))


@router.get("/{trial}/participants/{participant}/screening", summary="Criteria, their questions, the last screening")
def show_screening(request: HttpRequest, trial: str, participant: str) -> HttpResponse:
    one, reading, run = _in_screening(request, trial, participant)
    asked = open_questions(judge(reading, Person(), run), Person())
    return told({**verdict_json(judge(reading, Person(), run)), "questions": asked, "last": one.screening})


@router.post("/{trial}/participants/{participant}/screening", summary="What answers say of each criterion")
def work_out(request: HttpRequest, trial: str, participant: str) -> HttpResponse:
    """Nothing is recorded: ``screen-participant`` does that."""
    _, reading, run = _in_screening(request, trial, participant)
    answers = convert_sent(body_of(request), Answers)
    return told(verdict_json(judge(reading, answers.person(), run)))


def _in_screening(request: HttpRequest, trial: str, participant: str) -> tuple[Participant, Reading, Run]:
    caller = caller_of(request, trial)
    one = caller.participant(participant)
    caller.need(do.ScreenParticipant, one.site)
    if not one.consents:
        raise Refused("has not given consent.", what=one.id, do="Record the consent first.")
    return one, reading_of(caller.trial.protocol_of(one)), run_of(caller.today(one.site), one.consents[0].on)


@router.get("/{trial}/forms", summary="Forms of the protocol: their fields, and at which visits they are filled in")
def list_forms(request: HttpRequest, trial: str) -> HttpResponse:
    caller = caller_of(request, trial)
    caller.need_to_see(Information.OPEN)
    return told(list(_forms(caller)))


def _forms(caller: Caller) -> Iterator[dict[str, Any]]:
    sight, protocol = Sight(caller.trial, caller.viewer), caller.trial.protocol
    visits = planned_visits(protocol)
    for form in protocol.forms:
        fields = sight.fields(protocol.version, form.id, "")
        if fields:
            at = [visit.id for visit in visits if form.id in visit.forms]
            shown = {name: getattr(form, name) for name in ("id", "label", "by", "sign", "repeats")}
            yield {**shown, "visits": at, "fields": [_field(field) for field in fields]}


def _field(field: Asked) -> dict[str, Any]:
    names = (
        "id",
        "label",
        "kind",
        "help",
        "unit",
        "required",
        "least",
        "most",
        "decimals",
        "usual",
        "choices",
        "only_if",
    )
    return {name: getattr(field, name) for name in names}


_FORM = "/{trial}/participants/{participant}/visits/{visit}/forms/{form}/{number}"


@router.get(_FORM, summary="A form as it is filled in, with its queries")
def show_form(request: HttpRequest, trial: str, participant: str, visit: str, form: str, number: str) -> HttpResponse:
    """What is sealed is not shown: ``sealed`` names those fields that hold something."""
    caller = caller_of(request, trial)
    opened = open_form(caller, participant, visit, form, number_of(number))
    shown = {"participant": participant, "visit": visit, "form": form, "copy": opened.place.copy}
    sheet = opened.sheet
    if sheet is None:
        return told({**shown, "values": None})
    seen = [field.id for field in opened.fields]
    asked = [one for one in caller.trial.queries_of(participant) if one.place == opened.place]
    return told(
        {
            **shown,
            "values": {field: sheet.values[field] for field in seen if field in sheet.values},
            "sealed": [field for field in seen if field in sheet.sealed],
            "scores": scores_seen(caller.trial, caller.viewer, opened.one, opened.place),
            "entered": sheet.entered,
            "signed": is_signed(sheet),
            "seen": seen_of(opened),
            "queries": [one.id for one in asked if Sight(caller.trial, caller.viewer).sees_query(one)],
        }
    )


def number_of(text: str) -> str:
    """As it stands in an address; what is none is no form."""
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise NotHere
    return text


def seen_of(opened: Open) -> str:
    """Of what this viewer sees of a form as it is now, and of nothing else: empty where nothing is filled in."""
    if opened.sheet is None:
        return ""
    fields = {field.id for field in opened.fields}
    parts = (
        {name: held[name] for name in held if name in fields} for held in (opened.sheet.values, opened.sheet.sealed)
    )
    return hashlib.sha256(canonical(list(parts)).encode()).hexdigest()[:32]


@router.get("/{trial}/queries", summary="Queries, oldest first")
def list_queries(request: HttpRequest, trial: str, show: str = "open") -> HttpResponse:
    """``show=all``: the closed ones too."""
    caller = caller_of(request, trial)
    caller.need_to_see(Information.OPEN)
    sight = Sight(caller.trial, caller.viewer)
    found = (one for one in caller.trial.queries.values() if sight.sees_query(one))
    ordered = sorted(found, key=lambda one: (len(one.id), one.id))
    return told([_query(caller, one) for one in ordered if show == "all" or not one.closed])


@router.get("/{trial}/queries/{query}", summary="One query with its answers")
def show_query(request: HttpRequest, trial: str, query: str) -> HttpResponse:
    caller = caller_of(request, trial)
    return told(_query(caller, query_seen(caller, query)))


def query_seen(caller: Caller, number: str) -> Question:
    one = caller.trial.queries.get(number)
    if one is None or not Sight(caller.trial, caller.viewer).sees_query(one):
        raise NotHere
    return one


def _query(caller: Caller, one: Question) -> dict[str, Any]:
    people = caller.trial.people
    return {
        "id": one.id,
        "participant": one.participant,
        "site": caller.trial.participants[one.participant].site,
        "visit": one.place.visit,
        "form": one.place.form,
        "copy": one.place.copy,
        "field": one.field,
        "words": one.words,
        "by": "" if one.check else people.get(one.by, one.by),
        "check": one.check,
        "at": one.at,
        "answers": [{"by": people.get(by, by), "at": at, "words": words} for by, at, words in one.answers],
        "closed": one.closed,
    }
