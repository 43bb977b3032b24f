"""What the accounts keep unreadable to whoever has a copy of the database alone."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises ``cryptography.fernet.InvalidToken``: not sealed here, or with a key since taken away."""
    return _keys().decrypt(sealed.encode()).decode()


def _keys() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"factor" + key.encode()).digest())) for key in keys]
    )
