"""Two lists compared: which of the old is which of the new, and what differs between the two."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from difflib import SequenceMatcher
from typing import Generic, TypeVar

import msgspec

from equipoise.studies.compare.change import Change, ChangeKind, Piece, counted, replaced
from equipoise.studies.compare.words import word_pieces
from equipoise.studies.labels import label
from equipoise.studies.part import Part

SHORTEST_DIFF = 60
"""Texts from here on are shown word by word, not quoted."""

ALIKE = 0.7
"""From this share of equal characters on, a renamed item is taken for the same."""

MOST_PAIRS = 2500
"""Names are compared each with each only up to this many pairs."""

T = TypeVar("T", bound=Part)
Key = Callable[[T], Hashable]

_WORDS = {
    "intervention_names": "treatments",
    "arm_group_labels": "arms",
    "class_": "kind of organisation",
    "oversight_has_dmc": "data monitoring committee",
    "is_fda_regulated_drug": "drug regulated by the FDA",
    "is_fda_regulated_device": "device regulated by the FDA",
    "is_unapproved_device": "device not yet approved",
    "is_ppsd": "postmarket surveillance of a device",
    "is_us_export": "product exported from the United States",
    "fdaaa801_violation": "violation of FDAAA 801",
    "ipd_sharing": "sharing",
}


class Matched(msgspec.Struct, Generic[T], frozen=True):
    """``pairs`` in the order of the new list; equal ones among them."""

    pairs: tuple[tuple[T, T], ...]
    removed: tuple[T, ...]
    added: tuple[T, ...]


def matched(
    olds: Iterable[T], news: Iterable[T], keys: Iterable[Key[T]], name: Callable[[T], str] | None = None
) -> Matched[T]:
    """Pair equal items first, then by each key in turn, then by likeness of name if asked. Each is used once."""
    left, right = dict(enumerate(olds)), dict(enumerate(news))
    pairs: dict[int, tuple[T, T]] = {}
    every: tuple[Key[T], ...] = (_whole, *keys)
    for key in every:
        for one, other in tuple(_equals(left, right, key)):
            pairs[other] = (left.pop(one), right.pop(other))
    if name and len(left) * len(right) <= MOST_PAIRS:
        for one, other in tuple(_alikes(left, right, name)):
            pairs[other] = (left.pop(one), right.pop(other))
    ordered = tuple(pairs[place] for place in sorted(pairs))
    return Matched(ordered, tuple(left.values()), tuple(right.values()))


def _whole(item: T) -> Hashable:
    return item


def _equals(left: dict[int, T], right: dict[int, T], key: Key[T]) -> Iterator[tuple[int, int]]:
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for place, item in left.items():
        waiting[key(item)].append(place)
    for place, item in right.items():
        if waiting[key(item)]:
            yield waiting[key(item)].popleft(), place


def _alikes(left: dict[int, T], right: dict[int, T], name: Callable[[T], str]) -> Iterator[tuple[int, int]]:
    free = dict(left)
    for place, item in right.items():
        best = max(((_likeness(name(old), name(item)), -one) for one, old in free.items()), default=(0.0, 0))
        if best[0] >= ALIKE:
            free.pop(-best[1])
            yield -best[1], place


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0


class Listed(msgspec.Struct, Generic[T], frozen=True):
    """How to tell the changes of one list: its kind, heading and noun, what identifies an item, what names it.

    ``codes`` gives the kind of label of coded fields.
    """

    kind: ChangeKind
    heading: str
    noun: str
    name: Callable[[T], str]
    keys: tuple[Key[T], ...]
    codes: dict[str, str] = {}

    def tell(self, olds: tuple[T, ...], news: tuple[T, ...]) -> Iterator[Change]:
        """Added, removed, changed; or that only the order did."""
        if olds == news:
            return
        match = matched(olds, news, self.keys, self.name)
        differing = [pair for pair in match.pairs if pair[0] != pair[1]]
        yield from self._count("added", match.added)
        yield from self._count("removed", match.removed)
        yield from (self._differing(old, new) for old, new in differing)
        if not (match.added or match.removed or differing):
            yield Change(self.kind, self.heading, f"The order of the {self.noun}s changed.")

    def _count(self, verb: str, items: tuple[T, ...]) -> Iterator[Change]:
        if len(items) == 1:
            yield Change(self.kind, self.heading, f"{self.noun.capitalize()} {verb}: {self.name(items[0])}.")
        elif items:
            names = tuple(self.name(item) for item in items)
            yield Change(self.kind, self.heading, f"{counted(len(items), self.noun)} {verb}.", details=names)

    def _differing(self, old: T, new: T) -> Change:
        parts = tuple(field_words(old, new, self.codes))
        sentence = f"{self.noun.capitalize()} “{self.name(old)}”: {'; '.join(parts)}."
        return Change(self.kind, self.heading, sentence, field_pieces(old, new))


def differing_fields(old: Part, new: Part) -> list[str]:
    return [name for name in old.__struct_fields__ if getattr(old, name) != getattr(new, name)]


def field_words(old: Part, new: Part, codes: dict[str, str]) -> Iterator[str]:
    """For each field that differs: what it was and is, if that is short."""
    for name in differing_fields(old, new):
        words = _WORDS.get(name, name.replace("_", " "))
        yield _field(words, getattr(old, name), getattr(new, name), codes.get(name))


def _field(words: str, old: object, new: object, code: str | None) -> str:
    if isinstance(old, tuple) and isinstance(new, tuple) and all(isinstance(one, str) for one in (*old, *new)):
        return list_words(
            words, *(tuple(label(code, value) if code else value for value in side) for side in (old, new))
        )
    before, after = _said(old), _said(new)
    if code:
        before, after = (label(code, value) for value in (before, after))
    elif isinstance(old or new, tuple | Part) or max(len(before), len(after)) > SHORTEST_DIFF:
        return f"{words} changed"
    else:
        before, after = (value and f"“{value}”" if isinstance(old or new, str) else value for value in (before, after))
    return replaced(words, before, after).rstrip(".")


def _said(value: object) -> str:
    if value is None:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def list_words(words: str, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    """Which of some short texts came and went."""
    came = [one for one in new if one not in old]
    went = [one for one in old if one not in new]
    said = [f"{words} {verb}: {', '.join(ones)}" for verb, ones in (("added", came), ("removed", went)) if ones]
    return "; ".join(said) or f"order of {words} changed"


def field_pieces(old: Part, new: Part) -> tuple[Piece, ...]:
    """The first long text that differs, word by word."""
    for name in differing_fields(old, new):
        before, after = getattr(old, name) or "", getattr(new, name) or ""
        if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > SHORTEST_DIFF:
            return word_pieces(before, after)
    return ()
