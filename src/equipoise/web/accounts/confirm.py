"""Asking again who sits there: before what matters, and for a signature (21 CFR 11.200, 11.300)."""

import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from equipoise.web.accounts.locks import is_locked
from equipoise.web.accounts.models import Person
from equipoise.web.accounts.told import Kind, tell

View = Callable[..., HttpResponse]
USERNAME, PASSWORD = "username", "password"
_SIGNED = "signed"
_PASSWORD, _CODE, _ASKED = "confirm-password", "confirm-code", "confirm-asked"


def fresh(request: HttpRequest) -> bool:
    """Whether the person has proven within five minutes who they are, by signing in or by confirming."""
    if not isinstance(request.user, Person):
        return False
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < REAUTHENTICATION_TIMEOUT


def check_password_of(request: HttpRequest, password: str) -> bool:
    """Whether this is the signed-in person's password. Failures count towards the lock-out of the account, during
    which the right password is refused too: ``locked_out`` then says so."""
    if not isinstance(request.user, Person) or not password:
        return False
    try:
        right = bool(get_adapter().reauthenticate(request.user, password))
    except ValidationError:
        return False
    if right:
        reauthenticate_by_password(request)
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = _last_records(request)
    return right


def _last_records(request: HttpRequest) -> list[dict[str, Any]]:
    """A day of many signatures must not make a session that grows with each."""
    held: list[dict[str, Any]] = request.session[AUTHENTICATION_METHODS_SESSION_KEY]
    return held[-10:]


def locked_out(request: HttpRequest) -> bool:
    """Whether this person must wait, after too many failures, before any password is taken."""
    return isinstance(request.user, Person) and is_locked(request, request.user)


def signing_components(request: HttpRequest) -> tuple[str, ...]:
    """What a signature asks for: user name and password at the first of a session, later the password alone."""
    return (PASSWORD,) if request.session.get(_SIGNED) else (USERNAME, PASSWORD)


def check_signature_of(request: HttpRequest, given: Mapping[str, Any]) -> bool:
    """Whether ``given`` holds, under their names, all the components that ``signing_components`` asks for now."""
    if not isinstance(request.user, Person):
        return False
    if USERNAME in signing_components(request):
        named = str(given.get(USERNAME, "")).strip().lower()
        if named not in (request.user.username, request.user.email):
            tell(Kind.CONFIRMATION_FAILED, request.user, request, signing=True)
            return False
    if not check_password_of(request, str(given.get(PASSWORD, ""))):
        return False
    request.session[_SIGNED] = True
    return True


def confirmed(view: View) -> View:
    """Ask for the password, or a code of the second factor, unless the person is ``fresh``; then do what was asked.

    A form sent meanwhile stays in the page that asks, and goes on with the answer: nothing of it is kept here. It has
    no more power there than when the person first sent it, so it is not signed. Not for forms with files."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
        answering = request.method == "POST" and _ASKED in request.POST
        problem = _problem(request) if answering and not fresh(request) else ""
        if problem or not fresh(request):
            return _ask(request, problem)
        if answering and request.POST[_ASKED] == "GET":
            return redirect(request.get_full_path())
        return view(request, *args, **parts)

    return guarded


def _problem(request: HttpRequest) -> str:
    """Why the answer does not confirm; empty where it does."""
    code = request.POST.get(_CODE, "").strip()
    if code:
        return _problem_of_code(request, code)
    if check_password_of(request, request.POST.get(_PASSWORD, "")):
        return ""
    if locked_out(request):
        return "Too many attempts. Wait a quarter of an hour, or ask an administrator of accounts."
    return "That is not your password."


def _problem_of_code(request: HttpRequest, code: str) -> str:
    from equipoise.web.accounts.forms import EnterCodeAgain

    form = EnterCodeAgain(user=request.user, data={"code": code})
    if not form.is_valid():
        return str(form.errors["code"][0])
    form.save()
    return ""


def _ask(request: HttpRequest, problem: str) -> HttpResponse:
    sent = request.POST.lists() if request.method == "POST" else ()
    mine = (_PASSWORD, _CODE, _ASKED, "csrfmiddlewaretoken")
    context = {
        "problem": problem,
        "kept": [(name, value) for name, values in sent if name not in mine for value in values],
        "asked": request.POST.get(_ASKED, request.method),
        "here": request.get_full_path(),
    }
    return render(request, "accounts/confirm.html", context, status=400 if problem else 200)
