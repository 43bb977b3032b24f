"""A person sent to the API."""

import datetime
from typing import Any

import msgspec

from equipoise.actions.people import people_in
from equipoise.eligibility.person import Person
from equipoise.kernel.refused import Refused


def one_person(sent: dict[str, Any], *, at: datetime.date) -> Person:
    """``sent``: plain JSON (docs/people.md), or a FHIR R4 Bundle."""
    people = people_in(msgspec.json.encode(sent), at=at)
    if len(people) != 1:
        raise Refused(f"holds {len(people)} people.", what="person", do="Send one person at a time.")
    return people[0].person
