"""A person's own account: what it is, where it is signed in, setting a password by a link, asking for one by e-mail."""

from allauth.account.forms import ResetPasswordKeyForm
from allauth.core import ratelimit
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from equipoise.web.accounts import post
from equipoise.web.accounts.doors import person_only, signed_in
from equipoise.web.accounts.links import make_link, person_of
from equipoise.web.accounts.models import Person, Told
from equipoise.web.accounts.people import end_sessions
from equipoise.web.accounts.stay import has_second_factor
from equipoise.web.accounts.told import Kind, tell
from equipoise.web.accounts.unsent import NAME, unsent_of
from equipoise.web.public.errors import show_too_many


@signed_in
def show_account(request: HttpRequest) -> HttpResponse:
    before = Told.objects.filter(kind=Kind.SIGNED_IN, person=request.user.get_username()).order_by("-id")[1:2]
    context = {"before": before[0] if before else None, "second": has_second_factor(request.user)}
    return render(request, "accounts/account.html", context)


@signed_in
def show_sessions(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)
    held = request.user.sessions.order_by("-seen")
    return render(request, "accounts/sessions.html", {"held": held, "this": request.session.session_key})


@require_POST
@signed_in
def end_own(request: HttpRequest) -> HttpResponse:
    """One of the person's own sessions, or all but this one."""
    assert isinstance(request.user, Person)
    this = request.session.session_key
    one = request.POST.get("one", "")
    if one:
        held = [each for each in request.user.sessions.all() if each.session_key != this and each.name == one]
        for each in held:
            each.delete()
            tell(Kind.SESSION_ENDED, request.user, request, why="by the person")
    else:
        end_sessions(request.user, request, why="by the person", keep=this)
    return redirect("account-sessions")


@require_POST
@signed_in
def stay(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (that it was asked is what counts)
    return HttpResponse(status=204)


def set_password(request: HttpRequest, key: str) -> HttpResponse:
    """The key stays in the address, which no other site is shown: a cookie would not come along from a letter."""
    person = person_of(key)
    if person is None:
        if request.method == "POST":
            tell(Kind.LINK_REFUSED, None, request)
        return render(request, "accounts/link_gone.html", status=404)
    form = ResetPasswordKeyForm(request.POST if request.method == "POST" else None, user=person, temp_key=key)
    if request.method != "POST" or not form.is_valid():
        status = 400 if form.is_bound else 200
        return render(request, "accounts/set_password.html", {"form": form, "person": person}, status=status)
    with transaction.atomic():
        person.set_password(form.cleaned_data["password1"])
        person.save(update_fields=["password"])
        tell(Kind.PASSWORD_SET, person, request)
        end_sessions(person, request, why="password set")
    messages.success(request, "Your password is set. Sign in with it.")
    return redirect("account_login")


def forget_password(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether or not the address has an account."""
    if request.method != "POST" or not post.can_send():
        return render(request, "accounts/forgotten.html", {"can_send": post.can_send(), "sent": False})
    email = request.POST.get("email", "").strip().lower()
    if not ratelimit.consume(request, action="reset_password", key=email):
        return show_too_many(request, 60, title="Too many letters asked for", why="Each address gets a few an hour.")
    post.apart(lambda: _send_link(request, email))
    return render(request, "accounts/forgotten.html", {"can_send": True, "sent": True})


def _send_link(request: HttpRequest, email: str) -> None:
    person = Person.objects.filter(email=email, is_active=True).first()
    if person:
        link = make_link(person, request)
        words = f"{person.full_name},\n\nset a new password here, within three days:\n\n{link}\n\n"
        post.send(email, "a new password", f"{words}If you did not ask for it, do nothing.\n")


@person_only
def show_unsent(request: HttpRequest) -> HttpResponse:
    """Sending it on is a POST of the same fields to where it was meant for, with the same key: done once."""
    unsent = unsent_of(request)
    if unsent is None:
        request.session.pop(NAME, None)
        return redirect("trials")
    if request.method != "POST":
        return render(request, "accounts/unsent.html", {"unsent": unsent})
    del request.session[NAME]
    return HttpResponse(status=307, headers={"Location": unsent.path}) if "send" in request.POST else redirect("trials")
