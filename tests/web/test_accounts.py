"""Signing in and staying so: sessions, lock-out, time-outs, what a stranger may learn."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from equipoise.web.accounts.models import Person, StaffSession, Told
from equipoise.web.accounts.people import deactivate
from tests.accounts import PASSWORD, fresh_client, give, make_person, signed_in, totp_code, with_totp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web_home")]
ACCOUNT = "/accounts/"


@pytest.fixture
def ada() -> Person:
    return make_person()


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Seconds go by at once."""
    real, gone = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + gone[0])

    def later(seconds: float) -> None:
        gone[0] += seconds

    return later


def kinds(person: Person | None = None) -> list[str]:
    told = Told.objects.order_by("id")
    return [one.kind for one in (told.filter(person=person.username) if person else told)]


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.org", "Ada@Example.org", " ada "])
def test_a_person_signs_in_by_name_or_address(ada: Person, login: str) -> None:
    client = fresh_client()
    response = client.post("/accounts/sign-in/", {"login": login, "password": PASSWORD})
    assert response.status_code == 302
    assert client.cookies[settings.STAFF_COOKIE].value
    assert "signed-in" in kinds(ada)


def test_must_07_the_key_of_a_session_is_new_after_signing_in(ada: Person) -> None:
    with_totp(ada)
    client = fresh_client()
    give(client, ada)
    before = client.cookies[settings.STAFF_COOKIE].value
    assert not is_in(client)
    client.post("/accounts/sign-in/code/", {"code": totp_code()})
    assert is_in(client)
    assert client.cookies[settings.STAFF_COOKIE].value != before
    planted = fresh_client()
    planted.cookies[settings.STAFF_COOKIE] = before
    assert not is_in(planted)


def test_a_session_nobody_made_is_not_taken(ada: Person) -> None:
    client = fresh_client()
    client.cookies[settings.STAFF_COOKIE] = "a" * 32
    give(client, ada)
    assert client.cookies[settings.STAFF_COOKIE].value != "a" * 32


def test_the_cookie_is_strict_hidden_and_ends_with_the_browser(ada: Person) -> None:
    client = fresh_client()
    give(client, ada)
    cookie = client.cookies[settings.STAFF_COOKIE]
    assert cookie["samesite"] == "Strict"
    assert cookie["httponly"]
    assert cookie["path"] == "/"
    assert not cookie["max-age"]
    assert not cookie["domain"]
    assert bool(cookie["secure"]) is settings.BEHIND_TLS


@override_settings(BEHIND_TLS=True, STAFF_COOKIE="__Host-staff")
def test_behind_tls_the_cookie_is_secure(ada: Person) -> None:
    client = fresh_client()
    give(client, ada)
    assert client.cookies["__Host-staff"]["secure"]


def test_the_staff_cookie_opens_nothing_of_a_visitor_and_the_other_way_round(ada: Person) -> None:
    client = signed_in(ada)
    key = client.cookies[settings.STAFF_COOKIE].value
    other = fresh_client()
    other.cookies[settings.SESSION_COOKIE_NAME] = key
    assert not is_in(other)
    assert is_in(client)


def test_signing_out_ends_the_session_on_the_server(ada: Person) -> None:
    client = signed_in(ada)
    key = client.cookies[settings.STAFF_COOKIE].value
    client.post("/accounts/sign-out/")
    again = fresh_client()
    again.cookies[settings.STAFF_COOKIE] = key
    assert not is_in(again)
    assert "signed-out" in kinds(ada)


def test_signing_out_needs_a_form(ada: Person) -> None:
    client = signed_in(ada)
    assert "Sign out of this browser?" in client.get("/accounts/sign-out/").content.decode()
    assert is_in(client)


def test_must_07_a_session_ends_when_nothing_is_asked(ada: Person, pass_time: Callable[[float], None]) -> None:
    client = signed_in(ada)
    pass_time(settings.STAFF_IDLE - 60)
    assert is_in(client)
    pass_time(settings.STAFF_IDLE - 60)
    assert is_in(client)
    pass_time(settings.STAFF_IDLE + 60)
    response = client.get(ACCOUNT, follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/sign-in/?next=%2Faccounts%2F"
    assert "You were signed out" in response.content.decode()
    assert Told.objects.get(kind="session-ended").facts == {"why": "idle"}


def test_must_07_a_session_ends_after_twelve_hours_whatever_is_done(
    ada: Person, pass_time: Callable[[float], None]
) -> None:
    client = signed_in(ada)
    for _ in range(12 * 3):
        assert is_in(client)
        pass_time(20 * 60)
    pass_time(60)
    assert not is_in(client)
    assert Told.objects.get(kind="session-ended").facts == {"why": "long"}


def test_saying_that_one_is_there_keeps_the_session(ada: Person, pass_time: Callable[[float], None]) -> None:
    client = signed_in(ada)
    for _ in range(3):
        pass_time(settings.STAFF_IDLE - 60)
        assert client.post("/accounts/stay/").status_code == 204
    assert is_in(client)
    assert fresh_client().post("/accounts/stay/").status_code == 302


def test_a_person_has_so_many_sessions_and_no_more(ada: Person, pass_time: Callable[[float], None]) -> None:
    clients = []
    for _ in range(settings.STAFF_SESSIONS + 1):
        clients.append(signed_in(ada))
        pass_time(5)
    assert [is_in(client) for client in clients] == [False, *[True] * settings.STAFF_SESSIONS]


def test_a_person_ends_one_session_or_all_others(ada: Person) -> None:
    here, there, yonder = signed_in(ada), signed_in(ada), signed_in(ada)
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count("Another browser") == 2
    assert here.cookies[settings.STAFF_COOKIE].value not in page
    name = StaffSession.objects.get(session_key=there.cookies[settings.STAFF_COOKIE].value).name
    here.post("/accounts/sessions/end/", {"one": name})
    assert (is_in(here), is_in(there), is_in(yonder)) == (True, False, True)
    here.post("/accounts/sessions/end/")
    assert (is_in(here), is_in(yonder)) == (True, False)


def test_nobody_ends_the_session_of_another(ada: Person) -> None:
    hers, his = signed_in(ada), signed_in(make_person("ben"))
    name = StaffSession.objects.get(person=ada).name
    his.post("/accounts/sessions/end/", {"one": name})
    assert is_in(hers)


def test_changing_the_password_ends_every_session(ada: Person) -> None:
    here, there = signed_in(ada), signed_in(ada)
    new = "four loud green geese"
    response = here.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert response["Location"] == "/accounts/sign-in/"
    assert not is_in(here)
    assert not is_in(there)
    assert not StaffSession.objects.filter(person=ada).exists()
    assert "password-changed" in kinds(ada)
    assert give(fresh_client(), ada, new).status_code == 302


@pytest.mark.parametrize("weak", ["short", "123456789012345", "password1234", "ada@example.org", "Dr Ada Weiss"])
def test_a_weak_password_is_refused(ada: Person, weak: str) -> None:
    client = signed_in(ada)
    response = client.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()


def test_passwords_are_hashed_by_argon2(ada: Person) -> None:
    assert ada.password.startswith(Argon2PasswordHasher.algorithm)


def test_must_07_an_account_locks_after_five_failures_and_opens_again(
    ada: Person, pass_time: Callable[[float], None]
) -> None:
    client = fresh_client()
    for name in ("ada", "ada@example.org", "ADA", "ada", "ada"):
        assert "not right" in client.post("/accounts/sign-in/", {"login": name, "password": "wrong"}).content.decode()
    locked = give(fresh_client(), ada)
    assert locked.status_code == 200
    assert "Too many attempts" in locked.content.decode()
    give(fresh_client(), ada)
    assert kinds(ada).count("locked-out") == 1
    assert kinds(ada).count("sign-in-failed") == 5
    pass_time(15 * 60 + 1)
    assert give(fresh_client(), ada).status_code == 302


def test_an_address_locks_after_many_failures_over_many_accounts(ada: Person) -> None:
    assert "50/15m/ip" in settings.ACCOUNT_RATE_LIMITS["login_failed"]
    with override_settings(ACCOUNT_RATE_LIMITS={"login_failed": "5/15m/key,4/15m/ip", "login": None}):
        for number in range(4):
            fresh_client().post("/accounts/sign-in/", {"login": f"nobody{number}", "password": "wrong"})
        assert "Too many attempts" in give(fresh_client(), ada).content.decode()


def test_signing_in_rightly_counts_as_no_failure(ada: Person) -> None:
    for _ in range(8):
        assert give(fresh_client(), ada).status_code == 302


def test_a_stranger_cannot_tell_who_has_an_account(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    real = Argon2PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return str(real(self, password, salt))

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counted)
    verify = Argon2PasswordHasher.verify

    def counted_too(self: Any, password: str, encoded: str) -> bool:
        hashed.append(password)
        return bool(verify(self, password, encoded))

    monkeypatch.setattr(Argon2PasswordHasher, "verify", counted_too)
    seen = []
    for login in ("ada", "nobody"):
        hashed.clear()
        response = fresh_client().post("/accounts/sign-in/", {"login": login, "password": "wrong"})
        page = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
        seen.append((response.status_code, page.replace(f'value="{login}"', ""), len(hashed)))
    assert seen[0] == seen[1]


def test_what_a_stranger_typed_is_not_kept(ada: Person) -> None:
    fresh_client().post("/accounts/sign-in/", {"login": "my password by mistake", "password": "wrong"})
    one = Told.objects.get(kind="sign-in-failed")
    assert one.person == ""
    assert "mistake" not in f"{one.facts}"


def test_a_closed_account_opens_nothing(ada: Person) -> None:
    make_person("boss", administrator=True)
    client = signed_in(ada)
    deactivate(ada, None)
    assert not is_in(client)
    response = give(fresh_client(), ada)
    assert response["Location"] == "/accounts/closed/"
    wrong = give(fresh_client(), ada, "wrong")
    assert "not right" in wrong.content.decode()


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/staff/",
        "//evil.example/staff/",
        "/\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "http://localhost/staff/",
        "/search/",
        "https:evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(ada: Person, onward: str) -> None:
    response = give(fresh_client(), ada, next=onward)
    assert response["Location"] in ("/accounts/", "/staff/")
    confirm = signed_in(ada).post(f"/accounts/confirm/?next={onward}", {"password": PASSWORD})
    assert "evil" not in confirm["Location"]


def test_signing_in_leads_on_to_the_page_asked_for(ada: Person) -> None:
    assert give(fresh_client(), ada, next="/staff/trials/x/?page=2")["Location"] == "/staff/trials/x/?page=2"


def test_a_visitor_causes_no_query_and_no_session(client: Client) -> None:
    paths = ("/", "/search/?q=widget", "/studies/NCT06455449/", "/studies/NCT06455449/join/", "/glossary/", "/nowhere/")
    with CaptureQueriesContext(connection) as asked:
        for path in paths:
            client.get(path)
        client.post("/studies/NCT06455449/join/", {"asked-age": "1", "number-age": "54"})
        client.get("/accounts/sign-in/")
        client.get("/accounts/")
    assert [one["sql"] for one in asked] == []
    assert settings.STAFF_COOKIE not in client.cookies


def test_a_person_on_public_pages_causes_no_query_either(ada: Person) -> None:
    client = signed_in(ada)
    with CaptureQueriesContext(connection) as asked:
        client.get("/")
        client.get("/search/?q=widget")
    assert len(asked) == 0


def test_signed_in_before_is_shown(ada: Person) -> None:
    signed_in(ada)
    page = signed_in(ada).get(ACCOUNT).content.decode()
    assert "From 127.0.0.1" in page
