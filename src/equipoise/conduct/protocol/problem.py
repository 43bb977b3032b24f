"""What is wrong with a protocol, where, why, and what to do about it."""

from collections.abc import Collection
from enum import StrEnum

import msgspec
from rapidfuzz import fuzz, process

MOST = 10_000
"""Problems told; a file with more has one cause."""
_ALIKE = 60
_SHOWN = 12
_MANY = 500
"""Names among which it would take too long to look for a thousand others."""


class Severity(StrEnum):
    """Error: the trial cannot be run so. Warning: it can, and there is a reason to look again."""

    ERROR = "error"
    WARNING = "warning"


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """``path`` as in ``visits[3].forms[0]``. ``line`` and ``column`` count from 1; 0 where there is no text."""

    path: str
    severity: Severity
    why: str
    what: str = ""
    do: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        where = f"{self.line}:{self.column}: " if self.line else ""
        told = " ".join(part for part in (self.what, self.why, self.do) if part)
        return f"{where}{self.severity}: {self.path}: {told}" if self.path else f"{where}{self.severity}: {told}"


def error(path: str, why: str, do: str = "", *, what: str = "") -> Problem:
    return Problem(path, Severity.ERROR, why, what, do)


def warning(path: str, why: str, do: str = "", *, what: str = "") -> Problem:
    return Problem(path, Severity.WARNING, why, what, do)


def shown(text: str) -> str:
    """A word of the file in quotes, cut short."""
    return f"'{text}'" if len(text) <= 40 else f"'{text[:37]}...'"


def nearest(word: str, known: Collection[str]) -> str:
    """What they may have meant; all there is to choose from where that is little."""
    if len(known) > _MANY:
        return ""
    found = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    if found:
        return f"Did you mean {shown(found[0])}?"
    if not known:
        return "There are none."
    return f"There are: {', '.join(known)}." if len(known) <= _SHOWN else ""
