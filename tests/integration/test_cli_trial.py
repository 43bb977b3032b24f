"""``equipoise trial``, as a person runs it: what it says and how it ends, for right and for wrong input."""

import io
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from equipoise import cli
from equipoise.conduct.events import PersonPrescreened
from equipoise.conduct.log import Anchor, Context, utc
from equipoise.store.trial.setup import set_up
from equipoise.store.trial.tables import LOG, SEALED, VAULT
from tests.chains import ENGINES, behind, place
from tests.living import EVE, IDENTITY, Living, opened
from tests.protocols import jasmine_text

Ended = tuple[int, str, str]
Run = Callable[..., Ended]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.startswith("EQUIPOISE_") and name != "EQUIPOISE_SHARED_DATA":
            monkeypatch.delenv(name)
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*words: object) -> Ended:
        """In a process of its own where it opens connections: in ours they would stay open."""
        if os.environ.get("EQUIPOISE_DATABASE_URL"):
            command = [sys.executable, "-m", "equipoise", "trial", *map(str, words)]
            ended = subprocess.run(command, input="", capture_output=True, text=True, timeout=60, check=False)
            return ended.returncode, ended.stdout, ended.stderr
        monkeypatch.setattr(sys, "argv", ["equipoise", "trial", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out, told.err

    return ran


@pytest.fixture(params=ENGINES)
def url(home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the log is; in PostgreSQL vault and sealed store stand beside it, in schemas of their own."""
    if request.param == "sqlite":
        yield f"sqlite:{home / 'trials.sqlite'}"
        return
    with place("postgres", request, home) as url:
        monkeypatch.setenv("EQUIPOISE_DATABASE_URL", url)
        monkeypatch.setenv("EQUIPOISE_SEALED_URL", url)
        yield url


@pytest.fixture
def living(home: Path, request: pytest.FixtureRequest) -> Iterator[Living]:
    if "url" in request.fixturenames:
        request.getfixturevalue("url")  # it names the stores
    with opened(home, os.environ) as trials:
        yield Living(trials)


def test_open_and_list(run: Run, url: str, tmp_path: Path) -> None:
    assert run("list") == (0, "No trial is kept here. Begin one: equipoise trial new protocol.yaml\n", "")
    file = tmp_path / "p.yaml"
    file.write_text(jasmine_text())
    code, told, _ = run("open", file, "--by", "ada", "--name", "Ada Minder")
    assert (code, told) == (0, "JASMINE 1.0 is open, with 12 sites. Ada Minder is its administrator.\n")
    assert run("open", file, "--by", "ada", "--name", "Ada Minder")[0] == cli.REFUSED
    assert run("list")[1] == "JASMINE: 14 entries, 0 of 240 randomised, open.\n"
    assert json.loads(run("list", "--json")[1]) == [{"trial": "JASMINE", "entries": 14, "randomised": 0}]


def test_a_protocol_with_mistakes_opens_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("id: X\n")
    assert run("open", file, "--by", "ada", "--name", "Ada")[0] == cli.REFUSED
    assert run("open", tmp_path / "no.yaml", "--by", "ada", "--name", "Ada")[0] == 2
    assert run("open", file)[0] == 2
    assert run("list", "--json")[1] == "[]\n"


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "NONE"),
        ("audit", "NONE", "--vault"),
        ("anchor", "NONE", "a.jsonl"),
        ("reveal", "NONE", "r.json", "--by", "eve", "--why", "x"),
        ("envelopes", "NONE", "--by", "eve", "--why", "x"),
        ("packing", "NONE", "--by", "eve", "--why", "x"),
        ("opened", "NONE", "1", "--envelope", "1-1", "--at", "2026-03-02T04:00", "--by", "eve", "--why", "x"),
        ("erase", "NONE", "01-001", "--by", "eve", "--why", "x", "--yes"),
    ],
    ids=lambda words: " ".join(words[::2]),
)
def test_a_trial_nobody_opened_is_not_known(
    run: Run, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*words) == (cli.REFUSED, "", "NONE: is not a trial kept here. There are: none.\n")
    assert {one.name for one in tmp_path.iterdir()} == {"home"}


@pytest.mark.parametrize("at", ["yesterday", "2026-03-02"])
def test_when_an_envelope_was_opened_is_told_to_the_minute(run: Run, at: str) -> None:
    words = ("opened", "SMALL", "1", "--envelope", "1-1", "--by", EVE, "--why", "x")
    code, out, err = run(*words, "--at", at)
    assert (code, out) == (2, "")
    assert "2026-11-23T14:30" in err
    assert "%Y" not in err


@pytest.mark.parametrize(
    "words",
    [
        ("reveal", "SMALL", "r.json"),
        ("envelopes", "SMALL"),
        ("packing", "SMALL"),
        ("opened", "SMALL", "1", "--envelope", "1-1", "--at", "2026-03-02T04:00"),
        ("erase", "SMALL", "01-001", "--yes"),
        ("rekey", "sealed", "--to", "file:other.key"),
    ],
    ids=lambda words: words[0],
)
def test_who_and_why_are_never_blank(run: Run, living: Living, words: tuple[str, ...]) -> None:
    head = living.trials.trial("SMALL").position
    empty = "nothing is written. Write it: it stays in the log.\n"
    assert run(*words, "--by", EVE, "--why", " ") == (cli.REFUSED, "", f"--why: {empty}")
    assert run(*words, "--by", "", "--why", "x") == (cli.REFUSED, "", f"--by: {empty}")
    assert living.trials.trial("SMALL").position == head


def test_what_no_envelope_can_be_of_is_said(run: Run, living: Living) -> None:
    def told(number: str) -> str:
        words = ("--envelope", "5-1", "--at", "2026-03-02T04:00", "--by", "investigator-01", "--why", "Sepsis")
        code, _, why = run("opened", "SMALL", number, *words)
        assert code == cli.REFUSED
        return why

    look = "Read the number on the envelope again.\n"
    came = living.trials.prescreen("SMALL", "01", {}, Context(by="coordinator-01", at=living.now)).events[0]
    assert isinstance(came, PersonPrescreened)
    assert told("999999") == f"999999: is no kit and no participant of this trial. {look}"
    assert told(came.participant) == f"{came.participant}: is not randomised, so there is no code of theirs. {look}"


def test_must_24_an_envelope_that_was_opened_is_recorded_and_who_is_to_be_told_is_named(
    run: Run, url: str, living: Living
) -> None:
    words = ("opened", "SMALL", living.numbers[0], "--envelope", "5-1", "--by", "investigator-01", "--why", "Sepsis")
    assert run(*words, "--at", "yesterday")[0] == 2
    assert run(*words)[0] == 2
    code, _, told = run(*words, "--at", "2001-03-02T04:00")
    assert code == cli.REFUSED
    assert "When it was opened: 2001-03-02T03:00:00.000000Z is before they were randomised" in told
    code, told, _ = run(*words, "--at", living.now.strftime("%Y-%m-%dT%H:%M+0000"))
    assert (code, told) == (
        0,
        f"Recorded: the code of {living.numbers[0]} was broken on paper. Follow-up goes on.\n"
        "No mail server is named, so tell them: nobody who has an account.\n",
    )
    (broken,) = living.trials.trial("SMALL").participant(living.numbers[0]).broken
    assert (broken.envelope, broken.why, broken.opened) == (
        "5-1",
        "Sepsis",
        utc(living.now.replace(second=0, microsecond=0)),
    )


def test_must_02_the_audit_names_the_first_altered_position(run: Run, url: str, living: Living, tmp_path: Path) -> None:
    assert "mallory has no role in this trial" in run("audit", "SMALL", "--by", "mallory")[1]
    code, told, _ = run("audit", "SMALL", "--by", EVE)
    assert "has no role" not in told
    head = living.trials.trial("SMALL").position
    assert (code, "All is as it was written." in told) == (0, True)
    assert f"{head} entries, 0 anchors." in told
    anchors = tmp_path / "anchors.jsonl"
    assert run("anchor", "SMALL", anchors)[1].startswith(f"Anchored, unsigned, SMALL at entry {head}: ")
    with behind(url, LOG.schema) as raw:
        raw.lift_triggers()
        raw.run("update entry set reason = 'another' where position in (7, 9)")
    code, told, _ = run("audit", "SMALL")
    assert code == cli.REFUSED
    assert told.startswith("Entry 7: This entry was altered after it was written.\n")
    with behind(url, LOG.schema) as raw:
        raw.run("update entry set reason = '' where position in (7, 9)")
        raw.run("delete from entry where position = ?", head)
    assert run("audit", "SMALL")[0] == 0
    code, told, _ = run("audit", "SMALL", "--anchors", anchors)
    assert code == cli.REFUSED
    assert f"Entry {head}: The log ends at {head - 1}; entry {head} was anchored" in told
    assert json.loads(run("audit", "SMALL", "--anchors", anchors, "--json")[1])["problems"]


def test_the_audit_opens_every_sealed_thing(run: Run, url: str, living: Living, home: Path) -> None:
    sealed = url if url.startswith("postgres") else f"sqlite:{home / 'sealed.sqlite'}"
    with behind(sealed, SEALED.schema) as raw:
        raw.lift_triggers()
        raw.run("update secret set sealed = ?", b"\x01" + bytes(60))
    assert run("audit", "SMALL")[0] == 0
    code, told, _ = run("audit", "SMALL", "--by", EVE)
    assert (code, told.splitlines()[0]) == (cli.REFUSED, "Sealed: allocation does not open any more.")


def test_must_02_signed_anchors_are_told_from_others(
    run: Run, living: Living, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchors, keys = tmp_path / "anchors.jsonl", (tmp_path / "one.key", tmp_path / "other.key")
    assert run("anchor", "--public")[0] == cli.REFUSED
    public = []
    for key in keys:
        key.touch(0o600)
        key.write_text(run("key")[1])
        monkeypatch.setenv("EQUIPOISE_ANCHOR_KEY", f"file:{key}")
        public.append(run("anchor", "--public")[1].strip())
    assert run("anchor", "SMALL", anchors)[1].startswith("Signed and anchored SMALL")
    assert "not checked: no public key" in run("audit", "SMALL", "--anchors", anchors)[1]
    assert run("audit", "SMALL", "--anchors", anchors, "--public-key", public[1])[0] == 0
    code, told, _ = run("audit", "SMALL", "--anchors", anchors, "--public-key", public[0])
    assert code == cli.REFUSED
    assert "was not signed with the key" in told
    assert run("audit", "SMALL", "--anchors", anchors, "--public-key", "abc")[0] == cli.REFUSED


def test_files_that_are_no_anchors_are_refused(run: Run, living: Living, tmp_path: Path) -> None:
    assert run("audit", "SMALL", "--anchors", tmp_path / "none.jsonl")[0] == 2
    (tmp_path / "other.jsonl").write_text("{}\n")
    code, _, why = run("audit", "SMALL", "--anchors", tmp_path / "other.jsonl")
    assert (code, "other.jsonl, line 1: is no anchor." in why) == (cli.REFUSED, True)
    code, _, why = run("anchor", "SMALL", tmp_path / "no" / "folder.jsonl")
    assert (code, "cannot be used: No such file or directory." in why) == (cli.REFUSED, True)


def test_must_11_what_was_sealed_is_revealed_once_unblinded_and_verified(
    run: Run, url: str, living: Living, tmp_path: Path
) -> None:
    file = tmp_path / "reveal.json"
    asked = ("reveal", "SMALL", file, "--by", EVE, "--why", "the analysis")
    code, _, why = run(*asked)
    assert (code, why) == (cli.REFUSED, "The allocation: is sealed until the trial is unblinded.\n")
    assert not file.exists()
    living.unblind()
    assert run(*asked)[0] == 0
    assert run(*asked)[2] == f"{file}: is there already. Choose another name.\n"
    code, told, _ = run("verify", "SMALL", file)
    assert (code, told) == (0, "All 4 assignments are those committed to before the first participant.\n")
    opened = json.loads(file.read_text())
    file.write_text(json.dumps({**opened, "seed": "00" * 32}))
    assert run("verify", "SMALL", file)[:1] == (cli.REFUSED,)
    file.write_text("{}")
    assert "is not what `trial reveal` writes" in run("verify", "SMALL", file)[2]
    assert run("verify", "NONE", file)[0] == cli.REFUSED


def test_a_backup_comes_back_elsewhere(
    run: Run, url: str, living: Living, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, anchors, elsewhere = tmp_path / "backup", tmp_path / "a.jsonl", tmp_path / "elsewhere"
    run("anchor", "SMALL", anchors)
    assert run("backup", folder)[1] == f"Wrote 8 files to {folder}. Keep the keys elsewhere.\n"
    assert run("backup", folder)[0] == cli.REFUSED
    assert run("restore", folder)[2].startswith("the log: is not empty")
    _move(elsewhere, home, monkeypatch)
    code, told, _ = run("restore", folder, "--anchors", anchors)
    assert (code, told[:24]) == (0, "Restored what was backed")
    assert run("audit", "SMALL", "--anchors", anchors, "--by", EVE)[0] == 0
    with opened(elsewhere, os.environ) as again:
        assert again.vault.get("SMALL", "01", living.numbers[0]) == IDENTITY


def _move(elsewhere: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To another machine: nothing but the keys comes with us."""
    elsewhere.mkdir()
    for key in home.glob("*.key"):
        (elsewhere / key.name).touch(0o600)
        (elsewhere / key.name).write_text(key.read_text())
    for name in ("EQUIPOISE_DATABASE_URL", "EQUIPOISE_SEALED_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EQUIPOISE_HOME", str(elsewhere))


def test_a_backup_that_was_damaged_restores_nothing(
    run: Run, living: Living, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, other, elsewhere = tmp_path / "backup", tmp_path / "other.jsonl", tmp_path / "elsewhere"
    run("backup", folder)
    _move(elsewhere, home, monkeypatch)
    other.write_bytes(msgspec.json.encode(Anchor("SMALL", 3, "ab" * 32, "2026-01-01")) + b"\n")
    assert "has another entry here than the one anchored" in run("restore", folder, "--anchors", other)[2]
    packed = folder / "log.jsonl.zst"
    whole = packed.read_bytes()
    packed.write_bytes(whole[:-1])
    assert "was altered since the backup was made." in run("restore", folder)[2]
    packed.unlink()
    assert "is missing from the backup" in run("restore", folder)[2]
    (folder / "manifest.json").unlink()
    code, _, why = run("restore", folder)
    assert (code, why) == (cli.REFUSED, f"{folder}: is no backup: it has no manifest.\n")
    assert run("restore", tmp_path / "none")[0] == 2
    assert run("list", "--json")[1] == "[]\n"


def test_a_custodian_backs_up_and_restores_its_part_alone(
    run: Run, living: Living, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, sealed, elsewhere = tmp_path / "site", tmp_path / "sealed", tmp_path / "elsewhere"
    assert run("backup", "--sealed", sealed)[1].startswith("Wrote 3 files")
    monkeypatch.setenv("EQUIPOISE_CUSTODIAN", str(tmp_path / "socket"))
    code, told, _ = run("backup", site)
    assert (code, told.count("\n")) == (0, 2)
    assert "let its user run trial backup --sealed" in told
    assert not list(site.glob("sealed*"))
    code, _, why = run("backup", "--sealed", tmp_path / "no")
    assert (code, why) == (
        cli.REFUSED,
        "The sealed store: is its custodian's, and not here. Ask as the custodian's user.\n",
    )
    assert run("audit", "SMALL", "--by", EVE)[0] == cli.REFUSED
    _move(elsewhere, home, monkeypatch)
    assert run("restore", site)[0] == 0
    assert not (elsewhere / "sealed.sqlite").exists()
    monkeypatch.delenv("EQUIPOISE_CUSTODIAN")
    assert "is not in this backup" in run("restore", "--sealed", site)[2]
    assert run("restore", "--sealed", sealed)[0] == 0
    assert run("audit", "SMALL", "--by", EVE)[0] == 0


def test_a_folder_nobody_may_write_to_is_said(run: Run, living: Living, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, why = run("backup", tmp_path / "file" / "backup")
    assert (code, why) == (cli.REFUSED, f"{tmp_path / 'file'}: cannot be used: File exists.\n")


def test_keys_that_are_missing_open_or_others_are_told_apart(run: Run, living: Living, home: Path) -> None:
    key = home / "vault.key"
    right = key.read_text()
    key.write_text(run("key")[1])
    assert "trial_vault: was sealed with another master key" in run("list")[2]
    key.write_text("abc")
    assert "is no key: a key is 64 hexadecimal digits" in run("list")[2]
    key.write_text(right)
    key.chmod(0o644)
    assert run("list")[2] == f"{key}: holds a key and is open to everybody. Run: chmod 600 {key}\n"
    key.chmod(0o600)
    assert run("list")[0] == 0


def test_a_named_key_that_is_lost_is_never_replaced(
    run: Run, living: Living, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = home / "vault.key"
    monkeypatch.setenv("EQUIPOISE_VAULT_KEY", f"file:{key}")
    assert run("list")[0] == 0
    key.unlink()
    code, _, why = run("list")
    assert (code, why) == (
        cli.REFUSED,
        f"{key}: cannot be read: No such file or directory. Is the key's file in place?\n",
    )
    assert not key.exists()


def test_a_key_is_split_and_joined_again(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHOLE", run("key")[1].strip())
    one, other = run("key", "--from", "env:WHOLE", "--split")[1].split()
    assert len({os.environ["WHOLE"], one, other}) == 3
    monkeypatch.setenv("ONE", one)
    monkeypatch.setenv("OTHER", other)
    assert run("key", "--from", "both:env:ONE+env:OTHER")[1].strip() == os.environ["WHOLE"]
    monkeypatch.delenv("OTHER")
    assert run("key", "--from", "both:env:ONE+env:OTHER")[0] == cli.REFUSED
    assert len(set(run("key", "--split")[1].split())) == 2
    code, told, why = run("key", "--from", os.environ["WHOLE"])
    assert code == cli.REFUSED
    assert os.environ["WHOLE"] not in told + why


def test_a_store_goes_over_to_another_key(
    run: Run, url: str, living: Living, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = home / "fresh.key"
    fresh.touch(0o600)
    fresh.write_text(run("key")[1])
    for store, asked in (("sealed", ("audit", "SMALL", "--by", EVE)), ("vault", ("list",))):
        assert run(*asked)[0] == 0
        code, told, _ = run("rekey", store, "--to", f"file:{fresh}", "--by", "ada", "--why", "a custodian left")
        assert (code, told[:35]) == (0, f"Done. Set EQUIPOISE_{store.upper()}_KEY=file:{home}"[:35])
        assert "was sealed with another master key" in run(*asked)[2]
        monkeypatch.setenv(f"EQUIPOISE_{store.upper()}_KEY", f"file:{fresh}")
        assert run(*asked)[0] == 0
    assert (
        "ada  put under another key  everybody  command line  a custodian left" in run("audit", "SMALL", "--vault")[1]
    )
    assert run("rekey", "vault", "--to", "file:none", "--by", "ada", "--why", "x")[0] == cli.REFUSED
    assert run("rekey", "log", "--to", f"file:{fresh}", "--by", "ada", "--why", "x")[0] == 2


@pytest.mark.parametrize("found", [1, VAULT.version + 1], ids=["older", "newer"])
def test_tables_of_another_version_are_refused_with_the_way_out(run: Run, url: str, living: Living, found: int) -> None:
    store = url if url.startswith("postgres") else url.replace("trials", "vault")
    with behind(store, VAULT.schema) as raw:
        raw.run("update tables_version set version = ?", found)
    code, _, why = run("list")
    assert code == cli.REFUSED
    assert f"was made by another version of Equipoise (tables {found}, here {VAULT.version})." in why
    assert "Use that version to back it up, and restore the backup with this one." in why


def test_the_database_is_made_once_and_an_older_one_is_refused(
    run: Run, request: pytest.FixtureRequest, home: Path
) -> None:
    with place("postgres", request, home) as url:
        for _ in range(2):
            assert run("database", url)[1].startswith("Ready: roles equipoise and equipoise_custodian.")
        with behind(url, LOG.schema) as raw:
            raw.run("update tables_version set version = 0")
        code, _, why = run("database", url)
        assert (code, "schema trial_log: was made by another version" in why) == (cli.REFUSED, True)
    assert run("database", "postgresql://nobody@127.0.0.1:1/none")[0] == cli.REFUSED


def test_who_is_erased_is_gone_and_who_erased_them_stays(run: Run, url: str, living: Living) -> None:
    one = living.numbers[0]
    asked = ("erase", "SMALL", one, "--by", "ben", "--why", "they asked")
    assert run(*asked)[0] == 1  # nobody said yes
    assert run(*asked, "--yes")[1].startswith("Erased 1 version.")
    assert run(*asked, "--yes")[1].startswith("Erased 0 versions.")
    assert "ben has no role in this trial: what was done is logged under that name" in run(*asked, "--yes")[1]
    assert living.trials.vault.get("SMALL", "01", one) is None
    assert run("erase", "SMALL", "01-999", "--by", "ben", "--why", "x", "--yes")[0] == cli.REFUSED
    code, told, _ = run("audit", "SMALL", "--vault")
    assert code == 0
    (line,) = told.splitlines()
    assert line.split("  ")[1:] == ["ben", "erased", one, "command line", "they asked"]


def test_the_audit_of_the_vault_finds_what_was_altered(run: Run, url: str, living: Living) -> None:
    assert run("audit", "SMALL", "--vault") == (0, "Nobody has looked at a name.\n", "")
    run("erase", "SMALL", living.numbers[0], "--by", "ben", "--why", "they asked", "--yes")
    store = url if url.startswith("postgres") else url.replace("trials", "vault")
    with behind(store, VAULT.schema) as raw:
        raw.lift_triggers()
        raw.run("update entry set \"by\" = 'eve'")
    code, told, _ = run("audit", "SMALL", "--vault")
    assert (code, "The vault's log, entry 1: This entry was altered" in told) == (cli.REFUSED, True)
    assert json.loads(run("audit", "SMALL", "--vault", "--json")[1])["problems"]


def test_the_custodian_serves_until_it_is_told_to_stop(
    run: Run, living: Living, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the services run: roles and schemas of their own are tried in test_trial_store_roles."""
    socket = tmp_path / "s"
    command = [sys.executable, "-m", "equipoise", "trial", "custodian", str(socket)]
    service = subprocess.Popen(command, env={**os.environ}, stderr=subprocess.PIPE, text=True)
    assert service.stderr is not None
    assert f"The custodian listens at {socket}" in service.stderr.readline()
    assert stat.S_IMODE(socket.stat().st_mode) == 0o660
    monkeypatch.setenv("EQUIPOISE_CUSTODIAN", str(socket))
    asked = ("reveal", "SMALL", tmp_path / "r.json", "--by", EVE, "--why", "to try")
    assert "is sealed until the trial is unblinded" in run(*asked)[2]
    began = time.monotonic()
    service.send_signal(signal.SIGTERM)
    assert service.wait(20) == 0
    service.stderr.close()
    assert time.monotonic() - began < 10
    assert not socket.exists()
    assert "The custodian of the allocation: does not answer." in run(*asked)[2]


def test_roles_of_their_own_are_enough_for_site_and_custodian(
    home: Path, run: Run, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The custodian reads the log, and can neither write in it nor reach the vault; accounts find a schema."""
    with place("postgres", request, tmp_path) as url:
        set_up(url)
        as_site, as_custodian = (url.replace("postgres@", f"{role}@") for role in ("equipoise", "equipoise_custodian"))
        monkeypatch.setenv("EQUIPOISE_DATABASE_URL", as_site)
        monkeypatch.setenv("EQUIPOISE_SEALED_URL", as_custodian)
        with opened(home, os.environ) as trials:
            Living(trials)
        with behind(as_site, "public") as raw:
            raw.run("set search_path to default")
            raw.run("create table accounts_tried ()")
            assert raw.run("select schemaname from pg_tables where tablename = 'accounts_tried'") == [("equipoise",)]
        monkeypatch.setenv("EQUIPOISE_DATABASE_URL", as_custodian)
        assert run("audit", "SMALL", "--by", EVE)[0] == 0
        assert run("backup", "--sealed", tmp_path / "backup")[0] == 0
        code, _, why = run("list")
        assert (code, "schema trial_vault: permission denied" in why) == (cli.REFUSED, True)
