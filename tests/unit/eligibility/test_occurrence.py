"""Events without dates, denied, and of a concept nobody bound."""

import datetime
from decimal import Decimal

import pytest

from equipoise.eligibility.evaluate import evaluate
from equipoise.eligibility.expression import (
    Code,
    Concept,
    Domain,
    Duration,
    Exists,
    Pattern,
    Period,
    Range,
    Related,
    Unit,
    Window,
)
from equipoise.eligibility.finding import Because
from equipoise.eligibility.leaf import find
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


SKIN = (Code("ICD10CM", "C43"), Code("ICD10CM", "C44"))
CANCER = Concept("cancer", codes=(Code("ICD10CM", "C"),), without=(Concept("basal cell carcinoma"),))


@pytest.mark.parametrize(
    ("event", "truth"),
    [
        (Event(Domain.CONDITION, codes=(Code("ICD10CM", "C50.9"),)), U),  # who knows what else it is called
        (Event(Domain.CONDITION, ("Basal cell carcinoma",), (SKIN[1],)), U),  # left out; there may be another
        (Event(Domain.CONDITION, codes=(Code("ICD10CM", "J45"),)), U),
    ],
)
def test_what_is_left_out_without_a_code_leaves_a_match_open(event: Event, truth: Truth) -> None:
    found = find(Exists(pattern=Pattern(Domain.CONDITION, CANCER)), Person(events=(event,)), RUN)
    assert found.truth is truth


def test_it_is_told_that_no_code_is_known_for_what_is_left_out() -> None:
    breast = Event(Domain.CONDITION, codes=(Code("ICD10CM", "C50.9"),), source="c1")
    found = find(Exists(pattern=Pattern(Domain.CONDITION, CANCER)), Person(events=(breast,)), RUN)
    assert (found.because, found.evidence) == (Because.UNBOUND, ("c1",))
    closed = Run(at=RUN.at, otherwise=Absence.CLOSED)
    asthma = Event(Domain.CONDITION, codes=(Code("ICD10CM", "J45"),))
    assert evaluate(Exists(pattern=Pattern(Domain.CONDITION, CANCER)), Person(events=(asthma,)), closed) is F


def fever_after_dose(first: PartialDate, second: PartialDate, gap: Range) -> Truth:
    fever, dose = Pattern(Domain.CONDITION, Concept("fever")), Pattern(Domain.DRUG, Concept("dose"))
    events = (Event(Domain.CONDITION, ("fever",), start=first), Event(Domain.DRUG, ("dose",), start=second))
    run = Run(at=RUN.at, otherwise=Absence.CLOSED)
    bound = [Pattern(one.domain, Concept(one.concept.words, codes=(Code("X", "1"),))) for one in (fever, dose)]
    return evaluate(Related(first=bound[0], second=bound[1], gap=gap), Person(events=events), run)


@pytest.mark.parametrize(
    ("first", "gap", "truth"),
    [
        ("2026-01-31", Range(high=Decimal(30), high_open=True), F),
        ("2026-01-30", Range(high=Decimal(30), high_open=True), T),
        ("2026-01-01", Range(low=Decimal(0), low_open=True), F),
        ("2026-01-02", Range(low=Decimal(0), low_open=True), T),
        ("2026-01-31", Range(high=Decimal("30.5"), high_open=True), T),
        ("2026-02", Range(high=Decimal(31), high_open=True), F),  # the first of February is 31 days later
        ("2026-02", Range(high=Decimal(31)), U),
        ("2026-02", Range(low=Decimal(58), low_open=True), F),  # and the last 58
        ("2026-02", Range(low=Decimal(58)), U),
        ("2026-02", Range(low=Decimal("30.5"), high=Decimal("58.5")), T),
    ],
)
def test_an_open_end_leaves_out_the_limit_itself(first: str, gap: Range, truth: Truth) -> None:
    assert fever_after_dose(PartialDate.read(first), PartialDate(2026, 1, 1), gap) is truth
