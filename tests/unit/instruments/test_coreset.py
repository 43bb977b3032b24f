"""The core set at one visit, the muscle test of eight groups, and the disability index."""

from decimal import Decimal
from typing import Any

import pytest

from equipoise.instruments.catalogue import score
from equipoise.instruments.coreset.haq import CATEGORIES, Haq
from equipoise.instruments.coreset.mmt import GROUPS, Strength
from equipoise.instruments.coreset.visit import Visit
from equipoise.kernel.refused import Refused


def visited(**given: Any) -> Visit:
    result = score("imacs-core-set", given)
    assert isinstance(result, Visit)
    return result


def strong(given: dict[str, Any], sides: str = "one") -> Strength:
    result = score("mmt-8", given | {"options": {"sides": sides}})
    assert isinstance(result, Strength)
    return result


def indexed(given: dict[str, Any], **options: str) -> Haq:
    result = score("haq-di", given | {"options": options})
    assert isinstance(result, Haq)
    return result


def test_a_full_visit() -> None:
    result = visited(
        phga=5,
        ptga=Decimal("4.5"),
        mmt=120,
        mmt_max=150,
        haq=Decimal("1.625"),
        extramuscular=0,
        enzymes={"CK": 3, "LDH": 1},
    )
    assert result.missing == ()
    assert result.mmt_percent == 80
    assert result.enzyme is not None
    assert (result.enzyme.name, result.enzyme.times_uln) == ("CK", 3)
    assert result.warnings == ("The most abnormal of the enzymes given. Not given: ALD, ALT, AST.",)


def test_the_most_abnormal_enzyme_is_by_multiples_and_exact() -> None:
    result = visited(
        enzymes={"CK": {"value": 1000, "uln": 300}, "AST": {"value": 100, "uln": 30}, "ALT": Decimal("3.3333")}
    )
    assert result.enzyme is not None
    assert (result.enzyme.name, result.enzyme.times_uln) == ("CK", Decimal("3.3333")), "of equals the first"
    other = visited(enzymes={"CK": {"value": 1000, "uln": 300}, "AST": {"value": 101, "uln": 30}})
    assert other.enzyme is not None
    assert other.enzyme.name == "AST"


def test_an_empty_visit_lists_what_is_missing() -> None:
    assert visited().missing == ("phga", "ptga", "mmt", "haq", "extramuscular", "enzymes")
    assert visited(enzymes={"CK": None}).enzyme is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mmt": 81, "mmt_max": 80}, "mmt: must be at most 80"),
        ({"mmt": 80}, "mmt_max: must say which version"),
        ({"enzymes": {"CK": {"value": 5, "uln": 0}}}, r"enzymes\.CK\.uln: must be more than 0"),
        ({"enzymes": {"CK": {"value": 5}}}, r"enzymes\.CK\.uln: must be a number"),
        ({"enzymes": {"GGT": 5}}, r"enzymes\.GGT: is not a field we know"),
        ({"enzymes": 5}, "enzymes: must be an object with CK, ALD"),
        ({"haq": "bad"}, 'haq: must be a number from 0 to 3, not "bad"'),
    ],
)
def test_visits_that_do_not_fit_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused, match=message):
        visited(**given)


def test_eight_groups_on_one_side_and_on_both() -> None:
    best = strong(dict.fromkeys(GROUPS, 10))
    assert (best.mmt, best.mmt_max) == (80, 80)
    both = strong({name: [10, 9] for name in GROUPS} | {"neck_flexors": 8}, "both")
    assert (both.mmt, both.mmt_max) == (8 + 7 * 19, 150)


def test_a_group_not_graded_leaves_bounds() -> None:
    one = strong(dict.fromkeys(GROUPS, 8) | {"deltoid": None})
    assert (one.mmt, one.mmt_low, one.mmt_high, one.missing) == (None, 56, 66, ("deltoid",))
    left = strong({name: [8, 8] for name in GROUPS} | {"neck_flexors": 8, "biceps": [8, None]}, "both")
    assert (left.mmt, left.mmt_low, left.mmt_high, left.missing) == (None, 112, 122, ("biceps",))
    nothing = strong({}, "both")
    assert (nothing.mmt_low, nothing.mmt_high, nothing.mmt_max) == (0, 150, 150)


@pytest.mark.parametrize(
    ("given", "sides", "message"),
    [
        ({"deltoid": 11}, "one", "deltoid: must be a whole number from 0 to 10, not 11"),
        ({"deltoid": Decimal("7.5")}, "one", "deltoid: must be a whole number from 0 to 10, not 7.5"),
        ({"deltoid": [7, 7]}, "one", "deltoid: must be one grade where one side is tested"),
        ({"deltoid": 7}, "both", r"deltoid: must be \[right, left\] where both sides are tested"),
        ({"neck_flexors": [7, 7]}, "both", "neck_flexors: must be one grade"),
        ({"deltoid": [1, 2, 3]}, "both", r"deltoid: must be one number or \[right, left\]"),
    ],
)
def test_grades_that_do_not_fit_are_refused(given: dict[str, Any], sides: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        strong(given, sides)


GRADES = dict(zip(CATEGORIES, (0, 1, 2, 3, 0, 1, 2, 0), strict=True))


def test_index_is_the_mean_of_the_categories() -> None:
    assert indexed(GRADES | {"aids": []}).haq == Decimal("1.125")


def test_an_aid_lifts_nought_and_one_to_two_and_leaves_three() -> None:
    result = indexed(GRADES | {"aids": ["dressing", "arising", "eating", "walking"]})
    assert list(result.categories.values()) == [2, 2, 2, 3, 0, 1, 2, 0]
    assert result.haq == Decimal("1.5")
    assert indexed(GRADES | {"aids": ["dressing"]}, aids="alternative").haq == Decimal("1.125")


def test_aids_not_known_leave_bounds_where_they_matter() -> None:
    result = indexed(GRADES)
    assert (result.haq, result.haq_low, result.haq_high) == (None, Decimal("1.125"), Decimal("2.125"))
    assert indexed(dict.fromkeys(CATEGORIES, 3)).haq == 3
    assert indexed(GRADES, aids="alternative").haq == Decimal("1.125")


def test_six_categories_are_enough_unless_all_are_asked_for() -> None:
    six = dict.fromkeys(list(CATEGORIES)[:6], 1) | {"aids": []}
    assert indexed(six).haq == 1
    assert "6 of 8 categories" in indexed(six).warnings[0]
    strict = indexed(six, missing="all")
    assert (strict.haq, strict.haq_low, strict.haq_high) == (None, Decimal("0.75"), Decimal("1.5"))
    five = indexed(dict.fromkeys(list(CATEGORIES)[:5], 1) | {"aids": []})
    assert (five.haq, five.warnings) == (None, ("5 of 8 categories are answered; at least 6 are needed.",))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"eating": 4}, "eating: must be one of 0, 1, 2, 3, not 4"),
        ({"eating": True}, "eating: must be one of 0, 1, 2, 3, not true"),
        ({"aids": ["cane"]}, "aids: must be one of dressing, arising"),
        ({"aids": ["reach", "reach"]}, "aids: must name each at most once"),
        ({"aids": "reach"}, "aids: must be a list or null"),
    ],
)
def test_categories_that_do_not_fit_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused, match=message):
        indexed(given)
