"""What is sent to the API, read: JSON, a person, a study by its number; and how what cannot be answered is refused."""

import datetime
from typing import Any, cast

import msgspec
from django.http import HttpRequest
from ninja.parser import Parser

from equipoise.actions.library import Library
from equipoise.actions.people import people_in
from equipoise.actions.readings import reading_of
from equipoise.eligibility.expression import Reading
from equipoise.eligibility.person import Person
from equipoise.kernel.identifiers import read_nct_id
from equipoise.kernel.refused import Refused
from equipoise.web.library import the_library


class Answered(Refused):
    """Refused with an HTTP status of its own; all else is 422, what was sent does not make sense."""

    def __init__(self, status: int, refused: Refused) -> None:
        super().__init__(refused.why, what=refused.what, do=refused.do)
        self.status = status


class JsonParser(Parser):
    """JSON by the same reader as everywhere here."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return cast("dict[str, Any]", msgspec.json.decode(request.body))


def library() -> Library:
    try:
        return the_library()
    except Refused as refused:
        raise Answered(503, refused) from None


def held_reading(nct_id: str) -> Reading:
    number, shelf = read_nct_id(nct_id), library()
    try:
        return reading_of(shelf, number)
    except Refused as refused:
        raise Answered(404, refused) from None


def one_person(sent: dict[str, Any], *, at: datetime.date) -> Person:
    """``sent``: plain JSON (docs/people.md), or a FHIR R4 Bundle."""
    people = people_in(msgspec.json.encode(sent), at=at)
    if len(people) != 1:
        raise Refused(f"holds {len(people)} people.", what="person", do="Send one person at a time.")
    return people[0].person
