"""A program before one trial: the desk of its person, with no more of their roles than the token names."""

import datetime
import hashlib
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from equipoise.conduct.log import Context
from equipoise.conduct.masking import viewer_of
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Trial
from equipoise.web.accounts.models import AccessToken
from equipoise.web.accounts.tokens import narrowed
from equipoise.web.staff.trials.gate import Desk, NotHere
from equipoise.web.trials import the_trials


class Caller(Desk, frozen=True):
    """``bounds``: the trial as the token lets its person stand in it. Rights are settled there, facts in ``trial``.

    ``mark``: of what was sent to be done, so that the log knows it again.
    """

    token: AccessToken
    bounds: Trial
    mark: str = ""

    def context(self, reason: str = "") -> Context:
        """The log says that a program asked, and by which token."""
        client = f"api, token {self.token.pk}{f', {self.mark}' if self.mark else ''}"
        return Context(by=self.viewer.user, at=self.at, reason=reason, key=self.key, client=client, zone=self.zone)

    @property
    def key(self) -> str:
        """The caller's own, so that no two people's can be the same; empty where none was sent."""
        sent = self.request.headers.get("Idempotency-Key", "")
        told = f"{self.viewer.user}\n{sent}".encode(errors="replace")
        return f"api-{hashlib.sha256(told).hexdigest()[:48]}" if sent else ""

    def need_to_see(self, information: Information, site: str = "") -> None:
        if not self.sees(information, site):
            raise NotHere


def caller_of(request: HttpRequest, name: str) -> Caller:
    """A trial of another token, one that is none, and roles that have ended meanwhile look alike: ``NotHere``."""
    token = token_of(request)
    trials, at = the_trials(), timezone.now()
    if name != token.trial or name not in trials.names():
        raise NotHere
    return _standing(request, token, trials.trial(name), at)


def token_of(request: HttpRequest) -> AccessToken:
    """That of the header, which ``Bearer`` knew."""
    token: AccessToken = request.auth  # type: ignore[attr-defined]
    return token


def _standing(request: HttpRequest, token: AccessToken, trial: Trial, at: datetime.datetime) -> Caller:
    bounds = narrowed(trial, token, at)
    viewer = viewer_of(bounds, token.person.username, at)
    if not viewer.held:
        raise NotHere
    return Caller(request, the_trials(), trial, viewer, at, token, bounds)


def told(value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), status=status, content_type="application/json")
