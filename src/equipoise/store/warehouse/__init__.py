"""Where a hospital's OMOP data stand: an engine, and what is asked of it. Nothing is written there."""

from collections.abc import Mapping
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from equipoise.eligibility.sql.phrases import Dialect
from equipoise.kernel.refused import Refused

Columns: TypeAlias = Mapping[str, npt.NDArray[np.int64]]
HOW = "Write duckdb:PATH, postgresql://USER@HOST/DATABASE or spark:FOLDER."


class Warehouse(Protocol):
    """A connection to a CDM. ``schema``: the one its tables stand in, where they are not found without."""

    dialect: Dialect
    schema: str | None

    def ask(self, sql: str) -> Columns:
        """The answer, all of it whole numbers, by column."""

    def tables(self) -> Mapping[str, frozenset[str]]:
        """Names of the tables there, and of their columns, in small letters."""

    def close(self) -> None: ...


def open_warehouse(place: str, schema: str | None = None) -> Warehouse:
    """``duckdb:PATH`` (a database, or a folder of Parquet files), ``postgresql://…`` or ``spark:FOLDER``."""
    kind, _, rest = place.partition(":")
    if kind == "duckdb" and rest:
        from equipoise.store.warehouse.duck import DuckDB

        return DuckDB(rest, schema)
    if kind in ("postgresql", "postgres") and rest.startswith("//"):
        from equipoise.store.warehouse.postgres import Postgres

        return Postgres(place, schema)
    if kind == "spark" and rest:
        from equipoise.store.warehouse.spark import Spark

        return Spark(rest, schema)
    raise Refused("is not a warehouse.", what=repr(place), do=HOW)
