"""Hears what the libraries report, tells it, and keeps the rules that follow from it."""

import time
from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as factor
from django.conf import settings
from django.contrib.auth import signals as auth
from django.dispatch import receiver
from django.http import HttpRequest

from equipoise.web.accounts.models import Person
from equipoise.web.accounts.people import end_sessions
from equipoise.web.accounts.sessions import SessionStore
from equipoise.web.accounts.told import Kind, tell
from equipoise.web.patience import client_of


@receiver(auth.user_logged_in)
def hear_sign_in(request: HttpRequest, user: Person, **_: Any) -> None:
    """A session begins under a new key; beyond the most a person may have, the oldest end."""
    now = time.time()
    browser = request.headers.get("User-Agent", "")[:200]
    request.session.update({"began": now, "seen": now, "address": client_of(request)[:45], "browser": browser})
    methods = [record.get("type") or record["method"] for record in get_authentication_records(request, user)]
    tell(Kind.SIGNED_IN, user, request, by=", ".join(methods))
    if isinstance(request.session, SessionStore):
        others = user.sessions.exclude(session_key=request.session.session_key).order_by("-began")
        for one in others[settings.STAFF_SESSIONS - 1 :]:
            one.delete()
            tell(Kind.SESSION_ENDED, user, request, why="another sign-in")


@receiver(auth.user_logged_out)
def hear_sign_out(request: HttpRequest, user: Person | None, **_: Any) -> None:
    if user is not None:
        tell(Kind.SIGNED_OUT, user, request)


@receiver(account.password_changed)
def hear_password_changed(request: HttpRequest, user: Person, **_: Any) -> None:
    tell(Kind.PASSWORD_CHANGED, user, request)
    end_sessions(user, request, why="password changed")


@receiver(account.authentication_step_completed)
def hear_step(request: HttpRequest, user: Person, method: str, **facts: Any) -> None:
    if facts.get("reauthenticated"):
        tell(Kind.CONFIRMED, user, request, by=str(facts.get("type") or method))


@receiver(factor.authenticator_added)
def hear_factor_added(request: HttpRequest, user: Person, authenticator: Any, **_: Any) -> None:
    """Who was signed in elsewhere with the password alone is no longer."""
    tell(Kind.FACTOR_ADDED, user, request, type=str(authenticator.type))
    end_sessions(user, request, why="second factor added", keep=request.session.session_key)


@receiver(factor.authenticator_removed)
def hear_factor_removed(request: HttpRequest, user: Person, authenticator: Any, **_: Any) -> None:
    tell(Kind.FACTOR_REMOVED, user, request, type=str(authenticator.type))


@receiver(factor.authenticator_reset)
def hear_factor_renewed(request: HttpRequest, user: Person, authenticator: Any, **_: Any) -> None:
    tell(Kind.FACTOR_RENEWED, user, request, type=str(authenticator.type))


@receiver(factor.authenticator_used)
def hear_factor_used(request: HttpRequest, user: Person, authenticator: Any, **_: Any) -> None:
    tell(Kind.FACTOR_USED, user, request, type=str(authenticator.type))


@receiver(factor.authentication_failed)
def hear_factor_failed(request: HttpRequest, user: Person, authenticator: Any, **_: Any) -> None:
    tell(Kind.FACTOR_FAILED, user, request, type=str(authenticator.type))
