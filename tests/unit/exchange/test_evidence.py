"""Small criteria as exact FHIR R5 elements, what a Group loses, and resources of others."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from equipoise.eligibility.expression import (
    Age,
    Anchor,
    And,
    Ask,
    AtLeast,
    Code,
    Concept,
    Criterion,
    Domain,
    Duration,
    Exists,
    Expr,
    IfThen,
    Not,
    Opaque,
    Or,
    Parse,
    Pattern,
    Period,
    Polarity,
    Range,
    Reading,
    Sex,
    Span,
    Topic,
    Unit,
    Value,
    Window,
)
from equipoise.exchange.evidence import is_evidence, read_evidence, write_evidence_variable, write_group
from equipoise.kernel.refused import Refused

DIABETES = Concept("type 2 diabetes", ("T2DM",), (Code("SNOMED", "44054006"),))
EXISTS = Exists(pattern=Pattern(Domain.CONDITION, DIABETES))
RECENT = Window(Anchor.CONSENT, Period(Decimal(-12), Unit.WEEK), Period(Decimal(0), Unit.DAY))
ADULT = Age(low=Period(Decimal(18), Unit.YEAR))
PLATELETS = Value(measure="platelets", range=Range(low=Decimal(100)), unit="10*9/L")
UCUM = "http://unitsofmeasure.org"
YEARS = {"unit": "year", "system": UCUM, "code": "a"}
CONDITION = {"coding": [{"system": "http://hl7.org/fhir/fhir-types", "code": "Condition"}]}
T2DM = {"coding": [{"system": "http://snomed.info/sct", "code": "44054006"}, {"display": "T2DM"}]}
WORDS = {**T2DM, "text": "type 2 diabetes"}


def reading(expr: Expr, polarity: Polarity = Polarity.INCLUDE) -> Reading:
    return Reading("NCT06455449", (Criterion("i1", polarity, "As written", Span(2, 12), Parse.FULL, expr),))


def said(expr: Expr, polarity: Polarity = Polarity.INCLUDE) -> dict[str, Any]:
    """The characteristic without its name, its text and what only we read."""
    raw, _ = write_evidence_variable(reading(expr, polarity))
    (one,) = json.loads(raw)["characteristic"]
    assert (one.pop("linkId"), one.pop("description")) == ("i1", "As written")
    (extension,) = one.pop("extension")
    assert extension["url"] == "urn:equipoise:criterion:1"
    return dict(one)


def grouped(expr: Expr, polarity: Polarity = Polarity.INCLUDE) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    raw, lost = write_group(reading(expr, polarity))
    parts = json.loads(raw)["characteristic"]
    assert [bool(one.pop("extension", ())) for one in parts] == [True, *[False] * (len(parts) - 1)]
    return parts, lost


def variable(*characteristics: dict[str, Any], **elements: Any) -> bytes:
    resource = {"resourceType": "EvidenceVariable", "status": "active", "characteristic": characteristics}
    return json.dumps(resource | elements).encode()


def heard(characteristic: dict[str, Any]) -> Expr:
    back, _ = read_evidence(variable(characteristic))
    return back.criteria[0].expr


@pytest.mark.parametrize("write", [write_evidence_variable, write_group])
def test_what_is_for_one_cohort_is_not_said_of_all(write: Callable[[Reading], tuple[bytes, tuple[str, ...]]]) -> None:
    one = Criterion("I1", Polarity.INCLUDE, "Women", Span(0, 5), Parse.FULL, Sex(sex="female"), scope="Part B")
    written, lost = write(Reading("", (one,)))
    assert lost == ("I1: in words only: only for Part B: female.",)
    (told,) = json.loads(written)["characteristic"]
    assert "administrative-gender" not in json.dumps({name: part for name, part in told.items() if name != "extension"})
    assert read_evidence(written)[0].criteria == (one,)


def test_the_resource_around_the_criteria() -> None:
    resource = json.loads(write_evidence_variable(reading(ADULT))[0])
    assert resource["resourceType"] == "EvidenceVariable"
    assert resource["status"] == "draft"
    assert resource["identifier"] == [{"system": "http://clinicaltrials.gov", "value": "NCT06455449"}]
    group = json.loads(write_group(reading(ADULT))[0])
    assert (group["resourceType"], group["type"], group["membership"]) == ("Group", "person", "definitional")


def test_age_is_a_quantity_or_a_range() -> None:
    age = {"coding": [{"system": "http://loinc.org", "code": "30525-0"}], "text": "Age"}
    low = {"value": 18, "comparator": ">=", **YEARS}
    assert said(ADULT) == {"definitionByTypeAndValue": {"type": age, "valueQuantity": low}}
    both = Age(low=Period(Decimal(18), Unit.YEAR), high=Period(Decimal(75), Unit.YEAR))
    limits = {"low": {"value": 18, **YEARS}, "high": {"value": 75, **YEARS}}
    assert said(both) == {"definitionByTypeAndValue": {"type": age, "valueRange": limits}}


def test_a_range_with_an_open_end_is_two_quantities() -> None:
    told = said(Age(low=Period(Decimal(18), Unit.YEAR), high=Period(Decimal(75), Unit.YEAR), high_open=True))
    parts = told["definitionByCombination"]["characteristic"]
    assert told["definitionByCombination"]["code"] == "all-of"
    values = [one["definitionByTypeAndValue"]["valueQuantity"] for one in parts]
    assert [(one["comparator"], one["value"]) for one in values] == [(">=", 18), ("<", 75)]


def test_sex() -> None:
    told = said(Sex(sex="female"))["definitionByTypeAndValue"]
    assert told["valueCodeableConcept"]["coding"] == [
        {"system": "http://hl7.org/fhir/administrative-gender", "code": "female"}
    ]


def test_a_condition_with_its_window_and_count() -> None:
    often = Exists(pattern=EXISTS.pattern, count=2, window=RECENT)
    consent = {"coding": [{"system": "urn:equipoise:anchor", "code": "consent"}], "text": "signing the consent form"}
    start = {"value": -12, "unit": "week", "system": UCUM, "code": "wk"}
    end = {"value": 0, "unit": "day", "system": UCUM, "code": "d"}
    assert said(often, Polarity.EXCLUDE) == {
        "exclude": True,
        "definitionByTypeAndValue": {"type": CONDITION, "valueCodeableConcept": WORDS},
        "instancesQuantity": {"value": 2, "comparator": ">="},
        "timeFromEvent": [
            {
                "description": "within 12 weeks before signing the consent form",
                "eventCodeableConcept": consent,
                "range": {"low": start, "high": end},
            }
        ],
    }


def test_a_value_with_unit_and_one_against_the_limit_of_normal() -> None:
    told = said(PLATELETS)["definitionByTypeAndValue"]
    assert {"system": "http://loinc.org", "code": "777-3"} in told["type"]["coding"]
    limit = {"value": 100, "comparator": ">=", "unit": "× 10⁹/L", "system": UCUM, "code": "10*9/L"}
    assert told["valueQuantity"] == limit
    over = said(Value(measure="alt", range=Range(high=Decimal("2.5")), reference="ULN"))["definitionByTypeAndValue"]
    limit = {"value": 2.5, "comparator": "<=", "unit": "× ULN", "system": UCUM, "code": "{ULN}"}
    assert over["valueQuantity"] == limit


def test_combinations() -> None:
    two = said(AtLeast(count=2, of=(ADULT, EXISTS, Sex(sex="male"))))["definitionByCombination"]
    assert (two["code"], two["threshold"], len(two["characteristic"])) == ("at-least", 2, 3)
    either = said(IfThen(guard=Sex(sex="female"), then=EXISTS))["definitionByCombination"]
    assert either["code"] == "any-of"
    assert [one.get("exclude", False) for one in either["characteristic"]] == [True, False]


def test_a_negation_inside_an_inclusion_is_not_taken_for_an_exclusion() -> None:
    told = said(Not(of=EXISTS))
    assert "exclude" not in told
    (inner,) = told["definitionByCombination"]["characteristic"]
    assert inner["exclude"] is True


def test_what_stands_in_words_only_is_told() -> None:
    severe = Exists(pattern=Pattern(Domain.CONDITION, DIABETES, ("severe",)))
    raw, lost = write_evidence_variable(reading(severe))
    parts = json.loads(raw)["characteristic"][0]["definitionByCombination"]["characteristic"]
    assert parts[0]["definitionByTypeAndValue"]["valueCodeableConcept"] == WORDS
    assert parts[1] == {"definitionCodeableConcept": {"text": "severe type 2 diabetes"}}
    assert lost == ("i1: in words only: severe type 2 diabetes.",)
    assert write_evidence_variable(reading(Opaque(text="Adequate organ function")))[1] == ()


def test_a_group_is_flat() -> None:
    parts, lost = grouped(And(of=(ADULT, Not(of=EXISTS))))
    assert [one["exclude"] for one in parts] == [False, True]
    assert parts[1] == {"code": CONDITION, "exclude": True, "valueCodeableConcept": WORDS}
    assert lost == ()
    either, lost = grouped(Or(of=(EXISTS, Sex(sex="male"))), Polarity.EXCLUDE)
    assert [one["exclude"] for one in either] == [True, True]
    assert lost == ()


def test_what_a_group_loses_is_told() -> None:
    timed = Exists(pattern=EXISTS.pattern, window=RECENT)
    parts, lost = grouped(timed)
    words = "type 2 diabetes within 12 weeks before signing the consent form"
    assert parts == [{"code": {"text": words}, "exclude": False, "valueBoolean": True}]
    assert lost == (f"i1: in words only: {words}.",)
    assert grouped(Or(of=(ADULT, EXISTS)))[1] == ("i1: in words only: age at least 18 years or type 2 diabetes.",)


@pytest.mark.parametrize("write", [write_evidence_variable, write_group])
def test_what_was_changed_since_is_read_anew(write: Any) -> None:
    resource = json.loads(write(reading(ADULT))[0])
    told = resource["characteristic"][0]
    told.get("definitionByTypeAndValue", told)["valueQuantity"]["value"] = 21
    back, notes = read_evidence(json.dumps(resource).encode())
    assert back.criteria[0].expr == Age(low=Period(Decimal(21), Unit.YEAR))
    assert "changed since it was written" in notes[0]
    assert back.study == "NCT06455449"


def test_a_broken_extension_is_left_aside() -> None:
    resource = json.loads(write_evidence_variable(reading(ADULT))[0])
    resource["characteristic"][0]["extension"][0]["valueString"] = '{"id": 4}'
    back, _ = read_evidence(json.dumps(resource).encode())
    assert back.criteria[0].expr == ADULT


def typed(kind: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"definitionByTypeAndValue": {"type": kind, **rest}}


@pytest.mark.parametrize(
    ("told", "expr"),
    [
        (
            typed({"text": "Age"}, valueRange={"low": {"value": 18, **YEARS}}),
            ADULT,
        ),
        (
            typed({"coding": [{"system": "http://loinc.org", "code": "777-3"}]})
            | typed(
                {"coding": [{"system": "http://loinc.org", "code": "777-3"}]},
                valueQuantity={"value": 100, "comparator": ">=", "unit": "10^9/L"},
            ),
            PLATELETS,
        ),
        (
            typed({"coding": [{"system": "http://snomed.info/sct", "code": "1"}], "text": "A"}, valueBoolean=False),
            Not(of=Exists(pattern=Pattern(Domain.ANY, Concept("A", (), (Code("SNOMED", "1"),))))),
        ),
        (
            typed(CONDITION, valueCodeableConcept=WORDS)
            | {"durationQuantity": {"value": 6, "comparator": ">=", "unit": "months"}},
            Duration(pattern=EXISTS.pattern, at_least=Period(Decimal(6), Unit.MONTH)),
        ),
        (
            typed(CONDITION, valueCodeableConcept=WORDS) | {"instancesQuantity": {"value": 1, "comparator": "<="}},
            Not(of=Exists(pattern=EXISTS.pattern, count=2)),
        ),
        (
            {
                "definitionCodeableConcept": {
                    "coding": [{"system": "urn:equipoise:topic", "code": "consent"}],
                    "text": "Willing?",
                }
            },
            Ask(question="Willing?", topic=Topic.CONSENT),
        ),
    ],
)
def test_resources_of_others(told: dict[str, Any], expr: Expr) -> None:
    assert heard(told) == expr


@pytest.mark.parametrize(
    "told",
    [
        {"description": "Adequate organ function"},
        {"definitionReference": {"reference": "Group/1"}},
        {"definitionByCombination": {"code": "net-effect", "characteristic": [{"definitionId": "a"}]}},
        typed({"text": "Albumin creatinine quotient of old"}, valueQuantity={"value": 3}),
        typed({"text": "Age"}, valueQuantity={"value": 18, "comparator": "ad", **YEARS}),
        typed(CONDITION, valueReference={"reference": "Condition/1"}),
        {**typed(CONDITION, valueCodeableConcept=WORDS), "modifierExtension": [{"url": "urn:a"}]},
        typed(CONDITION, valueCodeableConcept={"coding": [{"system": "urn:nobody", "code": "4"}]}),
    ],
)
def test_what_is_not_understood_is_opaque_and_said(told: dict[str, Any]) -> None:
    back, notes = read_evidence(variable(told))
    (one,) = back.criteria
    assert isinstance(one.expr, Opaque)
    assert one.expr.text
    assert one.parse is Parse.OPAQUE
    assert notes == (f"c1: not computed: {one.expr.text}.",)


def test_what_narrows_and_is_not_understood_makes_yes_unknown() -> None:
    time = {"eventReference": {"reference": "Encounter/1"}, "description": "at admission"}
    told = typed(CONDITION, valueCodeableConcept=WORDS) | {"timeFromEvent": [time]}
    assert heard(told) == And(of=(EXISTS, Opaque(text="at admission", reason="fhir")))


def test_a_period_of_a_group_is_a_doubt() -> None:
    told = {"code": CONDITION, "valueCodeableConcept": WORDS, "exclude": False, "period": {"start": "2020-01-01"}}
    group = {"resourceType": "Group", "type": "person", "membership": "definitional", "characteristic": [told]}
    expr = read_evidence(json.dumps(group).encode())[0].criteria[0].expr
    assert expr == And(of=(EXISTS, Opaque(text='period: {"start":"2020-01-01"}', reason="fhir")))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[" * 100_000, "nests too deep"),
        (b"[]", "neither an EvidenceVariable nor a Group"),
        (b'{"resourceType": "Patient"}', "'Patient': is neither"),
        (variable(characteristicCombination={"code": "all-of"}), "is FHIR R4 or R4B, not R5: it has charac"),
        (b'{"resourceType": "Group", "type": "person", "actual": false}', "is FHIR R4 or R4B, not R5: it has actual"),
        (b'{"resourceType": "Group", "combinationMethod": "any-of"}', "is FHIR R6, not R5: it has combinationMethod"),
        (b'{"resourceType": "Group", "type": "person", "membership": "enumerated"}', "'enumerated'"),
        (b'{"resourceType": "Group", "type": "device", "membership": "definitional"}', "'device'"),
        (variable({"exclude": "yes"}), r"Expected `bool`, got `str` - at `\$.characteristic\[0\].exclude`"),
        (variable(modifierExtension=[{"url": "urn:a"}]), "modifierExtension"),
        (b'{"resourceType": "EvidenceVariable", "status": "draft", "characteristic": 4}', "is not FHIR R5"),
    ],
)
def test_other_resources_and_broken_ones_are_refused(raw: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read_evidence(raw)


def test_what_nests_too_deep_is_refused() -> None:
    told: dict[str, Any] = {"definitionCodeableConcept": {"text": "a"}}
    for _ in range(80):
        told = {"definitionByCombination": {"code": "all-of", "characteristic": [told]}}
    with pytest.raises(Refused, match="deep"):
        read_evidence(variable(told))


def test_two_of_one_name_are_kept_apart() -> None:
    told = {"linkId": "a", "definitionCodeableConcept": {"text": "b"}}
    assert [one.id for one in read_evidence(variable(told, told))[0].criteria] == ["a", "a-2"]


def test_a_resource_is_told_from_criteria_of_ours() -> None:
    assert is_evidence(write_group(reading(ADULT))[0])
    assert not is_evidence(b'{"format": "equipoise-criteria/1"}')
