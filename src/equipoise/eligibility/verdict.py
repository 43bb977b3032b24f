"""The verdict on one person for one study: definite, possible or excluded, criterion by criterion, with its reasons."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from equipoise.eligibility.cohorts import by_cohort, cohort_of
from equipoise.eligibility.evaluate import truth_of
from equipoise.eligibility.expression import (
    And,
    AtLeast,
    AtMost,
    Atom,
    Constant,
    Criterion,
    Except,
    Expr,
    IfThen,
    Not,
    Or,
    Polarity,
    Reading,
)
from equipoise.eligibility.finding import Finding
from equipoise.eligibility.leaf import find
from equipoise.eligibility.logic import every
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.tree import atoms
from equipoise.kernel.truth import Truth


class Standing(StrEnum):
    """Definite: every criterion is met. Excluded: one at least is not. Possible: neither is known.

    A criterion of one cohort excludes only where every cohort is closed (``cohorts``).
    """

    DEFINITE = "definite"
    POSSIBLE = "possible"
    EXCLUDED = "excluded"


class Reason(msgspec.Struct, frozen=True):
    """A leaf of the criterion and what was found for it. ``only_for``: the one cohort that this closes."""

    atom: Atom
    finding: Finding
    only_for: str = ""


class CriterionVerdict(msgspec.Struct, frozen=True):
    """``met``: whether the person passes; for an exclusion, that it does not hold. ``reasons``: what that rests on.

    ``only_for``: the cohort it closes, where it is not met but the person may join another; ``met`` is then unknown.
    """

    criterion: Criterion
    met: Truth
    reasons: tuple[Reason, ...]
    only_for: str = ""


class StudyVerdict(msgspec.Struct, frozen=True):
    study: str
    standing: Standing
    criteria: tuple[CriterionVerdict, ...]

    def of(self, met: Truth) -> tuple[CriterionVerdict, ...]:
        return tuple(one for one in self.criteria if one.met is met)


_STANDING = {Truth.TRUE: Standing.DEFINITE, Truth.UNKNOWN: Standing.POSSIBLE, Truth.FALSE: Standing.EXCLUDED}


def judge(reading: Reading, person: Person, run: Run) -> StudyVerdict:
    return of_study(reading, (judge_criterion(one, person, run) for one in reading.criteria))


def of_study(reading: Reading, verdicts: Iterable[CriterionVerdict]) -> StudyVerdict:
    """The verdict on the study from those on its criteria, each taken by itself."""
    eased = _eased(tuple(verdicts))
    return StudyVerdict(reading.study, _STANDING[every(one.met for one in eased)], eased)


def _eased(verdicts: tuple[CriterionVerdict, ...]) -> tuple[CriterionVerdict, ...]:
    cohorts = by_cohort(one.criterion for one in verdicts)
    unmet = {cohort_of(one.criterion).casefold() for one in verdicts if one.met is Truth.FALSE}
    if not cohorts or (len(cohorts) > 1 and cohorts.keys() <= unmet):
        return verdicts
    return tuple(_closing(one) if one.met is Truth.FALSE else one for one in verdicts)


def _closing(one: CriterionVerdict) -> CriterionVerdict:
    """Not met: where it is for one cohort only, it closes that, and not the study."""
    cohort = cohort_of(one.criterion)
    if not cohort:
        return one
    reasons = tuple(msgspec.structs.replace(reason, only_for=cohort) for reason in one.reasons)
    return CriterionVerdict(one.criterion, Truth.UNKNOWN, reasons, cohort)


def judge_criterion(criterion: Criterion, person: Person, run: Run) -> CriterionVerdict:
    findings = {atom: find(atom, person, run) for atom in atoms(criterion.expr)}
    holds, rests_on = supported(criterion.expr, {atom: finding.truth for atom, finding in findings.items()})
    reasons = tuple(Reason(atom, findings[atom]) for atom in dict.fromkeys(rests_on))
    return CriterionVerdict(criterion, passes(criterion, holds), reasons)


def passes(criterion: Criterion, holds: Truth) -> Truth:
    return holds if criterion.polarity is Polarity.INCLUDE else ~holds


def supported(expr: Expr, leaves: Mapping[Atom, Truth]) -> tuple[Truth, tuple[Atom, ...]]:
    """The truth of a tree and the leaves it rests on: of an "or" that holds, those parts that hold, and so on."""
    truth = truth_of(expr, leaves.__getitem__)
    match expr:
        case Not(of=one):
            return truth, supported(one, leaves)[1]
        case AtMost(of=of):
            return truth, _of_truth(~truth, of, leaves)
        case And(of=of) | Or(of=of) | AtLeast(of=of):
            return truth, _of_truth(truth, of, leaves)
        case Except(base=base, allowed=allowed):
            return truth, _of_truth(truth, (base, Not(of=allowed)), leaves)
        case IfThen(guard=guard, then=then):
            return truth, _of_truth(truth, (Not(of=guard), then), leaves)
        case Constant():
            return truth, ()
        case _:
            return truth, (expr,)


def _of_truth(truth: Truth, parts: tuple[Expr, ...], leaves: Mapping[Atom, Truth]) -> tuple[Atom, ...]:
    judged = [supported(part, leaves) for part in parts]
    return tuple(atom for part, rests_on in judged if part is truth for atom in rests_on)
