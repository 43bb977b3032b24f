"""The library this process reads, opened when first asked for (never before a worker is forked)."""

import os
import threading
from pathlib import Path

from equipoise.actions.library import Library

_lock = threading.Lock()
_opened: dict[str, Library] = {}


def the_library() -> Library:
    """The library at ``EQUIPOISE_HOME``, once for each process."""
    home = os.environ.get("EQUIPOISE_HOME", "")
    with _lock:
        if home not in _opened:
            _opened[home] = Library.open(Path(home).expanduser() if home else None)
        return _opened[home]
