"""Putting studies into the store: one load, one transaction."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import msgspec

from equipoise.kernel.identifiers import is_nct_id, number_of
from equipoise.kernel.refused import Refused
from equipoise.store.batch import BATCH, Batch, Packing
from equipoise.store.store import Store, unpacked
from equipoise.studies.record import Study

_CURRENT = (
    "select s.version, s.updated, s.withdrawn, v.digest, v.raw from study s"
    " join study_version v on v.number = s.number and v.version = s.version where s.number = ?"
)


class Origin(msgspec.Struct, frozen=True):
    """Where a load comes from and when (UTC, ISO 8601). A sync also says what it asked for and how old the data are."""

    kind: str
    source: str
    at: str
    query: str | None = None
    data_timestamp: str | None = None


class Outcome(StrEnum):
    """What a load did with one record."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"


@contextmanager
def loading(store: Store, origin: Origin) -> Iterator["Load"]:
    """Begin a load. It is kept whole when the block ends well, else not at all."""
    with store.transaction() as connection, Packing() as packing:
        cursor = connection.execute(
            "insert into load (kind, source, started, query, data_timestamp) values (?, ?, ?, ?, ?)",
            msgspec.structs.astuple(origin),
        )
        change = connection.execute("select coalesce(max(change), 0) from study").fetchone()[0]
        load = Load(connection, packing, int(cursor.lastrowid or 0), change)
        yield load
        load.finish()


class Load:
    """One import or synchronisation in progress. Rows are written some hundred studies at a time."""

    def __init__(self, connection: sqlite3.Connection, packing: Packing, number: int, change: int) -> None:
        self._connection = connection
        self._packing = packing
        self.id = number
        self.change = change
        self.counts = dict.fromkeys([*Outcome, "withdrawn", "refused"], 0)
        self._batch = Batch()
        self._packed = Batch()
        self._localities: set[tuple[str | None, ...]] = set()

    def put(self, study: Study, raw: bytes) -> Outcome:
        """Keep the record as a version of its study: the current one, unless a later update is held already."""
        outcome = self._kept(study, raw)
        self.counts[outcome] += 1
        if len(self._batch.versions) >= BATCH:
            self._write()
        return outcome

    def _kept(self, study: Study, raw: bytes) -> Outcome:
        number, updated = number_of(study.nct_id), updated_of(study)
        digest = hashlib.blake2b(raw, digest_size=16).digest()
        if number in self._batch.numbers or number in self._packed.numbers:
            self._write_all()
        current = self._connection.execute(_CURRENT, (number,)).fetchone()
        if current is None:
            self._become_current(study, number, 1, updated)
            self._add_version(number, 1, updated, digest, raw)
            return Outcome.ADDED
        version, held, withdrawn, held_digest, held_raw = current
        if held_digest == digest or (updated == held and _same(unpacked(held_raw), raw)):
            if withdrawn:
                self._become_current(study, number, version, updated)
                return Outcome.CHANGED
            return Outcome.UNCHANGED
        if updated < held and self._held_before(number, digest):
            return Outcome.UNCHANGED
        latest = self._connection.execute("select max(version) from study_version where number = ?", (number,))
        fresh = latest.fetchone()[0] + 1
        self._add_version(number, fresh, updated, digest, raw)
        if updated < held:
            return Outcome.OLDER
        self._become_current(study, number, fresh, updated)
        return Outcome.CHANGED

    def _held_before(self, number: int, digest: bytes) -> bool:
        found = self._connection.execute(
            "select 1 from study_version where number = ? and digest = ?", (number, digest)
        ).fetchone()
        return found is not None

    def _add_version(self, number: int, version: int, updated: str, digest: bytes, raw: bytes) -> None:
        self._batch.numbers.add(number)
        self._batch.versions.append((number, version, updated, self.id, digest))
        self._batch.raws.append(raw)

    def _become_current(self, study: Study, number: int, version: int, updated: str) -> None:
        self.change += 1
        batch = self._batch
        batch.numbers.add(number)
        batch.studies.append((number, version, updated, self.change, len(study.locations)))
        for site in study.locations:
            place = (site.country, site.state, site.city, site.zip)
            if place not in self._localities and site.geo_point and site.city:
                self._localities.add(place)
                batch.localities.append((*(part or "" for part in place), site.geo_point.lat, site.geo_point.lon))
        aliases = study.identification.nct_id_aliases
        batch.aliases.extend((number_of(alias), number) for alias in aliases if is_nct_id(alias))

    def _write(self) -> None:
        """Have the newest rows packed while the reading goes on, and write those packed meanwhile."""
        ready, blobs = self._packed, self._packing.swap(self._batch.raws)
        self._packed, self._batch = self._batch, Batch()
        ready.write(self._connection, blobs)

    def _write_all(self) -> None:
        self._write()
        self._write()

    def refuse(self, refused: Refused) -> None:
        """Log a record that could not be read; the load goes on."""
        self.counts["refused"] += 1
        why = f"{refused.why} {refused.do}".strip()
        self._connection.execute("insert into refusal values (?, ?, ?)", (self.id, refused.what, why))

    def withdraw(self, number: int, at: str) -> None:
        """The registry holds this study no more. Its versions stay."""
        self._write_all()
        self.change += 1
        self.counts["withdrawn"] += 1
        self._connection.execute(
            "update study set withdrawn = ?, change = ?, sites = 0 where number = ?", (at, self.change, number)
        )

    def finish(self) -> None:
        self._write_all()
        assignments = ", ".join(f"{name} = ?" for name in self.counts)
        self._connection.execute(
            f"update load set {assignments} where id = ?",
            (*self.counts.values(), self.id),
        )


def updated_of(study: Study) -> str:
    status = study.status
    return status.last_update_post_date_struct.date or status.last_update_submit_date or ""


def _same(one: bytes, other: bytes) -> bool:
    """Equal but for white space, order of keys, and the day the registry last processed the record."""
    return bool(_without_stamps(one) == _without_stamps(other))


def _without_stamps(raw: bytes) -> Any:
    record = msgspec.json.decode(raw)
    record.get("derivedSection", {}).get("miscInfoModule", {}).pop("versionHolder", None)
    if isinstance(legacy := record.get("legacyXml"), dict):
        legacy.pop("required_header", None)
    return record
