import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from equipoise.kernel.refused import Refused
from equipoise.store.batch import BATCH
from equipoise.store.load import Origin, Outcome, loading
from equipoise.store.store import Store
from equipoise.studies.read import read_study
from tests.making import record, site, updated

AT = "2026-11-01T00:00:00+00:00"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "studies.sqlite")


def put(store: Store, *raws: bytes) -> list[Outcome]:
    with loading(store, Origin("import", "test", AT)) as load:
        return [load.put(read_study(raw), raw) for raw in raws]


def test_keeps_the_record_as_it_came(store: Store) -> None:
    raw = record(7).replace(b'{"protocolSection"', b'{ "odd" : [1,  2], "protocolSection"')
    assert put(store, raw) == [Outcome.ADDED]
    current = store.current(7)
    assert current is not None
    assert current.raw == raw
    assert current.source == "test"


def test_a_newer_version_becomes_current_and_the_older_stays(store: Store) -> None:
    old, new = (record(7, statusModule=updated(date)) for date in ("2024-01-01", "2025-01-01"))
    assert put(store, old, new) == [Outcome.ADDED, Outcome.CHANGED]
    assert [version.raw for version in store.versions(7)] == [old, new]
    assert store.raws([7]) == {7: new}


def test_an_older_record_that_comes_later_is_history_not_news(store: Store) -> None:
    old, new = (record(7, statusModule=updated(date)) for date in ("2024-01-01", "2025-01-01"))
    assert put(store, new, old, old) == [Outcome.ADDED, Outcome.OLDER, Outcome.UNCHANGED]
    assert store.raws([7]) == {7: new}
    assert [version.raw for version in store.versions(7)] == [old, new]


def test_a_study_may_come_again_while_its_rows_still_wait_to_be_written(store: Store) -> None:
    numbers = range(1, 2 * BATCH + 50)
    first = [record(number, statusModule=updated("2024-01-01")) for number in numbers]
    again = {number: record(number, statusModule=updated("2025-01-01")) for number in (1, BATCH, 2 * BATCH)}
    outcomes = put(store, *first[:BATCH], again[1], *first[BATCH:], *again.values(), first[-1])
    assert outcomes.count(Outcome.ADDED) == len(first)
    assert outcomes[-4:] == [Outcome.UNCHANGED, Outcome.CHANGED, Outcome.CHANGED, Outcome.UNCHANGED]
    assert store.raws(list(numbers)) == dict(zip(numbers, first, strict=True)) | again
    assert len(list(store.changed_since(0))) == len(first)
    assert store.last_change() == len(first) + 3


def test_a_study_withdrawn_in_the_load_that_brought_it_is_withdrawn(store: Store) -> None:
    with loading(store, Origin("sync", "test", AT)) as load:
        load.put(read_study(record(7)), record(7))
        load.withdraw(7, AT)
    assert list(store.numbers()) == []
    assert len(store.versions(7)) == 1


def test_white_space_order_and_the_daily_stamp_are_no_change(store: Store) -> None:
    stamped = record(7, derivedSection={"miscInfoModule": {"versionHolder": "2026-01-01"}})
    tomorrow = stamped.replace(b"2026-01-01", b"2026-01-02").replace(b": ", b" :  ")
    assert put(store, stamped, tomorrow) == [Outcome.ADDED, Outcome.UNCHANGED]
    assert len(store.versions(7)) == 1


def test_a_change_back_is_a_version_of_its_own(store: Store) -> None:
    one, other = record(7, statusModule=updated("2024-01-01")), record(7, statusModule=updated("2024-01-01", x=1))
    assert put(store, one, other, one) == [Outcome.ADDED, Outcome.CHANGED, Outcome.CHANGED]


def test_sites_follow_the_current_version(store: Store) -> None:
    both = {"locations": [site("Lyon", 45.7, 4.8), site("Oslo")]}
    put(store, record(7, contactsLocationsModule=both))
    assert store.count_sites() == 2
    put(store, record(7, statusModule=updated("2025-01-01"), contactsLocationsModule={"locations": [site("Oslo")]}))
    assert store.count_sites() == 1
    assert [locality.city for locality in store.localities()] == ["Lyon"]
    with loading(store, Origin("sync", "test", AT)) as load:
        load.withdraw(7, AT)
    assert store.count_sites() == 0


def test_an_alias_leads_to_the_study_it_was_merged_into(store: Store) -> None:
    put(store, record(7, identificationModule={"nctIdAliases": ["NCT00000003", "odd"]}))
    current = store.current(3)
    assert current is not None
    assert current.number == 7


def test_a_withdrawn_study_keeps_its_versions_and_can_come_back(store: Store) -> None:
    put(store, record(7))
    with loading(store, Origin("sync", "test", AT)) as load:
        load.withdraw(7, AT)
    assert list(store.numbers()) == []
    assert list(store.changed_since(1)) == [(7, None)]
    assert put(store, record(7)) == [Outcome.CHANGED]
    assert list(store.numbers()) == [7]


def test_the_log_counts_and_names_what_was_refused(store: Store) -> None:
    with loading(store, Origin("import", "a.json", AT)) as load:
        load.put(read_study(record(7)), record(7))
        load.refuse(Refused("not JSON.", what="a.json line 2", do="Fetch it again."))
    (note,) = store.loads()
    assert (note.added, note.refused, note.source) == (1, 1, "a.json")
    assert store.refusals(note.id) == (("a.json line 2", "not JSON. Fetch it again."),)


def test_a_load_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with loading(store, Origin("import", "test", AT)) as load:
            load.put(read_study(record(7)), record(7))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert store.current(7) is None
    assert store.loads() == ()


def test_readers_see_all_of_a_load_or_nothing(store: Store) -> None:
    counts: list[int] = []
    with loading(store, Origin("import", "test", AT)) as load:
        for number in range(1, 50):
            load.put(read_study(record(number)), record(number))
        reader = threading.Thread(target=lambda: (counts.append(store.count_studies()), store.close()))
        reader.start()
        reader.join()
    assert counts == [0]
    assert store.count_studies() == 49


KILLED = """
import sys, os, signal
from pathlib import Path
from equipoise.store.store import Store
from equipoise.store.load import Origin, loading
from equipoise.studies.read import read_study
from tests.making import record
store = Store(Path(sys.argv[1]))
with loading(store, Origin("import", "test", "2026")) as load:
    for number in range(1, 2000):
        load.put(read_study(record(number)), record(number))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_program_killed_in_a_load_leaves_the_state_before(store: Store) -> None:
    put(store, record(5000))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(store.file)], check=False, env=os.environ | {"PYTHONPATH": "."}
    )
    assert done.returncode == -signal.SIGKILL
    assert list(store.numbers()) == [5000]
    assert put(store, record(1)) == [Outcome.ADDED]


def test_refuses_a_file_of_another_version(store: Store) -> None:
    with sqlite3.connect(store.file) as connection:
        connection.execute("pragma user_version = 99")
    connection.close()
    with pytest.raises(Refused, match="another version of Equipoise"):
        Store(store.file)


def test_refuses_a_file_that_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "studies.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(Refused, match="not a study store"):
        Store(tmp_path / "studies.sqlite")


def test_tables_of_the_first_version_are_brought_up_to_date(store: Store) -> None:
    put(store, record(7), record(8))
    with sqlite3.connect(store.file) as connection:
        connection.executescript(
            "alter table study drop column sites; create table site (number integer, place integer);"
            "insert into site values (8, 0), (8, 1), (8, 2); pragma user_version = 1"
        )
    connection.close()
    again = Store(store.file)
    assert again.count_sites() == 3
    assert list(again.numbers()) == [7, 8]
    assert put(again, record(7, contactsLocationsModule={"locations": [site("Oslo")]})) == [Outcome.CHANGED]
    assert Store(store.file).count_sites() == 4
