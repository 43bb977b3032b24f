"""What a visitor has told: kept in their own browser's session alone, as a signed cookie that ends with it."""

from typing import Literal

import msgspec
from django.http import HttpRequest

from equipoise.eligibility.person import Measurement, Person
from equipoise.kernel.truth import Truth
from equipoise.web.public.given import Places

_PLACE = "told"
_ASKED = "asked"
MOST_ANSWERS = 150
MOST_MEASURED = 20
MOST_STUDIES = 5
"""A browser keeps no cookie of more than four kilobytes: the oldest answers give way."""


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """The part of a person that answers can fill."""

    age: int | None = None
    sex: Literal["female", "male"] | None = None
    answers: dict[str, Truth] = msgspec.field(default_factory=dict)
    measurements: tuple[Measurement, ...] = ()


def told(request: HttpRequest) -> Person:
    """The person as told so far; nobody known, where the cookie is missing or cannot be read."""
    try:
        held = msgspec.json.decode(str(request.session.get(_PLACE, "{}")), type=Told)
    except msgspec.MsgspecError:
        held = Told()
    return Person(age=held.age, sex=held.sex, answers=held.answers, measurements=held.measurements)


def keep(request: HttpRequest, person: Person) -> None:
    answers = dict(list(person.answers.items())[-MOST_ANSWERS:])
    held = Told(person.age, person.sex, answers, person.measurements[-MOST_MEASURED:])
    request.session[_PLACE] = msgspec.json.encode(held).decode()


def asked_for(request: HttpRequest, study: str) -> tuple[Places, ...]:
    """The questions answered on this study's page, in their order."""
    return tuple(tuple(places) for places in request.session.get(_ASKED, {}).get(study, ()))


def note_asked(request: HttpRequest, study: str, answered: tuple[Places, ...]) -> None:
    """A question answered again keeps its place."""
    asked = [places for places in asked_for(request, study) if places in answered or not _meets(places, answered)]
    asked += [places for places in answered if places not in asked]
    others = {name: held for name, held in request.session.get(_ASKED, {}).items() if name != study}
    request.session[_ASKED] = dict(list(others.items())[-MOST_STUDIES + 1 :]) | {study: asked}


def _meets(places: Places, answered: tuple[Places, ...]) -> bool:
    return any(set(places) & set(one) for one in answered)


def wipe(request: HttpRequest) -> None:
    """Of who works at the staff pages, only the answers."""
    for name in (_PLACE, _ASKED):
        request.session.pop(name, None)
    if not request.session.keys():
        request.session.flush()
