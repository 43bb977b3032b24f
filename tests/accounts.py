"""People for the tests of staff pages, and browsers in which they are signed in."""

import base64
import time
from functools import cache
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.test import Client

from equipoise.web.accounts.models import Person
from equipoise.web.accounts.people import add_person
from equipoise.web.accounts.sessions import SessionStore

PASSWORD = "three quiet brown foxes"
SECRET = base64.b32encode(b"twenty bytes of seed").decode()


def make_person(username: str = "ada", *, office: bool = False, administrator: bool = False) -> Person:
    full_name, email = f"Dr {username.title()} Weiss", f"{username}@example.org"
    person = add_person(username, full_name, email, office=office, administrator=administrator, request=None)
    person.password = _hashed()
    person.save()
    return person


@cache
def _hashed() -> str:
    """Made once: a good hash takes its time."""
    return make_password(PASSWORD)


def fresh_client(**headers: str) -> Client:
    return Client(headers={"host": "localhost", **headers})


def signed_in(person: Person, *, second: bool = True, client: Client | None = None) -> Client:
    """A browser in which the person has just signed in; ``second``: with a second factor."""
    client = client or fresh_client()
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    request.session = SessionStore()
    record_authentication(request, person, "password")
    login(request, person, settings.AUTHENTICATION_BACKENDS[0])
    if second:
        request.session["second"] = True
    request.session.save()
    client.cookies[settings.STAFF_COOKIE] = request.session.session_key or ""
    return client


def with_totp(person: Person) -> Person:
    TOTP.activate(person, SECRET)
    return person


def totp_code(secret: str = SECRET, *, later: int = 0) -> str:
    """``later``: how many half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def give(client: Client, person: Person, password: str = PASSWORD, **more: Any) -> Any:
    """What the sign-in page answers."""
    return client.post("/accounts/sign-in/", {"login": person.username, "password": password, **more})
