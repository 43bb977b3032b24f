"""The documents of matching and of persons name every field there is."""

from pathlib import Path

import pytest

from equipoise.actions import match
from equipoise.exchange.fhir.notes import Note
from equipoise.exchange.person import _EVENT_FIELDS, _VALUE_FIELDS, FIELDS, read_person

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    "shape",
    [match.Matches, match.StudyMatch, match.CriterionTold, match.ReasonTold, match.Evidence, Note],
    ids=lambda shape: shape.__name__,
)
def test_every_field_of_a_match_is_documented(shape: type) -> None:
    page = (DOCS / "matching.md").read_text()
    assert [field for field in shape.__struct_fields__ if f"`{field}`" not in page] == []  # type: ignore[attr-defined]


def test_every_field_of_a_plain_person_is_documented() -> None:
    page = (DOCS / "people.md").read_text()
    named = (*FIELDS, *_EVENT_FIELDS, *_VALUE_FIELDS)
    assert [field for field in named if f"`{field}`" not in page and f"`{field}:`" not in page] == []


def test_the_example_of_a_person_is_read() -> None:
    lines = (DOCS / "people.md").read_text().splitlines()
    example = [line for line in lines if line.startswith("    ")]
    person = read_person("\n".join(example))
    assert person.id == "anna"
    assert len(person.events) == 7
    assert len(person.measurements) == 2
