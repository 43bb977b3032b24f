"""Following a log as it grows, asking what was answered, and waiting for a turn without keeping others from theirs."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from equipoise.kernel.refused import Refused
from equipoise.store.trial.log import Log, open_log
from tests.chains import ENGINES, TAGS, chained, place

CROWD = 40
"""Threads of one process: more than it may hold connections."""


@pytest.fixture(params=ENGINES)
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    with place(request.param, request, tmp_path) as url, closing(open_log(url, wait=20)) as log:
        yield log


def test_since_is_what_came_after(log: Log) -> None:
    made = list(chained(9))
    assert list(log.since("T1", 0)) == []
    log.load(made)
    assert list(log.since("T1", 0)) == made
    assert list(log.since("T1", 6)) == made[6:]
    assert list(log.since("T1", 9)) == []
    assert list(log.since("T2", 6)) == []


def test_what_was_answered_under_a_key_in_its_order(log: Log) -> None:
    first = list(chained(3, key="k"))
    other = list(chained(2, after=3, before=first[-1].hash, key="l"))
    again = list(chained(2, after=5, before=other[-1].hash, key="k"))
    log.load([*first, *other, *again])
    assert log.answered("T1", "k") == (*first, *again)
    assert log.answered("T1", "") == log.answered("T1", "m") == log.answered("T2", "k") == ()


def test_more_under_a_key_that_was_looked_up_before(log: Log) -> None:
    """What was found is counted on from, and not over."""
    log.load(chained(2, key="k"))
    with log.writing("T1") as pen:
        assert len(pen.answered("k")) == 2
        pen.append(chained(2, after=2, before=pen.hash, key="k"))
    assert [one.position for one in log.answered("T1", "k")] == [1, 2, 3, 4]


def test_entries_of_several_sites_and_tags(log: Log) -> None:
    made = list(chained(40))
    log.load(made)
    wanted = [one for one in made if one.site in ("01", "03") and one.tag in TAGS[:2]]
    assert list(log.entries("T1", sites=("01", "03"), tags=TAGS[:2])) == wanted
    assert list(log.entries("T1", sites=("01", "03"), tags=TAGS[:2], newest_first=True, limit=3)) == wanted[:-4:-1]


def test_who_waits_to_write_leaves_a_connection_to_who_writes(log: Log) -> None:
    """Each reads by itself while it holds the pen, as the custodian does."""
    failed: list[Refused] = []

    def write() -> None:
        try:
            with log.writing("T1") as pen:
                assert log.head("T1")[0] == pen.position
                pen.append(chained(1, after=pen.position, before=pen.hash))
        except Refused as refused:
            failed.append(refused)

    crowd = [threading.Thread(target=write) for _ in range(CROWD)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert failed == []
    assert log.head("T1")[0] == CROWD


def test_a_turn_that_does_not_come_is_refused_and_the_next_one_comes(tmp_path: Path) -> None:
    held, done = threading.Event(), threading.Event()
    with closing(open_log(f"sqlite:{tmp_path / 'quick.db'}", wait=0.1)) as log:

        def hold() -> None:
            with log.writing("T1"):
                held.set()
                done.wait(20)

        holder = threading.Thread(target=hold)
        holder.start()
        held.wait(20)
        with pytest.raises(Refused, match="somebody else has been writing"), log.writing("T1"):
            pass
        done.set()
        holder.join()
        with log.writing("T1") as pen:
            pen.append(chained(1))
        assert log.head("T1")[0] == 1
