"""The registry's thirty CSV columns of a study, in its order and its wording."""

from collections.abc import Callable, Iterable

from equipoise.kernel.identifiers import is_fictional
from equipoise.studies.record import DateStruct, Outcome, Study

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
STUDY_ADDRESS = "https://clinicaltrials.gov/study/"


def row_of_columns(study: Study) -> list[str]:
    return [harmless(read(study) or "") for read in COLUMNS.values()]


def harmless(text: str) -> str:
    """A spreadsheet takes text that begins so for a formula; an apostrophe before it makes it text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _joined(parts: Iterable[str | None], sign: str = "|") -> str:
    return sign.join(part for part in parts if part)


def _date(date: DateStruct) -> str | None:
    return date.date


def _outcomes(outcomes: tuple[Outcome, ...]) -> str:
    return _joined(_joined((each.measure, each.description, each.time_frame), ", ") for each in outcomes)


def _ages(study: Study) -> str:
    eligibility = study.eligibility
    ages = _joined((eligibility.minimum_age, eligibility.maximum_age), " to ")
    if ages and not (eligibility.minimum_age and eligibility.maximum_age):
        ages = f"{ages} and older" if eligibility.minimum_age else f"up to {ages}"
    groups = ", ".join(eligibility.std_ages)
    return f"{ages} ({groups})" if ages and groups else ages or groups


def _design(study: Study) -> str:
    info = study.design.design_info
    masking = info.masking_info.masking
    masked = ", ".join(info.masking_info.who_masked)
    parts = {
        "Allocation": info.allocation,
        "Intervention Model": info.intervention_model,
        "Observational Model": info.observational_model,
        "Time Perspective": info.time_perspective,
        "Masking": f"{masking} ({masked})" if masking and masked else masking,
        "Primary Purpose": info.primary_purpose,
    }
    return _joined(f"{name}: {value}" for name, value in parts.items() if value)


def _other_ids(study: Study) -> str:
    identification = study.identification
    return _joined((identification.org_study_id_info.id, *(info.id for info in identification.secondary_id_infos)))


def _locations(study: Study) -> str:
    return _joined(
        _joined((site.facility, site.city, site.state, site.zip, site.country), ", ") for site in study.locations
    )


def _documents(study: Study) -> str:
    documents = study.document_section.large_document_module.large_docs
    return _joined(_joined((document.label, document.filename), ", ") for document in documents)


def _enrolment(study: Study) -> str:
    count = study.design.enrollment_info.count
    return "" if count is None else str(count)


COLUMNS: dict[str, Callable[[Study], str | None]] = {
    "NCT Number": lambda study: study.nct_id,
    "Study Title": lambda study: study.title,
    "Study URL": lambda study: "" if is_fictional(study.nct_id) else STUDY_ADDRESS + study.nct_id,
    "Acronym": lambda study: study.identification.acronym,
    "Study Status": lambda study: study.status.overall_status,
    "Brief Summary": lambda study: study.description.brief_summary,
    "Study Results": lambda study: "YES" if study.has_results else "NO",
    "Conditions": lambda study: _joined(study.conditions),
    "Interventions": lambda study: _joined(_joined((each.type, each.name), ": ") for each in study.interventions),
    "Primary Outcome Measures": lambda study: _outcomes(study.outcomes.primary_outcomes),
    "Secondary Outcome Measures": lambda study: _outcomes(study.outcomes.secondary_outcomes),
    "Other Outcome Measures": lambda study: _outcomes(study.outcomes.other_outcomes),
    "Sponsor": lambda study: study.sponsors.lead_sponsor.name,
    "Collaborators": lambda study: _joined(each.name for each in study.sponsors.collaborators),
    "Sex": lambda study: study.eligibility.sex,
    "Age": _ages,
    "Phases": lambda study: _joined(study.design.phases),
    "Enrollment": _enrolment,
    "Funder Type": lambda study: study.sponsors.lead_sponsor.class_,
    "Study Type": lambda study: study.design.study_type,
    "Study Design": _design,
    "Other IDs": _other_ids,
    "Start Date": lambda study: _date(study.status.start_date_struct),
    "Primary Completion Date": lambda study: _date(study.status.primary_completion_date_struct),
    "Completion Date": lambda study: _date(study.status.completion_date_struct),
    "First Posted": lambda study: _date(study.status.study_first_post_date_struct),
    "Results First Posted": lambda study: _date(study.status.results_first_post_date_struct),
    "Last Update Posted": lambda study: _date(study.status.last_update_post_date_struct),
    "Locations": _locations,
    "Study Documents": _documents,
}
