"""PostgreSQL: one read-only transaction."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from equipoise.eligibility.sql.phrases import Dialect
from equipoise.kernel.refused import Refused
from equipoise.store.warehouse import Columns

try:
    import psycopg
except ImportError:
    raise Refused("needs psycopg.", what="PostgreSQL", do="Run: pip install 'equipoise[postgres]'.") from None


class Postgres:
    dialect: Dialect = "postgres"

    def __init__(self, uri: str, schema: str | None = None) -> None:
        self.schema = schema
        try:
            self._connection = psycopg.connect(uri, connect_timeout=10)
        except psycopg.Error as error:
            what = psycopg.conninfo.conninfo_to_dict(uri) if _is_readable(uri) else {}
            where = f"{what.get('host', '')}/{what.get('dbname', '')}"
            raise Refused(
                str(error).strip().splitlines()[0], what=where, do="Check the address, and that the server runs."
            ) from None
        self._connection.read_only = True

    def ask(self, sql: str) -> Columns:
        try:
            cursor = self._connection.execute(sql.encode())
            rows = cursor.fetchall()
        except psycopg.Error as error:
            raise Refused(str(error).strip().splitlines()[0], what="the warehouse") from None
        names = [column.name for column in cursor.description or ()]
        table = np.array(rows, dtype=np.int64).reshape(len(rows), len(names))
        return {name: table[:, place] for place, name in enumerate(names)}

    def tables(self) -> Mapping[str, frozenset[str]]:
        asked = (
            "SELECT lower(table_name), lower(column_name) FROM information_schema.columns"
            " WHERE table_schema = coalesce(%s, current_schema())"
        )
        found: dict[str, set[str]] = defaultdict(set)
        for table, column in self._connection.execute(asked, (self.schema,)):
            found[table].add(column)
        return {table: frozenset(columns) for table, columns in found.items()}

    def close(self) -> None:
        self._connection.close()


def _is_readable(uri: str) -> bool:
    try:
        psycopg.conninfo.conninfo_to_dict(uri)
    except psycopg.ProgrammingError:
        return False
    return True
