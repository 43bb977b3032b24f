"""Lock-out: after five failures in a quarter of an hour an account waits, and so does an address after fifty."""

import hashlib

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from equipoise.web.accounts.models import Person
from equipoise.web.accounts.told import Kind, tell

TOO_MANY = "too_many_login_attempts"
_LONG = 15 * 60
_WHERE = {"app": "allauth.account", "action": "login_failed"}


def key_of(login: str) -> str:
    """One for a person, whether the name or the address was typed; for nobody's, what was typed."""
    typed = login.strip().lower()
    person = Person.objects.filter(**{"email" if "@" in typed else "username": typed}).first()
    return f"person {person.pk}" if person else f"nobody {typed}"


def again_key_of(person: Person) -> str:
    """Counted apart: a stranger who fails to sign in must not keep an investigator from breaking a code."""
    return f"again {person.pk}"


def tell_locked(person: Person | None, request: HttpRequest, key: str) -> None:
    """Once for each lock-out, however often is tried."""
    name = hashlib.sha256(key.encode()).hexdigest()
    if cache.add(f"locked-told:{name}", 1, timeout=_LONG):
        tell(Kind.LOCKED_OUT, person, request)


def is_locked(request: HttpRequest, person: Person) -> bool:
    """Whether even the right password of who is signed in would be refused now."""
    return not ratelimit.consume(request, **_WHERE, key=again_key_of(person), dry_run=True, limit_get=True)


def unlock(request: HttpRequest, person: Person) -> None:
    for key in (key_of(person.username), again_key_of(person), f"mfa-auth-user-{person.pk}"):
        ratelimit.clear(request, **_WHERE, key=key)
