"""A participant's visits: when each is planned, how it stands today, and which forms it still wants."""

import datetime
from collections.abc import Iterator
from enum import StrEnum

import msgspec
from msgspec import UNSET, UnsetType

from equipoise.conduct.decide.visiting import is_signed
from equipoise.conduct.masking import Viewer, participant_seen
from equipoise.conduct.participant import Attendance, Participant, Place, Sheet
from equipoise.conduct.protocol.schedule import PlannedVisit
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Query, Trial
from equipoise.conduct.views.labels import Labels
from equipoise.conduct.views.sight import Sight, version_of


class Status(StrEnum):
    DONE = "done"
    OUTSIDE = "done-outside-window"
    MISSED = "missed"
    DUE = "due"
    LATE = "late"
    COMING = "coming"
    NOT_NEEDED = "not-needed"


STATUSES = {
    Status.DONE: "Done",
    Status.OUTSIDE: "Done outside its window",
    Status.MISSED: "Missed",
    Status.DUE: "Due now",
    Status.LATE: "Late",
    Status.COMING: "Coming",
    Status.NOT_NEEDED: "Not needed",
}


class Filled(StrEnum):
    """How a form at a visit stands. ``to-sign``: an investigator's signature is wanted, or a change voided it."""

    EXPECTED = "expected"
    OPTIONAL = "optional"
    ENTERED = "entered"
    TO_SIGN = "to-sign"
    SIGNED = "signed"


class FormLine(msgspec.Struct, frozen=True):
    form: str
    label: str
    copy: int
    state: Filled
    open_queries: int


class VisitLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """``planned``, ``first``, ``last``: only once randomised. ``kits``: how many to hand out, for those who deal with
    them; ``given``: their numbers."""

    visit: str
    label: str
    day: int
    status: Status
    planned: datetime.date | None
    first: datetime.date | None
    last: datetime.date | None
    on: datetime.date | None
    why_missed: str
    forms: tuple[FormLine, ...]
    kits: int | UnsetType = UNSET
    given: tuple[str, ...] | UnsetType = UNSET


class Calendar(msgspec.Struct, frozen=True):
    participant: str
    day0: datetime.date | None
    today: datetime.date
    visits: tuple[VisitLine, ...]


def calendar(trial: Trial, viewer: Viewer, participant: str, day: datetime.date) -> Calendar:
    """``day``: today at the site. Refused: no such participant here, or trial data are not for the viewer."""
    one = participant_seen(trial, viewer, participant)
    sight = Sight(trial, viewer)
    sight.need(Information.OPEN, one.site)
    labels = Labels(trial, version_of(trial, one))
    asked = _open_queries(sight, one)
    visits = tuple(_line(sight, one, planned, day, labels, asked) for planned in labels.visits.values())
    return Calendar(one.id, one.randomised_on, day, visits)


def _open_queries(sight: Sight, one: Participant) -> dict[Place, int]:
    found: dict[Place, int] = {}
    for query in sight.trial.queries_of(one.id):
        if is_open(query) and sight.sees_query(query):
            found[query.place] = found.get(query.place, 0) + 1
    return found


def is_open(query: Query) -> bool:
    return not query.closed


def _line(
    sight: Sight, one: Participant, visit: PlannedVisit, day: datetime.date, labels: Labels, asked: dict[Place, int]
) -> VisitLine:
    status = status_of(one, visit, day)
    seen = one.visits.get(visit.id)
    first, planned, last = window_of(one, visit) or (None, None, None)
    forms = tuple(_forms(sight, one, visit, status, labels, asked))
    handles = sight.sees(Information.KITS, one.site)
    return VisitLine(
        visit=visit.id,
        label=visit.label,
        day=visit.day,
        status=status,
        planned=planned,
        first=first,
        last=last,
        on=seen.on if seen else None,
        why_missed=seen.missed if seen else "",
        forms=forms,
        kits=kits_wanted(one, visit, status) if handles else UNSET,
        given=given_at(one, visit) if handles else UNSET,
    )


def window_of(one: Participant, visit: PlannedVisit) -> tuple[datetime.date, datetime.date, datetime.date] | None:
    """First day, planned day, last day; none before randomisation, which is day 0."""
    if one.randomised_on is None:
        return None
    first, planned, last = (
        one.randomised_on + datetime.timedelta(days=n) for n in (visit.first, visit.day, visit.last)
    )
    return first, planned, last


def status_of(one: Participant, visit: PlannedVisit, day: datetime.date) -> Status:
    seen = one.visits.get(visit.id)
    if seen:
        return _recorded(seen)
    days = window_of(one, visit)
    if days is None:
        return _before_randomisation(one, visit)
    first, _, last = days
    if not _still_comes(one, first, last):
        return Status.NOT_NEEDED
    if day < first:
        return Status.COMING
    return Status.DUE if day <= last else Status.LATE


def _recorded(seen: Attendance) -> Status:
    if seen.on is None:
        return Status.MISSED
    return Status.OUTSIDE if seen.outside else Status.DONE


def _before_randomisation(one: Participant, visit: PlannedVisit) -> Status:
    if one.ended or one.withdrawn or (one.screening and one.screening.failed):
        return Status.NOT_NEEDED
    return Status.DUE if visit.day < 0 and one.consent else Status.COMING


def _still_comes(one: Participant, first: datetime.date, last: datetime.date) -> bool:
    """Nobody comes after follow-up ended: what was open that day is asked for only of those who completed."""
    if one.ended and one.ended.on < (first if one.ended.how == "completed" else last):
        return False
    return not one.withdrawn & {"visits", "new-data"}


def given_at(one: Participant, visit: PlannedVisit) -> tuple[str, ...]:
    """Kits handed out at a visit; those given with randomisation are the baseline's."""
    at = {visit.id, ""} if visit.baseline else {visit.id}
    return tuple(sorted(kit for kit, where in one.kits.items() if where in at))


def kits_wanted(one: Participant, visit: PlannedVisit, status: Status) -> int:
    """None for those off treatment, or where the visit's kits were handed out."""
    done = {Status.MISSED, Status.NOT_NEEDED}
    if one.stopped or status in done or given_at(one, visit):
        return 0
    return visit.dispense


def _forms(
    sight: Sight, one: Participant, visit: PlannedVisit, status: Status, labels: Labels, asked: dict[Place, int]
) -> Iterator[FormLine]:
    """Forms of which the viewer sees something; those not filled in only where they are still wanted."""
    version = version_of(sight.trial, one)
    for form in visit.forms:
        if not sight.fields(version, form, one.site):
            continue
        places = [place for place in one.sheets if place.visit == visit.id and place.form == form]
        known = sight.form(version, form)
        for place in sorted(places):
            state = filled_state(one.sheets[place], signs=bool(known and known.sign))
            yield FormLine(form, labels.form(form), place.copy, state, asked.get(place, 0))
        if not places and status not in (Status.MISSED, Status.NOT_NEEDED):
            state = Filled.OPTIONAL if known and known.repeats else Filled.EXPECTED
            yield FormLine(form, labels.form(form), 1, state, 0)


def filled_state(sheet: Sheet, *, signs: bool) -> Filled:
    if not signs:
        return Filled.ENTERED
    return Filled.SIGNED if holds(sheet) else Filled.TO_SIGN


def holds(sheet: Sheet) -> bool:
    """Whether the signature is in force. Values never corrected are those signed: only others need the digest."""
    return sheet.signature is not None and (not sheet.corrections or is_signed(sheet))
