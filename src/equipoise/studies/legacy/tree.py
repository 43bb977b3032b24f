"""An XML tree that empties as it is read, so that whatever no rule takes is still there to be kept."""

from collections.abc import Callable
from typing import Any, TypeVar

from equipoise.kernel.refused import Refused

T = TypeVar("T")
Reader = Callable[[str], T | None]
"""Turns text into a value. None: not understood, so the text stays where it is."""
Table = dict[str, tuple[str, Reader[Any]]]
"""For each name in the result: the path it comes from, and how it is read."""

_DEEPEST = 60


class Node:
    """One element. Paths name children (``a/b``) and attributes (``a/@b``); of several alike, the first."""

    __slots__ = ("attributes", "children", "place", "text")

    def __init__(self, text: str = "", place: int = 0) -> None:
        self.text = text
        self.place = place
        self.attributes: dict[str, str] = {}
        self.children: dict[str, list[Node]] = {}

    def at(self, path: str) -> "Node":
        """The element at the path, or an empty one."""
        node = self
        for tag in path.split("/"):
            found = node.children.get(tag)
            if not found:
                return Node()
            node = found[0]
        return node

    def each(self, path: str) -> "list[Node]":
        """All elements of that name, under the first of each name before it."""
        head, _, tag = path.rpartition("/")
        return (self.at(head) if head else self).children.get(tag, [])

    def own(self, read: Reader[T]) -> T | None:
        """Take the element's own text."""
        value = read(self.text) if self.text else None
        if value is not None:
            self.text = ""
        return value

    def attribute(self, name: str, read: Reader[T]) -> T | None:
        value = read(self.attributes[name]) if name in self.attributes else None
        if value is not None:
            del self.attributes[name]
        return value

    def take(self, path: str, read: Reader[T]) -> T | None:
        """Take the text or attribute at the path; None, leaving it, where there is none or it is not understood."""
        head, _, last = path.rpartition("/")
        node = self.at(head) if head else self
        if last[0] == "@":
            return node.attribute(last[1:], read)
        found = node.children.get(last)
        return found[0].own(read) if found else None

    def take_all(self, path: str, read: Reader[T]) -> list[T]:
        values = (node.own(read) for node in self.each(path))
        return [value for value in values if value is not None]

    def fields(self, table: Table) -> dict[str, Any]:
        return {name: self.take(path, read) for name, (path, read) in table.items()}

    def peek(self, path: str) -> str:
        """The text at the path, left in its place."""
        return " ".join(self.at(path).text.split())

    def rest(self) -> Any:
        """What nobody took, as JSON: a text, or an object with ``@attribute`` and ``#text``; None for nothing.

        A child that is one of several says which with ``#place``, counted from 1.
        """
        text = self.text.strip()
        if not (self.children or self.attributes):
            return text or None
        left: dict[str, Any] = {f"@{name}": value for name, value in self.attributes.items() if value.strip()}
        for tag, nodes in self.children.items():
            kept = _rest_of(nodes) if len(nodes) > 1 else nodes[0].rest()
            if kept:
                left[tag] = kept
        if not left:
            return text or None
        return left | {"#text": text} if text else left


def grow(element: Any, *, place: int = 0, depth: int = 0) -> Node:
    """The tree of an ElementTree element."""
    if depth > _DEEPEST:
        raise Refused("its elements are nested too deeply for a study record.", do="Download the record again.")
    node = Node(element.text or "", place)
    node.attributes = element.attrib
    for position, child in enumerate(element, 1):
        if child.tail and not child.tail.isspace():
            node.text += child.tail
        node.children.setdefault(child.tag, []).append(grow(child, place=position, depth=depth + 1))
    return node


def _rest_of(nodes: list[Node]) -> list[Any]:
    rests = [(place, rest) for place, node in enumerate(nodes, 1) if (rest := node.rest()) is not None]
    return [{"#place": place} | rest if isinstance(rest, dict) else rest for place, rest in rests]
