"""Expressions in English."""

from decimal import Decimal

import pytest

from equipoise.eligibility.english import english
from equipoise.eligibility.expression import (
    Age,
    Anchor,
    And,
    Ask,
    AtLeast,
    Classified,
    Concept,
    Constant,
    Domain,
    Duration,
    Except,
    Exists,
    Expr,
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
from equipoise.kernel.truth import Truth


def period(amount: str, unit: Unit = Unit.DAY) -> Period:
    return Period(Decimal(amount), unit)


TODAY = period("0")
GOUT = Pattern(Domain.CONDITION, Concept("gout"))
PREDNISONE = Pattern(Domain.DRUG, Concept("prednisone"), ("oral", "at a stable dose"))


def had(window: Window | None = None) -> Exists:
    return Exists(pattern=GOUT, window=window)


def value(**more: object) -> Value:
    return Value(**({"measure": "platelets", "unit": "10*9/L", "range": Range(low=Decimal(100))} | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expr", "words"),
    [
        (Age(low=period("18", Unit.YEAR), high=period("75", Unit.YEAR)), "age at least 18 years and at most 75 years"),
        (Age(high=period("6", Unit.MONTH), high_open=True), "age under 6 months"),
        (Sex(sex="female"), "female"),
        (had(), "gout"),
        (Not(of=had()), "no gout"),
        (Exists(pattern=GOUT, count=2), "at least 2 × gout"),
        (had(Window(start=period("-12", Unit.WEEK), end=TODAY)), "gout in the last 12 weeks"),
        (
            had(Window(anchor=Anchor.CONSENT, start=period("-1", Unit.YEAR), end=TODAY)),
            "gout within 1 year before signing the consent form",
        ),
        (
            had(
                Window(
                    anchor=Anchor.FIRST_DOSE,
                    start=period("-4", Unit.WEEK),
                    end=TODAY,
                    other=period("5", Unit.HALF_LIFE),
                    whichever="longer",
                )
            ),
            "gout within 4 weeks or 5 half-lives, whichever is longer, before the first dose",
        ),
        (had(Window(end=period("-5", Unit.YEAR))), "gout more than 5 years ago"),
        (
            had(Window(anchor=Anchor.SCREENING, start=period("-6", Unit.WEEK), end=period("-2", Unit.WEEK))),
            "gout from 6 weeks before screening to 2 weeks before screening",
        ),
        (had(Window(start=TODAY, end=TODAY)), "gout now"),
        (had(Window(anchor=Anchor.STUDY)), "gout during the study"),
        (Exists(pattern=PREDNISONE), "oral prednisone at a stable dose"),
        (
            Exists(pattern=Pattern(Domain.CONDITION, Concept("cancer", without=(Concept("basal cell carcinoma"),)))),
            "cancer (not counting basal cell carcinoma)",
        ),
        (value(), "platelet count at least 100 × 10⁹/L"),
        (value(range=Range(high=Decimal("2.50"), high_open=True), unit=None, reference="ULN"),
         "platelet count less than 2.5 × the upper limit of normal"),
        (value(range=Range(low=Decimal(0), high=Decimal(1)), unit=None, measure="ecog"), None),
        (value(range=Range(Decimal(50), Decimal(50)), unit="%", measure="x_y"), "x y 50%"),
        (value(range=Range(low=Decimal(100000)), unit="/uL", select="lowest"),
         "platelet count at its lowest at least 100\u202f000 /uL"),
        (Duration(pattern=PREDNISONE, at_least=period("6", Unit.WEEK)),
         "oral prednisone at a stable dose for at least 6 weeks up to today"),
        (Related(first=GOUT, second=PREDNISONE, gap=Range(high=Decimal(30))),
         "gout at most 30 days after oral prednisone at a stable dose"),
        (Classified(instrument="eular-acr-2017", reaches="probable"), "“probable” or higher by eular-acr-2017"),
        (Ask(question="Ready?", topic=Topic.WILLINGNESS), "answered yes: Ready?"),
        (Opaque(text="adequate function"), "as the text says: “adequate function”"),
        (Constant(truth=Truth.UNKNOWN), "not known"),
        (And(of=(had(), Or(of=(Sex(sex="male"), had())))), "gout and (male or gout)"),
        (Not(of=Or(of=(had(), Sex(sex="male")))), "not (gout or male)"),
        (Or(of=(had(), Not(of=had()), Sex(sex="male"))), "gout; no gout; or male"),
        (And(of=(had(), Or(of=(had(), had(), Sex(sex="male"))))), "gout and (gout; gout; or male)"),
        (AtLeast(count=2, of=(had(), Sex(sex="male"), had())), "at least 2 of: gout; male; gout"),
        (Except(base=had(), allowed=Sex(sex="male")), "gout, except male"),
        (IfThen(guard=Sex(sex="male"), then=had()), "if male, then gout"),
    ],
)  # fmt: skip
def test_each_node_has_its_words(expr: Expr, words: str | None) -> None:
    told = english(expr)
    assert told == words if words else told.endswith("at least 0 and at most 1")
