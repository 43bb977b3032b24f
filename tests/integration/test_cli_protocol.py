"""``equipoise trial check``, ``new`` and ``schema`` as a person runs them."""

import io
import json
import sys
from pathlib import Path

import pytest

from equipoise import cli
from equipoise.actions.library import Library
from tests.protocols import changed, jasmine_text


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["equipoise", "trial", *words])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0)


def test_check_names_lines_and_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(changed("cap: 240", "cap: x").replace("block_sizes: [4, 6]", "block_sizes: [4]"))
    assert run(monkeypatch, "check", str(file)) == 3
    assert f"{file}:74:8: error: allocation.cap: 'x' is not a whole number." in capsys.readouterr().out
    file.write_text(changed("block_sizes: [4, 6]", "block_sizes: [4]"))
    assert run(monkeypatch, "check", str(file)) == 0
    told = capsys.readouterr().out
    assert f"{file}:75:16: warning: allocation.block_sizes: One fixed size can be found out." in told
    assert "JASMINE 1.0: 2 arms, at most 240 participants, 23 visits, 15 forms, 21 criteria." in told
    assert "0 errors, 1 warning." in told


def test_check_as_json_and_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = changed("cap: 240", "cap: x").encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert run(monkeypatch, "check", "-", "--json") == 3
    (problem,) = json.loads(capsys.readouterr().out)
    assert (problem["line"], problem["path"], problem["severity"]) == (74, "allocation.cap", "error")


def test_what_cannot_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "check", str(tmp_path / "none.yaml")) == 3
    assert "cannot be read" in capsys.readouterr().err
    (tmp_path / "latin.yaml").write_bytes(jasmine_text().encode()[:200] + b"\n\xe9")
    assert run(monkeypatch, "check", str(tmp_path / "latin.yaml")) == 3
    assert "is not text in UTF-8 (line" in capsys.readouterr().err


def test_new_from_a_study_kept_here(
    tmp_path: Path, sample_library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EQUIPOISE_HOME", str(sample_library.home))
    file = tmp_path / "new.yaml"
    assert run(monkeypatch, "new", str(file), "--from", "NCT06455449") == 0
    text = file.read_text()
    assert "registry: NCT06455449" in text
    assert "  cap: 240" in text
    assert "# TODO consent: has no version" in text
    assert run(monkeypatch, "check", str(file)) == 3
    assert run(monkeypatch, "new", str(file)) == 3
    assert "is there already" in capsys.readouterr().err
    assert file.read_text() == text


def test_new_from_a_study_that_is_not_kept(
    tmp_path: Path, sample_library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EQUIPOISE_HOME", str(sample_library.home))
    assert run(monkeypatch, "new", str(tmp_path / "new.yaml"), "--from", "NCT00000000") == 3
    assert not (tmp_path / "new.yaml").exists()


def test_schema(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "equipoise-protocol/1"
