"""Keeping the library in step with the registry."""

from collections.abc import Iterable, Iterator
from itertools import islice

import filelock
import msgspec

from equipoise.actions.library import Library
from equipoise.actions.load import Loaded, Progress, load_entries, silent
from equipoise.exchange.files import Entry
from equipoise.exchange.registry import CLINICALTRIALS_GOV, Registry, Unreachable, nct_id_in, study_params
from equipoise.exchange.spool import Spool, State, fetch
from equipoise.kernel.identifiers import is_fictional, nct_id_of, number_of
from equipoise.kernel.refused import Refused
from equipoise.store.load import Origin
from equipoise.store.store import LoadNote

REGISTRY = CLINICALTRIALS_GOV
NotReached = Unreachable
IDS_A_REQUEST = 200

__all__ = ["REGISTRY", "NotReached", "Registry", "Wish", "sync_registry"]


class Wish(msgspec.Struct, frozen=True):
    """What to bring: the whole registry, or what an Essie query finds, or, with neither, what the last sync asked for.

    A sync that repeats an earlier one brings what was updated since then; ``since`` (yyyy-mm-dd) sets another day.
    """

    query: str = ""
    everything: bool = False
    since: str = ""


class _Plan(msgspec.Struct, frozen=True):
    """``mirror``: afterwards the library is to hold the whole registry and nothing it does not."""

    query: str
    since: str
    mirror: bool
    first: bool


def sync_registry(library: Library, wish: Wish, registry: Registry, *, at: str, progress: Progress = silent) -> Loaded:
    """Fetch what is wished for, then load it in one transaction. A fetch that was cut goes on where it stopped."""
    try:
        with filelock.FileLock(library.home / "sync.lock", timeout=0):
            return _synchronised(library, wish, registry, at, progress)
    except filelock.Timeout:
        raise Refused("Another sync of this library is running.", do="Wait for it to end, then try again.") from None


def _synchronised(library: Library, wish: Wish, registry: Registry, at: str, progress: Progress) -> Loaded:
    plan = _plan(wish, library.store.loads(1000))
    spool = Spool(library.home / "spool")
    params = study_params(query=plan.query, since=plan.since or None)
    state = fetch(registry, params, spool, lambda state: progress("Fetching studies", state.studies, state.total))
    recorded = "" if plan.mirror else plan.query or params["query.term"]
    origin = Origin("sync", registry.base_url, at, recorded, state.data_timestamp)
    loaded = load_entries(library, _entries(spool.studies()), origin, progress=progress)
    if plan.mirror:
        loaded += _reconcile(library, registry, _listed(library, registry, spool, state, plan), origin)
    spool.clear()
    return loaded


def _plan(wish: Wish, loads: tuple[LoadNote, ...]) -> _Plan:
    if wish.everything and wish.query:
        raise Refused("--all and --query exclude each other.", do="Choose one.")
    syncs = [load for load in loads if load.kind == "sync"]
    if not (wish.everything or wish.query or wish.since or syncs):
        raise Refused(
            "Nothing was synchronised before, so there is nothing to bring up to date.",
            do='Choose: equipoise sync --query "dermatomyositis", or equipoise sync --all (the whole registry).',
        )
    only_since = bool(wish.since) and not wish.everything and not wish.query
    query = wish.query if wish.query or wish.everything or only_since else syncs[0].query or ""
    before = next((load for load in syncs if load.query == query), None)
    held_since = (before.data_timestamp or "")[:10] if before else ""
    mirror = query == "" and (before is not None or not only_since)
    return _Plan(query, wish.since or held_since, mirror, first=before is None)


def _entries(raws: Iterable[bytes]) -> Iterator[Entry]:
    return (Entry(where="registry", raw=raw) for raw in raws)


def _listed(library: Library, registry: Registry, spool: Spool, state: State, plan: _Plan) -> set[int] | None:
    """The numbers of all studies the registry holds; None where there is no need to know.

    A whole crawl has told them. After an update they are asked for only if the counts differ.
    """
    if plan.first and not plan.since:
        return {number_of(nct_id_in(raw)) for raw in spool.studies()} if state.whole else None
    if registry.size() == sum(1 for _ in _held(library)):
        return None
    return {number_of(nct_id) for nct_id in registry.all_ids()}


def _reconcile(library: Library, registry: Registry, listed: set[int] | None, origin: Origin) -> Loaded:
    """Withdraw what the registry holds no more, and fetch what we lack."""
    if listed is None:
        return Loaded()
    held = set(_held(library))
    gone, missing = sorted(held - listed), sorted(listed - held)
    if not gone and not missing:
        return Loaded()
    return load_entries(library, _entries(_fetched(registry, missing)), origin, gone=gone)


def _held(library: Library) -> Iterator[int]:
    return (number for number in library.store.numbers() if not is_fictional(nct_id_of(number)))


def _fetched(registry: Registry, numbers: list[int]) -> Iterator[bytes]:
    wanted = iter(numbers)
    while ids := [nct_id_of(number) for number in islice(wanted, IDS_A_REQUEST)]:
        for page in registry.pages({"filter.ids": ",".join(ids)}):
            yield from page.studies
