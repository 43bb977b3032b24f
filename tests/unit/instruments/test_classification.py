"""The 2017 EULAR/ACR classification: worked vectors, both full grids, the boundary, and mistakes seen elsewhere."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from math import exp
from typing import Any

import pytest

from equipoise.instruments.catalogue import reaches, score
from equipoise.instruments.classification.bounds import Findings, reaches_of
from equipoise.instruments.classification.classify import Classification, classify
from equipoise.instruments.classification.subgroup import Weakness
from equipoise.instruments.classification.weights import FROM_BIOPSY, WITH, WITHOUT, Class, Column
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth

SIGNS = tuple(WITHOUT.weights)
OTHERS = ("finger_flexors", "treatment_response")
ITEMS = ("age_at_onset", *SIGNS, "biopsy", *FROM_BIOPSY, *OTHERS)

TABLE = """
age 18 to <40    1.3 1.5
age >= 40        2.1 2.2
weakness_upper   0.7 0.7
weakness_lower   0.8 0.5
neck_flexors     1.9 1.6
legs_proximal    0.9 1.2
heliotrope       3.1 3.2
gottron_papules  2.1 2.7
gottron_sign     3.3 3.7
dysphagia        0.7 0.6
anti_jo1         3.9 3.8
enzymes_elevated 1.3 1.4
endomysial       0.0 1.7
perimysial       0.0 1.2
perifascicular   0.0 1.9
rimmed_vacuoles  0.0 3.1
"""


def person(age: int | None, *present: str, biopsy: bool | None = False, **more: Any) -> dict[str, Any]:
    """Everything not named is absent."""
    findings: dict[str, Any] = dict.fromkeys(ITEMS, False)
    return findings | {"age_at_onset": age, "biopsy": biopsy} | dict.fromkeys(present, True) | more


def scored(findings: dict[str, Any]) -> Classification:
    result = score("eular-acr-2017", findings)
    assert isinstance(result, Classification)
    return result


C1 = (50, "weakness_upper", "weakness_lower", "enzymes_elevated")
VECTORS = {
    "C1": (person(*C1), "4.9", "0.3941", "no", None),
    "C2": (person(*C1, "neck_flexors"), "6.8", "0.8131", "probable", "PM"),
    "C3": (person(*C1, "heliotrope"), "8.0", "0.9352", "definite", "DM"),
    "C4": (person(30, "gottron_sign", "legs_proximal"), "5.5", "0.5424", "probable", "DM"),
    "C5": (person(45, "heliotrope", "gottron_sign"), "8.5", "0.9597", "definite", "ADM"),
    "C6": (
        person(62, "weakness_lower", "endomysial", "rimmed_vacuoles", "enzymes_elevated", biopsy=True),
        "8.9",
        "0.9176",
        "definite",
        "IBM",
    ),
    "C7": (person(55, *C1[1:], "perimysial", "endomysial", biopsy=True), "7.7", "0.7703", "probable", "PM"),
    "C8": (
        person(10, "heliotrope", "gottron_papules", "weakness_lower", "enzymes_elevated"),
        "7.3",
        "0.8776",
        "probable",
        "JDM",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_worked_vectors(name: str) -> None:
    findings, points, chance, group, subgroup = VECTORS[name]
    result = scored(findings)
    assert (result.score, result.probability) == (points, Decimal(chance))
    assert (result.class_, result.at_least, result.at_most) == (group, group, group)
    assert result.subgroup == subgroup
    assert result.unknown == ()


@pytest.mark.parametrize("line", TABLE.strip().splitlines())
def test_every_weight_of_both_columns(line: str) -> None:
    name, without, with_biopsy = line.rsplit(maxsplit=2)
    age, present = (18, ()) if "<40" in name else (40, ()) if "age" in name else (17, (name,))
    assert scored(person(age, *present)).score == without
    assert scored(person(age, *present, biopsy=True)).score == with_biopsy


def test_the_highest_scores_are_those_of_the_paper() -> None:
    assert scored(person(40, *SIGNS)).score == "20.8"
    assert scored(person(40, *SIGNS, *FROM_BIOPSY, biopsy=True)).score == "29.5"


@pytest.mark.parametrize(
    ("age", "points"), [("0", "0.0"), ("17.99", "0.0"), ("18", "1.3"), ("39.9", "1.3"), ("40", "2.1")]
)
def test_age_groups_begin_where_they_should(age: str, points: str) -> None:
    assert scored(person(None, age_at_onset=Decimal(age))).score == points


def grid(column: Column) -> Iterator[Findings]:
    for age, *present in product((10, 30, 50), *((False, True),) * len(column.weights)):
        yield dict(zip(("age_at_onset", *column.weights), (age, *present), strict=True)) | {"biopsy": column.biopsy}


def table_weights(column: int) -> dict[str, int]:
    rows = [line.rsplit(maxsplit=2) for line in TABLE.strip().splitlines()]
    return {name: int(Decimal(points[column]) * 10) for name, *points in rows}


@pytest.mark.parametrize(("column", "size"), [(WITHOUT, 3072), (WITH, 49152)], ids=["without biopsy", "with biopsy"])
def test_the_full_grid_agrees_with_the_table_and_the_cut_offs(column: Column, size: int) -> None:
    """Against a second reading of the table in this file, and probabilities by another arithmetic."""
    weights = table_weights(int(column.biopsy))
    cut_offs = (87, 67, 65) if column.biopsy else (75, 55, 53)
    ages = {10: 0, 30: weights["age 18 to <40"], 50: weights["age >= 40"]}
    differing: dict[int, int] = {}
    seen = 0
    for findings in grid(column):
        seen += 1
        (reach,) = reaches_of(findings)
        wanted = ages[findings["age_at_onset"]] + sum(weights[name] for name in column.weights if findings[name])  # type: ignore[index]
        assert reach.low == reach.high == wanted
        by_score = ("definite", "probable", "possible", "no")[sum(wanted < cut for cut in cut_offs)]
        assert column.class_of(wanted) == by_score
        chance = 1 / (1 + exp((6.49 if column.biopsy else 5.33) - wanted / 10))
        by_chance = ("definite", "probable", "possible", "no")[sum(chance < cut for cut in (0.9, 0.55, 0.5))]
        assert column.class_by_probability(wanted) == by_chance
        if by_score != by_chance:
            differing[wanted] = differing.get(wanted, 0) + 1
    assert seen == size
    assert differing == ({} if column.biopsy else {53: 12, 55: 15, 75: 23})


def test_exactly_the_fifty_disagreeing_patterns_are_warned_of() -> None:
    results = [classify(findings) for findings in grid(WITHOUT)]
    warned = [one.score for one in results if any("boundary" in warning for warning in one.warnings)]
    assert {points: warned.count(points) for points in warned} == {"5.3": 12, "5.5": 15, "7.5": 23}


def test_the_warning_names_both_readings() -> None:
    boundary = scored(VECTORS["C4"][0]).warnings[0]
    assert "5.5 without biopsy the published cut-off says probable" in boundary
    assert "formula says possible" in boundary


@pytest.mark.parametrize(
    ("tenths", "group"), [(64, "no"), (65, "possible"), (67, "probable"), (86, "probable"), (87, "definite")]
)
def test_with_biopsy_the_two_rules_agree(tenths: int, group: str) -> None:
    assert WITH.class_of(tenths) == WITH.class_by_probability(tenths) == group


# Mistakes seen in public implementations


def test_biopsy_findings_carry_no_points_without_a_biopsy() -> None:
    result = scored(person(50, *C1[1:], *FROM_BIOPSY))
    assert (result.score, result.class_) == ("4.9", "no")
    assert result.warnings == ("A biopsy finding is given, but no biopsy was done: it is not counted.",)


def test_the_columns_have_their_own_cut_offs_and_are_not_swapped() -> None:
    at_six = person(50, "anti_jo1")
    assert scored(at_six).score == scored(at_six | {"biopsy": True}).score == "6.0"
    assert scored(at_six).class_ == "probable"
    assert scored(at_six | {"biopsy": True}).class_ == "no"


def test_five_and_a_half_is_not_definite() -> None:
    assert scored(VECTORS["C4"][0]).class_ == "probable"


def test_under_eighteen_carries_no_points_and_the_age_columns_are_not_mixed() -> None:
    assert scored(person(17)).score == scored(person(17, biopsy=True)).score == "0.0"
    assert scored(person(30)).score == "1.3"
    assert scored(person(30, biopsy=True)).score == "1.5"


def test_other_antibodies_have_no_field() -> None:
    with pytest.raises(Refused, match=r"anti_nxp2: is not a field we know\. The fields are: age_at_onset"):
        scored(person(50, "anti_nxp2"))


# Subgroups

INCLUSION = {"finger_flexors": True}


@pytest.mark.parametrize(
    ("findings", "subgroup"),
    [
        (person(17, "anti_jo1", "neck_flexors"), "JM"),
        (person(17, "heliotrope", "gottron_sign"), "JDM"),
        (person(18, "heliotrope", "gottron_sign"), "ADM"),
        (person(18, "gottron_papules", "anti_jo1", "weakness_upper"), "DM"),
        (person(50, "anti_jo1", "finger_flexors"), "IBM"),
        (person(50, "anti_jo1", "finger_flexors", "treatment_response"), "PM"),
        (person(50, "anti_jo1"), "PM"),
        (person(50, "anti_jo1", "rimmed_vacuoles"), "PM"),
        (person(50, "anti_jo1", "rimmed_vacuoles", biopsy=True), "IBM"),
        (person(50, "heliotrope", "gottron_sign", "rimmed_vacuoles", biopsy=True), "ADM"),
        (person(50), None),
    ],
)
def test_subgroups(findings: dict[str, Any], subgroup: str | None) -> None:
    assert scored(findings).subgroup == subgroup


@pytest.mark.parametrize("only", ["neck_flexors", "legs_proximal"])
def test_what_counts_as_weakness_is_an_option_and_warned_of(only: str) -> None:
    findings = person(45, "heliotrope", "gottron_sign", only)
    loose = scored(findings)
    strict = scored(findings | {"options": {"weakness": "limbs"}})
    assert (loose.subgroup, strict.subgroup) == ("DM", "ADM")
    assert loose.options == {"weakness": "any"}
    for result in (loose, strict):
        assert any("only in the neck or as a difference within the legs" in warning for warning in result.warnings)
    limbs = scored(findings | {"weakness_upper": True})
    assert limbs.subgroup == "DM"
    assert limbs.warnings == ()


# What is not known


def test_nothing_known_says_so() -> None:
    result = scored({})
    assert (result.score, result.class_, result.subgroup, result.probability) == (None, None, None, None)
    assert (result.score_low, result.score_high) == ("0.0", "29.5")
    assert (result.at_least, result.at_most) == ("no", "definite")
    assert result.unknown == ITEMS


def test_probable_whatever_the_biopsy_shows() -> None:
    result = scored(person(50, *C1[1:], "neck_flexors", "dysphagia", biopsy=True, perimysial=None))
    assert (result.class_, result.score) == ("probable", None)
    assert (result.score_low, result.score_high) == ("7.0", "8.2")
    assert result.unknown == ("perimysial",)


def test_one_item_unknown_leaves_the_score_open_and_the_class_settled() -> None:
    result = scored(person(50, "heliotrope", "gottron_sign", dysphagia=None))
    assert (result.class_, result.score, result.score_low, result.score_high) == ("definite", None, "8.5", "9.2")
    assert result.probability_low < result.probability_high
    assert result.unknown == ("dysphagia",)


def test_a_biopsy_not_known_of_keeps_both_columns_open() -> None:
    result = scored(person(50, "anti_jo1", biopsy=None))
    assert [(one.biopsy, one.at_least) for one in result.columns] == [(False, "probable"), (True, "no")]
    assert (result.class_, result.at_least, result.at_most) == (None, "no", "probable")
    assert (result.score, result.probability) == ("6.0", None)


def test_a_boundary_within_the_bounds_is_warned_of() -> None:
    result = scored(person(30, "gottron_sign", "legs_proximal", dysphagia=None))
    assert result.class_ == "probable"
    assert "formula says possible to probable" in result.warnings[0]


def test_the_subgroup_is_told_only_when_sure() -> None:
    unsure = scored(person(50, "anti_jo1", finger_flexors=None))
    assert (unsure.class_, unsure.subgroup, unsure.subgroups) == ("probable", None, ("IBM", "PM"))
    assert unsure.unknown == ("finger_flexors",)
    unclassified = scored(person(50, "heliotrope", weakness_upper=None))
    assert (unclassified.at_most, unclassified.subgroup) == ("probable", None)


@pytest.mark.parametrize(
    ("findings", "least", "truth"),
    [
        (person(50, "anti_jo1"), "probable", Truth.TRUE),
        (person(50, "anti_jo1"), "definite", Truth.FALSE),
        (person(50, "anti_jo1", biopsy=None), "probable", Truth.UNKNOWN),
        ({}, "no", Truth.TRUE),
        ({}, "possible", Truth.UNKNOWN),
    ],
)
def test_reaches(findings: dict[str, Any], least: str, truth: Truth) -> None:
    assert reaches("eular-acr-2017", findings, least) is truth


def test_reaches_refuses_a_class_that_is_not_there() -> None:
    with pytest.raises(Refused, match=r"'certain': is not a class of eular-acr-2017\. Its classes are: no, possible"):
        reaches("eular-acr-2017", {}, "certain")
    with pytest.raises(Refused, match="none: it gives a number"):
        reaches("mmt-8", {}, "high")


def test_classes_are_ordered() -> None:
    assert [each.rank for each in Class] == [0, 1, 2, 3]
    assert list(Weakness) == ["any", "limbs"]
