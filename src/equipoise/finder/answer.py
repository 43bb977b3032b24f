"""A search result as JSON: the one shape the command line and the site both give. Documented in docs/search-json.md."""

import msgspec

from equipoise.finder.ask import Expansion, FacetValue, Found, Hit, NearestSite, Offer


class MatchedAnswer(msgspec.Struct, frozen=True):
    field: str
    snippet: str


class StudyAnswer(msgspec.Struct, frozen=True):
    """One study found. Distances are kilometres. What speaks of a place is null where none was asked."""

    nct_id: str
    title: str
    acronym: str | None
    status: str | None
    phases: tuple[str, ...]
    study_type: str | None
    conditions: tuple[str, ...]
    treatments: tuple[str, ...]
    sponsor: str | None
    score: float
    matched: tuple[MatchedAnswer, ...]
    sites_total: int
    sites_on_registry: int
    sites_open: int
    sites_near: int | None
    nearest_site: NearestSite | None
    updated: str | None


class Answer(msgspec.Struct, frozen=True):
    total: int
    page: int
    per_page: int
    did_you_mean: str | None
    expansions: tuple[Expansion, ...]
    offers: tuple[Offer, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    studies: tuple[StudyAnswer, ...]


def answer_of(found: Found, *, page: int, per_page: int) -> Answer:
    return Answer(
        total=found.total,
        page=page,
        per_page=per_page,
        did_you_mean=found.did_you_mean,
        expansions=found.expansions,
        offers=found.offers,
        facets=found.facets,
        studies=tuple(_study(hit) for hit in found.hits),
    )


def _study(hit: Hit) -> StudyAnswer:
    study = hit.study
    return StudyAnswer(
        nct_id=study.nct_id,
        title=study.title,
        acronym=study.identification.acronym,
        status=study.status.overall_status,
        phases=study.design.phases,
        study_type=study.design.study_type,
        conditions=study.conditions,
        treatments=tuple(treatment.name for treatment in study.interventions if treatment.name),
        sponsor=study.sponsors.lead_sponsor.name,
        score=round(hit.score, 4),
        matched=tuple(MatchedAnswer(matched.field, matched.snippet) for matched in hit.matched),
        sites_total=hit.sites_total,
        sites_on_registry=hit.study.sites_on_registry,
        sites_open=hit.sites_open,
        sites_near=hit.sites_near,
        nearest_site=hit.nearest,
        updated=study.status.last_update_post_date_struct.date,
    )
