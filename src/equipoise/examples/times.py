"""When a fictional study was registered, began, ended and was last updated, in agreement with its status."""

import datetime
from random import Random

import msgspec

from equipoise.examples.chance import skewed, sometimes
from equipoise.studies.record import DateStruct, StatusModule

AS_OF = datetime.date(2026, 1, 27)
"""The day on which all fictional records are current: the day of the bundled record of JASMINE."""

OVER = frozenset({"COMPLETED", "TERMINATED", "WITHDRAWN", "NO_LONGER_AVAILABLE", "APPROVED_FOR_MARKETING"})
STOPPED = frozenset({"TERMINATED", "WITHDRAWN", "SUSPENDED"})

_DAY = datetime.timedelta(days=1)
_STALE = 730


class Times(msgspec.Struct, frozen=True):
    start: datetime.date
    primary_end: datetime.date
    end: datetime.date
    submitted: datetime.date
    posted: datetime.date
    updated: datetime.date


def times(rng: Random, status: str) -> Times:
    length = skewed(rng, 800, 0.6, 60, 3600)
    start = _start(rng, status, length)
    end = start + length * _DAY
    submitted = _between(rng, start - 150 * _DAY, start + 60 * _DAY, latest=AS_OF - 12 * _DAY)
    posted = submitted + rng.randint(2, 9) * _DAY
    return Times(
        start=start,
        primary_end=start + int(length * rng.uniform(0.7, 1)) * _DAY,
        end=end,
        submitted=submitted,
        posted=posted,
        updated=_updated(rng, status, posted if status == "NOT_YET_RECRUITING" else max(posted, start), end),
    )


def status_module(rng: Random, status: str, when: Times, why: str | None, last_known: str | None) -> StatusModule:
    return StatusModule(
        status_verified_date=when.updated.strftime("%Y-%m"),
        overall_status=status,
        last_known_status=last_known,
        why_stopped=why,
        start_date_struct=_date(rng, when.start, status),
        primary_completion_date_struct=_date(rng, when.primary_end, status, ends=True),
        completion_date_struct=_date(rng, when.end, status, ends=True),
        study_first_submit_date=str(when.submitted),
        study_first_submit_qc_date=str(when.posted - _DAY),
        study_first_post_date_struct=exact(when.posted),
        last_update_submit_date=str(max(when.submitted, when.updated - 2 * _DAY)),
        last_update_post_date_struct=exact(when.updated),
    )


def exact(day: datetime.date) -> DateStruct:
    return DateStruct(date=str(day), type="ACTUAL")


def _start(rng: Random, status: str, length: int) -> datetime.date:
    if status in OVER:
        return AS_OF - (min(int(rng.expovariate(1 / 1900)), 6500) + 30 + length) * _DAY
    if status == "UNKNOWN":
        return AS_OF - (min(int(rng.expovariate(1 / 1400)), 4500) + _STALE + 60 + length) * _DAY
    if status == "NOT_YET_RECRUITING":
        return AS_OF + rng.randint(5, 200) * _DAY
    if status == "ACTIVE_NOT_RECRUITING":
        return AS_OF - int(length * rng.uniform(0.6, 0.95)) * _DAY
    return AS_OF - (30 + int((length - 31) * rng.uniform(0, 0.8))) * _DAY


def _updated(rng: Random, status: str, earliest: datetime.date, end: datetime.date) -> datetime.date:
    if status in OVER:
        return _between(rng, max(earliest, end), max(earliest, end) + 500 * _DAY, latest=AS_OF)
    if status == "UNKNOWN":
        return _between(rng, earliest, earliest + 700 * _DAY, latest=AS_OF - (_STALE + 5) * _DAY)
    return _between(rng, max(earliest, AS_OF - 330 * _DAY), AS_OF, latest=AS_OF)


def _between(rng: Random, first: datetime.date, last: datetime.date, *, latest: datetime.date) -> datetime.date:
    last = min(last, latest)
    return last if first >= last else first + rng.randint(0, (last - first).days) * _DAY


def _date(rng: Random, day: datetime.date, status: str, *, ends: bool = False) -> DateStruct:
    """Old and expected dates are often known to the month only. A study of unknown status expects its end still."""
    expected = day > AS_OF or (ends and status == "UNKNOWN")
    by_month = sometimes(rng, 0.45 if expected or day.year < 2017 else 0.05)
    return DateStruct(date=day.strftime("%Y-%m") if by_month else str(day), type="ESTIMATED" if expected else "ACTUAL")
