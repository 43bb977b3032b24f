"""Who asks: a token in the header, which no browser sends of itself; each may ask so often, and guessing is slow."""

import time

from django.http import HttpRequest
from ninja.security import HttpBearer

from equipoise.kernel.refused import Refused
from equipoise.web.accounts.models import AccessToken
from equipoise.web.accounts.tokens import token_of
from equipoise.web.api.sent import Answered
from equipoise.web.patience import Buckets, client_of


class Hasty(Answered):
    """Asked too often; in so many seconds it may be tried again."""

    def __init__(self, seconds: float) -> None:
        self.seconds = int(seconds) + 1
        refused = Refused("Too many requests at once.", do=f"Wait {self.seconds} seconds, then ask again.")
        super().__init__(429, refused)


class Bearer(HttpBearer):
    """Gives the request its token, or nothing: unknown, ended, revoked, and closed accounts look alike."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = Buckets(capacity=120, seconds=0.5)
        self.guesses = Buckets(capacity=20, seconds=6.0)

    def authenticate(self, request: HttpRequest, token: str) -> AccessToken | None:
        """Only what is wrong counts against an address: others behind it go on asking."""
        now = time.monotonic()
        found = token_of(token)
        if found is None:
            _wait(self.guesses.take(client_of(request), now))
            return None
        _wait(self.asked.take(str(found.pk), now))
        return found


def _wait(seconds: float) -> None:
    if seconds:
        raise Hasty(seconds)
