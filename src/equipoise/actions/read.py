"""Reading one study: the page, its history, its record as it came."""

import msgspec

from equipoise.actions.library import Library
from equipoise.kernel.identifiers import nct_id_of, number_of
from equipoise.kernel.refused import Refused
from equipoise.store.store import Version
from equipoise.studies.changes import Change, changes
from equipoise.studies.read import read_study
from equipoise.studies.record import Study


class StudyPage(msgspec.Struct, frozen=True):
    """A study as last known, its record as it came, where from, and how many versions are held."""

    study: Study
    raw: bytes
    version: int
    updated: str
    source: str
    fetched: str


class VersionNote(msgspec.Struct, frozen=True):
    """One version: when it was posted, when we fetched it, and what it changed from the one before."""

    version: int
    updated: str
    fetched: str
    source: str
    changes: tuple[Change, ...]


def read_study_page(library: Library, nct_id: str) -> StudyPage:
    """The study with this identifier, or the one it was merged into."""
    current = library.store.current(number_of(nct_id))
    if current is None:
        raise Refused(
            "is not among the studies kept here.", what=nct_id, do="Look it up at the registry, or synchronise first."
        )
    return StudyPage(
        study=read_study(current.raw),
        raw=current.raw,
        version=current.version,
        updated=current.updated,
        source=current.source,
        fetched=current.fetched,
    )


def read_history(library: Library, nct_id: str) -> tuple[VersionNote, ...]:
    """Every version held, newest first."""
    held = library.store.versions(number_of(nct_id))
    notes: list[VersionNote] = []
    before: Study | None = None
    for version in held:
        study = read_study(version.raw)
        notes.append(_note(version, changes(before, study) if before else ()))
        before = study
    return tuple(reversed(notes))


def read_studies(library: Library, nct_ids: tuple[str, ...]) -> tuple[Study, ...]:
    """The studies named, in the order asked; those not held are left out."""
    raws = library.store.raws([number_of(nct_id) for nct_id in nct_ids])
    ordered = (raws.get(number_of(nct_id)) for nct_id in nct_ids)
    return tuple(read_study(raw) for raw in ordered if raw is not None)


def _note(version: Version, changed: tuple[Change, ...]) -> VersionNote:
    return VersionNote(version.version, version.updated, version.fetched, version.source, changed)


def every_nct_id(library: Library, first: int = 0, most: int = -1) -> tuple[str, ...]:
    """All identifiers held, in order; or so many of them from the ``first`` on."""
    return tuple(nct_id_of(number) for number in library.store.numbers(first, most))
