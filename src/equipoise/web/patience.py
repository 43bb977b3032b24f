"""Patience: a small bucket of tokens for each client address, spent by what costs far more than a page."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from equipoise.web.public.errors import show_too_many

CAPACITY = 12
SECONDS_A_TOKEN = 10.0
MOST_CLIENTS = 10_000
COSTLY = frozenset({"/search.csv", "/search.json", "/search.rss", "/search.atom"})
ASKED_BY_PROGRAMS = frozenset(
    f"/api/v1/{one}" for one in ("criteria/parse", "criteria/evaluate", "criteria/question", "match")
)
"""A program may ask about one person after another, but not for all the work this server can do."""


class Buckets:
    """Tokens left for each client; the clients longest unseen are forgotten first."""

    def __init__(self, capacity: int = CAPACITY, seconds: float = SECONDS_A_TOKEN) -> None:
        self.capacity = capacity
        self.seconds = seconds
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, now: float) -> float:
        """Seconds to wait: 0 when a token was there and is now spent."""
        with self._lock:
            left, seen = self._left.pop(client, (float(self.capacity), now))
            left = min(self.capacity, left + (now - seen) / self.seconds)
            wait = 0.0 if left >= 1 else (1 - left) * self.seconds
            self._left[client] = (left if wait else left - 1, now)
            while len(self._left) > MOST_CLIENTS:
                self._left.popitem(last=False)
        return wait

    def give_back(self, client: str) -> None:
        """A token spent on what turned out to be no guess."""
        with self._lock:
            if client in self._left:
                left, seen = self._left[client]
                self._left[client] = (left + 1, seen)


class PatienceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.downloads = Buckets()
        self.programs = Buckets(capacity=60, seconds=1.0)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        buckets = self._of(request.path)
        wait = buckets.take(client_of(request), time.monotonic()) if buckets else 0.0
        return _refused(request, wait) if wait else self.get_response(request)

    def _of(self, path: str) -> Buckets | None:
        return self.downloads if path in COSTLY else self.programs if path in ASKED_BY_PROGRAMS else None


def client_of(request: HttpRequest) -> str:
    """The address of the client: the last one our own proxy saw, where there is a proxy."""
    if settings.BEHIND_TLS:
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", 1)[-1].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def _refused(request: HttpRequest, wait: float) -> HttpResponse:
    if request.path in ASKED_BY_PROGRAMS:
        words = {"title": "Too many requests at once", "why": "Each address may ask some sixty times a minute."}
    else:
        words = {}
    response = show_too_many(request, int(wait) + 1, **words)
    response["Retry-After"] = str(int(wait) + 1)
    return response
