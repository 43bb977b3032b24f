"""Heads of logs in a file of lines, for somebody outside to keep: what finds a tail that was cut off or replaced."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from equipoise.conduct.log import Anchor
from equipoise.kernel.refused import Refused


def write_anchors(path: Path, anchors: Iterable[Anchor]) -> None:
    """Add them to the file, a line each; earlier lines stay."""
    with path.open("ab") as file:
        for anchor in anchors:
            file.write(msgspec.json.encode(anchor) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_anchors(path: Path, trial: str = "") -> tuple[Anchor, ...]:
    """All of them, or those of one trial, in the order of the file."""
    found = [_read(path, number, line) for number, line in enumerate(path.read_bytes().splitlines(), start=1)]
    return tuple(anchor for anchor in found if trial in ("", anchor.trial))


def _read(path: Path, number: int, line: bytes) -> Anchor:
    try:
        return msgspec.json.decode(line, type=Anchor)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused("is no anchor.", what=f"{path}, line {number}", do="Take a whole copy of the file.") from None
