"""No difference between two versions is passed over, and none is invented."""

import itertools
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.studies.changes import PieceKind, changes
from equipoise.studies.compare.fields import differing, under
from equipoise.studies.compare.table import RULES
from equipoise.studies.compare.words import word_pieces
from equipoise.studies.part import Part
from equipoise.studies.read import read_study
from equipoise.studies.record import Study

TEXTS = st.text(alphabet="ab \n\\>.", max_size=30)


def test_a_record_has_not_changed_from_itself(real_records: list[bytes]) -> None:
    for raw in real_records:
        assert changes(read_study(raw), read_study(raw)) == ()


def test_every_field_of_real_records_is_told_of(real_records: list[bytes]) -> None:
    """Each field of each record in turn is emptied, then put back."""
    emptied = 0
    for raw in real_records[::12]:
        study = read_study(raw)
        for path in differing(Study(), study):
            if path != "has_results":
                without = _without(study, path.split("."))
                assert changes(study, without), path
                assert changes(without, study), path
                emptied += 1
    assert emptied > 1500


def test_two_fields_that_change_are_both_told_of(real_records: list[bytes]) -> None:
    chance = random.Random(1)
    for raw in real_records[::6]:
        study = read_study(raw)
        one, other = chance.sample(differing(Study(), study), 2)
        if any(under(one, rule.paths) and under(other, rule.paths) for rule in RULES):
            continue
        both = _without(_without(study, one.split(".")), other.split("."))
        headings = {change.heading for change in changes(study, both)}
        for path in (one, other):
            alone = {change.heading for change in changes(study, _without(study, path.split(".")))}
            assert alone <= headings, path


@pytest.mark.parametrize("step", [1, 7])
def test_different_records_differ(real_records: list[bytes], step: int) -> None:
    for old, new in zip(real_records[::20], real_records[step::20], strict=False):
        before, after = read_study(old), read_study(new)
        assert changes(before, after)
        assert all(change.sentence.endswith(".") for change in changes(before, after))


@given(st.lists(st.integers(0, 3), max_size=8), st.lists(st.integers(0, 3), max_size=8))
def test_lists_that_differ_are_told_of_and_equal_ones_are_not(old: list[int], new: list[int]) -> None:
    before, after = _with_sites(old), _with_sites(new)
    assert (changes(before, after) == ()) == (old == new)


@given(TEXTS, TEXTS)
def test_pieces_hold_both_texts(old: str, new: str) -> None:
    pieces = word_pieces(old, new)
    shown = [text.replace("\\\\", "\\").replace("\\>", ">").replace("\\.", ".") for text in (old, new)]
    joined = [
        "".join(piece.text for piece in pieces if piece.kind is not left_out)
        for left_out in (PieceKind.ADDED, PieceKind.REMOVED)
    ]
    if "\\\\" not in old + new:
        assert joined == shown
    assert all(one.kind is not other.kind for one, other in itertools.pairwise(pieces))


def _with_sites(numbers: list[int]) -> Study:
    sites = [{"facility": "Site", "city": f"Town {number // 2}", "zip": str(number)} for number in numbers]
    module = {"locations": sites, "centralContacts": [{"name": str(number)} for number in numbers]}
    outcomes = {"primaryOutcomes": [{"measure": f"m{number}"} for number in numbers]}
    return msgspec.convert({"protocolSection": {"contactsLocationsModule": module, "outcomesModule": outcomes}}, Study)


def _without(part: Any, names: list[str]) -> Any:
    """The record with one field as if it had never been given."""
    name, *rest = names
    if rest:
        return msgspec.structs.replace(part, **{name: _without(getattr(part, name), rest)})
    return msgspec.structs.replace(part, **{name: _default(type(part), name)})


def _default(kind: type[Part], name: str) -> Any:
    return next(field.default for field in msgspec.structs.fields(kind) if field.name == name)
