"""The tree as a query of the index."""

from collections.abc import Callable, Iterable
from typing import assert_never

import tantivy

from equipoise.finder.fields import HEADINGS, WEIGHTS, Area
from equipoise.finder.query import (
    Among,
    Either,
    Every,
    Everything,
    Flag,
    In,
    Near,
    Not,
    Phrase,
    Query,
    Span,
    Widened,
    Word,
)

ADDED_WEIGHT = 0.5
"""How much a phrase we added counts beside what was typed."""

Compiled = tantivy.Query
Covered = Callable[[Near], tuple[Iterable[str], Iterable[str]]]


class Compiler:
    """Turns trees into queries. ``covered`` gives a circle's cells and points, ``analyse`` the index's own terms."""

    def __init__(
        self,
        schema: tantivy.Schema,
        analyse: Callable[[str], list[str]],
        covered: Covered,
        *,
        headings: bool = True,
    ) -> None:
        self.schema = schema
        self.analyse = analyse
        self.covered = covered
        self.headings = headings

    def compile(self, query: Query, area: Area = Area.BASIC) -> Compiled:
        match query:
            case Everything():
                return Compiled.all_query()
            case Word(text=text) | Phrase(text=text):
                return self._phrase(text, area)
            case Widened(typed=typed, added=added):
                more = [Compiled.boost_query(self._phrase(text, area), ADDED_WEIGHT) for text in added]
                return Compiled.disjunction_max_query([self.compile(typed, area), *more])
            case In(area=inner, part=part):
                return self.compile(part, inner)
            case Among(field=field, values=(value,)):
                return _unscored(Compiled.term_query(self.schema, field, value, index_option="basic"))
            case Among(field=field, values=values):
                return _unscored(Compiled.term_set_query(self.schema, field, list(values)))
            case Span(field=field, low=low, high=high):
                return _unscored(self._span(field, low, high))
            case Flag(field=field, value=value):
                return _unscored(Compiled.term_query(self.schema, field, value))
            case Near():
                return _unscored(self._near(query))
            case Every(parts=parts):
                return self._every(parts, area)
            case Either(parts=parts):
                return Compiled.boolean_query([(tantivy.Occur.Should, self.compile(part, area)) for part in parts])
            case Not():
                return self._every((query,), area)
            case _:
                assert_never(query)

    def _every(self, parts: tuple[Query, ...], area: Area) -> Compiled:
        told = [
            (tantivy.Occur.MustNot, self.compile(part.part, area))
            if isinstance(part, Not)
            else (tantivy.Occur.Must, self.compile(part, area))
            for part in parts
        ]
        if all(isinstance(part, Not) for part in parts):
            told.append((tantivy.Occur.Must, Compiled.all_query()))
        return Compiled.boolean_query(told)

    def _phrase(self, text: str, area: Area) -> Compiled:
        """The words in this order, in any field of the area; the best field counts."""
        terms = self.analyse(text)
        if not terms:
            return Compiled.all_query()
        weights = WEIGHTS[area].items()
        return Compiled.disjunction_max_query(
            [
                Compiled.boost_query(self.words_in(field, terms), weight)
                for field, weight in weights
                if self.headings or field not in HEADINGS
            ]
        )

    def words_in(self, field: str, terms: list[str]) -> Compiled:
        if len(terms) == 1:
            return Compiled.term_query(self.schema, field, terms[0], index_option="freq")
        return Compiled.phrase_query(self.schema, field, [*terms])

    def _span(self, field: str, low: int | None, high: int | None) -> Compiled:
        return Compiled.range_query(self.schema, field, tantivy.FieldType.Integer, low, high)

    def _near(self, near: Near) -> Compiled:
        cells, points = self.covered(near)
        kind = "all" if near.any_site else "open"
        return Compiled.boolean_query(
            [
                (tantivy.Occur.Should, Compiled.term_set_query(self.schema, f"cell_{kind}", list(cells))),
                (tantivy.Occur.Should, Compiled.term_set_query(self.schema, f"point_{kind}", list(points))),
            ]
        )


def _unscored(query: Compiled) -> Compiled:
    return Compiled.const_score_query(query, 0.0)
