"""Adverse events: the XML tells them by organ system, with a total as one more event."""

from typing import Any

from equipoise.studies.legacy.prose import marked
from equipoise.studies.legacy.tree import Node, Reader, Table
from equipoise.studies.legacy.words import code, implied, plain, whole

_EVENTS: Table = {
    "frequencyThreshold": ("other_events/frequency_threshold", plain),
    "timeFrame": ("time_frame", plain),
    "description": ("desc", marked),
}
_GROUP: Table = {"id": ("@group_id", plain), "title": ("title", plain), "description": ("description", marked)}
_EVENT: Table = {
    "term": ("sub_title", plain),
    "sourceVocabulary": ("sub_title/@vocab", plain),
    "assessmentType": ("assessment", code),
    "notes": ("description", marked),
}
_STATS: Table = {
    "groupId": ("@group_id", plain),
    "numEvents": ("@events", whole),
    "numAffected": ("@subjects_affected", whole),
    "numAtRisk": ("@subjects_at_risk", whole),
}
_DEFAULTS: dict[str, tuple[str, Reader[str]]] = {
    "sourceVocabulary": ("default_vocab", plain),
    "assessmentType": ("default_assessment", code),
}
_TOTAL = "Total"
_TOTALS = {
    "Total, all-cause mortality": "deaths",
    "Total, serious adverse events": "serious",
    "Total, other adverse events": "other",
}


def read_events(node: Node) -> dict[str, Any]:
    groups = read_groups(node)
    return (
        node.fields(_EVENTS)
        | {"eventGroups": groups}
        | {f"{kind}Events": _events(node.at(f"{kind}_events"), groups) for kind in ("serious", "other")}
    )


def read_groups(node: Node) -> list[dict[str, Any]]:
    return [each.fields(_GROUP) for each in node.each("group_list/group")]


def _events(node: Node, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    listed = []
    for category in node.each("category_list/category"):
        if category.peek("title") == _TOTAL:
            category.take("title", implied)
            for event in category.each("event_list/event"):
                _add_total(event, groups)
        else:
            listed += _of_system(category)
    return _with_defaults(listed, node)


def _add_total(event: Node, groups: list[dict[str, Any]]) -> None:
    kind = event.take("sub_title", _TOTALS.get)
    by_id = {group["id"]: group for group in groups} if kind else {}
    for counts in event.each("counts"):
        group = by_id.get(counts.attributes.get("group_id"))
        if group is not None and f"{kind}NumAffected" not in group:
            counts.attribute("group_id", plain)
            group[f"{kind}NumAffected"] = counts.attribute("subjects_affected", whole)
            group[f"{kind}NumAtRisk"] = counts.attribute("subjects_at_risk", whole)


def _of_system(category: Node) -> list[dict[str, Any]]:
    events = category.each("event_list/event")
    system = category.take("title", plain) if events else None
    return [
        event.fields(_EVENT)
        | {"organSystem": system, "stats": [counts.fields(_STATS) for counts in event.each("counts")]}
        for event in events
    ]


def _with_defaults(events: list[dict[str, Any]], node: Node) -> list[dict[str, Any]]:
    """What holds for every event that says nothing else; it stays in the tree where all of them do."""
    for name, (tag, read) in _DEFAULTS.items():
        silent = [event for event in events if event[name] is None]
        default = node.take(tag, read) if silent else None
        for event in silent:
            event[name] = default
    return events
