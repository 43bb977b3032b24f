"""Text with bullets, in any of the registry's layouts, to a tree of items. Nothing is lost: items keep their place.

Three layouts exist: markdown with backslash escapes (API v2), text hard-wrapped at 99 columns (legacy XML), and one
item a line without bullets (legacy JSON). Pasted text mixes them.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

WRAPS = range(60, 111)
"""How long the longest line of a hard-wrapped text may be."""

DEEPEST = 30
"""Nothing real nests deeper; beyond it, items stay on one level."""

_LINE = re.compile(r"[^\r\n]+")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SPACE = re.compile(r"\s+")
_BULLETS = "•·●○▪■□◦‣∙⁃➢✓§\uf0b7\uf0a7\uf0d8"
_MARKER = re.compile(
    rf"""
    \\?[*{_BULLETS}–—−-] (?=\s|$)                       # a bullet
    | [{_BULLETS}] | - (?=[A-Za-z])                      # a bullet, no space after it
    | o (?=\s+[A-Z(≥≤<>\d] | \s\s)                       # Word's second bullet, pasted
    | \\?\(? \d{{1,2}} (?:\.\d{{1,2}}){{0,3}} \\?[.)] (?=\s|$)     # 1.  1)  (1)  1.2.
    | \\?\(? \d{{1,2}} \\?[.)] (?=[A-Z][a-z])            # 1.Age
    | \d{{1,2}} (?:\.\d{{1,2}}){{1,3}} (?=\s+[A-Z][a-z]) # 1.2 Age
    | \d{{1,2}} \s? [-–] (?=\s+[A-Z])                    # 1 - Age
    | \\?\(? (?:[a-z] | [ivx]{{2,5}} | [IVX]{{2,5}}) \\?[.)] (?=\s|$)
    | \\?\(? [A-Z] \\?[.)] (?=\s+[^\sa-z])               # A. Age, but not E. coli
    """,
    re.VERBOSE,
)


class Item(msgspec.Struct, frozen=True):
    """One item: its text as shown, and ``start`` to ``end``, where its own words stand in the source.

    The span begins with the marker and leaves out the children, which come after it.
    """

    text: str
    marker: str
    start: int
    end: int
    depth: int
    children: "tuple[Item, ...]" = ()


class Entry(msgspec.Struct, frozen=True):
    """An item before nesting. ``content`` is where the words begin after the marker; columns count from 0."""

    start: int
    content: int
    end: int
    column: int
    content_column: int
    marker: str
    text: str


class _Line(msgspec.Struct, frozen=True):
    """A line without its outer space. ``apart``: a blank line or a forced break stands before it."""

    start: int
    end: int
    column: int
    last_column: int
    first_word: int
    apart: bool


def unescaped(text: str) -> str:
    """Text as shown: backslash escapes undone, runs of space made one."""
    return _SPACE.sub(" ", _ESCAPE.sub(r"\1", text)).strip()


def read_items(text: str) -> tuple[Item, ...]:
    return nested(read_entries(text))


def walk(items: Iterable[Item]) -> Iterator[Item]:
    """Every item, parents before their children: the order of the source."""
    for item in items:
        yield item
        yield from walk(item.children)


def read_entries(text: str, breaks: Iterable[int] = ()) -> tuple[Entry, ...]:
    """Lines joined where they were wrapped. A new line is taken to begin at each offset of ``breaks``."""
    lines = tuple(_lines(text, frozenset(breaks)))
    wrapped = _is_wrapped(text, lines)
    groups: list[list[_Line]] = []
    for line in lines:
        if groups and not line.apart and (wrapped or _continues(text, groups[-1][0], line)):
            groups[-1].append(line)
        else:
            groups.append([line])
    return _aligned(tuple(_entry(text, group[0], group[-1].end) for group in groups))


def _aligned(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Legacy text loses the indent of its first line: a first item that would own all others is their equal."""
    first, *others = entries or (None,)
    if first is None or not others or not first.marker or first.text.endswith(":"):
        return entries
    column = min(entry.column for entry in others)
    if column <= first.column or _shape(first.marker) != _shape(others[0].marker):
        return entries
    return (msgspec.structs.replace(first, column=column), *others)


def _shape(marker: str) -> str:
    return re.sub(r"[A-Za-z]+", "a", re.sub(r"[0-9]+", "1", marker))


def _lines(text: str, breaks: frozenset[int]) -> Iterator[_Line]:
    apart, previous = True, 0
    for match in _LINE.finditer(text):
        apart = apart or len(text[previous : match.start()].replace("\r\n", "\n")) > 1
        previous = match.end()
        if match[0].isspace():
            apart = True
            continue
        for start, end in _cut(match, breaks):
            yield _line(text, match.start(), (start, end), apart=apart or start in breaks or start > match.start())
            apart = False


def _cut(line: re.Match[str], breaks: frozenset[int]) -> Iterator[tuple[int, int]]:
    cuts = [line.start(), *sorted(place for place in breaks if line.start() < place < line.end()), line.end()]
    return ((start, end) for start, end in pairwise(cuts) if not line.string[start:end].isspace())


def _line(text: str, line_start: int, span: tuple[int, int], *, apart: bool) -> _Line:
    words = text[slice(*span)]
    start = span[0] + len(words) - len(words.lstrip())
    whole = text[line_start : span[1]]
    column = len(whole[: len(whole) - len(whole.lstrip())].expandtabs(4))
    own = words.strip()
    return _Line(start, start + len(own), column, len(whole.rstrip().expandtabs(4)), len(own.split()[0]), apart)


def _is_wrapped(text: str, lines: tuple[_Line, ...]) -> bool:
    """Whether every line that has a next one was too full to take the next one's first word.

    A list of lines of about one length looks the same, so lines out at the margin must also read on in mid sentence,
    and indented ones must not mostly begin as the line before them does.
    """
    pairs = [(line, after) for line, after in pairwise(lines) if not after.apart]
    longest = max((line.last_column for line in lines), default=0)
    if longest not in WRAPS or any(line.last_column + 1 + after.first_word <= longest - 3 for line, after in pairs):
        return False
    if all(line.column for line in lines):
        return 2 * sum(_are_siblings(text, line, after) for line, after in pairs) <= len(pairs)
    reading_on = sum(text[after.start].islower() for _, after in pairs)
    marked = any(_MARKER.match(text, after.start) for _, after in pairs)
    return len(pairs) > 1 and not marked and 2 * reading_on > len(pairs)


def _are_siblings(text: str, line: _Line, after: _Line) -> bool:
    markers = [_MARKER.match(text, one.start) for one in (line, after)]
    return line.column == after.column and all(markers)


def _continues(text: str, first: _Line, line: _Line) -> bool:
    """In text that is not wrapped: an unmarked line under the words of a marked one belongs to it."""
    entry = _entry(text, first, first.end)
    return bool(entry.marker) and line.column >= entry.content_column and not _MARKER.match(text, line.start)


def _entry(text: str, first: _Line, end: int) -> Entry:
    match = _MARKER.match(text, first.start, end)
    after = match.end() if match else first.start
    content = after + len(text[after:end]) - len(text[after:end].lstrip())
    return Entry(
        start=first.start,
        content=content,
        end=end,
        column=first.column,
        content_column=first.column + content - first.start,
        marker=unescaped(match[0]) if match else "",
        text=unescaped(text[content:end]),
    )


class _Open(msgspec.Struct):
    """An item that may still take children."""

    entry: Entry
    style: str
    children: "list[_Open]"


def nested(entries: Iterable[Entry]) -> tuple[Item, ...]:
    """Entries as a tree: by indentation, else by kind of bullet, else under a line that ends with a colon."""
    root: list[_Open] = []
    stack: list[_Open] = []
    for entry in entries:
        style = _style(entry.marker, stack)
        while stack and (len(stack) > DEEPEST or not _is_parent(stack, entry, style)):
            stack.pop()
        node = _Open(entry, style, [])
        (stack[-1].children if stack else root).append(node)
        stack.append(node)
    return tuple(_item(node, 0) for node in root)


def _item(node: _Open, depth: int) -> Item:
    entry = node.entry
    children = tuple(_item(child, depth + 1) for child in node.children)
    return Item(entry.text, entry.marker, entry.start, entry.end, depth, children)


_STYLES = (
    ("number", re.compile(r"\W*\d")),
    ("bullet", re.compile(r"[*•·●■-]")),
    ("roman", re.compile(r"\(?[ivxIVX]+[.)]")),
    ("letter", re.compile(r"\(?[A-Za-z][.)]")),
    ("small", re.compile(r"")),
)
_RANKS = {name: rank for rank, name in enumerate(("number", "bullet", "letter", "roman", "small"))}


def _style(marker: str, stack: list[_Open]) -> str:
    """Kind and shape, such as ``number 1.`` or ``letter (a)``; nothing without a marker."""
    if not marker:
        return ""
    kind = next(name for name, pattern in _STYLES if pattern.match(marker))
    if kind == "roman" and any(_follows(other, marker) for other in stack):
        kind = "letter"
    return f"{kind} {_shape(marker)}"


def _follows(other: _Open, marker: str) -> bool:
    """Whether i, v or x is the next letter of a list, not a Roman number."""
    letters = (other.entry.marker.strip("().").lower(), marker.strip("().").lower())
    return other.style.startswith("letter") and letters in {("h", "i"), ("u", "v"), ("w", "x")}


def _is_parent(stack: list[_Open], entry: Entry, style: str) -> bool:
    top = stack[-1]
    if not top.style:
        return _introduces(top.entry, entry)
    if entry.column >= top.entry.column + 2:
        return True
    beside = [other.style for other in stack if abs(other.entry.column - entry.column) < 2]
    if not style or style in beside or entry.column < top.entry.column - 1:
        return False
    rank = _RANKS[style.partition(" ")[0]]
    return top.entry.text.endswith(":") or (rank > _RANKS[top.style.partition(" ")[0]] and rank > _RANKS["bullet"])


def _introduces(line: Entry, entry: Entry) -> bool:
    """Whether an unmarked line heads what follows: it ends with a colon, or is short and stands further out."""
    if line.text.endswith(":"):
        return bool(entry.marker) and entry.column >= line.column
    is_short = len(line.text) <= 60 and line.text[-1:] not in tuple(".,;")
    return is_short and bool(entry.marker) and entry.column > line.column
