"""Events without dates, denied, and of a concept nobody bound."""

import datetime
from decimal import Decimal

import pytest

from equipoise.eligibility.evaluate import evaluate
from equipoise.eligibility.expression import Code, Concept, Domain, Duration, Exists, Pattern, Period, Unit, Window
from equipoise.eligibility.person import Absence, Event, Person, Run
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.truth import Truth

RUN = Run(at=datetime.date(2026, 6, 1))
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
NOW = Window(start=Period(Decimal(0), Unit.DAY), end=Period(Decimal(0), Unit.DAY))
PAST_YEAR = Window(start=Period(Decimal(-1), Unit.YEAR), end=Period(Decimal(0), Unit.DAY))


def gout(window: Window | None = None, **more: object) -> Exists:
    return Exists(pattern=Pattern(Domain.CONDITION, Concept("gout")), window=window, **more)  # type: ignore[arg-type]


def holding(**event: object) -> Person:
    return Person(events=(Event(Domain.CONDITION, words=("Gout",), **event),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("atom", "person", "truth"),
    [
        (gout(), holding(), T),
        (gout(PAST_YEAR), holding(), U),
        (gout(NOW, touch="overlaps"), holding(), U),
        (gout(NOW, touch="overlaps"), holding(ended=False), T),
        (gout(PAST_YEAR, touch="overlaps"), holding(ended=False), T),
        (gout(NOW, touch="overlaps"), holding(ended=True), U),  # over: and nothing says that there is no other
        (gout(PAST_YEAR, touch="overlaps"), holding(ended=True), U),
        (gout(), holding(refuted=True), F),
    ],
)
def test_what_a_record_says_without_dates(atom: Exists, person: Person, truth: Truth) -> None:
    assert evaluate(atom, person, RUN) is truth


def test_a_denial_denies_only_what_it_names() -> None:
    other = Exists(pattern=Pattern(Domain.CONDITION, Concept("asthma")))
    coded = Exists(pattern=Pattern(Domain.CONDITION, Concept("asthma", codes=(Code("SNOMED", "195967001"),))))
    assert [evaluate(one, holding(refuted=True), RUN) for one in (other, coded)] == [U, U]


def test_an_unbound_concept_is_unknown_even_where_absence_means_none() -> None:
    for absence in (Absence.COVERAGE, Absence.CLOSED):
        assert evaluate(gout(), Person(), Run(at=RUN.at, otherwise=absence)) is U


def test_a_duration_in_half_lives_is_not_known() -> None:
    lasting = Duration(pattern=gout().pattern, at_least=Period(Decimal(5), Unit.HALF_LIFE))
    assert evaluate(lasting, holding(start=PartialDate(2000), ended=False), RUN) is U
