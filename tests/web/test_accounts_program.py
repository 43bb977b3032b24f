"""``equipoise account``, as a person runs it, on SQLite and on a real PostgreSQL; several at the same time."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from equipoise.cli.accounts import account, token
from equipoise.web import settings
from equipoise.web.accounts.__main__ import main
from equipoise.web.accounts.models import Told

ADA = ("add", "ada", "--email", "ada@example.org", "--full-name", "Dr Ada Weiss", "--administrator")


def run(home: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EQUIPOISE_")}
    environment |= {"EQUIPOISE_HOME": str(home), **more}
    command = [sys.executable, "-m", "equipoise", "account", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_the_first_administrator_comes_from_the_command_line(tmp_path: Path) -> None:
    added = run(tmp_path, *ADA, EQUIPOISE_ADDRESS="https://trials.example.org/")
    assert added.returncode == 0, added.stderr
    assert "Dr Ada Weiss sets a password here" in added.stdout
    assert "https://trials.example.org/accounts/link/1-" in added.stdout
    assert run(tmp_path, "list").stdout == "ada\tDr Ada Weiss\tada@example.org\tadministrator\n"
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert "already exists" in run(tmp_path, *ADA).stderr
    assert (tmp_path / "accounts.sqlite").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_an_account_is_closed_opened_and_reset(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("equipoise.web.accounts.prepare.prepare", lambda home: None)

    def say(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["account", *arguments])
        main()
        return capsys.readouterr().out

    say(*ADA)
    say("add", "ben", "--email", "ben@example.org", "--office")
    assert "is closed" in say("close", "ben")
    assert "ben\tben\tben@example.org\toffice, closed" in say("list")
    assert "is open" in say("open", "ben")
    assert "/accounts/link/" in say("link", "ben")
    assert "second factor" in say("reset-second-factor", "ben")
    told = Told.objects.filter(person="ben").values_list("kind", "by")
    assert {by for _, by in told} == {"command-line"}
    assert len(told) == 6
    with pytest.raises(SystemExit, match="nobody's user name"):
        say("link", "nobody")
    with pytest.raises(SystemExit, match="last administrator"):
        say("close", "ada")


def test_several_that_start_together_make_the_tables_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as threads:
        names = ("ada", "ben", "cleo")
        ran = list(threads.map(lambda name: run(tmp_path, "add", name, "--email", f"{name}@example.org"), names))
    assert [one.returncode for one in ran] == [0] * 3, [one.stderr for one in ran]
    assert len(run(tmp_path, "list").stdout.splitlines()) == 3


def test_must_01_postgresql_too_refuses_to_change_what_was_told(tmp_path: Path, postgres_uri: str) -> None:
    with psycopg.connect(postgres_uri, autocommit=True) as connection:
        connection.execute("CREATE DATABASE accounts_of_test")
    uri = postgres_uri.rsplit("/", 1)[0] + "/accounts_of_test"
    with ThreadPoolExecutor(2) as threads:
        homes = (tmp_path / "one", tmp_path / "two")
        ran = list(threads.map(lambda home: run(home, "list", EQUIPOISE_DATABASE_URL=uri), homes))
    assert [one.returncode for one in ran] == [0, 0], [one.stderr for one in ran]
    added = run(tmp_path, *ADA, EQUIPOISE_DATABASE_URL=uri)
    assert added.returncode == 0, added.stderr
    with psycopg.connect(uri, autocommit=True) as connection:
        for act in ("UPDATE accounts_told SET kind = 'x'", "DELETE FROM accounts_told", "TRUNCATE accounts_told"):
            with pytest.raises(psycopg.errors.RaiseException, match="can only grow"):
                connection.execute(act)
        assert connection.execute("SELECT count(*) FROM accounts_told").fetchone() == (2,)


def test_the_page_on_accounts_names_every_command_and_setting() -> None:
    page = (Path(__file__).parents[2] / "docs" / "accounts.md").read_text()
    for command in account.registered_commands:
        name = command.name or str(getattr(command.callback, "__name__", "")).replace("_", "-")
        assert f"`equipoise account {name}" in page or f"`{name} NAME`" in page, name
    for command in token.registered_commands:
        name = command.name or str(getattr(command.callback, "__name__", ""))
        assert f"`equipoise account token {name} NAME" in page, name
    sources = [settings.__file__, *(Path(str(settings.__file__)).parent / "accounts").glob("*.py")]
    read = {name for path in sources for name in re.findall(r"EQUIPOISE_[A-Z_]+", Path(str(path)).read_text())}
    elsewhere = {"HOME", "DEBUG", "HOSTS", "WAREHOUSE", "WAREHOUSE_SCHEMA", "CONCEPTS"}
    for name in read - {f"EQUIPOISE_{each}" for each in elsewhere}:
        assert f"`{name}`" in page, name
