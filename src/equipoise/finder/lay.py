"""Everyday words for the words of medicine, and British for American spelling: our own list, in ``lay.toml``."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import msgspec

Key = tuple[str, ...]
Found = tuple[tuple[int, int, tuple[str, ...]], ...]

_LITTLE = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "my", "of", "on", "or", "the", "to", "with"]
)
_LETTERS = re.compile(r"[^\W_]+")
_OWNING = re.compile(r"['’ʼ]s\b|['’ʼ]")
_ENDINGS = "(s|d)?"


def lay_terms(phrase: str) -> tuple[str, ...]:
    """Other words for the whole phrase; none where it could mean several things."""
    return _terms(phrase, _list().sure)


def lay_offers(phrase: str) -> tuple[str, ...]:
    """What an ambiguous phrase ("MS", "reflux") could mean: to be offered, not added unasked."""
    return _terms(phrase, _list().perhaps)


def lay_phrases_in(words: tuple[str, ...]) -> Found:
    """Runs of the words, longest first from the left, that other words can be added to: start, end, other words."""
    return tuple(_spans(words))


def spelling_variants(word: str) -> tuple[str, ...]:
    """The word in the other spelling, American or British; small letters."""
    variant = _list().spelling.other(word.casefold())
    return (variant,) if variant else ()


class _Spelling:
    """Pairs of American and British pieces of words. Words are turned all to the one, or, being that, to the other."""

    def __init__(self, table: dict[str, list[Any]]) -> None:
        pairs = [(shape.format(one), shape.format(other), one, other) for shape, one, other in _spelled(table)]
        self._to_american = _Turner({british: one for _, british, one, _ in pairs})
        self._to_british = _Turner({american: other for american, _, _, other in pairs})
        self._never = frozenset(table["never"])

    def other(self, word: str) -> str | None:
        american = self.american(word)
        variant = self._to_british.turned(word) if american == word and word not in self._never else american
        return variant if variant != word else None

    def american(self, word: str) -> str:
        return word if word in self._never else self._to_american.turned(word)


class _Turner:
    """Pieces of words by pattern, each to be replaced; one search tells whether there is anything to do."""

    def __init__(self, pieces: dict[str, str]) -> None:
        self._any = re.compile("|".join(pieces))
        self._pieces = [(re.compile(pattern), instead) for pattern, instead in pieces.items()]

    def turned(self, word: str) -> str:
        if self._any.search(word):
            for pattern, instead in self._pieces:
                word = pattern.sub(instead, word)
        return word


def _spelled(table: dict[str, list[Any]]) -> Iterator[tuple[str, str, str]]:
    """The shape of a pattern, and what goes into it in American and in British."""
    for kind, shape in (("inside", "{}"), ("start", r"\b{}"), ("whole", rf"\b{{}}(?={_ENDINGS}\b)")):
        yield from ((shape, american, british) for american, british in table[kind])
    yield from (("{}(?=[aei])", f"{stem}iz", f"{stem}is") for stem in table["verbs"])


class _List(msgspec.Struct, frozen=True):
    """What may be added, and what may be offered, by the words that are typed."""

    sure: dict[Key, tuple[str, ...]]
    perhaps: dict[Key, tuple[str, ...]]
    capitals: frozenset[str]
    short: frozenset[str]
    spelling: _Spelling
    longest: int


@cache
def _list() -> _List:
    table = tomllib.loads(resources.files(__package__).joinpath("lay.toml").read_text(encoding="utf-8"))
    capitals = frozenset(table["capitals"])
    short = frozenset(name.casefold() for name in _names(table) if name not in capitals and _is_short(name))
    spelling = _Spelling(table["spelling"])
    known = _List({}, {}, capitals, short, spelling, 0)
    for names in table["same"]:
        for name in names:
            _put(known, known.sure, name, (other for other in names if other not in (name, *capitals)))
    for name, others in table["means"].items():
        _put(known, known.sure, name, others)
    for name, others in table["perhaps"].items():
        _put(known, known.perhaps, name, others)
    return msgspec.structs.replace(known, longest=max(map(len, known.sure)))


def _names(table: dict[str, Any]) -> Iterator[str]:
    yield from (name for names in table["same"] for name in names)
    yield from (*table["means"], *table["perhaps"])


def _is_short(name: str) -> bool:
    return " " not in name and sum(map(str.isupper, name)) > 1


def _put(known: _List, among: dict[Key, tuple[str, ...]], name: str, others: Iterable[str]) -> None:
    """Adds what does not already hold all the words of the name: a search for those finds it anyway."""
    key = _key(name, known)
    fresh = [other for other in others if not set(key) <= set(_key(other, known))]
    if fresh:
        among[key] = tuple(dict.fromkeys((*among.get(key, ()), *fresh)))


def _terms(phrase: str, among: dict[Key, tuple[str, ...]]) -> tuple[str, ...]:
    return among.get(_key(phrase, _list()), ())


def _key(phrase: str, known: _List) -> Key:
    """The words that matter, in one spelling and number and in no order: "cancer of the lung" is "lung cancer".

    A name in capitals that is also a word stays as it is.
    """
    if phrase in known.capitals:
        return (phrase,)
    return tuple(sorted(word for word in _plain(phrase, known) if word not in _LITTLE))


def _plain(phrase: str, known: _List) -> Iterator[str]:
    text = unicodedata.normalize("NFKD", _OWNING.sub("", phrase).casefold())
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    for word in _LETTERS.findall(text):
        yield word if word in known.short else _singular(known.spelling.american(word))


@lru_cache(maxsize=4096)
def _pieces(word: str) -> Key:
    return _key(word, _list())


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _spans(words: Sequence[str]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    known = _list()
    start = 0
    while start < len(words):
        found = _longest_from(words, start, known)
        if found:
            yield start, *found
        start = found[0] if found else start + 1


def _longest_from(words: Sequence[str], start: int, known: _List) -> tuple[int, tuple[str, ...]] | None:
    """The end of the longest run from here that is known, and what is added. A run begins and ends with real words."""
    key: Key = ()
    best = None
    for end in range(start, len(words)):
        pieces = _pieces(words[end])
        key += pieces
        if not key or len(key) > known.longest:
            break
        found = known.sure.get(tuple(sorted(key))) if pieces else None
        if found:
            best = (end + 1, found)
    return best
