"""The peer of randomising: an allocation table in PostgreSQL, as data capture systems keep it.

Under a lock on the trial's row the next free place is taken and a line of audit written. It has no conditions, no kits,
no seed, no hash; asked again for the same person it says the same place.
"""

import queue

import psycopg

_TABLES = """
create table trial (id integer primary key, cap integer not null);
create table place (number serial primary key, arm text not null, participant text unique, at timestamptz);
create table audit (id bigserial primary key, at timestamptz not null, who text not null, what text not null);
create index place_free on place (number) where participant is null;
"""


class Places:
    """For any number of threads; each has a connection of its own while it asks."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: queue.SimpleQueue[psycopg.Connection] = queue.SimpleQueue()

    def make(self, cap: int) -> None:
        with psycopg.connect(self._url) as connection:
            connection.execute(_TABLES.encode())
            connection.execute("insert into trial values (1, %s)", (cap,))
            many = "insert into place (arm) select 'active' from generate_series(1, %s)"
            connection.execute(many, (cap,))

    def take(self, participant: str) -> bool:
        """False: there is no place left."""
        connection = self._connection()
        place = _place_of(connection, participant)
        if place is None:
            with connection.transaction():
                place = _take(connection, participant)
        self._idle.put(connection)
        return place is not None

    def _connection(self) -> psycopg.Connection:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return psycopg.connect(self._url, autocommit=True)


def _place_of(connection: psycopg.Connection, participant: str) -> tuple[int] | None:
    return connection.execute("select number from place where participant = %s", (participant,)).fetchone()


def _take(connection: psycopg.Connection, participant: str) -> tuple[int] | None:
    connection.execute("select cap from trial where id = 1 for update")
    mine = _place_of(connection, participant)
    if mine:
        return mine
    free = "select number from place where participant is null order by number limit 1"
    found = connection.execute(free).fetchone()
    if found:
        connection.execute("update place set participant = %s, at = now() where number = %s", (participant, *found))
        told = "insert into audit (at, who, what) values (now(), 'coordinator', %s)"
        connection.execute(told, (f"randomised {participant}",))
    return found
