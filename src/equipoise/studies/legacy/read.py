"""One XML record in, one API v2 record out. What no reader took is kept, as nested JSON, under ``legacyXml``."""

import re
from typing import Any
from xml.etree.ElementTree import ParseError

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from equipoise.kernel.identifiers import is_nct_id
from equipoise.kernel.refused import Refused
from equipoise.studies.legacy.protocol import read_protocol
from equipoise.studies.legacy.results import read_results
from equipoise.studies.legacy.tree import Node, Table, grow
from equipoise.studies.legacy.words import day, last_day, plain, yes

_NAMED = re.compile(rb"<nct_id>\s*(NCT\d{8})"), re.compile(rb"(NCT\d{8})")
_FORMER_NAMES = {
    "firstreceived_date": "study_first_submitted",
    "lastchanged_date": "last_update_submitted",
    "firstreceived_results_date": "results_first_submitted",
    "firstreceived_results_disposition_date": "disposition_first_submitted",
}
_DESIGN_PART = re.compile(r",\s+(?=[A-Z][A-Za-z ]+:\s)")
_DOCUMENT: Table = {
    "hasProtocol": ("document_has_protocol", yes),
    "hasSap": ("document_has_sap", yes),
    "hasIcf": ("document_has_icf", yes),
    "label": ("document_type", plain),
    "date": ("document_date", day),
}
_ABBREVIATIONS = {"hasProtocol": "Prot", "hasSap": "SAP", "hasIcf": "ICF"}
_RETURNS = {"submitted": "RELEASE", "returned": "RESET", "submission_canceled": "UNRELEASE"}


def read_legacy(xml: bytes) -> bytes:
    """The record as API v2 JSON, with nothing lost. Refuses what is not one whole record with an NCT id."""
    root = _parse(xml)
    if not is_nct_id(root.peek("id_info/nct_id")):
        raise _refused("the XML record has no NCT id.", xml, "Every study needs id_info/nct_id.")
    record = {
        "protocolSection": read_protocol(root),
        "resultsSection": read_results(root.at("clinical_results")),
        "annotationSection": {"annotationModule": {"unpostedAnnotation": {"unpostedEvents": _unposted(root)}}},
        "documentSection": {"largeDocumentModule": {"largeDocs": _documents(root)}},
        "derivedSection": _derived(root),
        "hasResults": "clinical_results" in root.children,
    }
    return msgspec.json.encode(_kept(record | {"legacyXml": root.rest()}))


def _parse(xml: bytes) -> Node:
    try:
        element = fromstring(xml.lstrip())
    except ParseError as error:
        raise _refused(f"the XML is broken or cut short: {error}.", xml, "Download the record again.") from None
    except DefusedXmlException:
        raise _refused("the XML declares entities; no registry record does.", xml, "Do not trust it.") from None
    except (ValueError, LookupError) as error:
        raise _refused(f"the XML cannot be decoded: {error}.", xml, "Save it as UTF-8.") from None
    if element.tag != "clinical_study":
        raise _refused(f"the XML is a <{element.tag}>, not a <clinical_study>.", xml, "Give one study's record.")
    try:
        return _modern(grow(element))
    except Refused as refused:
        raise _refused(refused.why, xml, refused.do) from None


def _refused(why: str, xml: bytes, do: str) -> Refused:
    match = next((found for pattern in _NAMED if (found := pattern.search(xml))), None)
    return Refused(why, what=match[1].decode("ascii") if match else repr(xml[:40].decode("utf-8", "replace")), do=do)


def _modern(root: Node) -> Node:
    """Elements of before 2017 under the names they had afterwards."""
    for former, name in _FORMER_NAMES.items():
        if former in root.children and name not in root.children:
            root.children[name] = root.children.pop(former)
    design = _DESIGN_PART.split(root.peek("study_design"))
    if all(": " in part for part in design) and "study_design_info" not in root.children:
        del root.children["study_design"]
        root.children["study_design_info"] = [_design_node(design)]
    return root


def _design_node(design: list[str]) -> Node:
    """``Allocation: Randomized, Primary Purpose: Treatment`` as the elements it was later split into."""
    node = Node()
    for part in design:
        name, _, value = part.partition(": ")
        node.children.setdefault(name.lower().replace(" ", "_"), []).append(Node(value))
    return node


def _unposted(root: Node) -> list[dict[str, Any]]:
    """Results submitted and sent back, in the order of the record."""
    events = [
        (node.place, {"type": kind} | date)
        for tag, kind in _RETURNS.items()
        for node in root.each(f"pending_results/{tag}")
        if (date := node.own(_event_date))
    ]
    return [event for _, event in sorted(events, key=lambda placed: placed[0])]


def _event_date(text: str) -> dict[str, Any] | None:
    if text.strip() == "Unknown":
        return {"dateUnknown": True}
    date = day(text)
    return {"date": date} if date else None


def _documents(root: Node) -> list[dict[str, Any]]:
    return [_document(node) for node in root.each("provided_document_section/provided_document")]


def _document(node: Node) -> dict[str, Any]:
    """The address stays in ``legacyXml`` too: the API has room for its last part only."""
    read = node.fields(_DOCUMENT)
    kinds = [short for field, short in _ABBREVIATIONS.items() if read[field]]
    return read | {"typeAbbrev": "_".join(kinds), "filename": node.peek("document_url").rpartition("/")[2]}


def _derived(root: Node) -> dict[str, Any]:
    return {
        "miscInfoModule": {
            "versionHolder": last_day(root.peek("required_header/download_date")),
            "removedCountries": root.take_all("removed_countries/country", plain),
        },
        "conditionBrowseModule": {"meshes": _meshes(root, "condition_browse")},
        "interventionBrowseModule": {"meshes": _meshes(root, "intervention_browse")},
    }


def _meshes(root: Node, tag: str) -> list[dict[str, str]]:
    return [{"term": term} for term in root.take_all(f"{tag}/mesh_term", plain)]


def _kept(value: Any) -> Any:
    """Without what is absent: the registry writes no null, no empty text, list or object. No and 0 stay."""
    if isinstance(value, dict):
        return {key: kept for key, inner in value.items() if (kept := _kept(inner)) or kept == 0}
    if isinstance(value, list):
        return [kept for inner in value if (kept := _kept(inner)) or kept == 0]
    return value
