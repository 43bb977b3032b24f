"""Persons from files: FHIR R4 (a Bundle, a resource, lines or a folder of a bulk export), or plain YAML or JSON."""

import codecs
import datetime
import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

from equipoise.exchange.fhir import PersonRecord, read_fhir, read_lines
from equipoise.exchange.person import read_person
from equipoise.kernel.refused import Refused

__all__ = ["PersonRecord", "people_in", "read_one", "read_people"]
_LINES = {".ndjson", ".jsonl"}
LARGEST = 500_000_000
"""Bytes of one file."""


def read_people(path: Path, *, at: datetime.date) -> tuple[PersonRecord, ...]:
    """Everyone the file or folder tells of. ``at``: the day of a plain person's values without a date."""
    if path.is_dir():
        return _named(path, lambda: read_lines(_folder_lines(path)))
    if _kind(path) in _LINES:
        return _named(path, lambda: read_lines(_lines(path)))
    data = _bytes(path)
    return _named(path, lambda: people_in(data, at=at))


def people_in(data: bytes, *, at: datetime.date) -> tuple[PersonRecord, ...]:
    """Everyone a FHIR R4 Bundle, a resource, or plain YAML or JSON tells of."""
    data = data.removeprefix(codecs.BOM_UTF8)
    return read_fhir(data) if _is_fhir(data) else (PersonRecord(read_person(data, at=at)),)


def read_one(path: Path, *, at: datetime.date, name: str = "") -> PersonRecord:
    """The person in the file; with several, the one of this ``name`` (its id, or the beginning of it)."""
    found = read_people(path, at=at)
    meant = [one for one in found if one.person.id.startswith(name)] if name else list(found)
    if len(meant) == 1:
        return meant[0]
    names = ", ".join(one.person.id for one in found[:5])
    if name:
        many = f"begins the ids of {len(meant)} people" if meant else "is nobody's id"
        raise Refused(f"{many} in this file.", what=repr(name), do=f"Held: {names}.")
    raise Refused(f"holds {len(found)} persons.", what=path.name, do=f"Name one with --person, such as {names}.")


Records = tuple[PersonRecord, ...]


def _named(path: Path, read: Callable[[], Records]) -> Records:
    try:
        return read()
    except Refused as refused:
        raise Refused(
            refused.why, what=", ".join(part for part in (path.name, refused.what) if part), do=refused.do
        ) from None


def _kind(path: Path) -> str:
    return Path(path.stem).suffix if path.suffix == ".gz" else path.suffix


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        if path.suffix != ".gz":
            return data
        with gzip.open(path) as file:
            data = file.read(LARGEST + 1)
    except (OSError, EOFError) as error:
        raise _unreadable(error, path) from None
    if len(data) > LARGEST:
        raise Refused(f"unpacks to more than {LARGEST:,} bytes.", what=str(path))
    return data


def _is_fhir(data: bytes) -> bool:
    """JSON that names a resourceType near its beginning or at all; a plain person has no such word."""
    return data.lstrip()[:1] in (b"{", b"[") and b'"resourceType"' in data


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield from file
    except (OSError, EOFError) as error:
        raise _unreadable(error, path) from None


def _unreadable(error: OSError | EOFError, path: Path) -> Refused:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Refused(f"cannot be read: {why.rstrip('.')}.", what=str(path), do="Name a file or folder of people.")


def _folder_lines(folder: Path) -> Iterator[bytes]:
    """All lines of resources, without the log of the export."""
    files = [path for path in sorted(folder.iterdir()) if _kind(path) in _LINES and not path.name.startswith("log.")]
    if not files:
        raise Refused("holds no .ndjson file.", what=str(folder), do="Give the folder of a FHIR bulk export.")
    for path in files:
        yield from _lines(path)
