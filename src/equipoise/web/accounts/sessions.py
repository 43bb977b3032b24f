"""Two kinds of session: a visitor's in a signed cookie, a staff person's in the database, where it can be ended."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from equipoise.web.accounts.models import StaffSession

_STAFF = ("/staff/", "/accounts/")


def is_staff(path: str) -> bool:
    return path.startswith(_STAFF)


class SessionStore(DatabaseStore):
    """Keeps beside the session whose it is, where it was begun and when it was last seen."""

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        return StaffSession

    def get_session_cookie_age(self) -> int:
        return int(settings.STAFF_LONGEST)

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        made = super().create_model_instance(data)
        assert isinstance(made, StaffSession)
        made.person_id = data.get("_auth_user_id")
        made.address, made.browser = data.get("address", ""), data.get("browser", "")
        for name in ("began", "seen"):
            if name in data:
                setattr(made, name, datetime.datetime.fromtimestamp(data[name], datetime.UTC))
        return made


class SessionsMiddleware(SessionMiddleware):
    """Chooses by the path. Staff pages never read a visitor's cookie, nor the other way round."""

    def process_request(self, request: HttpRequest) -> None:
        if is_staff(request.path):
            request.session = SessionStore(request.COOKIES.get(settings.STAFF_COOKIE))
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if isinstance(request.session, SessionStore):
            return _kept(request, response)
        return super().process_response(request, response)


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ("Cookie",))
    if request.session.is_empty():
        if settings.STAFF_COOKIE in request.COOKIES:
            response.delete_cookie(settings.STAFF_COOKIE, samesite="Strict")
    elif request.session.modified and response.status_code < 500:
        try:
            request.session.save()
        except UpdateError:
            raise SessionInterrupted("The session was ended while this page was made.") from None
        response.set_cookie(
            settings.STAFF_COOKIE,
            request.session.session_key or "",
            secure=settings.BEHIND_TLS,
            httponly=True,
            samesite="Strict",
        )
    return response
