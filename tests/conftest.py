"""What every test may ask for."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("ci")

SHARED = Path(os.environ.get("EQUIPOISE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not (SHARED / "studies_v2.jsonl.gz").exists():
        pytest.skip(f"REAL RECORDS MISSING: {SHARED}; set EQUIPOISE_SHARED_DATA to the folder of registry records")
    return SHARED


@pytest.fixture(scope="session")
def real_records(shared_data: Path) -> list[bytes]:
    """All 495 full API v2 records, as served."""
    return list(_lines(shared_data / "studies_v2.jsonl.gz"))


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        for line in file:
            yield line.rstrip(b"\n")
