"""What a benchmark says: ours, the peer's, and the ratio."""

import os
import platform
import statistics
from collections.abc import Sequence

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One line: ``ratio`` is how many times better ours is (above 1 is better)."""

    what: str
    studies: int
    ours: str
    peer: str
    ratio: float | None = None


def table(rows: Sequence[Row]) -> str:
    lines = ["| What | Studies | Ours | Peer | Times better |", "|---|---:|---|---|---:|"]
    lines += [
        f"| {row.what} | {row.studies:,} | {row.ours} | {row.peer} | {f'{row.ratio:.1f}' if row.ratio else ''} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def spread(seconds: Sequence[float]) -> str:
    """Median and 95th percentile, in milliseconds."""
    return f"median {statistics.median(seconds) * 1e3:.1f} ms, 95 % under {percentile(seconds, 95) * 1e3:.1f} ms"


def percentile(seconds: Sequence[float], percent: int) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def machine() -> str:
    """What it ran on, and how busy that was: times hold for it alone."""
    load = os.getloadavg()[0]
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} (1 minute, ours with it)."
