"""Every example of docs/api.md is sent, and what comes back holds what the document shows."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from equipoise.actions.library import Library
from equipoise.web.api.criteria import Asked
from equipoise.web.api.people import Wish
from equipoise.web.patience import Buckets

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
BLOCKS = [block.replace("\n    ", "\n").strip() for block in re.findall(r"(?:^    .*\n)+", PAGE, re.MULTILINE)]
EXAMPLES = list(zip(BLOCKS[::2], BLOCKS[1::2], strict=True))


@pytest.fixture
def client(sample_library: Library, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("EQUIPOISE_HOME", str(sample_library.home))
    monkeypatch.setattr(Buckets, "take", lambda *_: 0.0)
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize(("asked", "answer"), EXAMPLES, ids=[asked.splitlines()[0] for asked, _ in EXAMPLES])
def test_every_example_answers_as_documented(client: Client, asked: str, answer: str) -> None:
    line, _, body = asked.partition("\n")
    method, path = line.split()
    told = client.generic(method, path, body, content_type="application/json")
    status, _, shown = answer.partition("\n")
    assert told.status_code == int(status)
    assert missing(json.loads(shown), json.loads(told.content)) == []


def missing(shown: Any, told: Any, where: str = "$") -> list[str]:
    """Where the answer does not hold what is shown; lists are compared from their beginning."""
    if isinstance(shown, dict) and isinstance(told, dict):
        return [gap for key in shown for gap in missing(shown[key], told.get(key), f"{where}.{key}")]
    if isinstance(shown, list) and isinstance(told, list) and len(shown) <= len(told):
        return [gap for n, one in enumerate(shown) for gap in missing(one, told[n], f"{where}[{n}]")]
    return [] if shown == told else [f"{where}: {shown!r}, not {told!r}"]


def test_there_is_an_example_for_every_address(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert [path for path in paths if path.replace("{nct_id}", "NCT") not in PAGE] == []


@pytest.mark.parametrize("field", [*Asked.model_fields, *Wish.model_fields])
def test_every_field_is_documented(field: str) -> None:
    assert f"| `{field}` |" in PAGE
