"""Heads of logs in a file of lines, for somebody outside to keep: what finds a tail that was cut off or replaced.

A host that names a key signs them (Ed25519): whoever has its public key then knows that an anchor came from it.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from equipoise.conduct.log import Anchor, Flaw
from equipoise.kernel.refused import Refused
from equipoise.store.trial.keys import KeySource

ANCHOR_KEY = "EQUIPOISE_ANCHOR_KEY"
"""The setting that names where the key for signing comes from, as ``keys.key_source`` reads it."""


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


def sign_anchor(anchor: Anchor, source: KeySource) -> Anchor:
    """The same with its signature. Refused: the key cannot be had."""
    return msgspec.structs.replace(anchor, signature=_private(source).sign(anchor.told).hex())


def public_key(source: KeySource) -> str:
    """32 bytes in hexadecimal, for whoever checks signatures. It opens nothing and may be published."""
    return _private(source).public_key().public_bytes_raw().hex()


def _private(source: KeySource) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(source.key())


def forged(anchors: Iterable[Anchor], public: str) -> Iterator[Flaw]:
    """Signed anchors that the holder of this public key did not sign. Refused: it is no public key."""
    key = _public(public)
    for anchor in anchors:
        if anchor.signature and not _signed(anchor, key):
            why = f"The anchor of {anchor.at} was not signed with the key whose public half was given."
            yield Flaw(anchor.position, why)


def _public(words: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(words.strip()))
    except ValueError:
        do = "Print it where the anchors are made: equipoise trial anchor --public."
        raise Refused("is no public key: one is 64 hexadecimal digits.", what=words[:80], do=do) from None


def _signed(anchor: Anchor, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(bytes.fromhex(anchor.signature), anchor.told)
    except (InvalidSignature, ValueError):
        return False
    return True
