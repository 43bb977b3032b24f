"""Registry terms in plain language, and which of them a study's page uses."""

import re
from collections.abc import Iterator

import msgspec

from equipoise.studies.record import Study
from equipoise.studies.wording.terms import TEXT


class Term(msgspec.Struct, frozen=True):
    """``title`` is our name for it, ``registry_term`` the registry's, ``plain`` what it means."""

    slug: str
    title: str
    registry_term: str
    plain: str


def _read(text: str) -> Iterator[Term]:
    for block in re.findall(r"^[a-z0-9].*(?:\n  .*)+", text, re.MULTILINE):
        head, *lines = block.splitlines()
        slug, title, registry_term = head.split(" | ")
        yield Term(slug, title, registry_term, " ".join(line.strip() for line in lines))


TERMS = {term.slug: term for term in _read(TEXT)}

_ALWAYS = ("eligibility", "sponsor", "funder-type", "nct-number")

_BY_VALUE = {
    "Status": {
        "RECRUITING": "recruiting",
        "NOT_YET_RECRUITING": "not-yet-recruiting",
        "ENROLLING_BY_INVITATION": "enrolling-by-invitation",
        "ACTIVE_NOT_RECRUITING": "active-not-recruiting",
        "COMPLETED": "completed",
        "SUSPENDED": "suspended",
        "TERMINATED": "terminated",
        "WITHDRAWN": "withdrawn",
        "UNKNOWN": "unknown-status",
    },
    "StudyType": {
        "INTERVENTIONAL": "interventional",
        "OBSERVATIONAL": "observational",
        "EXPANDED_ACCESS": "expanded-access",
    },
    "Phase": {
        "NA": "phase-not-applicable",
        "EARLY_PHASE1": "early-phase-1",
        "PHASE1": "phase-1",
        "PHASE2": "phase-2",
        "PHASE3": "phase-3",
        "PHASE4": "phase-4",
    },
    "DesignAllocation": {"RANDOMIZED": "randomised", "NON_RANDOMIZED": "non-randomised"},
    "InterventionalAssignment": {
        "SINGLE_GROUP": "single-group",
        "PARALLEL": "parallel",
        "CROSSOVER": "crossover",
        "FACTORIAL": "factorial",
        "SEQUENTIAL": "sequential",
    },
    "DesignMasking": {
        "NONE": "open-label",
        "SINGLE": "single-masked",
        "DOUBLE": "double-blind",
        "TRIPLE": "triple-masked",
        "QUADRUPLE": "quadruple-masked",
    },
    "WhoMasked": {
        "PARTICIPANT": "masked-participant",
        "CARE_PROVIDER": "masked-care-provider",
        "INVESTIGATOR": "masked-investigator",
        "OUTCOMES_ASSESSOR": "masked-outcomes-assessor",
    },
    "ArmGroupType": {
        "EXPERIMENTAL": "experimental-arm",
        "ACTIVE_COMPARATOR": "active-comparator",
        "PLACEBO_COMPARATOR": "placebo-comparator",
        "SHAM_COMPARATOR": "sham-comparator",
        "NO_INTERVENTION": "no-intervention",
    },
    "InterventionType": {
        "BEHAVIORAL": "behavioural",
        "BIOLOGICAL": "biological",
        "COMBINATION_PRODUCT": "combination-product",
        "DEVICE": "device",
        "DIAGNOSTIC_TEST": "diagnostic-test",
        "DIETARY_SUPPLEMENT": "dietary-supplement",
        "DRUG": "drug",
        "GENETIC": "genetic",
        "PROCEDURE": "procedure",
        "RADIATION": "radiation",
    },
    "ObservationalModel": {"COHORT": "cohort", "CASE_CONTROL": "case-control"},
    "DesignTimePerspective": {"PROSPECTIVE": "prospective", "RETROSPECTIVE": "retrospective"},
}

_IN_TEXT = {
    "uln": re.compile(r"\bI?ULN\b|upper limits? of (?:the )?normal", re.IGNORECASE),
    "placebo": re.compile(r"\bplacebos?\b", re.IGNORECASE),
    "standard-of-care": re.compile(r"\bstandard[- ]of[- ]care\b", re.IGNORECASE),
    "informed-consent": re.compile(r"\binformed consent\b", re.IGNORECASE),
    "double-blind": re.compile(r"\bdouble[- ](?:blind(?:ed)?|mask(?:ed)?)\b", re.IGNORECASE),
    "open-label": re.compile(r"\bopen[- ]label(?:led)?\b", re.IGNORECASE),
    "performance-status": re.compile(r"\bECOG\b|\bKarnofsky\b|\bperformance status\b", re.IGNORECASE),
    "life-expectancy": re.compile(r"\blife expectancy\b", re.IGNORECASE),
    "washout": re.compile(r"\bwash-?out\b", re.IGNORECASE),
    "inclusion-criteria": re.compile(r"\binclusion\b", re.IGNORECASE),
    "exclusion-criteria": re.compile(r"\bexclusion\b", re.IGNORECASE),
    "serious-adverse-event": re.compile(r"\bserious adverse events?\b", re.IGNORECASE),
    "adverse-event": re.compile(r"\badverse events?\b", re.IGNORECASE),
}


def terms_for(study: Study) -> tuple[Term, ...]:
    """The terms that appear on this study's page, in the glossary's order."""
    met = {*_ALWAYS, *_coded(study), *_present(study), *_written(study)}
    return tuple(term for slug, term in TERMS.items() if slug in met)


def _coded(study: Study) -> Iterator[str]:
    """Terms that stand for a value in the record."""
    for kind, values in _values(study).items():
        yield from (_BY_VALUE[kind][value] for value in values if value in _BY_VALUE[kind])


def _values(study: Study) -> dict[str, tuple[str | None, ...]]:
    design, info = study.design, study.design.design_info
    return {
        "Status": (study.status.overall_status, *(site.status for site in study.locations)),
        "StudyType": (design.study_type,),
        "Phase": design.phases,
        "DesignAllocation": (info.allocation,),
        "InterventionalAssignment": (info.intervention_model,),
        "DesignMasking": (info.masking_info.masking,),
        "WhoMasked": info.masking_info.who_masked,
        "ArmGroupType": tuple(arm.type for arm in study.arms),
        "InterventionType": tuple(part.type for part in study.interventions),
        "ObservationalModel": (info.observational_model,),
        "DesignTimePerspective": (info.time_perspective,),
    }


def _present(study: Study) -> Iterator[str]:
    """Terms whose part of the page has something to show."""
    return (slug for slug, there in (*_planned(study), *_held(study)) if there)


def _planned(study: Study) -> Iterator[tuple[str, object]]:
    design, info, outcomes = study.design, study.design.design_info, study.outcomes
    measured = (*outcomes.primary_outcomes, *outcomes.secondary_outcomes, *outcomes.other_outcomes)
    yield "primary-purpose", info.primary_purpose
    yield "allocation", info.allocation
    yield "intervention-model", info.intervention_model
    yield "masking", info.masking_info.masking
    yield "arm", study.arms
    yield "intervention", study.interventions
    yield "primary-outcome", outcomes.primary_outcomes
    yield "secondary-outcome", outcomes.secondary_outcomes
    yield "other-outcome", outcomes.other_outcomes
    yield "time-frame", [outcome for outcome in measured if outcome.time_frame]
    yield "enrolment", design.enrollment_info.count is not None
    yield "patient-registry", design.patient_registry
    yield "biospecimen", design.bio_spec.retention or design.bio_spec.description
    yield "healthy-volunteers", study.eligibility.healthy_volunteers is not None


def _held(study: Study) -> Iterator[tuple[str, object]]:
    status, contacts, derived = study.status, study.contacts, study.derived_section
    roles = {official.role for official in contacts.overall_officials}
    roles |= {contact.role for site in study.locations for contact in site.contacts}
    dates = (status.start_date_struct, status.primary_completion_date_struct, status.completion_date_struct)
    yield "estimated-actual", [date for date in (*dates, study.design.enrollment_info) if date.type]
    yield "study-start", status.start_date_struct.date
    yield "primary-completion", status.primary_completion_date_struct.date
    yield "study-completion", status.completion_date_struct.date
    yield "first-posted", status.study_first_post_date_struct.date
    yield "last-update-posted", status.last_update_post_date_struct.date
    yield "results-posted", status.results_first_post_date_struct.date
    yield "collaborator", study.sponsors.collaborators
    yield "responsible-party", study.sponsors.responsible_party.type
    yield "principal-investigator", "PRINCIPAL_INVESTIGATOR" in roles
    yield "dmc", study.oversight.oversight_has_dmc is not None
    yield "site", study.locations
    yield "contact", contacts.central_contacts or [site for site in study.locations if site.contacts]
    yield "mesh", derived.condition_browse_module.meshes or derived.intervention_browse_module.meshes
    yield "ipd-sharing", study.protocol_section.ipd_sharing_statement_module.ipd_sharing
    yield "study-documents", study.document_section.large_document_module.large_docs
    yield from _resulting(study)


def _resulting(study: Study) -> Iterator[tuple[str, object]]:
    events = study.results.adverse_events_module
    yield "adverse-event", events.other_events or events.serious_events or events.event_groups
    yield "serious-adverse-event", events.serious_events


def _written(study: Study) -> Iterator[str]:
    """Terms used in the sponsor's own words."""
    text = "\n".join(filter(None, _texts(study)))
    return (slug for slug, pattern in _IN_TEXT.items() if pattern.search(text))


def _texts(study: Study) -> Iterator[str | None]:
    yield from (study.title, study.identification.official_title)
    yield from (study.description.brief_summary, study.description.detailed_description)
    yield study.eligibility.eligibility_criteria
    for arm in study.arms:
        yield from (arm.label, arm.description)
    for part in study.interventions:
        yield from (part.name, part.description)
