"""Names of places made comparable (case, accents, punctuation), and a small sorted list of them to look up in."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_MARKS = re.compile(r"[\u0300-\u036f.'’‘ʼʻ`´]+")
_SINGLE = re.compile("[øłđħıæœþð&]")
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "&": " and "}
_BREAKS = re.compile(r"[-‐‑–—_,/();:\t\r\f\v]+")
_SPACES = re.compile(" {2,}")
_LONG = re.compile("(?:saint|sainte|fort|mount) ")
_SHORT = {"saint ": "st ", "sainte ": "ste ", "fort ": "ft ", "mount ": "mt "}
_DIGITS = 6


def fold(text: str) -> str:
    """The text as it is compared, line by line: "Saint-Étienne" and "st. etienne" are both "st etienne"."""
    text = unicodedata.normalize("NFKD", text.casefold())
    text = _SINGLE.sub(lambda found: _LETTERS[found.group()], _MARKS.sub("", text))
    text = _SPACES.sub(" ", _BREAKS.sub(" ", text))
    text = _LONG.sub(lambda found: _SHORT[found.group()], text)
    return "\n".join(map(str.strip, text.split("\n")))


class Names:
    """Folded names, sorted, each with the number of what bears it. Kept as bytes: 180,000 names take 4 MB."""

    def __init__(self, names: Iterable[tuple[int, Iterable[str]]]) -> None:
        lines = [f"{name}\t{number:0{_DIGITS}}\n" for number, borne in names for name in borne if name]
        lines.sort()
        self._text = "".join(line for before, line in pairwise(("", *lines)) if line != before).encode()
        text = np.frombuffer(self._text, dtype=np.uint8)
        ends = np.flatnonzero(text == ord("\n"))
        self._starts = np.concatenate(([0], ends + 1)).astype(np.int32)
        digits = (text[ends - place].astype(np.int32) - ord("0") for place in range(1, _DIGITS + 1))
        self._bearers = np.zeros(len(ends), dtype=np.int32)
        for power, digit in enumerate(digits):
            self._bearers += digit * 10**power

    def exact(self, name: str) -> NDArray[np.int32]:
        """Numbers of all that bear this very name."""
        return self._between(f"{name}\t", f"{name}\n")

    def beginning(self, start: str) -> NDArray[np.int32]:
        """Numbers of all with a name that begins so; one may come several times."""
        return self._between(start, f"{start}\U0010ffff")

    def _between(self, low: str, high: str) -> NDArray[np.int32]:
        return self._bearers[self._place(low) : self._place(high)]

    def _place(self, line: str) -> int:
        return bisect_left(range(len(self._bearers)), line.encode(), key=self._line)

    def _line(self, place: int) -> bytes:
        return self._text[self._starts[place] : self._starts[place + 1]]
