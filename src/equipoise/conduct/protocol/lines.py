"""YAML, or JSON, as a tree of values that keep their line and column. Every scalar stays the text it is written as.

YAML's own guesses (no as false, 1e3, 12:30, dates) are not made: the protocol's types say what each scalar is.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeAlias

import yaml

from equipoise.conduct.protocol.problem import Problem, Severity, error, shown

LARGEST = 1_000_000
"""Characters. JASMINE takes some forty thousand."""
DEEPEST = 150
"""Values within values; the deepest criterion takes 120."""
_TOLD = 200
"""Tabs and forbidden characters told, of which a file has few or very many."""
_NULLS = {"", "null", "~"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_TABBED = re.compile(r"^ *\t[ \t]*(?=\S)", re.MULTILINE)
_PLAIN_TAGS = {
    None,
    "!",
    *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "map", "seq")),
}
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Told:
    """A value, and where it stands: ``line`` and ``column`` from 1."""

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column


class Scalar(Told):
    def __init__(self, text: str, style: str, line: int, column: int) -> None:
        super().__init__(line, column)
        self.text = text.rstrip("\n") if style in ("|", ">") else text
        self.is_null = not style and text.casefold() in _NULLS


class Listed(Told):
    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.items: list[Told] = []


class Mapped(Told):
    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.pairs: list[tuple[Told, Told]] = []


class Missing(Told):
    """Stands where an alias stood, which is told already."""


Tree: TypeAlias = Told | None


def read_lines(text: str) -> tuple[Tree, list[Problem]]:
    """The one document of the text, None where it cannot be read; and what is wrong with it as YAML."""
    problems = list(_unreadable(text))
    if problems:
        return None, problems
    if text.lstrip()[:1] in ("{", "["):
        text = text.replace("\t", " ")
    builder = _Builder()
    try:
        for event in yaml.parse(text.removeprefix("\ufeff"), Loader=_Loader):
            builder.take(event)
    except (yaml.YAMLError, _Stop) as stopped:
        return None, [*builder.problems, *_broken(text, stopped)]
    if builder.top is None:
        return None, [error("", "The file is empty.", "Begin one with `equipoise trial new`.")]
    return builder.top, builder.problems


def _unreadable(text: str) -> Iterator[Problem]:
    if len(text) > LARGEST:
        yield error("", f"The file is larger than {LARGEST:,} characters.", "Is it a protocol?")
        return
    for found in islice(_FORBIDDEN.finditer(text), _TOLD):
        yield _placed(text, found.start(), f"The character {found[0]!a} is not allowed.", "Take it out.")


def _placed(text: str, start: int, why: str, do: str) -> Problem:
    line = text.count("\n", 0, start) + 1
    return Problem("", Severity.ERROR, why, "", do, line, start - text.rfind("\n", 0, start))


def _broken(text: str, stopped: Exception) -> Iterator[Problem]:
    """YAML breaks off at its first mistake; of tabs, which are seldom alone, every line is told."""
    mark = getattr(stopped, "problem_mark", None)
    if mark and not isinstance(stopped, _Stop):
        start = sum(len(line) + 1 for line in text.split("\n", mark.line)[: max(mark.line - 1, 0)])
        tabs = list(islice(_TABBED.finditer(text, start), _TOLD))
        yield from (_placed(text, tab.start(), "The line begins with a tab.", "Indent it with spaces.") for tab in tabs)
        if tabs:
            return
    why = getattr(stopped, "problem", None) or str(stopped)
    last = text.count("\n")
    place = (min(mark.line, last) + 1, mark.column + 1 if mark.line <= last else 1) if mark else (0, 0)
    do = "Mind indentation, colons and quotes; nothing after this place was read."
    yield Problem("", Severity.ERROR, f"This is not YAML: {why}.", "", do, *place)


class _Stop(Exception):
    def __init__(self, problem: str, mark: Any) -> None:
        super().__init__(problem)
        self.problem = problem
        self.problem_mark = mark


class _Builder:
    """Puts the tree together from events, without recursion and without aliases, which make a short text long."""

    def __init__(self) -> None:
        self.top: Tree = None
        self.problems: list[Problem] = []
        self._open: list[Listed | Mapped] = []
        self._keys: list[Told | None] = []

    def take(self, event: Any) -> None:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        match event:
            case yaml.AliasEvent():
                do = "Write the value out."
                self._tell(line, column, "Aliases are not read.", do, f"*{event.anchor}")
                self._place(Missing(line, column))
            case yaml.ScalarEvent():
                self._tagged(event)
                style = "" if event.implicit[0] else (event.style or '"')
                self._place(Scalar(event.value, style, line, column))
            case yaml.SequenceStartEvent():
                self._begin(Listed(line, column), event)
            case yaml.MappingStartEvent():
                self._begin(Mapped(line, column), event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._open.pop()
                self._keys.pop()
            case yaml.DocumentStartEvent() if self.top is not None:
                raise _Stop("a second document begins here, and only one is read", mark)

    def _begin(self, value: Listed | Mapped, event: Any) -> None:
        self._tagged(event)
        if len(self._open) >= DEEPEST:
            raise _Stop("it nests too deep", event.start_mark)
        self._place(value)
        self._open.append(value)
        self._keys.append(None)

    def _tagged(self, event: Any) -> None:
        if event.tag not in _PLAIN_TAGS:
            mark = event.start_mark
            self._tell(mark.line + 1, mark.column + 1, "Tags are not read.", "Take it out.", shown(event.tag))

    def _tell(self, line: int, column: int, why: str, do: str, what: str) -> None:
        self.problems.append(Problem("", Severity.ERROR, why, what, do, line, column))

    def _place(self, value: Told) -> None:
        if not self._open:
            self.top = value
            return
        holder, key = self._open[-1], self._keys[-1]
        if isinstance(holder, Listed):
            holder.items.append(value)
        elif key is None:
            self._keys[-1] = value
        else:
            holder.pairs.append((key, value))
            self._keys[-1] = None
