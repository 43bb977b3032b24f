"""A form sent after its session had ended: kept for the one person who wrote it, until they sign in again."""

import time

import msgspec
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from equipoise.web.accounts.models import StaffSession
from equipoise.web.accounts.seal import seal, unseal

LONGEST = 30 * 60
"""Seconds for which it is kept."""
MOST = 64 * 1024
NAME = "unsent"
_NOT_KEPT = ("csrfmiddlewaretoken", "password", "confirm-password", "confirm-code")


class Unsent(msgspec.Struct, frozen=True):
    """``person``: the number of whose session it was. ``fields``: as sent, in their order."""

    person: int
    path: str
    fields: tuple[tuple[str, str], ...]
    at: float


def to_the_door(request: HttpRequest) -> HttpResponse:
    """To sign in, and then back; with what was sent, where it is known who wrote it."""
    onward = request.get_full_path() if request.method == "GET" else request.path
    if request.method == "POST" and _keep(request):
        onward = reverse("account-unsent")
    return redirect(reverse("account_login", query={"next": onward}))


def _keep(request: HttpRequest) -> bool:
    person = _was(request)
    fields = tuple((name, value) for name, values in request.POST.lists() for value in values if name not in _NOT_KEPT)
    text = msgspec.json.encode(Unsent(person or 0, request.path, fields, time.time())).decode()
    if person is None or not fields or request.FILES or len(text) > MOST:
        return False
    request.session[NAME] = seal(text)
    return True


def _was(request: HttpRequest) -> int | None:
    """Whose session it was: noted as it ended, or still in its row after its time."""
    if ended := getattr(request, "ended", None):
        return int(ended)
    key = request.COOKIES.get(settings.STAFF_COOKIE, "")
    return StaffSession.objects.filter(session_key=key).values_list("person_id", flat=True).first()


def unsent_of(request: HttpRequest) -> Unsent | None:
    """What waits for the person who is signed in; nothing of anybody else's, nor after its time."""
    try:
        kept = msgspec.json.decode(unseal(request.session.get(NAME, "")), type=Unsent)
    except (InvalidToken, msgspec.DecodeError):
        return None
    return kept if kept.person == request.user.pk and time.time() - kept.at < LONGEST else None
