"""The running trials this process serves, opened when first asked for (never before a worker is forked)."""

import os
import threading
from pathlib import Path

from equipoise.actions.library import default_home
from equipoise.actions.opening import open_trials
from equipoise.actions.trials import Trials

_lock = threading.Lock()
_opened: dict[Path, Trials] = {}


def the_trials() -> Trials:
    """Those of ``EQUIPOISE_HOME`` or of the databases that the environment names, once for each process."""
    home = default_home()
    with _lock:
        if home not in _opened:
            _opened[home] = open_trials(home, os.environ)
        return _opened[home]
