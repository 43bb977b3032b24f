"""What the library holds and how fresh it is."""

import msgspec

from equipoise.actions.library import Library
from equipoise.finder.ask import Ask
from equipoise.finder.query import Everything, Flag
from equipoise.finder.search import Search
from equipoise.kernel.refused import Refused
from equipoise.store.store import LoadNote


class LibraryStatus(msgspec.Struct, frozen=True):
    """Counts, dates (ISO 8601, UTC) and whether the index holds what the store holds."""

    home: str
    studies: int
    recruiting: int
    fictional: int
    sites: int
    newest_update: str | None
    last_load: LoadNote | None
    last_sync: LoadNote | None
    loads: tuple[LoadNote, ...]
    index_current: bool


def library_status(library: Library) -> LibraryStatus:
    store, state = library.store, library.index.state
    loads = store.loads()
    recruiting, fictional = _counted(library)
    return LibraryStatus(
        home=str(library.home),
        studies=store.count_studies(),
        recruiting=recruiting,
        fictional=fictional,
        sites=store.count_sites(),
        newest_update=store.newest_update(),
        last_load=loads[0] if loads else None,
        last_sync=next((load for load in loads if load.kind == "sync"), None),
        loads=loads,
        index_current=state is not None and state.change == store.last_change(),
    )


def _counted(library: Library) -> tuple[int, int]:
    try:
        search = Search(library.index)
    except Refused:
        return 0, 0
    recruiting = search.rank(Everything(), Ask(status=("RECRUITING",), per_page=1), count=False).total
    fictional = search.rank(Flag("fictional", value=True), Ask(per_page=1), count=False).total
    return recruiting, fictional
