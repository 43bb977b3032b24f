from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from equipoise.studies.labels import (
    KINDS,
    Openness,
    age_range_days,
    ages_words,
    enrolment_words,
    funder_types,
    label,
    masking_words,
    openness,
    phases_words,
    plain,
    shown,
)
from equipoise.studies.record import (
    EligibilityModule,
    EnrollmentInfo,
    MaskingInfo,
    ProtocolSection,
    Sponsor,
    SponsorCollaboratorsModule,
    StatusModule,
    Study,
)

FIELDS = {
    "overallStatus": "Status",
    "lastKnownStatus": "Status",
    "studyType": "StudyType",
    "phases": "Phase",
    "allocation": "DesignAllocation",
    "interventionModel": "InterventionalAssignment",
    "primaryPurpose": "PrimaryPurpose",
    "observationalModel": "ObservationalModel",
    "timePerspective": "DesignTimePerspective",
    "samplingMethod": "SamplingMethod",
    "masking": "DesignMasking",
    "whoMasked": "WhoMasked",
    "sex": "Sex",
    "stdAges": "StandardAge",
    "retention": "BioSpecRetention",
    "ipdSharing": "IpdSharing",
    "infoTypes": "IpdSharingInfoType",
    "paramType": "MeasureParam",
    "reportingStatus": "ReportingStatus",
    "assessmentType": "EventAssessment",
    "restrictionType": "AgreementRestrictionType",
    "ciNumSides": "ConfidenceIntervalNumSides",
    "nonInferiorityType": "NonInferiorityType",
    "relevance": "BrowseLeafRelevance",
    "class": "AgencyClass",
    "statusForNctId": "ExpandedAccessStatus",
    "role": "ContactRole",
}


def study(status: str | None = None, sponsor: str | None = None, collaborators: tuple[str | None, ...] = ()) -> Study:
    parties = SponsorCollaboratorsModule(
        lead_sponsor=Sponsor(name="Lead", class_=sponsor),
        collaborators=tuple(Sponsor(name=f"Helper {place}", class_=of) for place, of in enumerate(collaborators)),
    )
    section = ProtocolSection(status_module=StatusModule(overall_status=status), sponsor_collaborators_module=parties)
    return Study(protocol_section=section)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("Status", "ACTIVE_NOT_RECRUITING", "Active, not recruiting"),
        ("Status", "UNKNOWN", "Unknown status"),
        ("DesignMasking", "NONE", "None (Open Label)"),
        ("PrimaryPurpose", "ECT", "Educational/Counseling/Training"),
        ("SecondaryIdType", "CTIS", "EU Trial (CTIS) Number"),
        ("Status", "PAUSED_BY_SPONSOR", "Paused by sponsor"),
        ("NoSuchKind", "SOME_VALUE", "Some value"),
        ("StudyType", "", ""),
    ],
)
def test_labels_are_the_registrys_words_and_unknown_values_are_made_readable(kind: str, value: str, words: str) -> None:
    assert label(kind, value) == words


def test_recruiting_is_enrolling_on_pages_and_only_there() -> None:
    assert label("Status", "RECRUITING") == "Recruiting"
    assert shown("Status", "RECRUITING") == "Enrolling"
    assert shown("Status", "COMPLETED") == "Completed"
    assert plain("Status", "RECRUITING") == "The study is looking for people to join."
    assert plain("Status", "PAUSED_BY_SPONSOR") == "Paused by sponsor"


def test_every_value_has_a_label_and_a_plain_sentence() -> None:
    for kind, values in KINDS.items():
        for value, (registry, ours) in values.items():
            assert registry.strip() == registry != "", (kind, value)
            assert ours[0].isupper() or ours[0].isdigit(), (kind, value)
            assert ours.endswith("."), (kind, value)


@pytest.mark.parametrize(
    ("status", "group"),
    [
        ("RECRUITING", Openness.OPEN),
        ("AVAILABLE", Openness.OPEN),
        ("NOT_YET_RECRUITING", Openness.NOT_YET),
        ("ENROLLING_BY_INVITATION", Openness.CLOSED),
        ("COMPLETED", Openness.CLOSED),
        ("SUSPENDED", Openness.ATTENTION),
        ("UNKNOWN", Openness.ATTENTION),
        ("SOMETHING_NEW", Openness.ATTENTION),
    ],
)
def test_statuses_fall_into_four_groups_for_a_person_who_wants_to_join(status: str, group: Openness) -> None:
    assert openness(status) is group


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        (("PHASE1", "PHASE2"), "Phase 1/2"),
        (("PHASE3",), "Phase 3"),
        (("EARLY_PHASE1",), "Early phase 1"),
        (("NA",), "Not applicable"),
        ((), ""),
    ],
)
def test_phases_in_words(phases: tuple[str, ...], words: str) -> None:
    assert phases_words(phases) == words


@pytest.mark.parametrize(
    ("youngest", "oldest", "words"),
    [
        ("18 Years", "75 Years", "18 to 75 years"),
        ("18 Years", None, "18 years and older"),
        (None, "17 Years", "up to 17 years"),
        (None, None, "all ages"),
        ("6 Months", "17 Years", "6 months to 17 years"),
        ("1 Year", "18 Years", "1 to 18 years"),
        ("40 Years", "40 Years", "40 years"),
        (None, "1 Year", "up to 1 year"),
        ("birth", "28 Days", "birth to 28 days"),
    ],
)
def test_ages_in_words(youngest: str | None, oldest: str | None, words: str) -> None:
    assert ages_words(youngest, oldest) == words


def test_the_oldest_age_lasts_until_the_next_birthday() -> None:
    assert age_range_days(EligibilityModule(minimum_age="18 Years", maximum_age="75 Years")) == (
        18 * 365.25,
        76 * 365.25,
    )
    assert age_range_days(EligibilityModule(minimum_age="2 Weeks")) == (14, None)
    assert age_range_days(EligibilityModule(maximum_age="N/A")) == (None, None)


def test_enrolment_in_words() -> None:
    assert enrolment_words(EnrollmentInfo(count=240, type="ESTIMATED")) == "240 estimated"
    assert enrolment_words(EnrollmentInfo(count=12_345, type="ACTUAL")) == "12,345 actual"
    assert enrolment_words(EnrollmentInfo(count=0)) == "0"
    assert enrolment_words(EnrollmentInfo(type="ESTIMATED")) == ""


def test_masking_in_words() -> None:
    four = ("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR")
    words = "Quadruple: participant, care provider, investigator, outcomes assessor"
    assert masking_words(MaskingInfo(masking="QUADRUPLE", who_masked=four)) == words
    assert masking_words(MaskingInfo(masking="DOUBLE")) == "Double"
    assert masking_words(MaskingInfo(who_masked=("PARTICIPANT",))) == "Participant"
    assert masking_words(MaskingInfo()) == ""


def test_funders_are_the_registrys_four_groups_in_its_order() -> None:
    assert funder_types(study(sponsor="INDUSTRY", collaborators=("NIH", "NETWORK"))) == ("NIH", "INDUSTRY", "OTHER")
    assert funder_types(study(sponsor="FED", collaborators=(None,))) == ("FED", "OTHER")
    assert funder_types(Study()) == ()


def test_every_value_in_the_real_records_has_a_label(real_records: list[bytes]) -> None:
    met = {pair for raw in real_records for pair in _coded(msgspec.json.decode(raw))}
    assert len(met) > 100
    assert {(kind, value) for kind, value in met if value not in KINDS[kind]} == set()


def _coded(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _coded(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _coded(inner, key)
    elif key in FIELDS and isinstance(value, str) and value.isupper():
        yield FIELDS[key], value
