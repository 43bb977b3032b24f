"""Finding known phrases in text: words compared without case, plural, hyphen, accent or spelling."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")

_TOKEN = re.compile(r"[^\W_]+(?:['’´`]s\b)?|\+(?!\w)|[<>=%/]")
_JOINTS = frozenset("/")
_SPELLING = tuple(
    (re.compile(pattern), other)
    for pattern, other in (
        (r"aemi", "emi"),
        (r"haem", "hem"),
        (r"anaes", "anes"),
        (r"(?<!h)paed", "ped"),
        (r"rrhoe", "rrhe"),
        (r"pnoe", "pne"),
        (r"^coeli", "celi"),
        (r"^oe(?=[dst])", "e"),
        (r"tumour", "tumor"),
        (r"labour", "labor"),
        (r"haviour", "havior"),
        (r"foet", "fet"),
        (r"caes(?=ar)", "ces"),
        (r"caec", "cec"),
        (r"faec", "fec"),
        (r"phaeo", "pheo"),
        (r"gynae", "gyne"),
        (r"sulph", "sulf"),
        (r"leuco", "leuko"),
        (r"aetiol", "etiol"),
        (r"fibre", "fiber"),
        (r"manoeuv", "maneuv"),
        (r"analogue", "analog"),
        (r"programme", "program"),
        (r"ciclospor", "cyclospor"),
        (r"(?<=[a-z]{4})is(?=(?:e|ed|ation|ing)\Z)", "iz"),
    )
)
_SAME = {"ii": "2", "iii": "3", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta"}
_WHOLE = frozenset(
    [
        "diabetes",
        "herpes",
        "rabies",
        "scabies",
        "species",
        "ascites",
        "series",
        "caries",
        "aids",
        "lens",
        "pancreas",
        "mumps",
        "measles",
        "tabes",
        "feces",
        "yes",
        "gas",
        "bias",
        "pus",
        "plus",
    ]
)
_ENDINGS = (
    ("stases", "stasis"),
    ("oses", "osis"),
    ("crises", "crisis"),
    ("itides", "itis"),
    ("ylses", "ysis"),
    ("lyses", "lysis"),
    ("viruses", "virus"),
    ("uses", "us"),
    ("sses", "ss"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("ies", "y"),
)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """One word as it is compared: small letters, singular, American spelling."""
    word = re.sub(r"['’´`]s\Z", "", word).casefold()
    if not word.isascii():
        word = _SAME.get(word) or "".join(
            letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter)
        )
    word = _SAME.get(word, word)
    if len(word) > 4:
        for pattern, other in _SPELLING:
            word = pattern.sub(other, word)
    return _singular(word)


def _singular(word: str) -> str:
    if (
        len(word) < 4
        or word in _WHOLE
        or not word.endswith("s")
        or (word.endswith(("ss", "us", "is")) and not word.endswith("uses"))
    ):
        return word
    for ending, other in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return word.removesuffix(ending) + other
    return word[:-1]


def stems(phrase: str) -> tuple[str, ...]:
    """The words of a phrase as they are compared; empty where it has none."""
    return tuple(stem(match) for match in _TOKEN.findall(phrase) if match not in _JOINTS)


@lru_cache(maxsize=8)
def _tokens(text: str) -> tuple[list[tuple[int, int, str]], list[str]]:
    """Each word's start, end and letters, and as it is compared; kept for the next dictionary that reads the line."""
    tokens = [(match.start(), match.end(), match[0]) for match in _TOKEN.finditer(text)]
    return tokens, [stem(token[2]) for token in tokens]


class Phrases(Generic[T]):
    """A trie over words. ``exact`` phrases are found only in the very letters given (``PT``, ``Hb``)."""

    def __init__(self, plain: Iterable[tuple[str, T]], exact: Iterable[tuple[str, T]] = ()) -> None:
        self._root: dict[str, object] = {}
        for phrase, meaning in plain:
            self._end(phrase).setdefault("", meaning)
        for phrase, meaning in exact:
            self._end(phrase)[" " + phrase] = meaning
        self._first = frozenset(self._root)

    def _end(self, phrase: str) -> dict[str, object]:
        node = self._root
        for word in stems(phrase):
            node = node.setdefault(word, {})  # type: ignore[assignment]
        return node

    def whole(self, phrase: str) -> T | None:
        """The meaning of the phrase as a whole."""
        node: dict[str, object] | None = self._root
        for word in stems(phrase):
            node = node.get(word) if node else None  # type: ignore[assignment]
        return self._meaning(node, phrase.strip()) if node and node is not self._root else None

    def find(self, text: str) -> Iterator[tuple[int, int, T]]:
        """Known phrases from the left, longest first, none overlapping: start, end, meaning."""
        tokens, words = _tokens(text)
        first, place, count = self._first, 0, len(words)
        while place < count:
            found = self._longest(text, tokens, words, place) if words[place] in first else None
            if found is None:
                place += 1
                continue
            last, meaning = found
            yield tokens[place][0], _closed(text, tokens[place][0], tokens[last][1]), meaning
            place = last + 1

    def _longest(
        self, text: str, tokens: list[tuple[int, int, str]], words: list[str], place: int
    ) -> tuple[int, T] | None:
        node, best = self._root, None
        for at in range(place, len(words)):
            if words[at] in _JOINTS and at > place:
                continue
            step = node.get(words[at])
            if step is None or (at > place and not _close(text[tokens[at - 1][1] : tokens[at][0]], words[at - 1])):
                break
            node = step  # type: ignore[assignment]
            meaning = self._meaning(node, text[tokens[place][0] : tokens[at][1]])
            if meaning is not None:
                best = (at, meaning)
        return best

    @staticmethod
    def _meaning(node: dict[str, object], written: str) -> T | None:
        exact = node.get(" " + written)
        return node.get("") if exact is None else exact  # type: ignore[return-value]


def _closed(text: str, start: int, end: int) -> int:
    """The end, moved past a bracket that closes one opened inside: AST (SGOT)."""
    return end + 1 if text[end : end + 1] == ")" and "(" in text[start:end] and ")" not in text[start:end] else end


def _close(gap: str, before: str) -> bool:
    """Whether what stands between two words may stand inside a phrase: no full stop but that of St. or H. pylori."""
    if gap in {". ", "."}:
        return len(before) <= 2
    return len(gap) < 40 and not gap.strip(" \t\r\n-‐‑–/'’(:\u00a0\\")
