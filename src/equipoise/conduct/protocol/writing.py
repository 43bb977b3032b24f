"""A protocol as YAML that reads back as the same protocol."""

import datetime
from decimal import Decimal
from typing import Any

import msgspec
import yaml

from equipoise.conduct.protocol.model import Protocol

_LINE = 80


class _Dumper(yaml.SafeDumper):
    """Lists are indented under their name, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002, FBT002
        return super().increase_indent(flow, False)


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.Node:
    text = f"{value:f}"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


def _list(dumper: yaml.SafeDumper, value: list[Any] | tuple[Any, ...]) -> yaml.Node:
    """On one line where it holds a few plain words or numbers."""
    short = all(isinstance(each, str | int | Decimal) for each in value) and len(str(value)) < _LINE
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=short)


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(tuple, _list)


def write_protocol(protocol: Protocol) -> str:
    return write_section(protocol)


def write_section(part: object) -> str:
    """Any part of a protocol, or a plain value that holds parts. What is left at its default is left out."""
    plain = msgspec.to_builtins(part, builtin_types=(Decimal, datetime.date))
    written: str = yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return written
