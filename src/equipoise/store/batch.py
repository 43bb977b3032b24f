"""Rows of a load on their way into the tables, some hundred studies at a time, and their records' packing beside it."""

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

import msgspec
import zstandard

BATCH = 200
LEVEL = 1
"""Of zstd. Level 3 makes records 2 % smaller and takes a third longer."""

_PUT_STUDY = (
    "insert into study (number, version, updated, change, sites) values (?, ?, ?, ?, ?) on conflict (number) do update"
    " set version = excluded.version, updated = excluded.updated, change = excluded.change, withdrawn = null,"
    " sites = excluded.sites"
)
_PUT_VERSION = "insert into study_version (number, version, updated, load, digest, raw) values (?, ?, ?, ?, ?, ?)"

Row = tuple[Any, ...]


class Batch(msgspec.Struct):
    """Rows by table; ``versions`` lack their records, which ``raws`` holds in the same order."""

    numbers: set[int] = msgspec.field(default_factory=set)
    studies: list[Row] = []
    versions: list[Row] = []
    raws: list[bytes] = []
    localities: list[Row] = []
    aliases: list[Row] = []

    def write(self, connection: sqlite3.Connection, blobs: list[bytes]) -> None:
        """Write all rows, with the packed records in the place of the plain ones."""
        many = connection.executemany
        many(_PUT_STUDY, self.studies)
        many(_PUT_VERSION, [(*row, blob) for row, blob in zip(self.versions, blobs, strict=True)])
        many("insert or ignore into locality values (?, ?, ?, ?, ?, ?)", self.localities)
        many("insert or replace into alias values (?, ?)", self.aliases)


class Packing:
    """A thread that packs one batch of records while the next is read: packing leaves Python to the others."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="packing")
        self._compressor = zstandard.ZstdCompressor(level=LEVEL)
        self._under_way: Future[list[bytes]] | None = None

    def __enter__(self) -> "Packing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()

    def swap(self, raws: list[bytes]) -> list[bytes]:
        """Begin with these records, and give those begun with before, packed."""
        before, self._under_way = self._under_way, self._thread.submit(self._packed, raws)
        return before.result() if before else []

    def _packed(self, raws: list[bytes]) -> list[bytes]:
        if not raws:
            return []
        packed = self._compressor.multi_compress_to_buffer([*raws])
        return [packed[place].tobytes() for place in range(len(packed))]
