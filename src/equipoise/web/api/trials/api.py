"""The API of running trials: its address, its errors, its description (OpenAPI)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.openapi.schema import OpenAPISchema

from equipoise.web.api.errors import problem, refuse_in_json, tell_refused
from equipoise.web.api.sent import JsonParser
from equipoise.web.api.trials.asking import router as asking
from equipoise.web.api.trials.bearer import Bearer, Hasty
from equipoise.web.api.trials.exports import router as exports
from equipoise.web.api.trials.overview import router as overview
from equipoise.web.api.trials.records import router as records
from equipoise.web.api.trials.wire import schemas
from equipoise.web.staff.trials.gate import NotHere


class TrialApi(NinjaAPI):
    """Described with the form of every command, which is decoded by the same classes."""

    def get_openapi_schema(self, **parts: Any) -> OpenAPISchema:
        described = super().get_openapi_schema(**parts)
        described["components"].setdefault("schemas", {}).update(schemas())
        return described


trial_api = TrialApi(
    title="Equipoise: running trials",
    version="1",
    description="What the pages of a trial show and ask for. A token never allows more than its person may do today.",
    docs_url=None,
    urls_namespace="trial-api",
    parser=JsonParser(),
    auth=Bearer(),
)
for router in (overview, records, exports, asking):
    trial_api.add_router("", router)
refuse_in_json(trial_api)


@trial_api.exception_handler(AuthenticationError)
def tell_unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:  # noqa: ARG001
    why = "No token was sent that is in force: it is missing, mistyped, ended or revoked, or its account is closed."
    response = problem(401, {"why": why, "do": "Send “Authorization: Bearer eqp_…”, made at /accounts/tokens/."})
    response["WWW-Authenticate"] = 'Bearer realm="trials"'
    return response


@trial_api.exception_handler(Hasty)
def tell_hasty(request: HttpRequest, hasty: Hasty) -> HttpResponse:
    response = tell_refused(request, hasty)
    response["Retry-After"] = str(hasty.seconds)
    return response


@trial_api.exception_handler(NotHere)
def tell_not_here(request: HttpRequest, error: NotHere) -> HttpResponse:  # noqa: ARG001
    why = "There is no such record, or it is not for the roles and sites of this token."
    return problem(404, {"why": why, "do": "Look it up in the lists this token may read, or make a token that may."})
