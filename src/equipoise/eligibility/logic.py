"""Kleene's strong logic over many."""

from collections.abc import Iterable

from equipoise.kernel.truth import Truth


def every(truths: Iterable[Truth]) -> Truth:
    found = set(truths)
    if Truth.FALSE in found:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.TRUE


def some(truths: Iterable[Truth]) -> Truth:
    found = set(truths)
    if Truth.TRUE in found:
        return Truth.TRUE
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.FALSE


def at_least(count: int, truths: Iterable[Truth]) -> Truth:
    found = list(truths)
    true, unknown = found.count(Truth.TRUE), found.count(Truth.UNKNOWN)
    if true >= count:
        return Truth.TRUE
    return Truth.UNKNOWN if true + unknown >= count else Truth.FALSE
