"""One folder that holds a running trial: log, ciphertexts, anchors, and a list of digests; and the way back from it.

Lines of JSON, packed with zstd, the same from SQLite and PostgreSQL. Nothing in it is opened: keys are kept elsewhere.
"""

import datetime
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import zstandard

from equipoise import __version__
from equipoise.conduct.log import Anchor, Entry, flaws, utc
from equipoise.kernel.refused import Refused
from equipoise.store.trial.anchors import read_anchors, write_anchors
from equipoise.store.trial.ciphertexts import Ciphertext
from equipoise.store.trial.log import Log
from equipoise.store.trial.sealed import Sealed
from equipoise.store.trial.vault import Vault

FORMAT = 1
_MANIFEST = "manifest.json"
_LOG, _LOOKS, _SEALED, _VAULT = "log.jsonl.zst", "looks.jsonl.zst", "sealed.jsonl.zst", "vault.jsonl.zst"
_READS = "reads.jsonl.zst"
"""Who read what in the vault. A backup made before there was such a log has none."""
_ANCHORS = {_LOG: "log-anchors.jsonl", _LOOKS: "looks-anchors.jsonl", _READS: "reads-anchors.jsonl"}
Kind = TypeVar("Kind")


class Digest(msgspec.Struct, frozen=True):
    """Of one file as it stands in the folder: SHA-256, hexadecimal; its size in bytes."""

    sha256: str
    size: int


class Manifest(msgspec.Struct, frozen=True):
    format: int
    software: str
    at: str
    files: dict[str, Digest]


def back_up(
    folder: Path,
    *,
    at: datetime.datetime,
    log: Log | None = None,
    sealed: Sealed | None = None,
    vault: Vault | None = None,
) -> Manifest:
    """Write the stores given into a new folder. It appears under its name when it is whole and on the disk.

    The stores may be in use. What the log speaks of is in the others before: so the log is read first.
    """
    if folder.exists():
        raise Refused("is there already.", what=str(folder), do="Name a folder that is not there yet.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    begun = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _write_parts(begun, at, log, sealed, vault)
        manifest = Manifest(FORMAT, __version__, utc(at), {one.name: _digest(one) for one in sorted(begun.iterdir())})
        (begun / _MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
        for path in (*begun.iterdir(), begun):
            _flush(path)
        begun.rename(folder)
    except BaseException:
        shutil.rmtree(begun, ignore_errors=True)
        raise
    _flush(folder.parent)
    return manifest


def restore(
    folder: Path,
    *,
    log: Log | None = None,
    sealed: Sealed | None = None,
    vault: Vault | None = None,
    anchors: Sequence[Anchor] = (),
) -> Manifest:
    """Fill these empty stores from a backup, checked before and after. ``anchors`` of the log, from outside."""
    manifest = check_backup(folder, anchors)
    wanted = {_LOG: log, _LOOKS: sealed, _SEALED: sealed, _VAULT: vault}
    for name, store in wanted.items():
        if store is not None and name not in manifest.files:
            raise Refused("is not in this backup.", what=name, do=f"It holds {', '.join(manifest.files)}.")
    _refuse_full(log, sealed, vault)
    if log is not None:
        _restore_entries(folder, _LOG, log)
    if sealed is not None:
        _restore_entries(folder, _LOOKS, sealed.looks)
        _restore_ciphertexts(folder, _SEALED, sealed)
    if vault is not None:
        if _READS in manifest.files:
            _restore_entries(folder, _READS, vault.looks)
        _restore_ciphertexts(folder, _VAULT, vault)
    return manifest


def check_backup(folder: Path, anchors: Sequence[Anchor] = ()) -> Manifest:
    """What the backup says of itself, when every file and chain agrees with it. Raises ``Refused`` at what does not."""
    manifest = _read_manifest(folder)
    for name, digest in manifest.files.items():
        if not (folder / name).is_file():
            raise Refused("is missing from the backup.", what=str(folder / name), do="Take another copy.")
        if _digest(folder / name) != digest:
            raise Refused("was altered since the backup was made.", what=str(folder / name), do="Take another copy.")
    for name, beside in _ANCHORS.items():
        if name in manifest.files:
            outside = tuple(anchors) if name == _LOG else ()
            _check_chains(_read_lines(folder / name, Entry), (*read_anchors(folder / beside), *outside), name)
    return manifest


def _write_parts(
    begun: Path, at: datetime.datetime, log: Log | None, sealed: Sealed | None, vault: Vault | None
) -> None:
    if log is not None:
        _write_entries(begun, _LOG, log, at)
    if sealed is not None:
        with sealed.ciphertexts() as rows:
            _write_lines(begun / _SEALED, rows)
        _write_entries(begun, _LOOKS, sealed.looks, at)
    if vault is not None:
        with vault.ciphertexts() as rows:
            _write_lines(begun / _VAULT, rows)
        _write_entries(begun, _READS, vault.looks, at)


def _write_entries(begun: Path, name: str, log: Log, at: datetime.datetime) -> None:
    heads: dict[str, Entry] = {}

    def passing() -> Iterator[Entry]:
        for trial in log.trials():
            for entry in log.entries(trial):
                heads[trial] = entry
                yield entry

    _write_lines(begun / name, passing())
    write_anchors(
        begun / _ANCHORS[name], (Anchor(head.trial, head.position, head.hash, utc(at)) for head in heads.values())
    )


def _write_lines(path: Path, values: Iterable[object]) -> None:
    encoder = msgspec.json.Encoder()
    with zstandard.open(path, "wb") as file:
        for value in values:
            file.write(encoder.encode(value) + b"\n")


def _read_lines(path: Path, kind: type[Kind]) -> Iterator[Kind]:
    decoder = msgspec.json.Decoder(kind)
    try:
        with zstandard.open(path, "rt", encoding="utf-8", newline="\n") as file:
            for line in file:
                yield decoder.decode(line)
    except (msgspec.DecodeError, zstandard.ZstdError, UnicodeDecodeError) as error:
        raise Refused(f"cannot be read: {error}.", what=str(path), do="Take another copy.") from None


def _read_manifest(folder: Path) -> Manifest:
    path = folder / _MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise Refused("is no backup: it has no manifest.", what=str(folder)) from None
    except msgspec.DecodeError as error:
        raise Refused(f"cannot be read: {error}.", what=str(path), do="Take another copy.") from None
    if manifest.format != FORMAT:
        raise Refused(
            f"was written by Equipoise {manifest.software}, in a format this one does not know.", what=str(folder)
        )
    return manifest


def _check_chains(entries: Iterable[Entry], anchors: Sequence[Anchor], what: str) -> None:
    waiting = {anchor.trial for anchor in anchors}
    for trial, chain in groupby(entries, key=lambda entry: entry.trial):
        waiting.discard(trial)
        for flaw in flaws(chain, [anchor for anchor in anchors if anchor.trial == trial]):
            raise Refused(f"is not what was written, at entry {flaw.position}: {flaw.why}", what=f"{what}: {trial}")
    for trial in sorted(waiting):
        raise Refused("is anchored and not there at all.", what=f"{what}: {trial}")


def _refuse_full(log: Log | None, sealed: Sealed | None, vault: Vault | None) -> None:
    full = {
        "the log": log is not None and bool(log.trials()),
        "the sealed store": sealed is not None and (bool(sealed.looks.trials()) or not _is_empty(sealed)),
        "the vault": vault is not None and (bool(vault.looks.trials()) or not _is_empty(vault)),
    }
    for what, is_full in full.items():
        if is_full:
            raise Refused("is not empty, and a backup is restored into empty stores only.", what=what)


def _is_empty(store: Sealed | Vault) -> bool:
    with store.ciphertexts() as rows:
        return next(iter(rows), None) is None


def _restore_entries(folder: Path, name: str, log: Log) -> None:
    log.load(_read_lines(folder / name, Entry))
    stored = (entry for trial in log.trials() for entry in log.entries(trial))
    _check_chains(stored, read_anchors(folder / _ANCHORS[name]), "what was restored")


def _restore_ciphertexts(folder: Path, name: str, store: Sealed | Vault) -> None:
    store.fill(_read_lines(folder / name, Ciphertext))  # type: ignore[arg-type]
    with store.ciphertexts() as rows:
        written: Iterator[Any] = _read_lines(folder / name, Ciphertext)  # type: ignore[arg-type]
        if any(one != other for one, other in zip_longest(rows, written)):
            raise Refused("is not what the backup holds, after restoring.", what=name, do="Restore into a new store.")


def _digest(path: Path) -> Digest:
    with path.open("rb") as file:
        return Digest(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def _flush(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
