"""Packed files read piece by piece: gzip, Zstandard and zip, as far as they are whole."""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, cast

import zstandard

from equipoise.kernel.refused import Refused

Chunks = Iterator[bytes]

ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_READ = 1 << 16
AGAIN = "Download the file again."


class _Unpacking(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class Packing(NamedTuple):
    """A way of packing. ``step`` bytes unpacked at once grow to 8 MiB at most, however hostile they are."""

    magic: bytes
    step: int
    start: Callable[[], _Unpacking]


_GZIP = Packing(b"\x1f\x8b", 4096, lambda: zlib.decompressobj(wbits=31))
_DEFLATE = Packing(b"", 4096, lambda: zlib.decompressobj(wbits=-15))
_ZSTANDARD = Packing(b"\x28\xb5\x2f\xfd", 256, lambda: zstandard.ZstdDecompressor().decompressobj())


def chunks_of(file: BinaryIO) -> Chunks:
    try:
        while chunk := file.read(_READ):
            yield chunk
    except OSError as error:
        raise Refused(f"cannot be read further: {error.strerror or error}.", do="Check the disk.") from None


def is_zip(head: bytes) -> bool:
    return head.startswith((ZIP, _EMPTY_ZIP))


def packing_of(head: bytes) -> Packing | None:
    """How what begins with ``head`` is packed: None where it is not gzip or Zstandard."""
    return next((packing for packing in (_GZIP, _ZSTANDARD) if head.startswith(packing.magic)), None)


def unpacked(packed: Chunks, packing: Packing) -> Chunks:
    """The content of all frames. Refuses what is damaged or cut off, after giving what came before."""
    frame = packing.start()
    for step in _steps(packed, packing.step):
        rest = step
        while rest:
            if frame.eof:
                rest = rest.lstrip(b"\0")
                frame = packing.start() if rest else frame
            yield from _decompressed(frame, rest)
            rest = frame.unused_data if frame.eof and rest else b""
    if not frame.eof:
        raise Refused("the packed file is cut off.", do=AGAIN)


def _steps(chunks: Chunks, size: int) -> Chunks:
    for chunk in chunks:
        for place in range(0, len(chunk), size):
            yield chunk[place : place + size]


def _decompressed(frame: _Unpacking, packed: bytes) -> Chunks:
    if not packed:
        return
    try:
        content = frame.decompress(packed)
    except (zlib.error, zstandard.ZstdError) as error:
        raise Refused(f"the packed file is damaged: {error}.", do=AGAIN) from None
    if content:
        yield content


def members(path: Path) -> Iterator[tuple[str, Chunks]]:
    """The files in a zip, each to be read before the next. Refuses at the end where the zip has lost its own end."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        with path.open("rb") as file:
            yield from _salvaged(file)
        why = "the zip file is cut off: it has lost the list at its end. What came before was read."
        raise Refused(why, do=AGAIN) from None
    with archive:
        for member in archive.infolist():
            if not member.is_dir():
                yield member.filename, _member(archive, member)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Chunks:
    try:
        with cast(zipfile.ZipExtFile, archive.open(member)) as file:
            while chunk := file.read1(_READ):
                yield chunk
    except NotImplementedError:
        raise Refused("is packed in a way we cannot read.", do="Unpack it first.") from None
    except RuntimeError:
        raise Refused("needs a password.", do="Unpack it first.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise Refused(f"is damaged in the zip: {error or 'it is cut off'}.", do=AGAIN) from None


_LOCAL = struct.Struct("<4sHHH8xIIHH")
_ENCRYPTED, _SIZES_FOLLOW = 1, 8
_STORED, _DEFLATED = 0, 8
_NEXT = re.compile(rb"PK(?:\x03\x04|\x01\x02)")


def _salvaged(file: BinaryIO) -> Iterator[tuple[str, Chunks]]:
    """The members one after another by the header before each, for a zip without its closing list."""
    while len(head := file.read(_LOCAL.size)) == _LOCAL.size:
        magic, _, flags, method, _, size, name_length, extra_length = _LOCAL.unpack(head)
        if magic != ZIP or flags & _ENCRYPTED:
            return
        name = file.read(name_length).decode(errors="replace")
        file.seek(extra_length, 1)
        if method == _DEFLATED:
            content = _inflated(file)
        elif method == _STORED and not flags & _SIZES_FOLLOW:
            content = _stored(file, size)
        else:
            return
        if not name.endswith("/"):
            yield name, content
        for _ in content:
            pass
        _skip_sizes(file, after=bool(flags & _SIZES_FOLLOW))


def _inflated(file: BinaryIO) -> Chunks:
    frame = _DEFLATE.start()
    while not frame.eof and (packed := file.read(_DEFLATE.step)):
        yield from _decompressed(frame, packed)
    if not frame.eof:
        raise Refused("the zip file is cut off here.", do=AGAIN)
    file.seek(-len(frame.unused_data), 1)


def _stored(file: BinaryIO, size: int) -> Chunks:
    while size and (chunk := file.read(min(size, _READ))):
        size -= len(chunk)
        yield chunk
    if size:
        raise Refused("the zip file is cut off here.", do=AGAIN)


def _skip_sizes(file: BinaryIO, *, after: bool) -> None:
    """Go to the next header, past the 12 to 24 bytes that may stand between."""
    if not after:
        return
    between = file.read(28)
    found = _NEXT.search(between)
    file.seek((found.start() if found else len(between)) - len(between), 1)
