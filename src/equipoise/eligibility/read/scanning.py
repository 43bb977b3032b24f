"""Several patterns over one line: what stands leftmost, then what stands next after it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar


class Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Found = TypeVar("Found", bound=Placed)
Reader = tuple[re.Pattern[str], Callable[[str, re.Match[str]], Found | None]]


def mentions(line: str, *stems: str) -> bool:
    """Whether any of these occurs, in small letters: a quick look before a slow one."""
    small = line.casefold()
    for stem in stems:  # noqa: SIM110 (a generator costs more than the look itself)
        if stem in small:
            return True
    return False


def cued(line: str, readers: Iterable[tuple[tuple[str, ...], Reader[Found]]]) -> list[Reader[Found]]:
    """Those readers of which one cue, in small letters, occurs in the line; without cues, any."""
    small = line.casefold()
    found: list[Reader[Found]] = []
    for cues, reader in readers:
        for cue in cues or ("",):
            if cue in small:
                found.append(reader)
                break
    return found


def leftmost(line: str, readers: Sequence[Reader[Found]]) -> Iterator[Found]:
    """From the left, none overlapping; of those that begin together, that of the earlier reader."""
    upcoming = [_next(line, 0, reader) for reader in readers]
    while any(upcoming):
        first = min((one[0], rank) for rank, one in enumerate(upcoming) if one is not None)
        found = upcoming[first[1]]
        assert found is not None
        yield found[1]
        place = max(found[1].end, found[0] + 1)
        upcoming = [
            one if one is None or one[0] >= place else _next(line, place, reader)
            for one, reader in zip(upcoming, readers, strict=True)
        ]


def _next(line: str, place: int, reader: Reader[Found]) -> tuple[int, Found] | None:
    pattern, read = reader
    match = pattern.search(line, place)
    while match is not None:
        found = read(line, match)
        if found is not None:
            return match.start(), found
        match = pattern.search(line, match.start() + 1)
    return None
