"""Reading a trial as a whole: how it stands, what waits, sites and people, kits, the protocol, the audit trail."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from equipoise.conduct.masking import participants_seen, sites_seen
from equipoise.conduct.roles import Information
from equipoise.conduct.views.audit import audit
from equipoise.conduct.views.clocks import clocks, serious_since
from equipoise.conduct.views.describe import describe
from equipoise.conduct.views.flow import flow
from equipoise.conduct.views.recruitment import recruitment
from equipoise.conduct.views.safety import safety
from equipoise.conduct.views.worklist import ToDo, worklist
from equipoise.web.api.trials.caller import Caller, caller_of, token_of, told
from equipoise.web.api.trials.wire import asked_by
from equipoise.web.staff.trials.gate import NotHere

router = Router(tags=["trial"])
LONGEST_PAGE = 500
_TELL_OF_ADVERSE = ("adverse-event-reported", "adverse-event-updated")


class Which(Schema):
    """Which entries of the audit trail: of one participant, of one site, older than a position."""

    participant: str = ""
    site: str = ""
    before: int | None = Field(None, ge=1, le=10**9)
    limit: int = Field(100, ge=1, le=LONGEST_PAGE)


@router.get("/", summary="The trial this token is for; none once its roles have ended")
def list_trials(request: HttpRequest) -> HttpResponse:
    try:
        callers = [caller_of(request, token_of(request).trial)]
    except NotHere:
        callers = []
    return told([_named(caller) for caller in callers])


def _named(caller: Caller) -> dict[str, Any]:
    trial = caller.trial
    return {
        "trial": trial.id,
        "title": trial.protocol.title,
        "version": trial.version,
        "stage": trial.stage,
        "roles": caller.viewer.held,
        "ends": caller.token.ends,
        "writes": caller.token.writes,
    }


@router.get("/{trial}", summary="How the trial stands: recruitment, the flow of participants, what waits")
def show_trial(request: HttpRequest, trial: str) -> HttpResponse:
    """Counts are of all arms together, of the sites the token covers."""
    caller = caller_of(request, trial)
    shown = {**_named(caller), "commands": asked_by(caller)}
    if caller.sees(Information.OPEN):
        waiting = worklist(caller.trial, caller.viewer, caller.at, _serious_since(caller))
        shown |= {
            "recruitment": recruitment(caller.trial, caller.viewer, caller.today()),
            "flow": flow(caller.trial, caller.viewer),
            "waiting": sum(task.yours for task in waiting),
            "waiting_for_others": sum(not task.yours for task in waiting),
        }
    return told(shown)


def _serious_since(caller: Caller) -> dict[tuple[str, int], str]:
    return serious_since(caller.trials.log.entries(caller.trial.id, tags=_TELL_OF_ADVERSE))


@router.get("/{trial}/work", summary="What is to be done today, the most pressing first")
def show_work(request: HttpRequest, trial: str) -> HttpResponse:
    caller = caller_of(request, trial)
    caller.need_to_see(Information.OPEN)
    found = worklist(caller.trial, caller.viewer, caller.at, _serious_since(caller))
    return told([_to_do(one) for one in found])


def _to_do(one: ToDo) -> dict[str, Any]:
    fields = {name: getattr(one, name) for name in ToDo.__struct_fields__}
    return {**fields, "task": one.task.name.lower().replace("_", "-")}


@router.get("/{trial}/safety", summary="Adverse events, their counts over all arms, and the clocks that run")
def show_safety(request: HttpRequest, trial: str) -> HttpResponse:
    caller = caller_of(request, trial)
    caller.need_to_see(Information.SAFETY)
    listing = safety(caller.trial, caller.viewer)
    running = clocks(caller.trial, caller.viewer, caller.at, _serious_since(caller))
    return told({"listing": listing, "clocks": running})


@router.get("/{trial}/kits", summary="Kits by number: in stock, handed out; never what one holds")
def show_kits(request: HttpRequest, trial: str) -> HttpResponse:
    caller = caller_of(request, trial)
    caller.need_to_see(Information.KITS)
    return told({"stock": list(_stocks(caller)), "given": list(_given(caller))})


def _stocks(caller: Caller) -> Iterator[dict[str, Any]]:
    """All kinds together, for everybody."""
    received = Counter(caller.trial.received.values())

    def at(site: str, kits: Mapping[str, str]) -> list[str]:
        return sorted(kit for kit, where in kits.items() if where == site)

    for site in caller.trial.sites:
        if caller.sees(Information.KITS, site):
            yield {
                "site": site,
                "received": received[site],
                "held": at(site, caller.trial.stock),
                "sent": at(site, caller.trial.sent),
                "discarded": at(site, caller.trial.discarded),
            }


def _given(caller: Caller) -> Iterator[dict[str, Any]]:
    for one in participants_seen(caller.trial, caller.viewer):
        if caller.sees(Information.KITS, one.site):
            for kit, visit in sorted(one.kits.items()):
                yield {"kit": kit, "participant": one.id, "visit": visit, "left": one.returned.get(kit)}


@router.get("/{trial}/people", summary="Sites, and who has which role from when to when")
def show_people(request: HttpRequest, trial: str) -> HttpResponse:
    caller = caller_of(request, trial)
    caller.need_to_see(Information.ORGANISATION)
    sites = sites_seen(caller.trial, caller.viewer)
    shown = [caller.trial.sites[site] for site in sites]
    grants = [one for one in caller.trial.grants if not one.site or one.site in sites]
    names = {one.user: caller.trial.people.get(one.user, one.user) for one in grants}
    return told({"sites": [_site(one) for one in shown], "names": names, "roles": grants})


def _site(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("id", "label", "country", "zone", "target", "is_open")}


@router.get("/{trial}/protocol", summary="A version of the protocol in words; the latest where none is named")
def show_protocol(request: HttpRequest, trial: str, version: str = "") -> HttpResponse:
    caller = caller_of(request, trial)
    caller.need_to_see(Information.ORGANISATION)
    if version and version not in caller.trial.protocols:
        raise NotHere
    return told({"versions": list(caller.trial.protocols), "protocol": describe(caller.trial, caller.viewer, version)})


@router.get("/{trial}/audit", summary="The audit trail, newest first, page by page")
def show_audit(request: HttpRequest, trial: str, which: Query[Which]) -> HttpResponse:
    """``before`` of the next page is ``next``; there is none after the last."""
    caller = caller_of(request, trial)
    if which.participant:
        caller.participant(which.participant)
    if which.site and which.site not in sites_seen(caller.trial, caller.viewer):
        raise NotHere
    entries = caller.trials.log.entries(
        caller.trial.id,
        until=which.before - 1 if which.before else None,
        subject=which.participant,
        site=which.site,
        newest_first=True,
    )
    lines = list(islice(audit(caller.trial, caller.viewer, entries), which.limit))
    return told({"lines": lines, "next": lines[-1].position if len(lines) == which.limit else None})
