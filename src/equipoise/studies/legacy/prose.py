"""Prose of the classic XML as the registry's markdown: wrapping undone, paragraphs and lists kept, marks escaped."""

import re
from collections.abc import Iterator

import msgspec

_ITEM = re.compile(r"(?:[-*]|(\d{1,3})\.)\s+(?=\S)")
_BULLET_LINE = re.compile(r"-  \S")
_MARKS = re.compile(r"[\\<>\[\]~^&*`]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LOOKS_LIKE_LIST = re.compile(r"(\d*)(?=(?:(?<=\d)[.)]|(?<!\d)[-+#]+)(?:\s|$))")
_FIRST_LINE_LOST = 2
"""The registry strips the indent of a text's first line, so an item standing there looks two columns too far left."""


class _Block(msgspec.Struct):
    """A paragraph or list item: the column its text starts in, its marker ('' for a paragraph), its words."""

    column: int
    marker: str
    words: str


def unwrapped(text: str) -> str | None:
    """Text the registry wrapped at 100 columns, blocks apart by blank lines and nested by indent."""
    return _markdown(_wrapped_blocks(text)) or None


def marked(text: str) -> str | None:
    """Text whose line ends are the author's own: each line a paragraph or list item."""
    return _markdown([line] for line in _lines(text) if line.strip()) or None


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").expandtabs().split("\n")


def _wrapped_blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in _lines(text):
        starts_item = _BULLET_LINE.match(line.lstrip())
        if block and (starts_item or not line.strip()):
            yield block
            block = []
        if line.strip():
            block.append(line)
    if block:
        yield block


def _read_block(lines: list[str]) -> _Block:
    indent = len(lines[0]) - len(lines[0].lstrip())
    words = " ".join(" ".join(lines).split())
    first = lines[0].strip()
    match = _ITEM.match(first)
    if not match:
        return _Block(indent, "", _escaped(words))
    marker = f"{match[1]}." if match[1] else "*"
    return _Block(indent + match.end(), marker, _escaped(words.split(" ", 1)[1]))


def _escaped(words: str) -> str:
    """Characters that markdown would act on, and starts of lines it would take for a list, as the registry does."""
    escaped = _MARKS.sub(r"\\\g<0>", words)
    match = _LOOKS_LIKE_LIST.match(escaped)
    return f"{match[1]}\\{escaped[match.end() :]}" if match else escaped


def _markdown(blocks: Iterator[list[str]]) -> str:
    """Items indented under the item they belong to; a blank line everywhere but between items of one list."""
    written = ""
    open_items: list[_Block] = []
    for number, lines in enumerate(blocks):
        block = _read_block(lines)
        if number == 0 and block.marker:
            block.column += _FIRST_LINE_LOST
        follows = _close(open_items, block)
        gap = ("\n" if follows else "\n\n") if written else ""
        indent = " " * sum(len(item.marker) + 1 for item in open_items)
        written += f"{gap}{indent}{block.marker} {block.words}" if block.marker else f"{gap}{indent}{block.words}"
        if block.marker:
            open_items.append(block)
    return written


def _close(open_items: list[_Block], block: _Block) -> bool:
    """Drop the items the block does not stand under; say whether it goes on with a list of theirs."""
    closed = None
    reach = block.column if block.marker else block.column + 1
    while open_items and open_items[-1].column >= reach:
        closed = open_items.pop()
    return bool(block.marker and closed and (closed.marker == "*") == (block.marker == "*"))
