"""The Total Improvement Score and the older definition: vectors, every tier, attainable values, what is missing."""

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from equipoise.instruments.answers import read_json
from equipoise.instruments.catalogue import reaches, score
from equipoise.instruments.improvement.relative import Relative
from equipoise.instruments.improvement.tis import POINTS, Improvement, Thresholds, class_of, points_of
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth

ORDER = ("phga", "ptga", "mmt", "haq", "enzyme", "extramuscular")
VECTORS = """
T1 | 5,5     | 5,5   | 120,120 | 1.5,1.5    | 3,3    | 3,3     | 0 0 0 0 0 0          | 0    | none
T2 | 5,4.5   | 5,4.5 | 120,123 | 1.5,1.35   | 3,2.25 | 3,2.5   | 0 0 0 0 0 0          | 0    | none
T3 | 6,4.8   | 6,5   | 130,135 | 1.5,1.375  | 2,1.9  | 3,2.6   | 7.5 2.5 10 0 0 0     | 20   | minimal
T4 | 6,3.9   | 6,4.2 | 125,138 | 1.625,1.25 | 5,3    | 3.5,2.1 | 15 5 10 5 2.5 7.5    | 45   | moderate
T5 | 7.5,1.5 | 7,2.5 | 100,146 | 2,0.625    | 14,1   | 5,0.8   | 20 10 32.5 10 7.5 20 | 100  | major
T6 | 6,3     | 5,4   | 140,132 | 1,1.25     | 1,1.5  | 5,1     | 17.5 2.5 0 0 0 15    | 35   | minimal
T7 | 5,3.5   | 5,2.5 | 100,130 | 2.25,1.05  | 10,4   | 6,2     | 7.5 5 20 7.5 7.5 15  | 62.5 | major
T8 | 10,0    | 10,0  | 0,150   | 3,0        | 15,0   | 10,0    | 20 10 32.5 10 7.5 20 | 100  | major
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in VECTORS.strip().splitlines()]


def visits(*pairs: str, mmt_max: int = 150, name: str = "CK", **more: Any) -> dict[str, Any]:
    """As JSON text would give them: decimals, no floats."""
    changes: dict[str, Any] = {key: read_json(f"[{pair}]") for key, pair in zip(ORDER, pairs, strict=True)}
    baseline, follow_up = changes["enzyme"]
    changes["enzyme"] = {"name": name, "baseline": baseline, "follow_up": follow_up}
    return changes | {"mmt_max": mmt_max} | more


def improved(given: dict[str, Any]) -> Improvement:
    result = score("tis", given)
    assert isinstance(result, Improvement)
    return result


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_worked_vectors(row: list[str]) -> None:
    _, *pairs, points, total, group = row
    result = improved(visits(*pairs))
    assert [result.points[name] for name in ORDER] == list(map(Decimal, points.split()))
    assert (result.tis, result.class_) == (Decimal(total), group)
    assert (result.tis_low, result.tis_high) == (result.tis, result.tis)
    assert result.missing == ()


TIERS = dict.fromkeys(ORDER, (5, 15, 25, 40)) | {"mmt": (2, 10, 20, 30)}
TABLE = {
    "phga": (0, 7.5, 15, 17.5, 20),
    "ptga": (0, 2.5, 5, 7.5, 10),
    "mmt": (0, 10, 20, 27.5, 32.5),
    "haq": (0, 5, 7.5, 7.5, 10),
    "enzyme": (0, 2.5, 5, 7.5, 7.5),
    "extramuscular": (0, 7.5, 12.5, 15, 20),
}


@pytest.mark.parametrize("name", ORDER)
@pytest.mark.parametrize("whole", ["10", "3", "80", "150", "260", "15"])
def test_a_tier_ends_exactly_at_its_edge(name: str, whole: str) -> None:
    """At the edge the lower tier still holds; by the smallest step beyond, the higher one."""
    for tier, edge in enumerate(TIERS[name]):
        gain = Decimal(whole) * edge / 100
        assert points_of(name, gain, Decimal(whole)) == TABLE[name][tier]
        assert points_of(name, gain + Decimal("1e-9"), Decimal(whole)) == TABLE[name][tier + 1]
    assert points_of(name, -Decimal(whole), Decimal(whole)) == 0


def test_the_highest_points_add_up_to_a_hundred() -> None:
    assert sum(points[-1] for points in POINTS.values()) == 100


def test_forty_one_values_can_be_attained() -> None:
    totals = {sum(points) for points in product(*POINTS.values())}
    assert len(totals) == 41
    assert all(total % Decimal("2.5") == 0 for total in totals)


def test_all_pairs_of_a_scale_in_tenths_of_a_centimetre() -> None:
    """10,201 pairs against whole-number arithmetic; binary fractions get some of them wrong."""
    wrong_in_binary = pairs = 0
    for before, after in product(range(101), repeat=2):
        pairs += 1
        tier = sum(before - after > edge for edge in (5, 15, 25, 40))
        gain = Decimal(before) / 10 - Decimal(after) / 10
        assert points_of("phga", gain, Decimal(10)) == TABLE["phga"][tier]
        wrong_in_binary += sum(100 * (before / 10 - after / 10) / 10 > edge for edge in (5, 15, 25, 40)) != tier
    assert pairs == 10_201
    assert wrong_in_binary == 26, "the trap is there, so this test would catch who falls into it"


def test_a_number_is_read_as_it_was_written() -> None:
    given = read_json(b'{"phga": [2.2, 0.7]}')
    assert isinstance(given, dict)
    assert improved(given).points["phga"] == Decimal("7.5")
    assert improved(given).percent["phga"] == Decimal("15.00")


@pytest.mark.parametrize(
    ("total", "adult", "juvenile"),
    [
        ("17.5", "none", "none"),
        ("20", "minimal", "none"),
        ("30", "minimal", "minimal"),
        ("40", "moderate", "minimal"),
        ("45", "moderate", "moderate"),
        ("60", "major", "moderate"),
        ("67.5", "major", "moderate"),
        ("70", "major", "major"),
    ],
)
def test_thresholds_of_adults_and_of_children(total: str, adult: str, juvenile: str) -> None:
    assert class_of(Decimal(total), Thresholds.ADULT) == adult
    assert class_of(Decimal(total), Thresholds.JUVENILE) == juvenile


def test_thresholds_are_an_option() -> None:
    pairs = ("6,3.9", "6,4.2", "125,138", "1.625,1.25", "1,1", "3.5,2.1")
    assert improved(visits(*pairs)).tis == Decimal("42.5")
    assert improved(visits(*pairs)).class_ == "moderate"
    assert improved(visits(*pairs, options={"thresholds": "juvenile"})).class_ == "minimal"


NONE = ("5,5", "5,5", "100,100", "1,1")


def test_ranges_of_the_enzymes_can_be_set_and_are_told() -> None:
    given = visits(*NONE, "2,1.7", "3,3", name="ALT")
    assert improved(given).points["enzyme"] == Decimal("2.5")
    assert improved(given).notes == ("The range of ALT, 3 × ULN, is not verified against the paper.",)
    wider = improved(given | {"options": {"enzyme_range_uln": {"ALT": 6}}})
    assert wider.points["enzyme"] == 0
    assert wider.options.enzyme_range_uln["ALT"] == 6
    assert wider.options.enzyme_range_uln["CK"] == 15
    assert wider.notes == ()


def test_values_above_the_range_are_counted_as_measured_unless_asked_otherwise() -> None:
    given = visits(*NONE, "40,20", "3,3")
    measured = improved(given)
    clipped = improved(given | {"options": {"clip_enzyme": True}})
    assert (measured.points["enzyme"], clipped.points["enzyme"]) == (Decimal("7.5"), 0)
    assert measured.warnings == (
        "An enzyme value above its range is counted as measured; the other way gives other points.",
    )
    assert "taken as the range" in clipped.warnings[0]


def test_below_the_upper_limit_of_normal_still_counts_as_measured() -> None:
    assert improved(visits(*NONE, "1,0.1", "3,3")).percent["enzyme"] == 6
    assert improved(visits(*NONE, "1,0.1", "3,3")).points["enzyme"] == Decimal("2.5")


@pytest.mark.parametrize("name", [name for name in ORDER if name != "mmt"])
def test_a_missing_measure_leaves_bounds_and_nothing_is_scaled_up(name: str) -> None:
    full = improved(visits(*ROWS[3][1:7]))
    part = improved({**visits(*ROWS[3][1:7]), name: None})
    assert part.tis is None
    assert part.missing == (name,)
    assert part.points[name] is part.percent[name] is None
    assert full.tis is not None
    assert part.tis_low == full.tis - (full.points[name] or 0)
    assert part.tis_high == part.tis_low + POINTS[name][-1]


def test_nothing_measured() -> None:
    result = improved({})
    assert (result.tis, result.tis_low, result.tis_high) == (None, 0, 100)
    assert (result.class_, result.at_least, result.at_most) == (None, "none", "major")
    assert result.missing == ORDER


def test_a_class_can_be_settled_although_a_measure_is_missing() -> None:
    result = improved({**visits(*ROWS[4][1:7]), "ptga": None})
    assert (result.tis, result.tis_low, result.tis_high) == (None, 90, 100)
    assert result.class_ == "major"
    assert reaches("tis", {**visits(*ROWS[4][1:7]), "ptga": None}, "moderate") is Truth.TRUE


def test_a_baseline_bounds_what_can_be_gained() -> None:
    assert improved({"phga": [Decimal("0.4"), None]}).points["phga"] == 0
    assert improved({"phga": [Decimal(4), None]}).tis_high == Decimal(80) + Decimal("17.5")
    assert improved({"mmt": [145, None], "mmt_max": 150}).tis_high == Decimal("67.5") + 10


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"phga": [5, 11]}, r"phga: must be a number from 0 to 10 \(cm\), not 11\."),
        ({"phga": [5, -1]}, "phga: must be a number from 0 to 10"),
        ({"phga": 5}, r"phga: must be \[baseline, follow_up\] or null, not 5\."),
        ({"phga": [5]}, r"phga: must be \[baseline, follow_up\]"),
        ({"haq": [Decimal("3.1"), 0]}, "haq: must be a number from 0 to 3, not 3.1"),
        ({"phga": [5, "4"]}, r'not "4"'),
        ({"phga": [5, True]}, "phga: must be a number from 0 to 10 .* not true"),
        ({"phga": [5, 0.7]}, "phga: is a binary fraction, which is not exact. Pass a Decimal, or JSON text."),
        ({"phga": [5, Decimal("NaN")]}, "phga: must be a number from 0 to 10 .* not NaN"),
        ({"phga": [5, Decimal("Infinity")]}, "not Infinity"),
        ({"phga": [5, Decimal("1e-40")]}, "phga: has more than 20 digits. Round it"),
        ({"phga": [5, Decimal("1." + "1" * 30)]}, "phga: has more than 20 digits"),
        ({"mmt": [100, 110]}, r"mmt_max: must say which version of the test it was\. Use 80, 150 or 260\."),
        ({"mmt": [70, 81], "mmt_max": 80}, "mmt: must be at most 80, the highest total of that version, not 81"),
        ({"mmt_max": 100}, r"mmt_max: must be one of 80, 150, 260, not 100\."),
        ({"enzyme": {"name": "GGT"}}, r"enzyme\.name: must be one of CK, ALD, ALT, AST, LDH"),
        ({"enzyme": {"baseline": 3}}, r"enzyme\.name: must say which enzyme it is"),
        ({"enzyme": {"name": "CK", "baseline": -3}}, r"enzyme\.baseline: must be a number from 0 to 10000"),
        ({"enzyme": {"name": "CK", "uln": 3}}, r"enzyme\.uln: is not a field we know"),
        ({"enzyme": [3, 2]}, "enzyme: must be an object with name, baseline, follow_up, not"),
        ({"options": {"thresholds": "old"}}, r"options\.thresholds: must be one of adult, juvenile"),
        ({"options": {"enzyme_range_uln": {"CK": 0}}}, r"options\.enzyme_range_uln\.CK: must be more than 0"),
        ({"options": {"clip": True}}, r"options\.clip: is not a field we know"),
        ({"pgha": [5, 4]}, "pgha: is not a field we know"),
        ([], "One person's answers are a JSON object"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(given: Any, message: str) -> None:
    with pytest.raises(Refused, match=message):
        score("tis", given)


# The older definition


def compared(given: dict[str, Any]) -> Relative:
    result = score("imacs-improvement", given)
    assert isinstance(result, Relative)
    return result


@pytest.mark.parametrize(
    ("pairs", "group", "better", "worse"),
    [
        (("5,4", "5,4", "100,120", "1,1", "3,3", "3,3"), "improved", 3, 0),
        (("5,4.1", "5,4", "100,120", "1,1", "3,3", "3,3"), "not improved", 2, 0),
        (("5,4", "5,4", "100,100", "1,0.8", "4,5", "4,5"), "improved", 3, 2),
        (("5,4", "5,4", "100,75", "1,0.8", "4,4", "4,4"), "not improved", 3, 1),
        (("5,4", "5,4", "100,76", "1,0.8", "4,4", "4,4"), "improved", 3, 0),
        (("0,0", "0,1", "0,1", "1,0.8", "4,3", "4,4"), "improved", 3, 1),
    ],
)
def test_older_definition(pairs: tuple[str, ...], group: str, better: int, worse: int) -> None:
    result = compared(visits(*pairs))
    assert (result.class_, len(result.better), len(result.worse)) == (group, better, worse)


def test_more_than_two_worse_is_no_improvement() -> None:
    """Only six measures: three better and three worse cannot be improvement, whichever they are."""
    result = compared(visits("5,4", "5,4", "100,120", "1,1.25", "4,5", "4,5"))
    assert (result.class_, result.worse) == ("not improved", ("haq", "enzyme", "extramuscular"))


def test_older_definition_while_measures_are_missing() -> None:
    three = {"phga": [5, 4], "ptga": [5, 4], "mmt": [100, 120], "mmt_max": 150}
    assert compared(three).class_ is None
    assert compared(three | {"haq": [1, 1]}).class_ == "improved", "the two others may be worse, and that is allowed"
    assert compared({"mmt": [100, 75], "mmt_max": 150}).class_ == "not improved"
    assert compared({}).missing == ORDER
    assert compared({"haq": [0, None], "phga": [0, None], "ptga": [0, None], "extramuscular": [0, None]}).at_most == (
        "not improved"
    )
