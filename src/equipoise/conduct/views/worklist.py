"""What is to be done at a site today, the most pressing first."""

import datetime
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import TypeAlias

import msgspec

from equipoise.conduct import commands as do
from equipoise.conduct.masking import Viewer
from equipoise.conduct.participant import Participant, Place
from equipoise.conduct.permissions import today
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.calendar import Status, holds, status_of, window_of
from equipoise.conduct.views.clocks import DUTIES, Clock, clocks
from equipoise.conduct.views.labels import Labels, LabelsByVersion
from equipoise.conduct.views.sight import Sight, version_of


class Task(IntEnum):
    """In the order in which they are shown."""

    OVERDUE_CLOCK = 1
    CLOCK = 2
    QUERY = 3
    VISIT = 4
    FORM = 5
    SIGNATURE = 6
    CONSENT = 7


_DONE_BY: Mapping[Task, type[do.Command]] = {
    Task.OVERDUE_CLOCK: do.SendExpeditedReport,
    Task.CLOCK: do.SendExpeditedReport,
    Task.VISIT: do.RecordVisit,
    Task.SIGNATURE: do.SignForm,
    Task.CONSENT: do.RecordConsent,
}


class ToDo(msgspec.Struct, frozen=True):
    """``due``: the day by which, where there is one. The ids say where to go: a visit, form, copy, query or number.

    ``yours``: whether whoever looks may do it, or waits for others who may.
    """

    task: Task
    participant: str
    site: str
    words: str
    due: datetime.date | None = None
    late: bool = False
    visit: str = ""
    form: str = ""
    copy: int = 1
    query: str = ""
    number: int = 0
    yours: bool = True


class Wanted:
    """What a version of the protocol asks of everybody: asked once, and not anew for each participant.

    ``forms``: at each visit, those that may not be none; ``signed``: those that an investigator signs; ``order``: the
    visits as they come.
    """

    def __init__(self, protocol: Protocol) -> None:
        forms = {form.id: form for form in protocol.forms}
        self.forms = {
            visit.id: tuple(Place(visit.id, each) for each in visit.forms if each in forms and not forms[each].repeats)
            for visit in planned_visits(protocol)
        }
        self.signed = frozenset(form.id for form in protocol.forms if form.sign)
        self.order = {visit: place for place, visit in enumerate(self.forms)}


def worklist(
    trial: Trial,
    viewer: Viewer,
    at: datetime.datetime,
    entered: Mapping[tuple[str, int], str] | None = None,
    site: str = "",
    known: "Known | None" = None,
) -> tuple[ToDo, ...]:
    """Of a site, or of all the viewer sees. ``entered`` as for ``clocks``. Refused: trial data are not for them.

    ``known``: kept from one time to the next, of this one trial, it saves working out anew what has not changed.
    """
    sight = Sight(trial, viewer)
    sight.need(Information.OPEN, site)
    labels = LabelsByVersion(trial)
    wanted = {version: Wanted(protocol) for version, protocol in trial.protocols.items()}
    found = list(_clocks(trial, viewer, at, entered or {}, site))
    found += _queries(sight, labels, site)
    for one in sight.participants(Information.OPEN, site):
        version = version_of(trial, one)
        of_all = Asked(trial, labels[version], wanted[version], one, today(trial, one.site, at))
        found += (
            task
            for task in _found({} if known is None else known, of_all)
            if not task.form or sight.fields(version, task.form, one.site)
        )
    return tuple(sorted((_for(sight, one) for one in found), key=_pressing))


def _for(sight: Sight, task: ToDo) -> ToDo:
    return task if _may_do(sight, task) else msgspec.structs.replace(task, yours=False)


def _may_do(sight: Sight, task: ToDo) -> bool:
    """Who fills in a form answers what is asked about it."""
    asked = task.task is Task.QUERY
    if asked and sight.trial.queries[task.query].answers:
        return sight.may(do.CloseQuery, task.site)
    if asked or task.task is Task.FORM:
        form = sight.form(version_of(sight.trial, sight.trial.participants[task.participant]), task.form)
        theirs = form is not None and bool(sight.viewer.roles & set(form.by))
        return theirs and sight.may(do.AnswerQuery if asked else do.EnterForm, task.site)
    return sight.may(_DONE_BY[task.task], task.site)


def _pressing(one: ToDo) -> tuple[int, bool, datetime.date, str]:
    """What is alike in this stays in the order it was found in, which is the schedule's."""
    return one.task, not one.late, one.due or datetime.date.max, one.participant


def _clocks(
    trial: Trial, viewer: Viewer, at: datetime.datetime, entered: Mapping[tuple[str, int], str], site: str
) -> Iterator[ToDo]:
    for clock in clocks(trial, viewer, at, entered, site):
        if clock.met is None:
            yield _clock(clock)


def _clock(clock: Clock) -> ToDo:
    late = clock.left < 0
    task = Task.OVERDUE_CLOCK if late else Task.CLOCK
    words = f"{clock.term}: {DUTIES[clock.duty][0].lower()}{DUTIES[clock.duty][1:]}"
    return ToDo(task, clock.participant, clock.site, words, clock.due, late, number=clock.number)


def _queries(sight: Sight, labels: LabelsByVersion, site: str) -> Iterator[ToDo]:
    trial = sight.trial
    for query in trial.open_queries():
        one = trial.participants[query.participant]
        if (site and one.site != site) or not sight.sees_query(query):
            continue
        known, place = labels[version_of(trial, one)], query.place
        about = f"{known.form(place.form, place.copy)} at {known.visit(place.visit)}"
        field = f", {known.field(place.form, query.field)}" if query.field else ""
        state = "answered, to close" if query.answers else "to answer"
        words = f"Query {query.id} {state}: {about}{field}. {query.words}"
        yield ToDo(
            Task.QUERY, one.id, one.site, words, visit=place.visit, form=place.form, copy=place.copy, query=query.id
        )


class Asked(msgspec.Struct, frozen=True):
    """What the tasks of a participant follow from, whoever looks."""

    trial: Trial
    labels: Labels
    wanted: Wanted
    one: Participant
    day: datetime.date


class Found(msgspec.Struct, frozen=True):
    """The tasks of a participant as they then stood, under the protocol that was then the newest."""

    one: Participant
    newest: Protocol
    day: datetime.date
    tasks: tuple[ToDo, ...]


Known: TypeAlias = dict[str, Found]


def _found(known: Known, asked: Asked) -> tuple[ToDo, ...]:
    one, newest = asked.one, asked.trial.protocol
    held = known.get(one.id)
    if held is None or held.one is not one or held.newest is not newest or held.day != asked.day:
        held = known[one.id] = Found(one, newest, asked.day, tuple(_of_participant(asked)))
    return held.tasks


def _of_participant(asked: Asked) -> Iterator[ToDo]:
    labels, one = asked.labels, asked.one
    yield from _visits(labels, one, asked.day)
    yield from _forms(labels, asked.wanted, one)
    yield from _signatures(labels, asked.wanted, one)
    yield from _consent(asked.trial, one, asked.day)


def _visits(labels: Labels, one: Participant, day: datetime.date) -> Iterator[ToDo]:
    for visit in labels.visits.values():
        if visit.id in one.visits:
            continue
        status = status_of(one, visit, day)
        if status in (Status.DUE, Status.LATE):
            days = window_of(one, visit)
            late = status is Status.LATE
            words = f"{visit.label} is late" if late else f"{visit.label} is due"
            yield ToDo(Task.VISIT, one.id, one.site, words, days[2] if days else None, late, visit.id)


def _forms(labels: Labels, wanted: Wanted, one: Participant) -> Iterator[ToDo]:
    """Forms of visits done that nobody has filled in; those that may repeat may also be none."""
    for visit, places in wanted.forms.items():
        seen = one.visits.get(visit)
        for place in places if seen and seen.on else ():
            if place not in one.sheets:
                words = f"{labels.form(place.form)} at {labels.visit(visit)} is to be filled in"
                yield ToDo(Task.FORM, one.id, one.site, words, visit=visit, form=place.form)


def _signatures(labels: Labels, wanted: Wanted, one: Participant) -> Iterator[ToDo]:
    unsigned = (place for place, sheet in one.sheets.items() if place.form in wanted.signed and not holds(sheet))
    for place in sorted(unsigned, key=lambda place: wanted.order.get(place.visit, -1)):
        yield _signature(labels, one, place)


def _signature(labels: Labels, one: Participant, place: Place) -> ToDo:
    words = f"{labels.form(place.form, place.copy)} at {labels.visit(place.visit)} is to be signed"
    return ToDo(Task.SIGNATURE, one.id, one.site, words, visit=place.visit, form=place.form, copy=place.copy)


def _consent(trial: Trial, one: Participant, day: datetime.date) -> Iterator[ToDo]:
    """A later version that asks those before it to consent again, from the day it is valid."""
    if one.consent is None or one.ended or (one.screening and one.screening.failed):
        return
    ids = [version.id for version in trial.protocol.consent]
    after = ids.index(one.consent.version) + 1 if one.consent.version in ids else 0
    again = [each for each in trial.protocol.consent[after:] if each.reconsent and each.valid_from <= day]
    if again:
        words = f"Consent is needed again, version {again[-1].label}"
        yield ToDo(Task.CONSENT, one.id, one.site, words, again[-1].valid_from)
