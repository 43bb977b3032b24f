"""What is measured: the measures criteria name, their units, and the ways they are written."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from equipoise.eligibility.lexicon.blood import BLOOD
from equipoise.eligibility.lexicon.body import BODY
from equipoise.eligibility.lexicon.chemistry import CHEMISTRY
from equipoise.eligibility.lexicon.doses import DOSES
from equipoise.eligibility.lexicon.measure import Measure
from equipoise.eligibility.lexicon.others import OTHERS
from equipoise.eligibility.lexicon.phrases import Phrases
from equipoise.eligibility.lexicon.scores import SCORES
from equipoise.kernel.units import convert

__all__ = [
    "MEASURES",
    "SLIPS",
    "Measure",
    "by_loinc",
    "by_omop",
    "canonical",
    "find_measures",
    "meant_unit",
    "measure_for",
    "plausible",
    "repair",
]

_SPOKEN = (*BLOOD, *CHEMISTRY, *BODY, *SCORES, *OTHERS)
MEASURES: Mapping[str, Measure] = MappingProxyType({one.name: one for one in (*DOSES, *_SPOKEN)})

_LOINC = {code: one for one in MEASURES.values() for code in one.loinc}
_OMOP = {concept: one for one in MEASURES.values() for concept in one.omop}
_WORDS = Phrases(
    ((word, one) for one in _SPOKEN for word in (one.label, *one.words)),
    ((word, one) for one in _SPOKEN for word in one.capitals),
)

SLIPS: Mapping[str, str] = MappingProxyType(
    {"/mm": "/uL", "/um": "/uL", "/mm2": "/uL", "/m3": "/uL", "/m2": "/uL", "mmol/L": "umol/L"}
)
"""Units that are often written for another: a power or a letter was lost."""


def by_loinc(code: str) -> Measure | None:
    return _LOINC.get(code)


def by_omop(concept: int) -> Measure | None:
    """The measure of an OMOP standard concept id."""
    return _OMOP.get(concept)


def measure_for(words: str) -> Measure | None:
    """The measure that these words as a whole name."""
    return _WORDS.whole(words)


def find_measures(text: str) -> tuple[tuple[int, int, Measure], ...]:
    """Measures named in the text, longest phrase first: start, end, measure."""
    return tuple(_WORDS.find(text))


def canonical(measure: str, value: Decimal, unit: str | None) -> Decimal | None:
    """The value in the measure's own unit; ``None`` where the measure is not known or the unit does not convert.

    Without a unit the one is taken that a number of this size is written in.
    """
    one = MEASURES.get(measure)
    if one is None:
        return None
    unit = unit or meant_unit(measure, value)
    for way, factor, offset in one.ways:
        if unit == way:
            return value * factor + offset
    return convert(value, unit, one.unit, one.molar_mass) if unit else None


def meant_unit(measure: str, value: Decimal) -> str | None:
    """The unit meant where none is written: 100,000 platelets are counted in a microlitre, 100 in 10*9/L."""
    one = MEASURES.get(measure)
    if one is None:
        return None
    for unit, limit in one.usual:
        if limit is None or abs(value) <= limit:
            return unit
    return next((unit for unit in one.units if plausible(measure, value, unit)), one.unit)


def plausible(measure: str, value: Decimal, unit: str | None) -> bool:
    """Whether a body can have this value; wide limits. A count of none is possible."""
    one, amount = MEASURES.get(measure), canonical(measure, value, unit)
    if one is None or amount is None:
        return False
    return one.low <= amount <= one.high or (amount == 0 and one.low < 1)


def repair(measure: str, value: Decimal, unit: str | None) -> tuple[Decimal, str] | None:
    """The value and unit that were meant where those written cannot be: ``None`` if they can, or if none fits.

    Tried in turn: a decimal point that parts thousands (50.000/mm3), then the units the measure is written in.
    """
    one = MEASURES.get(measure)
    if one is None or plausible(measure, value, unit):
        return None
    if value.as_tuple().exponent == -3 and plausible(measure, value * 1000, unit):
        return (value * 1000).to_integral_value(), unit or meant_unit(measure, value * 1000) or one.unit
    fits = [other for other in one.units if other != unit and plausible(measure, value, other)]
    slip = SLIPS.get(unit or "")
    return (value, slip if slip in fits else fits[0]) if fits else None
