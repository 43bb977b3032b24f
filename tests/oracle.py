"""Circe as an independent oracle: duckcdm, a port of OHDSI's own compiler, over the same DuckDB tables."""

import csv
import json
from collections import defaultdict
from importlib import resources
from typing import Any

import duckdb

_TYPES = {"integer": "BIGINT", "bigint": "BIGINT", "float": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP"}
_COHORT = "cohort_definition_id BIGINT, subject_id BIGINT, cohort_start_date DATE, cohort_end_date DATE"


class Circe:
    """Runs cohorts over a CDM attached as ``cdm``. Raises ``ImportError`` where duckcdm is missing."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        from duckcdm.circe import build_cohort_query
        from duckcdm.sqlrender import render, translate

        self._build, self._render, self._translate = build_cohort_query, render, translate
        self._connection = connection
        _lay_tables(connection)

    def persons(self, cohort: bytes) -> set[int]:
        """Who is in the cohort. Circe takes concepts only from the vocabulary's table, so that gets those named."""
        sets = json.loads(cohort)["ConceptSets"]
        items = [item for one in sets for item in one["expression"]["items"]]
        self._connection.execute("DELETE FROM concept")
        for number in {item["concept"]["CONCEPT_ID"] for item in items}:
            self._connection.execute("INSERT INTO concept (concept_id) VALUES (?)", [number])
        for statement in self.statements(cohort):
            self._connection.execute(statement)
        return {person for (person,) in self._connection.execute("SELECT subject_id FROM cohort").fetchall()}

    def statements(self, cohort: bytes) -> list[str]:
        sql: Any = self._build(
            cohort.decode(),
            cohort_id=1,
            cdm_schema="main",
            vocabulary_schema="main",
            target_table="main.cohort",
            result_schema="main",
            generate_stats=False,
        )
        text = self._translate(self._render(sql), "duckdb")
        return [statement for statement in text.split(";") if statement.strip()]


def _lay_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Views of all columns of the CDM 5.4 over those that ``cdm`` has, and empty tables for the rest."""
    there: dict[str, set[str]] = defaultdict(set)
    asked = "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'cdm'"
    for table, column in connection.execute(asked).fetchall():
        there[table].add(column)
    connection.execute(f"CREATE TABLE main.cohort ({_COHORT})")
    for table, columns in _fields().items():
        own = there.get(table, set())
        made = [name if name in own else f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items()]
        source = f"FROM cdm.{table}" if own else "WHERE false"
        kind = "TABLE" if table == "concept" else "VIEW"
        connection.execute(f"CREATE {kind} main.{table} AS SELECT {', '.join(made)} {source}")


def _fields() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    with (resources.files("duckcdm") / "omop" / "cdm_fields.csv").open() as file:
        for row in csv.DictReader(file):
            if row["version"] == "5.4" and row["table"] != "cohort":
                found[row["table"]][row["field"]] = _TYPES.get(row["datatype"].lower(), "VARCHAR")
    return found
