"""One person's rows of an OMOP CDM 5.4 as a ``Person``. What SQL says of a warehouse, ``evaluate`` says of these."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal

from equipoise.eligibility.expression import Code, Domain
from equipoise.eligibility.person import Event, Measurement, Observed, Person
from equipoise.eligibility.sql.limits import STEP
from equipoise.eligibility.sql.people import GENDERS
from equipoise.eligibility.sql.phrases import BEYOND
from equipoise.eligibility.sql.rows import SOURCES, Source
from equipoise.eligibility.sql.vocabulary import NO_UNIT, OMOP, Vocabulary, bundled
from equipoise.kernel.dates import PartialDate

Row = Mapping[str, Any]
Tables = Mapping[str, Iterable[Row]]
"""Rows by table, under OMOP's own names in small letters."""


def read_people(tables: Tables, vocabulary: Vocabulary | None = None) -> list[Person]:
    """Every person of the tables, in the order of their ids."""
    rows_of: dict[int, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for name, rows in tables.items():
        for row in rows:
            rows_of[row["person_id"]][name].append(row)
    known = sorted(row["person_id"] for row in tables["person"])
    return [read_person(rows_of[number], vocabulary) for number in known]


def read_person(tables: Tables, vocabulary: Vocabulary | None = None) -> Person:
    """The one person whose rows these are. A measurement without a day, which the CDM forbids, is left aside."""
    vocabulary = vocabulary or bundled()
    (row,) = tables["person"]
    return Person(
        id=str(row["person_id"]),
        born=_born(row),
        sex=_sex(row),
        events=tuple(_events(tables)),
        measurements=tuple(_measurements(tables.get("measurement", ()), vocabulary)),
        observed=tuple(_observed(tables.get("observation_period", ()))),
    )


def _born(row: Row) -> PartialDate | None:
    """A day that the month does not have is its last; a month or year that cannot be is not known."""
    year, month, day = row.get("year_of_birth"), row.get("month_of_birth"), row.get("day_of_birth")
    if year is None or not 1 <= year <= 9999:
        return None
    if month is None or not 1 <= month <= 12:
        return PartialDate(year)
    if day is None or not 1 <= day <= 31:
        return PartialDate(year, month)
    return PartialDate(year, month, min(day, PartialDate(year, month).latest().day))


def _sex(row: Row) -> Literal["female", "male"] | None:
    concept = row.get("gender_concept_id")
    if concept == GENDERS["female"]:
        return "female"
    return "male" if concept == GENDERS["male"] else None


def _events(tables: Tables) -> Iterator[Event]:
    for domain, source in SOURCES.items():
        for row in tables.get(source.table, ()):
            yield _event(domain, source, row)


def _event(domain: Domain, source: Source, row: Row) -> Event:
    start, end = row.get(source.start), row.get(source.end)
    if end is None and source.at_once:
        end = start
    return Event(
        domain=domain,
        codes=(Code(OMOP, str(row[source.concept])),),
        start=_date(start),
        end=_date(end),
        source=f"{source.table}/{row.get(source.table + '_id', '')}",
    )


def _measurements(rows: Iterable[Row], vocabulary: Vocabulary) -> Iterator[Measurement]:
    """In order of day and id, so that the last is the last. A concept may stand for more than one measure."""
    dated = [row for row in rows if row["measurement_date"] is not None]
    for row in sorted(dated, key=lambda one: (one["measurement_date"], one["measurement_id"])):
        for measure, concepts in vocabulary.measures.items():
            if row["measurement_concept_id"] in concepts:
                yield _measurement(measure, row, vocabulary)


def _measurement(measure: str, row: Row, vocabulary: Vocabulary) -> Measurement:
    return Measurement(
        measure=measure,
        value=_amount(row["value_as_number"]),
        unit=vocabulary.unit_of(measure, row.get("unit_concept_id") or NO_UNIT),
        date=_date(row["measurement_date"]),
        low=_amount(row.get("range_low")),
        high=_amount(row.get("range_high")),
        source=f"measurement/{row['measurement_id']}",
    )


def _amount(value: float | Decimal | None) -> Decimal | None:
    """To six places; what is no number, or too large to be a laboratory's, is none."""
    try:
        found = None if value is None else Decimal(str(value)).quantize(STEP, ROUND_HALF_UP)
    except InvalidOperation:
        return None
    return found if found is not None and abs(found) < BEYOND else None


def _observed(rows: Iterable[Row]) -> Iterator[Observed]:
    found = [(row["observation_period_start_date"], row["observation_period_end_date"]) for row in rows]
    for start, end in sorted(one for one in found if None not in one):
        yield Observed(start, end)


def _date(day: datetime.date | None) -> PartialDate | None:
    return None if day is None else PartialDate(day.year, day.month, day.day)
