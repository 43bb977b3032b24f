"""Why a study was found: the fields that hold the words, with a piece of their text."""

from functools import cached_property

import tantivy

from equipoise.finder.ask import Matched
from equipoise.finder.compile import Compiler
from equipoise.finder.document import texts_of
from equipoise.finder.fields import HEADINGS, TITLES, WEIGHTS, Area
from equipoise.finder.query import Either, Every, Everything, In, Query, Widened
from equipoise.studies.record import Study

MOST_SHOWN = 2
_LAST = frozenset({"phase_words", "design_words"})
"""Words every study holds: they explain nothing unless nothing else does."""
_TITLES = frozenset({"acronym", "brief_title", "official_title"})
SNIPPET_SIGNS = 160
_CLOSING = ")]}.,;:!?%”’\"'"


class _Texts:
    """A study's text fields, taken from it only as far as they are asked for."""

    def __init__(self, study: Study) -> None:
        self._rest = texts_of(study)
        self._known: dict[str, list[str]] = {}

    def of(self, field: str) -> list[str]:
        while field not in self._known:
            name, values = next(self._rest, (field, ()))
            self._known[name] = [value for value in values if value]
        return self._known[field]


class Explainer:
    """Finds the words of one query in the records of its page."""

    def __init__(self, words: Query, searcher: tantivy.Searcher, compiler: Compiler) -> None:
        self._words = words
        self._searcher = searcher
        self._compiler = compiler
        self._generators: dict[str, tantivy.SnippetGenerator] = {}

    @cached_property
    def _compiled(self) -> tantivy.Query:
        return self._compiler.compile(self._words)

    @cached_property
    def _fields(self) -> tuple[str, ...]:
        """Weightiest first, over the areas the query looks in."""
        weights: dict[str, float] = {}
        for area in _areas(self._words, Area.BASIC):
            for field, weight in WEIGHTS[area].items():
                weights[field] = max(weight, weights.get(field, 0.0))
        shown = (field for field in weights if self._compiler.headings or field not in HEADINGS)
        return tuple(sorted(shown, key=lambda field: (field in _LAST, -weights[field])))

    def explain(self, study: Study) -> tuple[Matched, ...]:
        """Up to two fields with the words marked, the weightiest first; none where no words were asked."""
        if isinstance(self._words, Everything):
            return ()
        texts = _Texts(study)
        found: list[Matched] = []
        titled = False
        for field in self._fields:
            if titled and field in _TITLES:
                continue
            matched = self._in_field(field, texts.of(field))
            if matched:
                found.append(matched)
                titled = titled or field in _TITLES
                if len(found) == MOST_SHOWN:
                    break
        return tuple(found)

    def _in_field(self, field: str, values: list[str]) -> Matched | None:
        if not values:
            return None
        document = tantivy.Document()
        text = " · ".join(values)
        document.add_text(field, text)
        snippet = self._generator(field).snippet_from_doc(document)
        ranges = [(part.start, part.end) for part in snippet.highlighted()]
        return Matched(TITLES[field], _pieces(_closed(snippet.fragment(), text), ranges)) if ranges else None

    def _generator(self, field: str) -> tantivy.SnippetGenerator:
        if field not in self._generators:
            generator = tantivy.SnippetGenerator.create(self._searcher, self._compiled, self._compiler.schema, field)
            generator.set_max_num_chars(SNIPPET_SIGNS)
            self._generators[field] = generator
        return self._generators[field]


def _areas(query: Query, area: Area) -> set[Area]:
    match query:
        case In(area=inner, part=part):
            return _areas(part, inner)
        case Widened(typed=typed):
            return _areas(typed, area)
        case Every(parts=parts) | Either(parts=parts):
            return {found for part in parts for found in _areas(part, area)}
        case _:
            return {area}


def _closed(fragment: str, text: str) -> str:
    """With the signs that follow its last word: a fragment ends with a word."""
    rest = text.partition(fragment)[2]
    return fragment + rest[: len(rest) - len(rest.lstrip(_CLOSING))]


def _pieces(fragment: str, ranges: list[tuple[int, int]]) -> tuple[str, ...]:
    """Plain and marked text in turn, plain first. Ranges count bytes of UTF-8."""
    raw = fragment.encode()
    pieces: list[str] = []
    place = 0
    for start, end in ranges:
        pieces += [raw[place:start].decode(errors="ignore"), raw[start:end].decode(errors="ignore")]
        place = end
    return (*pieces, raw[place:].decode(errors="ignore"))
