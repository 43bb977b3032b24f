"""Finding studies."""

import re
from collections.abc import Iterator

import msgspec

from equipoise.actions.library import Library
from equipoise.finder.ask import Ask, Expansion, Found, Hit, NearestSite, Place, PlaceKind, Sort
from equipoise.finder.explain import Explainer
from equipoise.finder.globe import distance_km
from equipoise.finder.query import Among, Query
from equipoise.finder.search import Search
from equipoise.finder.spelling import corrected, suggest
from equipoise.finder.widen import offers_in, widen
from equipoise.finder.words import plain_words, read_words
from equipoise.kernel.identifiers import is_nct_id, nct_id_of, read_nct_id
from equipoise.studies.read import read_study
from equipoise.studies.record import Location, Study
from equipoise.studies.sites import is_open, site_status

CHUNK = 500
"""Studies read at once for an export."""
_IDENTIFIER = re.compile(r"(?=.*\d)[\w ./:()-]{4,40}\Z")


def find_studies(library: Library, ask: Ask) -> Found:
    """One page of the studies that fit, with counts by facet, and why each was found."""
    search, words, expansions = _prepared(library, ask)
    ranked = search.rank(words, ask)
    raws = library.store.raws([number for number, _ in ranked.page])
    explainer = Explainer(words, search.searcher, search.compiler)
    studies = ((read_study(raws[number]), score) for number, score in ranked.page if number in raws)
    hits = [_hit(study, score, explainer, ask) for study, score in studies]
    if ask.sort is Sort.NEAREST:
        hits.sort(key=lambda hit: hit.nearest.distance_km if hit.nearest else float("inf"))
    typed = read_words(ask.words)
    return Found(
        ranked.total, tuple(hits), ranked.facets, expansions, _did_you_mean(search, ask.words), offers_in(typed)
    )


def count_studies(library: Library, ask: Ask) -> int:
    """How many studies fit, without reading any."""
    search, words, _ = _prepared(library, ask)
    return _total(search, words, ask)


def every_study(library: Library, ask: Ask) -> Iterator[Study]:
    """All studies that fit, however many, from one view of the index. The ask is checked before the first is read."""
    search, words, _ = _prepared(library, ask)
    return _in_chunks(library, search, words, ask, _total(search, words, ask))


def _prepared(library: Library, ask: Ask) -> tuple[Search, Query, tuple[Expansion, ...]]:
    """A view of the index, and the words as it will look for them, with what was added to them."""
    search = Search(library.index, headings=ask.synonyms)
    typed = read_words(ask.words)
    if not ask.synonyms:
        return search, typed, ()
    return search, *search.view.remember(("widened", typed), lambda: widen(typed, search.terms))


def _total(search: Search, words: Query, ask: Ask) -> int:
    return search.rank(words, msgspec.structs.replace(ask, page=1, per_page=1), count=False).total


def _in_chunks(library: Library, search: Search, words: Query, ask: Ask, total: int) -> Iterator[Study]:
    for page in range(1, -(-total // CHUNK) + 1):
        ranked = search.rank(words, msgspec.structs.replace(ask, page=page, per_page=CHUNK), count=False)
        raws = library.store.raws([number for number, _ in ranked.page])
        yield from (read_study(raws[number]) for number, _ in ranked.page if number in raws)


def find_place(library: Library, text: str) -> Place:
    """The place a person named. Refuses with the nearest names it knows."""
    place = library.gazetteer.find(text)
    if place.kind is not PlaceKind.COUNTRY:
        return place
    return msgspec.structs.replace(place, spellings=library.gazetteer.spellings(place.country))


def identified(library: Library, words: str) -> str | None:
    """The one study whose identifier this is: an NCT id we hold, or a sponsor's or grant's number."""
    words = words.strip()
    if is_nct_id(words):
        current = library.store.current(int(read_nct_id(words)[3:]))
        return nct_id_of(current.number) if current else None
    if not _IDENTIFIER.match(words):
        return None
    search = Search(library.index)
    found = search.rank(Among("id_key", (words.casefold(),)), Ask(per_page=2), count=False)
    return nct_id_of(found.page[0][0]) if found.total == 1 else None


def _did_you_mean(search: Search, text: str) -> str | None:
    """Of words that our dictionary does not know: those that it knows are spelt well, and no study is about them."""
    suggestions = suggest(plain_words(read_words(text)), search.terms, search.holds)
    if not suggestions:
        return None
    from equipoise.eligibility.terms import term_for

    doubtful = {word: near for word, near in suggestions.items() if term_for(word) is None}
    return corrected(text, doubtful) if doubtful else None


def _hit(study: Study, score: float, explainer: Explainer, ask: Ask) -> Hit:
    hit = Hit(
        study=study,
        score=score,
        matched=explainer.explain(study),
        sites_total=len(study.locations),
        sites_open=sum(is_open(site, study) for site in study.locations),
    )
    if ask.place is None:
        return hit
    wanted = [site for site in study.locations if ask.any_site or is_open(site, study)]
    if ask.place.is_area:
        return msgspec.structs.replace(hit, sites_near=sum(map(ask.place.holds, wanted)))
    return _with_distances(hit, wanted, ask.place, ask.within_km)


def _with_distances(hit: Hit, wanted: list[Location], place: Place, within_km: int | None) -> Hit:
    distances = sorted(
        (
            (distance_km(place.lat, place.lon, site.geo_point.lat, site.geo_point.lon), order)
            for order, site in enumerate(wanted)
            if site.geo_point
        ),
    )
    near = sum(distance <= within_km for distance, _ in distances) if within_km is not None else None
    nearest = _nearest(wanted[distances[0][1]], distances[0][0], hit.study) if distances else None
    return msgspec.structs.replace(hit, sites_near=near, nearest=nearest)


def _nearest(site: Location, distance: float, study: Study) -> NearestSite:
    return NearestSite(
        facility=site.facility,
        city=site.city,
        state=site.state,
        country=site.country,
        status=site_status(site, study),
        distance_km=round(distance, 1),
    )
