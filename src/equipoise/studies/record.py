"""One registered study, as ClinicalTrials.gov API v2 (2.0.5) shapes it: everything but the results.

Field names are the registry's JSON names in snake case. Enumerated values stay text, so a value the registry adds
tomorrow is kept and shown; ``labels`` gives their wording.
"""

import msgspec

from equipoise.studies.part import Part
from equipoise.studies.results import ResultsSection


class GeoPoint(Part, frozen=True):
    """A city centre in decimal degrees (the registry never gives the hospital itself)."""

    lat: float
    lon: float


class OrgStudyIdInfo(Part, frozen=True):
    id: str | None = None
    type: str | None = None
    link: str | None = None


class SecondaryIdInfo(Part, frozen=True):
    id: str | None = None
    type: str | None = None
    domain: str | None = None
    link: str | None = None


class Organization(Part, frozen=True):
    full_name: str | None = None
    class_: str | None = msgspec.field(default=None, name="class")


class IdentificationModule(Part, frozen=True):
    nct_id: str | None = None
    nct_id_aliases: tuple[str, ...] = ()
    org_study_id_info: OrgStudyIdInfo = OrgStudyIdInfo()
    secondary_id_infos: tuple[SecondaryIdInfo, ...] = ()
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    organization: Organization = Organization()


class ExpandedAccessInfo(Part, frozen=True):
    has_expanded_access: bool | None = None
    nct_id: str | None = None
    status_for_nct_id: str | None = None


class DateStruct(Part, frozen=True):
    date: str | None = None
    type: str | None = None


class StatusModule(Part, frozen=True):
    status_verified_date: str | None = None
    overall_status: str | None = None
    last_known_status: str | None = None
    delayed_posting: bool | None = None
    why_stopped: str | None = None
    expanded_access_info: ExpandedAccessInfo = ExpandedAccessInfo()
    start_date_struct: DateStruct = DateStruct()
    primary_completion_date_struct: DateStruct = DateStruct()
    completion_date_struct: DateStruct = DateStruct()
    study_first_submit_date: str | None = None
    study_first_submit_qc_date: str | None = None
    study_first_post_date_struct: DateStruct = DateStruct()
    results_waived: bool | None = None
    results_first_submit_date: str | None = None
    results_first_submit_qc_date: str | None = None
    results_first_post_date_struct: DateStruct = DateStruct()
    disp_first_submit_date: str | None = None
    disp_first_submit_qc_date: str | None = None
    disp_first_post_date_struct: DateStruct = DateStruct()
    last_update_submit_date: str | None = None
    last_update_post_date_struct: DateStruct = DateStruct()


class ResponsibleParty(Part, frozen=True):
    type: str | None = None
    investigator_full_name: str | None = None
    investigator_title: str | None = None
    investigator_affiliation: str | None = None
    old_name_title: str | None = None
    old_organization: str | None = None


class Sponsor(Part, frozen=True):
    name: str | None = None
    class_: str | None = msgspec.field(default=None, name="class")


class SponsorCollaboratorsModule(Part, frozen=True):
    responsible_party: ResponsibleParty = ResponsibleParty()
    lead_sponsor: Sponsor = Sponsor()
    collaborators: tuple[Sponsor, ...] = ()


class OversightModule(Part, frozen=True):
    oversight_has_dmc: bool | None = None
    is_fda_regulated_drug: bool | None = None
    is_fda_regulated_device: bool | None = None
    is_unapproved_device: bool | None = None
    is_ppsd: bool | None = None
    is_us_export: bool | None = None
    fdaaa801_violation: bool | None = None


class DescriptionModule(Part, frozen=True):
    brief_summary: str | None = None
    detailed_description: str | None = None


class ConditionsModule(Part, frozen=True):
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


class ExpandedAccessTypes(Part, frozen=True):
    individual: bool | None = None
    intermediate: bool | None = None
    treatment: bool | None = None


class MaskingInfo(Part, frozen=True):
    masking: str | None = None
    masking_description: str | None = None
    who_masked: tuple[str, ...] = ()


class DesignInfo(Part, frozen=True):
    allocation: str | None = None
    intervention_model: str | None = None
    intervention_model_description: str | None = None
    primary_purpose: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    masking_info: MaskingInfo = MaskingInfo()


class BioSpec(Part, frozen=True):
    retention: str | None = None
    description: str | None = None


class EnrollmentInfo(Part, frozen=True):
    count: int | None = None
    type: str | None = None


class DesignModule(Part, frozen=True):
    study_type: str | None = None
    n_ptrs_to_this_exp_acc_nct_id: int | None = None
    expanded_access_types: ExpandedAccessTypes = ExpandedAccessTypes()
    patient_registry: bool | None = None
    target_duration: str | None = None
    phases: tuple[str, ...] = ()
    design_info: DesignInfo = DesignInfo()
    bio_spec: BioSpec = BioSpec()
    enrollment_info: EnrollmentInfo = EnrollmentInfo()


class ArmGroup(Part, frozen=True):
    label: str | None = None
    type: str | None = None
    description: str | None = None
    intervention_names: tuple[str, ...] = ()


class Intervention(Part, frozen=True):
    type: str | None = None
    name: str | None = None
    description: str | None = None
    arm_group_labels: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


class ArmsInterventionsModule(Part, frozen=True):
    arm_groups: tuple[ArmGroup, ...] = ()
    interventions: tuple[Intervention, ...] = ()


class Outcome(Part, frozen=True):
    measure: str | None = None
    description: str | None = None
    time_frame: str | None = None


class OutcomesModule(Part, frozen=True):
    primary_outcomes: tuple[Outcome, ...] = ()
    secondary_outcomes: tuple[Outcome, ...] = ()
    other_outcomes: tuple[Outcome, ...] = ()


class EligibilityModule(Part, frozen=True):
    eligibility_criteria: str | None = None
    healthy_volunteers: bool | None = None
    sex: str | None = None
    gender_based: bool | None = None
    gender_description: str | None = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    std_ages: tuple[str, ...] = ()
    study_population: str | None = None
    sampling_method: str | None = None


class Contact(Part, frozen=True):
    name: str | None = None
    role: str | None = None
    phone: str | None = None
    phone_ext: str | None = None
    email: str | None = None


class OverallOfficial(Part, frozen=True):
    name: str | None = None
    affiliation: str | None = None
    role: str | None = None


class Location(Part, frozen=True):
    facility: str | None = None
    status: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    contacts: tuple[Contact, ...] = ()
    geo_point: GeoPoint | None = None


class ContactsLocationsModule(Part, frozen=True):
    central_contacts: tuple[Contact, ...] = ()
    overall_officials: tuple[OverallOfficial, ...] = ()
    locations: tuple[Location, ...] = ()


class Retraction(Part, frozen=True):
    pmid: str | None = None
    source: str | None = None


class Reference(Part, frozen=True):
    pmid: str | None = None
    type: str | None = None
    citation: str | None = None
    retractions: tuple[Retraction, ...] = ()


class SeeAlsoLink(Part, frozen=True):
    label: str | None = None
    url: str | None = None


class AvailableIpd(Part, frozen=True):
    id: str | None = None
    type: str | None = None
    url: str | None = None
    comment: str | None = None


class ReferencesModule(Part, frozen=True):
    references: tuple[Reference, ...] = ()
    see_also_links: tuple[SeeAlsoLink, ...] = ()
    avail_ipds: tuple[AvailableIpd, ...] = ()


class IpdSharingStatementModule(Part, frozen=True):
    ipd_sharing: str | None = None
    description: str | None = None
    info_types: tuple[str, ...] = ()
    time_frame: str | None = None
    access_criteria: str | None = None
    url: str | None = None


class ProtocolSection(Part, frozen=True):
    identification_module: IdentificationModule = IdentificationModule()
    status_module: StatusModule = StatusModule()
    sponsor_collaborators_module: SponsorCollaboratorsModule = SponsorCollaboratorsModule()
    oversight_module: OversightModule = OversightModule()
    description_module: DescriptionModule = DescriptionModule()
    conditions_module: ConditionsModule = ConditionsModule()
    design_module: DesignModule = DesignModule()
    arms_interventions_module: ArmsInterventionsModule = ArmsInterventionsModule()
    outcomes_module: OutcomesModule = OutcomesModule()
    eligibility_module: EligibilityModule = EligibilityModule()
    contacts_locations_module: ContactsLocationsModule = ContactsLocationsModule()
    references_module: ReferencesModule = ReferencesModule()
    ipd_sharing_statement_module: IpdSharingStatementModule = IpdSharingStatementModule()


class FirstMcpInfo(Part, frozen=True):
    post_date_struct: DateStruct = DateStruct()


class SubmissionInfo(Part, frozen=True):
    release_date: str | None = None
    unrelease_date: str | None = None
    unrelease_date_unknown: bool | None = None
    reset_date: str | None = None
    mcp_release_n: int | None = None


class SubmissionTracking(Part, frozen=True):
    estimated_results_first_submit_date: str | None = None
    first_mcp_info: FirstMcpInfo = FirstMcpInfo()
    submission_infos: tuple[SubmissionInfo, ...] = ()


class MiscInfoModule(Part, frozen=True):
    version_holder: str | None = None
    removed_countries: tuple[str, ...] = ()
    submission_tracking: SubmissionTracking = SubmissionTracking()


class MeshTerm(Part, frozen=True):
    id: str | None = None
    term: str | None = None


class BrowseLeaf(Part, frozen=True):
    id: str | None = None
    name: str | None = None
    as_found: str | None = None
    relevance: str | None = None


class BrowseBranch(Part, frozen=True):
    abbrev: str | None = None
    name: str | None = None


class BrowseModule(Part, frozen=True):
    meshes: tuple[MeshTerm, ...] = ()
    ancestors: tuple[MeshTerm, ...] = ()
    browse_leaves: tuple[BrowseLeaf, ...] = ()
    browse_branches: tuple[BrowseBranch, ...] = ()


class DerivedSection(Part, frozen=True):
    misc_info_module: MiscInfoModule = MiscInfoModule()
    condition_browse_module: BrowseModule = BrowseModule()
    intervention_browse_module: BrowseModule = BrowseModule()


class LargeDoc(Part, frozen=True):
    type_abbrev: str | None = None
    has_protocol: bool | None = None
    has_sap: bool | None = None
    has_icf: bool | None = None
    label: str | None = None
    date: str | None = None
    upload_date: str | None = None
    filename: str | None = None
    size: int | None = None


class LargeDocumentModule(Part, frozen=True):
    no_sap: bool | None = None
    large_docs: tuple[LargeDoc, ...] = ()


class DocumentSection(Part, frozen=True):
    large_document_module: LargeDocumentModule = LargeDocumentModule()


class UnpostedEvent(Part, frozen=True):
    type: str | None = None
    date: str | None = None
    date_unknown: bool | None = None


class UnpostedAnnotation(Part, frozen=True):
    unposted_responsible_party: str | None = None
    unposted_events: tuple[UnpostedEvent, ...] = ()


class ViolationEvent(Part, frozen=True):
    type: str | None = None
    description: str | None = None
    creation_date: str | None = None
    issued_date: str | None = None
    release_date: str | None = None
    posted_date: str | None = None


class ViolationAnnotation(Part, frozen=True):
    violation_events: tuple[ViolationEvent, ...] = ()


class AnnotationModule(Part, frozen=True):
    unposted_annotation: UnpostedAnnotation = UnpostedAnnotation()
    violation_annotation: ViolationAnnotation = ViolationAnnotation()


class AnnotationSection(Part, frozen=True):
    annotation_module: AnnotationModule = AnnotationModule()


class Kept(Part, frozen=True):
    """What our bundled sample says of a record it holds only in part. The registry's own records have no such block."""

    locations_on_registry: int | None = None


_RESULTS = msgspec.json.Decoder(ResultsSection)


class Study(Part, frozen=True):
    """One study record: what the sponsor registered, what was posted, and what the registry derived."""

    protocol_section: ProtocolSection = ProtocolSection()
    results_section: msgspec.Raw = msgspec.Raw()
    annotation_section: AnnotationSection = AnnotationSection()
    document_section: DocumentSection = DocumentSection()
    derived_section: DerivedSection = DerivedSection()
    has_results: bool | None = None
    equipoise: Kept = Kept()

    @property
    def results(self) -> ResultsSection:
        """Decoded when asked for: one record in eleven has results, and they outweigh all the rest of it."""
        return _RESULTS.decode(self.results_section) if self.results_section else ResultsSection()

    @property
    def identification(self) -> IdentificationModule:
        return self.protocol_section.identification_module

    @property
    def status(self) -> StatusModule:
        return self.protocol_section.status_module

    @property
    def sponsors(self) -> SponsorCollaboratorsModule:
        return self.protocol_section.sponsor_collaborators_module

    @property
    def oversight(self) -> OversightModule:
        return self.protocol_section.oversight_module

    @property
    def description(self) -> DescriptionModule:
        return self.protocol_section.description_module

    @property
    def conditions(self) -> tuple[str, ...]:
        return self.protocol_section.conditions_module.conditions

    @property
    def keywords(self) -> tuple[str, ...]:
        return self.protocol_section.conditions_module.keywords

    @property
    def design(self) -> DesignModule:
        return self.protocol_section.design_module

    @property
    def arms(self) -> tuple[ArmGroup, ...]:
        return self.protocol_section.arms_interventions_module.arm_groups

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        return self.protocol_section.arms_interventions_module.interventions

    @property
    def outcomes(self) -> OutcomesModule:
        return self.protocol_section.outcomes_module

    @property
    def eligibility(self) -> EligibilityModule:
        return self.protocol_section.eligibility_module

    @property
    def contacts(self) -> ContactsLocationsModule:
        return self.protocol_section.contacts_locations_module

    @property
    def locations(self) -> tuple[Location, ...]:
        return self.contacts.locations

    @property
    def sites_on_registry(self) -> int:
        """Sites the registry lists: more than ``locations`` only where the record is held in part."""
        return max(len(self.locations), self.equipoise.locations_on_registry or 0)

    @property
    def references(self) -> ReferencesModule:
        return self.protocol_section.references_module

    @property
    def nct_id(self) -> str:
        """The registry's identifier; ``read_study`` refuses a record without one."""
        return self.identification.nct_id or ""

    @property
    def title(self) -> str:
        return self.identification.brief_title or self.identification.official_title or self.nct_id
