"""The log of a trial: every event in an envelope, each bound to the one before it by its hash."""

import datetime
import hashlib
from collections.abc import Iterable, Iterator

import msgspec

GENESIS = "0" * 64
"""What the first entry names as the hash before it."""

_encoder = msgspec.json.Encoder(order="sorted", decimal_format="string")


class Context(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who asks for something, when and by what means. ``at`` is the server's clock, UTC; ``zone`` the person's own.

    ``key`` makes asking twice the same as asking once. ``reason``: why, where the protocol wants to know.
    """

    by: str
    at: datetime.datetime
    role: str = ""
    reason: str = ""
    key: str = ""
    zone: str = ""
    client: str = ""


class Entry(msgspec.Struct, frozen=True):
    """One event as it is kept. ``position`` counts from 1 without a gap; ``body`` is the event as canonical JSON.

    ``tag`` and ``schema`` say how to read the body; ``subject`` is the participant it is about, ``site`` where; both
    may be empty. ``hash`` is SHA-256 over all other fields, that of the entry before among them.
    """

    trial: str
    position: int
    at: str
    by: str
    role: str
    site: str
    subject: str
    tag: str
    schema: int
    body: str
    reason: str
    key: str
    zone: str
    client: str
    protocol: str
    software: str
    before: str
    hash: str = ""


class Anchor(msgspec.Struct, frozen=True, omit_defaults=True):
    """The head of a log as it was handed to somebody outside: what finds a tail that was cut off.

    ``signature``: over ``told``, in hexadecimal; none where the host names no key.
    """

    trial: str
    position: int
    hash: str
    at: str
    signature: str = ""

    @property
    def told(self) -> bytes:
        """What a signature of it binds."""
        return canonical(["equipoise-anchor/1", self.trial, self.position, self.hash, self.at]).encode()


class Flaw(msgspec.Struct, frozen=True):
    """The first place where a log is not what was written."""

    position: int
    why: str


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces and decimals as strings: the same text for the same value, always."""
    return _encoder.encode(value).decode()


def hash_of(entry: Entry) -> str:
    """Over canonical JSON of all fields but the last, its own."""
    return hashlib.sha256(_encoder.encode(msgspec.structs.astuple(entry)[:-1])).hexdigest()


def sealed_by_hash(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, hash=hash_of(entry))


def utc(at: datetime.datetime) -> str:
    """ISO 8601 to the microsecond, with Z."""
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def flaws(entries: Iterable[Entry], anchors: Iterable[Anchor] = ()) -> Iterator[Flaw]:
    """The first entry that was edited, deleted, inserted or moved, if any; then every anchor that is not met."""
    known: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        known.setdefault(anchor.position, []).append(anchor)
    before, position, trial = GENESIS, 0, ""
    for entry in entries:
        position += 1
        trial = trial or entry.trial
        why = _wrong(entry, position, before, trial)
        if why:
            yield Flaw(position, why)
            return
        yield from _not_met(entry, known.pop(position, ()))
        before = entry.hash
    for anchor in (anchor for place in sorted(known) for anchor in known[place]):
        yield Flaw(anchor.position, f"The log ends at {position}; entry {anchor.position} was anchored at {anchor.at}.")


def _not_met(entry: Entry, anchors: Iterable[Anchor]) -> Iterator[Flaw]:
    for anchor in anchors:
        if anchor.trial != entry.trial:
            yield Flaw(entry.position, f"The anchor of {anchor.at} is of the trial {anchor.trial}.")
        elif anchor.hash != entry.hash:
            yield Flaw(entry.position, f"The log has another entry here than the one anchored at {anchor.at}.")


def _wrong(entry: Entry, position: int, before: str, trial: str) -> str:
    if entry.position != position:
        return f"Entry {entry.position} stands where entry {position} belongs."
    if entry.trial != trial:
        return f"This entry is of the trial {entry.trial}."
    if entry.before != before:
        return "This entry does not follow the one before it."
    if entry.hash != hash_of(entry):
        return "This entry was altered after it was written."
    return ""
