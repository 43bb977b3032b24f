"""One study as the index sees it."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from equipoise.finder.fields import PAIR_FIELD, WORD_FIELD
from equipoise.finder.globe import cell_of, point_term
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.identifiers import FIRST_FICTIONAL
from equipoise.kernel.refused import Refused
from equipoise.studies import labels
from equipoise.studies.labels import age_range_days, funder_types
from equipoise.studies.record import Outcome, Study
from equipoise.studies.sites import open_sites

label = lru_cache(labels.label)
OLDEST_DAYS = 100_000
_WORD = re.compile(r"[^\W\d_]{3,}")
_ASCII_WORD = re.compile(r"[a-z]{3,}")
"""The same where there are no other letters, found in half the time."""
_PAIRED_TYPES = frozenset({"DRUG", "BIOLOGICAL", "COMBINATION_PRODUCT", "DIETARY_SUPPLEMENT", "GENETIC"})
_NOT_A_NAME = re.compile(r"placebo|control|standard|sham|usual|group|arm\b|intervention|saline", re.IGNORECASE)


def document_of(study: Study, number: int) -> dict[str, Any]:
    """All fields of ``fields``, filled from the record. Absent values are left out, or open-ended for ages."""
    texts = {name: told for name, values in texts_of(study) if (told := [value for value in values if value])}
    return {
        **texts,
        "number": number,
        **dict(_numbers(study)),
        "healthy": study.eligibility.healthy_volunteers is True,
        "has_results": study.has_results is True,
        "fictional": number >= FIRST_FICTIONAL,
    }


Values = Iterable[str | None]


def texts_of(study: Study) -> Iterator[tuple[str, Values]]:
    """Every text field and its values; None and empty values are to be passed over."""
    yield from _naming(study)
    yield from _treating(study)
    yield from _measuring(study)
    yield from _staffing(study)
    yield from _classing(study)
    yield from _placing(study)
    yield from _relating(study)


def _naming(study: Study) -> Iterator[tuple[str, Values]]:
    identification, conditions = study.identification, study.conditions
    other_ids = [info.id for info in identification.secondary_id_infos]
    names = (study.nct_id, identification.org_study_id_info.id, *identification.nct_id_aliases, *other_ids)
    yield "identifier", names
    yield "id_key", [name.casefold() for name in names if name]
    yield "acronym", (identification.acronym,)
    yield "brief_title", (identification.brief_title,)
    yield "official_title", (identification.official_title,)
    yield "condition", conditions
    yield "condition_key", conditions
    yield "keyword", study.keywords
    yield "summary", (study.description.brief_summary,)
    yield "criteria", (study.eligibility.eligibility_criteria,)
    yield "population", (study.eligibility.study_population,)


def _treating(study: Study) -> Iterator[tuple[str, Values]]:
    yield "intervention", [treatment.name for treatment in study.interventions]
    yield "other_name", [name for treatment in study.interventions for name in treatment.other_names]
    yield "arm_label", [arm.label for arm in study.arms]
    yield (
        "arm_description",
        [*(treatment.description for treatment in study.interventions), *(arm.description for arm in study.arms)],
    )


def _measuring(study: Study) -> Iterator[tuple[str, Values]]:
    outcomes = study.outcomes
    yield from _outcomes("primary", outcomes.primary_outcomes)
    yield from _outcomes("secondary", outcomes.secondary_outcomes)
    yield from _outcomes("other", outcomes.other_outcomes)


def _outcomes(name: str, outcomes: tuple[Outcome, ...]) -> Iterator[tuple[str, Values]]:
    yield f"{name}_outcome", [outcome.measure for outcome in outcomes]
    yield f"{name}_description", [outcome.description for outcome in outcomes]


def _staffing(study: Study) -> Iterator[tuple[str, Values]]:
    sponsors, contacts = study.sponsors, study.contacts
    party = sponsors.responsible_party
    officials = [text for person in contacts.overall_officials for text in (person.name, person.affiliation)]
    yield "sponsor", (sponsors.lead_sponsor.name,)
    yield "sponsor_key", (sponsors.lead_sponsor.name,)
    yield "collaborator", [sponsor.name for sponsor in sponsors.collaborators]
    yield (
        "people",
        (
            *(party.investigator_full_name, party.investigator_title, party.investigator_affiliation),
            *(party.old_name_title, party.old_organization),
            *officials,
            *(contact.name for contact in contacts.central_contacts),
        ),
    )
    yield "site_contact", [contact.name for location in contacts.locations for contact in location.contacts]


def _classing(study: Study) -> Iterator[tuple[str, Values]]:
    design, info = study.design, study.design.design_info
    derived = study.derived_section
    headings = [mesh.term for mesh in derived.condition_browse_module.meshes]
    treatments = [mesh.term for mesh in derived.intervention_browse_module.meshes]
    broader = (*derived.condition_browse_module.ancestors, *derived.intervention_browse_module.ancestors)
    yield "status", (study.status.overall_status or "UNKNOWN",)
    yield "phase", design.phases
    yield "study_type", (design.study_type,)
    yield "sex", (study.eligibility.sex or "UNKNOWN",)
    yield "funder", funder_types(study)
    yield "heading", headings or study.conditions
    yield "mesh", (*headings, *treatments)
    yield "ancestor", [mesh.term for mesh in broader]
    ages = [label("StandardAge", age) for age in study.eligibility.std_ages]
    yield "phase_words", (*(label("Phase", phase) for phase in design.phases), *ages)
    yield (
        "design_words",
        (
            label("StudyType", design.study_type or ""),
            label("DesignAllocation", info.allocation or ""),
            label("InterventionalAssignment", info.intervention_model or ""),
            label("PrimaryPurpose", info.primary_purpose or ""),
            label("ObservationalModel", info.observational_model or ""),
            label("DesignTimePerspective", info.time_perspective or ""),
            design.bio_spec.description,
            *(label("InterventionType", treatment.type or "") for treatment in study.interventions),
            *(label("ArmGroupType", arm.type or "") for arm in study.arms),
        ),
    )


def _placing(study: Study) -> Iterator[tuple[str, Values]]:
    """Each distinct place once: a study with 444 sites has far fewer cities."""
    sites = study.locations
    places = {part: None for site in sites for part in (site.facility, site.city, site.state, site.country, site.zip)}
    named = {(site.country or "", site.state or "", site.city or "") for site in sites}
    yield "place", places
    yield "country", {country for country, _, _ in named}
    yield "region", {f"{country}|{state}" for country, state, _ in named}
    yield "city", {f"{country}|{state}|{city}" for country, state, city in named}
    for kind, wanted in (("all", sites), ("open", open_sites(study))):
        points = {(point.lat, point.lon) for site in wanted if (point := site.geo_point)}
        terms = [_terms_of(*point) for point in points]
        yield f"cell_{kind}", (" ".join({cell for cell, _ in terms}),)
        yield f"point_{kind}", (" ".join([term for _, term in terms]),)


@lru_cache(maxsize=200_000)
def _terms_of(lat: float, lon: float) -> tuple[str, str]:
    """A coordinate's cell, and the term of the point itself, which begins with its cell."""
    cell = cell_of(lat, lon)
    return cell, f"{cell}:{point_term(lat, lon)}"


def _relating(study: Study) -> Iterator[tuple[str, Values]]:
    names = (study.title, study.identification.official_title, *study.conditions, *study.keywords)
    treatments = [name for part in study.interventions for name in (part.name, *part.other_names)]
    told = " ".join(name for name in (*names, *treatments) if name).lower()
    yield WORD_FIELD, (" ".join(set((_ASCII_WORD if told.isascii() else _WORD).findall(told))),)
    yield PAIR_FIELD, {f"{one}\t{other}" for one, other in _pairs(study) if one != other}


def _pairs(study: Study) -> Iterator[tuple[str, str]]:
    """Two names of one thing: a treatment and its other names; a condition and its only MeSH heading."""
    for treatment in study.interventions:
        if treatment.type in _PAIRED_TYPES and treatment.name:
            name = treatment.name.casefold()
            for other in (text.casefold() for text in treatment.other_names):
                if _is_name(name) and _is_name(other):
                    yield name, other
                    yield other, name
    for leaf in study.derived_section.condition_browse_module.browse_leaves:
        if leaf.relevance == "HIGH" and leaf.as_found and leaf.name:
            yield leaf.as_found.casefold(), leaf.name.casefold()
    headings = study.derived_section.condition_browse_module.meshes
    if len(study.conditions) == len(headings) == 1 and headings[0].term:
        yield study.conditions[0].casefold(), headings[0].term.casefold()


def _is_name(text: str) -> bool:
    return 3 <= len(text) <= 40 and text.count(" ") <= 2 and not _NOT_A_NAME.search(text)


def _numbers(study: Study) -> Iterator[tuple[str, int]]:
    status = study.status
    youngest, too_old = age_range_days(study.eligibility)
    yield "age_from", int(youngest or 0)
    yield "age_to", int(too_old) if too_old else OLDEST_DAYS
    yield "started", day_number(status.start_date_struct.date)
    yield "first_posted", day_number(status.study_first_post_date_struct.date or status.study_first_submit_date)
    yield "updated", day_number(status.last_update_post_date_struct.date or status.last_update_submit_date)


@lru_cache(maxsize=50_000)
def day_number(text: str | None) -> int:
    """A date as yyyymmdd, the earliest day it admits; zero where there is none that can be read."""
    try:
        date = PartialDate.read(text) if text else None
    except Refused:
        date = None
    return date.year * 10_000 + (date.month or 1) * 100 + (date.day or 1) if date else 0
