"""The contract of the log of a trial, on both engines."""

import multiprocessing
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from equipoise.conduct.log import GENESIS, Anchor, Entry, flaws, sealed_by_hash, utc
from equipoise.kernel.refused import Refused
from equipoise.store.trial.anchors import read_anchors, write_anchors
from equipoise.store.trial.engine import open_engine
from equipoise.store.trial.log import Log, open_log
from equipoise.store.trial.tables import LOG, SEALED, VAULT, Tables
from tests.chains import AT, ENGINES, TAGS, behind, chained, place


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with place(request.param, request, tmp_path) as url:
        yield url


@pytest.fixture
def log(url: str) -> Iterator[Log]:
    with closing(open_log(url)) as log:
        yield log


def append(log: Log, entries: list[Entry]) -> None:
    with log.writing(entries[0].trial) as pen:
        pen.append(entries)


def test_an_empty_log_has_nothing(log: Log) -> None:
    assert log.trials() == ()
    assert log.head("T1") == (0, GENESIS)
    assert list(log.entries("T1")) == []


def test_what_is_appended_is_read_again(log: Log) -> None:
    entries = list(chained(12))
    append(log, entries[:5])
    append(log, entries[5:])
    assert list(log.entries("T1")) == entries
    assert log.head("T1") == (12, entries[-1].hash)
    assert log.trials() == ("T1",)
    assert list(flaws(log.entries("T1"))) == []


def test_it_is_there_after_opening_again(url: str) -> None:
    entries = list(chained(3))
    for part in (entries[:2], entries[2:]):
        with closing(open_log(url)) as log:
            append(log, part)
    with closing(open_log(url)) as log:
        assert list(log.entries("T1")) == entries


def test_text_of_every_kind_is_kept(log: Log) -> None:
    words = "naïve – 患者 \U0001f9ec \u2028 ' \" ? % %s \\ \n\t\x01"
    entries = list(chained(1, body=words, reason=words, by=words))
    append(log, entries)
    assert list(log.entries("T1")) == entries


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, lambda e: True),
        ({"after": 10}, lambda e: e.position > 10),
        ({"until": 10}, lambda e: e.position <= 10),
        ({"after": 5, "until": 6}, lambda e: e.position == 6),
        ({"subject": "P-2"}, lambda e: e.subject == "P-2"),
        ({"site": "03"}, lambda e: e.site == "03"),
        ({"site": "03", "subject": "P-2"}, lambda e: e.site == "03" and e.subject == "P-2"),
        ({"tags": ("visit-done",)}, lambda e: e.tag == "visit-done"),
        ({"tags": TAGS[:2], "after": 7}, lambda e: e.tag in TAGS[:2] and e.position > 7),
        ({"subject": "nobody"}, lambda e: False),
    ],
)
def test_entries_are_chosen(log: Log, asked: dict[str, Any], wanted: Any) -> None:
    entries = list(chained(60))
    append(log, entries)
    append(log, list(chained(9, trial="T2")))
    chosen = [entry for entry in entries if wanted(entry)]
    assert list(log.entries("T1", **asked)) == chosen
    assert list(log.entries("T1", **asked, newest_first=True)) == chosen[::-1]
    assert list(log.entries("T1", **asked, newest_first=True, limit=4)) == chosen[::-1][:4]


def test_nothing_is_kept_after_an_exception(log: Log) -> None:
    entries = list(chained(3))
    append(log, entries[:1])

    def decide() -> None:
        with log.writing("T1") as pen:
            pen.append(entries[1:])
            raise Refused("not eligible")

    with pytest.raises(Refused, match="not eligible"):
        decide()
    assert list(log.entries("T1")) == entries[:1]
    append(log, entries[1:])


def _altered(entry: Entry, **values: object) -> Entry:
    return msgspec.structs.replace(entry, **values)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda e: [e[3]], "does not follow entry 2 of T1, the last"),
        (lambda e: [e[1]], "does not follow"),
        (lambda e: [e[2], e[4]], "does not follow"),
        (lambda e: [sealed_by_hash(_altered(e[2], before=GENESIS))], "does not follow"),
        (lambda e: [sealed_by_hash(_altered(e[2], trial="T2"))], "does not follow"),
        (lambda e: [_altered(e[2], reason="other")], "does not have the hash of what it says"),
        (lambda e: [e[2], sealed_by_hash(_altered(e[3], reason="a\0b"))], "a character that cannot be kept"),
    ],
)
def test_what_does_not_follow_is_refused(log: Log, spoil: Any, why: str) -> None:
    entries = list(chained(5))
    append(log, entries[:2])
    with pytest.raises(Refused, match=why), log.writing("T1") as pen:
        pen.append(spoil(entries))
    assert log.head("T1") == (2, entries[1].hash)


def test_a_refused_append_leaves_the_pen_as_it_was(log: Log) -> None:
    entries = list(chained(3))
    with log.writing("T1") as pen:
        with pytest.raises(Refused):
            pen.append([entries[0], entries[2]])
        assert (pen.position, pen.hash) == (0, GENESIS)
        pen.append(entries)
        assert (pen.position, pen.hash) == (3, entries[2].hash)
        assert pen.entries_after(1) == tuple(entries[1:])
    assert list(log.entries("T1")) == entries


def test_a_failure_that_is_swallowed_keeps_nothing(log: Log) -> None:
    class Full:
        def put(self, sql: str, rows: object) -> None:
            raise OSError("no space left")

    def write() -> None:
        with log.writing("T1") as pen:
            pen.append(chained(1))
            pen.session = Full()  # type: ignore[assignment]
            with pytest.raises(OSError, match="no space"):
                pen.append(chained(1, after=1, before=pen.hash))

    with pytest.raises(Refused, match="nothing was"):
        write()
    assert log.trials() == ()


def test_what_was_done_under_a_key_is_found(log: Log) -> None:
    first = list(chained(3, key="k1"))
    rest = list(chained(2, after=3, before=first[-1].hash))
    append(log, first)
    append(log, rest)
    with log.writing("T1") as pen:
        assert pen.answered("k1") == tuple(first)
        assert pen.answered("k2") == ()
        assert pen.answered("") == ()


def test_a_key_may_be_used_again_and_counts_on(url: str, log: Log) -> None:
    first = list(chained(2, key="k1"))
    append(log, first)
    append(log, list(chained(2, after=2, before=first[-1].hash, key="k1")))
    with behind(url, LOG.schema) as raw:
        assert raw.run("select nth from entry order by position") == [(1,), (2,), (3,), (4,)]


@pytest.mark.parametrize("change", ["position = 1", "position = 9, nth = 1"])
def test_must_15_the_tables_themselves_refuse_doubles(url: str, log: Log, change: str) -> None:
    append(log, list(chained(2, key="k1")))
    names = ", ".join(f'"{name}"' for name in (*Entry.__struct_fields__, "nth"))
    position, nth = ("1", "7") if change == "position = 1" else ("9", "1")
    values = names.replace('"position"', position).replace('"nth"', nth)
    with behind(url, LOG.schema) as raw, pytest.raises((sqlite3.IntegrityError, psycopg.errors.UniqueViolation)):
        raw.run(f"insert into entry ({names}) select {values} from entry where position = 2")


def test_many_entries_of_many_trials_at_once(log: Log) -> None:
    one, other = list(chained(1500)), list(chained(700, trial="T2"))
    mixed = [entry for pair in zip(one, other, strict=False) for entry in pair] + one[700:]
    assert log.load(mixed) == 2200
    assert log.trials() == ("T1", "T2")
    assert list(log.entries("T1")) == one
    assert list(log.entries("T2")) == other


def test_a_load_is_kept_whole_or_not_at_all(log: Log) -> None:
    entries = list(chained(1500))
    with pytest.raises(Refused, match="does not follow"):
        log.load([*entries[:1200], *entries[1300:]])
    assert log.trials() == ()


def test_a_reader_sees_one_moment(log: Log) -> None:
    entries = list(chained(5000))
    log.load(entries[:4000])
    reading = log.entries("T1")
    first = next(reading)
    log.load(entries[4000:])
    assert [first, *reading] == entries[:4000]


def test_a_reader_may_leave_in_the_middle(log: Log) -> None:
    log.load(chained(4000))
    for _ in range(20):
        reading = log.entries("T1")
        next(reading)
        reading.close()
    assert log.head("T1")[0] == 4000


def test_one_process_holds_no_more_connections_than_it_should(url: str, log: Log) -> None:
    log.load(chained(3000))
    with closing(open_log(url, wait=0.2)) as impatient:
        readers = [impatient.entries("T1") for _ in range(16)]
        assert {next(reader).position for reader in readers} == {1}
        with pytest.raises(Refused, match="is busy"):
            impatient.head("T1")
        readers.pop().close()
        assert impatient.head("T1")[0] == 3000
        for reader in readers:
            reader.close()


def test_one_writer_at_a_time_and_the_wait_has_an_end(url: str, log: Log) -> None:
    with closing(open_log(url, wait=0.2)) as impatient:
        with log.writing("T1") as pen:
            pen.append(chained(1))
            with pytest.raises(Refused, match=r"is busy: .* 0\.2 seconds.*try again"), impatient.writing("T1"):
                pytest.fail("two writers of one trial")
            assert impatient.head("T1") == (0, GENESIS)
        with impatient.writing("T1") as pen:
            assert pen.position == 1


def test_a_writer_waits_its_turn(log: Log) -> None:
    begun = threading.Event()
    entries = list(chained(2))

    def second() -> None:
        begun.set()
        with log.writing("T1") as pen:
            pen.append(entries[1:])

    thread = threading.Thread(target=second)
    with log.writing("T1") as pen:
        thread.start()
        begun.wait()
        pen.append(entries[:1])
    thread.join()
    assert list(log.entries("T1")) == entries


@pytest.mark.parametrize("kind", [LOG, SEALED, VAULT], ids=["log", "sealed", "vault"])
def test_tables_of_another_version_are_refused(url: str, kind: Tables) -> None:
    open_engine(url, kind).close()
    with behind(url, kind.schema) as raw:
        raw.run("update tables_version set version = 99")
    with pytest.raises(Refused, match=rf"another version of Equipoise \(tables 99, here {kind.version}\)"):
        open_engine(url, kind)


@pytest.mark.parametrize("kind", [LOG, SEALED], ids=["log", "sealed"])
def test_must_01_the_database_refuses_to_change_what_was_written(url: str, kind: Tables) -> None:
    engine = open_engine(url, kind)
    with closing(engine), closing(Log(engine)) as log:
        append(log, list(chained(2, key="k")))
        for table in kind.append_only:
            _refuses_change(url, kind, table)
        assert log.head("T1")[0] == 2


def _refuses_change(url: str, kind: Tables, table: str) -> None:
    with behind(url, kind.schema) as raw:
        if table == "secret":
            raw.run("insert into secret values ('T1', 'seed', ?)", b"x")
        for statement in (
            f"update {table} set trial = 'T9'",
            f"delete from {table}",
            *_by_engine(raw.is_sqlite, table),
        ):
            with pytest.raises((sqlite3.IntegrityError, psycopg.errors.RestrictViolation)) as refused:
                raw.run(statement)
            doing = statement.split()[2 if "replace" in statement else 0].upper()
            assert f"What is written here stays: {doing} of {table} is refused." in str(refused.value)


def _by_engine(is_sqlite: bool, table: str) -> list[str]:
    if is_sqlite:
        return [f"insert or replace into {table} select * from {table}"]
    return [f"truncate {table}", f"update {table} set trial = 'T9' where false"]


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_must_01_not_even_as_a_replica(url: str, log: Log) -> None:
    append(log, list(chained(2)))
    with behind(url, LOG.schema) as raw:
        raw.run("set session_replication_role = replica")
        with pytest.raises(psycopg.errors.RestrictViolation):
            raw.run("delete from entry")


def test_must_02_anchors_go_out_and_come_back(log: Log, tmp_path: Path) -> None:
    append(log, list(chained(3)))
    path = tmp_path / "anchors.jsonl"
    early = log.anchor("T1", AT)
    write_anchors(path, [early])
    append(log, list(chained(2, after=3, before=early.hash)))
    append(log, list(chained(1, trial="T2")))
    late = [log.anchor("T1", AT), log.anchor("T2", AT)]
    write_anchors(path, late)
    assert early == Anchor("T1", 3, early.hash, utc(AT))
    assert read_anchors(path) == (early, *late)
    assert read_anchors(path, "T2") == (late[1],)
    assert list(flaws(log.entries("T1"), read_anchors(path, "T1"))) == []


def test_an_empty_log_cannot_be_anchored(log: Log) -> None:
    with pytest.raises(Refused, match="no entry yet to anchor"):
        log.anchor("T1", AT)


def test_a_line_that_is_no_anchor_is_named(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    write_anchors(path, [Anchor("T1", 1, "a" * 64, utc(AT))])
    with path.open("ab") as file:
        file.write(b'{"trial":"T1"')
    with pytest.raises(Refused, match="line 2: is no anchor"):
        read_anchors(path)


@pytest.mark.parametrize("place", ["mysql://x", "sqlite:", "", "/tmp/log.db", "postgresql:x"])
def test_an_address_of_another_kind_is_refused(place: str) -> None:
    with pytest.raises(Refused, match=r"sqlite:PATH or postgresql://"):
        open_log(place)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_text("Dear diary, " * 100)
    with pytest.raises(Refused, match="cannot be used: file is not a database"):
        open_log(f"sqlite:{tmp_path / 'log.db'}")


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    with closing(open_log(f"sqlite:{tmp_path / 'new' / 'log.db'}")) as log:
        append(log, list(chained(1)))
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new").iterdir()}
    assert modes == dict.fromkeys(("log.db", "log.db-wal", "log.db-shm"), 0o600)


def test_a_server_that_is_not_there_is_refused_without_the_password() -> None:
    with pytest.raises(Refused, match=r"PostgreSQL 127\.0\.0\.1/trials: does not let us in") as refused:
        open_log("postgresql://app:hush@127.0.0.1:1/trials")
    assert "hush" not in str(refused.value)


def _cut(url: str) -> None:
    """End every other connection to this database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_a_connection_lost_while_idle_is_replaced(url: str, log: Log) -> None:
    entries = list(chained(2))
    append(log, entries[:1])
    _cut(url)
    append(log, entries[1:])
    assert list(log.entries("T1")) == entries


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_a_connection_lost_while_writing_keeps_nothing(url: str, log: Log) -> None:
    def write(*, on: bool) -> None:
        with log.writing("T1") as pen:
            pen.append(chained(1))
            _cut(url)
            if on:
                pen.append(chained(1, after=1, before=pen.hash))

    with pytest.raises(Refused, match="Nothing was kept; try again"):
        write(on=True)
    with pytest.raises(Refused, match="whether it was kept is not known"):
        write(on=False)
    append(log, list(chained(1)))


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_a_failed_statement_is_never_taken_for_a_commit(log: Log) -> None:
    def write() -> None:
        with log.writing("T1") as pen:
            pen.append(chained(1))
            with pytest.raises(psycopg.errors.DivisionByZero):
                pen.session.ask("select 1 / 0")

    with pytest.raises(Refused, match="nothing was kept"):
        write()
    assert log.trials() == ()


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_two_trials_are_written_side_by_side(url: str) -> None:
    with closing(open_log(url, wait=0.2)) as log:
        with log.writing("T1") as one, log.writing("T2") as other:
            one.append(chained(1))
            other.append(chained(1, trial="T2"))
        assert log.trials() == ("T1", "T2")


FORK = multiprocessing.get_context("fork")
in_forks = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@in_forks
def test_a_forked_process_writes_too(log: Log) -> None:
    entries = list(chained(3))
    append(log, entries[:1])
    child = FORK.Process(target=append, args=(log, entries[1:2]))
    child.start()
    child.join()
    assert child.exitcode == 0
    append(log, entries[2:])
    assert list(log.entries("T1")) == entries


@in_forks
@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_a_forked_process_has_a_connection_of_its_own(log: Log) -> None:
    def line() -> int:
        with log.writing("T1") as pen:
            return int(pen.session.ask("select pg_backend_pid()")[0][0])

    ours, (end, other) = line(), FORK.Pipe(duplex=False)
    child = FORK.Process(target=lambda: other.send(line()))
    child.start()
    assert end.recv() != ours
    child.join()
    assert line() == ours
    end.close()
    other.close()
