"""What the sponsor registered: the elements of the XML record as the modules of ``protocolSection``."""

from typing import Any

from equipoise.kernel.identifiers import read_nct_id
from equipoise.studies.legacy.contacts import read_contacts
from equipoise.studies.legacy.prose import marked, unwrapped
from equipoise.studies.legacy.tree import Node, Table
from equipoise.studies.legacy.words import age, code, day, masking, one_code, phases, plain, std_ages, whole, yes

_IDENTIFICATION: Table = {
    "briefTitle": ("brief_title", plain),
    "officialTitle": ("official_title", plain),
    "acronym": ("acronym", plain),
}
_STATUS: Table = {
    "statusVerifiedDate": ("verification_date", day),
    "overallStatus": ("overall_status", code),
    "lastKnownStatus": ("last_known_status", code),
    "whyStopped": ("why_stopped", unwrapped),
    "studyFirstSubmitDate": ("study_first_submitted", day),
    "studyFirstSubmitQcDate": ("study_first_submitted_qc", day),
    "resultsFirstSubmitDate": ("results_first_submitted", day),
    "resultsFirstSubmitQcDate": ("results_first_submitted_qc", day),
    "dispFirstSubmitDate": ("disposition_first_submitted", day),
    "dispFirstSubmitQcDate": ("disposition_first_submitted_qc", day),
    "lastUpdateSubmitDate": ("last_update_submitted", day),
}
_DATED = {
    "startDateStruct": "start_date",
    "primaryCompletionDateStruct": "primary_completion_date",
    "completionDateStruct": "completion_date",
    "studyFirstPostDateStruct": "study_first_posted",
    "resultsFirstPostDateStruct": "results_first_posted",
    "dispFirstPostDateStruct": "disposition_first_posted",
    "lastUpdatePostDateStruct": "last_update_posted",
}
_SPONSOR: Table = {"name": ("agency", plain), "class": ("agency_class", code)}
_RESPONSIBLE: Table = {
    "type": ("responsible_party_type", code),
    "investigatorFullName": ("investigator_full_name", plain),
    "investigatorTitle": ("investigator_title", plain),
    "investigatorAffiliation": ("investigator_affiliation", plain),
    "oldNameTitle": ("name_title", plain),
    "oldOrganization": ("organization", plain),
}
_OVERSIGHT: Table = {
    "oversightHasDmc": ("has_dmc", yes),
    "isFdaRegulatedDrug": ("is_fda_regulated_drug", yes),
    "isFdaRegulatedDevice": ("is_fda_regulated_device", yes),
    "isUnapprovedDevice": ("is_unapproved_device", yes),
    "isPpsd": ("is_ppsd", yes),
    "isUsExport": ("is_us_export", yes),
}
_DESCRIPTION: Table = {
    "briefSummary": ("brief_summary/textblock", unwrapped),
    "detailedDescription": ("detailed_description/textblock", unwrapped),
}
_EXPANDED: Table = {
    "individual": ("expanded_access_type_individual", yes),
    "intermediate": ("expanded_access_type_intermediate", yes),
    "treatment": ("expanded_access_type_treatment", yes),
}
_DESIGN: Table = {
    "allocation": ("allocation", code),
    "interventionModel": ("intervention_model", one_code),
    "interventionModelDescription": ("intervention_model_description", marked),
    "primaryPurpose": ("primary_purpose", code),
    "observationalModel": ("observational_model", one_code),
    "timePerspective": ("time_perspective", one_code),
}
_BIOSPEC: Table = {"retention": ("biospec_retention", code), "description": ("biospec_descr/textblock", unwrapped)}
_ARM: Table = {
    "label": ("arm_group_label", plain),
    "type": ("arm_group_type", code),
    "description": ("description", marked),
}
_INTERVENTION: Table = {
    "type": ("intervention_type", code),
    "name": ("intervention_name", plain),
    "description": ("description", marked),
}
_OUTCOME: Table = {
    "measure": ("measure", plain),
    "description": ("description", marked),
    "timeFrame": ("time_frame", plain),
}
_ELIGIBILITY: Table = {
    "eligibilityCriteria": ("criteria/textblock", unwrapped),
    "healthyVolunteers": ("healthy_volunteers", yes),
    "sex": ("gender", code),
    "genderBased": ("gender_based", yes),
    "genderDescription": ("gender_description", marked),
    "minimumAge": ("minimum_age", age),
    "maximumAge": ("maximum_age", age),
    "studyPopulation": ("study_pop/textblock", unwrapped),
    "samplingMethod": ("sampling_method", code),
}
_REFERENCE: Table = {"pmid": ("PMID", plain), "citation": ("citation", plain)}
_LINK: Table = {"label": ("description", marked), "url": ("url", plain)}
_STUDY_DOC: Table = {
    "id": ("doc_id", plain),
    "type": ("doc_type", plain),
    "url": ("doc_url", plain),
    "comment": ("doc_comment", marked),
}
_IPD: Table = {
    "ipdSharing": ("sharing_ipd", code),
    "description": ("ipd_description", marked),
    "timeFrame": ("ipd_time_frame", marked),
    "accessCriteria": ("ipd_access_criteria", marked),
    "url": ("ipd_url", plain),
}


def read_protocol(root: Node) -> dict[str, Any]:
    sponsors = _sponsors(root)
    return {
        "identificationModule": _identification(root, sponsors),
        "statusModule": _status(root),
        "sponsorCollaboratorsModule": sponsors,
        "oversightModule": root.at("oversight_info").fields(_OVERSIGHT),
        "descriptionModule": root.fields(_DESCRIPTION),
        "conditionsModule": {
            "conditions": root.take_all("condition", plain),
            "keywords": root.take_all("keyword", plain),
        },
        "designModule": _design(root),
        "armsInterventionsModule": _arms(root),
        "outcomesModule": {
            f"{rank}Outcomes": [node.fields(_OUTCOME) for node in root.each(f"{rank}_outcome")]
            for rank in ("primary", "secondary", "other")
        },
        "eligibilityModule": _eligibility(root.at("eligibility")),
        "contactsLocationsModule": read_contacts(root),
        "referencesModule": _references(root),
        "ipdSharingStatementModule": root.at("patient_data").fields(_IPD)
        | {"infoTypes": root.take_all("patient_data/ipd_info_type", code)},
    }


def _identification(root: Node, sponsors: dict[str, Any]) -> dict[str, Any]:
    ids = root.at("id_info")
    return root.fields(_IDENTIFICATION) | {
        "nctId": ids.take("nct_id", read_nct_id),
        "nctIdAliases": ids.take_all("nct_alias", plain),
        "orgStudyIdInfo": {"id": ids.take("org_study_id", plain)},
        "secondaryIdInfos": [{"id": number} for number in ids.take_all("secondary_id", plain)],
        "organization": _organisation(root.take("source", plain), sponsors),
    }


def _organisation(name: str | None, sponsors: dict[str, Any]) -> dict[str, Any]:
    """The XML gives its class only where it is a sponsor too."""
    parties = [sponsors["leadSponsor"], *sponsors["collaborators"]]
    return {"fullName": name, "class": next((party["class"] for party in parties if party["name"] == name), None)}


def _sponsors(root: Node) -> dict[str, Any]:
    return {
        "responsibleParty": root.at("responsible_party").fields(_RESPONSIBLE),
        "leadSponsor": root.at("sponsors/lead_sponsor").fields(_SPONSOR),
        "collaborators": [node.fields(_SPONSOR) for node in root.each("sponsors/collaborator")],
    }


def _status(root: Node) -> dict[str, Any]:
    return (
        root.fields(_STATUS)
        | {name: _dated(root.at(tag)) for name, tag in _DATED.items()}
        | {"expandedAccessInfo": {"hasExpandedAccess": root.take("has_expanded_access", yes)}}
    )


def _dated(node: Node) -> dict[str, Any]:
    date = node.own(day)
    return {"date": date, "type": node.attribute("type", code)} if date else {}


def _design(root: Node) -> dict[str, Any]:
    kind = root.take("study_type", _study_type) or {}
    interventional = kind.get("studyType") == "INTERVENTIONAL"
    info = root.at("study_design_info")
    return kind | {
        "expandedAccessTypes": root.at("expanded_access_info").fields(_EXPANDED),
        "targetDuration": root.take("target_duration", plain),
        "phases": root.take("phase", phases) if interventional or root.peek("phase") != "N/A" else None,
        "designInfo": info.fields(_DESIGN) | {"maskingInfo": _masking(info)},
        "bioSpec": root.fields(_BIOSPEC),
        "enrollmentInfo": _enrolment(root.at("enrollment")),
    }


def _study_type(text: str) -> dict[str, Any] | None:
    name, _, registry = text.strip().partition(" [Patient Registry")
    if name == "N/A":
        return None
    return {"studyType": code(name), "patientRegistry": True if registry else None}


def _masking(info: Node) -> dict[str, Any]:
    return (info.take("masking", masking) or {}) | {"maskingDescription": info.take("masking_description", marked)}


def _enrolment(node: Node) -> dict[str, Any]:
    count = node.own(whole)
    return {"count": count, "type": node.attribute("type", code)} if count is not None else {}


def _arms(root: Node) -> dict[str, Any]:
    """An arm names its interventions, and an intervention its arms; the XML gives the second only."""
    kinds = [node.peek("intervention_type") for node in root.each("intervention")]
    interventions = [_intervention(node) for node in root.each("intervention")]
    arms = [node.fields(_ARM) for node in root.each("arm_group")]
    for arm in arms:
        arm["interventionNames"] = [
            f"{kind}: {given['name']}"
            for kind, given in zip(kinds, interventions, strict=True)
            if arm["label"] in given["armGroupLabels"]
        ]
    return {"armGroups": arms, "interventions": interventions}


def _intervention(node: Node) -> dict[str, Any]:
    return node.fields(_INTERVENTION) | {
        "armGroupLabels": node.take_all("arm_group_label", plain),
        "otherNames": node.take_all("other_name", plain),
    }


def _eligibility(node: Node) -> dict[str, Any]:
    read = node.fields(_ELIGIBILITY)
    if read["minimumAge"] is None and read["maximumAge"] is None:
        return read
    return read | {"stdAges": std_ages(read["minimumAge"] or "", read["maximumAge"] or "")}


def _references(root: Node) -> dict[str, Any]:
    """The XML does not say which references the sponsor gave and which the registry found: those have no type."""
    results = [node.fields(_REFERENCE) | {"type": "RESULT"} for node in root.each("results_reference")]
    return {
        "references": [node.fields(_REFERENCE) for node in root.each("reference")] + results,
        "seeAlsoLinks": [node.fields(_LINK) for node in root.each("link")],
        "availIpds": [node.fields(_STUDY_DOC) for node in root.each("study_docs/study_doc")],
    }
