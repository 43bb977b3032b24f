"""Everything recorded of one participant, in words, on the day it happened."""

import datetime
from collections.abc import Iterable, Iterator

import msgspec

from equipoise.conduct import events as did
from equipoise.conduct.log import Entry
from equipoise.conduct.masking import Viewer, entry_seen, participant_seen
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.audit import local_time
from equipoise.conduct.views.labels import LabelsByVersion
from equipoise.conduct.views.words import tell


class Moment(msgspec.Struct, frozen=True):
    """``on``: the day it happened, at the site; ``recorded``: the day it was written down. ``visit``: where at one."""

    on: datetime.date
    recorded: datetime.date
    position: int
    by: str
    words: str
    visit: str = ""
    form: str = ""


def timeline(trial: Trial, viewer: Viewer, entries: Iterable[Entry], participant: str) -> tuple[Moment, ...]:
    """By day, and within a day as recorded. Refused: no such participant here."""
    one = participant_seen(trial, viewer, participant)
    return tuple(sorted(_moments(trial, viewer, entries, one.id), key=lambda each: (each.on, each.position)))


def _moments(trial: Trial, viewer: Viewer, entries: Iterable[Entry], participant: str) -> Iterator[Moment]:
    labels = LabelsByVersion(trial)
    for entry in entries:
        event = entry_seen(trial, viewer, entry) if entry.subject == participant else None
        if event is None:
            continue
        recorded = datetime.datetime.fromisoformat(local_time(trial, entry)).date()
        known = labels[entry.protocol]
        visit, form = str(getattr(event, "visit", "")), str(getattr(event, "form", ""))
        words = tell(known, event)
        yield Moment(_day(event) or recorded, recorded, entry.position, known.person(entry.by), words, visit, form)


def _day(event: did.TrialEvent) -> datetime.date | None:
    if isinstance(event, did.AdverseEventReported):
        return event.told.started
    return getattr(event, "on", None)
