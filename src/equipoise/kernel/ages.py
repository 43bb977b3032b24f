"""Ages and durations as the registry writes them: a whole number and a unit."""

import math
import re
from enum import StrEnum

import msgspec

from equipoise.kernel.refused import Refused

OLDEST = 120
"""Years; nobody known lived much longer."""
_YEARS = re.compile(r"\d{1,6}(\.\d{1,3})?\Z", re.ASCII)
_FORM = re.compile(r"(\d{1,6}) ?(year|month|week|day|hour|minute)s?\Z", re.ASCII | re.IGNORECASE)


class AgeUnit(StrEnum):
    YEAR = "year"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"


_DAYS = {
    AgeUnit.YEAR: 365.25,
    AgeUnit.MONTH: 365.25 / 12,
    AgeUnit.WEEK: 7.0,
    AgeUnit.DAY: 1.0,
    AgeUnit.HOUR: 1 / 24,
    AgeUnit.MINUTE: 1 / 1440,
}


class Age(msgspec.Struct, frozen=True):
    """``count`` whole units (the registry's ``NormalizedTime``)."""

    count: int
    unit: AgeUnit

    @classmethod
    def read(cls, text: str) -> "Age":
        """Read ``18 Years``, ``6 months``, ``1 Day``."""
        match = _FORM.match(text.strip())
        if not match:
            raise Refused("is not an age.", what=repr(text), do="Write a whole number and a unit, such as 18 years.")
        return cls(int(match[1]), AgeUnit(match[2].lower()))

    def days(self) -> float:
        """Days, with a year of 365.25 and a month of a twelfth of it."""
        return self.count * _DAYS[self.unit]

    def years(self) -> float:
        return self.days() / _DAYS[AgeUnit.YEAR]

    def words(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


def read_years(text: str) -> float:
    """What people type as an age, in years: ``54``, ``2.5``, or ``6 months``."""
    try:
        years = float(text) if _YEARS.match(text) else Age.read(text).years()
    except Refused:
        years = math.inf
    if years > OLDEST:
        raise Refused(f"Age must be from 0 to {OLDEST} years, such as 54, or 6 months.")
    return years
