"""The subgroup tree, for who is classified as probable or definite. Asked of unknown findings it keeps every leaf open.

Each item stands in the tree once, so three-valued logic rules out exactly the leaves that cannot be reached.
"""

from decimal import Decimal
from enum import StrEnum
from functools import reduce
from operator import or_

from equipoise.instruments.classification.bounds import Findings
from equipoise.kernel.truth import Truth


class Subgroup(StrEnum):
    """``PM`` holds immune-mediated necrotising myopathy, which these criteria cannot tell apart."""

    JDM = "JDM"
    JM = "JM"
    DM = "DM"
    ADM = "ADM"
    IBM = "IBM"
    PM = "PM"


class Weakness(StrEnum):
    """What counts as weakness between DM and ADM; the source does not say which."""

    ANY = "any"
    LIMBS = "limbs"


SKIN = ("heliotrope", "gottron_papules", "gottron_sign")
LIMBS = ("weakness_upper", "weakness_lower")
OTHER_WEAKNESS = ("neck_flexors", "legs_proximal")
WEAK = {Weakness.ANY: (*LIMBS, *OTHER_WEAKNESS), Weakness.LIMBS: LIMBS}


def possible_subgroups(findings: Findings, weakness: Weakness) -> tuple[Subgroup, ...]:
    """The leaves not ruled out."""
    adult, skin = is_adult(findings), any_of(findings, SKIN)
    weak, inclusion = any_of(findings, WEAK[weakness]), _inclusion_body(findings)
    leaves = {
        Subgroup.JDM: ~adult & skin,
        Subgroup.JM: ~adult & ~skin,
        Subgroup.DM: adult & skin & weak,
        Subgroup.ADM: adult & skin & ~weak,
        Subgroup.IBM: adult & ~skin & inclusion,
        Subgroup.PM: adult & ~skin & ~inclusion,
    }
    return tuple(leaf for leaf, truth in leaves.items() if truth is not Truth.FALSE)


def is_adult(findings: Findings) -> Truth:
    age = findings.get("age_at_onset")
    return Truth.of(None if age is None else age >= Decimal(18))


def any_of(findings: Findings, names: tuple[str, ...]) -> Truth:
    return reduce(or_, (_truth(findings, name) for name in names))


def _inclusion_body(findings: Findings) -> Truth:
    """Weak finger flexors without response to treatment, or rimmed vacuoles, which only a biopsy shows."""
    vacuoles = _truth(findings, "biopsy") & _truth(findings, "rimmed_vacuoles")
    return (_truth(findings, "finger_flexors") & ~_truth(findings, "treatment_response")) | vacuoles


def _truth(findings: Findings, name: str) -> Truth:
    value = findings.get(name)
    assert not isinstance(value, Decimal)
    return Truth.of(value)
