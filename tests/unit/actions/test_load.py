"""Loading, and an index that is always in step or brought there."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from equipoise.actions.find import find_studies
from equipoise.actions.library import Library
from equipoise.actions.load import Loaded, bring_index_up, import_files, load_entries, rebuild_index
from equipoise.actions.read import read_history, read_study_page
from equipoise.actions.status import library_status
from equipoise.exchange.files import Entry
from equipoise.finder.ask import Ask
from equipoise.finder.index import State
from equipoise.store.load import Origin
from tests.making import record, updated

AT = "2026-11-01T00:00:00+00:00"


def load(library: Library, *raws: bytes) -> Loaded:
    return load_entries(library, (Entry("test", raw=raw) for raw in raws), Origin("import", "test", AT))


def titled(number: int, title: str, date: str = "2024-01-01") -> bytes:
    return record(number, identificationModule={"briefTitle": title}, statusModule=updated(date))


def found(library: Library, words: str = "") -> list[str]:
    return sorted(hit.study.nct_id for hit in find_studies(library, Ask(words=words)).hits)


def test_what_is_loaded_is_found(library: Library) -> None:
    assert load(library, titled(1, "Apples"), titled(2, "Pears")).added == 2
    assert found(library, "apples") == ["NCT00000001"]


def test_a_new_version_takes_the_place_of_the_old(library: Library) -> None:
    load(library, titled(1, "Apples"))
    assert load(library, titled(1, "Plums", "2025-01-01")).changed == 1
    assert found(library, "apples") == []
    assert found(library, "plums") == ["NCT00000001"]
    assert len(found(library)) == 1


def test_versions_in_one_load_leave_one_study(library: Library) -> None:
    load(library, titled(1, "Apples"), titled(1, "Plums", "2025-01-01"), titled(1, "Figs", "2023-01-01"))
    assert found(library) == found(library, "plums") == ["NCT00000001"]
    assert [note.updated for note in read_history(library, "NCT00000001")] == ["2025-01-01", "2024-01-01", "2023-01-01"]
    assert read_study_page(library, "nct1").study.title == "Plums"


def test_a_refused_record_is_named_and_the_rest_kept(library: Library) -> None:
    loaded = load(library, titled(1, "Apples"), b'{"protocolSection": {"identificationModule": {"nctId": "NCT00000002"')
    assert loaded.added == 1
    (refused,) = loaded.refused
    assert "NCT00000002" in str(refused)
    assert library.store.loads(1)[0].refused == 1


def test_an_index_of_another_schema_is_rebuilt_by_itself(library: Library) -> None:
    load(library, titled(1, "Apples"))
    state = library.index.state
    assert state is not None
    older = msgspec.structs.replace(state, schema=-1)
    (library.index.folder / "state.json").write_bytes(msgspec.json.encode(older))
    fresh = Library.open(library.home)
    assert fresh.index.state is None
    assert bring_index_up(fresh)
    assert found(fresh, "apples") == ["NCT00000001"]
    assert not bring_index_up(fresh)
    fresh.close()


def test_an_index_that_lags_follows_the_store(library: Library) -> None:
    load(library, titled(1, "Apples"), titled(2, "Pears"))
    state = library.index.state
    assert state is not None
    lagging = State(state.generation, state.schema, change=1)
    (library.index.folder / "state.json").write_bytes(msgspec.json.encode(lagging))
    assert not library_status(library).index_current
    load(library, titled(3, "Plums"))
    assert found(library) == ["NCT00000001", "NCT00000002", "NCT00000003"]
    assert library_status(library).index_current


KILLED = """
import os, signal, sys
from pathlib import Path
from equipoise.actions import load
from equipoise.actions.library import Library
from equipoise.exchange.files import Entry
from equipoise.finder.index import Writing
from equipoise.store.load import Origin
from tests.making import record
Writing.commit = lambda self, change: os.kill(os.getpid(), signal.SIGKILL)
library = Library.open(Path(sys.argv[1]))
raws = [record(1, identificationModule={"briefTitle": "Quinces"}), record(9)]
load.load_entries(library, (Entry("test", raw=raw) for raw in raws), Origin("import", "test", "2026"))
"""


def test_killed_between_store_and_index_the_index_catches_up(library: Library) -> None:
    load(library, titled(1, "Apples", "2020-01-01").replace(b"2020-01-01", b""))
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run([sys.executable, "-c", KILLED, str(library.home)], check=False, env=environment)
    assert done.returncode == -signal.SIGKILL
    assert found(library, "apples") == ["NCT00000001"]
    assert bring_index_up(library)
    assert found(library, "quinces") == ["NCT00000001"]
    assert len(found(library)) == 2


def test_a_rebuild_holds_the_same_and_leaves_no_old_generation(library: Library) -> None:
    load(library, titled(1, "Apples"), titled(2, "Pears"))
    before = found(library)
    rebuild_index(library)
    assert found(library) == before
    assert len(list(library.index.folder.glob("generation-*"))) == 1


def test_many_small_updates_leave_no_orphaned_files(library: Library) -> None:
    for day in range(1, 25):
        load(library, titled(1, f"Version {day}", f"2024-02-{day:02}"))
    (generation,) = library.index.folder.glob("generation-*")
    segments = {path.name.split(".")[0] for path in generation.iterdir() if not path.name.startswith((".", "meta"))}
    assert len(segments) < 10


def test_files_import_and_name_their_troubles(library: Library, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.json"
    good.write_bytes(titled(1, "Apples") + b"\n" + titled(2, "Pears") + b"\n")
    bad.write_bytes(titled(3, "Figs")[:-20])
    loaded = import_files(library, [good, bad, tmp_path / "none.json"], at=AT)
    assert loaded.added == 2
    assert len(loaded.refused) == 2
    assert "NCT00000003" in str(loaded.refused[0])
    assert "none.json" in str(loaded.refused[1])


@pytest.mark.parametrize("raw", [titled(1, "Apples")])
def test_loading_the_same_again_changes_nothing(library: Library, raw: bytes) -> None:
    load(library, raw)
    assert load(library, raw).unchanged == 1
    assert library.store.last_change() == 1
