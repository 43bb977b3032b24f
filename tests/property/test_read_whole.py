"""Reading holds on to the text: no word outside the criteria, no place outside the text, walls in bounded time."""

import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from equipoise.eligibility.expression import Criterion, Opaque, Parse
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.tree import atoms, walk
from equipoise.kernel.criteria import read_criteria
from equipoise.kernel.criteria import walk as items

PIECES = st.sampled_from(
    [
        *("\n", "\r\n", "\n\n", " ", "   ", "\n          ", "\t", "* ", "- ", "1. ", "a) ", "  * ", r"2\. "),
        *("Inclusion Criteria:", "Exclusion Criteria:", "DISEASE CHARACTERISTICS:", "any of the following:"),
        *("at least 2 of: ", "one of the following", "except ", "unless ", "(", ")", "[", "]", ",", ";", ". ", " or "),
        *("No history of ", "not ", "severe ", "asthma", "hepatitis B or C", "prednisone", "chemotherapy", "pregnant"),
        *("Age ", "18 ", "to 75 years", r"\>= ", "≥ ", "=< ", "3 x ULN", "platelets ", "100 x 109/L", "50.000/mm3"),
        *("ECOG ", "0-1", "NYHA class III-IV", "within 4 weeks ", "or 5 half-lives, whichever is longer", " and "),
        *("for at least ", "since ", "is allowed", "women of childbearing potential ", "before consent", "; if "),
        *("with ", "requiring ", "HIV negative", "100 000", "۱۸", "１８", "½", "\u2028", "\x85", "\x00", "\x02"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join)
JUST_READ = 7_900
"""Characters: as long as a line may be and still be read word by word."""
LONGEST = 20
"""Seconds, on a slow machine that does other things."""


def check(text: str) -> None:
    criteria = read_reading(text).criteria
    for one in criteria:
        check_criterion(text, one)
    check_words(text, criteria)


def check_criterion(text: str, one: Criterion) -> None:
    assert 0 <= one.span.start < one.span.end <= len(text)
    for node in walk(one.expr):
        assert node.rule
        assert all(one.span.start <= span.start < span.end <= one.span.end for span in node.spans)
    assert all(atom.spans for atom in atoms(one.expr))
    opaque = [isinstance(atom, Opaque) for atom in atoms(one.expr)]
    assert (one.parse is Parse.FULL) == (not any(opaque))
    assert (one.parse is Parse.OPAQUE) == (bool(opaque) and all(opaque))


def check_words(text: str, criteria: tuple[Criterion, ...]) -> None:
    """The words of every item are in one criterion, or in the heading over those that it leads in."""
    kept = sorted((one.span.start, one.span.end) for one in criteria)
    assert all(end <= start for (_, end), (start, _) in pairwise(kept))
    above = {one.heading for one in criteria}
    for section in read_criteria(text):
        for item in items(section.items):
            words = any(sign.isalnum() or sign == "_" for sign in item.text)
            inside = any(start < item.end and item.start < end for start, end in kept)
            assert inside or not words or any(item.text in heading for heading in above)


@given(TEXTS)
@example("")
@example("* ")
@example("Exclusion Criteria:\n\n* \n* -\n* Asthma")
@example("Inclusion Criteria:\n\n* any of the following:\n  * \n  * Age 18 to 75 years")
@example("\x00\x02 asthma \x00 or \x02")
def test_no_word_is_lost(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000,
        "[(" * 500_000,
        "* (" * 20_000,
        "within " * 4_000 + "4 weeks",
        "≥ " * 10_000 + "1",
        "1 " * 10_000,
        "1," * 10_000,
        "no " * 5_000 + "asthma",
        "asthma, " * 2_000,
        "except " * 3_000,
        "at least 2 of the following: " * 500,
        "is allowed. " * 1_000,
        "asthma; if asthma, then asthma " * 900,
        "a" * 200_000,
        "a " * 50_000,
        " " * 200_000 + "asthma",
        "-" * 100_000,
        "<p>Age &gt; 18</p>" * 3_000,
        "возраст 18 лет, 年齢18歳以上, العمر ۱۸ سنة; " * 300,
        "(asthma (or eczema (or psoriasis " * 200 + ")" * 600,
        "\n".join("  " * depth + "* any of the following:" for depth in range(300)),
    ],
    ids=lambda text: repr(text[:16]),
)
def test_a_wall_is_read_in_bounded_time(text: str) -> None:
    """Whole, and cut to the longest line that is still read word by word."""
    started = time.process_time()
    for whole in (text, f"Exclusion Criteria:\n\n* {text}", f"Inclusion Criteria:\n\n* {text[:JUST_READ]}"):
        check(whole)
    assert time.process_time() - started < LONGEST
