"""The command line as a person or a script meets it."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from equipoise import cli
from equipoise.actions.library import Library
from tests.making import record, updated
from tests.registry import RegistryServer, made_study

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command in this process: exit code, standard output, standard error."""
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["equipoise", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        code = stopped.value.code
        return (int(code or 0), *capfd.readouterr())

    return run


@pytest.fixture
def on_sample(run: Run, sample_library: Library, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("EQUIPOISE_HOME", str(sample_library.home))
    return run


def searched(run: Run, *arguments: str) -> Any:
    code, out, err = run("search", "--json", *arguments)
    assert code == 0, err
    return json.loads(out)


def test_search_gives_the_documented_object(on_sample: Run) -> None:
    near = ("--near", "Los Angeles", "--within", "100km", "--recruiting", "--age", "54", "--sex", "female")
    answer = searched(on_sample, "dermatomyositis", *near)
    assert set(answer) >= {"total", "facets", "studies"}
    jasmine = next(study for study in answer["studies"] if study["nct_id"] == "NCT06455449")
    assert answer["studies"][0] == jasmine, "a real study comes before fictional ones"
    assert jasmine["status"] == "RECRUITING"
    assert jasmine["phases"] == ["PHASE3"]
    assert set(jasmine["conditions"]) == {"Polymyositis", "Dermatomyositis"}
    assert jasmine["matched"][0]["field"]
    assert "ermatomyositis" in jasmine["matched"][0]["snippet"]
    assert jasmine["sites_near"] == 1
    nearest = jasmine["nearest_site"]
    assert (nearest["city"], nearest["country"], nearest["status"]) == ("Irvine", "United States", "RECRUITING")
    assert 40 < nearest["distance_km"] < 80


def test_search_in_words(on_sample: Run) -> None:
    code, out, _ = on_sample("search", "dermatomyositis", "--near", "Los Angeles")
    assert code == 0
    assert "NCT06455449" in out
    assert "Enrolling" in out
    assert "4 of 218 sites listed here, nearest 58 km: University of California Irvine" in " ".join(out.split())


def test_a_state_and_words_with_several_meanings(on_sample: Run) -> None:
    code, out, _ = on_sample("search", "DM", "--near", "California")
    assert code == 0
    assert "By DM, did you mean diabetes mellitus or dermatomyositis or myotonic dystrophy?" in " ".join(out.split())
    answer = searched(on_sample, "anifrolumab", "--near", "California")
    assert [study["sites_on_registry"] for study in answer["studies"]] == [218]
    assert (answer["studies"][0]["sites_total"], answer["studies"][0]["sites_near"]) == (4, 1)


def test_miles_and_kilometres_agree(on_sample: Run) -> None:
    miles = searched(on_sample, "--near", "Paris", "--within", "62mi")
    assert miles["total"] == searched(on_sample, "--near", "Paris", "--within", "100km")["total"] > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--near", "Nowhereville"), "Nowhereville"),
        (("--near", "Paris", "--within", "far"), "is not a distance"),
        (("--near", "Paris", "--within", "5000km"), "between 1 and 805"),
        (("--within", "10km"), "needs a place"),
        (("--sex", "other"), "is not a sex we know"),
        (("--phase", "9"), "is not a phase we know"),
        (("a" * 2000,), "Use at most 1000"),
        (("heart\x07",), "control characters"),
    ],
)
def test_wrong_input_is_refused_on_stderr_with_its_own_code(
    on_sample: Run, arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = on_sample("search", *arguments)
    assert code == cli.REFUSED
    assert out == ""
    assert message in err


def test_wrong_usage_is_another_code(on_sample: Run) -> None:
    for age in ("ninety", "300", "-3"):
        code, _, err = on_sample("search", "--age", age)
        assert (code, "Age must be from 0 to 120 years, such as 54, or 6 months." in err) == (2, True)
    assert on_sample("serch")[0] == 2


def test_show(on_sample: Run) -> None:
    code, out, _ = on_sample("show", "nct6455449")
    assert code == 0
    assert "Anifrolumab" in out
    assert "Inclusion Criteria" in out
    code, out, _ = on_sample("show", "NCT06455449", "--json")
    assert json.loads(out)["protocolSection"]["identificationModule"]["nctId"] == "NCT06455449"


@pytest.mark.parametrize("wrong", ["NCT99999999", "banana"])
def test_show_what_is_not_there(on_sample: Run, wrong: str) -> None:
    code, out, err = on_sample("show", wrong)
    assert (code, out) == (cli.REFUSED, "")
    assert wrong in err


def test_import_keeps_the_good_names_the_bad_and_says_so_in_its_code(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "studies.jsonl.gz"
    with gzip.open(file, "wb") as out:
        out.write(record(1) + b"\n" + record(2)[:40] + b"\n" + record(3) + b"\n")
    code, said, err = run("import", str(file))
    assert code == cli.SOME_REFUSED
    assert "2 new" in said
    assert "studies.jsonl.gz" in err
    code, said, _ = run("import", str(file), "--json")
    assert code == cli.SOME_REFUSED
    assert json.loads(said)["unchanged"] == 2


def test_changes_between_versions_in_words(run: Run, tmp_path: Path) -> None:
    for name, date, status in (("a.json", "2024-01-01", "RECRUITING"), ("b.json", "2025-01-01", "COMPLETED")):
        (tmp_path / name).write_bytes(record(1, statusModule=updated(date) | {"overallStatus": status}))
    assert run("import", str(tmp_path / "a.json"), str(tmp_path / "b.json"))[0] == 0
    code, out, _ = run("show", "NCT00000001", "--changes")
    assert code == 0
    assert "Completed" in out


def test_one_version_has_nothing_to_be_compared_with(on_sample: Run) -> None:
    code, out, _ = on_sample("show", "NCT06455449", "--changes")
    assert (code, "One version is held here" in out) == (0, True)


@pytest.mark.parametrize(
    "asked", [("status",), ("search", "asthma"), ("show", "NCT06455449"), ("criteria", "NCT06455449")]
)
def test_nothing_is_made_of_a_mistyped_home(
    run: Run, asked: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path / "mistyped"))
    code, _, err = run(*asked)
    assert (code, "No studies are kept here" in err) == (cli.REFUSED, True)
    assert not (tmp_path / "mistyped").exists()


def test_sync_and_status(run: Run) -> None:
    with RegistryServer([made_study("NCT00000001")]) as server:
        code, out, err = run("sync", "--all", "--url", server.url)
    assert code == 0, err
    assert "1 new" in out
    code, out, _ = run("status", "--json")
    told = json.loads(out)
    assert (told["studies"], told["index_current"]) == (1, True)
    assert told["last_sync"]["data_timestamp"] == "2026-11-20T09:00:05"


def test_sync_without_a_network_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.exchange.registry.time.sleep", lambda _: None)
    from equipoise.actions import sync

    monkeypatch.setattr(sync, "Registry", _impatient)
    code, out, err = run("sync", "--all", "--url", "http://127.0.0.1:9")
    assert (code, out) == (cli.NETWORK, "")
    assert "127.0.0.1:9" in err


def _impatient(url: str, *, contact: str) -> Any:
    from equipoise.exchange.registry import Registry

    return Registry(url, contact=contact, sleep=lambda _: None)


def test_index_rebuild(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(record(1))
    run("import", str(tmp_path / "a.json"))
    assert run("index", "--rebuild")[:2] == (0, "Studies in the index: 1\n")
    assert searched(run, "Study")["total"] == 1


@pytest.mark.parametrize("command", ["import", "sync", "search", "show", "serve", "demo", "index", "status"])
def test_every_command_has_help(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Usage" in out


def test_a_pipe_that_closes_is_no_error(sample_library: Library) -> None:
    command = f"{sys.executable} -m equipoise search --json --limit 400 | head -1"
    environment = {"EQUIPOISE_HOME": str(sample_library.home), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, env=environment)
    assert done.stdout == "{\n"
    assert done.stderr == ""
