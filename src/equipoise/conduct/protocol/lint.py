"""Every rule that a protocol is held against."""

from collections.abc import Iterable
from itertools import islice

from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.protocol.problem import MOST, Problem
from equipoise.conduct.protocol.rules import allocation, approved, endpoints, forms, masking, naming, visits
from equipoise.conduct.protocol.rules import references as named
from equipoise.conduct.protocol.rules.known import Rule, known_of

NAMES: tuple[Rule, ...] = (*naming.RULES, *named.RULES)
PRACTICE: tuple[Rule, ...] = (
    *masking.RULES,
    *allocation.RULES,
    *visits.RULES,
    *forms.RULES,
    *endpoints.RULES,
    *approved.RULES,
)


def references(protocol: Protocol) -> tuple[Problem, ...]:
    """Ids and names alone: what can be said of a protocol some of whose values stand in for what was not read."""
    return _held(protocol, NAMES)


def lint(protocol: Protocol) -> tuple[Problem, ...]:
    """Every problem of a protocol, without lines; ``reading.examine`` adds them."""
    return _held(protocol, (*NAMES, *PRACTICE))


def _held(protocol: Protocol, rules: Iterable[Rule]) -> tuple[Problem, ...]:
    known = known_of(protocol)
    return tuple(islice((problem for rule in rules for problem in rule(known)), MOST))
