"""MMT-8: the total of eight muscle groups, each graded 0 to 10, on one side or on both."""

from decimal import Decimal
from enum import StrEnum
from typing import cast

import msgspec

from equipoise.instruments.answers import Answers
from equipoise.instruments.coreset.measures import RIGHTS
from equipoise.instruments.instrument import Certainty, Fact, Instrument, Item
from equipoise.instruments.kinds import Choice, Number, Sides
from equipoise.kernel.refused import Refused

AXIAL = "neck_flexors"
GROUPS = {
    AXIAL: ("Neck flexors", "Lift the head when lying on the back. One grade: it has no sides."),
    "deltoid": ("Deltoid, middle part", "Raise the arm to the side."),
    "biceps": ("Biceps", "Bend the elbow."),
    "gluteus_maximus": ("Gluteus maximus", "Push the thigh back."),
    "gluteus_medius": ("Gluteus medius", "Lift the thigh to the side."),
    "quadriceps": ("Quadriceps", "Straighten the knee."),
    "wrist_extensors": ("Wrist extensors", "Lift the back of the hand."),
    "ankle_dorsiflexors": ("Ankle dorsiflexors", "Lift the front of the foot."),
}
_BEST = 10


class Tested(StrEnum):
    ONE = "one"
    BOTH = "both"


class Strength(msgspec.Struct, frozen=True, kw_only=True):
    """``mmt``: None where a grade is missing; the bounds say what it could be. ``mmt_max``: 80 or 150."""

    instrument: str
    mmt: int | None
    mmt_low: int
    mmt_high: int
    mmt_max: int
    missing: tuple[str, ...]
    options: dict[str, str]


def score(answers: Answers) -> Strength:
    tested = Tested(str(answers.options["sides"]))
    grades = {name: _grades(answers, name, tested) for name in GROUPS}
    every = [grade for sides in grades.values() for grade in sides]
    low = int(sum(grade for grade in every if grade is not None))
    high = low + _BEST * every.count(None)
    return Strength(
        instrument="mmt-8",
        mmt=low if low == high else None,
        mmt_low=low,
        mmt_high=high,
        mmt_max=_BEST * len(every),
        missing=tuple(name for name, sides in grades.items() if None in sides),
        options={"sides": tested.value},
    )


def _grades(answers: Answers, name: str, tested: Tested) -> tuple[Decimal | None, ...]:
    """One grade, or right and left."""
    sides = 2 if tested is Tested.BOTH and name != AXIAL else 1
    given = cast("tuple[Decimal | None, ...] | None", answers.values[name]) or (None,) * sides
    if len(given) != sides:
        wanted = "[right, left]" if sides == 2 else "one grade"
        raise Refused(f"must be {wanted} where {tested} side{'s are' if sides == 2 else ' is'} tested.", what=name)
    return given


MMT_8 = Instrument(
    id="mmt-8",
    title="MMT-8, manual muscle test of eight groups",
    plain="How strong eight groups of muscles are, as one total.",
    gives="the total and the highest that can be reached, 80 or 150",
    items=tuple(
        Item(
            name=name,
            label=label,
            kind=Sides(Number(Decimal(0), Decimal(_BEST), whole=True)),
            help=told,
            group="Muscles",
        )
        for name, (label, told) in GROUPS.items()
    ),
    options=(
        Item(
            name="sides",
            label="Sides tested",
            kind=Choice(tuple(Tested), ("one side, usually the right: 0 to 80", "both sides: 0 to 150")),
            default=Tested.ONE,
        ),
    ),
    sources=("Rider LG, Koziol D, Giannini EH, et al. Arthritis Care Res 2010;62:465–472.", "IMACS Form 04."),
    facts=(
        Fact("The eight groups; 0 to 80 on one side", Certainty.CERTAIN),
        Fact("0 to 150 on both sides: seven pairs and the neck", Certainty.ONE_SOURCE),
    ),
    rights="The printed form is listed as © Wiley; how to test and grade a muscle is not described here. " + RIGHTS,
    score=score,
)
