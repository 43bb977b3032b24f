"""The page for a hospital's server and the files it names: commands, options, users, settings and ports are real."""

import configparser
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from equipoise import cli
from equipoise.store.trial.setup import Roles
from equipoise.web import settings
from equipoise.web.serve import LONGEST_REQUEST_LINE

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs" / "how-to" / "deploy.md").read_text()
LINES = tuple(re.findall(r"^    (sudo.*)$", PAGE, re.MULTILINE))
UNITS = sorted((DEPLOY / "etc/systemd/system").glob("*.service"))
SERVICES = [unit for unit in UNITS if "nightly" not in unit.name]
SCRIPTS = sorted((DEPLOY / "usr/local/sbin").iterdir())
USERS = {"site": Roles().application, "custodian": Roles().custodian}


def unit_of(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text())
    return parser


def settings_of(name: str) -> dict[str, str]:
    lines = (DEPLOY / f"etc/equipoise/{name}.env").read_text().splitlines()
    pairs = [line.removeprefix("#") for line in lines if re.match(r"#?[A-Z_]+=", line)]
    return dict(pair.split("=", 1) for pair in pairs)


def called(text: str) -> Iterator[list[str]]:
    """The words of each call of the program, after its name."""
    for found in re.finditer(r"(?:/opt/equipoise/bin/equipoise|equipoise-as (?:site|custodian)) ([^;|>`\n)]+)", text):
        yield shlex.split(found[1].rstrip("'"))


def refuse_unknown(words: list[str]) -> None:
    """As the program itself reads them, without running anything."""
    command: click.Command = typer.main.get_command(cli.app)
    while hasattr(command, "commands"):
        name, *words = words
        assert name in command.commands, name
        command = command.commands[name]
    options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= options, (command.name, words)
    wanted = {p.opts[0] for p in command.params if p.required and p.param_type_name == "option"}
    assert wanted <= set(words) or "--public" in words, (command.name, words)


CALLS = [words for source in (PAGE, *(one.read_text() for one in (*UNITS, *SCRIPTS))) for words in called(source)]


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_every_command_there_is_one_of_the_program(words: list[str]) -> None:
    if not words[0].startswith(('"', "$")):
        refuse_unknown(words)


def test_the_commands_were_found_and_are_at_most_ten() -> None:
    assert len(CALLS) > 25
    steps = re.findall(r"^    # (\d+)\.", PAGE, re.MULTILINE)
    assert steps == [str(number) for number in range(1, 11)]


def test_every_file_is_named_on_the_page() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            assert path.name in PAGE or (path.suffix == ".timer" and "`.timer`" in PAGE), path


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_runs_as_its_user_with_its_settings(path: Path) -> None:
    service = unit_of(path)["Service"]
    name = "custodian" if "custodian" in path.name else "site"
    assert service["User"] == USERS[name]
    assert service["Group"] == USERS["site"]
    assert service["EnvironmentFile"] == f"/etc/equipoise/{name}.env"
    assert settings_of(name)["EQUIPOISE_HOME"] == f"/var/lib/{service['StateDirectory']}"
    assert f"--home-dir /var/lib/{service['StateDirectory']} --shell /usr/sbin/nologin {USERS[name]}" in PAGE
    assert unit_of(path)["Install"]["WantedBy"] == "multi-user.target"
    # Without a /tmp of its own a strict service has none, and the web server cannot start.
    strict = {"ProtectSystem": "strict", "PrivateTmp": "yes", "NoNewPrivileges": "yes", "UMask": "0077"}
    assert strict.items() <= dict(service).items()


def test_the_custodians_socket_is_where_the_site_asks() -> None:
    service = unit_of(DEPLOY / "etc/systemd/system/equipoise-custodian.service")["Service"]
    socket = service["ExecStart"].split()[-1]
    assert socket == settings_of("site")["EQUIPOISE_CUSTODIAN"]
    assert Path(socket).parent == Path("/run") / service["RuntimeDirectory"]
    assert service["RuntimeDirectoryMode"] == "0750"


def test_must_13_the_site_is_told_nothing_of_the_sealed_store() -> None:
    site, custodian = settings_of("site"), settings_of("custodian")
    assert not any("SEALED" in name for name in site)
    assert not any("VAULT" in name or name == "EQUIPOISE_CUSTODIAN" for name in custodian)
    assert custodian["EQUIPOISE_SEALED_KEY"] == f"file:{custodian['EQUIPOISE_HOME']}/sealed.key"
    assert f"sudo -H -u {USERS['custodian']} sh -c" in PAGE


def test_every_setting_there_is_one_the_program_reads() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r"EQUIPOISE_[A-Z_]+[A-Z]", code))
    assert {*settings_of("site"), *settings_of("custodian")} <= read


def test_settings_mean_the_same_to_a_shell_and_to_systemd() -> None:
    for name in USERS:
        assert all(re.fullmatch(r"[\w:/.@+-]+", value) for value in settings_of(name).values())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_one_and_may_be_run(path: Path) -> None:
    assert path.stat().st_mode & 0o111 == 0o111
    subprocess.run(["sh", "-n", str(path)], check=True)
    assert "umask 077" in path.read_text()


def test_a_command_is_run_as_the_service_would_be() -> None:
    script = (DEPLOY / "usr/local/sbin/equipoise-as").read_text()
    for name, user in USERS.items():
        assert f"{name}) user={user} ;;" in script
    refused = subprocess.run(
        ["sh", str(DEPLOY / "usr/local/sbin/equipoise-as"), "nobody"], capture_output=True, text=True, check=False
    )
    assert (refused.returncode, refused.stderr[:7]) == (2, "Say who")


STUB = """#!/bin/sh
echo "${0##*/} $*" >> "$CALLS"
case "$*" in
    *--json) echo '[\n  {\n    "trial": "ONE",\n    "entries": 3\n  },\n  {\n    "trial": "TWO"\n  }\n]' ;;
    *"trial backup"*) for last; do :; done; mkdir -p "$last"; exit $FAILS ;;
esac
"""


def nightly(folder: Path, fails: int = 0) -> tuple[int, list[str]]:
    """The script with the programs it calls replaced by one that writes down how it was called."""
    programs, calls, backups = folder / "bin", folder / "calls", folder / "backups"
    programs.mkdir()
    for name in ("equipoise-as", "runuser", "install"):
        (programs / name).write_text(STUB)
        (programs / name).chmod(0o755)
    for old, days in (("old", 61), ("young", 59)):
        for part in ("site", "custodian"):
            (backups / part / old).mkdir(parents=True)
            then = time.time() - days * 86400 - 3600
            os.utime(backups / part / old, (then, then))
    told = {"PATH": f"{programs}:{os.environ['PATH']}", "CALLS": str(calls), "FAILS": str(fails)}
    script = DEPLOY / "usr/local/sbin/equipoise-nightly"
    settings = {"BACKUPS": str(backups), "ANCHORS": str(folder / "anchors")}
    ended = subprocess.run(["sh", str(script)], env={**told, **settings}, capture_output=True, check=False)
    return ended.returncode, calls.read_text().splitlines()


def test_the_night_leaves_a_backup_of_everything_and_an_anchor_of_each_trial(tmp_path: Path) -> None:
    code, calls = nightly(tmp_path)
    assert code == 0
    (today,) = {path.name for path in (tmp_path / "backups/site").iterdir()} - {"young"}
    site, custodian = tmp_path / "backups/site" / today, tmp_path / "backups/custodian" / today
    assert [call for call in calls if not call.startswith("install")] == [
        f"equipoise-as site trial backup {site}",
        f"runuser -u equipoise -- pg_dump --schema=equipoise --format=custom --file={site}/accounts.dump equipoise",
        f"equipoise-as custodian trial backup --sealed {custodian}",
        "equipoise-as site trial list --json",
        f"equipoise-as site trial anchor ONE {tmp_path / 'anchors'}",
        f"equipoise-as site trial anchor TWO {tmp_path / 'anchors'}",
    ]
    assert {path.name for path in (tmp_path / "backups/custodian").iterdir()} == {"young", today}


def test_a_night_that_fails_deletes_no_older_backup(tmp_path: Path) -> None:
    code, _ = nightly(tmp_path, fails=1)
    assert code == 1
    assert (tmp_path / "backups/site/old").exists()


def test_the_proxy_passes_what_the_site_takes_and_keeps_no_searches() -> None:
    text = (DEPLOY / "etc/nginx/sites-available/equipoise").read_text()
    plain, secure = text.split("server {")[1:]
    assert "access_log off;" in plain
    assert "return 301 https://$host$request_uri;" in plain
    assert "access_log off;" in secure
    for header in ("Host $host", "X-Forwarded-Proto $scheme", "X-Forwarded-For $remote_addr"):
        assert f"proxy_set_header {header};" in secure
    (size,) = re.findall(r"client_max_body_size (\d+)m;", secure)
    assert int(size) * 2**20 >= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    (line,) = re.findall(r"large_client_header_buffers 4 (\d+)k;", secure)
    assert int(line) * 1024 >= LONGEST_REQUEST_LINE
    served = unit_of(DEPLOY / "etc/systemd/system/equipoise.service")["Service"]["ExecStart"].split()
    assert f"proxy_pass http://127.0.0.1:{served[served.index('--port') + 1]};" in secure
