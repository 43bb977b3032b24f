"""Whether a study is about what a person has: its conditions and headings beside the person's conditions."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from equipoise.eligibility.expression import Domain
from equipoise.eligibility.match.features import feature_number
from equipoise.eligibility.match.table import Ints, Longs
from equipoise.eligibility.match.terms import covering, terms_of
from equipoise.eligibility.matching import plain
from equipoise.eligibility.person import Event, Person, Run
from equipoise.eligibility.terms import narrower, term_for

SAME, KIND, WIDER = 3, 2, 1
"""The study names the condition; it is about a kind of it; it is about something wider."""

_EMPTY_WORDS = frozenset({"of", "the", "and", "in", "due", "to", "a", "an", "with", "disorder", "s", "unspecified"})
_QUALIFYING = re.compile(
    r"\A(?:(?:acute|active|recurrent|known|primary|localized|essential)\s+)+|\s*\([^)]*\)", re.IGNORECASE
)


class Topic(msgspec.Struct, frozen=True):
    """What a study is about: its conditions and MeSH headings, and the headings above those.

    ``healthy``: it takes healthy volunteers.
    """

    names: tuple[str, ...]
    wider: tuple[str, ...] = ()
    healthy: bool = False


class Topics(msgspec.Struct, frozen=True):
    """Names and wider headings of all studies of a table by feature, and the headings above a heading.

    ``sizes`` counts the names of each study.
    """

    sizes: Ints
    healthy: NDArray[np.bool_]
    features: NDArray[np.uint64]
    starts: Longs
    studies: Ints
    wider_features: NDArray[np.uint64]
    wider_starts: Longs
    wider_studies: Ints
    above: Mapping[str, tuple[str, ...]]


class Why(msgspec.Struct, frozen=True):
    """Why a study is listed: the person's ``condition`` (``source``: its record) and the study's ``topic``."""

    relation: int
    condition: str
    topic: str
    source: str = ""


class Had(msgspec.Struct, frozen=True):
    """A condition the person has, by its ``names`` (``topic_name``), with those of its kinds and of what covers it."""

    words: str
    names: frozenset[str]
    kinds: frozenset[str]
    wider: frozenset[str]
    source: str


@lru_cache(maxsize=262_144)
def sorted_words(words: str) -> str:
    """So that "Diabetes Mellitus, Type 2" is "type 2 diabetes mellitus": distinct words in order of the alphabet."""
    parts = (plain(part) for part in plain(words).split())
    return " ".join(sorted({part for part in parts if part not in _EMPTY_WORDS}))


def topic_name(words: str) -> str:
    """The dictionary's term where it has one, else the words in order of the alphabet."""
    bare = bare_words(words)
    term = term_for(words) or term_for(bare)
    return f"term {term.name}" if term else sorted_words(bare)


@lru_cache(maxsize=65536)
def bare_words(words: str) -> str:
    """Without a tag in brackets and without "acute", "primary" and the like at the beginning."""
    return _QUALIFYING.sub("", words.strip()).strip() or words


def conditions_of(person: Person, run: Run) -> tuple[Had, ...]:
    """What the person has now, as far as the record says; a condition that ended is of the past."""
    found: dict[frozenset[str], Had] = {}
    for event in person.events:
        if event.domain in (Domain.CONDITION, Domain.ANY) and not event.refuted and not _is_past(event, run):
            had = _had(event)
            if had.names:
                found.setdefault(had.names, had)
    return tuple(found.values())


def _had(event: Event) -> Had:
    terms = dict.fromkeys((*terms_of(event), *_terms_named(event)))
    kinds = {below.name for name in terms for below in narrower(name)} - set(terms)
    wider = {above for name in terms for above in covering(name)} - set(terms)
    return Had(
        words=bare_words(event.words[0]) if event.words else event.codes[0].code,
        names=frozenset((*map(topic_name, event.words), *(f"term {name}" for name in terms))) - {""},
        kinds=frozenset(f"term {name}" for name in kinds),
        wider=frozenset(f"term {name}" for name in wider),
        source=event.source,
    )


def _terms_named(event: Event) -> Iterator[str]:
    for words in event.words:
        term = term_for(bare_words(words))
        if term is not None:
            yield term.name


def _is_past(event: Event, run: Run) -> bool:
    return event.ended is True or (event.end is not None and event.end.latest() < run.at)


def build_topics(topics: Iterable[Topic]) -> Topics:
    """``topics`` in the order of the table's studies."""
    named: list[tuple[int, int]] = []
    wider: list[tuple[int, int]] = []
    above: dict[str, tuple[str, ...]] = {}
    sizes: list[int] = []
    healthy: list[bool] = []
    for place, topic in enumerate(topics):
        names = {topic_name(name) for name in topic.names} - {""}
        sizes.append(len(names))
        healthy.append(topic.healthy)
        named += ((feature_number(name), place) for name in names)
        wider += ((feature_number(name), place) for name in {topic_name(one) for one in topic.wider} - names)
        if len(names) == 1 and topic.wider:
            above.setdefault(min(names), tuple(map(topic_name, topic.wider)))
    counts, takes = np.array(sizes, dtype=np.int32), np.array(healthy, dtype=bool)
    return Topics(counts, takes, *_postings(named), *_postings(wider), above)


def _postings(pairs: list[tuple[int, int]]) -> tuple[NDArray[np.uint64], Longs, Ints]:
    features = np.array([feature for feature, _ in pairs], dtype=np.uint64)
    studies = np.array([study for _, study in pairs], dtype=np.int32)
    order = np.argsort(features, kind="stable")
    distinct, starts = np.unique(features[order], return_index=True)
    return distinct, np.append(starts, len(pairs)).astype(np.int64), studies[order]


class Relevance(msgspec.Struct, frozen=True):
    """By study of the table: ``relation`` is ``SAME``, ``KIND``, ``WIDER``, or 0: about nothing the person has.

    ``share`` is the part of what the study is about that the person has or has a kind of.
    """

    relation: NDArray[np.int8]
    share: NDArray[np.float64]


def relevance(topics: Topics, conditions: Iterable[Had]) -> Relevance:
    found = np.zeros(len(topics.sizes), dtype=np.int8)
    conditions = tuple(conditions)
    named = (topics.features, topics.starts, topics.studies)
    under = (topics.wider_features, topics.wider_starts, topics.wider_studies)
    own = {name for had in conditions for name in had.names}
    kinds = {name for had in conditions for name in had.kinds} - own
    found[_studies(*named, {name for had in conditions for name in _wider(had, topics.above)})] = WIDER
    found[_studies(*under, own)] = KIND
    found[_studies(*named, kinds)] = KIND
    found[_studies(*named, own)] = SAME
    shared = np.bincount(_studies(*named, own | kinds), minlength=len(found))
    return Relevance(found, shared / np.maximum(topics.sizes, 1))


def _wider(had: Had, above: Mapping[str, tuple[str, ...]]) -> set[str]:
    return {*had.wider, *(name for one in had.names for name in above.get(one, ()))}


def _studies(features: NDArray[np.uint64], starts: Longs, studies: Ints, names: Iterable[str]) -> Ints:
    parts = []
    for name in names:
        number = np.uint64(feature_number(name))
        at = int(np.searchsorted(features, number))
        if at < len(features) and features[at] == number:
            parts.append(studies[starts[at] : starts[at + 1]])
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int32)


def why_listed(topic: Topic, conditions: Iterable[Had], above: Mapping[str, tuple[str, ...]]) -> Why | None:
    """The nearest tie between what a study is about and what a person has."""
    ties = [tie for had in conditions for tie in _ties(topic, had, above)]
    return max(ties, key=lambda tie: tie.relation, default=None)


def _ties(topic: Topic, had: Had, above: Mapping[str, tuple[str, ...]]) -> Iterator[Why]:
    higher = _wider(had, above)
    for words in topic.names:
        name = topic_name(words)
        relation = SAME if name in had.names else KIND if name in had.kinds else WIDER if name in higher else 0
        if relation:
            yield Why(relation, had.words, words, had.source)
    if any(topic_name(words) in had.names for words in topic.wider):
        yield Why(KIND, had.words, ", ".join(topic.names[:2]), had.source)
