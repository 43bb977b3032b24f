"""JASMINE's protocol file, and small changes to it."""

from functools import cache

from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.protocol.problem import Problem
from equipoise.conduct.protocol.reading import examine, read_protocol
from equipoise.examples import jasmine_protocol as jasmine_file


@cache
def jasmine_text() -> str:
    return jasmine_file()


@cache
def jasmine_protocol() -> Protocol:
    return read_protocol(jasmine_text())


def changed(old: str, new: str) -> str:
    """JASMINE with the first place of ``old`` written as ``new``."""
    assert old in jasmine_text(), old
    return jasmine_text().replace(old, new, 1)


def line_of(text: str, marker: str) -> int:
    """The line on which a piece of the text begins."""
    return text.count("\n", 0, text.index(marker)) + 1


def problems_of(text: str) -> tuple[Problem, ...]:
    return examine(text).problems
