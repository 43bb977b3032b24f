"""Readings beside the studies: automatic ones are replaced, curated ones never."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from equipoise.store.arrays import load_arrays, save_arrays
from equipoise.store.readings import Held, Readings
from equipoise.store.store import Store


@pytest.fixture
def readings(tmp_path: Path) -> Readings:
    return Readings(Store(tmp_path / "studies.sqlite"))


def test_an_automatic_reading_is_replaced(readings: Readings) -> None:
    readings.put([Held(1, b"a", b"one"), Held(2, b"b", b"two")])
    readings.put([Held(1, b"c", b"newer")])
    assert readings.automatic(1) == Held(1, b"c", b"newer")
    assert readings.automatic(3) is None
    assert readings.sources() == {1: b"c", 2: b"b"}
    assert [one.number for one in readings.automatics([2, 1, 3])] == [1, 2]


def test_many_readings_at_once(readings: Readings) -> None:
    readings.put(Held(number, b"", b"") for number in range(1, 1203))
    assert len(list(readings.automatics(range(2000)))) == 1202


def test_every_curated_reading_is_kept(readings: Readings) -> None:
    assert readings.count_saved() == 0
    readings.save(1, b"first", by="Ada", at="2026-01-01T00:00:00+00:00")
    readings.save(1, b"second", by="Grace", at="2026-01-02T00:00:00+00:00")
    readings.save(2, b"other", by="Ada", at="2026-01-03T00:00:00+00:00")
    assert [(one.version, one.by, one.packed) for one in readings.history(1)] == [
        (2, "Grace", b"second"),
        (1, "Ada", b"first"),
    ]
    assert [(one.number, one.packed) for one in readings.curated()] == [(1, b"second"), (2, b"other")]
    assert readings.count_saved() == 3


@pytest.mark.parametrize("statement", ["update curated_reading set by = 'x'", "delete from curated_reading"])
def test_the_tables_refuse_to_forget(readings: Readings, tmp_path: Path, statement: str) -> None:
    readings.save(1, b"first", by="Ada", at="2026-01-01T00:00:00+00:00")
    with (
        sqlite3.connect(tmp_path / "studies.sqlite") as connection,
        pytest.raises(sqlite3.IntegrityError, match="never"),
    ):
        connection.execute(statement)
    connection.close()
    assert len(readings.history(1)) == 1


def test_the_tables_are_added_to_a_store_that_has_none(tmp_path: Path) -> None:
    Store(tmp_path / "studies.sqlite").close()
    store = Store(tmp_path / "studies.sqlite")
    Readings(store).put([Held(1, b"a", b"one")])
    assert Readings(store).sources() == {1: b"a"}


def test_arrays_are_read_under_their_own_stamp_only(tmp_path: Path) -> None:
    file = tmp_path / "matching.npz"
    assert load_arrays(file, "1") is None
    save_arrays(file, "1", {"one": np.arange(3), "none": np.empty(0, dtype=np.uint8)})
    held = load_arrays(file, "1")
    assert held is not None
    assert held["one"].tolist() == [0, 1, 2]
    assert held["none"].dtype == np.uint8
    assert load_arrays(file, "2") is None
    assert [path.name for path in tmp_path.iterdir()] == ["matching.npz"]


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 not whole", b"junk" * 100])
def test_a_broken_file_of_arrays_counts_as_none(tmp_path: Path, broken: bytes) -> None:
    file = tmp_path / "matching.npz"
    file.write_bytes(broken)
    assert load_arrays(file, "1") is None
