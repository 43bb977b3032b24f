"""Where the real records are."""

import os
from pathlib import Path

SHARED = Path(os.environ.get("EQUIPOISE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
