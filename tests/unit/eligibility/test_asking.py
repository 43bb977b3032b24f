"""Questions read as sentences: no capital inside, no comma left over, a question mark at the end."""

from decimal import Decimal

import pytest

from equipoise.eligibility.asking import inside, question_text
from equipoise.eligibility.english import english
from equipoise.eligibility.expression import (
    Ask,
    Concept,
    Domain,
    Exists,
    Pattern,
    Period,
    Range,
    Related,
    Topic,
    Unit,
    Window,
)


@pytest.mark.parametrize(
    ("words", "within"),
    [
        ("Unable to swallow tablets", "unable to swallow tablets"),
        ("A history of falls", "a history of falls"),
        ("An active infection", "an active infection"),
        ("HIV infection", "HIV infection"),
        ("HbA1c above 7 %", "HbA1c above 7 %"),
        ("B-cell lymphoma", "B-cell lymphoma"),
        ("Crohn's disease", "Crohn's disease"),
        ("Parkinson disease", "Parkinson disease"),
        ("Crohn’s disease", "Crohn’s disease"),
        ("I agree", "I agree"),
        ("type 2 diabetes", "type 2 diabetes"),
        ("", ""),
    ],
)
def test_words_inside_a_sentence(words: str, within: str) -> None:
    assert inside(words) == within


def test_what_only_a_person_can_say_is_asked_as_a_sentence() -> None:
    asked = Ask(question="Is this true of you: Unable to give informed consent", topic=Topic.WILLINGNESS)
    assert question_text(asked) == "Is this true of you: unable to give informed consent?"
    own = Ask(question="Can you come to the clinic every four weeks?", topic=Topic.LOGISTICS)
    assert question_text(own) == own.question


def test_one_event_after_another_is_asked_without_a_capital() -> None:
    rash, dose = Pattern(Domain.CONDITION, Concept("Rash")), Pattern(Domain.DRUG, Concept("the vaccine"))
    related = Related(first=rash, second=dose, gap=Range(low=Decimal(0)))
    assert question_text(related) == "Is this true of you: rash at least 0 days after the vaccine?"


def test_whichever_is_longer_ends_without_a_comma() -> None:
    window = Window(
        start=Period(Decimal(-4), Unit.WEEK),
        end=Period(Decimal(0), Unit.DAY),
        other=Period(Decimal(5), Unit.HALF_LIFE),
        whichever="longer",
    )
    taken = Exists(pattern=Pattern(Domain.DRUG, Concept("aspirin")), window=window)
    assert english(taken) == "aspirin in the last 4 weeks or 5 half-lives, whichever is longer"
    assert question_text(taken).endswith("in the last 4 weeks or 5 half-lives, whichever is longer?")
