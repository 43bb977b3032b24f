"""What each finding weighs, the cut-offs and the probability: both columns of the published table.

Lundberg et al., Ann Rheum Dis 2017;76:1955. Scores are whole tenths, so that sums are exact.
"""

from collections.abc import Mapping
from decimal import Context, Decimal
from enum import StrEnum
from functools import lru_cache

import msgspec


class Class(StrEnum):
    """Lowest first."""

    NO = "no"
    POSSIBLE = "possible"
    PROBABLE = "probable"
    DEFINITE = "definite"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {each: rank for rank, each in enumerate(Class)}
_BY_PROBABILITY = (
    (Decimal("0.9"), Class.DEFINITE),
    (Decimal("0.55"), Class.PROBABLE),
    (Decimal("0.5"), Class.POSSIBLE),
)
_EXACT = Context(prec=28)


class Column(msgspec.Struct, frozen=True):
    """One column: ``ages`` for under 18, 18 to under 40, 40 and over; ``middle`` is the score of even odds."""

    biopsy: bool
    ages: tuple[int, int, int]
    weights: Mapping[str, int]
    cut_offs: Mapping[Class, int]
    middle: Decimal

    @property
    def most(self) -> int:
        """The highest score, in tenths."""
        return self.ages[-1] + sum(self.weights.values())

    def class_of(self, tenths: int) -> Class:
        """By the published cut-offs of the score, highest first."""
        return next((each for each, least in self.cut_offs.items() if tenths >= least), Class.NO)

    def class_by_probability(self, tenths: int) -> Class:
        """By the published limits of the probability; differs from the score's at 5.3, 5.5 and 7.5 without biopsy."""
        exact = probability(self.middle, tenths)
        return next((each for least, each in _BY_PROBABILITY if exact >= least), Class.NO)

    def probability(self, tenths: int) -> Decimal:
        """To four decimals."""
        return probability(self.middle, tenths).quantize(Decimal("0.0001"), context=_EXACT)


@lru_cache(maxsize=1024)
def probability(middle: Decimal, tenths: int) -> Decimal:
    """1 / (1 + exp(middle - score))."""
    return _EXACT.divide(Decimal(1), 1 + _EXACT.exp(middle - Decimal(tenths) / 10))


WITHOUT = Column(
    biopsy=False,
    ages=(0, 13, 21),
    weights={
        "weakness_upper": 7,
        "weakness_lower": 8,
        "neck_flexors": 19,
        "legs_proximal": 9,
        "heliotrope": 31,
        "gottron_papules": 21,
        "gottron_sign": 33,
        "dysphagia": 7,
        "anti_jo1": 39,
        "enzymes_elevated": 13,
    },
    cut_offs={Class.DEFINITE: 75, Class.PROBABLE: 55, Class.POSSIBLE: 53},
    middle=Decimal("5.33"),
)
WITH = Column(
    biopsy=True,
    ages=(0, 15, 22),
    weights={
        "weakness_upper": 7,
        "weakness_lower": 5,
        "neck_flexors": 16,
        "legs_proximal": 12,
        "heliotrope": 32,
        "gottron_papules": 27,
        "gottron_sign": 37,
        "dysphagia": 6,
        "anti_jo1": 38,
        "enzymes_elevated": 14,
        "endomysial": 17,
        "perimysial": 12,
        "perifascicular": 19,
        "rimmed_vacuoles": 31,
    },
    cut_offs={Class.DEFINITE: 87, Class.PROBABLE: 67, Class.POSSIBLE: 65},
    middle=Decimal("6.49"),
)
FROM_BIOPSY = ("endomysial", "perimysial", "perifascicular", "rimmed_vacuoles")


def columns(biopsy: bool | None) -> tuple[Column, ...]:
    """The columns that may apply."""
    return (WITHOUT, WITH) if biopsy is None else (WITH,) if biopsy else (WITHOUT,)


def age_group(age: Decimal | int) -> int:
    """0 under 18, 1 from 18 to under 40, 2 from 40, in years."""
    return (age >= 18) + (age >= 40)
