"""`make bench`: prints a table of ratios against a named peer in the same run.

python -m benchmarks [--studies 100000 500000] [--alone] [--keep FOLDER] [--out docs/benchmarks.md]
"""

import argparse
import os
import platform
import tempfile
from pathlib import Path

from benchmarks import loads, pages, searches, updates
from benchmarks.grow import write_grown
from benchmarks.rows import Row, table
from benchmarks.shared import SHARED

HEAD = """# Benchmarks

Printed by `make bench`: real records taken apart and put together anew (`benchmarks/grow.py`), about seven sites each.
Every figure stands beside its peer's in the same run on the same machine; quote the ratios, not the times.
The peer of the finder is SQLite FTS5 with side tables, an R*Tree and the same fields, weights and filters
(`benchmarks/peer.py`).

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, nargs="+", default=[100_000, 500_000])
    parser.add_argument("--alone", action="store_true", help="leave the peer out: at 500,000 studies it takes an hour")
    parser.add_argument("--keep", type=Path, help="keep grown records and indexes here for the next run")
    parser.add_argument("--out", type=Path, help="also write the table to this file")
    arguments = parser.parse_args()
    if not SHARED.exists():
        raise SystemExit(f"The real records are missing: {SHARED}. Set EQUIPOISE_SHARED_DATA to their folder.")
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for count in arguments.studies for row in _told(arguments, Path(folder), count)]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores.\n\n"
    if arguments.out:
        arguments.out.write_text(HEAD + machine + table(rows))


def _told(arguments: argparse.Namespace, folder: Path, count: int) -> list[Row]:
    rows = _run(arguments.keep or folder, count, alone=arguments.alone)
    print(table(rows), flush=True)
    return rows


def _run(folder: Path, count: int, *, alone: bool) -> list[Row]:
    print(f"Growing {count:,} studies", flush=True)
    grown = write_grown(SHARED, folder / f"grown-{count}.jsonl.zst", count)
    home, peer = folder / f"home-{count}", None if alone else folder / f"peer-{count}.sqlite"
    rows = loads.run(grown, home, peer, count)
    rows += searches.run(home, peer, count)
    rows += updates.run(grown, home, peer, count)
    rows += pages.run(home, count)
    return rows


main()
