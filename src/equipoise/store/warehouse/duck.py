"""DuckDB: a database file, or a folder with a Parquet file for each table."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np

from equipoise.eligibility.sql.phrases import Dialect
from equipoise.kernel.refused import Refused
from equipoise.store.warehouse import Columns


class DuckDB:
    dialect: Dialect = "duckdb"

    def __init__(self, path: str, schema: str | None = None) -> None:
        self.schema = schema
        place = Path(path)
        if not place.exists():
            raise Refused("is not there.", what=path, do="Name a DuckDB file or a folder of Parquet files.")
        try:
            self._connection = duckdb.connect() if place.is_dir() else duckdb.connect(path, read_only=True)
        except duckdb.Error as error:
            raise Refused(_first_line(error), what=path, do="Is it a DuckDB file, and no other program's?") from None
        self._connection.execute("SET enable_progress_bar = false")  # it would stand among what is printed
        if place.is_dir():
            self._lay_views(place)

    def _lay_views(self, folder: Path) -> None:
        for path in sorted(folder.iterdir()):
            files = str(path / "**" / "*.parquet") if path.is_dir() else str(path)
            if path.is_dir() or path.suffix == ".parquet":
                relation = self._connection.read_parquet(files)
                relation.create_view(path.stem.lower())

    def ask(self, sql: str) -> Columns:
        try:
            found = self._connection.execute(sql).fetchnumpy()
        except duckdb.Error as error:
            raise Refused(_first_line(error), what="the warehouse") from None
        return {name: np.asarray(values, dtype=np.int64) for name, values in found.items()}

    def tables(self) -> Mapping[str, frozenset[str]]:
        asked = "SELECT lower(table_name), lower(column_name) FROM information_schema.columns"
        if self.schema is not None:
            asked += " WHERE table_schema = $schema"
        named = {"schema": self.schema} if self.schema is not None else None
        found: dict[str, set[str]] = defaultdict(set)
        for table, column in self._connection.execute(asked, named).fetchall():
            found[table].add(column)
        return {table: frozenset(columns) for table, columns in found.items()}

    def close(self) -> None:
        self._connection.close()


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
