"""Which studies for this person, over the API."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from equipoise.actions.find import find_place
from equipoise.actions.match import MatchWish, match_person
from equipoise.finder.ask import FARTHEST_KM
from equipoise.web.api.sent import library, one_person
from equipoise.web.public.study import today

router = Router(tags=["people"])


class Wish(Schema):
    """A person, in plain JSON or FHIR R4, and what to list (docs/matching.md)."""

    person: dict[str, Any]
    near: str = ""
    within_km: int | None = Field(None, ge=1, le=FARTHEST_KM)
    any_topic: bool = False
    excluded: bool = False
    limit: int = Field(20, ge=1, le=200)


@router.post("/match", summary="The studies that recruit, ranked for one person")
def match(request: HttpRequest, body: Wish) -> HttpResponse:  # noqa: ARG001
    shelf = library()
    wish = MatchWish(
        place=find_place(shelf, body.near) if body.near else None,
        within_km=body.within_km,
        any_topic=body.any_topic,
        excluded=body.excluded,
        limit=body.limit,
    )
    matches = match_person(shelf, one_person(body.person, at=today()), wish, at=today())
    return HttpResponse(msgspec.json.encode(matches), content_type="application/json")
