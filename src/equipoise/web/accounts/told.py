"""The accounts' own audit trail: everything that happens to an account is told here, once, without secrets."""

from enum import StrEnum
from typing import TypeAlias

from django.http import HttpRequest
from django.utils import timezone

from equipoise.web.accounts.models import Person, Told
from equipoise.web.patience import client_of

Fact: TypeAlias = str | int | bool
Request: TypeAlias = HttpRequest | None
"""``None``: asked for by a program on the server."""
PROGRAM = "command-line"
"""Stands for the person who acts, where a program on the server did."""


class Kind(StrEnum):
    ADDED = "account-added"
    CHANGED = "account-changed"
    DEACTIVATED = "account-deactivated"
    ACTIVATED = "account-activated"
    LINK_MADE = "link-made"
    LINK_REFUSED = "link-refused"
    PASSWORD_SET = "password-set"  # noqa: S105
    PASSWORD_CHANGED = "password-changed"  # noqa: S105
    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGNED_OUT = "signed-out"
    LOCKED_OUT = "locked-out"
    SESSION_ENDED = "session-ended"
    CONFIRMED = "confirmed"
    CONFIRMATION_FAILED = "confirmation-failed"
    FACTOR_ADDED = "second-factor-added"
    FACTOR_REMOVED = "second-factor-removed"
    FACTOR_RENEWED = "second-factor-renewed"
    FACTOR_USED = "second-factor-used"
    FACTOR_FAILED = "second-factor-failed"
    FACTORS_RESET = "second-factors-reset"
    TOKEN_MADE = "access-token-made"  # noqa: S105
    TOKEN_REVOKED = "access-token-revoked"  # noqa: S105


def tell(kind: Kind, user: Person | None, request: Request, **facts: Fact) -> None:
    """Append one line. ``user``: whose account it is; ``None``, where nobody has the name that was typed, which is not
    kept: people type passwords there by mistake. ``facts``: plain, and never a password, code, key or link."""
    acting = getattr(request, "user", None)
    by = acting.get_username() if acting is not None and acting.is_authenticated else ""
    Told.objects.create(
        at=timezone.now(),
        kind=kind,
        person=user.username if user else "",
        by=by if request is not None else PROGRAM,
        address=client_of(request)[:45] if request is not None else "",
        facts=facts,
    )
