"""Bringing studies in: from files, from the registry; and keeping the index in step."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec

from equipoise.actions.library import Library
from equipoise.exchange.files import Entry, read_files
from equipoise.finder.index import Writing
from equipoise.kernel.identifiers import number_of
from equipoise.kernel.refused import Refused
from equipoise.store.load import Load, Origin, Outcome, loading
from equipoise.studies.legacy import read_legacy
from equipoise.studies.read import read_study

Progress = Callable[[str, int, int | None], None]
"""Told the step, how many are done, and of how many where that is known."""


class Loaded(msgspec.Struct, frozen=True):
    """What a load did, in numbers, and each record it refused."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    withdrawn: int = 0
    refused: tuple[Refused, ...] = ()

    @property
    def read(self) -> int:
        return self.added + self.changed + self.unchanged + self.older

    def __add__(self, other: "Loaded") -> "Loaded":
        pairs = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return Loaded(*(one + another for one, another in pairs))


def silent(step: str, done: int, total: int | None) -> None:
    """Progress nobody watches."""


def import_files(library: Library, paths: Iterable[Path], *, at: str, progress: Progress = silent) -> Loaded:
    """Load every study found in the files. What cannot be read is refused by name; the rest is kept."""
    paths = list(paths)
    source = ", ".join(path.name for path in paths)
    return load_entries(library, read_files(paths), Origin("import", source, at), progress=progress)


def load_entries(
    library: Library,
    entries: Iterable[Entry],
    origin: Origin,
    *,
    gone: Iterable[int] = (),
    progress: Progress = silent,
) -> Loaded:
    """One load, one transaction; then the index follows. ``gone`` names studies the registry holds no more."""
    refreshed = library.index.state is not None
    with ExitStack() as stack:
        writing = stack.enter_context(library.index.writing(anew=not refreshed))
        start = library.store.last_change()
        behind = _behind(library, start)
        with loading(library.store, origin) as load:
            refused = tuple(_put_all(load, entries, None if behind else writing, progress))
            for number in gone:
                load.withdraw(number, origin.at)
                writing.drop(number)
        if behind:
            _follow(library, writing, progress)
        writing.commit(library.store.last_change())
    return Loaded(**{name: load.counts[name] for name in (*Outcome, "withdrawn")}, refused=refused)


def _behind(library: Library, change: int) -> bool:
    """Whether the index lacks something the store already held."""
    state = library.index.state
    return (state.change if state else 0) != change


def _put_all(load: Load, entries: Iterable[Entry], writing: Writing | None, progress: Progress) -> Iterator[Refused]:
    for done, entry in enumerate(entries, 1):
        try:
            _put(load, entry, writing)
        except Refused as refused:
            named = refused if refused.what else Refused(refused.why, what=entry.where, do=refused.do)
            load.refuse(named)
            yield named
        if done % 100 == 0:
            progress("Reading studies", done, None)


def _put(load: Load, entry: Entry, writing: Writing | None) -> None:
    if entry.refused:
        raise entry.refused
    raw = read_legacy(entry.legacy) if entry.legacy else entry.raw
    study = entry.study or read_study(raw)
    outcome = load.put(study, raw)
    if writing and outcome in (Outcome.ADDED, Outcome.CHANGED):
        writing.put(study, number_of(study.nct_id), new=outcome is Outcome.ADDED)


def bring_index_up(library: Library, *, progress: Progress = silent) -> bool:
    """Make the index hold what the store holds: follow its changes, or rebuild where the schema differs.

    Says whether there was anything to do.
    """
    state = library.index.state
    if state is None:
        rebuild_index(library, progress=progress)
        return True
    if state.change == library.store.last_change():
        return False
    with library.index.writing() as writing:
        _follow(library, writing, progress)
        writing.commit(library.store.last_change())
    return True


def rebuild_index(library: Library, *, progress: Progress = silent) -> None:
    """Build the index anew from the store, beside the one in use, then switch."""
    with library.index.writing(anew=True) as writing:
        last = library.store.last_change()
        _follow(library, writing, progress, anew=True)
        writing.commit(last)


def _follow(library: Library, writing: Writing, progress: Progress, *, anew: bool = False) -> None:
    state = library.index.state
    since = 0 if anew or state is None else state.change
    total = library.store.count_changed_since(since)
    for done, (number, raw) in enumerate(library.store.changed_since(since), 1):
        if raw is None:
            writing.drop(number)
        else:
            writing.put(read_study(raw), number, new=anew)
        if done % 100 == 0 or done == total:
            progress("Indexing studies", done, total)
