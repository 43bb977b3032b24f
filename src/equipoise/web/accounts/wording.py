"""What the templates of accounts reach for. Costs a visitor's page nothing: functions are handed over, not called."""

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest

from equipoise.web.accounts.models import Told

_WORDS = {
    "account-added": "Account added",
    "account-changed": "Account changed",
    "account-deactivated": "Account closed",
    "account-activated": "Account opened again",
    "link-made": "Link for a password made",
    "password-set": "Password set by a link",
    "password-changed": "Password changed",
    "signed-in": "Signed in",
    "sign-in-failed": "Wrong password",
    "signed-out": "Signed out",
    "locked-out": "Locked out for a quarter of an hour",
    "session-ended": "Session ended",
    "confirmed": "Confirmed who it is",
    "confirmation-failed": "Wrong password when confirming",
    "second-factor-added": "Second factor added",
    "second-factor-removed": "Second factor removed",
    "second-factor-renewed": "New recovery codes",
    "second-factor-used": "Second factor used",
    "second-factor-failed": "Wrong code",
    "second-factors-reset": "Second factors removed",
    "access-token-made": "Access token made",
    "access-token-revoked": "Access token revoked",
}
_KINDS = {"totp": "app", "webauthn": "passkey", "recovery_codes": "recovery codes"}


def shown(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001
    return {
        "messages_of": get_messages,
        "mfa_required": settings.MFA_REQUIRED,
        "staff_idle": int(settings.STAFF_IDLE),
        "staff_sessions": settings.STAFF_SESSIONS,
        "key_in_groups": key_in_groups,
        "told_words": told_words,
    }


def key_in_groups(key: str) -> str:
    """As a person types it from a screen."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def told_words(one: Told) -> str:
    """``Second factor added: app``."""
    facts = one.facts
    more = _KINDS.get(facts.get("type", ""), "") or facts.get("why", "") or facts.get("what", "")
    return f"{_WORDS.get(one.kind, one.kind)}{': ' if more else ''}{more}"
