"""Readings through an EvidenceVariable and a Group: whole by the extension, and never said otherwise without it."""

import json
from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise.eligibility.evaluate import evaluate
from equipoise.eligibility.expression import Criterion, Expr, Opaque, Parse, Polarity, Reading, Span
from equipoise.eligibility.person import Run
from equipoise.eligibility.tree import walk
from equipoise.exchange.evidence import read_evidence, write_evidence_variable, write_group
from equipoise.exchange.omop import read_people
from equipoise.kernel.truth import Truth
from tests.engines import Row
from tests.omop import VOCABULARY, atoms, expressions, populations, runs

Writer = Callable[[Reading], tuple[bytes, tuple[str, ...]]]
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
WRITERS = pytest.mark.parametrize("write", [write_evidence_variable, write_group])


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    exprs = draw(st.lists(expressions, max_size=3)) + draw(st.lists(atoms, min_size=1, max_size=8))
    words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    criteria = tuple(
        Criterion(
            f"i{place}",
            draw(st.sampled_from(Polarity)),
            draw(words),
            Span(place, place + 4),
            draw(st.sampled_from(Parse)),
            expr,
            scope=draw(words),
        )
        for place, expr in enumerate(exprs)
    )
    return Reading(draw(st.sampled_from(["", "NCT06455449"])), criteria, draw(words), draw(words), draw(words))


@WRITERS
@given(reading=readings())
@settings(max_examples=150, suppress_health_check=SLOW)
def test_there_and_back(write: Writer, reading: Reading) -> None:
    raw, _ = write(reading)
    assert read_evidence(raw) == (reading, ())


@WRITERS
@given(reading=readings(), tables=populations, run=runs)
@settings(max_examples=100, suppress_health_check=SLOW)
def test_without_the_extension_nothing_else_is_said(
    write: Writer, reading: Reading, tables: dict[str, list[Row]], run: Run
) -> None:
    """Where the standard elements alone give an answer, it is that of the reading they were written from."""
    raw, lost = write(reading)
    back, notes = read_evidence(json.dumps(stripped(json.loads(raw))).encode())
    for person in read_people(tables, VOCABULARY):
        meant = [_met(one, evaluate(one.expr, person, run)) for one in reading.criteria]
        again = [_met(one, evaluate(one.expr, person, run)) for one in back.criteria]
        if write is write_evidence_variable:
            assert all(found in (one, Truth.UNKNOWN) for one, found in zip(meant, again, strict=True))
        assert Truth.FALSE not in again or Truth.FALSE in meant
        assert Truth.UNKNOWN in again or Truth.FALSE in again or set(meant) == {Truth.TRUE}
    opaque = any(isinstance(node, Opaque) for one in back.criteria for node in walk(one.expr))
    assert opaque or not lost
    assert bool(notes) == opaque


def _met(criterion: Criterion, truth: Truth) -> Truth:
    if criterion.polarity is Polarity.INCLUDE or truth is Truth.UNKNOWN:
        return truth
    return Truth.FALSE if truth is Truth.TRUE else Truth.TRUE


def stripped(resource: dict[str, Any]) -> dict[str, Any]:
    """Without what only we read."""
    parts = [{key: told for key, told in one.items() if key != "extension"} for one in resource["characteristic"]]
    return {**resource, "extension": [], "characteristic": parts}


def test_every_kind_of_node_is_written() -> None:
    kinds: set[type] = set()

    @given(readings())
    @settings(max_examples=150, suppress_health_check=SLOW)
    def gather(reading: Reading) -> None:
        kinds.update(type(node) for one in reading.criteria for node in walk(one.expr))

    gather()
    assert kinds == set(get_args(Expr))
