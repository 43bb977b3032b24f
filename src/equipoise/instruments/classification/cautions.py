"""What to beware of in a classification. A warning says that another reading gives another answer; a note does not."""

from collections.abc import Iterator

from equipoise.instruments.classification.bounds import Findings, Reach, class_range
from equipoise.instruments.classification.subgroup import (
    LIMBS,
    OTHER_WEAKNESS,
    SKIN,
    Subgroup,
    Weakness,
    any_of,
    is_adult,
)
from equipoise.instruments.classification.weights import FROM_BIOPSY, Class, Column
from equipoise.kernel.truth import Truth


def warnings_on(
    findings: Findings, reaches: tuple[Reach, ...], subgroups: tuple[Subgroup, ...], weakness: Weakness
) -> tuple[str, ...]:
    found = (_boundary(reaches), _weakness(findings, subgroups, weakness), _biopsy(findings))
    return tuple(warning for warning in found if warning)


def _boundary(reaches: tuple[Reach, ...]) -> str:
    """The rounded cut-offs and the formula disagree at three scores."""
    by_score, by_formula = class_range(reaches), class_range(reaches, Column.class_by_probability)
    if by_score == by_formula:
        return ""
    ends = sorted({end for reach in reaches for end in (reach.low, reach.high) if _differs(reach.column, end)})
    scores = " and ".join(f"{end / 10:.1f}" for end in ends)
    return (
        f"Scoring boundary: at a score of {scores} without biopsy the published cut-off says {_range(by_score)}, "
        f"but the published probability formula says {_range(by_formula)}. The class given here follows the cut-off."
    )


def _differs(column: Column, tenths: int) -> bool:
    return column.class_of(tenths) is not column.class_by_probability(tenths)


def _range(classes: tuple[Class, Class]) -> str:
    return classes[0] if classes[0] is classes[1] else f"{classes[0]} to {classes[1]}"


def _weakness(findings: Findings, subgroups: tuple[Subgroup, ...], weakness: Weakness) -> str:
    if not {Subgroup.DM, Subgroup.ADM} & set(subgroups):
        return ""
    if any_of(findings, LIMBS) is not Truth.FALSE or any_of(findings, OTHER_WEAKNESS) is not Truth.TRUE:
        return ""
    read = {Weakness.ANY: "any of the four weakness items (DM)", Weakness.LIMBS: "the two limb items (ADM)"}[weakness]
    return (
        "Weakness is present only in the neck or as a difference within the legs. Between dermatomyositis (DM) and "
        f"amyopathic dermatomyositis (ADM) the criteria do not say whether that counts; here weakness means {read}."
    )


def _biopsy(findings: Findings) -> str:
    given = any_of(findings, FROM_BIOPSY) is Truth.TRUE
    if not given or findings.get("biopsy") is True:
        return ""
    if findings.get("biopsy") is None:
        return "A biopsy finding is given, but not that a biopsy was done: both columns are kept open."
    return "A biopsy finding is given, but no biopsy was done: it is not counted."


def notes_on(findings: Findings, subgroups: tuple[Subgroup, ...]) -> tuple[str, ...]:
    return tuple(_notes(findings, subgroups))


def _notes(findings: Findings, subgroups: tuple[Subgroup, ...]) -> Iterator[str]:
    if Subgroup.PM in subgroups:
        yield "Polymyositis (PM) here includes immune-mediated necrotising myopathy: these criteria cannot tell."
    if subgroups and findings.get("biopsy") is False and any_of(findings, SKIN) is Truth.FALSE:
        yield "Without any skin sign a muscle biopsy should be available before anyone is classified."
    if subgroups and is_adult(findings) is Truth.UNKNOWN:
        yield "Under 18 at the first symptom, a person belongs to the juvenile subgroups."
