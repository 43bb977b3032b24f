"""Letters, where the host has named a mail server: a link for a new password, and a word when an account changes."""

import logging
import smtplib
import threading
from collections.abc import Callable

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection

from equipoise.web.accounts.models import Person

_log = logging.getLogger(__name__)
_NOTICES = {
    "account/email/password_changed": "Your password was changed.",
    "mfa/email/totp_activated": "An authenticator app was added to your account.",
    "mfa/email/totp_deactivated": "The authenticator app was removed from your account.",
    "mfa/email/recovery_codes_generated": "New recovery codes were made for your account. The old ones no longer work.",
    "mfa/email/webauthn_added": "A passkey was added to your account.",
    "mfa/email/webauthn_removed": "A passkey was removed from your account.",
}
_NOT_YOU = "If this was not you, tell an administrator of accounts at once."


def can_send() -> bool:
    return bool(settings.EMAIL_HOST)


def send(to: str, subject: str, words: str) -> None:
    """A letter that cannot be sent stops nobody's work: it is logged, without its words."""
    try:
        send_mail(f"Equipoise: {subject}", words, None, [to])
    except (OSError, smtplib.SMTPException) as failed:
        _log.warning("A letter could not be sent: %s", type(failed).__name__)


def send_notice(person: Person, name: str) -> None:
    if can_send() and name in _NOTICES:
        send(person.email, "your account", f"{person.full_name},\n\n{_NOTICES[name]}\n\n{_NOT_YOU}\n")


def apart(work: Callable[[], None]) -> None:
    """Beside the request, so that how long it takes tells nobody whether an address has an account."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    threading.Thread(target=run, daemon=False).start()
