"""What the environment says of the accounts' database and of the mail server, in Django's words."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from equipoise.kernel.refused import Refused

_SQLITE = {
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
}
"""A transaction that means to write waits its turn at the start, and is not refused half way."""


def database_of(url: str, home: Path) -> dict[str, Any]:
    """``postgresql://user:password@host/name``; without one, a file in ``home``. Refused: another kind of address."""
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(home / "accounts.sqlite"), "OPTIONS": dict(_SQLITE)}
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise Refused("is not an address of PostgreSQL.", what="EQUIPOISE_DATABASE_URL", do="Begin with postgresql://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        **_who_and_where(parts),
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _who_and_where(parts: SplitResult) -> dict[str, str]:
    return {
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


def mail_of(url: str, sender: str) -> dict[str, Any]:
    """``smtp://user:password@host:587`` (STARTTLS) or ``smtps://``; without one, nothing is ever sent."""
    parts = urlsplit(url)
    if not parts.hostname:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend", "EMAIL_HOST": ""}
    if parts.scheme not in ("smtp", "smtps"):
        raise Refused("is not an address of a mail server.", what="EQUIPOISE_SMTP", do="Begin with smtp:// or smtps://")
    tls = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if tls else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": tls,
        "EMAIL_USE_TLS": not tls and parts.port != 25,
        "EMAIL_TIMEOUT": 10,
        "DEFAULT_FROM_EMAIL": sender or f"equipoise@{parts.hostname}",
    }
