"""Criteria as JSON: there and back, the flat atoms, and JSON that is not of the format."""

import json
from decimal import Decimal

import pytest

from equipoise.eligibility.expression import (
    Age,
    Anchor,
    And,
    Concept,
    Criterion,
    Domain,
    Except,
    Exists,
    Expr,
    Not,
    Opaque,
    Parse,
    Pattern,
    Period,
    Polarity,
    Range,
    Reading,
    Span,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.flat import flat_atoms
from equipoise.eligibility.format import DEEPEST, FORMAT, from_json, json_schema, to_json
from equipoise.kernel.refused import Refused


def reading(*exprs: Expr) -> Reading:
    made = (
        Criterion(f"C{place}", Polarity.EXCLUDE, "words", Span(3, 9), Parse.PARTIAL, expr, scope="Part B")
        for place, expr in enumerate(exprs)
    )
    return Reading("NCT00000001", tuple(made), text_sha256="ab", by="Ada", at="2026-11-22", note="checked")


def period(amount: str, unit: Unit) -> Period:
    return Period(Decimal(amount), unit)


GOUT = Exists(
    pattern=Pattern(Domain.CONDITION, Concept("gout", without=(Concept("pseudogout"),)), ("severe",)),
    window=Window(
        anchor=Anchor.CONSENT,
        start=period("-4", Unit.WEEK),
        end=period("0", Unit.DAY),
        other=period("5", Unit.HALF_LIFE),
        whichever="longer",
    ),
    spans=(Span(3, 7),),
    rule="event.window",
)
WEIGHT = Value(measure="weight", range=Range(Decimal("40.50"), Decimal(100), high_open=True), unit="kg")


def nested(depth: int) -> Expr:
    expr: Expr = Opaque(text="deep")
    for _ in range(depth):
        expr = Not(of=expr)
    return expr


def test_there_and_back_nothing_changes() -> None:
    whole = reading(And(of=(WEIGHT, GOUT)), Except(base=GOUT, allowed=Opaque(text="mild")))
    assert from_json(to_json(whole)) == whole


def test_decimals_keep_their_places() -> None:
    assert b'"low":"40.50"' in to_json(reading(WEIGHT))


def test_the_document_names_its_format_and_its_atoms() -> None:
    told = json.loads(to_json(reading(GOUT)))
    assert told["format"] == FORMAT
    assert [atom["kind"] for atom in told["criteria"][0]["atoms"]] == ["condition", "window"]


@pytest.mark.parametrize(
    ("expr", "atom"),
    [
        (WEIGHT, {"kind": "value", "measure": "weight", "low": "40.50", "high": "100", "low_comparator": ">=",
                  "high_comparator": "<", "unit": "kg"}),
        (Value(measure="ecog", range=Range(Decimal(1), Decimal(1))), {"kind": "value", "measure": "ecog",
                                                                         "comparator": "=", "value": "1"}),
        (Value(measure="alt", range=Range(high=Decimal("2.5"), high_open=True), reference="ULN"),
         {"kind": "value", "measure": "alt", "comparator": "<", "value": "2.5", "reference": "ULN"}),
        (Age(low=period("18", Unit.YEAR)), {"kind": "value", "measure": "age", "comparator": ">=", "value": "18",
                                              "unit": "a"}),
        (Not(of=Opaque(text="x")), {"kind": "opaque", "negated": True, "words": "x"}),
    ],
)  # fmt: skip
def test_a_leaf_is_flat(expr: Expr, atom: dict[str, object]) -> None:
    assert json.loads(to_json(reading(expr)))["criteria"][0]["atoms"] == [atom]


def test_a_window_is_flat_with_its_days_and_what_was_written() -> None:
    _, window = flat_atoms(GOUT)
    told = (window.anchor, window.from_days, window.to_days, window.amount, window.unit)
    assert told == (Anchor.CONSENT, -28, 0, Decimal(4), Unit.WEEK)
    assert (window.other_amount, window.other_unit, window.whichever) == (Decimal(5), Unit.HALF_LIFE, "longer")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "truncated"),
        ("{}", "missing required field `format`"),
        ('{"format": "equipoise-criteria/2", "criteria": []}', "Invalid enum value 'equipoise-criteria/2'"),
        ('{"format": "equipoise-criteria/1", "criteria": [{}]}', r"\$\.criteria\[0\]"),
        (b"\xff\xfe", "invalid"),
        (to_json(reading(GOUT)).replace(b'"kind":"exists"', b'"kind":"banana"', 1), "banana"),
        (to_json(reading(GOUT)).replace(b'"amount":"-4"', b'"amount":"four"', 1), "Invalid decimal"),
    ],
)
def test_what_is_not_of_the_format_is_refused_with_its_place(data: bytes | str, words: str) -> None:
    with pytest.raises(Refused, match=f"(?i){words}"):
        from_json(data)


def test_what_is_left_out_of_what_is_left_out_ends_somewhere() -> None:
    concept = Concept("nothing")
    for _ in range(DEEPEST):
        concept = Concept("more", without=(concept,))
    with pytest.raises(Refused, match="nests deeper"):
        from_json(to_json(reading(Exists(pattern=Pattern(Domain.CONDITION, concept)))))


def test_an_expression_too_deep_is_refused() -> None:
    assert from_json(to_json(reading(nested(DEEPEST - 1))))
    with pytest.raises(Refused, match="nests deeper"):
        from_json(to_json(reading(nested(DEEPEST))))
    with pytest.raises(Refused, match="deep"):
        from_json(b'{"format":"equipoise-criteria/1","criteria":[{"expr":' + b'{"kind":"not","of":' * 100_000)


def test_an_id_given_twice_is_refused() -> None:
    twice = reading(GOUT, WEIGHT)
    twice = Reading("", (twice.criteria[0], twice.criteria[0]))
    with pytest.raises(Refused, match="the id of two criteria"):
        from_json(to_json(twice))


def test_the_schema_knows_every_kind() -> None:
    schema = json.dumps(json_schema())
    for kind in ("and", "at_least", "except", "if", "exists", "value", "duration", "related", "classified", "opaque"):
        assert f'"{kind}"' in schema
