"""`equipoise criteria --as`: out to the formats of others and back in."""

import json
from pathlib import Path

import pytest

from equipoise.cli import REFUSED
from tests.integration.test_cli import Run, run  # noqa: F401

TEXT = """Inclusion Criteria:

- Age 18 to 75 years
- Type 2 diabetes mellitus within 12 weeks before consent

Exclusion Criteria:

- Severe heart failure
"""


@pytest.fixture
def text(tmp_path: Path) -> str:
    path = tmp_path / "criteria.txt"
    path.write_text(TEXT)
    return str(path)


@pytest.mark.parametrize(("form", "kind"), [("evidence-variable", "EvidenceVariable"), ("group", "Group")])
def test_out_to_fhir_and_back(run: Run, text: str, tmp_path: Path, form: str, kind: str) -> None:  # noqa: F811
    code, out, err = run("criteria", text, "--as", form)
    assert code == 0, err
    assert json.loads(out)["resourceType"] == kind
    assert "in words only: severe heart failure." in err.lower()
    path = tmp_path / "resource.json"
    path.write_text(out)
    code, back, err = run("criteria", str(path), "--json")
    assert (code, err) == (0, "")
    assert json.loads(back) == json.loads(run("criteria", text, "--json")[1])


def test_out_to_circe_and_back(run: Run, text: str, tmp_path: Path) -> None:  # noqa: F811
    code, out, err = run("criteria", text, "--as", "circe", "--at", "2024-06-30")
    assert code == 0, err
    assert "2024-06-30" in out
    assert "left out: " in err
    path = tmp_path / "cohort.json"
    path.write_text(out)
    code, back, err = run("criteria", str(path), "--english")
    assert code == 0
    assert "age at least 18 years and at most 75 years" in back
    assert "Windows are counted from the day of screening" in err


def test_what_does_not_go_together_is_refused(run: Run, text: str) -> None:  # noqa: F811
    for options in (("--as", "group", "--json"), ("--as", "group", "--at", "2024-06-30"), ("--at", "2024-06-30")):
        code, out, err = run("criteria", text, *options)
        assert (code, out) == (REFUSED, "")
        assert "Choose one" in err or "--as circe" in err


def test_another_resource_is_refused(run: Run, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "patient.json"
    path.write_text('{"resourceType": "Patient"}')
    code, out, err = run("criteria", str(path))
    assert (code, out) == (REFUSED, "")
    assert "neither an EvidenceVariable nor a Group" in err
