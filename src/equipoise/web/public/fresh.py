"""How much the library holds and how fresh it is: counted once a minute, as millions of sites take a while."""

import time
from functools import lru_cache

from equipoise.actions.browse import browse_sponsors
from equipoise.actions.find import find_studies
from equipoise.actions.library import Library
from equipoise.actions.status import LibraryStatus, library_status
from equipoise.finder.ask import Ask, FacetValue
from equipoise.web.public.browse import letter_of

SECONDS = 60


def status_now(library: Library) -> LibraryStatus:
    return _status(library, int(time.monotonic() / SECONDS))


def facets_now(library: Library) -> dict[str, tuple[FacetValue, ...]]:
    """Counts over all studies; none where there is nothing to count."""
    return _facets(library, int(time.monotonic() / SECONDS))


def letters_now(library: Library) -> frozenset[str]:
    """With which names of sponsors begin."""
    return _letters(library, int(time.monotonic() / SECONDS))


@lru_cache(maxsize=2)
def _status(library: Library, minute: int) -> LibraryStatus:  # noqa: ARG001
    return library_status(library)


@lru_cache(maxsize=2)
def _facets(library: Library, minute: int) -> dict[str, tuple[FacetValue, ...]]:
    status = _status(library, minute)
    return find_studies(library, Ask(per_page=1)).facets if status.studies and status.index_current else {}


@lru_cache(maxsize=2)
def _letters(library: Library, minute: int) -> frozenset[str]:
    status = _status(library, minute)
    sponsors = browse_sponsors(library) if status.studies and status.index_current else ()
    return frozenset(map(letter_of, sponsors))
