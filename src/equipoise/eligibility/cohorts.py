"""Criteria that hold for one cohort only: which cohort a scope names, and what failing one means for the study.

Who fails a criterion of one cohort may join another: for the study that is not known, until every cohort is closed. Of
a study that names one cohort alone it is never closed, since there may be people outside it.
"""

import re
from collections.abc import Iterable, Sequence

import msgspec

from equipoise.eligibility.expression import And, Constant, Criterion, Expr, Not, Or, Polarity
from equipoise.kernel.truth import Truth

_CRITERIA = re.compile(
    r"(?:\b(?:key|main|major|principal|general|initial|additional|specific|other)\s+)*"
    r"(?:\b(?:inclusion|exclusion|eligibility|selection)s?\b(?:\s+criteri(?:a|on)\b)?|\bcriteri(?:a|on)\b)",
    re.IGNORECASE,
)
_COHORT = re.compile(
    r"\b(?:cohorts?|groups?|arms?|parts?|phase|stage|step|sub-?stud(?:y|ies)|extension|expansion|escalation|cross-?over"
    r"|healthy|controls?|donors?|caregivers?|carers?|recipients?|siblings?|parents?|partners?)\b"
    r"|\b(?:for|specific\sto)\s(?:[\w/()-]+\s){0,4}?"
    r"(?:patients|participants|subjects|volunteers|people|individuals|wom[ae]n|m[ae]n|males?|females?|children|adults|adolescents)\b",
    re.IGNORECASE,
)
_EVERY = re.compile(
    r"\b(?:all|both|each|every|any)\b|\b(\w+)\s+\w{1,5}\s+and\s+\1\b|\b(?:cohorts|groups|arms|parts)\s.*\band\b",
    re.IGNORECASE,
)
LONGEST = 200
"""Characters of a name; what is longer is a sentence."""
_EDGE = re.compile(r"^(?:\W|\b(?:for|specific to|in|at|the|of)\b)+|(?:\W|\bonly\b)+$", re.IGNORECASE)


def cohort_of(criterion: Criterion) -> str:
    """The cohort the criterion is for, in a form to compare and to show; empty where it is for all.

    A scope that is a heading of the text ("Other exclusion criteria") need not name any.
    """
    if not criterion.scope:
        return ""
    scope = " ".join(criterion.scope.split())
    if len(scope) > LONGEST or not _CRITERIA.search(scope):
        return "" if len(scope) > LONGEST else scope
    named = "" if _EVERY.search(scope) else _COHORT.search(scope)
    parts = (_EDGE.sub("", part) for part in _CRITERIA.split(scope)) if named else ()
    return ", ".join(part for part in parts if part)


def by_cohort(criteria: Iterable[Criterion]) -> dict[str, list[Criterion]]:
    """The criteria that are for one cohort, by the cohort's name without regard to capitals."""
    found: dict[str, list[Criterion]] = {}
    for one in criteria:
        if cohort := cohort_of(one):
            found.setdefault(cohort.casefold(), []).append(one)
    return found


def for_the_study(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """The criteria, each put as what it means for the study: of one cohort, it shuts out only who can join no other.

    One that has the id of an earlier one stands in for it: its cohort is taken as the earlier one leaves it.
    """
    first = {one.id: one for one in reversed(criteria)}
    cohorts = by_cohort(one for one in criteria if first[one.id] is one)
    if not cohorts:
        return tuple(criteria)
    elsewhere = _elsewhere([And(of=tuple(map(_passes, own))) for own in cohorts.values()])
    return tuple(_eased(one, elsewhere) if cohort_of(one) else one for one in criteria)


def _elsewhere(cohorts: list[And]) -> Expr:
    """Not known, or false where every cohort is closed: never true."""
    unknown = Constant(truth=Truth.UNKNOWN)
    return unknown if len(cohorts) == 1 else And(of=(unknown, Or(of=tuple(cohorts))))


def _passes(one: Criterion) -> Expr:
    return one.expr if one.polarity is Polarity.INCLUDE else Not(of=one.expr)


def _eased(one: Criterion, elsewhere: Expr) -> Criterion:
    if one.polarity is Polarity.INCLUDE:
        return msgspec.structs.replace(one, expr=Or(of=(one.expr, elsewhere)))
    return msgspec.structs.replace(one, expr=And(of=(one.expr, Not(of=elsewhere))))
