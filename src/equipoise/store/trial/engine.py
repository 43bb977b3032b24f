"""What the stores of a trial need of a database: one transaction at a time, that reads one moment or writes alone.

Statements are written once, with ``?`` for a value, in the SQL that SQLite and PostgreSQL share.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from equipoise.kernel.refused import Refused
from equipoise.store.trial.tables import Tables

Row: TypeAlias = tuple[Any, ...]
HOW = "Write sqlite:PATH or postgresql://USER@HOST/DATABASE."
WAIT = 10.0
"""Seconds a writer waits for its turn."""
_MOST, _IDLE, _WRITERS = 16, 8, 8


class Session(Protocol):
    """One transaction."""

    def lock(self, name: str) -> None:
        """Wait until no other transaction holds this name, and hold it to the end. Raises ``Refused``: busy."""

    def ask(self, sql: str, *values: object) -> list[Row]: ...

    def stream(self, sql: str, *values: object) -> Iterator[Row]:
        """Rows as they come, however many there are."""

    def put(self, sql: str, rows: Sequence[Row]) -> None:
        """The statement, once for each row."""


class Engine(Protocol):
    """A database, for any number of threads and processes."""

    def reading(self) -> AbstractContextManager[Session]:
        """All statements see the same moment."""

    def writing(self) -> AbstractContextManager[Session]:
        """Kept at the end of the block, durably; nothing is kept after an exception."""

    def turn(self, name: str) -> AbstractContextManager[None]:
        """Be the one of this process who writes under a name; the others wait here. Raises ``Refused``: busy."""

    def ask(self, sql: str, *values: object) -> list[Row]:
        """One statement that reads, in a transaction of its own."""

    def forget(self) -> None:
        """Leave nothing of deleted rows where this program can reach it."""

    def close(self) -> None: ...


def open_engine(url: str, tables: Tables, wait: float = WAIT) -> Engine:
    """The database at ``sqlite:PATH`` or ``postgresql://…``, with these tables made or their version checked."""
    kind, _, rest = url.partition(":")
    if kind == "sqlite" and rest:
        from equipoise.store.trial.sqlite import Sqlite

        return Sqlite(Path(rest), tables, wait)
    if kind in ("postgresql", "postgres") and rest.startswith("//"):
        from equipoise.store.trial.postgres import Postgres

        return Postgres(url, tables, wait)
    raise Refused("is no database this program knows.", what=kind or "the address", do=HOW)


def check_version(found: int, tables: Tables, where: str) -> None:
    if found != tables.version:
        raise Refused(
            f"was made by another version of Equipoise (tables {found}, here {tables.version}).",
            what=where,
            do="Use that version to back it up, and restore the backup with this one.",
        )


def busy(where: str, wait: float) -> Refused:
    return Refused(
        f"is busy: somebody else has been writing for {wait:g} seconds.", what=where, do="Nothing was done; try again."
    )


Connection = TypeVar("Connection")


class Pool(Generic[Connection]):
    """Connections to one database: a few kept open, no more than ``_MOST`` at a time in this process, the rest wait.

    Who waits for their turn to write has no connection yet: else they would hold all, and who writes could not read.
    """

    def __init__(
        self, connect: Callable[[], Connection], close: Callable[[Connection], object], where: str, wait: float
    ) -> None:
        self._connect = connect
        self._close = close
        self._where = where
        self._wait = wait
        self._others: list[list[Connection]] = []
        self._is_open = True
        self._begin([])

    def _begin(self, others: list[Connection]) -> None:
        """For this process; what its parent had open is kept, for closing it would speak on the parent's line."""
        self._others.append(others)
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._free = threading.Semaphore(_MOST)
        self._idle: list[Connection] = []
        self._writers = threading.Semaphore(_WRITERS)
        self._turns: dict[str, threading.Lock] = {}

    def _begin_after_fork(self) -> None:
        if self._process != os.getpid():
            self._begin(self._idle)

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        self._begin_after_fork()
        with self._held(self._turns.setdefault(name, threading.Lock())), self._held(self._writers):
            yield

    @contextmanager
    def _held(self, lock: "threading.Lock | threading.Semaphore") -> Iterator[None]:
        if not lock.acquire(timeout=self._wait):
            raise busy(self._where, self._wait)
        try:
            yield
        finally:
            lock.release()

    def take(self) -> Connection:
        self._begin_after_fork()
        if not self._free.acquire(timeout=self._wait):
            raise busy(self._where, self._wait)
        with self._lock:
            if self._idle:
                return self._idle.pop()
        try:
            return self._connect()
        except BaseException:
            self._free.release()
            raise

    def give(self, connection: Connection) -> None:
        with self._lock:
            is_kept = self._is_open and len(self._idle) < _IDLE
            if is_kept:
                self._idle.append(connection)
        if not is_kept:
            self._close(connection)
        self._free.release()

    def drop(self, connection: Connection) -> None:
        """Close it, and what is idle: that may be as dead."""
        self._close(connection)
        self._close_idle()
        self._free.release()

    def close(self) -> None:
        self._is_open = False
        self._close_idle()

    def _close_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            self._close(connection)
