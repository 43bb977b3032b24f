"""Did you mean: for a word no title, condition or treatment holds, the likeliest word that they do."""

import math
import re
from collections.abc import Callable

from rapidfuzz import fuzz, process

from equipoise.finder.fields import WORD_FIELD

LIKE_ENOUGH = 78.0
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
    near = process.extract(word, known.keys(), scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH, limit=10)
    ranked = sorted(near, key=lambda found: -(found[1] + 2 * math.log2(1 + known[found[0]])))
    return ranked[0][0] if ranked else None


def corrected(text: str, suggestions: dict[str, str]) -> str:
    """The text with each word in doubt replaced, everything else as typed."""
    for word, near in suggestions.items():
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", near, text)
    return text
