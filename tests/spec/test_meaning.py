"""Every line of the spec's tables, on every engine; every kind of node is among them; the document is current."""

from collections import defaultdict
from collections.abc import Mapping
from typing import get_args

import pytest

from equipoise.eligibility.evaluate import evaluate
from equipoise.eligibility.expression import Expr
from equipoise.eligibility.sql.vocabulary import bundled
from equipoise.eligibility.tree import walk
from equipoise.exchange.omop import read_people
from equipoise.kernel.truth import Truth
from tests.engines import DuckEngine, Engine, PostgresEngine, Tables, screened
from tests.spec.cases import CASES
from tests.spec.render import DOCUMENT, rendered
from tests.spec.tables import Case, Population

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


def test_every_kind_of_node_has_a_table() -> None:
    kinds = {type(node) for case in CASES for node in walk(case.expr)}
    assert kinds == set(get_args(Expr))


def test_titles_are_told_apart() -> None:
    assert len({case.title for case in CASES}) == len(CASES)


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text() == rendered(), "Run: python -m tests.spec.render"
