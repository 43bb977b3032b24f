"""Dates known to the year, the month or the day, and comparisons that admit what is not known."""

import calendar
import datetime
import re

import msgspec

from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)


class PartialDate(msgspec.Struct, frozen=True):
    """A date with year, month or day precision (the registry's ``PartialDate``)."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def read(cls, text: str) -> "PartialDate":
        """Read ``yyyy``, ``yyyy-MM`` or ``yyyy-MM-dd``."""
        match = _FORM.match(text.strip())
        if not match:
            raise Refused("is not a date.", what=repr(text), do="Write a day like 2026-11-23, or 2026-11, or 2026.")
        year, month, day = (int(part) if part else None for part in match.groups())
        date = cls(year or 0, month, day)
        try:
            date.earliest()
        except ValueError:
            do = "Write year, month and day in this order, like 2026-11-23."
            raise Refused("is not a date in the calendar.", what=repr(text), do=do) from None
        return date

    def earliest(self) -> datetime.date:
        return datetime.date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> datetime.date:
        month = self.month or 12
        return datetime.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def before(self, other: "PartialDate") -> Truth:
        """Whether this date is strictly before the other: unknown where their possible days overlap."""
        if self.latest() < other.earliest():
            return Truth.TRUE
        if self.earliest() >= other.latest():
            return Truth.FALSE
        return Truth.UNKNOWN

    def same(self, other: "PartialDate") -> Truth:
        if self.latest() < other.earliest() or other.latest() < self.earliest():
            return Truth.FALSE
        both_exact = self.day is not None and other.day is not None
        return Truth.TRUE if both_exact else Truth.UNKNOWN

    def __str__(self) -> str:
        """As the registry writes it."""
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    def words(self) -> str:
        """As a person writes it: 20 June 2024, June 2024, 2024."""
        month = calendar.month_name[self.month] if self.month else ""
        return " ".join(str(part) for part in (self.day, month, self.year) if part)
