"""The registry's client and its spool against a stand-in that speaks API version 2 over a real socket."""

import itertools
import json
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import httpx
import msgspec
import pytest

from equipoise import __version__
from equipoise.exchange.registry import (
    LONGEST_WAIT,
    Page,
    Registry,
    Rejected,
    TokenExpired,
    Unreachable,
    study_params,
    wait_asked,
)
from equipoise.exchange.spool import Spool, State, fetch
from equipoise.kernel.refused import Refused
from tests.essie import updated_of
from tests.registry import CUT, EMPTY, EXPIRE, Busy, Instead, RegistryServer, made_study

MADE = [
    made_study(f"NCT{number:08d}", updated=f"2026-11-{number:02d}", title=f"Étude {number}") for number in range(1, 26)
]


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def server(time: Time) -> Iterator[RegistryServer]:
    with RegistryServer(MADE, most=10, clock=time.clock) as server:
        yield server


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """One for many tests, for each reads every certificate of the system when it is made."""
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def registry(server: RegistryServer, time: Time, client: httpx.Client) -> Iterator[Registry]:
    with Registry(server.url, clock=time.clock, sleep=time.sleep, client=client) as registry:
        yield registry


def gaps(server: RegistryServer) -> list[float]:
    times = [request.at for request in server.requests]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def studies_in(pages: Iterator[Page]) -> list[bytes]:
    return [study for page in pages for study in page.studies]


def test_every_real_record_comes_byte_for_byte(real_records: list[bytes], time: Time) -> None:
    with (
        RegistryServer(real_records, most=100) as server,
        Registry(server.url, clock=time.clock, sleep=time.sleep) as registry,
    ):
        assert studies_in(registry.pages({})) == real_records
        assert registry.size() == len(real_records)
        assert len(server.seen("/studies")) == 5


def test_pages_follow_the_tokens_and_the_first_says_how_many(registry: Registry, server: RegistryServer) -> None:
    pages = list(registry.pages({}))
    assert [len(page.studies) for page in pages] == [10, 10, 5]
    assert [page.total for page in pages] == [25, None, None]
    assert studies_in(iter(pages)) == MADE
    first, second, _ = server.seen("/studies")
    assert first.params == {"format": "json", "pageSize": "1000", "countTotal": "true"}
    assert second.params == {"format": "json", "pageSize": "1000", "pageToken": pages[0].next_token}


def test_a_last_page_that_is_full_is_followed_by_an_empty_one(registry: Registry, server: RegistryServer) -> None:
    server.refresh(MADE[:20])
    assert [len(page.studies) for page in registry.pages({})] == [10, 10, 0]


def test_an_empty_page_with_a_token_is_not_the_end(registry: Registry, server: RegistryServer) -> None:
    server.faults.extend([None, EMPTY])
    pages = list(registry.pages({}))
    assert [len(page.studies) for page in pages] == [10, 0, 10, 5]


def test_a_token_that_leads_to_itself_ends_the_crawl(registry: Registry, server: RegistryServer) -> None:
    server.faults.extend([Instead(b'{"studies":[],"nextPageToken":"x"}')] * 2)
    with pytest.raises(TokenExpired, match="the same page again"):
        list(registry.pages({}))


def test_version(registry: Registry) -> None:
    version = registry.version()
    assert (version.api_version, version.data_timestamp) == ("2.0.5", "2026-11-20T09:00:05")


def test_every_identifier(registry: Registry, server: RegistryServer) -> None:
    assert list(registry.all_ids()) == [f"NCT{number:08d}" for number in range(1, 26)]
    assert server.requests[0].params["fields"] == "NCTId"


def test_a_list_of_identifiers_that_is_not_whole_is_refused(registry: Registry, server: RegistryServer) -> None:
    """A study missing from the list would be taken for withdrawn."""
    study = '{"protocolSection":{"identificationModule":{"nctId":"NCT00000001"}}}'
    server.faults.append(Instead(f'{{"studies":[{study}],"totalCount":2}}'.encode()))
    with pytest.raises(Unreachable, match="listed 1 of 2 studies"):
        list(registry.all_ids())
    server.faults.append(Instead(b'{"studies":[{"hasResults":false}]}'))
    with pytest.raises(Unreachable, match="without its NCT id"):
        list(registry.all_ids())


def test_one_request_a_second_by_name(server: RegistryServer, time: Time) -> None:
    with Registry(server.url, contact="trials@hospital.example", clock=time.clock, sleep=time.sleep) as registry:
        registry.version()
        list(registry.pages({}))
    assert gaps(server) == [1, 1, 1]
    named = f"equipoise/{__version__} (registry mirror; trials@hospital.example)"
    assert {request.user_agent for request in server.requests} == {named}


def test_time_spent_elsewhere_counts_as_pause(registry: Registry, server: RegistryServer, time: Time) -> None:
    for _ in registry.pages({}):
        time.now += 5
    assert gaps(server) == [5, 5]


@pytest.mark.parametrize(
    ("contact", "shown"),
    [("", "set EQUIPOISE_CONTACT"), (" Zoë\r\nX-Evil: 1 ", "Zo? X-Evil: 1")],
)
def test_the_agent_never_breaks_a_header(server: RegistryServer, time: Time, contact: str, shown: str) -> None:
    with Registry(server.url, contact=contact, clock=time.clock, sleep=time.sleep) as registry:
        registry.version()
    assert server.requests[0].user_agent == f"equipoise/{__version__} (registry mirror; {shown})"


@pytest.mark.parametrize("fault", [CUT, Busy(500), Busy(503), Instead(b"<html>Maintenance</html>"), Instead(b'{"stud')])
def test_passing_trouble_is_waited_out(registry: Registry, server: RegistryServer, fault: Busy | Instead | str) -> None:
    server.faults.extend([None, fault, fault])
    assert studies_in(registry.pages({})) == MADE
    assert gaps(server) == [1, 2, 4, 1]


def test_retry_after_in_seconds_is_obeyed(registry: Registry, server: RegistryServer) -> None:
    server.faults.extend([Busy(retry_after="30"), Busy(retry_after="0")])
    assert studies_in(registry.pages({})) == MADE
    assert gaps(server)[:2] == [30, 4]


def test_retry_after_as_a_date_is_obeyed(registry: Registry, server: RegistryServer) -> None:
    import time as real

    server.faults.append(Busy(503, retry_after=formatdate(real.time() + 90, usegmt=True)))
    assert studies_in(registry.pages({})) == MADE
    assert 85 <= gaps(server)[0] <= 91


def test_a_date_is_reckoned_by_the_servers_own_clock() -> None:
    headers = {"Date": "Fri, 20 Nov 2026 09:00:00 GMT", "Retry-After": "Fri, 20 Nov 2026 09:02:00 GMT"}
    assert wait_asked(headers) == 120
    assert wait_asked({"Retry-After": "Fri, 20 Nov 2020 09:02:00 GMT"}) == 0
    assert wait_asked({"Retry-After": "soon"}) == 0
    assert wait_asked({}) == 0


def test_a_wait_too_long_to_sit_out_is_passed_on(registry: Registry, server: RegistryServer) -> None:
    server.faults.append(Busy(retry_after=str(int(LONGEST_WAIT) + 3000)))
    with pytest.raises(Unreachable, match=r"asks us to wait 60 minutes. HTTP 429 Too Many Requests: Too many requests"):
        registry.version()
    assert len(server.requests) == 1


def test_in_the_end_we_stop_and_say_what_the_server_said(registry: Registry, server: RegistryServer) -> None:
    server.faults.extend([Busy(503, text="Down for maintenance")] * 10)
    with pytest.raises(Unreachable, match=r"in 6 tries. The last time: HTTP 503 Service Unavailable: Down for maint"):
        registry.version()
    assert gaps(server) == [2, 4, 8, 16, 32]


def test_nobody_there(time: Time) -> None:
    with RegistryServer([]) as server:
        url = server.url
    with (
        Registry(url, clock=time.clock, sleep=time.sleep, tries=2) as registry,
        pytest.raises(Unreachable, match=r"in 2 tries. The last time: ConnectError"),
    ):
        registry.version()


@pytest.mark.parametrize("url", ["clinicaltrials.gov", "ftp://x/", "http://", "http://a\nb/", ""])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(Refused, match="is not an address"):
        Registry(url)


def test_a_wrong_question_is_answered_once_in_the_registrys_words(registry: Registry, server: RegistryServer) -> None:
    with pytest.raises(Rejected, match=r"HTTP 400 Bad Request: `filter.phase` is unknown parameter") as caught:
        list(registry.pages({"filter.phase": "PHASE3"}))
    assert caught.value.status == 400
    with pytest.raises(Rejected, match=r"`query.term` has incorrect value: unexpected ','"):
        list(registry.pages(study_params(query="heart, lung")))
    assert len(server.requests) == 2


def test_a_token_of_other_data_is_told_apart(registry: Registry, server: RegistryServer) -> None:
    server.faults.extend([None, EXPIRE])
    with pytest.raises(TokenExpired, match="HTTP 400 Bad Request: `pageToken`"):
        list(registry.pages({}))


def test_being_turned_away_is_not_taken_for_a_refresh(registry: Registry, server: RegistryServer) -> None:
    server.faults.extend([None, Busy(403, text="Blocked")])
    with pytest.raises(Rejected, match="HTTP 403 Forbidden: Blocked"):
        list(registry.pages({}))


def test_a_client_lent_is_not_closed(server: RegistryServer, client: httpx.Client) -> None:
    with Registry(server.url, client=client) as registry:
        registry.version()
    assert not client.is_closed


@pytest.mark.parametrize(
    ("asked", "params"),
    [
        ({}, {}),
        ({"query": "  "}, {}),
        ({"query": "a OR b"}, {"query.term": "(a OR b)"}),
        ({"since": "2026-11-20"}, {"query.term": "AREA[LastUpdatePostDate]RANGE[2026-11-20,MAX]"}),
        (
            {"query": "a OR b", "since": "2026-11-20"},
            {"query.term": "(a OR b) AND AREA[LastUpdatePostDate]RANGE[2026-11-20,MAX]"},
        ),
    ],
)
def test_what_to_ask_for(asked: dict[str, str], params: dict[str, str]) -> None:
    assert study_params(**asked) == params


@pytest.mark.parametrize("day", ["yesterday", "2026-11", "2026-02-30"])
def test_a_day_that_is_none(day: str) -> None:
    with pytest.raises(Refused, match="is not a"):
        study_params(since=day)


def test_only_what_was_updated_since_and_matches(registry: Registry) -> None:
    found = studies_in(registry.pages(study_params(query='"Étude 3" OR "Étude 21" OR "Étude 22"', since="2026-11-20")))
    assert found == [MADE[20], MADE[21]]


def test_real_records_updated_since(real_records: list[bytes], time: Time) -> None:
    days = sorted(updated_of(record) for record in real_records)
    since = days[len(days) // 2]
    with RegistryServer(real_records) as server, Registry(server.url, pause=0, sleep=time.sleep) as registry:
        found = studies_in(registry.pages(study_params(since=since)))
    assert found == [record for record in real_records if updated_of(record) >= since]
    assert 0 < len(found) < len(real_records)


class Power(Exception):
    """Goes out."""


def goes_out_after(pages: int) -> object:
    def on_page(state: State) -> None:
        if state.pages == pages:
            raise Power

    return on_page


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def test_a_crawl_is_kept_byte_for_byte(registry: Registry, spool: Spool) -> None:
    steps: list[State] = []
    state = fetch(registry, {}, spool, steps.append)
    assert list(spool.studies()) == MADE
    assert [(step.pages, step.studies, step.total) for step in steps] == [
        (0, 0, None),
        (1, 10, 25),
        (2, 20, 25),
        (3, 25, 25),
    ]
    assert state == spool.state == steps[-1]
    assert state.done
    assert state.whole
    assert state.data_timestamp == "2026-11-20T09:00:05"


def test_a_cut_crawl_goes_on_where_it_stopped(registry: Registry, server: RegistryServer, spool: Spool) -> None:
    with pytest.raises(Power):
        fetch(registry, {}, spool, goes_out_after(2))
    asked = len(server.seen("/studies"))
    fetch(registry, {}, Spool(spool._folder))
    assert list(spool.studies()) == MADE
    assert len(server.seen("/studies")) - asked == 1


def test_a_crawl_cut_by_the_network_goes_on(registry: Registry, server: RegistryServer, spool: Spool) -> None:
    server.faults.extend([None, None, *[CUT] * 6])
    with pytest.raises(Unreachable):
        fetch(registry, {}, spool)
    assert spool.state is not None
    assert spool.state.pages == 1
    fetch(registry, {}, spool)
    assert list(spool.studies()) == MADE
    assert [bool(seen.params.get("pageToken")) for seen in server.seen("/studies")].count(False) == 1


def test_a_crawl_cut_between_a_page_and_its_state(
    registry: Registry, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Spool._write

    def fails(self: Spool, name: str, data: bytes) -> None:
        if name == "state.json" and json.loads(data)["pages"] == 2:
            raise Power
        write(self, name, data)

    monkeypatch.setattr(Spool, "_write", fails)
    with pytest.raises(Power):
        fetch(registry, {}, spool)
    monkeypatch.undo()
    fetch(registry, {}, spool)
    assert list(spool.studies()) == MADE


def test_a_crawl_that_is_done_asks_for_no_page(registry: Registry, server: RegistryServer, spool: Spool) -> None:
    fetch(registry, {}, spool)
    asked = len(server.seen("/studies"))
    assert fetch(registry, {}, spool).done
    assert len(server.seen("/studies")) == asked


def test_another_question_begins_anew(registry: Registry, spool: Spool) -> None:
    with pytest.raises(Power):
        fetch(registry, {}, spool, goes_out_after(1))
    fetch(registry, study_params(since="2026-11-25"), spool)
    assert list(spool.studies()) == MADE[24:]


def test_fresh_data_begin_anew(registry: Registry, server: RegistryServer, spool: Spool) -> None:
    with pytest.raises(Power):
        fetch(registry, {}, spool, goes_out_after(2))
    server.refresh(MADE[5:15])
    state = fetch(registry, {}, spool)
    assert list(spool.studies()) == MADE[5:15]
    assert (state.pages, state.total, state.data_timestamp) == (2, 10, "2026-11-21T09:00:05")


def test_a_refresh_in_the_middle_begins_anew(registry: Registry, server: RegistryServer, spool: Spool) -> None:
    server.faults.extend([None, None, None, EXPIRE])
    state = fetch(registry, {}, spool)
    assert list(spool.studies()) == MADE
    assert state.data_timestamp == "2026-11-21T09:00:05"


def test_a_registry_that_never_rests_is_given_up(registry: Registry, server: RegistryServer, spool: Spool) -> None:
    server.faults.extend([None, None, EXPIRE] * 9)
    with pytest.raises(TokenExpired):
        fetch(registry, {}, spool)
    assert len(server.seen("/version")) == 3


def test_a_count_that_falls_short_is_not_whole(registry: Registry, server: RegistryServer, spool: Spool) -> None:
    answer = b'{"studies":[' + MADE[0] + b'],"totalCount":2}'
    server.faults.extend([None, Instead(answer)])
    state = fetch(registry, {}, spool)
    assert state.done
    assert not state.whole


def test_nothing_found_is_whole(registry: Registry, spool: Spool) -> None:
    state = fetch(registry, study_params(query="xyzzy"), spool)
    assert state.whole
    assert list(spool.studies()) == []


def test_studies_only_when_done(registry: Registry, spool: Spool) -> None:
    with pytest.raises(Refused, match="not finished"):
        list(spool.studies())
    with pytest.raises(Power):
        fetch(registry, {}, spool, goes_out_after(1))
    with pytest.raises(Refused, match="not finished"):
        list(spool.studies())


def test_a_damaged_page_is_thrown_away_with_its_crawl(registry: Registry, spool: Spool) -> None:
    fetch(registry, {}, spool)
    page = spool._folder / "000002.json.zst"
    page.write_bytes(page.read_bytes()[:-9])
    with pytest.raises(Refused, match=r"000002.json.zst: a fetched page is damaged: .* Sync again."):
        list(spool.studies())
    fetch(registry, {}, spool)
    assert list(spool.studies()) == MADE


def test_a_damaged_state_begins_anew(registry: Registry, spool: Spool) -> None:
    fetch(registry, {}, spool)
    (spool._folder / "state.json").write_text('{"pages')
    assert spool.state is None
    fetch(registry, {}, spool)
    assert list(spool.studies()) == MADE


def test_clearing_leaves_what_is_not_ours(registry: Registry, spool: Spool) -> None:
    fetch(registry, {}, spool)
    (spool._folder / "notes.txt").write_text("mine")
    spool.clear()
    assert [file.name for file in spool._folder.iterdir()] == ["notes.txt"]
    assert spool.state is None


def test_a_folder_that_cannot_be_written(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=r"cannot be written: .*goes on where it stopped"):
        fetch(registry, {}, Spool(tmp_path / "file" / "spool"))


def test_the_spool_reads_as_a_file_of_studies(registry: Registry, spool: Spool) -> None:
    from equipoise.exchange.files import read_files

    fetch(registry, {}, spool)
    assert [entry.raw for entry in read_files(sorted(spool._folder.glob("*.zst")))] == MADE


class TestStandIn:
    """The stand-in keeps the ways of the real registry, so that tests against it mean something."""

    @pytest.fixture
    def ask(self, server: RegistryServer) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=server.url, verify=False, trust_env=False) as client:
            yield client

    def test_one_study_by_its_number_or_an_alias(self, ask: httpx.Client, server: RegistryServer) -> None:
        server.aliases["NCT00000099"] = "NCT00000007"
        assert ask.get("/studies/nct7").content == MADE[6]
        answer = ask.get("/studies/NCT00000099")
        assert answer.status_code == 301
        assert ask.get("/studies/NCT00000099", follow_redirects=True).content == MADE[6]

    def test_refusals_are_plain_text(self, ask: httpx.Client) -> None:
        for path, status in [("/studies/NCT00000098", 404), ("/studies/heart", 400), ("/studies?filter.phase=3", 400)]:
            answer = ask.get(path)
            assert answer.status_code == status
            assert answer.headers["Content-Type"].startswith("text/plain")

    def test_parameters_may_not_change_between_pages(self, ask: httpx.Client) -> None:
        token = ask.get("/studies", params={"pageSize": 3}).json()["nextPageToken"]
        assert ask.get("/studies", params={"pageSize": 5, "pageToken": token}).json()["studies"] == [
            json.loads(study) for study in MADE[3:8]
        ]
        assert ask.get("/studies", params={"pageToken": token, "query.term": "made"}).status_code == 400
        assert ask.get("/studies", params={"pageToken": "nonsense"}).status_code == 400

    def test_ten_studies_unless_asked_and_a_total_only_when_asked(self, ask: httpx.Client) -> None:
        answer = ask.get("/studies").json()
        assert len(answer["studies"]) == 10
        assert "totalCount" not in answer

    def test_chosen_ids(self, ask: httpx.Client) -> None:
        found = ask.get("/studies", params={"filter.ids": "NCT00000002|NCT00000004"}).json()["studies"]
        assert [msgspec.json.encode(study) for study in found] == [MADE[1], MADE[3]]

    def test_and_binds_closer_than_or(self, ask: httpx.Client) -> None:
        late = "AREA[LastUpdatePostDate]RANGE[2026-11-20,MAX]"
        loose = ask.get("/studies", params={"query.term": f'"Étude 3" OR "Étude 21" AND {late}'}).json()["studies"]
        tight = ask.get("/studies", params={"query.term": f'("Étude 3" OR "Étude 21") AND {late}'}).json()["studies"]
        assert (len(loose), len(tight)) == (2, 1)

    @pytest.mark.parametrize("term", ["a,b", "(a", "a)", "a AND", "AND a", "x]y"])
    def test_bad_expressions(self, ask: httpx.Client, term: str) -> None:
        assert ask.get("/studies", params={"query.term": term}).status_code == 400
