"""docs/protocol.md names every part and field of the model, and the schema for editors is the model's."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from equipoise.cli.protocol import trial
from equipoise.conduct.protocol import model
from equipoise.conduct.protocol.schema import protocol_schema

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "protocol.md").read_text()
PARTS = [
    part
    for part in vars(model).values()
    if isinstance(part, type) and issubclass(part, model.Part) and part is not model.Part
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_part_and_field_is_documented(part: type[model.Part]) -> None:
    section = re.search(rf"^### {part.__name__}\n(.*?)(?=^### |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section, part.__name__
    rows = re.findall(r"^\| `(\w+)` \|.*\| (required|[^|]*) \|$", section[1], re.MULTILINE)
    assert [(name, told == "required") for name, told in rows] == [
        (field.name, field.required) for field in msgspec.structs.fields(part)
    ]


def test_the_schema_for_editors_is_that_of_the_model() -> None:
    """Renew it with ``equipoise trial schema > docs/protocol.schema.json``."""
    assert json.loads((DOCS / "protocol.schema.json").read_text()) == json.loads(msgspec.json.encode(protocol_schema()))


def test_the_schema_tells_what_a_part_is_and_refuses_what_is_not_a_field() -> None:
    parts = protocol_schema()["$defs"]
    assert parts["Visit"]["description"].startswith("`every`: again each so many days")
    assert parts["Visit"]["additionalProperties"] is False
    assert parts["Exists"]["additionalProperties"] is False
    assert parts["Field"]["properties"]["usual"]["anyOf"][0]["prefixItems"][0] == {"type": ["number", "string"]}
    assert parts["Protocol"]["properties"]["format"] == {"const": "equipoise-protocol/1"}


def test_the_commands_are_documented() -> None:
    for command in ("check", "new", "schema"):
        assert f"equipoise trial {command}" in PAGE
        assert any(
            (each.name or each.callback.__name__) == command for each in trial.registered_commands if each.callback
        )
