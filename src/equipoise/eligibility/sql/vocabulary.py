"""What OMOP concept ids stand for: measures and units, from the bundled tables or from the user's own vocabulary."""

from collections.abc import Mapping
from functools import cache

import msgspec

from equipoise.eligibility.expression import Concept
from equipoise.eligibility.measures import MEASURES
from equipoise.kernel.refused import Refused
from equipoise.kernel.units import OMOP_UNITS

OMOP = "OMOP"
"""The vocabulary whose codes are concept ids."""
UNDER = "OMOP+"
"""A code here is a concept id that stands for itself and all concepts under it."""
NO_UNIT = 0
"""OMOP's concept for none, and what a row without one is taken to have."""


class Vocabulary(msgspec.Struct, frozen=True):
    """``measures``: concept ids by the name of the measure. ``units``: UCUM unit by concept id."""

    measures: Mapping[str, frozenset[int]]
    units: Mapping[int, str]

    def unit_of(self, measure: str, concept: int) -> str:
        """The unit a row of the measure came in. Without one a number stands as it is where the measure needs none."""
        own = MEASURES[measure].unit if measure in MEASURES else ""
        if concept == NO_UNIT and (own == "1" or own.startswith("{")):
            return own
        return self.units.get(concept, f"unit of concept {concept}")


@cache
def bundled() -> Vocabulary:
    measures = {name: frozenset(measure.omop) for name, measure in MEASURES.items() if measure.omop}
    return Vocabulary(measures, {number: unit for unit, number in OMOP_UNITS.items()})


class Ids(msgspec.Struct, frozen=True):
    """OMOP concept ids that a concept surely means, and those it may mean."""

    sure: frozenset[int]
    may: frozenset[int]


def concept_ids(concept: Concept) -> Ids:
    """Those it is bound to, less those of what it leaves out: of what no code is known for, any may be."""
    own = frozenset(_number(code.code) for code in concept.codes if code.system == OMOP)
    parts = [concept_ids(one) for one in concept.without]
    may = own.difference(*(part.sure for part in parts))
    if not all(one.codes for one in concept.without):
        return Ids(frozenset(), may)
    return Ids(own.difference(*(part.may for part in parts)), may)


def _number(code: str) -> int:
    if not code.isdecimal():
        raise Refused("is not an OMOP concept id.", what=repr(code), do="Write the number, such as 201826.")
    return int(code)
