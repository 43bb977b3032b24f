"""A store of a trial in PostgreSQL: a schema of its own, and a lock by name that ends with its transaction."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache

from equipoise.kernel.refused import Refused
from equipoise.store.trial.engine import Pool, Row, Session, busy, check_version
from equipoise.store.trial.tables import Tables, postgres_statements

try:
    import psycopg
except ImportError:
    raise Refused("needs psycopg.", what="PostgreSQL", do="Run: pip install 'equipoise[postgres]'.") from None

_FETCHED = 2000
_FORGOTTEN_MS = 60_000
"""A writer that stops in the middle of a transaction for a minute is sent away, so that others may write."""


class PostgresSession:
    def __init__(self, connection: "psycopg.Connection[Row]", schema: str) -> None:
        self._connection = connection
        self._schema = schema

    def lock(self, name: str) -> None:
        self.ask("select pg_advisory_xact_lock(?)", _number(f"{self._schema}/{name}"))

    def ask(self, sql: str, *values: object) -> list[Row]:
        cursor = self._connection.execute(_translated(sql), values or None)
        return cursor.fetchall() if cursor.description else []

    def stream(self, sql: str, *values: object) -> Iterator[Row]:
        with self._connection.cursor("stream") as cursor:
            cursor.itersize = _FETCHED
            yield from cursor.execute(_translated(sql), values or None)

    def put(self, sql: str, rows: Sequence[Row]) -> None:
        with self._connection.cursor() as cursor:
            if len(rows) == 1:
                cursor.execute(_translated(sql), rows[0])
            else:
                cursor.executemany(_translated(sql), rows)


class Postgres:
    def __init__(self, url: str, tables: Tables, wait: float) -> None:
        self._url = url
        self._tables = tables
        self._wait = wait
        self._where = f"{_place(url)}, schema {tables.schema}"
        self._pool = Pool(self._connect, psycopg.Connection.close, self._where, wait)
        try:
            self._prepare()
        except BaseException:
            self._pool.close()
            raise

    def _connect(self) -> "psycopg.Connection[Row]":
        connection = connect(self._url)
        settings = (
            f"set search_path = {self._tables.schema}; set lock_timeout = {int(self._wait * 1000)};"
            f" set idle_in_transaction_session_timeout = {_FORGOTTEN_MS}"
        )
        connection.execute(settings.encode())
        return connection

    def _prepare(self) -> None:
        with self.reading() as session:
            known = _is_made(session)
        if not known:
            with self.writing() as session:
                session.lock("tables")
                session.ask(f"create schema if not exists {self._tables.schema}")
                make_tables(session, self._tables)
        with self.reading() as session:
            ((found,),) = session.ask("select version from tables_version")
        check_version(found, self._tables, self._where)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self._transaction("begin isolation level repeatable read read only") as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self._transaction("begin isolation level read committed") as session:
            yield session

    def turn(self, name: str) -> AbstractContextManager[None]:
        return self._pool.turn(name)

    def ask(self, sql: str, *values: object) -> list[Row]:
        with self._said():
            connection, found = self._first(sql, values)
            self._pool.give(connection)
        return found

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Session]:
        with self._said():
            connection, _ = self._first(begin)
            try:
                yield PostgresSession(connection, self._tables.schema)
                self._commit(connection)
            finally:
                self._return(connection)

    def _first(self, sql: str, values: Row = (), *, again: bool = True) -> tuple["psycopg.Connection[Row]", list[Row]]:
        """Nothing has been written yet, so a connection that died while idle is replaced without a word."""
        connection = self._pool.take()
        try:
            return connection, PostgresSession(connection, self._tables.schema).ask(sql, *values)
        except psycopg.OperationalError:
            self._pool.drop(connection)
            if again:
                return self._first(sql, values, again=False)
            raise
        except BaseException:
            self._return(connection)
            raise

    def _commit(self, connection: "psycopg.Connection[Row]") -> None:
        # After a failed statement PostgreSQL answers COMMIT by rolling back, without an error.
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.INTRANS:
            raise Refused("A statement failed; nothing was kept.", what=self._where, do="Try again.")
        try:
            connection.execute(b"commit")
        except psycopg.OperationalError:
            raise Refused(
                "The connection was lost while writing; whether it was kept is not known.",
                what=self._where,
                do="Ask again with the same key: what was kept is not done twice.",
            ) from None

    def _return(self, connection: "psycopg.Connection[Row]") -> None:
        try:
            connection.rollback()
        except psycopg.Error:
            self._pool.drop(connection)
        else:
            self._pool.give(connection)

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            raise busy(self._where, self._wait) from None
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable) as error:
            raise Refused(
                f"{_first_line(error)}.", what=self._where, do="Run the set-up as the database's administrator first."
            ) from None
        except psycopg.OperationalError as error:
            raise Refused(
                f"does not answer: {_first_line(error)}.", what=self._where, do="Nothing was kept; try again."
            ) from None

    def forget(self) -> None:
        """The server's own vacuum removes deleted rows; only their owner may hurry it."""

    def close(self) -> None:
        self._pool.close()


def connect(url: str) -> "psycopg.Connection[Row]":
    """A connection whose transactions are begun and ended by hand. Raises ``Refused`` where there is none."""
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise Refused(
            f"does not let us in: {_first_line(error)}.",
            what=_place(url),
            do="Does the server run, and is the address right?",
        ) from None


def make_tables(session: Session, tables: Tables) -> None:
    """The tables in their schema, unless they are there. The caller holds a lock against another who does the same."""
    if _is_made(session):
        return
    for statement in postgres_statements(tables):
        session.ask(statement)


def _is_made(session: Session) -> bool:
    return session.ask("select to_regclass('tables_version') is not null") == [(True,)]


@cache
def _translated(sql: str) -> bytes:
    return sql.replace("%", "%%").replace("?", "%s").encode() if "?" in sql else sql.encode()


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


def _place(url: str) -> str:
    """Where it is, without the password."""
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "the address"
    return f"PostgreSQL {parts.get('host', '')}/{parts.get('dbname', '')}"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
