"""Counts over the hospital's records, kept for some minutes; one question to them at a time in each worker."""

import datetime
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import msgspec

from equipoise.actions.screen import Screen, Screening, told
from equipoise.eligibility.attrition import Histogram
from equipoise.eligibility.expression import Reading
from equipoise.eligibility.format import from_json, to_json
from equipoise.eligibility.knobs import Knob
from equipoise.eligibility.person import Absence, Run
from equipoise.store.warehouse import Warehouse, open_warehouse

KEPT_SECONDS = 600
FEWEST_TOLD = 5
_running = threading.Lock()


class Busy(Exception):
    """Another question to the records is being answered by this worker."""


class Place(msgspec.Struct, frozen=True):
    """Where the records and the vocabulary stand, and when they last changed."""

    warehouse: str
    schema: str | None
    concepts: str
    changed: tuple[int, ...]

    @classmethod
    def of(cls, warehouse: str, schema: str, concepts: str) -> "Place":
        files = [Path(warehouse.partition(":")[2]), *([Path(concepts)] if concepts else [])]
        return cls(warehouse, schema or None, concepts, tuple(map(_changed, files)))


def _changed(path: Path) -> int:
    """Nanoseconds; 0 where it is no file or folder of ours, such as a server's address."""
    try:
        files = (path, *path.iterdir()) if path.is_dir() else (path,)
        return int(max(file.stat().st_mtime_ns for file in files))
    except OSError:
        return 0


class Asked(msgspec.Struct, frozen=True):
    """All that the counts depend on. ``lapse`` changes every few minutes, so that nothing is kept for ever."""

    place: Place
    reading: bytes
    at: datetime.date
    absence: Absence
    lifetime: int | None
    fresh: int | None
    lapse: int

    @classmethod
    def of(cls, place: Place, reading: Reading, run: Run) -> "Asked":
        lapse = int(time.monotonic() // KEPT_SECONDS)
        return cls(place, to_json(reading), run.at, run.otherwise, run.lifetime, run.fresh, lapse)


class Counted(msgspec.Struct, frozen=True):
    screening: Screening
    histogram: Histogram


Changes = tuple[tuple[Knob, Decimal], ...]


def bound_reading(asked: Asked) -> Reading:
    """As bound to the records' concepts. ``Busy`` where it is not kept and another question is being answered."""
    return _counted(asked).screening.binding.reading


def screen(asked: Asked, changes: Changes = ()) -> Screen:
    """Small counts are not told. ``Busy`` as above."""
    return _screened(asked, changes)


@lru_cache(maxsize=4)
def _counted(asked: Asked) -> Counted:
    run = Run(at=asked.at, otherwise=asked.absence, lifetime=asked.lifetime, fresh=asked.fresh)
    with _alone(asked.place) as warehouse:
        concepts = Path(asked.place.concepts) if asked.place.concepts else None
        screening = Screening(from_json(asked.reading), run, warehouse, concepts)
        return Counted(screening, screening.histogram())


@lru_cache(maxsize=64)
def _screened(asked: Asked, changes: Changes) -> Screen:
    counted = _counted(asked)
    if not changes:
        return told(counted.screening.told(counted.histogram), FEWEST_TOLD)
    with _alone(asked.place) as warehouse:
        counted.screening.warehouse = warehouse  # what was bound stays; the file is held only while it is asked
        found = tuple(counted.screening.changed(counted.histogram, changes))
    return told(counted.screening.told(counted.histogram, found), FEWEST_TOLD)


@contextmanager
def _alone(place: Place) -> Iterator[Warehouse]:
    """Threads that waited here would leave none for other readers, so who comes second is sent away."""
    if not _running.acquire(blocking=False):
        raise Busy
    try:
        warehouse = open_warehouse(place.warehouse, place.schema)
        try:
            yield warehouse
        finally:
            warehouse.close()
    finally:
        _running.release()
