"""A person as plain JSON, which is YAML too: what ``read_person`` reads back as the same person."""

from collections.abc import Iterator
from typing import Any

import msgspec

from equipoise.eligibility.expression import Domain
from equipoise.eligibility.person import Event, Item, Measurement, Person
from equipoise.kernel.truth import Truth

_SECTIONS = {
    Domain.CONDITION: "conditions",
    Domain.DRUG: "drugs",
    Domain.PROCEDURE: "procedures",
    Domain.OBSERVATION: "observations",
}
_ANSWERS = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "not sure"}


def write_person(person: Person) -> str:
    """All of the person. Events go by their section, so that those of one kind keep their order and kinds do not."""
    told = _without_nothing(
        {
            "id": person.id,
            "born": str(person.born) if person.born else None,
            "age": person.age,
            "sex": person.sex,
            **_sections(person.events),
            "measurements": _measurements(person.measurements),
            "observed": [{"from": one.start.isoformat(), "to": one.end.isoformat()} for one in person.observed],
            "answers": {key: _ANSWERS[truth] for key, truth in person.answers.items()},
            "items": {
                name: {item: _item(value) for item, value in held.items()} for name, held in person.items.items()
            },
        }
    )
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"


def _sections(events: tuple[Event, ...]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for event in events:
        section = _SECTIONS.get(event.domain, "not" if event.refuted else "observations")
        written = _event(event) if section != "observations" or event.domain is Domain.OBSERVATION else _any(event)
        found.setdefault(section, []).append({"not": written} if event.refuted and section != "not" else written)
    return found


def _any(event: Event) -> dict[str, Any]:
    return _event(event) | {"domain": event.domain}


def _event(event: Event) -> dict[str, Any]:
    return _without_nothing(
        {
            "names": event.words,
            "codes": [f"{code.system}:{code.code}" for code in event.codes],
            "since": str(event.start) if event.start else None,
            "until": str(event.end) if event.end else None,
            "ended": event.ended,
            "qualifiers": event.qualifiers,
            "source": event.source,
        }
    )


def _measurements(measurements: tuple[Measurement, ...]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in measurements:
        if one.value is not None:
            found.setdefault(one.measure, []).append(_without_nothing(_measurement(one)))
    return found


def _measurement(one: Measurement) -> dict[str, Any]:
    numbers = {name: None if (value := getattr(one, name)) is None else str(value) for name in ("value", "low", "high")}
    return numbers | {"unit": one.unit, "date": str(one.date) if one.date else None, "source": one.source}


def _item(value: Item) -> Any:
    return value if value is None or isinstance(value, bool | str) else msgspec.Raw(str(value).encode())


def _without_nothing(told: dict[str, Any]) -> dict[str, Any]:
    return dict(_something(told))


def _something(told: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in told.items():
        if value not in (None, "", [], (), {}):
            yield name, value
