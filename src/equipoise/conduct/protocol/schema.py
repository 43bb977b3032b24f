"""The JSON Schema of the protocol file, for editors that complete and check while one writes."""

import inspect
from typing import Any, cast

import msgspec

from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.protocol.rules.naming import FORMAT

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def protocol_schema() -> dict[str, Any]:
    """JSON Schema (2020-12). Its descriptions are the docstrings of the model."""
    schema = cast("dict[str, Any]", _mended(msgspec.json.schema(Protocol)))
    schema["$defs"]["Protocol"]["properties"]["format"] = {"const": FORMAT}
    return {"$schema": DIALECT, "title": FORMAT} | schema


def _mended(node: Any) -> Any:
    """Numbers may be written without quotes; what is not a field is a mistake; docstrings without their margins."""
    if isinstance(node, list | tuple):
        return [_mended(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {name: _mended(value) for name, value in node.items()}
    if found.get("format") == "decimal":
        return {"type": ["number", "string"]}
    if found.get("type") == "object" and "properties" in found:
        found["additionalProperties"] = False
    if isinstance(found.get("description"), str):
        found["description"] = inspect.cleandoc(found["description"]).replace("``", "`")
    return found
