"""What every node means, as small tables. ``python -m tests.spec.render`` prints them into ``docs/meaning.md``.

The day of screening is 30 June 2024 throughout. Where a table does not say otherwise, no record means: not known.
"""

import datetime
from decimal import Decimal
from typing import Any

from equipoise.eligibility.expression import (
    Age,
    Anchor,
    And,
    Ask,
    AtLeast,
    AtMost,
    Classified,
    Code,
    Concept,
    Constant,
    Domain,
    Duration,
    Except,
    Exists,
    IfThen,
    Not,
    Opaque,
    Or,
    Pattern,
    Period,
    Range,
    Related,
    Sex,
    Topic,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.person import Absence, Run
from equipoise.kernel.truth import Truth
from tests.spec.tables import AT, Case, StudyCase, concept, pattern

CONDITION, DRUG, PROCEDURE = Domain.CONDITION, Domain.DRUG, Domain.PROCEDURE
CLOSED = Run(AT, otherwise=Absence.CLOSED)
COVERED = Run(AT, otherwise=Absence.COVERAGE)
LIFETIME = Run(AT, otherwise=Absence.COVERAGE, lifetime=365)


def period(amount: str, unit: Unit) -> Period:
    return Period(Decimal(amount), unit)


def last(amount: str, unit: Unit = Unit.DAY) -> Window:
    return Window(start=period(f"-{amount}", unit), end=period("0", Unit.DAY))


def limits(low: str | None = None, high: str | None = None, **more: Any) -> Range:
    return Range(Decimal(low) if low else None, Decimal(high) if high else None, **more)


A, B, C = (Exists(pattern=pattern(CONDITION, letter)) for letter in "ABC")
A_OR_B = (Code("OMOP", "1"), Code("OMOP", "2"))
HAS = "condition {} 2024-01-10"
WEIGHT = Value(measure="weight", range=limits("50", "100"), unit="kg")

LOGIC = (
    Case(
        "All of several",
        And(of=(A, Sex(sex="female"))),
        """
        condition A 2024-01-10; female | true
        condition A 2024-01-10; male   | false
        condition A 2024-01-10         | unknown
        female                         | unknown
        male                           | false
        """,
        why="One part that is false settles it, whatever else is not known.",
    ),
    Case("All of nothing", And(of=()), "nothing | true"),
    Case(
        "Any of several",
        Or(of=(A, Sex(sex="female"))),
        """
        condition A 2024-01-10 | true
        female                 | true
        male                   | unknown
        nothing                | unknown
        """,
    ),
    Case("Any of nothing", Or(of=()), "nothing | false"),
    Case(
        "Not",
        Not(of=Sex(sex="male")),
        """
        female  | true
        male    | false
        nothing | unknown
        """,
    ),
    Case(
        "At least so many",
        AtLeast(count=2, of=(A, B, Sex(sex="female"))),
        """
        condition A 2024-01-10; condition B 2024-01-10; male | true
        condition A 2024-01-10; female                       | true
        condition A 2024-01-10; male                         | unknown
        male                                                 | unknown
        """,
    ),
    Case(
        "At least so many, where no record means none",
        AtLeast(count=2, of=(A, B, Sex(sex="female"))),
        """
        condition A 2024-01-10; male | false
        condition A 2024-01-10       | unknown
        condition A 2024-01-10; female | true
        """,
        CLOSED,
    ),
    Case(
        "At most so many",
        AtMost(count=1, of=(A, B)),
        """
        condition A 2024-01-10; condition B 2024-01-10 | false
        condition A 2024-01-10                         | true
        nothing                                        | true
        """,
        CLOSED,
    ),
    Case(
        "Except",
        Except(base=A, allowed=B),
        """
        condition A 2024-01-10                         | true
        condition A 2024-01-10; condition B 2024-01-10 | false
        nothing                                        | false
        """,
        CLOSED,
        "Malignancy, except treated basal cell carcinoma: what is allowed does not count.",
    ),
    Case(
        "If, then",
        IfThen(guard=Sex(sex="female"), then=A),
        """
        male                           | true
        female; condition A 2024-01-10 | true
        female                         | unknown
        condition A 2024-01-10         | true
        nothing                        | unknown
        """,
        why="For whom the guard does not hold, it does not apply.",
    ),
    Case("Always", Constant(truth=Truth.TRUE), "nothing | true"),
    Case("Never", Constant(truth=Truth.FALSE), "nothing | false"),
    Case("Not known", Constant(truth=Truth.UNKNOWN), "nothing | unknown"),
)

PERSON = (
    Case(
        "Age in completed years",
        Age(low=period("18", Unit.YEAR), high=period("75", Unit.YEAR)),
        """
        born 2006-06-30 | true
        born 2006-07-01 | false
        born 2006-06    | true
        born 2006       | unknown
        born 1949-06-30 | true
        born 1948-07-01 | true
        born 1948-06-30 | false
        nothing         | unknown
        """,
        why="75 lasts until the day before the 76th birthday.",
    ),
    Case(
        "Age over and under",
        Age(low=period("18", Unit.YEAR), high=period("75", Unit.YEAR), low_open=True, high_open=True),
        """
        born 2005-06-30 | true
        born 2005-07-01 | false
        born 1949-07-01 | true
        born 1949-06-30 | false
        """,
        why="Over 18 is 19 and more; under 75 is 74 and less.",
    ),
    Case(
        "Age in months",
        Age(low=period("6", Unit.MONTH)),
        """
        born 2023-12-30 | true
        born 2023-12-31 | false
        born 2023-12    | unknown
        """,
    ),
    Case(
        "Age at another moment",
        Age(low=period("18", Unit.YEAR), at=Anchor.CONSENT),
        """
        born 2006-05-01 | true
        born 2006-05-02 | false
        """,
        Run(AT, anchors={Anchor.CONSENT: datetime.date(2024, 5, 1)}),
        "Consent was signed on 1 May 2024.",
    ),
    Case(
        "Sex",
        Sex(sex="female"),
        """
        female  | true
        male    | false
        nothing | unknown
        """,
    ),
)

EVENTS = (
    Case(
        "An event at any time",
        A,
        """
        condition A 2024-06-30 | true
        condition A 1990-01-01 | true
        condition A 2024-07-01 | unknown
        condition A -          | true
        condition B 2024-01-10 | unknown
        drug A 2024-01-10      | unknown
        """,
        why="What starts after the day of screening does not count; what stands without a day in the record does.",
    ),
    Case(
        "An event of any kind",
        Exists(pattern=pattern(Domain.ANY, "A")),
        """
        condition A 2024-01-10   | true
        drug A 2024-01-10        | true
        procedure A 2024-01-10   | true
        observation A 2024-01-10 | true
        """,
    ),
    Case(
        "An event in a window",
        Exists(pattern=pattern(CONDITION, "AB"), window=last("30")),
        """
        condition A 2024-05-31                         | true
        condition B 2024-06-30                         | true
        condition A 2024-05-30                         | false
        condition A 2024-05-30; condition A 2024-06-01 | true
        condition A -                                  | unknown
        """,
        CLOSED,
        "Both ends belong to it.",
    ),
    Case(
        "Calendar months",
        Exists(pattern=pattern(CONDITION, "A"), window=last("4", Unit.MONTH)),
        """
        condition A 2024-02-29 | true
        condition A 2024-02-28 | false
        """,
        CLOSED,
        "Four months before 30 June is the last day of February.",
    ),
    Case(
        "Going on in a window",
        Exists(pattern=pattern(DRUG, "A"), window=last("14"), touch="overlaps"),
        """
        drug A 2024-01-01 to 2024-06-16 | true
        drug A 2024-01-01 to 2024-06-15 | false
        drug A 2024-01-01 to -          | unknown
        drug A 2024-06-20 to -          | true
        drug A 2024-07-01 to 2024-08-01 | false
        """,
        CLOSED,
        "Without an end it lasted to its first day at least, and may last still.",
    ),
    Case(
        "A procedure in a window",
        Exists(pattern=pattern(PROCEDURE, "A"), window=last("14"), touch="overlaps"),
        """
        procedure A 2024-06-20 | true
        procedure A 2024-06-01 | false
        """,
        CLOSED,
        "Without an end a procedure or an observation is over on its day.",
    ),
    Case(
        "At least so many events",
        Exists(pattern=pattern(CONDITION, "A"), count=2, window=last("1", Unit.YEAR)),
        """
        condition A 2024-01-10; condition A 2024-02-10 | true
        condition A 2024-01-10; condition A 2020-02-10 | false
        condition A 2024-01-10; condition A -          | unknown
        """,
        CLOSED,
    ),
    Case(
        "All but one kind",
        Exists(pattern=pattern(CONDITION, "ABC", "B")),
        """
        condition A 2024-01-10 | true
        condition B 2024-01-10 | false
        """,
        CLOSED,
    ),
    Case(
        "Left out, but no code is known for what is",
        Exists(pattern=pattern(CONDITION, "AB", "A", "")),
        """
        condition A 2024-01-10 | false
        condition B 2024-01-10 | unknown
        nothing                | false
        """,
        CLOSED,
        "What is found may be the very thing that does not count. Nothing found is nothing, whatever was left out.",
    ),
    Case(
        "Left out of what is left out, but no code is known for that",
        Exists(pattern=Pattern(CONDITION, Concept("AB", codes=A_OR_B, without=(concept("B", ""),)))),
        """
        condition A 2024-01-10 | true
        condition B 2024-01-10 | unknown
        nothing                | false
        """,
        CLOSED,
    ),
    Case(
        "Qualified",
        Exists(pattern=pattern(CONDITION, "A", qualifiers=("severe",))),
        """
        condition A 2024-01-10 | unknown
        condition B 2024-01-10 | false
        """,
        CLOSED,
        "A record that does not say whether it is severe leaves it open.",
    ),
    Case(
        "No code is known for it",
        Exists(pattern=pattern(CONDITION, "")),
        "observed 2000-01-01 to 2024-12-31 | unknown",
        CLOSED,
        "What cannot be looked for is never said to be absent.",
    ),
    Case(
        "Nothing found, where observation covers the window",
        Exists(pattern=pattern(CONDITION, "A"), window=last("30")),
        """
        observed 2024-05-31 to 2024-06-30                                    | false
        observed 2024-06-01 to 2024-06-30                                    | unknown
        observed 2024-01-01 to 2024-06-29                                    | unknown
        observed 2024-01-01 to 2024-06-15; observed 2024-06-16 to 2024-07-31 | false
        observed 2024-01-01 to 2024-06-15; observed 2024-06-17 to 2024-07-31 | unknown
        nothing                                                              | unknown
        """,
        COVERED,
        "Periods that touch are one.",
    ),
    Case(
        "Nothing found at any time, where a year of observation stands for a lifetime",
        A,
        """
        observed 2023-07-01 to 2024-06-30 | false
        observed 2023-07-02 to 2024-06-30 | unknown
        """,
        LIFETIME,
    ),
    Case(
        "Nothing found at any time, without that",
        A,
        "observed 1950-01-01 to 2024-06-30 | unknown",
        COVERED,
    ),
    Case(
        "Nothing found, where that means nothing",
        Exists(pattern=pattern(CONDITION, "A"), window=last("30")),
        "observed 2000-01-01 to 2024-06-30 | unknown",
    ),
    Case(
        "Absence by kind of event",
        Or(of=(A, Exists(pattern=pattern(DRUG, "A")))),
        "nothing | unknown",
        Run(AT, absence={CONDITION: Absence.CLOSED}),
        "No condition on record means none; no drug on record means nothing.",
    ),
    Case(
        "A window in days to come",
        Exists(pattern=pattern(PROCEDURE, "A"), window=Window(Anchor.STUDY)),
        """
        procedure A 2024-07-10 | true
        nothing                | unknown
        """,
        CLOSED,
        "Only what has happened, or is booked, is known.",
    ),
    Case(
        "A window from birth",
        Exists(
            pattern=pattern(CONDITION, "A"),
            window=Window(Anchor.BIRTH, period("0", Unit.DAY), period("18", Unit.YEAR)),
        ),
        """
        born 1980-05-01; condition A 1998-05-01 | true
        born 1980-05-01; condition A 1998-05-02 | false
        born 1980; condition A 1998-05-02       | unknown
        condition A 1998-05-01                  | unknown
        born 2010-05-01                         | unknown
        """,
        CLOSED,
        "Who was born in 2010 has part of the window before them.",
    ),
    Case(
        "The shorter of two windows from birth",
        Exists(
            pattern=pattern(CONDITION, "A"),
            window=Window(
                Anchor.BIRTH,
                period("0", Unit.DAY),
                period("2", Unit.YEAR),
                other=period("30", Unit.MONTH),
                whichever="shorter",
            ),
        ),
        """
        born 1980-05-01; condition A 1982-05-01 | true
        born 1980-05-01; condition A 1982-05-02 | false
        born 1980-05-01; condition A 1982-11-01 | false
        """,
        CLOSED,
    ),
    Case(
        "The longer of two windows from birth",
        Exists(
            pattern=pattern(CONDITION, "A"),
            window=Window(
                Anchor.BIRTH,
                period("0", Unit.DAY),
                period("2", Unit.YEAR),
                other=period("30", Unit.MONTH),
                whichever="longer",
            ),
        ),
        """
        born 1980-05-01; condition A 1982-11-01 | true
        born 1980-05-01; condition A 1982-11-02 | false
        """,
        CLOSED,
    ),
    Case(
        "The longer of two windows",
        Exists(
            pattern=pattern(DRUG, "A"),
            window=Window(
                start=period("-4", Unit.WEEK),
                end=period("0", Unit.DAY),
                other=period("5", Unit.HALF_LIFE),
                whichever="longer",
            ),
        ),
        """
        drug A 2024-06-10 | true
        drug A 2024-03-01 | unknown
        nothing           | false
        """,
        CLOSED,
        "How long five half-lives are is not known; four weeks count in any case.",
    ),
)

VALUES = (
    Case(
        "The latest value",
        WEIGHT,
        """
        weight 100 kg 2024-06-01                            | true
        weight 100.1 kg 2024-06-01                          | false
        weight 80 kg 2024-01-01; weight 120 kg 2024-06-01   | false
        weight 120 kg 2024-06-01; weight 80 kg 2024-06-01   | true
        weight 80 kg 2024-01-01; weight 120 kg 2024-07-01   | true
        nothing                                             | unknown
        """,
        why="Of two on one day the later in the record is taken.",
    ),
    Case("No value, where no record means none", WEIGHT, "nothing | false", CLOSED),
    Case(
        "Open ends",
        Value(measure="weight", range=limits("50", "100", low_open=True, high_open=True), unit="kg"),
        """
        weight 50 kg 2024-06-01  | false
        weight 51 kg 2024-06-01  | true
        weight 100 kg 2024-06-01 | false
        """,
    ),
    Case(
        "Other units",
        Value(measure="creatinine", range=limits(None, "1.5"), unit="mg/dL"),
        """
        creatinine 1.5 mg/dL 2024-06-01  | true
        creatinine 132 umol/L 2024-06-01 | true
        creatinine 133 umol/L 2024-06-01 | false
        creatinine 1.2 kg 2024-06-01     | unknown
        creatinine 1.2 2024-06-01        | unknown
        """,
        why="1.5 mg/dL are 132.6 µmol/L. Without a unit, or with one that does not convert, it is not known.",
    ),
    Case(
        "A value in a window",
        Value(measure="weight", range=limits("50"), unit="kg", window=last("30")),
        """
        weight 80 kg 2024-05-31                          | true
        weight 80 kg 2024-05-30                          | unknown
        weight 40 kg 2024-06-01; weight 80 kg 2024-05-01 | false
        """,
    ),
    Case(
        "Values that are too old",
        WEIGHT,
        """
        weight 80 kg 2024-03-01 | unknown
        weight 80 kg 2024-06-01 | true
        """,
        Run(AT, fresh=90),
        "In this run a value counts for 90 days.",
    ),
    Case(
        "Multiples of the laboratory's own limit",
        Value(measure="alt", range=limits(None, "1.1"), reference="ULN"),
        """
        alt 44 U/L (LLN 7, ULN 40) 2024-06-01   | true
        alt 44.1 U/L (LLN 7, ULN 40) 2024-06-01 | false
        alt 20 U/L 2024-06-01                   | unknown
        """,
        why="1.1 x 40 is 44 exactly. Without the laboratory's limit it is not known.",
    ),
    Case(
        "Multiples of the lower limit",
        Value(measure="haemoglobin", range=limits("0.9"), reference="LLN"),
        """
        haemoglobin 10.8 g/dL (LLN 12) 2024-06-01 | true
        haemoglobin 10.7 g/dL (LLN 12) 2024-06-01 | false
        """,
    ),
    Case(
        "Against the value at baseline",
        Value(measure="alt", range=limits(None, "2"), reference="baseline"),
        "alt 20 U/L (ULN 40) 2024-06-01 | unknown",
    ),
    Case(
        "Any value",
        Value(measure="weight", range=limits("100"), unit="kg", select="any"),
        """
        weight 80 kg 2024-01-01; weight 100 kg 2024-02-01 | true
        weight 80 kg 2024-01-01; weight 90 kg 2024-02-01  | false
        weight 80 kg 2024-01-01; weight 90 2024-02-01     | unknown
        """,
    ),
    Case(
        "All values",
        Value(measure="weight", range=limits("50"), unit="kg", select="all"),
        """
        weight 80 kg 2024-01-01; weight 100 kg 2024-02-01 | true
        weight 80 kg 2024-01-01; weight 40 kg 2024-02-01  | false
        weight 80 kg 2024-01-01; weight 90 2024-02-01     | unknown
        weight 40 kg 2024-01-01; weight 90 2024-02-01     | false
        """,
    ),
    Case(
        "The highest value",
        Value(measure="weight", range=limits("50", "100"), unit="kg", select="highest"),
        """
        weight 40 kg 2024-01-01; weight 100 kg 2024-02-01 | true
        weight 80 kg 2024-01-01; weight 101 kg 2024-02-01 | false
        weight 40 kg 2024-01-01; weight 45 kg 2024-02-01  | false
        weight 80 kg 2024-01-01; weight 90 2024-02-01     | unknown
        """,
    ),
    Case(
        "The lowest value",
        Value(measure="weight", range=limits("50", "100"), unit="kg", select="lowest"),
        """
        weight 50 kg 2024-01-01; weight 200 kg 2024-02-01  | true
        weight 80 kg 2024-01-01; weight 49 kg 2024-02-01   | false
        weight 101 kg 2024-01-01; weight 120 kg 2024-02-01 | false
        """,
    ),
    Case(
        "Values before an age",
        Value(
            measure="weight",
            range=limits("50"),
            unit="kg",
            window=Window(Anchor.BIRTH, end=period("18", Unit.YEAR)),
        ),
        """
        born 1980-05-01; weight 60 kg 1998-05-01                           | true
        born 1980-05-01; weight 60 kg 1998-05-01; weight 40 kg 1998-05-02  | true
        born 1980; weight 60 kg 1998-05-02                                 | unknown
        weight 60 kg 1998-05-01                                            | unknown
        """,
    ),
)

LASTING = (
    Case(
        "Lasting for so long",
        Duration(pattern=pattern(DRUG, "A"), at_least=period("6", Unit.WEEK)),
        """
        drug A 2024-05-19 to 2024-06-30                                  | true
        drug A 2024-05-20 to 2024-06-30                                  | false
        drug A 2024-01-01 to 2024-06-29                                  | false
        drug A 2024-01-01 to -                                           | unknown
        drug A 2024-01-01 to 2024-06-01; drug A 2024-06-02 to 2024-07-30 | false
        """,
        CLOSED,
        "One event has to have begun by then and to go on: two that follow each other do not add up.",
    ),
    Case(
        "One event after another",
        Related(first=pattern(CONDITION, "A"), second=pattern(DRUG, "B"), gap=limits("0", "30")),
        """
        drug B 2024-01-01; condition A 2024-01-01                         | true
        drug B 2024-01-01; condition A 2024-01-31                         | true
        drug B 2024-01-01; condition A 2024-02-01                         | false
        condition A 2024-01-01; drug B 2024-01-02                         | false
        drug B 2024-01-01; drug B 2024-03-01; condition A 2024-03-10      | true
        drug B -; condition A 2024-03-10                                  | unknown
        """,
        CLOSED,
    ),
    Case(
        "One event less than so many days after another",
        Related(
            first=pattern(CONDITION, "A"),
            second=pattern(DRUG, "B"),
            gap=limits("0", "30", low_open=True, high_open=True),
        ),
        """
        drug B 2024-01-01; condition A 2024-01-01                         | false
        drug B 2024-01-01; condition A 2024-01-02                         | true
        drug B 2024-01-01; condition A 2024-01-30                         | true
        drug B 2024-01-01; condition A 2024-01-31                         | false
        drug B 2024-01-01; drug B 2024-01-02; condition A 2024-01-31      | true
        drug B -; condition A 2024-03-10                                  | unknown
        """,
        CLOSED,
        "At the very limit it is no longer less.",
    ),
    Case(
        "One event within days before another",
        Related(first=pattern(CONDITION, "A"), second=pattern(DRUG, "B"), gap=limits("-7", "-1")),
        """
        condition A 2024-01-01; drug B 2024-01-08 | true
        condition A 2024-01-01; drug B 2024-01-09 | false
        condition A 2024-01-01                    | false
        """,
        CLOSED,
    ),
)

ASKED = (
    Case(
        "What only a person can say",
        Ask(question="Are you willing to take part?", topic=Topic.WILLINGNESS),
        "observed 2000-01-01 to 2024-12-31 | unknown",
        CLOSED,
    ),
    Case("Text that was not understood", Opaque(text="Adequate organ function"), "nothing | unknown", CLOSED),
    Case(
        "A published instrument",
        Classified(instrument="eular-acr-2017", reaches="probable"),
        "nothing | unknown",
        CLOSED,
        "OMOP holds none of its items.",
    ),
)

WOMEN, MEN, WITH_A = ("Cohort 1", Sex(sex="female")), ("Cohort 2", Sex(sex="male")), ("Cohort 2", A)
STUDIES = (
    StudyCase(
        "A criterion for one cohort only",
        (("", A), WOMEN),
        """
        condition A 2024-01-10; female | definite
        condition A 2024-01-10; male   | possible
        condition B 2024-01-10; male   | excluded
        female                         | excluded
        """,
        "Who fails it may still join outside that cohort: it never shuts out of the study.",
    ),
    StudyCase(
        "Criteria for each of several cohorts",
        (WOMEN, MEN, WITH_A),
        """
        female                       | possible
        male                         | excluded
        condition A 2024-01-10; male | possible
        condition A 2024-01-10       | possible
        """,
        "A person is shut out where every cohort is closed to them. Which cohort they would join is for the study team "
        "to settle, so that nobody is definite who fails the criteria of one.",
    ),
    StudyCase(
        "A heading that names no cohort",
        (("Other inclusion criteria", A), ("Inclusion criteria for both cohorts", Sex(sex="female"))),
        """
        condition A 2024-01-10; female | definite
        condition A 2024-01-10; male   | excluded
        female                         | excluded
        """,
    ),
)

CHAPTERS = {
    "Putting parts together": LOGIC,
    "Who the person is": PERSON,
    "Events": EVENTS,
    "Measured values": VALUES,
    "Lasting and following": LASTING,
    "What no record holds": ASKED,
}
CASES = tuple(case for cases in CHAPTERS.values() for case in cases)
