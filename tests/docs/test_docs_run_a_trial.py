"""The page for running a trial: its commands and pages are real, and its beginning is done here."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from equipoise import cli
from equipoise.web.staff.trials.gate import SECTIONS
from tests.docs.test_docs_deploy import refuse_unknown

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "run-a-trial.md").read_text()
CALLS = [shlex.split(line)[1:] for line in re.findall(r"^    (equipoise .*)$", PAGE, re.MULTILINE)]
BUTTONS = ("Seal the allocation", "Add a person", "Screen", "Randomise")
TEMPLATES = ROOT / "src/equipoise/web/templates/trial"


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_every_command_to_run_a_trial_is_one_of_the_program(words: list[str]) -> None:
    refuse_unknown(words)


def test_what_is_in_bold_is_a_page_or_a_button() -> None:
    pages = {label for _, label, _ in SECTIONS}
    shown = "".join(path.read_text() for path in TEMPLATES.glob("*.html"))
    for words in re.findall(r"\*\*([^*]+)\*\*", PAGE):
        assert words in pages or (words in BUTTONS and words in shown), words


def test_its_links_and_pictures_are_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)", PAGE):
        assert (ROOT / "docs" / "how-to" / target).exists(), target


def test_a_trial_is_begun_checked_and_opened_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    begun = runner.invoke(cli.app, ["trial", "new", "protocol.yaml"])
    assert begun.exit_code == 0, begun.output
    unfinished = runner.invoke(cli.app, ["trial", "check", "protocol.yaml"])
    assert unfinished.exit_code in (0, cli.REFUSED)
    Path("protocol.yaml").write_bytes((ROOT / "src/equipoise/examples/jasmine_protocol.yaml").read_bytes())
    for words in CALLS:
        if words[:2] in (["trial", "check"], ["trial", "open"], ["trial", "audit"], ["trial", "anchor"]):
            done = runner.invoke(cli.app, words)
            assert done.exit_code == 0, (words, done.output)
    assert "JASMINE" in runner.invoke(cli.app, ["trial", "list"]).output
    assert Path("anchors.jsonl").read_text().count("\n") == 1
