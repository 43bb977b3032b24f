"""A person in plain YAML or JSON, as people write it (docs/people.md). What is not said is not known."""

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeVar

import msgspec

from equipoise.eligibility.expression import Code, Domain
from equipoise.eligibility.measures import MEASURES, measure_for, plausible
from equipoise.eligibility.person import Event, Item, Measurement, Observed, Person
from equipoise.exchange.lined import Entries, Lined, read_lined
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.truth import Truth
from equipoise.kernel.units import measure_of, read_unit

SECTIONS = {
    "conditions": Domain.CONDITION,
    "drugs": Domain.DRUG,
    "procedures": Domain.PROCEDURE,
    "observations": Domain.OBSERVATION,
    "not": Domain.ANY,
}
FIELDS = ("id", "born", "age", "sex", *SECTIONS, "measurements", "observed", "answers", "items")
_EVENT_FIELDS = ("name", "names", "not", "since", "until", "ended", "codes", "qualifiers", "domain", "source")
_VALUE_FIELDS = ("value", "unit", "date", "low", "high", "source")
_YES = {"yes": True, "true": True, "no": False, "false": False}
_OLDEST = 130
Read = TypeVar("Read")


def read_person(data: bytes | str, *, at: datetime.date | None = None) -> Person:
    """The person a file tells of. ``Refused`` names the line of what cannot be read.

    A measurement without a date is taken to be of the day ``at``.
    """
    told = read_lined(data).entries("a person", FIELDS)
    person = Person(
        id=_one(told, "id", Lined.text) or "",
        born=_one(told, "born", _date),
        age=_one(told, "age", _age),
        sex=_one(told, "sex", _sex),
        events=tuple(event for name in SECTIONS for event in _events(told, name)),
        measurements=tuple(_dated(one, at) for one in _measurements(told)),
        observed=tuple(_observed(told)),
        answers=_answers(told),
        items=_items(told),
    )
    if person.age is not None and person.born is not None:
        raise told["age"].refused("stands beside born.", "Give one of them.")
    return person


def _one(told: Entries, name: str, read: Callable[[Lined], Read]) -> Read | None:
    return read(told[name]) if name in told and not told[name].is_null else None


def _date(line: Lined) -> PartialDate:
    return line.holding(PartialDate.read)


def _age(line: Lined) -> int:
    text = line.text()
    if not text.isdecimal() or int(text) > _OLDEST:
        raise line.refused(f"{text!r} is not an age in whole years up to {_OLDEST}.", "Write a number, such as 54.")
    return int(text)


def _sex(line: Lined) -> Literal["female", "male"]:
    match line.text().casefold():
        case "female" | "f" | "woman":
            return "female"
        case "male" | "m" | "man":
            return "male"
        case other:
            raise line.refused(f"{other!r} is not a sex that records hold.", "Write female or male, or leave it out.")


def _truth(line: Lined) -> bool:
    found = _YES.get(line.text().casefold())
    if found is None:
        raise line.refused(f"{line.text()!r} is neither yes nor no.", "Write yes or no, or leave it out.")
    return found


# Events.


def _events(told: Entries, section: str) -> Iterator[Event]:
    if section not in told:
        return
    for line in told[section].several():
        yield from _denied(line, section) if "not" in line.names() else [_event(line, section)]


def _denied(line: Lined, section: str) -> Iterator[Event]:
    """``not: tuberculosis`` in a section, or ``not: [tuberculosis, HIV]``."""
    inner = line.entries("what is denied", ("not",))["not"]
    for one in inner.several():
        yield msgspec.structs.replace(_event(one, section), refuted=True)


def _event(line: Lined, section: str) -> Event:
    denied = section == "not"
    if not line.names():
        name = line.text()
        return Event(SECTIONS[section], (name,), refuted=denied, source=f"{section}: {name}")
    told = line.entries("an event", _EVENT_FIELDS)
    names = _texts(told, "names") or _texts(told, "name")
    codes = tuple(_code(one) for one in told["codes"].several()) if "codes" in told else ()
    if not names and not codes:
        raise line.refused("has neither a name nor a code.", "Add name, such as name: hypertension.")
    end = _one(told, "until", _date)
    return Event(
        domain=_one(told, "domain", _domain) or SECTIONS[section],
        words=names,
        codes=codes,
        start=_one(told, "since", _date),
        end=end,
        ended=_one(told, "ended", _truth),
        refuted=denied,
        qualifiers=_texts(told, "qualifiers"),
        source=_one(told, "source", Lined.text) or f"{section}: {next(iter(names), '') or codes[0].code}",
    )


def _texts(told: Entries, name: str) -> tuple[str, ...]:
    return tuple(one.text() for one in told[name].several()) if name in told else ()


def _domain(line: Lined) -> Domain:
    return line.holding(Domain, f"Write one of: {', '.join(Domain)}.")


def _code(line: Lined) -> Code:
    system, colon, code = line.text().partition(":")
    if not (system and colon and code.strip()):
        raise line.refused(f"{line.text()!r} is not a code.", "Write vocabulary:code, such as SNOMED:396230008.")
    return Code(system.strip(), code.strip())


# Measurements.


def _measurements(told: Entries) -> Iterator[Measurement]:
    if "measurements" not in told:
        return
    for line, named in told["measurements"].pairs():
        measure = _measure(line)
        for one in named.several():
            yield _measurement(one, measure)


def _dated(one: Measurement, at: datetime.date | None) -> Measurement:
    if one.date is not None or at is None:
        return one
    return msgspec.structs.replace(one, date=PartialDate(at.year, at.month, at.day))


def _measure(line: Lined) -> str:
    name = line.text()
    found = MEASURES.get(name) or measure_for(name.replace("_", " "))
    if found is None:
        raise line.refused(f"{name!r} is not a measure we know.", "See docs/people.md for their names.")
    return found.name


def _measurement(line: Lined, measure: str) -> Measurement:
    if not line.names():
        value, unit = _quantity(line)
        return _possible(line, Measurement(measure, value, unit, source=f"measurements: {measure}"))
    told = line.entries("a measurement", _VALUE_FIELDS)
    if "value" not in told:
        raise line.refused("has no value.", "Add value, such as value: 80 kg.")
    value, beside = _quantity(told["value"])
    found = Measurement(
        measure=measure,
        value=value,
        unit=_one(told, "unit", _unit) or beside,
        date=_one(told, "date", _date),
        low=_one(told, "low", _number),
        high=_one(told, "high", _number),
        source=_one(told, "source", Lined.text) or f"measurements: {measure}",
    )
    return _possible(line, found)


def _possible(line: Lined, found: Measurement) -> Measurement:
    if found.value is not None and not plausible(found.measure, found.value, found.unit):
        told = f"{found.value} {found.unit or ''}".strip()
        raise line.refused(f"{found.measure} cannot be {told}.", "Check the number and its unit.")
    return found


def _quantity(line: Lined) -> tuple[Decimal, str | None]:
    """``80 kg``, ``13.2g/dL`` or ``3``."""
    text = line.text()
    number = text.split(" ", 1)[0] if " " in text else text.rstrip("%")
    rest = text[len(number) :].strip()
    return _decimal(line, number), _known_unit(line, rest) if rest else None


def _number(line: Lined) -> Decimal:
    return _decimal(line, line.text())


def _decimal(line: Lined, text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite():
        raise line.refused(f"{text!r} is not a number.", "Write a number, and its unit after a space: 80 kg.")
    return found


def _unit(line: Lined) -> str:
    return _known_unit(line, line.text())


def _known_unit(line: Lined, text: str) -> str:
    found = text if measure_of(text) is not None else read_unit(text)
    if found is None:
        raise line.refused(f"{text!r} is not a unit we know.", "Write a UCUM code, such as mg/dL or 10*9/L.")
    return found


# The rest.


def _observed(told: Entries) -> Iterator[Observed]:
    for line in told["observed"].several() if "observed" in told else ():
        period = line.entries("a period of observation", ("from", "to"))
        if "from" not in period or "to" not in period:
            raise line.refused("needs from and to.", "Write {from: 2019-01-01, to: 2024-12-31}.")
        found = Observed(_date(period["from"]).earliest(), _date(period["to"]).latest())
        if found.end < found.start:
            raise line.refused("ends before it begins.")
        yield found


def _answers(told: Entries) -> dict[str, Truth]:
    if "answers" not in told:
        return {}
    return {key.text(): _answer(line) for key, line in told["answers"].pairs()}


def _answer(line: Lined) -> Truth:
    return Truth.UNKNOWN if line.is_null or line.text().casefold() == "not sure" else Truth.of(_truth(line))


def _items(told: Entries) -> dict[str, dict[str, Item]]:
    if "items" not in told:
        return {}
    return {
        instrument.text(): {item.text(): _item(value) for item, value in held.pairs()}
        for instrument, held in told["items"].pairs()
    }


def _item(line: Lined) -> Item:
    """Quoted text stays text."""
    if line.is_null:
        return None
    text = line.text()
    if line.is_quoted:
        return text
    if text.casefold() in _YES:
        return _YES[text.casefold()]
    try:
        found = Decimal(text)
    except InvalidOperation:
        return text
    return found if found.is_finite() else text
