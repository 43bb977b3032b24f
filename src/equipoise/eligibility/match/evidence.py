"""What stands in the records of a person that a finding names, in a few words."""

from decimal import Context

from equipoise.eligibility.english import measure_words, number, unit_words
from equipoise.eligibility.person import Event, Measurement, Person

_SHOWN = Context(prec=5)
"""More digits than a laboratory gives are a computer's."""


def record_words(person: Person, source: str) -> str:
    """All that the record of this name says of the person; empty where there is none of that name."""
    events = (event_words(one) for one in person.events if one.source == source)
    values = (value_words(one) for one in person.measurements if one.source == source)
    return "; ".join(dict.fromkeys((*events, *values)))


def event_words(event: Event) -> str:
    name = (
        event.words[0]
        if event.words
        else f"{event.codes[0].system} {event.codes[0].code}"
        if event.codes
        else "unnamed"
    )
    since = f", since {event.start.words()}" if event.start and event.start != event.end else ""
    until = f", {'on' if event.start == event.end else 'until'} {event.end.words()}" if event.end else ""
    return f"{'no ' if event.refuted else ''}{name}{since}{until}"


def value_words(one: Measurement) -> str:
    value = number(_SHOWN.plus(one.value)) if one.value is not None else "no value"
    day = f", {one.date.words()}" if one.date else ""
    return f"{measure_words(one.measure)} {value}{unit_words(one.unit)}{day}"
