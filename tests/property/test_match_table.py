"""The table of many studies says of each what judging it alone says."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from equipoise.eligibility.expression import Reading
from equipoise.eligibility.match.about import Topic, build_topics
from equipoise.eligibility.match.arrays import from_arrays, to_arrays
from equipoise.eligibility.match.features import Held
from equipoise.eligibility.match.ranking import judge_held
from equipoise.eligibility.match.run import standings
from equipoise.eligibility.match.table import build_table
from equipoise.eligibility.person import Absence, Person, Run
from equipoise.eligibility.terms import bind
from equipoise.eligibility.tree import atoms, key
from equipoise.eligibility.verdict import Standing, judge
from equipoise.kernel.truth import Truth
from tests.people import AT, persons, readings

CODES = [Standing.EXCLUDED, Standing.POSSIBLE, Standing.DEFINITE]
absences = st.sampled_from(list(Absence))
answers = st.lists(st.sampled_from(list(Truth)), max_size=8)


@settings(max_examples=150)
@given(st.lists(readings, max_size=4), persons, absences, answers)
def test_the_table_agrees_with_judging_each_study(
    several: list[Reading], person: Person, absence: Absence, said: list[Truth]
) -> None:
    asked = [atom for reading in several for one in reading.criteria for atom in atoms(one.expr)]
    answers = list(dict(zip(map(key, asked), said, strict=False)).values())
    leaves = list({key(atom): atom for atom in asked}.values())
    person = replace(person, answers={key(atom): truth for atom, truth in zip(leaves, answers, strict=False)})
    run = Run(AT, otherwise=absence)
    found = standings(build_table(enumerate(several)), person, run)
    bound = replace(person, answers={key(bind(atom)): truth for atom, truth in zip(leaves, answers, strict=False)})
    verdicts = [judge(_bound(reading), bound, run) for reading in several]
    assert [CODES[code] for code in found.standing] == [verdict.standing for verdict in verdicts]
    assert [int(one) for one in found.unmet] == [len(verdict.of(Truth.FALSE)) for verdict in verdicts]
    assert [int(one) for one in found.met] == [len(verdict.of(Truth.TRUE)) for verdict in verdicts]
    assert [judge_held(reading, Held(person), run) for reading in several] == verdicts


def _bound(reading: Reading) -> Reading:
    return replace(reading, criteria=tuple(replace(one, expr=bind(one.expr)) for one in reading.criteria))


@given(st.lists(readings, max_size=4), persons)
def test_a_table_that_was_kept_says_the_same(several: list[Reading], person: Person) -> None:
    table, topics = build_table(enumerate(several)), build_topics(Topic(("gout",)) for _ in several)
    kept, _ = from_arrays(to_arrays(table, topics))
    one, other = standings(table, person, Run(AT)), standings(kept, person, Run(AT))
    assert one.standing.tolist() == other.standing.tolist()
    assert one.met.tolist() == other.met.tolist()
    assert [kept.atom(leaf) for leaf in range(kept.leaves) if leaf not in dict(kept.fixed)] == [
        table.atom(leaf) for leaf in range(table.leaves) if leaf not in dict(table.fixed)
    ]
