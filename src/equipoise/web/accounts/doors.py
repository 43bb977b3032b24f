"""Who may pass: any person with an account, the research office, administrators of accounts."""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from equipoise.web.accounts.confirm import View
from equipoise.web.accounts.models import Person
from equipoise.web.accounts.stay import has_what_is_required
from equipoise.web.accounts.unsent import to_the_door
from equipoise.web.public.errors import show_not_found, show_problem


def who(request: HttpRequest) -> str:
    """The full name of the person signed in; empty for nobody."""
    return request.user.full_name if isinstance(request.user, Person) else ""


def signed_in(view: View) -> View:
    """Without an account: to the door, and back. For one's own account, also before the second factor is set up."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
        if not isinstance(request.user, Person):
            return to_the_door(request)
        return view(request, *args, **parts)

    return guarded


def person_only(view: View) -> View:
    """For who works here: signed in, and with the second factor that the host requires."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
        if not has_what_is_required(request):
            return redirect("mfa_index")
        return view(request, *args, **parts)

    return signed_in(guarded)


def office_only(view: View) -> View:
    """For the research office: the reading desk and screening."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
        assert isinstance(request.user, Person)
        if not request.user.office:
            words = "An administrator of accounts can open it to you: ask for “research office”."
            return show_problem(request, 403, "This page is for the research office", words)
        return view(request, *args, **parts)

    return person_only(guarded)


def administrators_only(view: View) -> View:
    """To everybody else there is no such page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
        assert isinstance(request.user, Person)
        if not request.user.administrator:
            return show_not_found(request)
        return view(request, *args, **parts)

    return person_only(guarded)
