"""Daily doses: for each ingredient of the dictionary a measure, so that a limit on a dose can be read and answered."""

import re

from equipoise.eligibility.expression import Domain
from equipoise.eligibility.lexicon.ingredients import INGREDIENTS
from equipoise.eligibility.lexicon.measure import measure
from equipoise.eligibility.lexicon.term import read_table

_NOT_WEIGHED = frozenset(
    {"insulin", "heparin", "enoxaparin", "dalteparin", "tinzaparin", "nadroparin", "prednisone", "prednisolone"}
)
"""Dosed in units of their own, or as a steroid."""


def dose_name(drug: str) -> str:
    """The measure of a drug's daily dose."""
    return re.sub(r"\W+", "_", drug.casefold()).strip("_") + "_dose"


DOSES = tuple(
    measure(
        dose_name(term.name),
        f"{term.name} a day",
        "mg/d",
        "0 100000",
        "",
        f"The daily dose of {term.name}.",
        units="mg/d g/d ug/d",
        ways="mg 1, g 1000, ug 0.001",
    )
    for term in read_table(f"{INGREDIENTS}\nopioid", Domain.DRUG)
    if term.name[:1].isalpha() and term.name not in _NOT_WEIGHED and term.broader[:1] != ("insulin",)
)
"""They have no words of their own: a drug's name beside a dose makes one of them."""
