"""Where a store's master key comes from: the environment, a file, or a program that asks a key service.

A key is 32 random bytes, written as 64 hexadecimal digits. It may be split in two halves held by two custodians:
neither half alone tells anything of the key.
"""

import os
import secrets
import shlex
import subprocess
from pathlib import Path
from typing import Protocol

import msgspec

from equipoise.kernel.refused import Refused

KEY_BYTES = 32
HOW = "Write env:NAME, file:PATH, command:PROGRAM ARGUMENTS, or both:ONE+OTHER for a key held by two custodians."
_PATIENCE = 30
"""Seconds a key service may take."""


class KeySource(Protocol):
    def key(self) -> bytes:
        """The key. Raises ``Refused`` where it cannot be had; the text never holds any of it."""


class KeyFromEnvironment(msgspec.Struct, frozen=True):
    name: str

    def key(self) -> bytes:
        words = os.environ.get(self.name, "")
        if not words:
            raise Refused("is not set, and should hold a key.", what=self.name, do="Set it for this service alone.")
        return _key(words, self.name)


class KeyFromFile(msgspec.Struct, frozen=True):
    path: Path

    def key(self) -> bytes:
        try:
            mode = self.path.stat().st_mode
            words = self.path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise Refused(f"cannot be read: {why}.", what=str(self.path), do="Is the key's file in place?") from None
        if os.name == "posix" and mode & 0o007:
            raise Refused(
                "holds a key and is open to everybody.", what=str(self.path), do=f"Run: chmod 600 {self.path}"
            )
        return _key(words, str(self.path))


class KeyFromCommand(msgspec.Struct, frozen=True):
    """A program that prints the key: the way to a key service (KMS, HSM, vault) of the house."""

    arguments: tuple[str, ...]

    def key(self) -> bytes:
        program = self.arguments[0]
        try:
            done = subprocess.run(  # noqa: S603  what the host has set, with no shell between
                self.arguments, capture_output=True, text=True, timeout=_PATIENCE, check=True, stdin=subprocess.DEVNULL
            )
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
            why = (
                f"ended with {error.returncode}" if isinstance(error, subprocess.CalledProcessError) else "did not run"
            )
            raise Refused(f"{why} instead of printing a key.", what=program, do="Run it by hand to see why.") from None
        return _key(done.stdout, program)


class SplitKey(msgspec.Struct, frozen=True):
    """Two halves, both needed: the key is their exclusive or."""

    one: KeySource
    other: KeySource

    def key(self) -> bytes:
        return _xor(self.one.key(), self.other.key())


def new_key() -> str:
    return secrets.token_hex(KEY_BYTES)


def split_key(words: str) -> tuple[str, str]:
    """Two halves of a key, for two custodians."""
    one = secrets.token_bytes(KEY_BYTES)
    return one.hex(), _xor(one, _key(words, "the key")).hex()


def key_source(words: str) -> KeySource:
    """``env:NAME``, ``file:PATH``, ``command:PROGRAM ARGUMENTS``, or ``both:ONE+OTHER`` of two such."""
    kind, _, rest = words.partition(":")
    if kind == "env" and rest:
        return KeyFromEnvironment(rest)
    if kind == "file" and rest:
        return KeyFromFile(Path(rest))
    if kind == "command" and rest.strip():
        return KeyFromCommand(tuple(shlex.split(rest)))
    one, plus, other = rest.partition("+")
    if kind == "both" and plus:
        return SplitKey(key_source(one), key_source(other))
    # Not repeated: it may be the key itself, put in the wrong place.
    raise Refused("names no source of a key.", what="what was given", do=HOW)


def _key(words: str, what: str) -> bytes:
    try:
        key = bytes.fromhex(words.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Refused("is no key: a key is 64 hexadecimal digits.", what=what, do="Make one: equipoise trial key.")
    return key


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
