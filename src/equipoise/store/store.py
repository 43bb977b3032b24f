"""The study store: SQLite in WAL mode, one row per version of each study.

A load is one transaction: a reader, or a program killed in its middle, sees all of it or nothing.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from equipoise.kernel.refused import Refused
from equipoise.store.tables import FROM_1, PAGE_BYTES, TABLES, TABLES_VERSION

_CURRENT_RAWS = (
    "select s.number, v.raw, s.withdrawn from study s"
    " join study_version v on v.number = s.number and v.version = s.version"
)
_VERSIONS = (
    "select v.number, v.version, v.updated, l.source, l.started, v.raw from study s"
    " join study_version v on v.number = s.number join load l on l.id = v.load"
)
_STEPS = {0: TABLES, 1: FROM_1}
"""By the version of the tables found: what brings them to today's."""


class Version(msgspec.Struct, frozen=True):
    """One version of a study: the record as it came, and where from."""

    number: int
    version: int
    updated: str
    source: str
    fetched: str
    raw: bytes


class LoadNote(msgspec.Struct, frozen=True):
    """A line of the log: one import or synchronisation. ``query`` is what a sync asked for, '' for everything."""

    id: int
    kind: str
    source: str
    query: str | None
    started: str
    data_timestamp: str | None
    added: int
    changed: int
    unchanged: int
    older: int
    withdrawn: int
    refused: int


class Locality(msgspec.Struct, frozen=True):
    country: str
    state: str
    city: str
    zip: str
    lat: float
    lon: float


class Store:
    """The store in one file. A connection belongs to one thread."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._local = threading.local()
        file.parent.mkdir(parents=True, exist_ok=True)
        self._prepare()

    def connect(self) -> sqlite3.Connection:
        """This thread's connection. Transactions are begun and ended by hand."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.file, timeout=60, isolation_level=None)
            connection.execute("pragma foreign_keys = on")
            connection.execute("pragma synchronous = normal")
            connection.execute("pragma cache_size = -65536")
            self._local.connection = connection
        return connection

    def close(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _prepare(self) -> None:
        try:
            connection = self.connect()
            connection.execute(f"pragma page_size = {PAGE_BYTES}")
            connection.execute("pragma journal_mode = wal")
            with self.transaction() as connection:
                (found,) = connection.execute("pragma user_version").fetchone()
                for statement in _STEPS.get(found, "").split(";\n"):
                    connection.execute(statement)
                if found in _STEPS:
                    connection.execute(f"pragma user_version = {TABLES_VERSION}")
        except sqlite3.DatabaseError as error:
            raise Refused(
                f"is not a study store that can be opened: {error}.",
                what=str(self.file),
                do="Move it away and load the studies again.",
            ) from None
        if found not in (*_STEPS, TABLES_VERSION):
            raise Refused(
                f"was written by another version of Equipoise (tables {found}, here {TABLES_VERSION}).",
                what=str(self.file),
                do="Use that version, or move the file away and load the studies again.",
            )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; waits its turn among writers."""
        connection = self.connect()
        connection.execute("begin immediate")
        try:
            yield connection
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit")

    # Reading.

    def current(self, number: int) -> Version | None:
        """The study as last known, or None. An alias leads to the study it was merged into."""
        found = self._versions("where s.number = ? and v.version = s.version", number)
        if found:
            return found[0]
        alias = self.connect().execute("select number from alias where alias = ?", (number,)).fetchone()
        return self.current(alias[0]) if alias and alias[0] != number else None

    def versions(self, number: int) -> tuple[Version, ...]:
        """All versions, oldest first: by the date of the update, then by arrival."""
        return self._versions("where s.number = ? order by v.updated, v.version", number)

    def _versions(self, condition: str, number: int) -> tuple[Version, ...]:
        rows = self.connect().execute(f"{_VERSIONS} {condition}", (number,))
        return tuple(
            Version(number=row[0], version=row[1], updated=row[2], source=row[3], fetched=row[4], raw=unpacked(row[5]))
            for row in rows
        )

    def raws(self, numbers: list[int]) -> dict[int, bytes]:
        """The current records of many studies."""
        marks = ",".join("?" * len(numbers))
        query = f"{_CURRENT_RAWS} where s.number in ({marks})"
        return {number: unpacked(raw) for number, raw, _ in self.connect().execute(query, numbers)}

    def changed_since(self, change: int) -> Iterator[tuple[int, bytes | None]]:
        """Numbers and records of the studies changed after ``change``, in that order; None where withdrawn."""
        query = f"{_CURRENT_RAWS} where s.change > ? order by s.change"
        for number, raw, withdrawn in self.connect().execute(query, (change,)):
            yield number, None if withdrawn else unpacked(raw)

    def last_change(self) -> int:
        return int(self._one("select coalesce(max(change), 0) from study"))

    def count_changed_since(self, change: int) -> int:
        return int(self._one("select count(*) from study where change > ?", change))

    def count_studies(self) -> int:
        return int(self._one("select count(*) from study where withdrawn is null"))

    def count_sites(self) -> int:
        return int(self._one("select coalesce(sum(sites), 0) from study"))

    def newest_update(self) -> str | None:
        found = self._one("select max(updated) from study where withdrawn is null")
        return str(found) if found else None

    def numbers(self, first: int = 0, most: int = -1) -> Iterator[int]:
        """Of the studies held, in order: all from the ``first`` on, or so many."""
        query = "select number from study where withdrawn is null order by number limit ? offset ?"
        for (number,) in self.connect().execute(query, (most, first)):
            yield number

    def localities(self) -> Iterator[Locality]:
        for row in self.connect().execute("select country, state, city, zip, lat, lon from locality"):
            yield Locality(*row)

    def loads(self, limit: int = 20) -> tuple[LoadNote, ...]:
        """The newest lines of the log."""
        columns = ", ".join(LoadNote.__struct_fields__)
        rows = self.connect().execute(f"select {columns} from load order by id desc limit ?", (limit,))
        return tuple(LoadNote(*row) for row in rows)

    def refusals(self, load: int) -> tuple[tuple[str, str], ...]:
        return tuple(self.connect().execute("select what, why from refusal where load = ?", (load,)))

    def _one(self, query: str, *values: object) -> Any:
        return self.connect().execute(query, values).fetchone()[0]


class _Unpacking(threading.local):
    """One for each thread: making it takes as long as using it."""

    def __init__(self) -> None:
        self.decompressor = zstandard.ZstdDecompressor()


_unpacking = _Unpacking()


def unpacked(blob: bytes) -> bytes:
    return _unpacking.decompressor.decompress(blob)
