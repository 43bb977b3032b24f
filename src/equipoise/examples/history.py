"""What the record of a fictional study said before: fewer sites, another size, an earlier status, a criterion less."""

import datetime
from random import Random

import msgspec

from equipoise.examples.times import exact
from equipoise.studies.record import (
    ContactsLocationsModule,
    DateStruct,
    DesignModule,
    DocumentSection,
    EligibilityModule,
    EnrollmentInfo,
    Location,
    ProtocolSection,
    StatusModule,
    Study,
)

_BEFORE = {
    "RECRUITING": "NOT_YET_RECRUITING",
    "NOT_YET_RECRUITING": "NOT_YET_RECRUITING",
    "ACTIVE_NOT_RECRUITING": "RECRUITING",
    "COMPLETED": "ACTIVE_NOT_RECRUITING",
    "TERMINATED": "RECRUITING",
    "SUSPENDED": "RECRUITING",
    "WITHDRAWN": "NOT_YET_RECRUITING",
    "UNKNOWN": "RECRUITING",
    "ENROLLING_BY_INVITATION": "NOT_YET_RECRUITING",
    "NO_LONGER_AVAILABLE": "AVAILABLE",
    "APPROVED_FOR_MARKETING": "AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE": "AVAILABLE",
    "AVAILABLE": "AVAILABLE",
}


def earlier(rng: Random, study: Study) -> tuple[Study, ...]:
    """One to three records older than this one, oldest first; none when there was no time for them."""
    older: list[Study] = []
    newest = study
    for day in _days(rng, study):
        newest = _before(rng, newest, day)
        older.append(newest)
    return tuple(reversed(older))


def _days(rng: Random, study: Study) -> list[datetime.date]:
    """Days of earlier updates, latest first: from the first posting to the day before the last update."""
    posted, updated = study.status.study_first_post_date_struct, study.status.last_update_post_date_struct
    first, last = (datetime.date.fromisoformat(when.date or "") for when in (posted, updated))
    span = (last - first).days
    count = min(rng.randint(1, 3), span)
    return sorted((first + datetime.timedelta(days=after) for after in rng.sample(range(span), count)), reverse=True)


def _before(rng: Random, study: Study, day: datetime.date) -> Study:
    section = study.protocol_section
    status = _status(study.status, day)
    protocol = msgspec.structs.replace(
        section,
        status_module=status,
        design_module=_design(rng, section.design_module, status),
        eligibility_module=_eligibility(rng, section.eligibility_module),
        contacts_locations_module=_places(rng, section, status),
    )
    return msgspec.structs.replace(
        study,
        protocol_section=protocol,
        results_section=Study().results_section,
        document_section=DocumentSection(),
        has_results=False,
    )


def _status(status: StatusModule, day: datetime.date) -> StatusModule:
    """The status a step earlier in a study's life, as far as the start date allows."""
    begun = (status.start_date_struct.date or "") <= str(day)
    before = _BEFORE[status.overall_status or "UNKNOWN"]
    if before == "NOT_YET_RECRUITING" and begun:
        before = "RECRUITING"
    elif before in ("RECRUITING", "ACTIVE_NOT_RECRUITING") and not begun:
        before = "NOT_YET_RECRUITING"
    return msgspec.structs.replace(
        status,
        overall_status=before,
        last_known_status=None,
        why_stopped=None,
        status_verified_date=f"{day:%Y-%m}",
        start_date_struct=_as_of(status.start_date_struct, day),
        primary_completion_date_struct=_as_of(status.primary_completion_date_struct, day),
        completion_date_struct=DateStruct(date=status.completion_date_struct.date, type="ESTIMATED"),
        results_first_submit_date=None,
        results_first_submit_qc_date=None,
        results_first_post_date_struct=DateStruct(),
        last_update_submit_date=str(day),
        last_update_post_date_struct=exact(day),
    )


def _as_of(when: DateStruct, day: datetime.date) -> DateStruct:
    expected = (when.date or "") > str(day)
    return DateStruct(date=when.date, type="ESTIMATED" if expected else when.type)


def _design(rng: Random, design: DesignModule, status: StatusModule) -> DesignModule:
    count = design.enrollment_info.count
    if count is None:
        return design
    if status.overall_status == "ACTIVE_NOT_RECRUITING":
        return msgspec.structs.replace(design, enrollment_info=EnrollmentInfo(count=count, type="ACTUAL"))
    planned = max(10, round(count * rng.uniform(0.8, 1.4)))
    return msgspec.structs.replace(design, enrollment_info=EnrollmentInfo(count=planned, type="ESTIMATED"))


def _eligibility(rng: Random, eligibility: EligibilityModule) -> EligibilityModule:
    """Without the last criterion, and sometimes with another upper age."""
    text, _, last = (eligibility.eligibility_criteria or "").rpartition("\n")
    shorter = text if text and not text.endswith("\n") and last[:1] != " " else eligibility.eligibility_criteria
    oldest = eligibility.maximum_age
    if oldest == "75 Years" and rng.random() < 0.5:
        oldest = "70 Years"
    return msgspec.structs.replace(eligibility, eligibility_criteria=shorter, maximum_age=oldest)


def _places(rng: Random, section: ProtocolSection, status: StatusModule) -> ContactsLocationsModule:
    """Some of the sites of today: those that joined first."""
    module = section.contacts_locations_module
    share = rng.uniform(0.4, 0.9)
    kept = tuple(place for place in module.locations if rng.random() < share)
    return msgspec.structs.replace(
        module, locations=tuple(_site(place, status.overall_status) for place in kept or module.locations[:1])
    )


def _site(place: Location, overall: str | None) -> Location:
    """A site has a status of its own, and people to call, only while the study takes people in or soon will."""
    if overall in ("RECRUITING", "AVAILABLE"):
        return msgspec.structs.replace(place, status=place.status or overall)
    contacts = place.contacts if overall == "NOT_YET_RECRUITING" else ()
    return msgspec.structs.replace(place, status=None, contacts=contacts)
