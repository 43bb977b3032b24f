"""Instruments: bounds are exactly what trying everything gives; improvement is monotone and stays on its grid."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.instruments.catalogue import INSTRUMENTS, reaches, score, write_json
from equipoise.instruments.classification.classify import Classification
from equipoise.instruments.classification.weights import FROM_BIOPSY, WITH, Class
from equipoise.instruments.improvement.measures import MEASURES
from equipoise.instruments.improvement.relative import Relative
from equipoise.instruments.improvement.tis import Improvement
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth

FINDINGS = (*WITH.weights, "biopsy", "finger_flexors", "treatment_response")
AGES = (None, 10, 17, 18, 39, 40, 70)


@st.composite
def partial_findings(draw: st.DrawFn) -> dict[str, Any]:
    """Up to nine items not known, so that all completions can be tried."""
    findings: dict[str, Any] = {name: draw(st.booleans()) for name in FINDINGS}
    unknown = draw(st.lists(st.sampled_from(FINDINGS), max_size=8, unique=True))
    return findings | dict.fromkeys(unknown) | {"age_at_onset": draw(st.sampled_from(AGES))}


def completions(findings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    ages = (10, 30, 50) if findings["age_at_onset"] is None else (findings["age_at_onset"],)
    unknown = [name for name in FINDINGS if findings[name] is None]
    for age, *values in product(ages, *((False, True),) * len(unknown)):
        yield {**findings, "age_at_onset": age, **dict(zip(unknown, values, strict=True))}


def classified(findings: Mapping[str, Any]) -> Classification:
    result = score("eular-acr-2017", findings)
    assert isinstance(result, Classification)
    return result


@settings(max_examples=60)
@given(partial_findings())
def test_bounds_of_the_classification_are_what_all_completions_give(findings: dict[str, Any]) -> None:
    result = classified(findings)
    full = [classified(completion) for completion in completions(findings)]
    scores = sorted({Decimal(one.score or "") for one in full})
    assert (Decimal(result.score_low), Decimal(result.score_high)) == (scores[0], scores[-1])
    assert result.score == (str(scores[0]) if len(scores) == 1 else None)
    classes = sorted({one.at_least for one in full}, key=lambda each: each.rank)
    assert (result.at_least, result.at_most) == (classes[0], classes[-1])
    assert result.class_ == (classes[0] if len(classes) == 1 else None)
    chances = {one.probability for one in full}
    assert (result.probability_low, result.probability_high) == (min(chances), max(chances))
    subgroups = {one.subgroup for one in full}
    assert result.subgroup == (subgroups.pop() if len(subgroups) == 1 else None)
    assert {one.subgroup for one in full} - {None} <= set(result.subgroups)


@settings(max_examples=60)
@given(partial_findings(), st.sampled_from(list(Class)))
def test_reaches_is_true_or_false_only_when_every_completion_agrees(findings: dict[str, Any], least: Class) -> None:
    answers = {classified(completion).at_least.rank >= least.rank for completion in completions(findings)}
    wanted = Truth.UNKNOWN if len(answers) == 2 else Truth.of(answers.pop())
    assert reaches("eular-acr-2017", findings, least) is wanted


@given(partial_findings(), st.sampled_from(FINDINGS))
def test_learning_more_never_widens_the_bounds(findings: dict[str, Any], name: str) -> None:
    before = classified({**findings, name: None})
    for value in (False, True):
        after = classified({**findings, name: value})
        assert Decimal(before.score_low) <= Decimal(after.score_low)
        assert Decimal(after.score_high) <= Decimal(before.score_high)
        assert before.at_least.rank <= after.at_least.rank
        assert after.at_most.rank <= before.at_most.rank


@given(partial_findings(), st.sampled_from([name for name in FINDINGS if name in WITH.weights]))
def test_a_finding_more_never_lowers_the_score(findings: dict[str, Any], name: str) -> None:
    without, present = classified({**findings, name: False}), classified({**findings, name: True})
    assert Decimal(without.score_low) <= Decimal(present.score_low)
    if name in FROM_BIOPSY and findings["biopsy"] is False:
        assert without.score_low == present.score_low


# Improvement

MOST = {"phga": 10, "ptga": 10, "haq": 3, "extramuscular": 10, "enzyme": 30}


def tenths(most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, most * 10).map(lambda value: Decimal(value) / 10)


@st.composite
def visits(draw: st.DrawFn) -> dict[str, Any]:
    version = draw(st.sampled_from([80, 150, 260]))
    changes: dict[str, Any] = {name: [draw(tenths(most)), draw(tenths(most))] for name, most in MOST.items()}
    baseline, follow_up = changes.pop("enzyme")
    name = draw(st.sampled_from(["CK", "ALD", "ALT", "AST", "LDH"]))
    changes["enzyme"] = {"name": name, "baseline": baseline, "follow_up": follow_up}
    changes["mmt"] = [draw(st.integers(0, version)), draw(st.integers(0, version))]
    options = {"thresholds": draw(st.sampled_from(["adult", "juvenile"])), "clip_enzyme": draw(st.booleans())}
    return changes | {"mmt_max": version, "options": options}


def improved(measured: Mapping[str, Any]) -> Improvement:
    result = score("tis", measured)
    assert isinstance(result, Improvement)
    return result


def changed(measured: Mapping[str, Any], name: str, baseline: Any, follow_up: Any) -> dict[str, Any]:
    if name == "enzyme":
        return {**measured, name: measured[name] | {"baseline": baseline, "follow_up": follow_up}}
    return {**measured, name: [baseline, follow_up]}


def ends(measured: Mapping[str, Any], name: str) -> tuple[Any, Any]:
    value = measured[name]
    return (value["baseline"], value["follow_up"]) if name == "enzyme" else (value[0], value[1])


@given(visits())
def test_the_score_stays_on_its_grid_and_is_the_sum_of_its_points(measured: dict[str, Any]) -> None:
    result = improved(measured)
    assert result.tis is not None
    assert 0 <= result.tis <= 100
    assert result.tis % Decimal("2.5") == 0
    assert sum(points for points in result.points.values() if points is not None) == result.tis


@given(visits(), st.sampled_from(MEASURES), st.data())
def test_it_is_monotone_in_each_measure(measured: dict[str, Any], name: str, data: st.DataObject) -> None:
    baseline, follow_up = ends(measured, name)
    other = data.draw(st.integers(0, measured["mmt_max"]) if name == "mmt" else tenths(MOST[name]))
    better, worse = (max if name == "mmt" else min)(follow_up, other), (min if name == "mmt" else max)(follow_up, other)
    high = improved(changed(measured, name, baseline, better)).tis
    low = improved(changed(measured, name, baseline, worse)).tis
    assert high is not None
    assert low is not None
    assert low <= high


@given(visits(), st.integers(0, 100), st.integers(0, 100))
def test_the_version_of_the_muscle_test_does_not_matter_at_the_same_percent(
    measured: dict[str, Any], before: int, after: int
) -> None:
    points = {
        improved(
            {**measured, "mmt": [Decimal(version * before) / 100, Decimal(version * after) / 100], "mmt_max": version}
        ).points["mmt"]
        for version in (80, 150, 260)
    }
    assert len(points) == 1


@given(visits(), st.sampled_from(MEASURES), st.data())
def test_who_begins_at_the_best_value_gains_nothing_from_that_measure(
    measured: dict[str, Any], name: str, data: st.DataObject
) -> None:
    best = measured["mmt_max"] if name == "mmt" else 0
    follow_up = data.draw(st.integers(0, best) if name == "mmt" else tenths(MOST[name]) | st.none())
    assert improved(changed(measured, name, best, follow_up)).points[name] == 0


@given(visits(), st.lists(st.tuples(st.sampled_from(MEASURES), st.sampled_from([0, 1])), max_size=4))
def test_bounds_hold_whatever_is_hidden(measured: dict[str, Any], hidden: list[tuple[str, int]]) -> None:
    """What a full set of values gives lies within the bounds of the same set with some of them hidden."""
    partial = measured
    for name, end in hidden:
        values = list(ends(partial, name))
        values[end] = None
        partial = changed(partial, name, *values)
    full, part = improved(measured), improved(partial)
    assert full.tis is not None
    assert part.tis_low <= full.tis <= part.tis_high
    older, hidden_older = (
        score("imacs-improvement", no_options(measured)),
        score("imacs-improvement", no_options(partial)),
    )
    assert isinstance(older, Relative)
    assert isinstance(hidden_older, Relative)
    assert hidden_older.class_ in (None, older.class_)


@settings(max_examples=40)
@given(visits(), st.sampled_from([name for name in MEASURES if name != "enzyme"]), st.sampled_from([0, 1]))
def test_bounds_are_reached(measured: dict[str, Any], name: str, end: int) -> None:
    """One value hidden: over all its values the least and the most are the bounds, in both scores of improvement."""
    values = list(ends(measured, name))
    most = measured["mmt_max"] if name == "mmt" else MOST[name]
    values[end] = None
    part = improved(changed(measured, name, *values))
    older = score("imacs-improvement", no_options(changed(measured, name, *values)))
    totals, courses = set(), set()
    for step in range(0, most * 10 + 1, 1 if most <= 10 else 10):
        values[end] = Decimal(step) / 10
        tried = changed(measured, name, *values)
        totals.add(improved(tried).tis)
        whole = score("imacs-improvement", no_options(tried))
        assert isinstance(whole, Relative)
        courses.add(whole.class_)
    known = {total for total in totals if total is not None}
    assert (part.tis_low, part.tis_high) == (min(known), max(known))
    assert isinstance(older, Relative)
    assert {older.at_least, older.at_most} == courses


def no_options(measured: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in measured.items() if name != "options"}


# Anything at all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(INSTRUMENTS)), st.data())
def test_whatever_is_given_is_scored_or_refused(name: str, data: st.DataObject) -> None:
    fields = st.sampled_from([*(item.name for item in INSTRUMENTS[name].items), "options", "other"])
    answers = data.draw(st.dictionaries(fields, JSON, max_size=4) | JSON)
    try:
        result = score(name, answers)
    except Refused:
        return
    assert write_json(result) == write_json(score(name, answers))
