"""Pages of the administrators of accounts. They see names and addresses, and nothing of any trial."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from equipoise.kernel.refused import Refused
from equipoise.web.accounts import people
from equipoise.web.accounts.confirm import confirmed
from equipoise.web.accounts.doors import administrators_only
from equipoise.web.accounts.links import make_link
from equipoise.web.accounts.locks import unlock
from equipoise.web.accounts.models import Person, Told
from equipoise.web.accounts.stay import has_second_factor
from equipoise.web.public.errors import show_not_found


@administrators_only
def list_people(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/people.html", {"people": Person.objects.order_by("-is_active", "full_name")})


@administrators_only
@confirmed
def add_person(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/person_new.html", {"typed": {}, "problem": "", "field": ""})
    try:
        person = people.add_person(
            request.POST.get("username", ""),
            request.POST.get("full_name", ""),
            request.POST.get("email", ""),
            office="office" in request.POST,
            administrator="administrator" in request.POST,
            request=request,
        )
    except Refused as refused:
        context = {"typed": request.POST, "problem": str(refused), "field": getattr(refused, "field", "")}
        return render(request, "accounts/person_new.html", context, status=400)
    return _page(request, person, link=make_link(person, request))


@administrators_only
@confirmed
def show_person(request: HttpRequest, username: str) -> HttpResponse:
    person = Person.objects.filter(username=username).first()
    if person is None:
        return show_not_found(request)
    act = _ACTS.get(request.POST.get("do", "")) if request.method == "POST" else None
    if act is None:
        return _page(request, person)
    try:
        return act(request, person)
    except Refused as refused:
        person.refresh_from_db()
        problem = (getattr(refused, "field", ""), str(refused))
        return _page(request, person, problem=problem, status=400)


def _page(
    request: HttpRequest, person: Person, *, link: str = "", problem: tuple[str, str] = ("", ""), status: int = 200
) -> HttpResponse:
    """The link is in this one answer, and nowhere after."""
    context = {
        "person": person,
        "link": link,
        "field": problem[0],
        "problem": problem[1],
        "second": has_second_factor(person),
        "held": person.sessions.count(),
        "told": Told.objects.filter(person=person.username).order_by("-id")[:20],
    }
    return render(request, "accounts/person.html", context, status=status)


def _change(request: HttpRequest, person: Person) -> HttpResponse:
    people.change_person(
        person,
        request.POST.get("full_name", ""),
        request.POST.get("email", ""),
        office="office" in request.POST,
        administrator="administrator" in request.POST,
        request=request,
    )
    return _done(request, person, "Saved.")


def _link(request: HttpRequest, person: Person) -> HttpResponse:
    unlock(request, person)
    return _page(request, person, link=make_link(person, request))


def _unlock(request: HttpRequest, person: Person) -> HttpResponse:
    unlock(request, person)
    return _done(request, person, "They may try again at once.")


def _activate(request: HttpRequest, person: Person) -> HttpResponse:
    people.activate(person, request)
    return _done(request, person, "The account is open again.")


def _deactivate(request: HttpRequest, person: Person) -> HttpResponse:
    people.deactivate(person, request)
    return _done(request, person, "The account is closed: its sessions have ended, and its access tokens are revoked.")


def _end(request: HttpRequest, person: Person) -> HttpResponse:
    people.end_sessions(person, request, why="by an administrator")
    return _done(request, person, "They are signed out everywhere.")


def _reset(request: HttpRequest, person: Person) -> HttpResponse:
    people.reset_factors(person, request)
    return _done(request, person, "The second factor is gone. They set up a new one when they sign in.")


def _done(request: HttpRequest, person: Person, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("account-person", person.username)


_ACTS: dict[str, Callable[[HttpRequest, Person], HttpResponse]] = {
    "change": _change,
    "link": _link,
    "unlock": _unlock,
    "activate": _activate,
    "deactivate": _deactivate,
    "end": _end,
    "reset": _reset,
}
