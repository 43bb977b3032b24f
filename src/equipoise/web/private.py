"""Pages that hold what a person told, or what staff see, are kept in no cache."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

_PLACES = ("/staff/", "/api/", "/accounts/")


class PrivateMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith(_PLACES) or request.path.endswith("/join/"):
            add_never_cache_headers(response)
        return response
