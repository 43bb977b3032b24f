"""What a person typed, read into the tree: words, "phrases", -not, OR, ( ), and area:words. Nothing is ever refused
but length, control characters and broken letters: stray signs are read as words.
"""

import re
import unicodedata

from equipoise.finder.fields import Area
from equipoise.finder.query import Among, Either, Every, Everything, In, Not, Phrase, Query, Word, every
from equipoise.kernel.refused import Refused

LONGEST = 1000

AREAS = {
    "condition": Area.CONDITION,
    "disease": Area.CONDITION,
    "treatment": Area.TREATMENT,
    "intervention": Area.TREATMENT,
    "drug": Area.TREATMENT,
    "title": Area.TITLE,
    "outcome": Area.OUTCOME,
    "sponsor": Area.SPONSOR,
    "place": Area.PLACE,
    "location": Area.PLACE,
    "id": Area.IDENTIFIER,
    "investigator": Area.PERSON,
    "criteria": Area.CRITERIA,
    "eligibility": Area.CRITERIA,
}

STATUS_WORDS = {"recruiting": "RECRUITING", "enrolling": "RECRUITING", "completed": "COMPLETED"}
_PHASES = {"0": "EARLY_PHASE1", "1": "PHASE1", "2": "PHASE2", "3": "PHASE3", "4": "PHASE4"}
_PIECE = re.compile(
    r'(?P<area>[a-z]+):(?=[^\s:])|(?P<open>[(])|(?P<close>[)])|(?P<phrase>"[^"]*"?)|(?P<word>[^\s()"]+)'
)
_SPEAKING = re.compile(r"\w")
_SILENT = frozenset(re.findall(r"\w+", "a an and are as at by for from in into is it of on or the to with my who me i"))


def read_words(text: str) -> Query:
    """The tree of what was typed. Empty text is everything."""
    return _Reader(_checked(text)).read()


def _checked(text: str) -> str:
    if len(text) > LONGEST:
        raise Refused(
            f"The search is {len(text)} characters long.", do=f"Use at most {LONGEST}: the words that matter."
        )
    if any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n" for sign in text):
        raise Refused("The search holds control characters.", do="Type the words again by hand.")
    if "\N{REPLACEMENT CHARACTER}" in text:
        raise Refused("The search holds letters that arrived broken.", do="Type the words again by hand.")
    return unicodedata.normalize("NFC", text)


class _Reader:
    """Reads left to right; OR binds looser than the space between words."""

    def __init__(self, text: str) -> None:
        self.pieces = list(_PIECE.finditer(text))
        self.place = 0

    def read(self) -> Query:
        found = self._either()
        while self.place < len(self.pieces):
            self.place += 1  # a closing bracket nothing opened
            found = every(found, self._either())
        return found

    def _either(self) -> Query:
        parts = [self._every()]
        while self._take("word", "OR"):
            parts.append(self._every())
        told = tuple(part for part in parts if not isinstance(part, Everything))
        return Either(told) if len(told) > 1 else every(*told)

    def _every(self) -> Query:
        parts: list[Query] = []
        while self.place < len(self.pieces) and not self._at("word", "OR") and not self._at("close"):
            parts.append(self._one())
        return _spoken(parts)

    def _one(self) -> Query:
        piece = self.pieces[self.place]
        self.place += 1
        if piece["word"] in ("NOT", "-") and self.place < len(self.pieces) and not self._at("close"):
            return _negated(self._one())
        if piece["word"] == "AND":
            return Everything()
        if piece["open"]:
            inner = self._either()
            self._take("close")
            return inner
        if piece["area"]:
            return self._in_area(piece["area"])
        if piece["phrase"]:
            return _phrase(piece["phrase"].strip('"'))
        return self._word(piece["word"] or "")

    def _in_area(self, name: str) -> Query:
        inner = self._one() if self.place < len(self.pieces) else Everything()
        if name == "phase" and isinstance(inner, Word) and inner.text in _PHASES:
            return Among("phase", (_PHASES[inner.text],))
        if name == "status" and isinstance(inner, Word) and inner.text.lower() in STATUS_WORDS:
            return Among("status", (STATUS_WORDS[inner.text.lower()],))
        if name not in AREAS:
            return every(_word(name), inner)
        return In(AREAS[name], inner) if not isinstance(inner, Everything) else inner

    def _word(self, text: str) -> Query:
        if text.startswith("-") and len(text) > 1:
            return _negated(self._again(text[1:]))
        return _word(text)

    def _again(self, text: str) -> Query:
        return _Reader(text).read()

    def _at(self, kind: str, text: str | None = None) -> bool:
        if self.place >= len(self.pieces):
            return False
        found = self.pieces[self.place][kind]
        return bool(found) and (text is None or found == text)

    def _take(self, kind: str, text: str | None = None) -> bool:
        taken = self._at(kind, text)
        self.place += taken
        return taken


def _negated(part: Query) -> Query:
    return part if isinstance(part, Everything) else Not(part)


def _word(text: str) -> Query:
    return Word(text) if _SPEAKING.search(text) else Everything()


def _phrase(text: str) -> Query:
    return Phrase(text) if _SPEAKING.search(text) else Everything()


def _spoken(parts: list[Query]) -> Query:
    """All parts, less little words such as "of", unless there is nothing else."""
    told = [part for part in parts if not (isinstance(part, Word) and part.text.lower() in _SILENT)]
    return every(*(told or parts))


def plain_words(query: Query) -> tuple[str, ...]:
    """The words asked for, as typed, without those asked against."""
    match query:
        case Word(text=text):
            return (text,)
        case Phrase(text=text):
            return tuple(text.split())
        case In(part=part):
            return plain_words(part)
        case Every(parts=parts) | Either(parts=parts):
            return tuple(word for part in parts for word in plain_words(part))
        case _:
            return ()
