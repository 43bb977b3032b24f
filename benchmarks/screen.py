"""Screening a population in DuckDB, beside the same rules written as a Circe cohort.

python -m benchmarks.screen [--people 1000000] [--keep FOLDER]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.rows import Row, table

GROW = """
import sys
from pathlib import Path
from benchmarks.people import grow
grow(Path(sys.argv[1]), int(sys.argv[2]), ordered=sys.argv[3] == "sorted")
"""
OURS = """
import resource, sys, time
from benchmarks.rules import READING, RUN
from equipoise.actions.screen import Screening
from equipoise.store.warehouse import open_warehouse
warehouse = open_warehouse("duckdb:" + sys.argv[1])
start, spent = time.perf_counter(), time.process_time()
screening = Screening(READING, RUN, warehouse)
histogram = screening.histogram()
asked, worked = time.perf_counter(), time.process_time()
screen = screening.told(histogram)
done = time.perf_counter()
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(asked - start, worked - spent, done - asked, memory, screen.vectors,
      screen.standing.definite, screen.standing.possible)
"""
PEER = """
import duckdb, resource, sys, time
from benchmarks.rules import READING, RUN
from equipoise.exchange.circe import write_circe
from tests.oracle import Circe
connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false")
connection.execute(f"ATTACH '{sys.argv[1]}' AS cdm (READ_ONLY)")
circe = Circe(connection)
cohort, _ = write_circe(READING, RUN)
start, spent = time.perf_counter(), time.process_time()
persons = circe.persons(cohort)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(time.perf_counter() - start, time.process_time() - spent, memory, len(persons))
"""


def run(folder: Path, people: int) -> list[Row]:
    """Rows stand sorted by concept and unsorted; the peer has nineteen of the twenty rules, and only yes and no."""
    rows = []
    for kind in ("sorted", "unsorted"):
        path = folder / f"people-{people}-{kind}.duckdb"
        if not path.exists():
            _timed(GROW, path, people, kind)  # in a process of its own: memory told of a child counts its parent's
        print(f"Screening {people:,} people, {kind}", flush=True)
        seconds, work, statistics, memory, vectors, _, possible = _timed(OURS, path)
        theirs, their_work, their_memory, _ = _timed(PEER, path)
        said = (
            f"{seconds:.1f} s ({work:.1f} s of processor), {memory:.2f} GB, {possible:,.0f} possible",
            f"{theirs:.1f} s ({their_work:.1f} s of processor), {their_memory:.2f} GB",
        )
        rows.append(Row(f"Screen by 20 criteria, rows {kind} by concept", people, *said, theirs / seconds))
        what = f"Attrition in two orders, what each criterion costs, Shapley, from {vectors:,.0f} status vectors"
        rows.append(Row(what, people, f"{statistics:.2f} s", ""))
    return rows


def _timed(program: str, *values: object) -> list[float]:
    command = [sys.executable, "-c", program, *map(str, values)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": "."})
    return [float(one) for one in done.stdout.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="keep the grown population here for the next run")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        rows = run(arguments.keep or Path(folder), arguments.people)
    print(table(rows).replace("Studies", "People", 1))
    print(f"{time.perf_counter() - started:.0f} s in all")


if __name__ == "__main__":
    main()
