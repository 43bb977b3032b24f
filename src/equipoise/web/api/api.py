"""The API itself: its address, its errors, its description (OpenAPI)."""

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError

from equipoise.kernel.refused import Refused
from equipoise.web.api.criteria import router as criteria
from equipoise.web.api.people import router as people

api = NinjaAPI(
    title="Equipoise",
    version="1",
    description="Eligibility criteria as data. Unknown is an answer. The study team decides, not this program.",
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/criteria", criteria)
api.add_router("", people)


@api.exception_handler(Refused)
def tell_refused(request: HttpRequest, refused: Refused) -> HttpResponse:  # noqa: ARG001
    return problem(422, {"what": refused.what, "why": refused.why, "do": refused.do})


@api.exception_handler(ValidationError)
def tell_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001
    """Where the body is not of the form described; without what was sent, which may be someone's record."""
    places = [{"what": ".".join(map(str, one["loc"])), "why": one["msg"]} for one in error.errors]
    return problem(400, {"why": "The request is not of the form described in openapi.json.", "places": places})


def problem(status: int, told: dict[str, object]) -> HttpResponse:
    return HttpResponse(msgspec.json.encode({"error": told}), status=status, content_type="application/json")
