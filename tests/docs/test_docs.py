"""The documents say what is: every command, setting, field and dependency; and nothing that is not."""

import re
import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from equipoise import cli
from equipoise.actions.library import Library
from equipoise.finder.answer import Answer, StudyAnswer

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
COMMANDS = [command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme_or_the_make_targets(command: str) -> None:
    assert f"equipoise {command}" in README or f"make {command}" in README or command == "index"


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    told = set(re.findall(r"`(EQUIPOISE_\w+)`", README))
    read = set(re.findall(r"EQUIPOISE_[A-Z_]+[A-Z]", code))
    assert told == read


def test_every_field_of_a_search_answer_is_documented() -> None:
    page = (ROOT / "docs" / "search-json.md").read_text()
    for field in (*Answer.__struct_fields__, *StudyAnswer.__struct_fields__):
        assert f"`{field}`" in page, field


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    names = [line for line in lines if re.match(r'    "[a-z0-9-]+(>=.*)?",', line)]
    assert len(names) > 20
    assert [line for line in names if not re.search(r"#\s+\w+", line)] == []


def test_the_lock_holds_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert len(lines) > 30
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []
    locked = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    project = PROJECT["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(name for extra in extras for name in extra)]
    assert {re.split(r"[><=]", name)[0] for name in wanted} <= locked


EXAMPLES = re.findall(r"^    (?:\.venv/bin/)?(equipoise (?:search|show|status).*)$", README, re.MULTILINE)


@pytest.mark.parametrize("line", EXAMPLES)
def test_the_readmes_examples_run(
    line: str, sample_library: Library, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EQUIPOISE_HOME", str(sample_library.home))
    monkeypatch.setattr(sys, "argv", shlex.split(line))
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code in (0, None)
    assert capfd.readouterr().out


def test_the_examples_were_found() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize("page", [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))], ids=str)
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_decision_is_numbered_once() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def test_no_committed_file_names_a_place_to_download_from() -> None:
    pattern = re.compile(r"--(?:extra-)?index-url|pypi\.org/simple|files\.pythonhosted|registry\.npmjs")
    named = [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not {".git", ".venv", "var", "__pycache__"} & set(path.parts)
        and path.suffix in {".py", ".toml", ".txt", ".md", ".cfg", ".sh", ""}
        and path != Path(__file__)
        and pattern.search(path.read_text(errors="ignore"))
    ]
    assert named == []
