"""The dates of a study worth a place on its time line, and whether each has happened or is expected."""

import datetime

import msgspec

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused
from equipoise.studies.record import DateStruct, Study

_START, _COMPLETION, _UPDATE = "Start", "Completion", "Last update"


class Moment(msgspec.Struct, frozen=True):
    name: str
    date: PartialDate
    expected: bool

    @property
    def head(self) -> str:
        return f"{self.name} (expected)" if self.expected else self.name

    @property
    def words(self) -> str:
        return f"{self.date.words()}{' (expected)' if self.expected else ''}"


def read_moments(study: Study, today: datetime.date) -> list[Moment]:
    """In order of time; a date that is missing or cannot be read is left out."""
    status = study.status
    planned = [
        (_START, status.start_date_struct),
        ("Primary completion", status.primary_completion_date_struct),
        (_COMPLETION, status.completion_date_struct),
    ]
    posted = [
        ("First posted", status.study_first_post_date_struct),
        ("Results posted", status.results_first_post_date_struct),
        (_UPDATE, status.last_update_post_date_struct),
    ]
    read = [(name, struct, _read(struct.date)) for name, struct in posted + planned]
    found = [Moment(name, date, _expected(name, struct, date, today)) for name, struct, date in read if date]
    return sorted(found, key=lambda moment: (moment.date.earliest(), moment.date.latest()))


def running(moments: list[Moment], today: datetime.date) -> tuple[datetime.date, datetime.date, datetime.date] | None:
    """The first day the study may have started, the last of which it is known to have run, the last it may run.

    A study that is not over is known to run up to the last update of its record, and no longer.
    """
    known = {moment.name: moment for moment in moments}
    start, completion, update = known.get(_START), known.get(_COMPLETION), known.get(_UPDATE)
    if not start or not completion:
        return None
    begin, end = start.date.earliest(), max(completion.date.latest(), start.date.earliest())
    sure = min(today, update.date.latest()) if update and completion.expected else min(today, end)
    return begin, begin if start.expected else min(max(sure, begin), end), end


def _expected(name: str, struct: DateStruct, date: PartialDate, today: datetime.date) -> bool:
    """By the record's own word, and by the calendar where it has none. An estimated posting is only a day's doubt."""
    if date.earliest() > today:
        return True
    return struct.type == "ESTIMATED" and not name.endswith(("posted", "update"))


def _read(text: str | None) -> PartialDate | None:
    try:
        return PartialDate.read(text) if text else None
    except Refused:
        return None
