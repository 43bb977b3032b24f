"""The leaf about age: completed units at an anchor."""

import datetime

from equipoise.eligibility.expression import Age, Period, Unit
from equipoise.eligibility.finding import Because, Finding, known, unknown
from equipoise.eligibility.moments import shift
from equipoise.eligibility.person import Person, Run
from equipoise.kernel.truth import Truth

Born = tuple[datetime.date, datetime.date]
"""The earliest and the latest day the person may have been born."""


def find_age(atom: Age, person: Person, run: Run) -> Finding:
    born = born_between(person, run)
    if born is None:
        return unknown(Because.NO_DATA)
    at = run.day(atom.at)
    low = _reached(atom.low, at, born, beyond=atom.low_open) if atom.low else Truth.TRUE
    high = ~_reached(atom.high, at, born, beyond=not atom.high_open) if atom.high else Truth.TRUE
    truth = low & high
    return unknown(Because.DATE) if truth is Truth.UNKNOWN else known(truth)


def born_between(person: Person, run: Run) -> Born | None:
    if person.born is not None:
        return person.born.earliest(), person.born.latest()
    if person.age is None:
        return None
    return _birthday(run.at, person.age + 1, Unit.YEAR) + datetime.timedelta(days=1), _birthday(
        run.at, person.age, Unit.YEAR
    )


def _reached(age: Period, at: datetime.date, born: Born, *, beyond: bool) -> Truth:
    """Whether that many units are completed by that day; ``beyond``: one more than that many."""
    latest = _birthday(at, int(age.amount) + beyond, age.unit)
    if born[1] <= latest:
        return Truth.TRUE
    return Truth.FALSE if born[0] > latest else Truth.UNKNOWN


def _birthday(at: datetime.date, units: int, unit: Unit) -> datetime.date:
    """Who was born by this day has completed that many units."""
    return shift(at, Period(-units, unit))  # type: ignore[arg-type]
