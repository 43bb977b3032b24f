"""Which of many studies a person might join: ranked by what their criteria say, and by what they are about."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from equipoise.eligibility.expression import Criterion, Reading
from equipoise.eligibility.match.about import Had, Relevance, Topics, conditions_of, relevance
from equipoise.eligibility.match.features import Held
from equipoise.eligibility.match.run import Standings, standings
from equipoise.eligibility.match.table import Table
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.terms import bind
from equipoise.eligibility.tree import atoms
from equipoise.eligibility.verdict import CriterionVerdict, Standing, StudyVerdict, judge_criterion, of_study
from equipoise.kernel.identifiers import FIRST_FICTIONAL

_STANDINGS = (Standing.EXCLUDED, Standing.POSSIBLE, Standing.DEFINITE)


class Ranked(msgspec.Struct, frozen=True):
    """One study of the ranking. ``relation`` is that of its topic to the person (``about``), 0 for none."""

    study: int
    standing: Standing
    relation: int
    met: int
    unknown: int
    unmet: int


class Ranking(msgspec.Struct, frozen=True):
    """``first`` of the studies, in order, and how many there are of each standing among those that count."""

    first: tuple[Ranked, ...]
    counts: dict[Standing, int]
    conditions: tuple[Had, ...]


def rank(
    table: Table,
    topics: Topics,
    person: Person,
    run: Run,
    *,
    among: NDArray[np.bool_] | None = None,
    any_topic: bool = False,
    excluded: bool = False,
    first: int = 20,
) -> Ranking:
    """Definite before possible; real before fictional; nearer topics before farther; then by the share of its topics
    that the person has, and the share of its criteria known to be met.

    For who has no condition, those studies count that take healthy volunteers. ``among`` marks the studies that count
    (all). ``any_topic``: those too that are about nothing the person has. ``excluded``: list those too that the person
    cannot join, last.
    """
    conditions = conditions_of(person, run)
    about = relevance(topics, conditions)
    found = standings(table, person, run)
    counting = np.ones(len(table.studies), dtype=bool) if among is None else among.copy()
    if not any_topic:
        counting &= about.relation > 0 if conditions else topics.healthy
    counts = np.bincount(found.standing[counting], minlength=3)
    listed = np.flatnonzero(counting if excluded else counting & (found.standing > 0))
    ordered = listed[_order(table, found, about, listed)][:first]
    ranked = tuple(_ranked(table, found, about, int(place)) for place in ordered)
    return Ranking(ranked, {one: int(counts[code]) for code, one in enumerate(_STANDINGS)}, conditions)


def judge_held(reading: Reading, held: Held, run: Run) -> StudyVerdict:
    """What ``judge`` says of the reading, bound; for each criterion only events that can matter to it are looked at."""
    return of_study(reading, (_judged(one, held, run) for one in reading.criteria))


def _judged(one: Criterion, held: Held, run: Run) -> CriterionVerdict:
    bound = msgspec.structs.replace(one, expr=bind(one.expr))
    return judge_criterion(bound, held.person_for(atoms(one.expr)), run)


def _order(table: Table, found: Standings, about: Relevance, listed: NDArray[np.intp]) -> NDArray[np.intp]:
    met = found.met[listed] / np.maximum(found.criteria[listed], 1)
    numbers = table.studies[listed]
    last_first = (-numbers, -met, -about.share[listed], -about.relation[listed], numbers >= FIRST_FICTIONAL)
    return np.lexsort((*last_first, -found.standing[listed]))


def _ranked(table: Table, found: Standings, about: Relevance, place: int) -> Ranked:
    met, unmet, criteria = (int(column[place]) for column in (found.met, found.unmet, found.criteria))
    return Ranked(
        study=int(table.studies[place]),
        standing=_STANDINGS[int(found.standing[place])],
        relation=int(about.relation[place]),
        met=met,
        unknown=criteria - met - unmet,
        unmet=unmet,
    )
