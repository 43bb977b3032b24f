"""A store of a trial in one SQLite file: write-ahead log, every commit on the disk before it is answered."""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from equipoise.kernel.refused import Refused
from equipoise.store.trial.engine import Pool, Row, Session, busy, check_version
from equipoise.store.trial.tables import Tables, sqlite_statements

_TURN_MS = 20
"""SQLite naps ever longer between tries, up to 100 ms; begun anew after this long, waiting is fairer."""


class _Session:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def lock(self, name: str) -> None:
        """Whoever writes to the file holds every name in it."""

    def ask(self, sql: str, *values: object) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def stream(self, sql: str, *values: object) -> Iterator[Row]:
        return self._connection.execute(sql, values)

    def put(self, sql: str, rows: Sequence[Row]) -> None:
        self._connection.executemany(sql, rows)


class Sqlite:
    def __init__(self, file: Path, tables: Tables, wait: float) -> None:
        self.file = file
        self._tables = tables
        self._wait = wait
        self._pool = Pool(self._connect, sqlite3.Connection.close, str(file), wait)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            # SQLite gives its side files the mode of the file: nobody else on the machine reads any of them.
            os.close(os.open(file, os.O_CREAT, 0o600))
        try:
            self._prepare()
        except BaseException:
            self._pool.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.file, timeout=self._wait, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("pragma synchronous = full")
            connection.execute("pragma secure_delete = on")
        except sqlite3.DatabaseError as error:
            connection.close()
            raise self._unreadable(error) from None
        return connection

    def _prepare(self) -> None:
        with self._translated():
            self._switch_to_wal()
            with self.writing() as session:
                known = session.ask("select 1 from sqlite_master where name = 'tables_version'")
                if not known:
                    for statement in sqlite_statements(self._tables):
                        session.ask(statement)
                ((found,),) = session.ask("select version from tables_version")
        check_version(found, self._tables, str(self.file))

    def _switch_to_wal(self) -> None:
        """Two processes that open a new file at once are told it is locked, without any waiting."""
        connection = self._pool.take()
        end = time.monotonic() + self._wait
        while True:
            try:
                connection.execute("pragma journal_mode = wal")
                break
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() > end:
                    self._pool.drop(connection)
                    raise
                time.sleep(_TURN_MS / 1000)
        self._pool.give(connection)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self._translated(), self._transaction("begin") as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self._translated(), self._transaction("begin immediate") as session:
            yield session

    def turn(self, name: str) -> AbstractContextManager[None]:
        return self._pool.turn(name)

    def ask(self, sql: str, *values: object) -> list[Row]:
        connection = self._pool.take()
        try:
            with self._translated():
                return _Session(connection).ask(sql, *values)
        finally:
            self._pool.give(connection)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Session]:
        connection = self._pool.take()
        try:
            self._begin(connection, begin)
            yield _Session(connection)
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
        finally:
            self._pool.give(connection)

    def _begin(self, connection: sqlite3.Connection, begin: str) -> None:
        end = time.monotonic() + self._wait
        connection.execute(f"pragma busy_timeout = {_TURN_MS}")
        try:
            while True:
                try:
                    connection.execute(begin)
                    return
                except sqlite3.OperationalError as error:
                    if not _is_busy(error):
                        raise
                    if time.monotonic() > end:
                        raise busy(str(self.file), self._wait) from None
        finally:
            connection.execute(f"pragma busy_timeout = {int(self._wait * 1000)}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.OperationalError as error:
            if _is_busy(error):
                raise busy(str(self.file), self._wait) from None
            raise self._unreadable(error) from None
        except sqlite3.DatabaseError as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: sqlite3.Error) -> Refused:
        return Refused(
            f"cannot be used: {error}.", what=str(self.file), do="Is it a store of Equipoise, whole, on a healthy disk?"
        )

    def forget(self) -> None:
        """Deleted rows are overwritten in the file itself (secure_delete); the log beside it is emptied here."""
        connection = self._pool.take()
        connection.execute("pragma wal_checkpoint(truncate)")
        self._pool.give(connection)

    def close(self) -> None:
        self._pool.close()


def _is_busy(error: sqlite3.Error) -> bool:
    """Errors of Python's own (text that is no UTF-8) have no code."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
