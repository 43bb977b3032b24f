"""All recruiting studies as one table, ready to be matched: kept in a file, made anew when the library has changed."""

from collections.abc import Iterator

import filelock
import msgspec

from equipoise.actions.library import Library
from equipoise.actions.load import Progress, silent
from equipoise.actions.readings import READER, bring_readings_up, every_reading
from equipoise.eligibility.expression import Reading
from equipoise.eligibility.match.about import Topic, Topics, build_topics
from equipoise.eligibility.match.arrays import from_arrays, to_arrays
from equipoise.eligibility.match.table import Table, build_table
from equipoise.finder.ask import Ask
from equipoise.finder.query import Everything
from equipoise.finder.search import Search
from equipoise.store.arrays import load_arrays, save_arrays
from equipoise.store.readings import Readings
from equipoise.studies.read import read_study
from equipoise.studies.record import Study

LAYOUT = 4
"""Raise it whenever the table's arrays change."""
MATCHED = ("RECRUITING",)
"""Studies of this status are matched."""
CHUNK = 500


class Matching(msgspec.Struct, frozen=True):
    """All recruiting studies, ready to be matched; made anew when the library or a curated reading has changed."""

    stamp: str
    table: Table
    topics: Topics


def bring_matching_up(library: Library, *, progress: Progress = silent) -> Matching:
    """The table of recruiting studies: as this process last saw it, or from its file, or made anew."""
    stamp = f"{LAYOUT} {READER} {library.store.last_change()} {Readings(library.store).count_saved()}"
    held = _remembered.get(str(library.home))
    if held is None or held.stamp != stamp:
        with filelock.FileLock(library.home / "matching.lock"):
            held = Matching(stamp, *_read_or_made(library, stamp, progress))
        _remembered[str(library.home)] = held
    return held


def _read_or_made(library: Library, stamp: str, progress: Progress) -> tuple[Table, Topics]:
    file = library.home / "matching.npz"
    arrays = load_arrays(file, stamp)
    if arrays is not None:
        return from_arrays(arrays)
    made = _made(library, progress)
    save_arrays(file, stamp, to_arrays(*made))
    return made


_remembered: dict[str, Matching] = {}


def _made(library: Library, progress: Progress) -> tuple[Table, Topics]:
    numbers = _recruiting(library)
    bring_readings_up(library, numbers, progress=progress)
    table = build_table(_watched(every_reading(library, numbers), len(numbers), progress))
    return table, build_topics(_topics(library, table))


def _recruiting(library: Library) -> list[int]:
    search = Search(library.index)
    total = search.rank(Everything(), Ask(status=MATCHED, per_page=1), count=False).total
    ranked = search.rank(Everything(), Ask(status=MATCHED, per_page=max(total, 1)), count=False)
    return sorted(number for number, _ in ranked.page)


def _watched(readings: Iterator[tuple[int, Reading]], total: int, progress: Progress) -> Iterator[tuple[int, Reading]]:
    for done, one in enumerate(readings, 1):
        yield one
        if done % 100 == 0 or done == total:
            progress("Laying out criteria", done, total)


def _topics(library: Library, table: Table) -> Iterator[Topic]:
    numbers = [int(number) for number in table.studies]
    for start in range(0, len(numbers), CHUNK):
        part = numbers[start : start + CHUNK]
        raws = library.store.raws(part)
        yield from (topic_of(read_study(raws[number])) for number in part)


def topic_of(study: Study) -> Topic:
    """What a study is about: its conditions, their MeSH headings, and the headings above those."""
    browse = study.derived_section.condition_browse_module
    headings = (mesh.term for mesh in browse.meshes if mesh.term)
    above = (mesh.term for mesh in browse.ancestors if mesh.term)
    healthy = study.eligibility.healthy_volunteers is True
    return Topic(tuple(dict.fromkeys((*study.conditions, *headings))), tuple(above), healthy)
