"""Spark: a folder with a Parquet file or folder for each table, or a database of the session's catalogue."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from equipoise.eligibility.sql.phrases import Dialect
from equipoise.kernel.refused import Refused
from equipoise.store.warehouse import Columns

try:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession
except ImportError:
    raise Refused("needs pyspark and Java 17.", what="Spark", do="Run: pip install 'equipoise[spark]'.") from None


class Spark:
    """The master and all else of the session come from Spark's own configuration (``spark-defaults.conf``)."""

    dialect: Dialect = "spark"

    def __init__(self, place: str, schema: str | None = None) -> None:
        self.schema = schema
        find_java()
        try:
            self._session = SparkSession.builder.appName("equipoise").getOrCreate()
        except (PySparkException, RuntimeError) as error:
            raise Refused(str(error).splitlines()[0], what="Spark", do="Is Java 17 or newer installed?") from None
        self._names: list[str] = []
        if Path(place).is_dir():
            self._lay_views(Path(place))
        elif self._session.catalog.databaseExists(place):
            self._session.catalog.setCurrentDatabase(place)
            self._names = [table.name for table in self._session.catalog.listTables()]
        else:
            raise Refused("is neither a folder nor a database of Spark's.", what=place)

    def _lay_views(self, folder: Path) -> None:
        for path in sorted(folder.iterdir()):
            if path.is_dir() or path.suffix == ".parquet":
                self._session.read.parquet(str(path)).createOrReplaceTempView(path.stem.lower())
                self._names.append(path.stem.lower())

    def ask(self, sql: str) -> Columns:
        try:
            answer = self._session.sql(sql)
            rows = answer.collect()
        except PySparkException as error:
            raise Refused(str(error).splitlines()[0], what="the warehouse") from None
        table = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(len(rows), len(answer.columns))
        return {name: table[:, place] for place, name in enumerate(answer.columns)}

    def tables(self) -> Mapping[str, frozenset[str]]:
        return {
            name.lower(): frozenset(column.lower() for column in self._session.table(name).columns)
            for name in self._names
        }

    def close(self) -> None:
        self._session.stop()


def find_java() -> None:
    if "JAVA_HOME" not in os.environ and not shutil.which("java"):
        raise Refused("was not found.", what="Java", do="Install Java 17 or newer; Spark runs on it.")
