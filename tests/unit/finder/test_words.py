import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.finder.fields import Area
from equipoise.finder.query import Among, Either, Every, Everything, In, Not, Phrase, Word
from equipoise.finder.words import LONGEST, plain_words, read_words
from equipoise.kernel.refused import Refused


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Everything()),
        ("   ", Everything()),
        ("myositis", Word("myositis")),
        ("heart attack", Every((Word("heart"), Word("attack")))),
        ("cancer of the lung", Every((Word("cancer"), Word("lung")))),
        ("the", Word("the")),
        ('"heart attack"', Phrase("heart attack")),
        ('"heart attack', Phrase("heart attack")),
        ("asthma -children", Every((Word("asthma"), Not(Word("children"))))),
        ("asthma NOT children", Every((Word("asthma"), Not(Word("children"))))),
        ('-"placebo effect"', Not(Phrase("placebo effect"))),
        ("lupus OR myositis", Either((Word("lupus"), Word("myositis")))),
        ("lupus or myositis", Every((Word("lupus"), Word("myositis")))),
        ("skin (lupus OR myositis)", Every((Word("skin"), Either((Word("lupus"), Word("myositis")))))),
        ("condition:lupus", In(Area.CONDITION, Word("lupus"))),
        ('title:"muscle strength"', In(Area.TITLE, Phrase("muscle strength"))),
        ("-drug:aspirin", Not(In(Area.TREATMENT, Word("aspirin")))),
        ("phase:3 asthma", Every((Among("phase", ("PHASE3",)), Word("asthma")))),
        ("status:recruiting", Among("status", ("RECRUITING",))),
        ("beta-blocker", Word("beta-blocker")),
        ("IL-6 AND TNF", Every((Word("IL-6"), Word("TNF")))),
    ],
)
def test_reads(text: str, query: object) -> None:
    assert read_words(text) == query


@pytest.mark.parametrize(
    "text", ["heart (", ")", "((", "a:b", "AND", "OR", "NOT", "-", '"', '""', "title:", "OR OR", "]}[", "x) y", "NOT )"]
)
def test_stray_signs_are_not_errors(text: str) -> None:
    read_words(text)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60))
def test_anything_a_person_can_type_is_read(text: str) -> None:
    read_words(text)


def test_refuses_what_is_too_long_and_says_the_limit() -> None:
    with pytest.raises(Refused, match="10000 characters long"):
        read_words("a" * 10_000)
    read_words("a" * LONGEST)


def test_refuses_what_arrived_broken() -> None:
    with pytest.raises(Refused, match="arrived broken"):
        read_words("m\N{REPLACEMENT CHARACTER}sles")


def test_refuses_control_characters() -> None:
    with pytest.raises(Refused, match="control characters"):
        read_words("heart\x00attack")


def test_plain_words_leave_out_what_is_not_wanted() -> None:
    read = read_words('lung "small cell" -children condition:cancer')
    assert plain_words(read) == ("lung", "small", "cell", "cancer")
