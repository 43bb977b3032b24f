"""Who stands before a trial's pages, what they may see there, and how they ask for something to be done."""

import datetime
import secrets
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from equipoise.actions.trials import Done, Trials
from equipoise.conduct import commands as do
from equipoise.conduct.log import Context
from equipoise.conduct.masking import Viewer, in_scope, may, participant_seen, sees, viewer_of
from equipoise.conduct.participant import Participant
from equipoise.conduct.permissions import today
from equipoise.conduct.roles import LABELS, Information
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused
from equipoise.web.accounts.confirm import signing_components
from equipoise.web.accounts.unsent import to_the_door
from equipoise.web.public.errors import show_not_found, show_problem
from equipoise.web.trials import the_trials

View = Callable[..., HttpResponseBase]
_NOT_HERE = "There is no such record, or it is not for your role. Go back, or begin at “Your trials”."

SECTIONS: tuple[tuple[str, str, Information | None], ...] = (
    ("trial", "Overview", None),
    ("trial-participants", "Participants", Information.OPEN),
    ("trial-work", "To do", Information.OPEN),
    ("trial-queries", "Queries", Information.OPEN),
    ("trial-safety", "Safety", Information.SAFETY),
    ("trial-kits", "Kits", Information.KITS),
    ("trial-assignments", "Assignments", Information.ARM),
    ("trial-audit", "Audit trail", None),
    ("trial-people", "Sites and people", Information.ORGANISATION),
    ("trial-exports", "Exports", Information.OPEN),
    ("trial-closing", "Closing", Information.OPEN),
    ("trial-protocol", "Protocol", Information.ORGANISATION),
)
"""``None``: for everybody with a role."""


class Desk(msgspec.Struct, frozen=True):
    """A person before one trial, at one moment: all that a page of it needs."""

    request: HttpRequest
    trials: Trials
    trial: Trial
    viewer: Viewer
    at: datetime.datetime

    def sees(self, information: Information, site: str = "") -> bool:
        return sees(self.trial, self.viewer, information, site)

    def participant(self, identifier: str) -> Participant:
        """Refused: none of that number, or another site's; ``in_trial`` answers 404 to both."""
        try:
            return participant_seen(self.trial, self.viewer, identifier)
        except Refused as refused:
            raise NotHere(str(refused)) from None

    def today(self, site: str = "") -> datetime.date:
        return today(self.trial, site, self.at)

    def context(self, reason: str = "") -> Context:
        """The key comes with the form: the same form sent twice is one thing asked."""
        key = self.request.POST.get("key", "")[:64]
        return Context(by=self.viewer.user, at=self.at, reason=reason, key=key, client="web", zone=self.zone)

    @property
    def asked_before(self) -> bool:
        """Whether this form was sent already: by a lost connection, or a second press."""
        return bool(self.trials.log.answered(self.trial.id, self.context().key))

    @property
    def sections(self) -> tuple[tuple[str, str], ...]:
        """Pages of the trial that hold something for this person: name of the address, and words."""
        return tuple((name, words) for name, words, kind in SECTIONS if kind is None or self.sees(kind))

    @property
    def zone(self) -> str:
        site = next((one.site for one in self.viewer.held if one.site), "")
        return self.trial.sites[site].zone if site in self.trial.sites else "UTC"

    def may(self, kind: type[do.Command], site: str = "") -> bool:
        return may(self.trial, self.viewer, kind, site)

    def need(self, kind: type[do.Command], site: str = "") -> None:
        """What another site may do there is not here for them; what others may do at theirs is no secret."""
        if self.may(kind, site):
            return
        if site and not in_scope(self.viewer, site):
            raise NotHere
        raise NotYours

    def need_sight(self, information: Information) -> None:
        """For a page of the whole trial: that there is such a page, anybody in the trial may know."""
        if not self.sees(information):
            raise NotYours

    def ask(self, command: do.TrialCommand, reason: str = "") -> Done:
        """Refused: with what, why and what to do, for the page to show beside the form."""
        return self.trials.ask(self.trial.id, command, self.context(reason))

    def after_export(self, what: str, rows: int, digest: str = "") -> "Desk":
        """The trial once it is in the log that this was taken out. Refused, nothing leaves."""
        done = self.ask(do.NoteExport(what, rows, digest))
        return msgspec.structs.replace(self, trial=done.trial)

    def page(self, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
        """``desk`` for what every page shows; ``key`` makes the next form one thing asked."""
        roles = sorted({LABELS[role] for role in self.viewer.roles})
        shown = {
            "desk": self,
            "trial": self.trial,
            "protocol": self.trial.protocol,
            "roles": roles,
            "signing": signing_components(self.request),
            "named": self.request.POST.get("username", "")[:150],
            "key": secrets.token_urlsafe(16),
        }
        return render(self.request, template, {**shown, **context}, status=status)


class NotHere(Exception):
    """What is asked for is not here, or not for this person: the two look alike."""


class NotYours(NotHere):
    """Not for this person's roles, or not at this stage; but what it is, they may know."""


def in_trial(view: View) -> View:
    """Give the view a ``Desk``. Who has no role in the trial, or asks for another site's records, is told 404; who
    asks for what their role does not include, 403."""

    @wraps(view)
    def guarded(request: HttpRequest, trial: str, **parts: str) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_the_door(request)
        desk = desk_of(request, trial)
        if desk is None:
            return show_not_found(request, words=_NOT_HERE)
        try:
            return view(desk, **parts)
        except NotYours:
            return desk.page("trial/not_yours.html", {}, status=403)
        except NotHere:
            return show_not_found(request, words=_NOT_HERE)
        except Refused as refused:
            return show_problem(request, 409, "This cannot be done", str(refused))

    return guarded


def desk_of(request: HttpRequest, name: str) -> Desk | None:
    trials, at = the_trials(), timezone.now()
    if name not in trials.names():
        return None
    trial = trials.trial(name)
    viewer = viewer_of(trial, request.user.get_username(), at)
    return Desk(request, trials, trial, viewer, at) if viewer.held else None
