"""Which studies for this person: all that recruit, ranked, with the reasons in words (docs/matching.md)."""

import datetime
from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from equipoise.actions.library import Library
from equipoise.actions.load import Progress, silent
from equipoise.actions.matching import MATCHED, bring_matching_up, topic_of
from equipoise.actions.readings import every_reading
from equipoise.eligibility.explain import settles, why
from equipoise.eligibility.expression import Domain, Polarity
from equipoise.eligibility.match.about import KIND, SAME, Topics, Why, why_listed
from equipoise.eligibility.match.evidence import record_words
from equipoise.eligibility.match.features import Held
from equipoise.eligibility.match.ranking import Ranking, judge_held, rank
from equipoise.eligibility.match.table import Table
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.questions import Question, next_question_of_many
from equipoise.eligibility.verdict import CriterionVerdict, Standing, StudyVerdict
from equipoise.finder.ask import Ask, NearestSite, Place
from equipoise.finder.globe import distance_km
from equipoise.finder.query import Everything
from equipoise.finder.search import Search
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from equipoise.studies.read import read_study
from equipoise.studies.record import Study
from equipoise.studies.sites import open_sites, site_status

_RELATIONS = {
    SAME: "{condition}: the study is about {topic}",
    KIND: "{condition}: the study is about a kind of it, {topic}",
}
_HEALTHY = "the record tells of no lasting condition: the study takes healthy volunteers"
_WIDER = "{condition}: the study is about something wider, {topic}"


class MatchWish(msgspec.Struct, frozen=True):
    """What to list. ``any_topic``: studies too that are about nothing the person has. ``excluded``: those last, too."""

    place: Place | None = None
    within_km: int | None = None
    any_topic: bool = False
    excluded: bool = False
    limit: int = 20


class Evidence(msgspec.Struct, frozen=True):
    """``record`` names a record of the person; ``words`` say what stands in it."""

    record: str
    words: str


class ReasonTold(msgspec.Struct, frozen=True):
    """One leaf on which a criterion's verdict rests. ``settles`` says what would settle it, where it is not known."""

    truth: Truth
    words: str
    evidence: tuple[Evidence, ...]
    settles: str | None


class CriterionTold(msgspec.Struct, frozen=True):
    """``text`` is the study's own; empty where the criterion comes from a field of the record (``field``)."""

    id: str
    polarity: Polarity
    text: str
    field: str
    reasons: tuple[ReasonTold, ...]


class StudyMatch(msgspec.Struct, frozen=True):
    """One study, and why it is listed where it is. ``because`` is empty where nothing ties it to the person."""

    nct_id: str
    title: str
    standing: Standing
    because: str
    because_record: str
    conditions: tuple[str, ...]
    criteria: int
    met: tuple[CriterionTold, ...]
    unknown: tuple[CriterionTold, ...]
    unmet: tuple[CriterionTold, ...]
    nearest_site: NearestSite | None


class Matches(msgspec.Struct, frozen=True):
    """``recruiting`` studies were looked at; the counts are of those that are near and about what the person has.

    ``missing`` is what the record says nothing of; ``is_empty``: it says nothing at all. ``ask_next`` is the question
    from which most of those listed would be settled.
    """

    person: str
    at: str
    conditions: tuple[str, ...]
    missing: tuple[str, ...]
    is_empty: bool
    recruiting: int
    definite: int
    possible: int
    excluded: int
    ask_next: str | None
    studies: tuple[StudyMatch, ...]


def match_person(
    library: Library, person: Person, wish: MatchWish, *, at: datetime.date, progress: Progress = silent
) -> Matches:
    """Rank the recruiting studies for one person. No record of something means that it is not known."""
    matching, run = bring_matching_up(library, progress=progress), Run(at=at)
    if not len(matching.table.studies):
        raise Refused("No study kept here recruits.", do="Load some: equipoise sync --query, or equipoise import.")
    ranking = rank(
        matching.table,
        matching.topics,
        person,
        run,
        among=_near(library, wish, matching.table),
        any_topic=wish.any_topic,
        excluded=wish.excluded,
        first=wish.limit,
    )
    readings = dict(every_reading(library, (one.study for one in ranking.first)))
    held = Held(person)
    studies = tuple(
        _told(
            library,
            ranking,
            matching.topics,
            {n: judge_held(one, held, run) for n, one in readings.items()},
            person,
            wish,
        )
    )
    possible = [readings[one.study] for one in ranking.first if one.standing is Standing.POSSIBLE]
    question = next_question_of_many(possible, person, run)
    return Matches(
        person=person.id,
        at=at.isoformat(),
        conditions=tuple(had.words for had in ranking.conditions),
        missing=missing_of(person),
        is_empty=msgspec.structs.replace(person, id="") == Person(),
        recruiting=len(matching.table.studies),
        definite=ranking.counts[Standing.DEFINITE],
        possible=ranking.counts[Standing.POSSIBLE],
        excluded=ranking.counts[Standing.EXCLUDED],
        ask_next=_asked(question) if question else None,
        studies=studies,
    )


def missing_of(person: Person) -> tuple[str, ...]:
    """In words, what nearly every study asks and the record says nothing of."""
    held = {
        "date of birth": person.born is not None or person.age is not None,
        "sex": person.sex is not None,
        "conditions": any(event.domain is Domain.CONDITION for event in person.events),
        "drugs": any(event.domain is Domain.DRUG for event in person.events),
        "measurements": person.measurements,
    }
    return tuple(name for name, found in held.items() if not found)


def _asked(question: Question) -> str:
    return " ".join((question.text, "; ".join(option.words for option in question.options))).strip()


def _near(library: Library, wish: MatchWish, table: Table) -> NDArray[np.bool_] | None:
    if wish.place is None or (wish.within_km is None and not wish.place.is_area):
        return None
    search = Search(library.index)
    ask = Ask(place=wish.place, within_km=wish.within_km, status=MATCHED, per_page=max(len(table.studies), 1))
    near = [number for number, _ in search.rank(Everything(), ask, count=False).page]
    return np.isin(table.studies, np.array(near, dtype=np.int64))


def _told(
    library: Library,
    ranking: Ranking,
    topics: Topics,
    verdicts: dict[int, StudyVerdict],
    person: Person,
    wish: MatchWish,
) -> Iterator[StudyMatch]:
    raws = library.store.raws([one.study for one in ranking.first])
    for one in ranking.first:
        study = read_study(raws[one.study])
        topic = topic_of(study)
        tie = why_listed(topic, ranking.conditions, topics.above)
        for_all = _HEALTHY if topic.healthy and not ranking.conditions else ""
        because = (_because(tie), tie.source) if tie else (for_all, "")
        yield _study_match(study, because, verdicts[one.study], person, wish)


def _study_match(
    study: Study, because: tuple[str, str], verdict: StudyVerdict, person: Person, wish: MatchWish
) -> StudyMatch:
    said = {truth: tuple(_criterion(each, person) for each in verdict.of(truth)) for truth in Truth}
    return StudyMatch(
        nct_id=study.nct_id,
        title=study.title,
        standing=verdict.standing,
        because=because[0],
        because_record=because[1],
        conditions=study.conditions,
        criteria=len(verdict.criteria),
        met=said[Truth.TRUE],
        unknown=said[Truth.UNKNOWN],
        unmet=said[Truth.FALSE],
        nearest_site=_nearest(study, wish.place) if wish.place and not wish.place.is_area else None,
    )


def _because(tie: Why) -> str:
    return _RELATIONS.get(tie.relation, _WIDER).format(condition=tie.condition, topic=tie.topic)


def _criterion(one: CriterionVerdict, person: Person) -> CriterionTold:
    return CriterionTold(
        id=one.criterion.id,
        polarity=one.criterion.polarity,
        text=one.criterion.text,
        field=one.criterion.field,
        reasons=tuple(
            ReasonTold(
                truth=reason.finding.truth,
                words=why(reason),
                evidence=tuple(Evidence(name, record_words(person, name)) for name in reason.finding.evidence),
                settles=settles(reason) or None,
            )
            for reason in one.reasons
        ),
    )


def _nearest(study: Study, place: Place) -> NearestSite | None:
    """The nearest site that takes people now."""
    distances = [
        (distance_km(place.lat, place.lon, site.geo_point.lat, site.geo_point.lon), order)
        for order, site in enumerate(open_sites(study))
        if site.geo_point
    ]
    if not distances:
        return None
    distance, order = min(distances)
    site = open_sites(study)[order]
    return NearestSite(
        facility=site.facility,
        city=site.city,
        state=site.state,
        country=site.country,
        status=site_status(site, study),
        distance_km=round(distance, 1),
    )
