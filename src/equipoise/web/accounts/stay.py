"""How long a person stays signed in, and what must be done first: a second factor, where the host requires one."""

import time
from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from equipoise.web.accounts.models import Person
from equipoise.web.accounts.sessions import is_staff
from equipoise.web.accounts.told import Kind, tell

_NOTED_EVERY = 30
"""Seconds: a session is not written anew at each page."""
_SECOND = "second"
IDLE, LONG = "idle", "long"
_WORDS = {
    IDLE: "You were signed out, because nothing was asked of the site for a while. Sign in to go on.",
    LONG: "You were signed out: a session ends some hours after signing in. Sign in to go on.",
}


class StayMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_staff(request.path) and request.user.is_authenticated:
            why = _over(request)
            if why:
                _end(request, why)
            elif not _may_go(request):
                return redirect("mfa_index")
        return self.get_response(request)


def _over(request: HttpRequest) -> str:
    """Why the session is over; empty while it goes on."""
    now = time.time()
    if now - request.session.get("seen", 0) > settings.STAFF_IDLE:
        return IDLE
    if now - request.session.get("began", 0) > settings.STAFF_LONGEST:
        return LONG
    if now - request.session["seen"] > min(_NOTED_EVERY, settings.STAFF_IDLE / 2):
        request.session["seen"] = now
    return ""


def _end(request: HttpRequest, why: str) -> None:
    assert isinstance(request.user, Person)
    tell(Kind.SESSION_ENDED, request.user, request, why=why)
    request.ended = request.user.pk  # type: ignore[attr-defined]
    request.session.flush()
    request.user = AnonymousUser()
    messages.info(request, _WORDS[why])


def _may_go(request: HttpRequest) -> bool:
    own = request.path.startswith("/accounts/") and not request.path.startswith("/accounts/people/")
    return own or has_what_is_required(request)


def has_what_is_required(request: HttpRequest) -> bool:
    """Whether this person has set up the second factor that the host requires. Resetting it ends all sessions."""
    if not settings.MFA_REQUIRED or request.session.get(_SECOND):
        return True
    if has_second_factor(request.user):
        request.session[_SECOND] = True
        return True
    return False


def has_second_factor(person: object) -> bool:
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=person, type__in=kinds).exists())
