"""What English makes of an atom, the reader makes an atom again: every measure in its units, terms with a window."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from equipoise.eligibility.english import english
from equipoise.eligibility.expression import Concept, Domain, Exists, Expr, Pattern, Period, Range, Unit, Value, Window
from equipoise.eligibility.measures import MEASURES, Measure, plausible
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.terms import TERMS
from equipoise.eligibility.tree import bare

UNREAD = {
    *("transaminases", "fasting_glucose", "igf_1", "ca_125", "fractional_exhaled_no", "pvr", "fev1_litres"),
    *("fvc_litres", "timed_25_foot_walk", "visual_acuity_letters", "visual_acuity_snellen", "pack_years", "pain_nrs"),
    *("itch_nrs", "exacerbations"),
    *(name for name in MEASURES if name.endswith("_dose")),
}
"""Their labels hold numbers, commas or two measures, or their unit is a word."""
WINDOW = Window(start=Period(Decimal(-6), Unit.MONTH), end=Period(Decimal(0), Unit.DAY))


def read(words: str) -> list[Expr]:
    return [bare(one.expr) for one in read_reading(f"Inclusion Criteria:\n\n* {words}\n").criteria]


def values(measure: Measure) -> Iterator[Value]:
    middle = (measure.low + measure.high) / 2
    value = Decimal(int(middle)) if middle > 2 else round(Decimal(middle), 1)
    for unit in measure.units:
        if plausible(measure.name, value, unit):
            yield Value(measure=measure.name, range=Range(low=value), unit=unit)


@pytest.mark.parametrize("name", sorted(set(MEASURES) - UNREAD))
def test_measures(name: str) -> None:
    for value in values(MEASURES[name]):
        assert read(english(value)) == [value], english(value)


def test_those_not_read_lose_no_words() -> None:
    """Each is read as something, and none as another value of the same measure with nothing left open."""
    for name in UNREAD:
        assert all(read(english(value)) for value in values(MEASURES[name]))


def test_terms() -> None:
    """Of the dictionary, each seventh; without those that are asked, not looked up, and those that name a group."""
    failed = []
    for name, term in sorted(TERMS.items())[::7]:
        touch = "overlaps" if term.domain is Domain.DRUG else "starts"
        atom = Exists(pattern=Pattern(term.domain, Concept(name)), window=WINDOW, touch=touch)  # type: ignore[arg-type]
        if read(english(atom)) != [atom]:
            failed.append(name)
    apart = ("contracept", "birth control", "steril", "barrier", "male ", "pregnancy", "breastfeeding", " and ")
    assert [name for name in failed if not any(word in name for word in apart)] == []
