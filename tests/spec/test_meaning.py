"""Every line of the spec's tables, on every engine; every kind of node is among them; the document is current."""

from collections import defaultdict
from collections.abc import Mapping
from typing import get_args

import pytest

from equipoise.eligibility.evaluate import evaluate
from equipoise.eligibility.expression import Expr
from equipoise.eligibility.match.run import standings
from equipoise.eligibility.match.table import build_table
from equipoise.eligibility.person import Run
from equipoise.eligibility.sql.compile import compile_criteria
from equipoise.eligibility.sql.vocabulary import bundled
from equipoise.eligibility.tree import walk
from equipoise.eligibility.verdict import Standing, judge
from equipoise.exchange.omop import read_people
from equipoise.kernel.truth import Truth
from tests.engines import DuckEngine, Engine, PostgresEngine, Tables, screened
from tests.spec.cases import CASES, CLOSED, STUDIES
from tests.spec.render import DOCUMENT, rendered
from tests.spec.tables import Case, Population, StudyCase

STANDINGS = (Standing.EXCLUDED, Standing.POSSIBLE, Standing.DEFINITE)
Answers = Mapping[tuple[str, int], Truth]
"""By the case's title and the person's number."""


@pytest.fixture(scope="module")
def population() -> tuple[Tables, dict[str, list[int]]]:
    everyone = Population()
    numbers = {case.title: [everyone.add(records) for records, _ in case.lines()] for case in CASES}
    return everyone.tables, numbers


def answers_of(engine: Engine, tables: Tables) -> Answers:
    """Cases with the same run in one query."""
    engine.fill(tables)
    together: dict[str, list[Case]] = defaultdict(list)
    for case in CASES:
        together[str(case.run)].append(case)
    found = {}
    for cases in together.values():
        truths = screened(engine, [case.expr for case in cases], cases[0].run, bundled())
        for person, row in truths.items():
            found |= {(case.title, int(person)): truth for case, truth in zip(cases, row, strict=True)}
    return found


@pytest.fixture(scope="module")
def evaluated(population: tuple[Tables, dict[str, list[int]]]) -> Answers:
    people = read_people(population[0])
    return {(case.title, int(one.id)): evaluate(case.expr, one, case.run) for case in CASES for one in people}


@pytest.fixture(scope="module")
def duckdb_says(population: tuple[Tables, dict[str, list[int]]]) -> Answers:
    return answers_of(DuckEngine(), population[0])


@pytest.fixture(scope="module")
def postgres_says(population: tuple[Tables, dict[str, list[int]]], postgres: PostgresEngine) -> Answers:
    return answers_of(postgres, population[0])


@pytest.fixture(scope="module")
def spark_says(population: tuple[Tables, dict[str, list[int]]], spark: Engine) -> Answers:
    return answers_of(spark, population[0])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
@pytest.mark.parametrize("engine", ["evaluated", "duckdb_says", "postgres_says", "spark_says"])
def test_means(
    case: Case, engine: str, population: tuple[Tables, dict[str, list[int]]], request: pytest.FixtureRequest
) -> None:
    answers: Answers = request.getfixturevalue(engine)
    lines = list(case.lines())
    found = [answers[case.title, number] for number in population[1][case.title]]
    told = dict(zip([records for records, _ in lines], found, strict=True))
    assert told == dict(lines)


def standing_on(engine: Engine, case: StudyCase, run: Run) -> dict[str, Standing]:
    """Where everyone stands, from the engine's own status vectors."""
    everyone = Population()
    numbers = {everyone.add(records): records for records, _ in case.lines()}
    engine.fill(everyone.tables)
    criteria = case.reading().criteria
    rows = engine.ask(compile_criteria(criteria, run, bundled()).statuses(engine.dialect))
    return {
        numbers[person]: STANDINGS[min(word // 4**place % 4 for place in range(len(criteria)))] for person, word in rows
    }


def table_says(case: StudyCase, run: Run) -> dict[str, Standing]:
    everyone = Population()
    numbers = {str(everyone.add(records)): records for records, _ in case.lines()}
    table = build_table([(1, case.reading())])
    people = read_people(everyone.tables)
    return {numbers[one.id]: STANDINGS[int(standings(table, one, run).standing[0])] for one in people}


@pytest.mark.parametrize("case", STUDIES, ids=lambda case: case.title)
@pytest.mark.parametrize("engine", ["evaluated", "table", "duckdb", "postgres", "spark"])
def test_stands(case: StudyCase, engine: str, request: pytest.FixtureRequest) -> None:
    match engine:
        case "evaluated":
            everyone = Population()
            numbers = {str(everyone.add(records)): records for records, _ in case.lines()}
            found = {
                numbers[one.id]: judge(case.reading(), one, CLOSED).standing for one in read_people(everyone.tables)
            }
        case "table":
            found = table_says(case, CLOSED)
        case _:
            used = DuckEngine() if engine == "duckdb" else request.getfixturevalue(engine)
            found = standing_on(used, case, CLOSED)
    assert found == dict(case.lines())


def test_every_kind_of_node_has_a_table() -> None:
    kinds = {type(node) for case in CASES for node in walk(case.expr)}
    assert kinds == set(get_args(Expr))


def test_titles_are_told_apart() -> None:
    assert len({case.title for case in CASES}) == len(CASES)


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text() == rendered(), "Run: python -m tests.spec.render"
