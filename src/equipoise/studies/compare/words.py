"""Two texts compared word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby

from equipoise.studies.compare.change import Change, ChangeKind, Piece, PieceKind, counted
from equipoise.studies.markup import unescaped

MOST_WORDS = 4000
"""A stretch with more words than this is shown as taken out and put in whole."""

SHORTEST_RUN = 2
"""So few words that stayed, between larger changes, only disturb the reader."""

_WORD = re.compile(r"\s*\S+|\s+\Z")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def word_pieces(old: str, new: str) -> tuple[Piece, ...]:
    """What stayed, went and came, with escapes undone. Lines are compared first, then words where lines differ."""
    pieces = (piece for piece in _by_lines(_shown(old), _shown(new)) if piece.text)
    groups = groupby(pieces, key=lambda piece: piece.kind)
    return tuple(Piece(kind, "".join(piece.text for piece in group)) for kind, group in groups)


def text_change(kind: ChangeKind, heading: str, old: str, new: str) -> Change:
    """Say how much of a text came and went, and show it."""
    if not old:
        return Change(kind, heading, f"{heading} given.", word_pieces("", new))
    if not new:
        return Change(kind, heading, f"{heading} removed.", word_pieces(old, ""))
    pieces = word_pieces(old, new)
    came, went = (_words(pieces, sort) for sort in (PieceKind.ADDED, PieceKind.REMOVED))
    if unescaped(old) == unescaped(new):
        return Change(kind, heading, f"{heading}: only the layout changed.", pieces)
    return Change(kind, heading, f"{heading} changed: {counted(came, 'word')} added, {went:,} removed.", pieces)


def _shown(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _words(pieces: tuple[Piece, ...], kind: PieceKind) -> int:
    return sum(len(piece.text.split()) for piece in pieces if piece.kind is kind)


def _by_lines(old: str, new: str) -> Iterator[Piece]:
    olds, news = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for tag, from_, to, since, until in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        went, came = "".join(olds[from_:to]), "".join(news[since:until])
        if tag == "equal":
            yield Piece(PieceKind.SAME, went)
        else:
            yield from _by_words(_WORD.findall(went), _WORD.findall(came))


def _by_words(olds: list[str], news: list[str]) -> Iterator[Piece]:
    if max(len(olds), len(news)) > MOST_WORDS:
        yield from _exchanged("".join(olds), "".join(news))
        return
    went, came = "", ""
    for from_, to, since, until, is_same in _runs(olds, news):
        if is_same:
            yield from _exchanged(went, came)
            yield Piece(PieceKind.SAME, "".join(olds[from_:to]))
            went, came = "", ""
        else:
            went, came = went + "".join(olds[from_:to]), came + "".join(news[since:until])
    yield from _exchanged(went, came)


def _runs(olds: list[str], news: list[str]) -> Iterator[tuple[int, int, int, int, bool]]:
    """Runs of words, and whether they stayed. A word or two between larger changes is counted as changed."""
    codes = SequenceMatcher(None, olds, news, autojunk=False).get_opcodes()
    sizes = [0 if code[0] == "equal" else max(code[2] - code[1], code[4] - code[3]) for code in codes]
    before, after = [0, *sizes], [*sizes[1:], 0]
    for place, (tag, from_, to, since, until) in enumerate(codes):
        lone = to - from_ <= SHORTEST_RUN and min(before[place], after[place]) > to - from_
        yield from_, to, since, until, tag == "equal" and not lone


def _exchanged(went: str, came: str) -> Iterator[Piece]:
    yield Piece(PieceKind.REMOVED, went)
    yield Piece(PieceKind.ADDED, came)
