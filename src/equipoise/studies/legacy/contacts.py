"""Whom to ask and where to go: officials, central contacts, and the sites with theirs."""

from typing import Any

from equipoise.studies.legacy.tree import Node, Table
from equipoise.studies.legacy.words import code, plain

_NAME = ("first_name", "middle_name", "last_name")
_CONTACT: Table = {"phone": ("phone", plain), "phoneExt": ("phone_ext", plain), "email": ("email", plain)}
_INVESTIGATOR: Table = {"role": ("role", code)}
_OFFICIAL: Table = {"affiliation": ("affiliation", plain), "role": ("role", code)}
_SITE: Table = {
    "facility": ("facility/name", plain),
    "status": ("status", code),
    "city": ("facility/address/city", plain),
    "state": ("facility/address/state", plain),
    "zip": ("facility/address/zip", plain),
    "country": ("facility/address/country", plain),
}


def read_contacts(root: Node) -> dict[str, Any]:
    sites = [_site(node) for node in root.each("location")]
    _drop_countries(root, {site["country"] for site in sites})
    return {
        "centralContacts": _contacts(root, "overall_contact"),
        "overallOfficials": [_person(node, _OFFICIAL) for node in root.each("overall_official")],
        "locations": sites,
    }


def _site(node: Node) -> dict[str, Any]:
    investigators = [_person(person, _INVESTIGATOR) for person in node.each("investigator")]
    return node.fields(_SITE) | {"contacts": _contacts(node, "contact") + investigators}


def _contacts(node: Node, tag: str) -> list[dict[str, Any]]:
    people = [_person(person, _CONTACT) for person in (*node.each(tag), *node.each(f"{tag}_backup"))]
    return [person | {"role": "CONTACT"} for person in people if any(person.values())]


def _person(node: Node, table: Table) -> dict[str, Any]:
    names = [name for part in _NAME if (name := node.take(part, plain))]
    degrees = node.take("degrees", plain)
    return {"name": ", ".join(filter(None, (" ".join(names), degrees)))} | node.fields(table)


def _drop_countries(root: Node, countries: set[str | None]) -> None:
    """The XML lists the sites' countries once more; only one that no site names says anything new."""
    root.take_all("location_countries/country", lambda text: "" if plain(text) in countries else None)
