"""The six IMACS core set measures at one visit: what is there, what is missing, and the most abnormal enzyme."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import cast

import msgspec

from equipoise.instruments.answers import Answers
from equipoise.instruments.coreset.measures import (
    ENZYMES,
    EXTRAMUSCULAR,
    HAQ,
    MMT,
    MMT_MAX,
    MULTIPLE,
    PHGA,
    PTGA,
    RIGHTS,
    read_mmt_max,
)
from equipoise.instruments.instrument import Certainty, Fact, Instrument, Item
from equipoise.instruments.kinds import Multiples, Number

_MEASURES = ("phga", "ptga", "mmt", "haq", "extramuscular")


class WorstEnzyme(msgspec.Struct, frozen=True):
    """The most abnormal enzyme, as a multiple of its upper limit of normal to four decimals."""

    name: str
    times_uln: Decimal


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """``measures`` as given; ``mmt_percent`` of the highest total of its version, to one decimal."""

    instrument: str
    measures: dict[str, Decimal | None]
    mmt_max: int | None
    mmt_percent: Decimal | None
    enzyme: WorstEnzyme | None
    missing: tuple[str, ...]
    warnings: tuple[str, ...]


def score(answers: Answers) -> Visit:
    measures = {name: answers.number(name) for name in _MEASURES}
    most = read_mmt_max(cast("int | None", answers.values["mmt_max"]), [measures["mmt"]])
    enzymes = cast("Mapping[str, Fraction]", answers.values["enzymes"] or {})
    worst = worst_enzyme(enzymes)
    missing = [name for name, value in measures.items() if value is None]
    return Visit(
        instrument="imacs-core-set",
        measures=measures,
        mmt_max=most,
        mmt_percent=_percent(measures["mmt"], most),
        enzyme=worst,
        missing=(*missing, *(() if worst else ("enzymes",))),
        warnings=_warnings(enzymes),
    )


def worst_enzyme(enzymes: Mapping[str, Fraction]) -> WorstEnzyme | None:
    """The highest multiple; of equals the first in the order CK, ALD, ALT, AST, LDH."""
    known = [name for name in ENZYMES if name in enzymes]
    if not known:
        return None
    worst = max(known, key=lambda name: enzymes[name])
    multiple = enzymes[worst]
    exact = Decimal(multiple.numerator) / Decimal(multiple.denominator)
    return WorstEnzyme(worst, exact.quantize(Decimal("0.0001")))


def _percent(mmt: Decimal | None, most: int | None) -> Decimal | None:
    return None if mmt is None or most is None else (100 * mmt / most).quantize(Decimal("0.1"))


def _warnings(enzymes: Mapping[str, Fraction]) -> tuple[str, ...]:
    absent = [name for name in ENZYMES if name not in enzymes]
    if not enzymes or not absent:
        return ()
    return (f"The most abnormal of the enzymes given. Not given: {', '.join(absent)}.",)


_ENZYMES = Item(
    name="enzymes",
    label="Muscle enzymes",
    kind=Multiples(tuple(ENZYMES), MULTIPLE, Number(Decimal(0), Decimal(10**9))),
    help="As multiples of the laboratory’s upper limit of normal (ULN): the value divided by that limit.",
)
CORE_SET = Instrument(
    id="imacs-core-set",
    title="IMACS core set measures",
    plain="The six measures that describe how active myositis is at one visit.",
    gives="the six measures side by side, what is missing, and the most abnormal muscle enzyme",
    items=(PHGA, PTGA, MMT, MMT_MAX, HAQ, _ENZYMES, EXTRAMUSCULAR),
    sources=(
        "Miller FW, Rider LG, Chung YL, et al. Rheumatology 2001;40:1262–1273.",
        "Rider LG, Werth VP, Huber AM, et al. Arthritis Care Res 2011;63(S11):S118–S157.",
    ),
    facts=(
        Fact("The six measures and the ranges of their scales", Certainty.CERTAIN),
        Fact("The five enzymes", Certainty.CERTAIN),
        Fact("0 to 150 for the test of 8 groups on both sides", Certainty.ONE_SOURCE),
    ),
    rights=RIGHTS,
    score=score,
)
