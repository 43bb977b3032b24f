"""Screening a population: a reading over a warehouse, counts by criterion, and what each number in it costs."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np

from equipoise.actions.formats import read_criteria_json
from equipoise.actions.library import Library
from equipoise.eligibility.attrition import DIGITS, MET, NOT_MET, Count, Histogram
from equipoise.eligibility.expression import Criterion, Reading
from equipoise.eligibility.knobs import Knob, find_knob, knobs, relaxed, turned
from equipoise.eligibility.person import Run
from equipoise.eligibility.sql.binding import NOTHING, Binding, Bound, bind, wanted
from equipoise.eligibility.sql.compile import compile_criteria
from equipoise.eligibility.sql.vocabulary import Vocabulary, bundled
from equipoise.exchange.athena import read_concepts
from equipoise.kernel.identifiers import is_nct_id
from equipoise.kernel.refused import Refused
from equipoise.store.warehouse import Warehouse
from equipoise.store.warehouse.cdm import check_cdm

Told: TypeAlias = int | None
"""Persons; ``None``: some, but fewer than may be told (``Screen.fewer_than``)."""


class Tally(msgspec.Struct, frozen=True):
    """``definite``: every criterion is met. ``possible``: none is known not to be, and one at least is not known."""

    definite: Told
    possible: Told


class Cost(msgspec.Struct, frozen=True):
    """One criterion. ``alone``: persons only it keeps out. ``struck``: who would be definite or possible without it.

    ``open``: possible persons of whom it is not known. ``share``: of all who are excluded (Shapley's value).
    """

    id: str
    polarity: str
    text: str
    not_met: Told
    not_known: Told
    met: Told
    alone: Told
    open: Told
    struck: Told
    share: Told


class Left(msgspec.Struct, frozen=True):
    """After this criterion and those before it: who is definite or possible still, and the definite of them."""

    id: str
    lost: Told
    left: Told
    definite: Told


class Change(msgspec.Struct, frozen=True):
    """A number set otherwise, and how many persons more (or fewer) would then be definite or possible."""

    knob: Knob
    to: Decimal
    gain: Tally


class Screen(msgspec.Struct, frozen=True):
    """``rounded``: some count was too small to tell, so all others are told to the nearest ``fewer_than``."""

    study: str
    at: str
    persons: Told
    standing: Tally
    excluded: Told
    vectors: int
    criteria: tuple[Cost, ...]
    protocol_order: tuple[Left, ...]
    best_order: tuple[Left, ...]
    unbound: tuple[Bound, ...]
    changes: tuple[Change, ...] = ()
    fewer_than: int = 0
    rounded: bool = False


class Listed(msgspec.Struct, frozen=True):
    """A person who is not excluded. ``digits``: by criterion 0 not met, 1 not known, 2 met."""

    person: int
    standing: str
    digits: str


class Screening:
    """One reading, bound, over one warehouse."""

    def __init__(self, reading: Reading, run: Run, warehouse: Warehouse, concepts: Path | None = None) -> None:
        check_cdm(warehouse)
        self.run, self.warehouse = run, warehouse
        self.binding, self._vocabulary = _bound(reading, concepts)
        if not reading.criteria:
            raise Refused("has no criteria.", what=reading.study or "the reading")

    def screen(self, changes: Sequence[tuple[Knob, Decimal]] = ()) -> Screen:
        histogram = self.histogram()
        return self.told(histogram, tuple(self.changed(histogram, changes)))

    def histogram(self) -> Histogram:
        """The one pass over the population; all else follows from it."""
        return self._counted(self._criteria)

    def told(self, histogram: Histogram, changes: tuple[Change, ...] = ()) -> Screen:
        return _told(self.binding, self.run, histogram, changes)

    @property
    def _criteria(self) -> tuple[Criterion, ...]:
        return self.binding.reading.criteria

    def _counted(self, criteria: tuple[Criterion, ...]) -> Histogram:
        compiled = compile_criteria(criteria, self.run, self._vocabulary, self.warehouse.schema)
        found = self.warehouse.ask(compiled.histogram(self.warehouse.dialect))
        words = np.stack([found[f"w{word}"] for word in range(compiled.words)], axis=1)
        return Histogram(words, found["persons"], len(criteria))

    def relaxations(self) -> list[tuple[Knob, Decimal]]:
        """Every number of the reading, a tenth more generous."""
        return [(knob, relaxed(knob)) for one in self._criteria for knob in knobs(one)]

    def asked(self, name: str, to: Decimal) -> tuple[Knob, Decimal]:
        return find_knob(self._criteria, name), to

    def changed(self, before: Histogram, changes: Sequence[tuple[Knob, Decimal]]) -> list[Change]:
        """All changes in one more pass: each is a further criterion that stands in for the one it changes."""
        if not changes:
            return []
        places = {criterion.id: place for place, criterion in enumerate(self._criteria)}
        others = tuple(turned(self._criteria[places[knob.criterion]], knob, to) for knob, to in changes)
        after, usual = self._counted(self._criteria + others), before.count()
        found = []
        for extra, (knob, to) in enumerate(changes, len(self._criteria)):
            kept = [place for place in range(len(self._criteria)) if place != places[knob.criterion]]
            count = after.count([*kept, extra])
            found.append(Change(knob, to, Tally(count.definite - usual.definite, count.possible - usual.possible)))
        return found

    def people(self) -> list[Listed]:
        """Everyone who is definite or possible, by id."""
        compiled = compile_criteria(self._criteria, self.run, self._vocabulary, self.warehouse.schema)
        found = self.warehouse.ask(compiled.statuses(self.warehouse.dialect))
        listed = []
        words = [found[f"w{word}"] for word in range(compiled.words)]
        for person, *vector in zip(found["person_id"].tolist(), *(word.tolist() for word in words), strict=True):
            digits = [vector[place // DIGITS] >> 2 * (place % DIGITS) & 3 for place in range(compiled.criteria)]
            if NOT_MET not in digits:
                standing = "definite" if set(digits) <= {MET} else "possible"
                listed.append(Listed(person, standing, "".join(map(str, digits))))
        return listed


def _bound(reading: Reading, concepts: Path | None) -> tuple[Binding, Vocabulary]:
    if concepts is None:
        return bind(reading, bundled(), NOTHING), bundled()
    vocabulary, found = read_concepts(concepts, wanted(reading))
    return bind(reading, vocabulary, found), vocabulary


def _told(binding: Binding, run: Run, histogram: Histogram, changes: tuple[Change, ...]) -> Screen:
    criteria, everyone = binding.reading.criteria, histogram.count()

    def left(order: Sequence[int]) -> tuple[Left, ...]:
        return tuple(
            Left(criteria[one.criterion].id, one.lost, one.left.both, one.left.definite)
            for one in histogram.in_order(order)
        )

    return Screen(
        study=binding.reading.study,
        at=run.at.isoformat(),
        persons=histogram.total,
        standing=_tally(everyone),
        excluded=histogram.total - everyone.definite - everyone.possible,
        vectors=len(histogram.persons),
        criteria=tuple(_costs(criteria, histogram)),
        protocol_order=left(range(len(criteria))),
        best_order=left(histogram.best_order()),
        unbound=binding.unbound,
        changes=changes,
    )


def _costs(criteria: tuple[Criterion, ...], histogram: Histogram) -> list[Cost]:
    alone, unsettled, shares = histogram.sole_blocker(), histogram.unknown_of_possible(), histogram.shapley()
    return [
        Cost(
            one.id,
            one.polarity,
            one.text,
            *histogram.by_criterion(place),
            alone[place],
            unsettled[place],
            histogram.without(place).both,
            round(shares[place]),
        )
        for place, one in enumerate(criteria)
    ]


def _tally(count: Count) -> Tally:
    return Tally(count.definite, count.possible)


_COUNTS = {
    *(
        "persons",
        "excluded",
        "definite",
        "possible",
        "not_met",
        "not_known",
        "met",
        "alone",
        "open",
        "struck",
        "share",
        "lost",
        "left",
    )
}


def told(screen: Screen, small: int) -> Screen:
    """Without counts of fewer than ``small`` persons.

    A small count could be worked out from the others by subtraction: where there is one, all others are rounded.
    """
    plain = msgspec.to_builtins(screen)
    if not any(0 < abs(count) < small for count in (*_counts(plain), *_between(plain))):
        return msgspec.structs.replace(screen, fewer_than=small)
    kept = msgspec.convert(_rounded(plain, small), Screen)
    return msgspec.structs.replace(kept, fewer_than=small, rounded=True)


def _counts(value: Any) -> Iterator[int]:
    for key, part in value.items() if isinstance(value, dict) else enumerate(value):
        if key in _COUNTS and isinstance(part, int):
            yield part
        elif isinstance(part, dict | list | tuple):
            yield from _counts(part)


def _between(plain: Any) -> Iterator[int]:
    """What stands plainly between two counts: the possible after a criterion, and a change's gain in all."""
    for left in (*plain["protocol_order"], *plain["best_order"]):
        yield left["left"] - left["definite"]
    for change in plain["changes"]:
        yield change["gain"]["definite"] + change["gain"]["possible"]


def _rounded(value: Any, small: int) -> Any:
    if isinstance(value, dict):
        return {key: _hidden(part, small) if key in _COUNTS else _rounded(part, small) for key, part in value.items()}
    return [_rounded(one, small) for one in value] if isinstance(value, list | tuple) else value


def _hidden(count: int, small: int) -> Told:
    return None if 0 < abs(count) < small else small * round(count / small)


def read_rules(named: str, library: Callable[[], Library]) -> tuple[Reading, tuple[str, ...]]:
    """The reading named: of a study in the library, or of a JSON file. With it, what of another format was lost."""
    if is_nct_id(named):
        from equipoise.actions.readings import reading_of

        return reading_of(library(), named), ()
    try:
        raw = Path(named).read_bytes()
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}.", what=named, do="Name a study or a JSON file.") from None
    return read_criteria_json(raw)
