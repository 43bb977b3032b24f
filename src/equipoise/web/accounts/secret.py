"""The key that signs and seals: made once and kept in the home, where the environment gives none."""

import os
import secrets
from pathlib import Path

_NAME = "secret.key"


def read_secret(home: Path) -> str:
    """Empty: none is kept."""
    try:
        return (home / _NAME).read_text("ascii").strip()
    except OSError:
        return ""


def keep_secret(home: Path) -> None:
    """Sessions, links and second factors outlive a restart, and the command line makes links the site knows."""
    home.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(home / _NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
