"""The filters in use, each with the address of the same search without it."""

from collections.abc import Iterator

import msgspec

from equipoise.kernel.dates import PartialDate
from equipoise.studies.labels import phases_words, shown
from equipoise.web.public.asking import CODED, NAMED, TITLES, Asked

KINDS = {"status": "Status", "type": "StudyType", "funder": "FunderType"}


class Chip(msgspec.Struct, frozen=True):
    words: str
    address: str


def chips_of(asked: Asked) -> tuple[Chip, ...]:
    return tuple(_chips(asked))


def _chips(asked: Asked) -> Iterator[Chip]:
    ask = asked.ask
    if ask.place:
        yield Chip(_place(asked), asked.address(without=("near", "within", "any-site", "sort")))
    if ask.age is not None:
        yield Chip(f"Age {ask.age:.3g}", asked.address(without=("age",)))
    if ask.sex:
        people = "women and girls" if ask.sex == "FEMALE" else "men and boys"
        yield Chip(f"Open to {people}", asked.address(without=("sex",)))
    for pair in asked.pairs:
        if pair[0] in CODED or pair[0] in NAMED:
            yield Chip(words_of(*pair), asked.address_but(pair))
    yield from _others(asked)


def _place(asked: Asked) -> str:
    ask = asked.ask
    name = ask.place.name if ask.place else ""
    return f"Within {ask.within_km} km of {name}" if ask.within_km else f"Place: {name}"


def _others(asked: Asked) -> Iterator[Chip]:
    ask = asked.ask
    if ask.healthy:
        yield Chip("Takes healthy volunteers", asked.address(without=("healthy",)))
    if ask.has_results is not None:
        yield Chip(f"{'With' if ask.has_results else 'Without'} results", asked.address(without=("results",)))
    if ask.started_from:
        yield Chip(f"Started from {_day(ask.started_from)}", asked.address(without=("from",)))
    if ask.started_to:
        yield Chip(f"Started until {_day(ask.started_to)}", asked.address(without=("to",)))


def _day(text: str) -> str:
    return PartialDate.read(text).words()


def words_of(name: str, value: str) -> str:
    """A value of a filter as the page shows it."""
    if name == "phase":
        return phases_words((value,))
    if name in KINDS:
        return shown(KINDS[name], value)
    if name in ("region", "city"):
        return ", ".join(part for part in reversed(value.split("|")) if part)
    return value if name == "condition" else f"{TITLES[name]}: {value}"
