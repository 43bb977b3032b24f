"""One thing that changed between two versions of a study, in words."""

from enum import StrEnum

import msgspec


class ChangeKind(StrEnum):
    STATUS = "status"
    RESULTS = "results"
    TITLE = "title"
    DATES = "dates"
    ENROLMENT = "enrolment"
    ELIGIBILITY = "eligibility"
    SITES = "sites"
    CONTACTS = "contacts"
    ARMS = "arms"
    TREATMENTS = "treatments"
    OUTCOMES = "outcomes"
    DESIGN = "design"
    CONDITIONS = "conditions"
    SPONSORS = "sponsors"
    DESCRIPTION = "description"
    DOCUMENTS = "documents"
    RECORD = "record"
    OTHER = "other"


class Importance(StrEnum):
    """For somebody who might join, or has: major may change whether and where; minor is housekeeping."""

    MAJOR = "major"
    NORMAL = "normal"
    MINOR = "minor"


_IMPORTANCE = {
    ChangeKind.STATUS: Importance.MAJOR,
    ChangeKind.RESULTS: Importance.MAJOR,
    ChangeKind.ELIGIBILITY: Importance.MAJOR,
    ChangeKind.SITES: Importance.MAJOR,
    ChangeKind.RECORD: Importance.MINOR,
    ChangeKind.OTHER: Importance.MINOR,
}


class PieceKind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


class Piece(msgspec.Struct, frozen=True):
    """A stretch of a text that stayed, came or went. Same and added make the new text, same and removed the old."""

    kind: PieceKind
    text: str


class Change(msgspec.Struct, frozen=True):
    """``sentence`` says it all; ``pieces`` show a text word by word, ``details`` are lines of a list."""

    kind: ChangeKind
    heading: str
    sentence: str
    pieces: tuple[Piece, ...] = ()
    details: tuple[str, ...] = ()

    @property
    def importance(self) -> Importance:
        return _IMPORTANCE.get(self.kind, Importance.NORMAL)


def replaced(heading: str, old: str, new: str) -> str:
    """A sentence for one value; an empty one means there was, or is, none."""
    if not old:
        return f"{heading} given: {new}."
    if not new:
        return f"{heading} removed; it was {old}."
    return f"{heading} changed from {old} to {new}."


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
