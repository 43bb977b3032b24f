"""Reading the small text tables of the spec: one person a line, what the record holds, and the answer.

A record is written ``born 1980-05``, ``female``, ``observed 2020-01-01 to 2024-12-31``, ``condition A 2024-01-10``,
``drug A 2024-01-01 to 2024-02-01``, ``weight 80 kg 2024-03-01`` or ``alt 90 U/L (LLN 7, ULN 40) 2024-03-01``; parts are
separated by ``;``. Capital letters stand for OMOP concepts 1, 2 and so on.
"""

import datetime
import re
from collections.abc import Iterator

import msgspec

from equipoise.eligibility.expression import (
    Code,
    Concept,
    Criterion,
    Domain,
    Expr,
    Parse,
    Pattern,
    Polarity,
    Reading,
    Span,
)
from equipoise.eligibility.measures import MEASURES
from equipoise.eligibility.person import Run
from equipoise.eligibility.sql.people import GENDERS
from equipoise.eligibility.sql.rows import SOURCES
from equipoise.eligibility.verdict import Standing
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.truth import Truth
from equipoise.kernel.units import OMOP_UNITS
from tests.engines import Row

AT = datetime.date(2024, 6, 30)
_DAYS = r"(?P<start>\d{4}-\d\d-\d\d|-)(?: to (?P<end>\d{4}-\d\d-\d\d|-))?"
_EVENT = re.compile(rf"(?P<domain>condition|drug|procedure|observation) (?P<concept>[A-Z]) {_DAYS}")
_OBSERVED = re.compile(rf"observed {_DAYS}")
_VALUE = re.compile(
    r"(?P<measure>[a-z_0-9]+) (?P<value>[\d.]+)(?: (?P<unit>\S+))?"
    r"(?: \((?:LLN (?P<low>[\d.]+))?(?:, )?(?:ULN (?P<high>[\d.]+))?\))? (?P<day>\d{4}-\d\d-\d\d)"
)


class StudyCase(msgspec.Struct, frozen=True):
    """Inclusion criteria of a study, each with its scope. ``rows``: records, and where the person stands."""

    title: str
    criteria: tuple[tuple[str, Expr], ...]
    rows: str
    why: str = ""

    def reading(self) -> Reading:
        made = (
            Criterion(f"I{place}", Polarity.INCLUDE, "", Span(0, 0), Parse.FULL, expr, scope)
            for place, (scope, expr) in enumerate(self.criteria, 1)
        )
        return Reading(self.title, tuple(made))

    def lines(self) -> Iterator[tuple[str, Standing]]:
        for line in self.rows.strip().splitlines():
            records, standing = line.rsplit("|", 1)
            yield records.strip(), Standing(standing.strip())


class Case(msgspec.Struct, frozen=True):
    """``rows`` is the text table. ``why`` is printed under it."""

    title: str
    expr: Expr
    rows: str
    run: Run = Run(AT)
    why: str = ""

    def lines(self) -> Iterator[tuple[str, Truth]]:
        for line in self.rows.strip().splitlines():
            records, answer = line.rsplit("|", 1)
            yield records.strip(), Truth(answer.strip())


def concept(letters: str, *without: str) -> Concept:
    codes = tuple(Code("OMOP", str(ord(letter) - 64)) for letter in letters)
    words = " or ".join(letters) if letters else "something no code is known for"
    return Concept(words, codes=codes, without=tuple(map(concept, without)))


def pattern(domain: Domain, letters: str, *without: str, qualifiers: tuple[str, ...] = ()) -> Pattern:
    return Pattern(domain, concept(letters, *without), qualifiers)


class Population:
    """Rows of all cases' people, each under a number of its own."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {"person": []}

    def add(self, records: str) -> int:
        number = len(self.tables["person"]) + 1
        person: Row = {"person_id": number, "gender_concept_id": 0}
        self.tables["person"].append(person)
        for record in filter(None, (part.strip() for part in records.split(";"))):
            self._add(record, person)
        return number

    def _add(self, record: str, person: Row) -> None:
        if record in GENDERS:
            person["gender_concept_id"] = GENDERS[record]
        elif record.startswith("born "):
            born = PartialDate.read(record.removeprefix("born "))
            person |= {"year_of_birth": born.year, "month_of_birth": born.month, "day_of_birth": born.day}
        elif record != "nothing":
            table, row = _row(record)
            rows = self.tables.setdefault(table, [])
            rows.append({"person_id": person["person_id"], f"{table}_id": len(rows) + 1} | row)


def _row(record: str) -> tuple[str, Row]:
    if event := _EVENT.fullmatch(record):
        source = SOURCES[Domain(event["domain"])]
        days = {source.end: _day(event["end"]), source.start: _day(event["start"])}
        return source.table, {source.concept: ord(event["concept"]) - 64} | days
    if period := _OBSERVED.fullmatch(record):
        days = {"observation_period_start_date": _day(period["start"])}
        return "observation_period", days | {"observation_period_end_date": _day(period["end"])}
    value = _VALUE.fullmatch(record)
    assert value, record
    return "measurement", {
        "measurement_concept_id": MEASURES[value["measure"]].omop[0],
        "measurement_date": _day(value["day"]),
        "value_as_number": float(value["value"]),
        "unit_concept_id": OMOP_UNITS[value["unit"]] if value["unit"] else 0,
        "range_low": value["low"] and float(value["low"]),
        "range_high": value["high"] and float(value["high"]),
    }


def _day(text: str | None) -> datetime.date | None:
    return None if text in (None, "-") else datetime.date.fromisoformat(text)
