"""The audit trail in words, of a participant, a site or the whole trial; page by page, newest first, or as a file."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

import msgspec
from django.http import HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase

from equipoise.conduct import commands as do
from equipoise.conduct.masking import sites_seen
from equipoise.conduct.views.audit import AuditLine, audit, tags_seen
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial

PER_PAGE = 100
EVERYWHERE = "all"
"""Instead of a site: also what belongs to none. Who sees one site alone begins with that."""


@in_trial
def show_audit(desk: Desk) -> HttpResponse:
    """``before``: a position; the entries below it are shown."""
    asked = {name: desk.request.GET.get(name, "")[:40] for name in ("participant", "site", "before")}
    if asked["participant"]:
        desk.participant(asked["participant"])
    sites = sites_seen(desk.trial, desk.viewer)
    own = sites[0] if len(sites) == 1 and len(desk.trial.sites) > 1 else ""
    if own and not asked["site"] and not asked["participant"]:
        asked["site"] = own
    if asked["site"] == EVERYWHERE:
        asked["site"] = ""
    elif asked["site"] and asked["site"] not in sites:
        raise NotHere
    lines = tuple(islice(_newest_first(desk, asked), PER_PAGE))
    context = {
        "lines": lines,
        "own": own,
        "may_take": desk.may(do.NoteExport),
        "asked": asked,
        "more": lines[-1].position if len(lines) == PER_PAGE else None,
        "sites": [desk.trial.sites[site] for site in sites],
    }
    return desk.page("trial/audit.html", context)


def _newest_first(desk: Desk, asked: Mapping[str, str]) -> Iterator[AuditLine]:
    until = int(asked["before"]) - 1 if re.fullmatch(r"[1-9][0-9]{0,8}", asked["before"]) else None
    own = sites_seen(desk.trial, desk.viewer)
    entries = desk.trials.log.entries(
        desk.trial.id,
        until=until,
        subject=asked["participant"],
        site=asked["site"],
        sites=() if len(own) == len(desk.trial.sites) else ("", *own),
        tags=tags_seen(desk.trial, desk.viewer),
        newest_first=True,
    )
    return audit(desk.trial, desk.viewer, entries)


@in_trial
def download_audit(desk: Desk) -> HttpResponseBase:
    """All of it, oldest first, a JSON line for each entry. That it was taken is in the log first."""
    desk.need(do.NoteExport)
    if desk.request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    desk = desk.after_export("audit trail", desk.trial.position)
    lines = audit(desk.trial, desk.viewer, desk.trials.entries(desk.trial.id))
    body = (msgspec.json.encode(line) + b"\n" for line in lines)
    response = StreamingHttpResponse(body, content_type="application/x-ndjson")
    response["Content-Disposition"] = f'attachment; filename="{desk.trial.id}-audit.jsonl"'
    return response
