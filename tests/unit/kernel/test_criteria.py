import gzip
import json
from pathlib import Path

import pytest

from equipoise.kernel.criteria import CriteriaSection, Item, SectionKind, read_criteria, walk
from equipoise.studies.read import read_study

INCLUSION, EXCLUSION, OTHER = SectionKind


def shape(sections: tuple[CriteriaSection, ...]) -> list[tuple[str, list[str]]]:
    """Heading, then items with two spaces a level."""
    return [(section.heading, ["  " * item.depth + item.text for item in walk(section.items)]) for section in sections]


def kinds(text: str) -> list[SectionKind]:
    return [section.kind for section in read_criteria(text)]


MARKDOWN = r"""Inclusion Criteria:

1. Age \>= 18 years
2. One of these:

   * raised CK
   * typical rash

     * on the hands
3. Consent

   \- Note: in writing.

Exclusion Criteria:

* Cancer, unless:

  1. basal cell
  2. in situ
* Pregnancy"""

CLASSIC = """
        Inclusion Criteria:

          -  Histologically confirmed melanoma that has spread and cannot be removed by surgery, or has
             come back

               -  Measurable disease of at least one lesion that was not irradiated before the study is
                  opened

         10. Consent

        Exclusion Criteria:

          -  Pregnancy
"""


def test_markdown_of_the_api() -> None:
    assert shape(read_criteria(MARKDOWN)) == [
        (
            "Inclusion Criteria",
            [
                "Age >= 18 years",
                "One of these:",
                "  raised CK",
                "  typical rash",
                "    on the hands",
                "Consent",
                "  Note: in writing.",
            ],
        ),
        ("Exclusion Criteria", ["Cancer, unless:", "  basal cell", "  in situ", "Pregnancy"]),
    ]


def test_hard_wrapped_legacy_text() -> None:
    assert shape(read_criteria(CLASSIC)) == [
        (
            "Inclusion Criteria",
            [
                "Histologically confirmed melanoma that has spread and cannot be removed by surgery, or has come back",
                "  Measurable disease of at least one lesion that was not irradiated before the study is opened",
                "Consent",
            ],
        ),
        ("Exclusion Criteria", ["Pregnancy"]),
    ]


def test_one_item_a_line_without_bullets() -> None:
    [section] = read_criteria("Women aged 20-49;\r\nRegular cycle\r\nNo other disease")
    assert (section.heading, section.kind) == ("", OTHER)
    assert [item.text for item in section.items] == ["Women aged 20-49;", "Regular cycle", "No other disease"]


def test_an_item_knows_its_marker_and_place() -> None:
    text = "Exclusion Criteria:\n\n2\\. AST \\> 3 x ULN"
    [section] = read_criteria(text)
    assert text[section.start : section.end] == "Exclusion Criteria:"
    assert section.items == (Item("AST > 3 x ULN", "2.", 21, len(text), 0),)
    assert text[21:] == r"2\. AST \> 3 x ULN"


@pytest.mark.parametrize("marker", ["* ", "  - ", ""])
def test_lines_of_one_length_are_not_taken_for_wrapped_ones(marker: str) -> None:
    [section] = read_criteria("\n".join(f"{marker}{letter * 80} end" for letter in "ABCD"))
    assert len(section.items) == 4


def test_wrapped_text_at_the_margin_is_joined() -> None:
    lines = [f"Adults with {'a' * 60} who were", f"never treated {'b' * 62} before", f"and agree to {'c' * 60} now."]
    [section] = read_criteria("\n".join(lines))
    assert [item.text for item in section.items] == [" ".join(lines)]


def test_no_text_no_sections() -> None:
    assert read_criteria("") == ()
    assert read_criteria(" \r\n\t\n") == ()


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Inclusion Criteria:", INCLUSION),
        ("INCLUSION", INCLUSION),
        ("Key inclusion criteria", INCLUSION),
        ("Inclusion criteria：", INCLUSION),
        ("Inclusion Criteria (screening)", INCLUSION),
        ("Healthy controls inclusion criteria:", INCLUSION),
        ("Criteria for inclusion:", INCLUSION),
        ("Patients must meet the following criteria for study entry:", INCLUSION),
        ("* Inclusion criteria:", INCLUSION),
        ("Exclusion criteria for patients with diabetes:", EXCLUSION),
        ("III.6 EXCLUSION CRITERIA", EXCLUSION),
        ("Non-inclusion criteria:", EXCLUSION),
        ("Exclusions criteria:", EXCLUSION),
        ("General Medical Exclusions:", EXCLUSION),
        ("Patients who meet any of the following will be excluded:", EXCLUSION),
        ("A subject is not eligible if any of these holds:", EXCLUSION),
        ("Inclusion/Exclusion Criteria:", OTHER),
        ("DISEASE CHARACTERISTICS:", OTHER),
        ("--Prior/Concurrent Therapy--", OTHER),
        ("Eligibility criteria:", OTHER),
        ("Withdrawal criteria:", OTHER),
    ],
)
def test_headings(heading: str, kind: SectionKind) -> None:
    [section] = read_criteria(f"{heading}\n\n* one\n* two")
    assert section.kind is kind
    assert section.heading
    assert [item.text for item in section.items] == ["one", "two"]


@pytest.mark.parametrize(
    "line",
    [
        "Other inclusion and exclusion criteria may apply.",
        "* Any inclusion criteria not met",
        "* Patients not meeting all of the inclusion criteria",
        "* Period of exclusion for another study",
        "Further exclusion criteria apply",
        "Note: Other protocol defined Inclusion/Exclusion criteria may apply",
    ],
)
def test_lines_that_only_speak_of_criteria_are_items(line: str) -> None:
    [section] = read_criteria(f"Exclusion Criteria:\n\n* Asthma\n\n{line}")
    assert [item.text for item in section.items] == ["Asthma", line.removeprefix("* ")]


def test_several_cohorts() -> None:
    text = "Inclusion criteria for patients:\n* a\n\nInclusion criteria for controls:\n* b\n\nExclusion criteria:\n* c"
    assert kinds(text) == [INCLUSION, INCLUSION, EXCLUSION]


def test_a_heading_and_its_first_item_on_one_line() -> None:
    text = "Inclusion Criteria: - Informed consent. Exclusion Criteria:1. Pregnancy"
    assert shape(read_criteria(text)) == [
        ("Inclusion Criteria", ["Informed consent."]),
        ("Exclusion Criteria", ["Pregnancy"]),
    ]


def test_a_sentence_under_its_own_heading_introduces_the_list() -> None:
    text = "Exclusion Criteria:\n\nPatients meeting any of the following exclusion criteria are out:\n\n1. HIV\n2. TB"
    [section] = read_criteria(text)
    [introduction] = section.items
    assert [item.text for item in introduction.children] == ["HIV", "TB"]


def test_a_line_with_a_colon_owns_the_list_after_it() -> None:
    text = "Inclusion:\n\nPatients:\n\n* ill\n\nControls:\n\n* well"
    assert shape(read_criteria(text)) == [("Inclusion", ["Patients:", "  ill", "Controls:", "  well"])]


def test_eligibility_before_exclusion_is_inclusion() -> None:
    assert kinds("Eligibility Criteria:\n* a\n\nExclusion Criteria:\n* b") == [INCLUSION, EXCLUSION]


def test_what_stands_before_the_first_heading_is_kept() -> None:
    assert kinds("PATIENTS\n\nInclusion Criteria:\n* a") == [OTHER, INCLUSION]


@pytest.mark.parametrize(
    ("text", "nested"),
    [
        ("1. One:\n- a\n- b\n2. Two", ["One:", "  a", "  b", "Two"]),
        ("1. One\na. x\nb. y\n2. Two", ["One", "  x", "  y", "Two"]),
        ("a. One\ni. x\nii. y\nb. Two", ["One", "  x", "  y", "Two"]),
        ("• One\no Under\n• Two", ["One", "  Under", "Two"]),
        ("g. seven\nh. eight\ni. nine", ["seven", "eight", "nine"]),
        ("- One of:\n1) x\n2) y\n- Two", ["One of:", "  x", "  y", "Two"]),
        ("(1) One\n\n(2) Two", ["One", "Two"]),
        ("1.Age over 18\n2.Consent", ["Age over 18", "Consent"]),
        ("E. coli infection\nA. fumigatus", ["E. coli infection", "A. fumigatus"]),
        ("- aged\n  20 to 49\n- well", ["aged 20 to 49", "well"]),
    ],
)
def test_bullets_nest_without_indentation(text: str, nested: list[str]) -> None:
    [section] = read_criteria(text)
    assert ["  " * item.depth + item.text for item in walk(section.items)] == nested


def test_a_first_line_that_lost_its_indent_does_not_own_the_others() -> None:
    [section] = read_criteria("-  Diagnosis\n\n          -  Age\n\n          -  Consent\n")
    assert [item.depth for item in walk(section.items)] == [0, 0, 0]


def test_absurd_depth_is_borne() -> None:
    text = "\n".join("  " * depth + "* deeper" for depth in range(400))
    assert max(item.depth for item in walk(read_criteria(text)[0].items)) < 50


def test_real_records_have_both_sections(real_records: list[bytes]) -> None:
    texts = [read_study(raw).eligibility.eligibility_criteria or "" for raw in real_records]
    both = [{INCLUSION, EXCLUSION} <= set(kinds(text)) for text in texts]
    assert sum(both) / len(both) > 0.96


def test_classic_layouts_have_both_sections(shared_data: Path) -> None:
    """Every text with each header exactly once; four in five of the 3,887 texts of the HINT set."""
    checked = 0
    with gzip.open(shared_data / "criteria_hint.jsonl.gz") as file:
        for text in (json.loads(line)["criteria"] for line in file):
            if text.count("\n        Inclusion Criteria:\n") == text.count("\n        Exclusion Criteria:\n") == 1:
                assert {INCLUSION, EXCLUSION} <= set(kinds(text)), text
                checked += 1
    assert checked > 2500
