"""YAML and JSON with the line of every value, so that a refusal can name it. Values stay the text they are written."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import TypeVar

import yaml

from equipoise.kernel.refused import Refused

LARGEST = 200_000
"""Characters; a person written by hand takes a few thousand."""
DEEPEST = 40
"""Brackets within brackets: with many more, reading would take the square of their number."""
_NULLS = {"", "null", "~"}
_BRACKET = re.compile(r"[\[\]{}]")
Held = TypeVar("Held")


class _Loader(yaml.SafeLoader):
    """Without aliases, through which a short text becomes a long one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            line = self.line + 1
            raise Refused("Aliases (*name) are not read.", what=f"line {line}", do="Write the value out.")
        found: yaml.Node | None = super().compose_node(parent, index)
        return found


def read_lined(data: bytes | str) -> "Lined":
    """The one document in the text. ``Refused`` says where it breaks."""
    text = _text(data)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except RecursionError:
        raise _too_deep() from None
    except (yaml.YAMLError, ValueError) as error:
        raise _broken(error) from None
    if node is None:
        raise Refused("It is empty.", do="Write at least born or age, and conditions.")
    return Lined(node)


def _text(data: bytes | str) -> str:
    if len(data) > LARGEST:
        raise Refused(f"It is larger than {LARGEST:,} characters.", do="Is it a person?")
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    except UnicodeDecodeError:
        raise Refused("It is not text in UTF-8.") from None
    depths = accumulate(1 if found[0] in "[{" else -1 for found in _BRACKET.finditer(text))
    if max(depths, default=0) > DEEPEST:
        raise _too_deep()
    return text.replace("\t", " ") if text.lstrip()[:1] in ("{", "[") else text


def _too_deep() -> Refused:
    return Refused("It nests too deep.", do="A person needs three levels.")


def _broken(error: Exception) -> Refused:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it holds characters that YAML does not allow"
    where = f"line {mark.line + 1}" if mark else ""
    return Refused(f"It is neither YAML nor JSON: {problem}.", what=where, do="Mind indentation, colons and quotes.")


class Lined:
    """A value in the text: a mapping, a list, or words."""

    def __init__(self, node: yaml.Node) -> None:
        self._node = node
        self.line = node.start_mark.line + 1

    @property
    def is_quoted(self) -> bool:
        return isinstance(self._node, yaml.ScalarNode) and self._node.style in ("'", '"')

    @property
    def is_null(self) -> bool:
        node = self._node
        return isinstance(node, yaml.ScalarNode) and not self.is_quoted and node.value.casefold() in _NULLS

    def refused(self, why: str, do: str = "") -> Refused:
        return Refused(why, what=f"line {self.line}", do=do)

    def text(self) -> str:
        if not isinstance(self._node, yaml.ScalarNode) or self.is_null:
            raise self.refused("A word or a number was expected here.")
        return str(self._node.value).strip()

    def holding(self, read: Callable[[str], Held], do: str = "") -> Held:
        """The text as ``read`` takes it; its refusal gets this line."""
        try:
            return read(self.text())
        except Refused as refused:
            raise self.refused(f"{refused.what} {refused.why}".strip(), refused.do) from None
        except ValueError:
            raise self.refused(f"{self.text()!r} is not known here.", do) from None

    def several(self) -> Iterator["Lined"]:
        """The parts of a list; what stands alone is a list of one, and nothing an empty one."""
        if isinstance(self._node, yaml.SequenceNode):
            yield from map(Lined, self._node.value)
        elif not self.is_null:
            yield self

    def pairs(self) -> Iterator[tuple["Lined", "Lined"]]:
        """Keys and values. ``Refused`` where a key is given twice."""
        if self.is_null:
            return
        if not isinstance(self._node, yaml.MappingNode):
            raise self.refused("Names with values were expected here.", "Write name: value.")
        seen: set[str] = set()
        for key, value in self._node.value:
            line = Lined(key)
            if line.text() in seen:
                raise line.refused(f"{line.text()!r} is given twice.", "Join them, as a list if need be.")
            seen.add(line.text())
            yield line, Lined(value)

    def names(self) -> set[str]:
        """The keys of a mapping; none of anything else."""
        return {key.text() for key, _ in self.pairs()} if isinstance(self._node, yaml.MappingNode) else set()

    def entries(self, what: str, known: tuple[str, ...]) -> "Entries":
        """The values by name. ``Refused`` where a name is not among those known."""
        found: dict[str, Lined] = {}
        for key, value in self.pairs():
            name = key.text()
            if name not in known:
                raise key.refused(f"{name!r} says nothing about {what}.", f"Choose among: {', '.join(known)}.")
            found[name] = value
        return found


Entries = Mapping[str, Lined]
