"""From what is asked to which studies: page, counts by facet, order."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any

import msgspec
import tantivy

from equipoise.finder.ask import Ask, FacetValue, Place, PlaceKind, Sort
from equipoise.finder.compile import Compiler
from equipoise.finder.fields import FACETS
from equipoise.finder.index import Index
from equipoise.finder.nearness import Nearness
from equipoise.finder.query import Among, Everything, Flag, Near, Not, Query, Span, every

FACET_SIZE = 60
REAL_FIRST = 1000.0
"""Added to the score of real studies while fictional ones are held, so that these never come before."""
_NEVER = 99_999_999
_ORDERS = {Sort.NEWEST: "first_posted", Sort.UPDATED: "updated"}
_DAYS_A_YEAR = 365.25


ENDLESS = ("heading",)
"""Facets with so many values that they are always counted study by study."""
MANY = 5
"""Where one study in so many fits, or more, the other facets are counted value by value, from their lists of studies.
That looks for what fits once for each facet, but then takes as long however many fit."""

Facets = dict[str, tuple[FacetValue, ...]]


@cache
def _threads() -> ThreadPoolExecutor:
    """Counting leaves Python, so two facets can be counted at once, and one while another thread searches."""
    return ThreadPoolExecutor(2, thread_name_prefix="counting")


class Ranked(msgspec.Struct, frozen=True):
    """The numbers of one page of studies with their scores, the count of all, and the counts by facet."""

    total: int
    page: tuple[tuple[int, float], ...]
    facets: Facets


def filters_of(ask: Ask) -> dict[str, Query]:
    """What must hold besides the words, by the field it speaks of."""
    among = {
        "status": ask.status,
        "phase": ask.phase,
        "study_type": ask.study_type,
        "funder": ask.funder,
        "country": ask.country,
        "heading": ask.condition,
        "sponsor_key": ask.sponsor,
        "region": ask.region,
        "city": ask.city,
        "sex": (ask.sex, "ALL", "UNKNOWN") if ask.sex else (),
    }
    found: dict[str, Query] = {field: Among(field, values) for field, values in among.items() if values}
    found |= {
        name: Flag(name, value) for name in ("healthy", "has_results") if (value := getattr(ask, name)) is not None
    }
    return found | _spans(ask) | _where(ask.place, ask)


def _spans(ask: Ask) -> dict[str, Query]:
    """Few studies shut an age out, so these are left out: that is faster than to look for the many that take it."""
    found: dict[str, Query] = {}
    if ask.age is not None:
        upper = ask.age + 1 if ask.age == int(ask.age) else ask.age
        found["age_from"] = Not(Span("age_from", low=int(upper * _DAYS_A_YEAR) - (upper != ask.age) + 1))
        found["age_to"] = Not(Span("age_to", high=int(ask.age * _DAYS_A_YEAR)))
    if ask.started_from or ask.started_to:
        found["started"] = Span("started", _day(ask.started_from, 1), _day(ask.started_to, _NEVER))
    if ask.updated_from:
        found["updated"] = Span("updated", _day(ask.updated_from, 1), _NEVER)
    return found


def _day(text: str | None, otherwise: int) -> int:
    return int(text.replace("-", "")) if text else otherwise


def _where(place: Place | None, ask: Ask) -> dict[str, Query]:
    if place is None:
        return {}
    if place.kind is PlaceKind.REGION:
        return {"where": Among("region", tuple(sorted(place.regions)))}
    if place.kind is PlaceKind.COUNTRY:
        return {"where": Among("country", tuple(sorted(place.countries)))}
    if ask.within_km is None:
        return {}
    return {"where": Near(place.lat, place.lon, ask.within_km, ask.any_site)}


def _relevance(score: float) -> float:
    """The score alone. An order by date gives whole numbers of dates, which are none."""
    return float(score) % REAL_FIRST if isinstance(score, float) else 0.0


def _most(counted: list[tuple[str, int]]) -> tuple[FacetValue, ...]:
    """The values most studies have; of equals the first by name."""
    ordered = sorted(counted, key=lambda value: (-value[1], value[0]))
    return tuple(FacetValue(value, count) for value, count in ordered[:FACET_SIZE])


class Search:
    """One answer from one view of the index."""

    def __init__(self, index: Index, *, headings: bool = True) -> None:
        self.view = index.view()
        self.searcher = self.view.searcher
        self.nearness = Nearness(self.view, index.schema)
        self.compiler = Compiler(index.schema, index.analyser.analyze, self.nearness.covered, headings=headings)

    def rank(self, words: Query, ask: Ask, *, count: bool = True) -> Ranked:
        """One page of what fits, with the count of all. With counts by facet it is a page people see, and ask again."""
        if not count:
            return self._ranked(words, ask, count=False)
        return self.view.remember((words, ask), lambda: self._ranked(words, ask, count=True))

    def _ranked(self, words: Query, ask: Ask, *, count: bool) -> Ranked:
        filters = filters_of(ask)
        matching = self.compiler.compile(every(words, *filters.values()))
        chosen = self._counting_chosen(words, filters) if count else []
        result = self._ordered(matching, words, ask, (ask.page - 1) * ask.per_page)
        total = int(result.count or 0)
        facets = self._counted_free(matching, words, filters, total) if count else {}
        for counted in chosen:
            facets |= counted.result()
        addresses = [address for _, address in result.hits]
        numbers = self.searcher.fast_field_values("number", addresses) if addresses else []
        scores = [_relevance(score) for score, _ in result.hits]
        page = tuple((int(number), score) for number, score in zip(numbers, scores, strict=True) if number is not None)
        return Ranked(total, page, {name: facets[name] for name in FACETS if name in facets})

    def _ordered(self, matching: tantivy.Query, words: Query, ask: Ask, offset: int) -> Any:
        if ask.sort is Sort.NEAREST and ask.place and not ask.place.is_area:
            near = self.nearness.ordering(ask.place, any_site=ask.any_site)
            filtered = tantivy.Query.const_score_query(matching, 0.0)
            ordered = tantivy.Query.boolean_query([(tantivy.Occur.Must, filtered), (tantivy.Occur.Should, near)])
            return self.searcher.search(ordered, ask.per_page, offset=offset)
        by_date = _ORDERS.get(ask.sort) or ("updated" if isinstance(words, Everything) else None)
        if by_date:
            return self.searcher.search(matching, ask.per_page, offset=offset, order_by_field=by_date)
        return self.searcher.search(self._real_first(matching), ask.per_page, offset=offset)

    def _real_first(self, matching: tantivy.Query) -> tantivy.Query:
        if not self.holds("fictional", True):
            return matching
        real = tantivy.Query.const_score_query(self.compiler.compile(Flag("fictional", value=False)), REAL_FIRST)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, matching), (tantivy.Occur.Should, real)])

    def _counting_chosen(self, words: Query, filters: dict[str, Query]) -> list["Future[Facets]"]:
        """Under way in other threads: what the other choices would give, each facet's own filter left out."""
        return [_threads().submit(self._counted_but, name, words, filters) for name in FACETS if name in filters]

    def _counted_but(self, name: str, words: Query, filters: dict[str, Query]) -> Facets:
        others = {field: part for field, part in filters.items() if field != name}
        matching = self.compiler.compile(every(words, *others.values()))
        return self._remembered(words, others, [name], lambda: self._counts(matching, [name], many=True))

    def _counted_free(self, matching: tantivy.Query, words: Query, filters: dict[str, Query], total: int) -> Facets:
        """Counts of the facets without a choice, among all that fits."""
        free = [name for name in FACETS if name not in filters]
        many = total * MANY > self.searcher.num_docs
        return self._remembered(words, filters, free, lambda: self._counts(matching, free, many=many))

    def _remembered(
        self, words: Query, filters: dict[str, Query], names: list[str], work: Callable[[], Facets]
    ) -> Facets:
        key = (words, frozenset(filters.items()), self.compiler.headings, tuple(names))
        return dict(self.view.remember(key, work))

    def _counts(self, matching: tantivy.Query, names: list[str], *, many: bool) -> Facets:
        listed = [name for name in names if many and name not in ENDLESS]
        if not listed:
            return self._counted_by_study(matching, names)
        by_study = [name for name in names if name in ENDLESS]
        rest = _threads().submit(self._counted_by_study, matching, by_study) if by_study else None
        found = {name: _most(self.searcher.terms_with_prefix(name, "", matching)) for name in listed}
        return found | (rest.result() if rest else {})

    def _counted_by_study(self, matching: tantivy.Query, names: list[str]) -> Facets:
        """One look at every study that fits, for all of these facets."""
        if not names:
            return {}
        wanted = {name: {"terms": {"field": name, "size": FACET_SIZE}} for name in names}
        counted = self.searcher.aggregate(matching, wanted)
        return {
            name: _most([(bucket["key"], int(bucket["doc_count"])) for bucket in counted[name]["buckets"]])
            for name in names
        }

    def holds(self, field: str, value: str | bool) -> bool:
        """Whether any study has this value."""
        return self.view.remember(("holds", field, value), lambda: bool(self.searcher.doc_freq(field, value)))

    def terms(self, field: str, prefix: str = "", *, within: Query | None = None, limit: int | None = None) -> Any:
        """Values of a key field beginning with ``prefix``, in their order, with the count of studies."""
        matching = self.compiler.compile(within or Everything())
        return self.searcher.terms_with_prefix(field, prefix, matching, limit)
