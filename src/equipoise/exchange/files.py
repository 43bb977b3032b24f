"""Studies from files: JSON, JSON lines and registry XML, plain or packed, one at a time however large the file."""

import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import msgspec

from equipoise.exchange.scan import LIMIT, Piece, pieces
from equipoise.exchange.unpack import Chunks, chunks_of, is_zip, members, packing_of, unpacked
from equipoise.kernel.refused import Refused
from equipoise.studies.read import name_of
from equipoise.studies.record import Study

_ENDINGS = (".json", ".jsonl", ".ndjson", ".xml")
_PACKED = (".gz", ".zst")
_LAYERS = 2
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FORMS = "Equipoise reads the registry's JSON, JSON lines and XML in UTF-8, also in .gz, .zst or .zip."


class Entry(msgspec.Struct, frozen=True):
    """One thing found in a file: a study as API v2 JSON, a study as legacy XML, or why it could not be read.

    ``study`` is what ``raw`` says, where finding it has read it already.
    """

    where: str
    raw: bytes = b""
    legacy: bytes = b""
    refused: Refused | None = None
    study: Study | None = None


class _Shape(msgspec.Struct):
    """What tells a record's kind."""

    protocol: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="protocolSection")
    studies: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    xml: str | msgspec.UnsetType = msgspec.UNSET


_SHAPE = msgspec.json.Decoder(_Shape)


def read_files(paths: Iterable[Path], *, limit: int = LIMIT) -> Iterator[Entry]:
    """Every study in the files and folders. ``limit`` is the most bytes one record may have.

    Nothing is raised for what cannot be read: it becomes an entry that says so, and the rest is read.
    """
    for path in paths:
        name = path.name or str(path)
        entries = _in_folder(path, limit) if path.is_dir() else _in_file(path, name, limit)
        yield from _kept(name, entries)


def _kept(name: str, entries: Iterator[Entry]) -> Iterator[Entry]:
    try:
        yield from entries
    except Refused as refused:
        yield _refusal(name, refused.why, refused.do)
    except FileNotFoundError:
        yield _refusal(name, "there is no such file.", "Check the name.")
    except OSError as error:
        yield _refusal(name, f"cannot be opened: {error.strerror or error}.", "Check that you may read it.")


def _refusal(where: str, why: str, do: str) -> Entry:
    return Entry(where, refused=Refused(why, what=where, do=do))


def _in_folder(path: Path, limit: int) -> Iterator[Entry]:
    """All files whose names say they may hold studies."""
    empty = True
    for folder, folders, names in os.walk(path):
        folders.sort()
        for file in (Path(folder, name) for name in sorted(names) if _may_hold_studies(name)):
            empty = False
            name = file.relative_to(path.parent).as_posix()
            yield from _kept(name, _in_file(file, name, limit))
    if empty:
        raise Refused("the folder holds no JSON and no XML.", do=_FORMS)


def _may_hold_studies(name: str) -> bool:
    inner = PurePosixPath(name.lower())
    if inner.name.startswith(".") or "__macosx" in inner.parts:
        return False
    if inner.suffix in _PACKED:
        inner = inner.with_suffix("")
    return inner.suffix in (*_ENDINGS, ".zip")


def _in_file(path: Path, name: str, limit: int) -> Iterator[Entry]:
    with path.open("rb") as file:
        head, chunks = _peeked(chunks_of(file))
        if is_zip(head) and path.is_file():
            yield from _in_zip(path, name, limit)
        else:
            yield from _in_text(head, chunks, name, limit)


def _in_zip(path: Path, name: str, limit: int) -> Iterator[Entry]:
    empty = True
    for member, chunks in members(path):
        if _may_hold_studies(member):
            empty = False
            yield from _kept(f"{name}/{member}", _in_member(chunks, f"{name}/{member}", limit))
    if empty:
        raise Refused("the zip file holds no JSON and no XML.", do=_FORMS)


def _in_member(chunks: Chunks, name: str, limit: int) -> Iterator[Entry]:
    head, chunks = _peeked(chunks)
    yield from _in_text(head, chunks, name, limit)


def _peeked(chunks: Chunks) -> tuple[bytes, Chunks]:
    """The first bytes that are not white space, and everything."""
    read: list[bytes] = []
    head = b""
    for chunk in chunks:
        read.append(chunk)
        head = (head + chunk).removeprefix(_BYTE_ORDER_MARK).lstrip()
        if len(head) >= 4:
            break
    return head[:16], itertools.chain(read, chunks)


def _in_text(head: bytes, chunks: Chunks, name: str, limit: int) -> Iterator[Entry]:
    for _ in range(_LAYERS):
        if packing := packing_of(head):
            head, chunks = _peeked(unpacked(chunks, packing))
    if not head:
        raise Refused("is empty.", do="Download or copy it again.")
    if is_zip(head):
        raise Refused("is a zip inside another packed file.", do="Unpack it first.")
    if head.startswith(b"<"):
        yield Entry(name, legacy=_whole(chunks, limit))
    elif head.startswith((b"{", b"[")):
        for piece in pieces(chunks, limit=limit):
            yield from _in_piece(piece, name)
    else:
        raise Refused("is neither JSON nor XML.", do=_FORMS)


def _whole(chunks: Chunks, limit: int) -> bytes:
    parts, count = [], 0
    for chunk in chunks:
        parts.append(chunk)
        count += len(chunk)
        if count > limit:
            raise Refused(f"longer than {limit:,} bytes, which no study is.", do=_FORMS)
    return b"".join(parts)


def _in_piece(piece: Piece, name: str) -> Iterator[Entry]:
    where = f"{name} {piece.place}"
    if not piece.why:
        yield from _in_record(piece.data, where, piece.study)
    elif piece.data:
        yield _refused_record(piece.data, where, piece.why, piece.do)
    else:
        yield _refusal(where, piece.why, piece.do)


def _in_record(data: bytes, where: str, study: Study | None = None) -> Iterator[Entry]:
    try:
        if not data.isascii():
            data.decode()
        shape = None if study else _SHAPE.decode(data)
    except UnicodeDecodeError as error:
        yield _refused_record(data, where, f"not UTF-8 text at its byte {error.start}.", "Save the file as UTF-8.")
    except msgspec.DecodeError as error:
        yield _refused_record(data, where, f"not a study record: {error}.", "Download it again.")
    except RecursionError:
        yield _refused_record(data, where, "not a study record: it is nested too deeply.", _FORMS)
    else:
        yield from _shaped(shape, data, where) if shape else (Entry(where, raw=data, study=study),)


def _shaped(shape: _Shape, data: bytes, where: str) -> Iterator[Entry]:
    if shape.protocol is not msgspec.UNSET:
        yield Entry(where, raw=data)
    elif shape.xml is not msgspec.UNSET:
        yield Entry(where, legacy=shape.xml.encode())
    elif shape.studies is not msgspec.UNSET:
        for number, study in enumerate(shape.studies, 1):
            yield from _in_record(bytes(study), f"{where} record {number}")
    else:
        yield _refused_record(data, where, "not a study: it has no protocolSection.", _FORMS)


def _refused_record(data: bytes, where: str, why: str, do: str) -> Entry:
    return Entry(where, refused=Refused(why, what=f"{name_of(data)} ({where})", do=do))
