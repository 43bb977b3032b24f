"""Studies that never were, in the registry's shape: a few hundred to search, browse and read without a network.

The same count and seed give the same bytes. Each study has its own generator, so the first hundred of four hundred are
the same as a hundred. Identifiers lie far above the registry's; titles, summaries, sponsors and sites say "fictional".
"""

import datetime
from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec

from equipoise.examples.arms import arms_module
from equipoise.examples.chance import sometimes, weighted
from equipoise.examples.criteria import eligibility
from equipoise.examples.design import Scheme, design_module, scheme
from equipoise.examples.history import earlier
from equipoise.examples.plan import LARGE, Plan, plan
from equipoise.examples.posted import results
from equipoise.examples.sites import contacts_module
from equipoise.examples.tables import SponsorRow, conditions, words
from equipoise.examples.times import AS_OF, STOPPED, exact, status_module
from equipoise.examples.wording import (
    FICTIONAL,
    conditions_module,
    description,
    identification,
    outcomes,
    references,
    sharing,
)
from equipoise.kernel.identifiers import FIRST_FICTIONAL, nct_id_of
from equipoise.studies.record import (
    BrowseModule,
    DerivedSection,
    DocumentSection,
    LargeDoc,
    LargeDocumentModule,
    MeshTerm,
    MiscInfoModule,
    OversightModule,
    ProtocolSection,
    ResponsibleParty,
    Sponsor,
    SponsorCollaboratorsModule,
    StatusModule,
    Study,
)

COUNT = 400
SEED = 20240612
_RESULTS = 0.24
_HISTORY = 0.05
_LARGEST_WITH_RESULTS = 4000
_SMALLEST_ARM = 8
_RESULTS_AFTER = 700


def fictional_studies(count: int = COUNT, seed: int = SEED) -> Iterator[bytes]:
    """API v2 study objects, one for each number from one."""
    for number in range(1, count + 1):
        yield _written(_study(_generator(seed, number), number), seed)


def earlier_versions(count: int = COUNT, seed: int = SEED) -> Iterator[bytes]:
    """Older records of about one in twenty of the same studies, and of the large ones, oldest first for each."""
    for number in range(1, count + 1):
        rng = _generator(seed, number, "history")
        if number in LARGE or sometimes(rng, _HISTORY):
            study = _study(_generator(seed, number), number)
            yield from (_written(version, seed) for version in earlier(rng, study))


def _generator(seed: int, number: int, use: str = "record") -> Random:
    return Random(f"{seed}/{number}/{use}")  # noqa: S311 - invented studies keep no secret


def _written(study: Study, seed: int) -> bytes:
    mark = {"fictional": True, "note": FICTIONAL, "seed": seed}
    record = _filled(msgspec.json.decode(msgspec.json.encode(study)))
    return msgspec.json.encode({**record, "equipoise": mark})


def _filled(value: Any) -> Any:
    """The same without empty objects: in the registry, absent means absent."""
    if not isinstance(value, dict):
        return value
    kept = {key: _filled(inner) for key, inner in value.items()}
    return {key: inner for key, inner in kept.items() if inner != {}}


def _study(rng: Random, number: int) -> Study:
    planned = plan(rng, number)
    protocol = _protocol(rng, planned, scheme(rng, planned))
    with_results = _has_results(rng, planned, protocol)
    study = Study(
        protocol_section=protocol,
        document_section=_documents(rng, planned, share=0.7 if with_results else 0.03),
        derived_section=_derived(planned),
        has_results=with_results,
    )
    return _with_results(rng, planned, study) if with_results else study


def _protocol(rng: Random, planned: Plan, shape: Scheme) -> ProtocolSection:
    return ProtocolSection(
        identification_module=identification(rng, planned, shape, nct_id_of(FIRST_FICTIONAL + planned.number)),
        status_module=_status(rng, planned),
        sponsor_collaborators_module=_sponsors(rng, planned),
        oversight_module=_oversight(rng, planned),
        description_module=description(rng, planned, shape),
        conditions_module=conditions_module(rng, planned),
        design_module=design_module(rng, planned, shape),
        arms_interventions_module=arms_module(rng, planned, shape),
        outcomes_module=outcomes(rng, planned),
        eligibility_module=eligibility(rng, planned),
        contacts_locations_module=contacts_module(rng, planned),
        references_module=references(rng, planned),
        ipd_sharing_statement_module=sharing(rng),
    )


def _status(rng: Random, planned: Plan) -> StatusModule:
    why = rng.choice(words().reservations) if planned.status in STOPPED else None
    last_known = weighted(rng, {"RECRUITING": 6, "NOT_YET_RECRUITING": 2, "ACTIVE_NOT_RECRUITING": 2})
    return status_module(rng, planned.status, planned.times, why, last_known if planned.status == "UNKNOWN" else None)


def _sponsors(rng: Random, planned: Plan) -> SponsorCollaboratorsModule:
    lead = planned.sponsor
    party = "SPONSOR" if lead.class_ == "INDUSTRY" or sometimes(rng, 0.6) else "PRINCIPAL_INVESTIGATOR"
    others = [row for row in words().sponsors if row != lead]
    helpers = rng.sample(others, rng.randint(1, 2)) if sometimes(rng, 0.25) else []
    return SponsorCollaboratorsModule(
        responsible_party=ResponsibleParty(
            type=party,
            investigator_full_name=None if party == "SPONSOR" else "Principal Investigator (fictional)",
            investigator_title=None if party == "SPONSOR" else "Professor",
            investigator_affiliation=None if party == "SPONSOR" else lead.name,
        ),
        lead_sponsor=_sponsor(lead),
        collaborators=tuple(_sponsor(row) for row in helpers),
    )


def _sponsor(row: SponsorRow) -> Sponsor:
    return Sponsor(name=row.name, class_=row.class_)


def _oversight(rng: Random, planned: Plan) -> OversightModule:
    american = planned.medicine and planned.interventional and sometimes(rng, 0.6)
    return OversightModule(
        oversight_has_dmc=sometimes(rng, 0.35) if sometimes(rng, 0.8) else None,
        is_fda_regulated_drug=american,
        is_fda_regulated_device=planned.lead.type == "DEVICE" and sometimes(rng, 0.5),
    )


def _has_results(rng: Random, planned: Plan, protocol: ProtocolSection) -> bool:
    """Only a finished comparison or single group, over for long enough, with people in every arm."""
    arms = protocol.arms_interventions_module.arm_groups
    ready = planned.status in ("COMPLETED", "TERMINATED") and (AS_OF - planned.times.end).days > _RESULTS_AFTER
    model = protocol.design_module.design_info.intervention_model in ("PARALLEL", "SINGLE_GROUP", "FACTORIAL")
    fits = _SMALLEST_ARM * len(arms) <= planned.people <= _LARGEST_WITH_RESULTS
    return ready and model and fits and sometimes(rng, _RESULTS)


def _with_results(rng: Random, planned: Plan, study: Study) -> Study:
    posted = planned.times.end + datetime.timedelta(days=rng.randint(330, _RESULTS_AFTER))
    status = msgspec.structs.replace(
        study.status,
        results_first_submit_date=str(posted),
        results_first_submit_qc_date=str(posted),
        results_first_post_date_struct=exact(posted),
        last_update_submit_date=str(max(posted, planned.times.updated)),
        last_update_post_date_struct=exact(max(posted, planned.times.updated)),
    )
    section = results(rng, planned, study.arms, study.outcomes.primary_outcomes[0])
    protocol = msgspec.structs.replace(study.protocol_section, status_module=status)
    encoded = msgspec.Raw(msgspec.json.encode(section))
    return msgspec.structs.replace(study, protocol_section=protocol, results_section=encoded)


def _documents(rng: Random, planned: Plan, *, share: float) -> DocumentSection:
    if not sometimes(rng, share):
        return DocumentSection()
    both = sometimes(rng, 0.5)
    protocol = LargeDoc(
        type_abbrev="Prot_SAP" if both else "Prot",
        has_protocol=True,
        has_sap=both,
        has_icf=False,
        label="Study Protocol and Statistical Analysis Plan" if both else "Study Protocol",
        date=str(planned.times.submitted),
        upload_date=f"{planned.times.updated}T09:30",
        filename="Prot_SAP_000.pdf" if both else "Prot_000.pdf",
        size=rng.randint(200_000, 6_000_000),
    )
    return DocumentSection(large_document_module=LargeDocumentModule(large_docs=(protocol,)))


def _derived(planned: Plan) -> DerivedSection:
    condition = planned.condition
    browse = BrowseModule(
        meshes=(_mesh(condition.term),) if condition.term else (),
        ancestors=tuple(_mesh(term) for term in condition.ancestors),
    )
    return DerivedSection(misc_info_module=MiscInfoModule(version_holder=str(AS_OF)), condition_browse_module=browse)


def _mesh(term: str) -> MeshTerm:
    return MeshTerm(id=conditions().mesh.get(term), term=term)
