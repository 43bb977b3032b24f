"""Intercurrent events (ICH E9(R1)) as data: when what an estimand names happened to whom, derived from the log."""

from collections.abc import Callable, Iterator, Mapping

from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.model import Estimand, Intercurrent
from equipoise.conduct.roles import Information
from equipoise.conduct.views.sight import Sight, version_of
from equipoise.conduct.views.table import DATE, PARTICIPANT, WHOLE, Column, Sealed, Table


def _ended(how: str) -> Callable[[Sight, Participant], Iterator[str]]:
    def days(_: Sight, one: Participant) -> Iterator[str]:
        return (end.on.isoformat() for end in one.ends if end.how == how)

    return days


def _stopped(_: Sight, one: Participant) -> Iterator[str]:
    if one.stopped:
        yield one.stopped[0].isoformat()


def _missed(_: Sight, one: Participant) -> Iterator[str]:
    """Of a visit that did not take place no day is known."""
    return ("" for seen in one.visits.values() if seen.on is None)


def _medicated(_: Sight, one: Participant) -> Iterator[str]:
    return (taken.started for taken in one.medications.values())


def _adverse(sight: Sight, one: Participant) -> Iterator[str]:
    return (known.told.started.isoformat() for _, _, known in sight.adverse(one))


def _broken(sight: Sight, one: Participant) -> Iterator[str]:
    return (seen.since[:10] for seen in one.broken if sight.sees(Information.UNBLINDING, one.site))


DAYS: Mapping[str, Callable[[Sight, Participant], Iterator[str]]] = {
    "treatment-stopped": _stopped,
    "participant-died": _ended("died"),
    "participant-lost": _ended("lost"),
    "participant-withdrew": _ended("withdrew"),
    "visit-missed": _missed,
    "medication-recorded": _medicated,
    "adverse-event-reported": _adverse,
    "code-broken": _broken,
}
"""Events of the log that can be intercurrent, and their days for one participant as the viewer may know them."""


def intercurrent_table(sight: Sight, sealed: Sealed) -> Table:  # noqa: ARG001 - as every table
    """A row for each time; those of a form of yes and no where yes was recorded and the viewer sees the field."""
    columns = (
        PARTICIPANT,
        Column("endpoint", "Endpoint of the estimand", key=2),
        Column("event", "Intercurrent event", key=3),
        Column("time", "Which time, from 1", WHOLE, key=4),
        Column("label", "What it is"),
        Column("strategy", "How the estimand deals with it"),
        Column("on", "Day, where it is known", DATE),
    )
    rows = tuple(
        (one.id, estimand.endpoint, event.event, time, event.label, event.strategy.value, on or None)
        for one in sight.participants(Information.OPEN)
        if one.is_randomised
        for estimand, event in _named(sight, one)
        for time, on in enumerate(sorted(_days(sight, one, event.event)), 1)
    )
    return Table("intercurrent_events", "Intercurrent events", columns, rows)


def _named(sight: Sight, one: Participant) -> Iterator[tuple[Estimand, Intercurrent]]:
    for estimand in sight.trial.protocol_of(one).estimands:
        for event in estimand.intercurrent:
            yield estimand, event


def _days(sight: Sight, one: Participant, event: str) -> Iterator[str]:
    form, dot, field = event.partition(".")
    if not dot:
        yield from DAYS[event](sight, one)
        return
    seen = {each.id for each in sight.fields(version_of(sight.trial, one), form, one.site)}
    for place, sheet in one.sheets.items():
        if place.form == form and field in seen and sheet.values.get(field) == "yes":
            came = one.visits.get(place.visit)
            yield came.on.isoformat() if came and came.on else ""
