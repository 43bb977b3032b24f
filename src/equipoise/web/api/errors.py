"""How the APIs refuse: JSON with why, what to do and what it is about; never what was sent."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from equipoise.kernel.refused import Refused
from equipoise.web.api.sent import Answered

_WORDS = {
    "missing": "is missing.",
    "dict_type": "must be an object.",
    "string_type": "must be text.",
    "int_type": "must be a whole number.",
    "int_parsing": "must be a whole number.",
    "int_from_float": "must be a whole number.",
    "bool_type": "must be true or false.",
    "bool_parsing": "must be true or false.",
    "greater_than_equal": "must be {ge} or more.",
    "less_than_equal": "must be {le} or less.",
}


def tell_refused(request: HttpRequest, refused: Refused) -> HttpResponse:  # noqa: ARG001
    told = {"what": refused.what, "why": refused.why, "do": refused.do}
    return problem(refused.status if isinstance(refused, Answered) else 422, told)


def tell_too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:  # noqa: ARG001
    why = f"The body is larger than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes."
    return problem(413, {"why": why, "do": "Send one person, or the criteria of one study, at a time."})


def tell_unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    """How deep JSON may nest depends on what else is being done: it is told alike wherever it is found out."""
    if isinstance(error.__cause__, RecursionError):
        return tell_too_deep(request, error.__cause__)
    return problem(error.status_code, {"why": "The body is not JSON.", "do": "Send JSON as UTF-8."})


def tell_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001
    """Where the body is not of the form described; without what was sent, which may be someone's record."""
    places = [{"what": ".".join(map(str, one["loc"])), "why": _why(one)} for one in error.errors]
    return problem(400, {"why": "The request is not of the form described in openapi.json.", "places": places})


def _why(one: Mapping[str, Any]) -> str:
    words = _WORDS.get(one["type"])
    return words.format(**one.get("ctx", {})) if words else f"{one['msg']}."


def tell_too_deep(request: HttpRequest, error: RecursionError) -> HttpResponse:  # noqa: ARG001
    return problem(422, {"why": "What was sent nests too deep.", "do": "Make it flatter."})


def problem(status: int, told: Mapping[str, object]) -> HttpResponse:
    return HttpResponse(msgspec.json.encode({"error": told}), status=status, content_type="application/json")


_HANDLERS: Mapping[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    Refused: tell_refused,
    RequestDataTooBig: tell_too_big,
    HttpError: tell_unread,
    ValidationError: tell_invalid,
    RecursionError: tell_too_deep,
}


def refuse_in_json(api: NinjaAPI) -> None:
    for kind, handler in _HANDLERS.items():
        api.add_exception_handler(kind, handler)
