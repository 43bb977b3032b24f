"""Ranking studies for one person: by what their criteria say, then by what they are about."""

import datetime
from decimal import Decimal

import numpy as np
import pytest

from equipoise.eligibility.expression import (
    Age,
    Concept,
    Criterion,
    Domain,
    Exists,
    Expr,
    Parse,
    Pattern,
    Period,
    Polarity,
    Reading,
    Sex,
    Span,
    Unit,
)
from equipoise.eligibility.match.about import (
    KIND,
    SAME,
    WIDER,
    Had,
    Topic,
    build_topics,
    conditions_of,
    relevance,
    sorted_words,
    topic_name,
    why_listed,
)
from equipoise.eligibility.match.evidence import record_words
from equipoise.eligibility.match.ranking import Ranking, rank
from equipoise.eligibility.match.table import build_table
from equipoise.eligibility.person import Event, Measurement, Person, Run
from equipoise.eligibility.verdict import Standing
from equipoise.kernel.dates import PartialDate

AT = datetime.date(2026, 1, 15)
RUN = Run(AT)
ADULT = Age(low=Period(Decimal(18), Unit.YEAR))
WOMAN = Sex(sex="female")


def has(words: str) -> Exists:
    return Exists(pattern=Pattern(Domain.CONDITION, Concept(words)))


def reading(*exprs: Expr) -> Reading:
    criteria = (
        Criterion(str(number), Polarity.INCLUDE, "", Span(0, 0), Parse.FULL, expr) for number, expr in enumerate(exprs)
    )
    return Reading("", tuple(criteria))


def condition(words: str, **fields: object) -> Event:
    return Event(Domain.CONDITION, (words,), start=PartialDate(2020, 1, 1), source=f"Condition/{words}", **fields)  # type: ignore[arg-type]


def ranked(person: Person, studies: dict[int, tuple[Reading, Topic]], **wish: object) -> Ranking:
    table = build_table((number, one) for number, (one, _) in studies.items())
    return rank(table, build_topics(topic for _, topic in studies.values()), person, RUN, **wish)  # type: ignore[arg-type]


GOUT = Topic(("Gout",))
WHO = Person(born=PartialDate(1970), sex="female", events=(condition("gout"),))
STUDIES = {
    1: (reading(ADULT, has("asthma")), GOUT),
    2: (reading(ADULT, WOMAN, has("gout")), GOUT),
    3: (reading(Sex(sex="male")), GOUT),
    4: (reading(ADULT), Topic(("Asthma",))),
    5: (reading(ADULT, has("asthma"), has("lupus")), GOUT),
}


def test_definite_before_possible_and_none_that_is_excluded() -> None:
    found = ranked(WHO, STUDIES)
    assert [one.study for one in found.first] == [2, 1, 5]
    assert [one.standing for one in found.first] == [Standing.DEFINITE, Standing.POSSIBLE, Standing.POSSIBLE]
    assert found.counts == {Standing.DEFINITE: 1, Standing.POSSIBLE: 2, Standing.EXCLUDED: 1}
    assert (found.first[1].met, found.first[1].unknown, found.first[1].unmet) == (1, 1, 0)


def test_excluded_and_other_topics_on_request() -> None:
    assert [one.study for one in ranked(WHO, STUDIES, excluded=True).first] == [2, 1, 5, 3]
    assert [one.study for one in ranked(WHO, STUDIES, any_topic=True).first] == [2, 4, 1, 5]


def test_a_real_study_comes_before_a_fictional_one() -> None:
    studies = {
        99_000_001: (reading(ADULT, has("asthma")), GOUT),
        7: (reading(has("asthma")), Topic(("Gout", "Asthma"))),
    }
    assert [one.study for one in ranked(WHO, studies).first] == [7, 99_000_001]


def test_who_has_no_condition_is_shown_what_takes_healthy_volunteers() -> None:
    studies = {1: (reading(ADULT), GOUT), 2: (reading(ADULT), Topic(("Gout",), healthy=True))}
    assert [one.study for one in ranked(Person(born=PartialDate(1970)), studies).first] == [2]
    assert [one.study for one in ranked(WHO, studies).first] == [2, 1]


def test_only_so_many_and_only_among_those_that_count() -> None:
    assert [one.study for one in ranked(WHO, STUDIES, first=1).first] == [2]
    near = np.array([True, False, False, False, True])
    assert [one.study for one in ranked(WHO, STUDIES, among=near).first] == [1, 5]


def test_no_studies_and_no_criteria() -> None:
    assert ranked(WHO, {}).first == ()
    (alone,) = ranked(WHO, {9: (reading(), GOUT)}).first
    assert alone.standing is Standing.DEFINITE


def had(words: str) -> tuple[Had, ...]:
    return conditions_of(Person(events=(condition(words),)), RUN)


@pytest.mark.parametrize(
    ("condition_words", "topic", "relation"),
    [
        ("Gout", Topic(("Gout",)), SAME),
        ("Essential hypertension (disorder)", Topic(("Hypertension",)), SAME),
        ("Type 2 diabetes mellitus", Topic(("Diabetes Mellitus, Type 2",)), SAME),
        ("Diabetes", Topic(("Type 2 Diabetes",)), KIND),
        ("Type 2 diabetes mellitus", Topic(("Diabetes Mellitus",)), WIDER),
        ("Quux disease", Topic(("Quux disease, childhood",), ("Quux Disease",)), KIND),
        ("Gout", Topic(("Asthma",)), 0),
    ],
)
def test_how_a_topic_is_tied_to_a_condition(condition_words: str, topic: Topic, relation: int) -> None:
    conditions = had(condition_words)
    tie = why_listed(topic, conditions, {})
    assert (tie.relation if tie else 0) == relation
    assert relevance(build_topics([topic]), conditions).relation.tolist() == [relation]


def test_headings_above_are_learned_from_studies_of_one_condition() -> None:
    topics = build_topics([Topic(("Quux disease",), ("Quuxoses",)), Topic(("Quuxoses",))])
    assert relevance(topics, had("Quux disease")).relation.tolist() == [SAME, WIDER]


def test_a_study_of_what_the_person_has_comes_before_one_of_that_and_more() -> None:
    topics = build_topics([Topic(("Gout", "Asthma", "Lupus")), Topic(("Gout",))])
    assert relevance(topics, had("gout")).share.tolist() == [pytest.approx(1 / 3), 1.0]


def test_what_ended_or_is_denied_is_no_condition_of_today() -> None:
    past = condition("gout", end=PartialDate(2021))
    over, denied = condition("asthma", ended=True), condition("lupus", refuted=True)
    found = conditions_of(Person(events=(past, over, denied, condition("sepsis", end=PartialDate(2026)))), RUN)
    assert [one.words for one in found] == ["sepsis"]


def test_words_in_any_order_are_one_topic() -> None:
    assert sorted_words("Quux of the Foo, Chronic") == sorted_words("chronic foo quux")
    assert topic_name("Quux (disorder)") == topic_name("acute quux")


def test_what_stands_in_a_record() -> None:
    value = Measurement("weight", Decimal("80.5"), "kg", PartialDate(2024, 3, 1), source="Observation/1")
    denied = Event(Domain.CONDITION, ("asthma",), refuted=True, source="Condition/2")
    done = Event(Domain.PROCEDURE, ("MRI",), start=PartialDate(2020), end=PartialDate(2020), source="Procedure/3")
    person = Person(events=(condition("gout"), denied, done), measurements=(value,))
    assert record_words(person, "Condition/gout") == "gout, since 1 January 2020"
    assert record_words(person, "Observation/1") == "weight 80.5 kg, 1 March 2024"
    assert record_words(person, "Condition/2") == "no asthma"
    assert record_words(person, "Procedure/3") == "MRI, on 2020"
    assert record_words(person, "nowhere") == ""
