"""The classification: class by the published score cut-offs, probability beside it, subgroup, and what to beware of."""

from decimal import Decimal
from typing import cast

import msgspec

from equipoise.instruments.answers import Answers
from equipoise.instruments.classification.bounds import Findings, Reach, class_range, reaches_of
from equipoise.instruments.classification.cautions import notes_on, warnings_on
from equipoise.instruments.classification.subgroup import Subgroup, Weakness, possible_subgroups
from equipoise.instruments.classification.weights import FROM_BIOPSY, WITHOUT, Class


class InColumn(msgspec.Struct, frozen=True, kw_only=True):
    """What one column of points gives: with a biopsy or without."""

    biopsy: bool
    score_low: str
    score_high: str
    at_least: Class
    at_most: Class


class Classification(msgspec.Struct, frozen=True, kw_only=True):
    """What is not settled by the findings known is None, and its bounds say what it could be.

    Scores have one decimal, probabilities four. ``subgroups``: those the tree still allows, if the person is classified
    at all; ``subgroup`` the one that is sure. ``columns``: those that may apply.
    ``unknown``: items that could still change something.
    """

    instrument: str
    score: str | None
    score_low: str
    score_high: str
    probability: Decimal | None
    probability_low: Decimal
    probability_high: Decimal
    class_: Class | None = msgspec.field(name="class")
    at_least: Class
    at_most: Class
    subgroup: Subgroup | None
    subgroups: tuple[Subgroup, ...]
    columns: tuple[InColumn, ...]
    unknown: tuple[str, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    options: dict[str, str]


def score(answers: Answers) -> Classification:
    findings = cast(Findings, answers.values)
    return classify(findings, weakness=Weakness(str(answers.options["weakness"])))


def classify(findings: Findings, *, weakness: Weakness = Weakness.ANY) -> Classification:
    """Classify by findings that are well formed: true, false or None; the age in years."""
    reaches = reaches_of(findings)
    at_least, at_most = class_range(reaches)
    low, high = min(reach.low for reach in reaches), max(reach.high for reach in reaches)
    subgroups = possible_subgroups(findings, weakness) if at_most.rank >= Class.PROBABLE.rank else ()
    subgroup = subgroups[0] if len(subgroups) == 1 and at_least.rank >= Class.PROBABLE.rank else None
    chances = [reach.column.probability(end) for reach in reaches for end in (reach.low, reach.high)]
    return Classification(
        instrument="eular-acr-2017",
        score=_written(low) if low == high else None,
        score_low=_written(low),
        score_high=_written(high),
        probability=chances[0] if len(reaches) == 1 and low == high else None,
        probability_low=min(chances),
        probability_high=max(chances),
        class_=at_least if at_least is at_most else None,
        at_least=at_least,
        at_most=at_most,
        subgroup=subgroup,
        subgroups=subgroups,
        columns=tuple(map(_in_column, reaches)),
        unknown=_unknown(findings, subgroups),
        warnings=warnings_on(findings, reaches, subgroups, weakness),
        notes=notes_on(findings, subgroups),
        options={"weakness": weakness.value},
    )


def _written(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def _in_column(reach: Reach) -> InColumn:
    at_least, at_most = class_range((reach,))
    low, high = _written(reach.low), _written(reach.high)
    return InColumn(biopsy=reach.column.biopsy, score_low=low, score_high=high, at_least=at_least, at_most=at_most)


def _unknown(findings: Findings, subgroups: tuple[Subgroup, ...]) -> tuple[str, ...]:
    """In the order of the items; those of the biopsy only where there may have been one."""
    names = ["age_at_onset", *WITHOUT.weights, "biopsy"]
    if findings.get("biopsy") is not False:
        names += FROM_BIOPSY
    if {Subgroup.IBM, Subgroup.PM} <= set(subgroups):
        names += ["finger_flexors", "treatment_response"]
    return tuple(name for name in names if findings.get(name) is None)
