"""The arms picture: columns or rows, what is given, what is known of masking, and nothing made up."""

import re
from xml.etree import ElementTree

import pytest

from equipoise.studies.read import read_study
from equipoise.studies.record import Study
from equipoise.web.pictures.arms import draw_arms
from equipoise.web.pictures.scheme import read_scheme
from equipoise.web.pictures.svg import NARROW, WIDE
from tests.making import record

CARD = re.compile(r'class="pic-card" width="([\d.]+)" height="([\d.]+)"')


def study_of(
    *arms: tuple[str, ...], model: str = "PARALLEL", allocation: str = "RANDOMIZED", **masking: object
) -> Study:
    """Each arm is a label and the names of its drugs."""
    names = dict.fromkeys(name for _, *given in arms for name in given)
    return read_study(
        record(
            1,
            armsInterventionsModule={
                "armGroups": [
                    {"label": label, "type": "EXPERIMENTAL", "interventionNames": [f"Drug: {name}" for name in given]}
                    for label, *given in arms
                ],
                "interventions": [{"type": "DRUG", "name": name} for name in names],
            },
            designModule={
                "studyType": "INTERVENTIONAL",
                "designInfo": {"allocation": allocation, "interventionModel": model, "maskingInfo": masking},
                "enrollmentInfo": {"count": 1200, "type": "ESTIMATED"},
            },
        )
    )


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_real_study_is_drawn_with_equal_arms(real_records: list[bytes], width: float) -> None:
    for raw in real_records:
        study = read_study(raw)
        picture = draw_arms(study, width=width)
        assert bool(picture) is bool(study.arms)
        if picture:
            ElementTree.fromstring(picture)
            cards = CARD.findall(picture)
            assert len(cards) == len(study.arms), study.nct_id
            assert len(set(cards)) == 1, study.nct_id
            assert " style=" not in picture


def test_an_arm_that_is_not_given_something_has_a_dash_there() -> None:
    picture = draw_arms(study_of(("A", "x"), ("B", "x", "y")))
    assert picture.count('r="9"') == 3
    assert picture.count("pic-dash") == 1


def test_thirty_arms_are_drawn_under_each_other() -> None:
    picture = draw_arms(study_of(*((f"Arm {place}", "x") for place in range(30))))
    assert len(CARD.findall(picture)) == 30
    assert "pic-dash" not in picture


def test_a_word_too_long_for_a_column_gets_a_row() -> None:
    wide = draw_arms(study_of(("A", "x" * 60), ("B", "y")))
    assert CARD.search(wide)[1] == "692"  # type: ignore[index]


@pytest.mark.parametrize(
    ("allocation", "words"),
    [
        ("RANDOMIZED", "Chance decides"),
        ("NON_RANDOMIZED", "another way than by chance"),
        ("", "does not say how people"),
    ],
)
def test_how_people_come_to_their_arm_is_said(allocation: str, words: str) -> None:
    picture = draw_arms(study_of(("A", "x"), ("B", "y"), allocation=allocation))
    assert words in re.sub(r"</tspan><tspan[^>]*>", " ", picture)
    assert ("pic-mark" in picture) is (allocation == "RANDOMIZED")


def test_a_crossover_does_not_make_up_its_periods() -> None:
    assert "The record does not say when." in draw_arms(study_of(("A", "x"), ("B", "y"), model="CROSSOVER"))


def test_masking_without_names_shows_no_figures() -> None:
    picture = draw_arms(study_of(("A", "x"), ("B", "y"), masking="DOUBLE"))
    assert "The record does not say which." in picture
    assert "masked" not in picture.replace("pic-masked", "")


def test_each_role_is_masked_or_not() -> None:
    picture = draw_arms(study_of(("A", "x"), ("B", "y"), masking="SINGLE", whoMasked=["OUTCOMES_ASSESSOR"]))
    assert picture.count("pic-band") == 1
    assert picture.count(">not masked<") == 3


def test_what_is_linked_to_no_arm_is_said_and_not_given() -> None:
    raw = record(
        1,
        armsInterventionsModule={
            "armGroups": [{"label": "A", "type": "OTHER"}],
            "interventions": [{"type": "DEVICE", "name": "Probe"}],
        },
    )
    assert "Named, but linked to no group: Probe" in draw_arms(read_study(raw))


def test_interventions_are_matched_from_either_side() -> None:
    raw = record(
        1,
        armsInterventionsModule={
            "armGroups": [
                {"label": "A", "interventionNames": ["Combination Product: Pen: large"]},
                {"label": "B", "interventionNames": ["Drug: Stray"]},
            ],
            "interventions": [
                {"type": "COMBINATION_PRODUCT", "name": "Pen: large"},
                {"type": "DRUG", "name": "Pill", "armGroupLabels": ["B"]},
            ],
        },
    )
    first, second = read_scheme(read_study(raw)).arms
    assert [treatment.name for treatment in first.given] == ["Pen: large"]
    assert [(treatment.kind, treatment.name) for treatment in second.given] == [("Drug", "Stray"), ("Drug", "Pill")]
