"""The door to the staff pages: one password, set by the host, and the name under which a person works."""

import hmac
import time
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from equipoise.web.patience import Buckets, client_of
from equipoise.web.public.errors import show_not_found, show_too_many

_WHO = "staff"
_KEY = "staff_key"
_SINCE = "staff_since"
_attempts = Buckets(capacity=5, seconds=30.0)
LONGEST_NAME = 80
LONGEST_STAY = 12 * 3600
"""Seconds until a person is asked to sign in again. A session is kept by the browser: nothing else would end it."""

View = Callable[..., HttpResponse]


def staff_only(view: View) -> View:
    """Without a password set there are no staff pages at all; without a name, the way to the door."""

    @wraps(view)
    def guarded(request: HttpRequest, **parts: str) -> HttpResponse:
        if not settings.STAFF_PASSWORD:
            return show_not_found(request)
        if not who(request):
            return redirect(f"{reverse('staff-door')}?{urlencode({'next': request.path})}")
        return view(request, **parts)

    return guarded


def who(request: HttpRequest) -> str:
    """The name given at the door; nobody, once the password has changed or the stay was long."""
    held = request.session
    inside = hmac.compare_digest(str(held.get(_KEY, "")), _key()) and time.time() - held.get(_SINCE, 0) < LONGEST_STAY
    return str(held.get(_WHO, "")) if settings.STAFF_PASSWORD and inside else ""


def _key() -> str:
    return salted_hmac("equipoise.staff", settings.STAFF_PASSWORD, algorithm="sha256").hexdigest()


def show_door(request: HttpRequest) -> HttpResponse:
    if not settings.STAFF_PASSWORD:
        return show_not_found(request)
    if request.method != "POST":
        return _door(request)
    wait = _attempts.take(client_of(request), time.monotonic())
    if wait:
        why = "Each address may try a few times."
        return show_too_many(request, int(wait) + 1, title="Too many attempts to sign in", why=why)
    name = " ".join(request.POST.get("name", "").split())[:LONGEST_NAME]
    if not name:
        return _door(request, "Write your name: what you settle is kept under it.", "name")
    if not hmac.compare_digest(request.POST.get("password", "").encode(), settings.STAFF_PASSWORD.encode()):
        return _door(request, "That is not the password.", "password")
    _attempts.give_back(client_of(request))
    _let_in(request, name)
    return redirect(_onward(request))


def _let_in(request: HttpRequest, name: str) -> None:
    """Nothing from before the door is taken in."""
    request.session.flush()
    request.session.update({_WHO: name, _KEY: _key(), _SINCE: int(time.time())})
    rotate_token(request)


def leave(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        request.session.flush()
    return redirect("home")


def _door(request: HttpRequest, problem: str = "", field: str = "") -> HttpResponse:
    context = {"problem": problem, "field": field, "onward": _onward(request), "name": request.POST.get("name", "")}
    return render(request, "staff/door.html", context, status=400 if problem else 200)


def _onward(request: HttpRequest) -> str:
    """Only to our own pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/staff/")
    return wanted if inside else reverse("staff-studies")
