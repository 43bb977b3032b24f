"""HAQ-DI from the worst answer in each of its eight categories. The questions themselves are not here."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias, cast

import msgspec

from equipoise.instruments.answers import Answers
from equipoise.instruments.coreset.measures import RIGHTS
from equipoise.instruments.instrument import Certainty, Fact, Instrument, Item
from equipoise.instruments.kinds import Choice, Several

CATEGORIES = {
    "dressing": "Dressing and grooming",
    "arising": "Getting up",
    "eating": "Eating",
    "walking": "Walking",
    "hygiene": "Washing",
    "reach": "Reaching",
    "grip": "Gripping",
    "activities": "Errands and chores",
}
_GRADES = ("0: without difficulty", "1: with some difficulty", "2: with much difficulty", "3: unable")
_LIFTED, _WORST = 2, 3

Grades: TypeAlias = Mapping[str, int | None]


class Aids(StrEnum):
    """``standard``: an aid or help lifts a category to 2. ``alternative``: they do not count."""

    STANDARD = "standard"
    ALTERNATIVE = "alternative"


class Missing(StrEnum):
    """How many of the eight categories must be answered for the mean of those answered to be given."""

    SIX = "six"
    ALL = "all"

    @property
    def least(self) -> int:
        return len(CATEGORIES) if self is Missing.ALL else 6


class Haq(msgspec.Struct, frozen=True, kw_only=True):
    """``haq``: the mean of the answered categories, to three decimals; None where too few are answered, or where it is
    not known whether aids were used and that matters. The bounds then say what it could be.
    """

    instrument: str
    haq: Decimal | None
    haq_low: Decimal
    haq_high: Decimal
    categories: dict[str, int | None]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    options: dict[str, str]


def score(answers: Answers) -> Haq:
    grades = {name: cast("int | None", answers.values[name]) for name in CATEGORIES}
    aided = cast("tuple[str, ...] | None", answers.values["aids"])
    return index(grades, aided, Aids(str(answers.options["aids"])), Missing(str(answers.options["missing"])))


def index(grades: Grades, aided: Collection[str] | None, aids: Aids, rule: Missing) -> Haq:
    """``aided``: categories in which an aid or another person helps; None where that is not known."""
    low = _lifted(grades, () if aided is None else aided, aids)
    high = _lifted(grades, CATEGORIES if aided is None else aided, aids)
    missing = tuple(name for name, grade in grades.items() if grade is None)
    enough = len(CATEGORIES) - len(missing) >= rule.least
    least, most = _mean(low, None if enough else 0), _mean(high, None if enough else _WORST)
    return Haq(
        instrument="haq-di",
        haq=least if enough and least == most else None,
        haq_low=least,
        haq_high=most,
        categories={name: grade if grade == high[name] else None for name, grade in low.items()},
        missing=missing,
        warnings=_warnings(missing, rule, enough=enough),
        options={"aids": aids.value, "missing": rule.value},
    )


def _lifted(grades: Grades, aided: Collection[str], aids: Aids) -> dict[str, int | None]:
    lifts = aided if aids is Aids.STANDARD else ()
    return {
        name: max(grade, _LIFTED) if grade is not None and name in lifts else grade for name, grade in grades.items()
    }


def _mean(grades: Grades, unanswered: int | None) -> Decimal:
    """Of the categories answered; with those unanswered put as ``unanswered`` where that is given."""
    told = [unanswered if grade is None else grade for grade in grades.values()]
    known = [grade for grade in told if grade is not None]
    return (Decimal(sum(known)) / len(known)).quantize(Decimal("0.001"))


def _warnings(missing: tuple[str, ...], rule: Missing, *, enough: bool) -> tuple[str, ...]:
    if not missing:
        return ()
    answered = len(CATEGORIES) - len(missing)
    if enough:
        return (
            f"The mean of {answered} of {len(CATEGORIES)} categories; that {rule.least} are enough is not verified.",
        )
    return (f"{answered} of {len(CATEGORIES)} categories are answered; at least {rule.least} are needed.",)


HAQ_DI = Instrument(
    id="haq-di",
    title="HAQ-DI, disability index",
    plain="How much difficulty a person has in eight areas of daily life, as one number from 0 to 3.",
    gives="the index, or the range it must lie in",
    items=(
        *(
            Item(
                name=name,
                label=label,
                kind=Choice((0, 1, 2, 3), _GRADES),
                group="The worst answer in each area",
            )
            for name, label in CATEGORIES.items()
        ),
        Item(
            name="aids",
            label="Where an aid or another person is needed",
            kind=Several(Choice(tuple(CATEGORIES), tuple(CATEGORIES.values()))),
            help="Such as a cane, a special chair, or help with dressing.",
            group="Aids and help",
        ),
    ),
    options=(
        Item(
            name="aids",
            label="Aids and help",
            kind=Choice(tuple(Aids), ("lift an area to 2 (standard)", "do not count (alternative)")),
            default=Aids.STANDARD,
        ),
        Item(
            name="missing",
            label="Areas that must be answered",
            kind=Choice(tuple(Missing), ("at least six of eight", "all eight")),
            default=Missing.SIX,
        ),
    ),
    sources=(
        "Fries JF, Spitz P, Kraines RG, Holman HR. Arthritis Rheum 1980;23:137–145.",
        "Bruce B, Fries JF. Health Qual Life Outcomes 2003;1:20.",
    ),
    facts=(
        Fact("Worst answer of each category, aids lift to 2, mean", Certainty.CERTAIN),
        Fact("At least six of eight categories", Certainty.MEMORY, "Another page divides by seven if one is missing."),
    ),
    rights="© Stanford University for the questionnaire, free to use by permission; its questions are not here. "
    + RIGHTS,
    score=score,
)
