"""Import and index together, in a process of its own so that its memory can be told."""

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.rows import Row

OURS = """
import resource, sys, time
from pathlib import Path
from equipoise.actions.library import Library
from equipoise.actions.load import import_files
start = time.perf_counter()
library = Library.open(Path(sys.argv[1]))
loaded = import_files(library, [Path(sys.argv[2])], at="2026-11-01T00:00:00+00:00")
assert not loaded.refused, loaded.refused[:3]
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""
PEER = """
import resource, sys
from pathlib import Path
from benchmarks.grow import read_grown
from benchmarks.peer import Peer
seconds = Peer(Path(sys.argv[1])).build(read_grown(Path(sys.argv[2])))
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""


def run(grown: Path, home: Path, peer: Path | None, count: int) -> list[Row]:
    print("Loading", flush=True)
    ours, memory = _timed(OURS, home, grown) if not home.exists() else (0.0, 0.0)
    if not ours:
        return []
    said = f"{count / ours:,.0f} studies/s, {memory:.2f} GB"
    if peer is None:
        return [Row("Import and index", count, said, "")]
    theirs, their_memory = _timed(PEER, peer, grown)
    words = (said, f"{count / theirs:,.0f} studies/s, {their_memory:.2f} GB")
    sizes = (f"{_size(home) / 1e9:.2f} GB", f"{_size(peer) / 1e9:.2f} GB")
    return [
        Row("Import and index", count, *words, theirs / ours),
        Row("Size on disk (ours compressed, with versions)", count, *sizes, _size(peer) / _size(home)),
    ]


def _timed(program: str, target: Path, grown: Path) -> tuple[float, float]:
    command = [sys.executable, "-c", program, str(target), str(grown)]
    started = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": "."})
    print(f"  {target.name}: {time.perf_counter() - started:.0f} s", flush=True)
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def _size(place: Path) -> int:
    if place.is_file():
        return place.stat().st_size
    return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
