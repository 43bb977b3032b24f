"""Readings of eligibility texts beside the studies: automatic ones, which can be made again; curated ones, all kept.

Both are held as packed bytes; what is in them is the affair of those who put them here.
"""

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from equipoise.store.store import Store

_TABLES = """
create table if not exists reading (
    number integer primary key,      -- of the study
    source blob not null,            -- digest of all it was read from, and by
    packed blob not null
);
create table if not exists curated_reading (
    number  integer not null,
    version integer not null,        -- 1 is the first saved
    by      text not null,
    at      text not null,           -- UTC, ISO 8601
    packed  blob not null,
    primary key (number, version)
);
create trigger if not exists curated_reading_stays before update on curated_reading
    begin select raise(abort, 'A curated reading is never changed: save another.'); end;
create trigger if not exists curated_reading_is_kept before delete on curated_reading
    begin select raise(abort, 'A curated reading is never deleted.'); end;
"""
_CHUNK = 500


class Held(msgspec.Struct, frozen=True):
    """An automatic reading; ``source`` is a digest of what it was read from."""

    number: int
    source: bytes
    packed: bytes


class Saved(msgspec.Struct, frozen=True):
    """One version of a curated reading: who saved it, and when."""

    number: int
    version: int
    by: str
    at: str
    packed: bytes


class Readings:
    """The readings in the study store's own file."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.connect().executescript(_TABLES)

    def sources(self) -> dict[int, bytes]:
        """What each automatic reading was read from, by study."""
        return dict(self._connection().execute("select number, source from reading"))

    def automatic(self, number: int) -> Held | None:
        return next(self.automatics([number]), None)

    def automatics(self, numbers: Iterable[int]) -> Iterator[Held]:
        """The automatic readings of these studies, where there are any, by number."""
        wanted = sorted(numbers)
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(part))
            query = f"select number, source, packed from reading where number in ({marks}) order by number"
            yield from (Held(*row) for row in self._connection().execute(query, part).fetchall())

    def put(self, held: Iterable[Held]) -> None:
        rows = [msgspec.structs.astuple(one) for one in held]
        with self._store.transaction() as connection:
            connection.executemany("insert or replace into reading values (?, ?, ?)", rows)

    def save(self, number: int, packed: bytes, *, by: str, at: str) -> Saved:
        """Keep a curated reading as the newest of its study."""
        with self._store.transaction() as connection:
            query = "select coalesce(max(version), 0) + 1 from curated_reading where number = ?"
            (version,) = connection.execute(query, (number,)).fetchone()
            saved = Saved(number, version, by, at, packed)
            connection.execute("insert into curated_reading values (?, ?, ?, ?, ?)", msgspec.structs.astuple(saved))
        return saved

    def history(self, number: int) -> tuple[Saved, ...]:
        """Every curated reading of a study, newest first."""
        query = "select * from curated_reading where number = ? order by version desc"
        return tuple(Saved(*row) for row in self._connection().execute(query, (number,)))

    def curated(self) -> Iterator[Saved]:
        """The newest curated reading of every study that has one."""
        query = (
            "select * from curated_reading c where version ="
            " (select max(version) from curated_reading where number = c.number) order by number"
        )
        yield from (Saved(*row) for row in self._connection().execute(query).fetchall())

    def count_saved(self) -> int:
        """How many times a curated reading was saved: it grows with every change."""
        return int(self._connection().execute("select count(*) from curated_reading").fetchone()[0])

    def _connection(self) -> sqlite3.Connection:
        return self._store.connect()
