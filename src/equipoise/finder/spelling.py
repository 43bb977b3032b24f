"""Did you mean: for a word no title, condition or treatment holds, the likeliest word that they do."""

import math
import re
from collections.abc import Callable, Iterable

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from equipoise.finder.fields import WORD_FIELD

LIKE_ENOUGH = 78.0
SHORT = 5
"""Letters. A word as short is seldom one that was typed with a letter too many."""
_LETTERS = re.compile(r"[^\W\d_]{4,}\Z")

Terms = Callable[[str, str], list[tuple[str, int]]]
Holds = Callable[[str, str], bool]


def suggest(words: tuple[str, ...], terms: Terms, holds: Holds) -> dict[str, str]:
    """Each word that is not in the records, and a near one that is. Words under four letters are left alone."""
    doubtful = (word for word in words if _LETTERS.match(word) and not holds(WORD_FIELD, word.lower()))
    found = {word: _nearest(word.lower(), terms) for word in doubtful}
    return {word: near for word, near in found.items() if near}


def _nearest(word: str, terms: Terms) -> str | None:
    known = dict(terms(WORD_FIELD, word[0])) or dict(terms(WORD_FIELD, ""))
    near = _short(word, known) if len(word) <= SHORT else _long(word, known)
    return max(near, key=lambda one: fuzz.ratio(word, one) + 2 * math.log2(1 + known[one]), default=None)


def _short(word: str, known: Iterable[str]) -> list[str]:
    """With one or two letters more; or with another letter, or two neighbours that changed places."""
    longer = [one for one in known if len(one) >= len(word)]
    near = process.extract(word, longer, scorer=OSA.distance, score_cutoff=2, limit=None)
    return [one for one, slips, _ in near if slips <= max(1, len(one) - len(word))]


def _long(word: str, known: Iterable[str]) -> list[str]:
    found = process.extract(word, list(known), scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH, limit=10)
    return [one for one, *_ in found]


def corrected(text: str, suggestions: dict[str, str]) -> str:
    """The text with each word in doubt replaced, everything else as typed."""
    for word, near in suggestions.items():
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", near, text)
    return text
