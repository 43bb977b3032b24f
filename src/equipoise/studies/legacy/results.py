"""Posted results: the XML keeps most figures in attributes, the API in ``resultsSection``."""

from typing import Any

from equipoise.studies.legacy.events import read_events, read_groups
from equipoise.studies.legacy.prose import marked
from equipoise.studies.legacy.tree import Node, Table
from equipoise.studies.legacy.words import agreement, code, day, employed, implied, plain, spread, yes

_FLOW: Table = {
    "preAssignmentDetails": ("pre_assignment_details", marked),
    "recruitmentDetails": ("recruitment_details", marked),
}
_ACHIEVEMENT: Table = {"groupId": ("@group_id", plain), "numSubjects": ("@count", plain)}
_COUNT: Table = {"groupId": ("@group_id", plain), "value": ("@value", plain)}
_MEASUREMENT: Table = _COUNT | {
    "spread": ("@spread", plain),
    "lowerLimit": ("@lower_limit", plain),
    "upperLimit": ("@upper_limit", plain),
}
_FIGURES: Table = {
    "paramType": ("param", code),
    "unitOfMeasure": ("units", plain),
    "denomUnitsSelected": ("units_analyzed", plain),
}
_BASELINE_MEASURE: Table = _FIGURES | {
    "title": ("title", plain),
    "description": ("description", marked),
    "populationDescription": ("population", marked),
    "dispersionType": ("dispersion", spread),
}
_OUTCOME: Table = {
    "type": ("type", code),
    "title": ("title", plain),
    "description": ("description", marked),
    "populationDescription": ("population", marked),
    "anticipatedPostingDate": ("posting_date", day),
    "timeFrame": ("time_frame", plain),
}
_ANALYSIS: Table = {
    "paramType": ("param_type", plain),
    "paramValue": ("param_value", plain),
    "dispersionType": ("dispersion_type", code),
    "dispersionValue": ("dispersion_value", plain),
    "statisticalMethod": ("method", plain),
    "statisticalComment": ("method_desc", marked),
    "pValue": ("p_value", plain),
    "pValueComment": ("p_value_desc", marked),
    "ciNumSides": ("ci_n_sides", code),
    "ciPctValue": ("ci_percent", plain),
    "ciLowerLimit": ("ci_lower_limit", plain),
    "ciUpperLimit": ("ci_upper_limit", plain),
    "ciLowerLimitComment": ("ci_lower_limit_na_comment", marked),
    "ciUpperLimitComment": ("ci_upper_limit_na_comment", marked),
    "estimateComment": ("estimate_desc", marked),
    "testedNonInferiority": ("non_inferiority", yes),
    "nonInferiorityType": ("non_inferiority_type", code),
    "nonInferiorityComment": ("non_inferiority_desc", marked),
    "otherAnalysisDescription": ("other_analysis_desc", marked),
    "groupDescription": ("groups_desc", marked),
}
_CONTACT: Table = {
    "title": ("name_or_title", plain),
    "organization": ("organization", plain),
    "email": ("email", plain),
    "phone": ("phone", plain),
    "phoneExt": ("phone_ext", plain),
}
_PEOPLE = "Participants"
_HEAD_COUNT = "Number of Participants"


def read_results(node: Node) -> dict[str, Any]:
    return {
        "participantFlowModule": _flow(node.at("participant_flow")),
        "baselineCharacteristicsModule": _baseline(node.at("baseline")),
        "outcomeMeasuresModule": {"outcomeMeasures": [_outcome(each) for each in node.each("outcome_list/outcome")]},
        "adverseEventsModule": read_events(node.at("reported_events")),
        "moreInfoModule": {
            "limitationsAndCaveats": {"description": node.take("limitations_and_caveats", marked)},
            "certainAgreement": _agreement(node.at("certain_agreements")),
            "pointOfContact": node.at("point_of_contact").fields(_CONTACT),
        },
    }


def _flow(node: Node) -> dict[str, Any]:
    periods = [_period(each) for each in node.each("period_list/period")]
    return node.fields(_FLOW) | {"groups": read_groups(node), "periods": periods}


def _period(node: Node) -> dict[str, Any]:
    return {
        "title": node.take("title", plain),
        "milestones": [
            {"type": each.take("title", plain), "achievements": _achievements(each)}
            for each in node.each("milestone_list/milestone")
        ],
        "dropWithdraws": [
            {"type": each.take("title", plain), "reasons": _achievements(each)}
            for each in node.each("drop_withdraw_reason_list/drop_withdraw_reason")
        ],
    }


def _achievements(node: Node) -> list[dict[str, Any]]:
    return [
        each.fields(_ACHIEVEMENT) | {"comment": each.own(marked)}
        for each in node.each("participants_list/participants")
    ]


def _baseline(node: Node) -> dict[str, Any]:
    denoms, measures = _counted(node, node.each("measure_list/measure"))
    return {
        "populationDescription": node.take("population", marked),
        "typeUnitsAnalyzed": _other_units(denoms),
        "groups": read_groups(node),
        "denoms": denoms,
        "measures": [each.fields(_BASELINE_MEASURE) | {"denoms": _denoms(each)} | _measured(each) for each in measures],
    }


def _outcome(node: Node) -> dict[str, Any]:
    given = node.each("measure")
    denoms, measures = _counted(given[0] if given else node, given or node.each("measure_list/measure"))
    outcome = node.fields(_OUTCOME) | {"groups": read_groups(node), "denoms": denoms}
    outcome |= {"typeUnitsAnalyzed": _other_units(denoms), "reportingStatus": "POSTED" if measures else "NOT_POSTED"}
    if measures:
        outcome |= _measure(measures[0], outcome)
    return outcome | {"analyses": [_analysis(each) for each in node.each("analysis_list/analysis")]}


def _measure(node: Node, outcome: dict[str, Any]) -> dict[str, Any]:
    """The XML repeats the outcome's title and descriptions on its measure; only words that differ stay behind."""
    node.take("title", lambda text: "" if plain(text) == outcome["title"] else None)
    node.take("description", lambda text: "" if marked(text) == outcome["description"] else None)
    node.take("population", lambda text: "" if marked(text) == outcome["populationDescription"] else None)
    return node.fields(_FIGURES) | {"dispersionType": node.take("dispersion", plain)} | _measured(node)


def _counted(node: Node, measures: list[Node]) -> tuple[list[dict[str, Any]], list[Node]]:
    """How many were analysed, and the measures. Before 2017 the first measure was the head count."""
    denoms = _denoms(node)
    if denoms or not measures or measures[0].peek("title") != _HEAD_COUNT:
        return denoms, measures
    counts = [each.fields(_COUNT) for each in measures[0].each("category_list/category/measurement_list/measurement")]
    return [{"units": _PEOPLE, "counts": counts}], measures[1:]


def _denoms(node: Node) -> list[dict[str, Any]]:
    return [_denom(each) for each in node.each("analyzed_list/analyzed")]


def _denom(node: Node) -> dict[str, Any]:
    node.take("scope", implied)
    return {
        "units": node.take("units", plain),
        "counts": [each.fields(_COUNT) for each in node.each("count_list/count")],
    }


def _other_units(denoms: list[dict[str, Any]]) -> str | None:
    return next((denom["units"] for denom in denoms if denom["units"] != _PEOPLE), None)


def _measured(node: Node) -> dict[str, Any]:
    """Classes and what was measured in them. Before 2017 there were categories only."""
    classes = [
        {"title": each.take("title", plain), "denoms": _denoms(each), "categories": _categories(each)}
        for each in node.each("class_list/class")
    ]
    return {"classes": classes or [{"categories": _categories(node)}]}


def _categories(node: Node) -> list[dict[str, Any]]:
    return [
        {
            "title": each.take("title", plain) or each.take("sub_title", plain),
            "measurements": [_measurement(one) for one in each.each("measurement_list/measurement")],
        }
        for each in node.each("category_list/category")
    ]


def _measurement(node: Node) -> dict[str, Any]:
    return node.fields(_MEASUREMENT) | {"comment": node.own(marked)}


def _analysis(node: Node) -> dict[str, Any]:
    return node.fields(_ANALYSIS) | {"groupIds": node.take_all("group_id_list/group_id", plain)}


def _agreement(node: Node) -> dict[str, Any]:
    employee = {"piSponsorEmployee": node.take("pi_employee", employed)}
    return employee | (node.take("restrictive_agreement", agreement) or {})
