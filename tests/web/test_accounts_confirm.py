"""Asking again who it is: before what matters, without losing a form, and for signatures."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path

from equipoise.web.accounts.confirm import (
    check_password_of,
    check_signature_of,
    confirmed,
    fresh,
    locked_out,
    signing_components,
)
from equipoise.web.accounts.doors import office_only, person_only, who
from equipoise.web.accounts.models import Person, StaffSession, Told
from equipoise.web.urls import urlpatterns as real_patterns
from tests.accounts import PASSWORD, fresh_client, give, make_person, signed_in, totp_code, with_totp

SEEN: list[dict[str, list[str]]] = []


@person_only
@confirmed
def matter(request: HttpRequest) -> HttpResponse:
    SEEN.append({name: values for name, values in request.POST.lists() if not name.startswith("confirm-")})
    return HttpResponse(f"done by {who(request)}")


@office_only
def desk(request: HttpRequest, nct: str) -> HttpResponse:
    return HttpResponse(f"desk of {nct}")


@person_only
def sign(request: HttpRequest) -> HttpResponse:
    asked = signing_components(request)
    right = check_signature_of(request, request.POST)
    return HttpResponse(f"{','.join(asked)}: {right}: {signing_components(request)}")


@person_only
def check(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{check_password_of(request, request.POST.get('password', ''))} {locked_out(request)}")


urlpatterns = [
    *real_patterns,
    path("staff/matter/", matter),
    path("staff/desks/<str:nct>/", desk),
    path("staff/sign/", sign),
    path("staff/check/", check),
]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web_home"), pytest.mark.urls(__name__)]


@pytest.fixture
def ada() -> Person:
    SEEN.clear()
    return make_person()


@pytest.fixture
def stale(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Six minutes go by."""
    real, gone = time.time, [0]
    monkeypatch.setattr(time, "time", lambda: real() + gone[0])

    def later() -> None:
        gone[0] += 360

    return later


FORM = {"reason": 'He said "stop" <b>', "when": "2026-03-31", "boxes": ["a", "b"]}


def test_who_has_just_signed_in_is_not_asked(ada: Person) -> None:
    assert signed_in(ada).post("/staff/matter/", FORM).content == b"done by Dr Ada Weiss"


def test_must_08_a_form_goes_on_after_the_password_with_all_it_held(ada: Person, stale: Callable[[], None]) -> None:
    client = signed_in(ada)
    stale()
    page = client.post("/staff/matter/", FORM).content.decode()
    assert not SEEN
    assert 'value="He said &#34;stop&#34; &lt;b&gt;"' in page
    assert page.count('name="boxes"') == 2
    sent = FORM | {"confirm-asked": "POST", "confirm-password": PASSWORD}
    assert client.post("/staff/matter/", sent).content == b"done by Dr Ada Weiss"
    [seen] = SEEN
    assert seen == {"reason": [FORM["reason"]], "when": ["2026-03-31"], "boxes": ["a", "b"]}
    assert client.post("/staff/matter/", FORM).content == b"done by Dr Ada Weiss"
    stale()
    assert b"Confirm that it is you" in client.post("/staff/matter/", FORM).content


def test_a_wrong_password_keeps_the_form_and_does_nothing(ada: Person, stale: Callable[[], None]) -> None:
    client = signed_in(ada)
    stale()
    response = client.post("/staff/matter/", FORM | {"confirm-asked": "POST", "confirm-password": "wrong"})
    assert response.status_code == 400
    page = response.content.decode()
    assert "That is not your password" in page
    assert 'name="when" value="2026-03-31"' in page
    assert page.count("confirm-asked") == 1
    assert not SEEN
    assert Told.objects.get(kind="confirmation-failed").person == "ada"


def test_a_page_is_shown_after_the_password(ada: Person, stale: Callable[[], None]) -> None:
    client = signed_in(ada)
    stale()
    assert b"Confirm that it is you" in client.get("/staff/matter/?page=2").content
    response = client.post("/staff/matter/?page=2", {"confirm-asked": "GET", "confirm-password": PASSWORD})
    assert response["Location"] == "/staff/matter/?page=2"
    assert not SEEN
    assert client.get("/staff/matter/?page=2").content == b"done by Dr Ada Weiss"


def test_a_code_of_the_second_factor_confirms_too_and_once(ada: Person, stale: Callable[[], None]) -> None:
    with_totp(ada)
    client = signed_in(ada)
    stale()
    code = totp_code()
    sent = FORM | {"confirm-asked": "POST", "confirm-code": code}
    assert client.post("/staff/matter/", sent).content == b"done by Dr Ada Weiss"
    other = signed_in(ada)
    stale()
    assert other.post("/staff/matter/", sent).status_code == 400
    assert Told.objects.filter(kind="confirmed", person="ada").count() == 1


def test_confirming_counts_towards_the_lock_out(ada: Person, stale: Callable[[], None]) -> None:
    client = signed_in(ada)
    answers = [client.post("/staff/check/", {"password": "wrong"}).content for _ in range(5)]
    assert answers[0] == b"False False"
    assert answers[-1] == b"False True"
    assert client.post("/staff/check/", {"password": PASSWORD}).content == b"False True"
    stale()
    page = client.post("/staff/matter/", FORM | {"confirm-asked": "POST", "confirm-password": PASSWORD})
    assert "Wait a quarter of an hour" in page.content.decode()
    assert Told.objects.filter(kind="locked-out", person="ada").count() == 1


def test_a_stranger_who_fails_to_sign_in_locks_out_nobody_who_is_in(ada: Person) -> None:
    client = signed_in(ada)
    for _ in range(6):
        give(fresh_client(), ada, "wrong")
    assert "Too many attempts" in give(fresh_client(), ada).content.decode()
    assert client.post("/staff/check/", {"password": PASSWORD}).content == b"True False"


def test_a_day_of_signatures_makes_no_long_session(ada: Person) -> None:
    client = signed_in(ada)
    for _ in range(12):
        client.post("/staff/check/", {"password": PASSWORD})
    [held] = StaffSession.objects.filter(person=ada)
    assert len(held.get_decoded()["account_authentication_methods"]) == 10


def test_the_password_of_another_is_not_taken(ada: Person) -> None:
    ben = make_person("ben")
    ben.set_password("six slow yellow ducks")
    ben.save()
    assert signed_in(ada).post("/staff/check/", {"password": "six slow yellow ducks"}).content.startswith(b"False")
    assert signed_in(ada).post("/staff/check/", {"password": ""}).content == b"False False"
    assert signed_in(ada).post("/staff/check/", {"password": PASSWORD}).content == b"True False"


def test_must_08_the_first_signature_of_a_session_asks_for_both_components(ada: Person) -> None:
    client = signed_in(ada)
    wrong_name = client.post("/staff/sign/", {"username": "ben", "password": PASSWORD}).content.decode()
    assert wrong_name.startswith("username,password: False")
    only_password = client.post("/staff/sign/", {"password": PASSWORD}).content.decode()
    assert only_password.startswith("username,password: False")
    both = client.post("/staff/sign/", {"username": "ADA", "password": PASSWORD}).content.decode()
    assert both == "username,password: True: ('password',)"
    later = client.post("/staff/sign/", {"password": PASSWORD}).content.decode()
    assert later == "password: True: ('password',)"
    assert client.post("/staff/sign/", {"password": "wrong"}).content.decode().startswith("password: False")
    assert (
        signed_in(ada).post("/staff/sign/", {"password": PASSWORD}).content.decode().startswith("username,password: F")
    )


def test_nobody_is_fresh_who_is_not_signed_in(ada: Person, rf: RequestFactory) -> None:
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/staff/")
    request.user = AnonymousUser()
    assert not fresh(request)
    assert not check_password_of(request, PASSWORD)
    assert not check_signature_of(request, {"username": "ada", "password": PASSWORD})
    assert not locked_out(request)


@pytest.mark.parametrize(("path_", "onward"), [("/staff/matter/?a=1", "%2Fstaff%2Fmatter%2F%3Fa%3D1")])
def test_without_an_account_the_way_leads_to_the_door_and_back(path_: str, onward: str) -> None:
    assert fresh_client().get(path_)["Location"] == f"/accounts/sign-in/?next={onward}"
    assert fresh_client().post(path_, FORM)["Location"] == "/accounts/sign-in/?next=%2Fstaff%2Fmatter%2F"


def test_the_research_office_has_its_own_door(ada: Person) -> None:
    assert signed_in(ada).get("/staff/desks/NCT1/").status_code == 403
    ada.office = True
    ada.save()
    assert signed_in(ada).get("/staff/desks/NCT1/").content == b"desk of NCT1"
    assert signed_in(ada, second=False).get("/staff/desks/NCT1/")["Location"] == "/accounts/second-factor/"
    with override_settings(MFA_REQUIRED=False):
        assert signed_in(ada, second=False).get("/staff/desks/NCT1/").status_code == 200
    assert fresh_client().get("/staff/desks/NCT1/")["Location"].startswith("/accounts/sign-in/")


def test_a_page_that_confirms_is_kept_in_no_cache(ada: Person, stale: Callable[[], None]) -> None:
    client = signed_in(ada)
    stale()
    response: Any = client.post("/staff/matter/", FORM)
    assert "no-store" in response["Cache-Control"]
