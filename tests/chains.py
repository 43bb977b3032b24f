"""Chained entries that mean nothing, and databases of both kinds to keep them in."""

import datetime
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from equipoise.conduct.log import GENESIS, Context, Entry, sealed_by_hash, utc

AT = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
EVA = Context("eva", AT, role="independent-statistician", reason="to check the list")
ENGINES = ("sqlite", "postgres")
TAGS = ("form-entered", "form-corrected", "visit-done")


def chained(
    count: int, trial: str = "T1", after: int = 0, before: str = GENESIS, key: str = "", **fields: Any
) -> Iterator[Entry]:
    """That many entries, each bound to the one before it."""
    for position in range(after + 1, after + count + 1):
        entry = Entry(
            trial=trial,
            position=position,
            at=utc(AT + datetime.timedelta(seconds=position)),
            by=f"user{position % 5}",
            role="investigator",
            site=f"{position % 4:02}",
            subject=f"P-{position % 7}" if position % 3 else "",
            tag=TAGS[position % 3],
            schema=1,
            body=f'{{"value":"{position}"}}',
            reason="mistyped" if position % 2 else "",
            key=key,
            zone="Europe/Rome",
            client="browser",
            protocol="1.0",
            software="0.1.0",
            before=before,
        )
        for name, value in fields.items():
            entry = type(entry)(**{**{one: getattr(entry, one) for one in entry.__struct_fields__}, name: value})
        entry = sealed_by_hash(entry)
        before = entry.hash
        yield entry


@contextmanager
def place(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Address of an empty database of this kind, its owner's."""
    if kind == "sqlite":
        yield f"sqlite:{folder / 'store.db'}"
        return
    server = request.getfixturevalue("postgres_uri")
    name = f"trial_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
        connection.execute(f"drop database {name} with (force)".encode())


class Raw:
    """The database behind the store's back, as one who owns it: ``schema`` is where PostgreSQL has the tables."""

    def __init__(self, url: str, schema: str) -> None:
        self.is_sqlite = url.startswith("sqlite:")
        self._connection: Any
        if self.is_sqlite:
            self._connection = sqlite3.connect(url.removeprefix("sqlite:"), isolation_level=None)
            self._connection.execute("pragma synchronous = off")
        else:
            self._connection = psycopg.connect(url, autocommit=True)
            self._connection.execute(f"set search_path = {schema}".encode())

    def run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        if self.is_sqlite:
            return list(self._connection.execute(sql, values).fetchall())
        cursor = self._connection.execute(sql.replace("?", "%s").encode(), values or None)
        return list(cursor.fetchall()) if cursor.description else []

    def run_many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        if self.is_sqlite:
            self._connection.executemany(sql, rows)
        else:
            self._connection.cursor().executemany(sql.replace("?", "%s").encode(), rows)

    def lift_triggers(self) -> None:
        if self.is_sqlite:
            for (name,) in self.run("select name from sqlite_master where type = 'trigger'"):
                self.run(f"drop trigger {name}")
            return
        asked = "select relname from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace"
        for (table,) in self.run(asked):
            self.run(f"alter table {table} disable trigger all")

    @contextmanager
    def together(self) -> Iterator[None]:
        self.run("begin")
        yield
        self.run("commit")

    def close(self) -> None:
        self._connection.close()


@contextmanager
def behind(url: str, schema: str) -> Iterator[Raw]:
    with closing(Raw(url, schema)) as raw:
        yield raw
