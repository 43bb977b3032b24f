"""What SQL says of a population is what ``evaluate`` says of each of its people."""

from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise.eligibility.evaluate import evaluate
from equipoise.eligibility.expression import Exists, Expr, Value
from equipoise.eligibility.person import Run
from equipoise.eligibility.tree import walk
from equipoise.exchange.omop import read_people
from tests.engines import DuckEngine, Engine, PostgresEngine, Row, SparkEngine, screened
from tests.omop import VOCABULARY, atoms, expressions, populations, runs

several = st.builds(
    lambda leaves, trees: leaves + trees, st.lists(atoms, min_size=4, max_size=8), st.lists(expressions, max_size=3)
)
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)


@pytest.fixture(scope="module")
def duck() -> DuckEngine:
    return DuckEngine()


@given(several, populations, runs)
@settings(max_examples=100, suppress_health_check=SLOW)
def test_duckdb_agrees(duck: DuckEngine, exprs: list[Expr], tables: dict[str, list[Row]], run: Run) -> None:
    assert_agrees(duck, exprs, tables, run)


@given(several, populations, runs)
@settings(max_examples=25, suppress_health_check=SLOW)
def test_postgres_agrees(postgres: PostgresEngine, exprs: list[Expr], tables: dict[str, list[Row]], run: Run) -> None:
    assert_agrees(postgres, exprs, tables, run)


@given(several, populations, runs)
@settings(max_examples=5, suppress_health_check=SLOW, deadline=None)
def test_spark_agrees(spark: SparkEngine, exprs: list[Expr], tables: dict[str, list[Row]], run: Run) -> None:
    assert_agrees(spark, exprs, tables, run)


def assert_agrees(engine: Engine, exprs: list[Expr], tables: dict[str, list[Row]], run: Run) -> None:
    engine.fill(tables)
    people = read_people(tables, VOCABULARY)
    meant = {person.id: [evaluate(expr, person, run) for expr in exprs] for person in people}
    assert screened(engine, exprs, run, VOCABULARY) == meant


def test_the_strategy_reaches_every_kind_of_node() -> None:
    kinds, ways = set(), set()

    @given(several)
    @settings(max_examples=150, suppress_health_check=SLOW)
    def gather(exprs: list[Expr]) -> None:
        for node in (node for expr in exprs for node in walk(expr)):
            kinds.add(type(node))
            if isinstance(node, Value):
                ways.update({node.select, node.reference})
            if isinstance(node, Exists):
                ways.add(node.touch)

    gather()
    assert kinds == set(get_args(Expr))
    assert ways == {
        *("latest", "any", "all", "highest", "lowest"),
        *("ULN", "LLN", "baseline", None),
        *("starts", "overlaps"),
    }
