"""Pages of access tokens: a person's own, made and revoked; and another's, for administrators to revoke."""

import datetime
from collections.abc import Iterator

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from equipoise.conduct.masking import Held, viewer_of
from equipoise.conduct.roles import LABELS
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused
from equipoise.web.accounts.confirm import confirmed
from equipoise.web.accounts.doors import administrators_only, person_only
from equipoise.web.accounts.models import AccessToken, Person
from equipoise.web.accounts.tokens import USUAL_DAYS, Wanted, held_of, make_token, revoke, scope_words
from equipoise.web.public.errors import show_not_found
from equipoise.web.trials import the_trials

DAYS = ((7, "A week"), (30, "30 days"), (USUAL_DAYS, "90 days"), (365, "A year"))


class Mine(msgspec.Struct, frozen=True):
    """A trial, and what the person holds in it today."""

    trial: Trial
    held: tuple[Held, ...]


@person_only
def list_tokens(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)
    return _listed(request, request.user)


def _listed(request: HttpRequest, person: Person, token: str = "") -> HttpResponse:
    """``token``: one just made; it is in this answer and nowhere after."""
    context = {
        "token": token,
        "held": person.tokens.order_by("-made"),
        "trials": [one.trial for one in _mine(person)],
        "scope_words": scope_words,
    }
    return render(request, "accounts/tokens.html", context)


def _mine(person: Person) -> Iterator[Mine]:
    trials, now = the_trials(), timezone.now()
    for name in trials.names():
        one = _in_trial(trials.trial(name), person, now)
        if one.held:
            yield one


def _in_trial(trial: Trial, person: Person, at: datetime.datetime) -> Mine:
    return Mine(trial, viewer_of(trial, person.username, at).held)


@person_only
@confirmed
def add_token(request: HttpRequest, trial: str) -> HttpResponse:
    assert isinstance(request.user, Person)
    mine = next((one for one in _mine(request.user) if one.trial.id == trial), None)
    if mine is None:
        return show_not_found(request)
    if request.method != "POST":
        return _asked(request, mine)
    try:
        token = make_token(request.user, mine.trial, _wanted(request, mine), request)
    except Refused as refused:
        return _asked(request, mine, (getattr(refused, "field", ""), str(refused)))
    return _listed(request, request.user, token)


def _asked(request: HttpRequest, mine: Mine, problem: tuple[str, str] = ("", "")) -> HttpResponse:
    context = {
        "trial": mine.trial,
        "roles": [(_named(one), _words(mine.trial, one)) for one in mine.held],
        "sites": [] if all(one.site for one in mine.held) else list(mine.trial.sites.values()),
        "days": DAYS,
        "usual": USUAL_DAYS,
        "typed": request.POST,
        "ticked": request.POST.getlist("held"),
        "field": problem[0],
        "problem": problem[1],
    }
    return render(request, "accounts/token_new.html", context, status=400 if problem[1] else 200)


def _named(one: Held) -> str:
    return f"{one.role.value}:{one.site}"


def _words(trial: Trial, one: Held) -> str:
    return f"{LABELS[one.role]}{f' at {trial.sites[one.site].label}' if one.site else ', all sites'}"


def _wanted(request: HttpRequest, mine: Mine) -> Wanted:
    sent = request.POST
    days = sent.get("days", "")
    return Wanted(
        name=sent.get("name", ""),
        trial=mine.trial.id,
        held=tuple(held_of(one, sent.get("site", "")) for one in sent.getlist("held")),
        writes=sent.get("writes") == "yes",
        days=int(days) if days.isascii() and days.isdecimal() and len(days) < 4 else 0,
    )


@require_POST
@person_only
def revoke_own(request: HttpRequest) -> HttpResponse:
    """Without asking for the password: what takes a right away must be easy."""
    assert isinstance(request.user, Person)
    token = _chosen(request, request.user)
    if token is None:
        return show_not_found(request)
    return _revoked(request, token, "account-tokens")


@administrators_only
@confirmed
def tokens_of_person(request: HttpRequest, username: str) -> HttpResponse:
    person = Person.objects.filter(username=username).first()
    if person is None:
        return show_not_found(request)
    if request.method == "POST" and "one" in request.POST:
        token = _chosen(request, person)
        return show_not_found(request) if token is None else _revoked(request, token, "account-person-tokens", username)
    context = {"person": person, "held": person.tokens.order_by("-made")}
    return render(request, "accounts/person_tokens.html", context)


def _chosen(request: HttpRequest, person: Person) -> AccessToken | None:
    number = request.POST.get("one", "")
    known = number.isascii() and number.isdecimal() and len(number) < 16
    return person.tokens.filter(pk=int(number)).first() if known else None


def _revoked(request: HttpRequest, token: AccessToken, name: str, *parts: str) -> HttpResponse:
    revoke(token, request)
    messages.success(request, f"“{token.name}” is revoked: it opens nothing any more.")
    return redirect(name, *parts)
