"""The parts of the record whose changes have words of their own, most important to a person first."""

from collections.abc import Iterator

from equipoise.studies.compare import rules
from equipoise.studies.compare.change import Change, ChangeKind
from equipoise.studies.compare.dates import date_words
from equipoise.studies.compare.lists import Listed
from equipoise.studies.compare.rules import Rule
from equipoise.studies.compare.sites import site_changes
from equipoise.studies.labels import ages_words, enrolment_words, label, masking_words, phases_words, shown
from equipoise.studies.record import (
    ArmGroup,
    Contact,
    DateStruct,
    Intervention,
    LargeDoc,
    Outcome,
    OverallOfficial,
    Sponsor,
    Study,
)

_P = "protocol_section."
_STATUS = f"{_P}status_module."
_IDENTIFICATION = f"{_P}identification_module."
_DESIGN = f"{_P}design_module."
_INFO = f"{_DESIGN}design_info."
_ELIGIBILITY = f"{_P}eligibility_module."
_CONTACTS = f"{_P}contacts_locations_module."
_SPONSORS = f"{_P}sponsor_collaborators_module."


def _ages(study: Study) -> str:
    return f"“{ages_words(study.eligibility.minimum_age, study.eligibility.maximum_age)}”"


def _status(study: Study) -> str:
    return shown("Status", study.status.overall_status or "")


def _document(document: LargeDoc) -> str:
    day = date_words(DateStruct(date=document.date))
    return f"{document.label or document.filename or 'a document'}{day and f' ({day})'}"


_ARMS = Listed[ArmGroup](
    kind=ChangeKind.ARMS,
    heading="Arms",
    noun="arm",
    name=lambda arm: arm.label or "without a name",
    keys=(lambda arm: arm.label, lambda arm: (arm.label or "").casefold().strip(), lambda arm: arm.description or arm),
    codes={"type": "ArmGroupType"},
)
_TREATMENTS = Listed[Intervention](
    kind=ChangeKind.TREATMENTS,
    heading="Treatments",
    noun="treatment",
    name=lambda part: f"{label('InterventionType', part.type or '') or 'Treatment'}: {part.name or 'without a name'}",
    keys=(lambda part: (part.type, part.name), lambda part: (part.name or "").casefold().strip()),
    codes={"type": "InterventionType"},
)
_COLLABORATORS = Listed[Sponsor](
    kind=ChangeKind.SPONSORS,
    heading="Collaborators",
    noun="collaborator",
    name=lambda sponsor: sponsor.name or "without a name",
    keys=(lambda sponsor: sponsor.name,),
    codes={"class_": "AgencyClass"},
)
_CENTRAL = Listed[Contact](
    kind=ChangeKind.CONTACTS,
    heading="Contacts",
    noun="contact",
    name=lambda contact: contact.name or contact.email or contact.phone or "without a name",
    keys=(lambda contact: contact.name or contact,),
    codes={"role": "ContactRole"},
)
_OFFICIALS = Listed[OverallOfficial](
    kind=ChangeKind.CONTACTS,
    heading="Investigators",
    noun="investigator",
    name=lambda official: official.name or "without a name",
    keys=(lambda official: official.name,),
    codes={"role": "OfficialRole"},
)
_DOCUMENTS = Listed[LargeDoc](
    kind=ChangeKind.DOCUMENTS,
    heading="Documents",
    noun="document",
    name=_document,
    keys=(lambda document: document.filename, lambda document: (document.label, document.date)),
)


def _outcomes(field: str, noun: str) -> Rule:
    outcomes = Listed[Outcome](
        kind=ChangeKind.OUTCOMES,
        heading=f"{noun.capitalize()}s",
        noun=noun,
        name=lambda outcome: outcome.measure or "without a name",
        keys=(
            lambda outcome: (outcome.measure, outcome.time_frame),
            lambda outcome: outcome.measure,
            lambda outcome: outcome.description or outcome,
        ),
    )
    return rules.listed(f"{_P}outcomes_module.{field}", outcomes)


def _site_rule() -> Rule:
    def tell(old: Study, new: Study) -> Iterator[Change]:
        yield from site_changes(old, new)

    return Rule((f"{_CONTACTS}locations",), tell)


RULES: tuple[Rule, ...] = (
    rules.worded((f"{_STATUS}overall_status",), ChangeKind.STATUS, "Status", _status),
    rules.text(f"{_STATUS}why_stopped", ChangeKind.STATUS, "Reason for stopping"),
    rules.code(f"{_STATUS}last_known_status", ChangeKind.STATUS, "Last known status", "Status"),
    rules.results(("has_results", "results_section", f"{_STATUS}results_first_post_date_struct")),
    rules.text(f"{_ELIGIBILITY}eligibility_criteria", ChangeKind.ELIGIBILITY, "Eligibility criteria"),
    rules.worded(
        (f"{_ELIGIBILITY}minimum_age", f"{_ELIGIBILITY}maximum_age", f"{_ELIGIBILITY}std_ages"),
        ChangeKind.ELIGIBILITY,
        "Ages",
        _ages,
    ),
    rules.code(f"{_ELIGIBILITY}sex", ChangeKind.ELIGIBILITY, "Sex", "Sex"),
    rules.answer(
        f"{_ELIGIBILITY}healthy_volunteers",
        ChangeKind.ELIGIBILITY,
        "Healthy volunteers",
        {
            True: "Healthy volunteers can now join.",
            False: "Healthy volunteers cannot join.",
            None: "The record no longer says whether healthy volunteers can join.",
        },
    ),
    rules.text(f"{_ELIGIBILITY}gender_description", ChangeKind.ELIGIBILITY, "Gender"),
    rules.text(f"{_ELIGIBILITY}study_population", ChangeKind.ELIGIBILITY, "Study population"),
    rules.code(f"{_ELIGIBILITY}sampling_method", ChangeKind.ELIGIBILITY, "Sampling method", "SamplingMethod"),
    _site_rule(),
    rules.listed(f"{_CONTACTS}central_contacts", _CENTRAL),
    rules.listed(f"{_CONTACTS}overall_officials", _OFFICIALS),
    rules.date(f"{_STATUS}start_date_struct", "Study start"),
    rules.date(f"{_STATUS}primary_completion_date_struct", "Primary completion"),
    rules.date(f"{_STATUS}completion_date_struct", "Study completion"),
    rules.worded(
        (f"{_DESIGN}enrollment_info",),
        ChangeKind.ENROLMENT,
        "Enrolment",
        lambda study: enrolment_words(study.design.enrollment_info),
    ),
    rules.text(f"{_IDENTIFICATION}brief_title", ChangeKind.TITLE, "Title"),
    rules.text(f"{_IDENTIFICATION}official_title", ChangeKind.TITLE, "Official title"),
    rules.worded(
        (f"{_IDENTIFICATION}acronym",), ChangeKind.TITLE, "Acronym", lambda study: study.identification.acronym or ""
    ),
    rules.names(f"{_P}conditions_module.conditions", ChangeKind.CONDITIONS, "Conditions"),
    rules.names(f"{_P}conditions_module.keywords", ChangeKind.CONDITIONS, "Keywords"),
    rules.code(f"{_DESIGN}study_type", ChangeKind.DESIGN, "Study type", "StudyType"),
    rules.worded((f"{_DESIGN}phases",), ChangeKind.DESIGN, "Phase", lambda study: phases_words(study.design.phases)),
    rules.listed(f"{_P}arms_interventions_module.arm_groups", _ARMS),
    rules.listed(f"{_P}arms_interventions_module.interventions", _TREATMENTS),
    rules.code(f"{_INFO}allocation", ChangeKind.DESIGN, "Allocation", "DesignAllocation"),
    rules.code(f"{_INFO}intervention_model", ChangeKind.DESIGN, "Intervention model", "InterventionalAssignment"),
    rules.text(f"{_INFO}intervention_model_description", ChangeKind.DESIGN, "Description of the model"),
    rules.code(f"{_INFO}primary_purpose", ChangeKind.DESIGN, "Primary purpose", "PrimaryPurpose"),
    rules.worded(
        (f"{_INFO}masking_info.masking", f"{_INFO}masking_info.who_masked"),
        ChangeKind.DESIGN,
        "Masking",
        lambda study: masking_words(study.design.design_info.masking_info),
    ),
    rules.text(f"{_INFO}masking_info.masking_description", ChangeKind.DESIGN, "Description of masking"),
    rules.code(f"{_INFO}observational_model", ChangeKind.DESIGN, "Observational model", "ObservationalModel"),
    rules.code(f"{_INFO}time_perspective", ChangeKind.DESIGN, "Time perspective", "DesignTimePerspective"),
    rules.part(f"{_DESIGN}bio_spec", ChangeKind.DESIGN, "Samples kept", {"retention": "BioSpecRetention"}),
    _outcomes("primary_outcomes", "primary outcome"),
    _outcomes("secondary_outcomes", "secondary outcome"),
    _outcomes("other_outcomes", "other outcome"),
    rules.text(f"{_P}description_module.brief_summary", ChangeKind.DESCRIPTION, "Summary"),
    rules.text(f"{_P}description_module.detailed_description", ChangeKind.DESCRIPTION, "Description"),
    rules.part(f"{_SPONSORS}lead_sponsor", ChangeKind.SPONSORS, "Sponsor", {"class_": "AgencyClass"}),
    rules.listed(f"{_SPONSORS}collaborators", _COLLABORATORS),
    rules.part(
        f"{_SPONSORS}responsible_party", ChangeKind.SPONSORS, "Responsible party", {"type": "ResponsiblePartyType"}
    ),
    rules.listed("document_section.large_document_module.large_docs", _DOCUMENTS),
    rules.part(
        f"{_P}ipd_sharing_statement_module",
        ChangeKind.RECORD,
        "Sharing of participant data",
        {"ipd_sharing": "IpdSharing", "info_types": "IpdSharingInfoType"},
    ),
    rules.part(f"{_P}oversight_module", ChangeKind.RECORD, "Oversight"),
    rules.stamps(
        {
            f"{_STATUS}status_verified_date": "verified",
            f"{_STATUS}last_update_submit_date": "last update sent",
            f"{_STATUS}last_update_post_date_struct": "last update posted",
            "derived_section.misc_info_module.version_holder": "taken from the registry",
        },
        ChangeKind.RECORD,
        "Record",
    ),
)
