"""Rows of the record: events as person, start and end, whatever the table they stand in."""

import msgspec
from sqlglot import exp

from equipoise.eligibility.expression import Domain, Pattern
from equipoise.eligibility.sql.days import BORN
from equipoise.eligibility.sql.phrases import Condition, Sql, column, number, united, when, where
from equipoise.eligibility.sql.plan import Plan
from equipoise.eligibility.sql.vocabulary import Ids, concept_ids

EVENT, OTHER = "e", "f"
_SURELY = "surely"


class Source(msgspec.Struct, frozen=True):
    """A table of events: the columns of its concept, its first day and its last.

    ``at_once``: without a last day it is over on its first.
    """

    table: str
    concept: str
    start: str
    end: str
    at_once: bool = False


SOURCES = {
    Domain.CONDITION: Source(
        "condition_occurrence", "condition_concept_id", "condition_start_date", "condition_end_date"
    ),
    Domain.DRUG: Source("drug_exposure", "drug_concept_id", "drug_exposure_start_date", "drug_exposure_end_date"),
    Domain.PROCEDURE: Source(
        "procedure_occurrence", "procedure_concept_id", "procedure_date", "procedure_end_date", at_once=True
    ),
    Domain.OBSERVATION: Source(
        "observation", "observation_concept_id", "observation_date", "observation_date", at_once=True
    ),
}


def event_rows(pattern: Pattern, plan: Plan, alias: str, *, of_birth: bool = False) -> exp.Select | None:
    """Persons of the events of the pattern, joined to their births where asked; ``None``: there can be none."""
    ids = concept_ids(pattern.concept)
    if not ids.may:
        return None
    sources = SOURCES.values() if pattern.domain is Domain.ANY else (SOURCES[pattern.domain],)
    found = united([_of_source(source, ids, plan) for source in sources])
    rows = exp.select(person_of(alias)).from_(exp.Subquery(this=found, alias=exp.to_identifier(alias)))
    return with_birth(rows, alias) if of_birth else rows


def is_surely(pattern: Pattern, alias: str) -> Condition:
    """Whether a row of ``event_rows`` is certain to be of the pattern. OMOP holds no qualifiers."""
    ids = concept_ids(pattern.concept)
    if pattern.qualifiers or not ids.sure:
        return False
    return ids.sure == ids.may or exp.EQ(this=column(_SURELY, alias), expression=number(1))


def _of_source(source: Source, ids: Ids, plan: Plan) -> exp.Select:
    end = column(source.end)
    if source.at_once and source.end != source.start:
        end = exp.func("COALESCE", end, column(source.start))
    days = (exp.alias_(column(source.start), "start_day"), exp.alias_(end, "end_day"))
    rows = exp.select("person_id", *days).from_(plan.table(source.table))
    if ids.sure and ids.sure != ids.may:
        surely = plan.is_one_of(column(source.concept), ids.sure)
        rows = rows.select(exp.alias_(when(surely, number(1), number(0)), _SURELY))
    return where(rows, plan.is_one_of(column(source.concept), ids.may))


def with_birth(rows: exp.Select, alias: str) -> exp.Select:
    """The same rows, each beside its person's birth, where that is known."""
    same = exp.EQ(this=person_of(alias), expression=person_of(BORN))
    known = exp.not_(exp.Is(this=column("born_first", BORN), expression=exp.null()))
    return rows.join(exp.to_table(BORN), on=exp.and_(same, known))


def person_of(alias: str) -> Sql:
    return column("person_id", alias)
