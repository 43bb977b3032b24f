"""Every character of eligibility text but space is in exactly one heading or item, in the order of the text."""

import gzip
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from equipoise.kernel.criteria import read_criteria, spans, walk
from equipoise.studies.read import read_study

PIECES = st.sampled_from(
    [
        *("\n", "\r\n", "\n\n", " ", "   ", "\t", "          ", "\u2028", "\x0b", "\x85"),
        *(
            "* ",
            "- ",
            "-",
            "• ",
            "o ",
            "1. ",
            "10. ",
            r"2\. ",
            "1) ",
            "(a) ",
            "i. ",
            "A. ",
            r"\- ",
            "--Disease Stage--",
        ),
        *(
            "Inclusion Criteria:",
            "Exclusion Criteria",
            "EXCLUSION:",
            "DISEASE CHARACTERISTICS:",
            "Key inclusion criteria:",
        ),
        *("Age", "18 years", r"\>= 3 x ULN", "any of the following:", "will be excluded if:", "one", ".", "：", "\\"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=60).map("".join)


def check(text: str) -> None:
    places = list(spans(read_criteria(text)))
    assert "".join("".join(text[start:end].split()) for start, end in places) == "".join(text.split())
    assert all(end <= after for (_, end), (after, _) in pairwise(places))


def check_order(text: str) -> None:
    """Children come after their parent's own words, one level deeper."""
    for section in read_criteria(text):
        for item in walk(section.items):
            assert item.start < item.end
            assert all(child.start >= item.end and child.depth == item.depth + 1 for child in item.children)


@given(TEXTS)
@example("Inclusion Criteria: a Exclusion Criteria: b\r\n1.")
@example("a b c d Exclusion\nCriteria: e")
def test_lossless(text: str) -> None:
    check(text)
    check_order(text)


def test_lossless_over_real_records(real_records: list[bytes]) -> None:
    for raw in real_records:
        text = read_study(raw).eligibility.eligibility_criteria or ""
        check(text)
        check_order(text)


@pytest.mark.parametrize(("name", "key"), [("criteria_hint", "criteria"), ("criteria_chia", "text")])
def test_lossless_over_criteria_sets(shared_data: Path, name: str, key: str) -> None:
    with gzip.open(shared_data / f"{name}.jsonl.gz") as file:
        for line in file:
            check(json.loads(line)[key])
