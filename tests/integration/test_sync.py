"""Synchronising with a registry that speaks the API over a real socket."""

from collections.abc import Iterator

import filelock
import pytest

from equipoise.actions.examples import load_examples
from equipoise.actions.find import count_studies
from equipoise.actions.library import Library
from equipoise.actions.load import Loaded
from equipoise.actions.sync import NotReached, Registry, Wish, sync_registry
from equipoise.finder.ask import Ask
from equipoise.kernel.refused import Refused
from tests.registry import CUT, EXPIRE, Busy, RegistryServer, made_study

AT = "2026-11-21T00:00:00+00:00"
ALL = Wish(everything=True)


def study(number: int, **fields: str) -> bytes:
    return made_study(f"NCT{number:08d}", **fields)


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    with RegistryServer([study(number) for number in range(1, 26)], most=10) as server:
        yield server


def sync(library: Library, server: RegistryServer, wish: Wish = Wish()) -> Loaded:  # noqa: B008
    with Registry(server.url, sleep=lambda _: None) as registry:
        return sync_registry(library, wish, registry, at=AT)


def held(library: Library) -> set[int]:
    return set(library.store.numbers())


def test_everything_comes_and_is_found(library: Library, server: RegistryServer) -> None:
    assert sync(library, server, ALL).added == 25
    assert count_studies(library, Ask()) == 25
    (note,) = library.store.loads()
    assert (note.kind, note.query, note.data_timestamp) == ("sync", "", "2026-11-20T09:00:05")


def test_real_records_come_byte_for_byte(library: Library, real_records: list[bytes]) -> None:
    with RegistryServer(real_records) as server:
        assert sync(library, server, ALL).refused == ()
    assert sorted(library.store.raws(list(held(library))).values()) == sorted(real_records)


def test_the_next_sync_brings_only_what_was_updated(library: Library, server: RegistryServer) -> None:
    sync(library, server, ALL)
    server.requests.clear()
    changed = [study(3, updated="2026-11-22", title="Changed"), study(26, updated="2026-11-23")]
    server.refresh([*(study(number) for number in range(1, 26) if number != 3), *changed])
    loaded = sync(library, server)
    assert (loaded.added, loaded.changed, loaded.unchanged) == (1, 1, 0)
    assert {request.params.get("query.term") for request in server.seen("/studies")} == {
        "AREA[LastUpdatePostDate]RANGE[2026-11-20,MAX]"
    }


def test_what_the_registry_dropped_is_withdrawn(library: Library, server: RegistryServer) -> None:
    sync(library, server, ALL)
    server.refresh([study(number) for number in range(1, 26) if number not in (4, 5)])
    assert sync(library, server).withdrawn == 2
    assert held(library) == set(range(1, 26)) - {4, 5}
    assert count_studies(library, Ask()) == 23
    assert library.store.versions(4)


def test_what_an_update_missed_is_fetched_by_its_number(library: Library, server: RegistryServer) -> None:
    sync(library, server, ALL)
    server.refresh([study(number) for number in range(1, 28)])
    assert sync(library, server).added == 2
    assert held(library) == set(range(1, 28))


def test_fictional_studies_and_other_queries_are_left_alone(library: Library, server: RegistryServer) -> None:
    load_examples(library, at=AT)
    before = held(library)
    sync(library, server, Wish(query="made"))
    assert before <= held(library)
    sync(library, server, ALL)
    assert len(held(library) & before) == 400
    assert 6455449 not in held(library)


def test_a_query_brings_what_it_finds_and_is_repeated(library: Library, server: RegistryServer) -> None:
    server.refresh([study(1, title="Lupus"), study(2, title="Gout")])
    assert sync(library, server, Wish(query="lupus")).added == 1
    server.refresh([study(1, title="Lupus again", updated="2026-11-25"), study(2), study(3, title="lupus")])
    loaded = sync(library, server)
    assert (loaded.changed, loaded.added, loaded.withdrawn) == (1, 0, 0)


def test_a_first_sync_needs_to_be_told_what(library: Library, server: RegistryServer) -> None:
    with pytest.raises(Refused, match="equipoise sync --all"):
        sync(library, server)
    with pytest.raises(Refused, match="exclude each other"):
        sync(library, server, Wish(query="x", everything=True))


def test_since_alone_makes_no_mirror(library: Library, server: RegistryServer) -> None:
    server.refresh([study(1, updated="2026-01-01"), study(2, updated="2026-11-10")])
    assert sync(library, server, Wish(since="2026-11-01")).added == 1
    assert sync(library, server).withdrawn == 0
    assert held(library) == {2}


def test_a_cut_sync_leaves_the_library_as_it_was_and_goes_on(library: Library, server: RegistryServer) -> None:
    server.faults.extend([None, None, *[CUT] * 6])
    with pytest.raises(NotReached, match="did not answer well"):
        sync(library, server, ALL)
    assert held(library) == set()
    server.faults.clear()
    server.requests.clear()
    assert sync(library, server, ALL).added == 25
    assert "pageToken" in server.seen("/studies")[0].params


def test_a_busy_registry_and_a_refresh_in_the_middle_are_survived(library: Library, server: RegistryServer) -> None:
    server.faults.extend([None, None, Busy(retry_after="3"), EXPIRE])
    assert sync(library, server, ALL).added == 25


def test_a_broken_record_is_refused_by_name_and_the_rest_kept(library: Library, server: RegistryServer) -> None:
    broken = study(7).replace(b'"overallStatus":"RECRUITING"', b'"overallStatus":7')
    server.refresh([*(study(number) for number in range(1, 26) if number != 7), broken])
    loaded = sync(library, server, ALL)
    assert loaded.added == 24
    assert "NCT00000007" in str(loaded.refused[0])


def test_nobody_there_says_so(library: Library) -> None:
    with Registry("http://127.0.0.1:9", sleep=lambda _: None) as registry, pytest.raises(NotReached):
        sync_registry(library, ALL, registry, at=AT)


def test_two_syncs_of_one_library_are_kept_apart(library: Library, server: RegistryServer) -> None:
    with filelock.FileLock(library.home / "sync.lock"), pytest.raises(Refused, match="Another sync"):
        sync(library, server, ALL)
