"""What the library refuses, such as an index that is being rebuilt, as a page in words."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from equipoise.kernel.refused import Refused
from equipoise.web.public.errors import show_unavailable


class RefusingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return show_unavailable(request, error) if isinstance(error, Refused) else None
