"""The SQL itself: portable, wide enough, and exact at limits that convert to endless fractions."""

import datetime
from decimal import Decimal

import pytest

from equipoise.eligibility.evaluate import evaluate
from equipoise.eligibility.expression import Domain, Exists, Range, Value
from equipoise.eligibility.measures import canonical
from equipoise.eligibility.person import Absence, Run
from equipoise.eligibility.sql.compile import compile_criteria
from equipoise.eligibility.sql.phrases import Dialect
from equipoise.eligibility.sql.vocabulary import bundled
from equipoise.exchange.omop import read_people
from tests.engines import DuckEngine, criterion, screened
from tests.spec.cases import CASES, CLOSED, last
from tests.spec.tables import AT, Population, pattern

EVERYTHING = tuple(criterion(case.expr, case.title) for case in CASES)
UNPORTABLE = ("<<", ">>", "ARG_MAX", "MAX_BY", "UBIGINT", "HUGEINT", "QUALIFY", "FILTER")


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_only_what_all_engines_know(dialect: Dialect) -> None:
    sql = compile_criteria(EVERYTHING, CLOSED, bundled()).histogram(dialect).upper()
    assert not [word for word in UNPORTABLE if word in sql]


def test_tables_stand_in_the_schema_asked_for() -> None:
    sql = compile_criteria(EVERYTHING, CLOSED, bundled(), "cdm").histogram("postgres")
    for table in ("person", "measurement", "drug_exposure", "condition_occurrence"):
        assert f"FROM cdm.{table}" in sql
        assert f"FROM {table}" not in sql


def test_the_same_leaf_is_looked_for_once() -> None:
    leaf = Exists(pattern=pattern(Domain.CONDITION, "A"))
    sql = compile_criteria((criterion(leaf, "a"), criterion(leaf, "b")), CLOSED, bundled()).histogram("duckdb")
    assert sql.count("condition_concept_id IN") == 1


def test_more_criteria_and_more_evidence_than_one_word_holds() -> None:
    exprs = [
        Exists(pattern=pattern(Domain.CONDITION, "AB"[count % 2]), count=1 + count % 3, window=last(str(count)))
        for count in range(1, 71)
    ]
    everyone = Population()
    for records in ("condition A 2024-06-20; condition A 2024-06-01", "condition B 2024-05-15", "nothing"):
        everyone.add(records)
    engine = DuckEngine()
    engine.fill(everyone.tables)
    people = read_people(everyone.tables)
    for run in (CLOSED, Run(AT, otherwise=Absence.COVERAGE)):
        meant = {one.id: [evaluate(expr, one, run) for expr in exprs] for one in people}
        assert screened(engine, exprs, run, bundled()) == meant
    compiled = compile_criteria(tuple(map(criterion, exprs, map(str, range(70)))), CLOSED, bundled())
    assert compiled.words == 3
    assert "b3" in compiled.statuses("duckdb")


@pytest.mark.parametrize(
    ("measure", "unit", "other", "concept"),
    [("creatinine", "mg/dL", "umol/L", 8749), ("weight", "kg", "[lb_av]", 8739), ("glucose", "mmol/L", "mg/dL", 8840)],
)
@pytest.mark.parametrize("open_end", [False, True])
def test_limits_in_another_unit_are_exact(measure: str, unit: str, other: str, concept: int, open_end: bool) -> None:
    """Amounts a millionth to either side of the limit, written in the other unit."""
    bound = Decimal("1.7")
    expr = Value(measure=measure, range=Range(low=bound, low_open=open_end), unit=unit)
    converted, one = canonical(measure, bound, unit), canonical(measure, Decimal(1), other)
    assert converted is not None
    assert one is not None
    near = (converted / one).quantize(Decimal("0.000001"))
    everyone = Population()
    for step in range(-3, 4):
        number = everyone.add(f"{measure} 1 2024-06-01")
        row = everyone.tables["measurement"][number - 1]
        row |= {"value_as_number": float(near + step * Decimal("0.000001")), "unit_concept_id": concept}
    engine, run = DuckEngine(), Run(AT)
    engine.fill(everyone.tables)
    meant = {person.id: [evaluate(expr, person, run)] for person in read_people(everyone.tables)}
    assert len({truths[0] for truths in meant.values()}) == 2
    assert screened(engine, [expr], run, bundled()) == meant


def test_persons_without_any_record_are_counted() -> None:
    everyone = Population()
    everyone.add("nothing")
    engine = DuckEngine()
    engine.fill({**everyone.tables, "condition_occurrence": [_stray()]})
    found = screened(engine, [Exists(pattern=pattern(Domain.CONDITION, "A"))], CLOSED, bundled())
    assert list(found) == ["1"], "and events of nobody are not"


def _stray() -> dict[str, object]:
    day = datetime.date(2024, 1, 1)
    return {"condition_occurrence_id": 1, "person_id": 99, "condition_concept_id": 1, "condition_start_date": day}


def test_a_day_that_no_month_has_is_its_last() -> None:
    everyone = Population()
    everyone.add("nothing")
    everyone.tables["person"][0] |= {"year_of_birth": 2005, "month_of_birth": 2, "day_of_birth": 31}
    (person,) = read_people(everyone.tables)
    assert str(person.born) == "2005-02-28"
