"""Values of a form: canonical texts, limits, conditions and edit checks."""

import datetime
from decimal import Decimal

import msgspec
import pytest

from equipoise.conduct.forms import LONGEST, Days, digest, examine, is_asked, read_value, read_values
from equipoise.conduct.participant import Sheet
from equipoise.conduct.protocol.model import Choice, EditCheck, Field, Form, Kind, OnlyIf, Relation
from equipoise.conduct.roles import Role
from equipoise.kernel.refused import Refused

DAY = datetime.date(2026, 3, 2)
DAYS = Days(DAY, consent=datetime.date(2026, 2, 1), randomisation=datetime.date(2026, 2, 10))
COLOURS = (Choice(id="red", label="Red"), Choice(id="blue", label="Blue"))


def field(kind: Kind, **more: object) -> Field:
    return Field(id="x", label="X", kind=kind, **more)  # type: ignore[arg-type]


def form(*fields: Field, checks: tuple[EditCheck, ...] = ()) -> Form:
    return Form(id="f", label="F", fields=fields, by=(Role.COORDINATOR,), checks=checks)


@pytest.mark.parametrize(
    ("kind", "text", "canonical"),
    [
        (Kind.NUMBER, "070.50", "70.5"),
        (Kind.NUMBER, "1000", "1000"),
        (Kind.NUMBER, "-0", "0"),
        (Kind.NUMBER, "-0.0", "0"),
        (Kind.NUMBER, "−3", "-3"),
        (Kind.NUMBER, "+0.10", "0.1"),
        (Kind.WHOLE, "12.0", "12"),
        (Kind.DATE, "2026-03-02", "2026-03-02"),
        (Kind.DATE, "2026-03", "2026-03"),
        (Kind.YES_NO, "True", "yes"),
        (Kind.YES_NO, "no", "no"),
        (Kind.CHOICE, "blue", "blue"),
        (Kind.CHOICES, "blue, red,blue", "red,blue"),
        (Kind.TEXT, "as it is", "as it is"),
    ],
)
def test_a_value_has_one_text(kind: Kind, text: str, canonical: str) -> None:
    assert read_value(field(kind, choices=COLOURS), text) == canonical


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        (Kind.NUMBER, "1e3", "is not a number"),
        (Kind.NUMBER, "7,5", "is not a number"),
        (Kind.NUMBER, "NaN", "is not a number"),
        (Kind.NUMBER, "٣", "is not a number"),
        (Kind.NUMBER, "1234567890123", "is not a number"),
        (Kind.WHOLE, "1.5", "has more than 0 decimals"),
        (Kind.YES_NO, "perhaps", "Choose yes or no"),
        (Kind.CHOICE, "green", "Choose one of the answers"),
        (Kind.CHOICES, "red,green", "Choose from the answers"),
        (Kind.DATE, "2026-02-30", "2026-02-30"),
        (Kind.DATE, "yesterday", "yesterday"),
        (Kind.TEXT, "x" * (LONGEST + 1), "is longer than 4000 characters"),
    ],
)
def test_what_is_not_of_its_kind_is_refused(kind: Kind, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read_value(field(kind, choices=COLOURS), text)


def test_decimals_are_as_many_as_the_protocol_says() -> None:
    with pytest.raises(Refused, match="has more than 1 decimals"):
        read_value(field(Kind.NUMBER, decimals=1), "1.25")


def test_strange_and_computed_fields_are_not_taken_and_empty_ones_left_out() -> None:
    made = form(field(Kind.NUMBER), Field(id="score", label="S", kind=Kind.COMPUTED, instrument="tis"))
    values, slips = read_values(made, {"x": " ", "score": "40", "y": "1"})
    assert values == {}
    assert [(slip.field, slip.refuse) for slip in slips] == [("score", True), ("y", True)]


@pytest.mark.parametrize(
    ("value", "check", "refuse"),
    [("1", "least", True), ("301", "most", True), ("39.9", "usual", False), ("40", "", False), ("300", "usual", False)],
)
def test_limits_refuse_and_a_range_asks(value: str, check: str, refuse: bool) -> None:
    limits = {"least": Decimal(2), "most": Decimal(300), "usual": (Decimal(40), Decimal(150)), "unit": "kg"}
    slips = examine(form(field(Kind.NUMBER, **limits)), {"x": value}, DAYS)
    assert [(slip.check, slip.refuse) for slip in slips] == ([(check, refuse)] if check else [])


def test_a_field_is_asked_where_another_has_its_answer() -> None:
    only = Field(id="y", label="Y", kind=Kind.TEXT, required=True, only_if=OnlyIf(field="x", equals="red"))
    made = form(field(Kind.CHOICES, choices=COLOURS), only)
    assert is_asked(only, {"x": "red,blue"})
    assert not is_asked(only, {"x": "blue"})
    assert [slip.check for slip in examine(made, {"x": "red"}, DAYS)] == ["required"]
    assert [slip.refuse for slip in examine(made, {"x": "blue", "y": "why"}, DAYS)] == [True]
    assert examine(made, {}, DAYS) == ()


CHECKS = [
    (Relation.NOT_AFTER, "today", "2026-03-02", True),
    (Relation.NOT_AFTER, "today", "2026-03-03", False),
    (Relation.NOT_AFTER, "today", "2026-03", True),
    (Relation.BEFORE, "consent", "2026-01-31", True),
    (Relation.BEFORE, "consent", "2026-02-01", False),
    (Relation.BEFORE, "randomisation", "2026-02-10", False),
]


@pytest.mark.parametrize(("relation", "right", "value", "holds"), CHECKS)
def test_days_are_held_against_those_of_the_trial(relation: Relation, right: str, value: str, holds: bool) -> None:
    made = form(field(Kind.DATE), checks=(EditCheck("c", "x", relation, right, "No."),))
    assert (examine(made, {"x": value}, DAYS) == ()) is holds


@pytest.mark.parametrize(
    ("relation", "left", "right", "holds"),
    [
        (Relation.LESS, "9", "10", True),
        (Relation.LESS, "10", "10", False),
        (Relation.AT_MOST, "10", "10", True),
        (Relation.AT_MOST, "100", "20", False),
        (Relation.EQUAL, "10", "10", True),
        (Relation.EQUAL, "10", "9", False),
    ],
)
def test_numbers_are_compared_as_numbers(relation: Relation, left: str, right: str, holds: bool) -> None:
    other = Field(id="y", label="Y", kind=Kind.NUMBER)
    made = form(field(Kind.NUMBER), other, checks=(EditCheck("c", "x", relation, "y", "No.", refuse=True),))
    assert (examine(made, {"x": left, "y": right}, DAYS) == ()) is holds
    baseline = form(field(Kind.NUMBER), checks=(EditCheck("c", "x", relation, "baseline", "No."),))
    assert (examine(baseline, {"x": left}, DAYS, {"x": right}) == ()) is holds


def test_what_is_not_known_holds() -> None:
    made = form(field(Kind.DATE), checks=(EditCheck("c", "x", Relation.BEFORE, "randomisation", "No."),))
    assert examine(made, {"x": "2027-01-01"}, Days(DAY)) == ()
    assert examine(made, {}, DAYS) == ()


def test_must_08_the_digest_is_of_values_fingerprints_and_corrections() -> None:
    sheet = Sheet({"x": "1"}, {}, "now", "me")
    changed = ({"values": {"x": "2"}}, {"sealed": {"y": "ab"}}, {"corrections": 2})
    assert len({digest(sheet), *(digest(msgspec.structs.replace(sheet, **each)) for each in changed)}) == 4
    assert digest(msgspec.structs.replace(sheet, by="you")) == digest(sheet)
