"""A small hospital: an OMOP CDM as a DuckDB file, from people in the words of the spec's tables."""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from tests.engines import CDM, Tables, filled
from tests.spec.tables import Population

FIRST_PERSON = 8_800_001
"""Numbers of persons that would be seen if a page showed any."""
WOMAN = "observed 2020-01-01 to 2024-12-31; female; born 1980-05-01"
OLD_MAN = "observed 2020-01-01 to 2024-12-31; male; born 1940-05-01"


def write_hospital(path: Path, people: Iterable[str]) -> Path:
    everyone = Population()
    for records in people:
        everyone.add(records)
    with duckdb.connect(str(path)) as connection:
        for table, columns in CDM.items():
            written = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            connection.execute(f"CREATE OR REPLACE TABLE {table} ({written})")
        for statement in filled(_renumbered(everyone.tables)):
            connection.execute(statement)
    return path


def _renumbered(tables: Tables) -> Tables:
    return {
        name: [row | {"person_id": row["person_id"] + FIRST_PERSON - 1} for row in rows]
        for name, rows in tables.items()
    }
