"""Whose record is whose: each resource is filed with the patient it names."""

from collections.abc import Mapping

import msgspec

from equipoise.exchange.fhir.pieces import Resource, part_of, text_of

_SUBJECTS = ("subject", "patient", "individual")
NOBODYS = frozenset({"", "Organization", "Practitioner", "PractitionerRole", "Location", "Medication", "Substance"})
"""Kinds that other resources lead to and that are about nobody; an entry without a resource is one too."""


class File(msgspec.Struct, frozen=True):
    """All about one person. ``strangers`` name a person of whom there is no Patient here, beside one who is."""

    name: str
    patient: Resource
    resources: tuple[Resource, ...]
    strangers: tuple[Resource, ...] = ()
    addressed: Mapping[str, Resource] = {}

    def named(self, reference: str) -> Resource | None:
        return self.addressed.get(reference) or self.addressed.get(_tail(reference))


def filed(resources: list[Resource]) -> list[File]:
    """One file for each Patient. Without any Patient: one for each person the resources name."""
    addressed = {name: one for one in resources for name in _addresses(one)}
    patients = [one for one in resources if one.get("resourceType") == "Patient"]
    others = [one for one in resources if one.get("resourceType") != "Patient"]
    if not patients:
        return _without_patients(others, addressed)
    owners = {name: number for number, one in enumerate(patients) for name in _addresses(one)}
    piles: list[list[Resource]] = [[] for _ in patients]
    strangers: list[Resource] = []
    for one in others:
        owner = _owner(one, owners, alone=len(patients) == 1)
        (strangers if owner is None else piles[owner]).append(one)
    return [
        File(text_of(patient.get("id")), patient, tuple(pile), _told_of(strangers), addressed)
        for patient, pile in zip(patients, piles, strict=True)
    ]


def _owner(one: Resource, owners: Mapping[str, int], *, alone: bool) -> int | None:
    """What names nobody belongs to the only one there is."""
    named = _subject(one)
    if not named:
        return 0 if alone else None
    return owners.get(named, owners.get(_tail(named)))


def _without_patients(resources: list[Resource], addressed: Mapping[str, Resource]) -> list[File]:
    found: dict[str, list[Resource]] = {}
    for one in resources:
        found.setdefault(_tail(_subject(one)), []).append(one)
    unnamed = found.pop("", [])
    if not found:
        return [File("", {}, tuple(unnamed), addressed=addressed)]
    strangers = () if len(found) == 1 else _told_of(unnamed)
    more = unnamed if len(found) == 1 else []
    return [File(name, {}, (*held, *more), strangers, addressed) for name, held in found.items()]


def _told_of(resources: list[Resource]) -> tuple[Resource, ...]:
    return tuple(one for one in resources if one.get("resourceType") not in NOBODYS)


def _subject(one: Resource) -> str:
    references = (text_of(part_of(one, name).get("reference")) for name in _SUBJECTS)
    return next((reference for reference in references if reference), "")


def _addresses(one: Resource) -> list[str]:
    name = text_of(one.get("id"))
    found = [text_of(one.get("fullUrl")), f"{text_of(one.get('resourceType'))}/{name}", f"urn:uuid:{name}"]
    return [address for address in found if address and not address.endswith(("/", ":"))]


def _tail(reference: str) -> str:
    """Without server and version: ``Patient/17`` of ``https://fhir.example.org/Patient/17/_history/2``."""
    parts = reference.split("/_history/", 1)[0].split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else reference
