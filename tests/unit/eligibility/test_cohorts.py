"""Criteria of one cohort: which scope names one, and what failing them means for the study."""

import datetime

import pytest

from equipoise.eligibility.cohorts import cohort_of
from equipoise.eligibility.explain import ask_doctor, settles, why
from equipoise.eligibility.expression import Age, Criterion, Parse, Period, Polarity, Reading, Sex, Span, Unit
from equipoise.eligibility.outlook import Chance, outlook_of
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.questions import open_questions
from equipoise.eligibility.verdict import Standing, judge
from equipoise.kernel.truth import Truth

RUN = Run(at=datetime.date(2026, 6, 1))
WOMAN, MAN = Person(sex="female", age=40), Person(sex="male", age=40)


def criterion(name: str, expr: object, scope: str = "", polarity: Polarity = Polarity.INCLUDE) -> Criterion:
    return Criterion(name, polarity, "words", Span(0, 5), Parse.FULL, expr, scope)  # type: ignore[arg-type]


def adult() -> Age:
    return Age(low=Period(18, Unit.YEAR))  # type: ignore[arg-type]


FEMALE, MALE = Sex(sex="female"), Sex(sex="male")


@pytest.mark.parametrize(
    ("scope", "cohort"),
    [
        ("", ""),
        ("Part B", "Part B"),
        ("Healthy controls", "Healthy controls"),
        ("T2DM", "T2DM"),  # a scope that is no heading was set by a person
        ("Inclusion Criteria for Cohort A", "Cohort A"),
        ("Exclusion Criteria (Group B)", "Group B"),
        ("Exclusion Criteria for the Expanded Cohort Phase", "Expanded Cohort Phase"),
        ("Step 1 Exclusion criteria for Cohort 2 only", "Step 1, Cohort 2"),
        ("DONOR EXCLUSION CRITERIA", "DONOR"),
        ("Specific inclusion criteria for renal transplant (RTx) patients", "renal transplant (RTx) patients"),
        ("Part II: Key Inclusion Criteria for SLE Participants", "Part II, SLE Participants"),
        ("Inclusion Criteria for all groups", ""),
        ("Key Inclusion Criteria (Part 1 and Part 2)", ""),
        ("Step 1 inclusion criteria for both cohorts (Cohort 1 and Cohort 2)", ""),
        ("Other exclusion criteria", ""),
        ("Intra-operative Exclusion Criteria", ""),
        ("Exclusion criteria for medical history and comorbidities", ""),
        ("Inclusion Criteria for Randomization", ""),
        ("General Medical Exclusions", ""),
        ("Part A " + "groups criteria " * 20_000, ""),  # no name, and no time lost over it
        ("Participants were eligible for inclusion in the study who were", ""),
        ("Each patient must meet all of the following inclusion criteria to be enrolled in the study", ""),
    ],
)
def test_the_cohort_a_scope_names(scope: str, cohort: str) -> None:
    assert cohort_of(criterion("I1", FEMALE, scope)) == cohort


def standing_of(person: Person, *criteria: Criterion) -> Standing:
    return judge(Reading("NCT00000001", criteria), person, RUN).standing


def test_failing_one_cohort_is_not_failing_the_study() -> None:
    everyone, women = criterion("I1", adult()), criterion("I2", FEMALE, "Cohort A")
    assert standing_of(MAN, everyone, women) is Standing.POSSIBLE
    assert standing_of(WOMAN, everyone, women) is Standing.DEFINITE
    assert standing_of(Person(sex="female", age=12), everyone, women) is Standing.EXCLUDED


def test_failing_every_cohort_is() -> None:
    women, men = criterion("I1", FEMALE, "Cohort A"), criterion("I2", MALE, "Exclusion criteria for Cohort B")
    assert standing_of(MAN, women, men) is Standing.POSSIBLE
    shut = criterion("E1", adult(), "COHORT B", Polarity.EXCLUDE)
    assert standing_of(MAN, women, men, shut) is Standing.EXCLUDED
    assert standing_of(Person(sex="male"), women, men, shut) is Standing.POSSIBLE


def test_it_is_told_that_it_is_only_for_the_cohort() -> None:
    women = criterion("I1", FEMALE, "Cohort A")
    verdict = judge(Reading("NCT00000001", (women, criterion("I2", adult()))), MAN, RUN)
    one = verdict.criteria[0]
    assert (one.met, one.only_for) == (Truth.UNKNOWN, "Cohort A")
    (reason,) = one.reasons
    assert why(reason) == "No: female (in the record), but this is only for Cohort A"
    assert settles(reason) == "The study team can say whether another group is open."
    assert ask_doctor(reason) == "This is only for Cohort A: ask the study team about the others."


def test_nothing_is_asked_about_what_one_cohort_has_settled() -> None:
    verdict = judge(Reading("NCT00000001", (criterion("I1", FEMALE, "Cohort A"),)), MAN, RUN)
    assert open_questions(verdict, MAN) == ()
    assert outlook_of(verdict).chance is Chance.POSSIBLY
