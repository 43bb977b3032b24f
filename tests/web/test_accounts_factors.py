"""The second factor: app, recovery codes, that it is required, and that no code opens twice."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client, override_settings

from equipoise.web.accounts.models import Person, StaffSession, Told
from tests.accounts import SECRET, fresh_client, give, make_person, signed_in, totp_code, with_totp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web_home")]
CODE = "/accounts/sign-in/code/"


@pytest.fixture
def ada() -> Person:
    return make_person()


def is_in(client: Client) -> bool:
    return client.get("/accounts/").status_code == 200


def half_way(person: Person) -> Client:
    client = fresh_client()
    assert give(client, person)["Location"] == CODE
    return client


def test_must_07_a_password_alone_opens_no_staff_page(ada: Person) -> None:
    client = signed_in(ada, second=False)
    for path in ("/staff/nothing/", "/accounts/people/"):
        assert client.get(path)["Location"] == "/accounts/second-factor/"
    assert "Set one up to go on" in client.get("/accounts/second-factor/").content.decode()


@override_settings(MFA_REQUIRED=False)
def test_a_host_may_leave_it_to_the_person(ada: Person) -> None:
    assert signed_in(ada, second=False).get("/staff/nothing/").status_code == 404


def test_must_07_an_app_is_set_up_and_then_asked_for(ada: Person, django_capture_on_commit_callbacks: Any) -> None:
    client, elsewhere = signed_in(ada, second=False), signed_in(ada, second=False)
    page = client.get("/accounts/second-factor/app/").content.decode()
    secret = re.search(r'class="key-text">([A-Z2-7 ]+)<', page)
    assert secret
    assert '<svg class="qr"' in page
    assert "data:" not in page
    assert " style=" not in page
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/accounts/second-factor/app/", {"code": totp_code(secret[1].replace(" ", ""))})
    assert response["Location"] == "/accounts/second-factor/codes/"
    assert client.get("/staff/nothing/").status_code == 404
    assert not is_in(elsewhere)
    half_way(ada)
    assert Told.objects.filter(kind="second-factor-added").count() == 2


def test_a_wrong_code_sets_up_nothing(ada: Person) -> None:
    client = signed_in(ada, second=False)
    client.get("/accounts/second-factor/app/")
    assert "not right" in client.post("/accounts/second-factor/app/", {"code": "000000"}).content.decode()
    assert not Authenticator.objects.exists()


def test_the_seed_is_sealed_in_the_database(ada: Person, django_capture_on_commit_callbacks: Any) -> None:
    client = signed_in(ada, second=False)
    page = client.get("/accounts/second-factor/app/").content.decode()
    secret = re.search(r'class="key-text">([A-Z2-7 ]+)<', page)[1].replace(" ", "")  # type: ignore[index]
    client.post("/accounts/second-factor/app/", {"code": totp_code(secret)})
    held = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in held
    assert held.startswith("gAAAA")


def test_a_seed_sealed_with_an_older_key_still_opens(ada: Person) -> None:
    from allauth.mfa.utils import decrypt, encrypt

    with override_settings(SECRET_KEY="the older one"):
        sealed = encrypt(SECRET)
    with override_settings(SECRET_KEY="the newer one", SECRET_KEY_FALLBACKS=["the older one"]):
        assert decrypt(sealed) == SECRET


def test_the_right_code_lets_in(ada: Person) -> None:
    client = half_way(with_totp(ada))
    assert not is_in(client)
    assert client.post(CODE, {"code": "000000"}).status_code == 200
    assert not is_in(client)
    client.post(CODE, {"code": totp_code()})
    assert is_in(client)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.3}-{}"])
def test_a_code_is_taken_once(ada: Person, typed: str) -> None:
    with_totp(ada)
    code = totp_code()
    half_way(ada).post(CODE, {"code": code})
    second = half_way(ada)
    again = f"{code[:3]} {code[3:]}" if "-" in typed else typed.format(code)
    assert "used already" in second.post(CODE, {"code": again}).content.decode()
    assert not is_in(second)


def test_a_code_is_taken_once_for_as_long_as_it_is_good(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library forgets a used code after half a minute; with a neighbour allowed on each side it lives for three."""
    with_totp(ada)
    now = time.time() // 30 * 30
    monkeypatch.setattr(time, "time", lambda: now)
    code = totp_code(later=1)
    half_way(ada).post(CODE, {"code": code})
    from django.core.cache import cache

    cache.delete(f"allauth.mfa.totp.used?user={ada.pk}&code={code}")
    monkeypatch.setattr(time, "time", lambda: now + 59)
    second = half_way(ada)
    second.post(CODE, {"code": code})
    assert not is_in(second)


def test_a_code_two_periods_old_is_refused(ada: Person) -> None:
    client = half_way(with_totp(ada))
    client.post(CODE, {"code": totp_code(later=-2)})
    assert not is_in(client)


def test_codes_are_not_guessed_without_end(ada: Person) -> None:
    with_totp(ada)
    for _ in range(5):
        half_way(ada).post(CODE, {"code": "000000"})
    client = half_way(ada)
    assert "Too many attempts" in client.post(CODE, {"code": totp_code()}).content.decode()
    assert not is_in(client)
    assert Told.objects.filter(kind="locked-out", person="ada").count() == 1
    assert Told.objects.filter(kind="second-factor-failed", person="ada").count() == 5


def test_a_recovery_code_opens_once(ada: Person) -> None:
    with_totp(ada)
    codes = RecoveryCodes.activate(ada).generate_codes()
    first = half_way(ada)
    first.post(CODE, {"code": codes[0]})
    assert is_in(first)
    second = half_way(ada)
    second.post(CODE, {"code": codes[0]})
    assert not is_in(second)
    second.post(CODE, {"code": codes[1]})
    assert is_in(second)


def test_recovery_codes_are_shown_once_and_can_be_printed(ada: Person) -> None:
    with_totp(ada)
    codes = RecoveryCodes.activate(ada).generate_codes()
    client = signed_in(ada)
    page = client.get("/accounts/second-factor/codes/").content.decode()
    assert all(code in page for code in codes)
    assert "data-print" in page
    again = client.get("/accounts/second-factor/codes/").content.decode()
    assert not any(code in again for code in codes)
    assert "10 codes left" in again


def test_new_codes_replace_the_old(ada: Person, django_capture_on_commit_callbacks: Any) -> None:
    with_totp(ada)
    old = RecoveryCodes.activate(ada).generate_codes()
    client = signed_in(ada)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/second-factor/codes/new/")
    page = client.get("/accounts/second-factor/codes/").content.decode()
    assert not any(code in page for code in old)
    assert Told.objects.filter(kind="second-factor-renewed").count() == 1
    stale = half_way(ada)
    stale.post(CODE, {"code": old[0]})
    assert not is_in(stale)


def test_the_last_factor_stays_where_one_is_required(ada: Person) -> None:
    client = signed_in(with_totp(ada))
    client.post("/accounts/second-factor/app/remove/")
    assert Authenticator.objects.filter(type="totp").exists()
    assert "Add another one first" in client.get("/accounts/second-factor/app/remove/").content.decode()


@override_settings(MFA_REQUIRED=False)
def test_elsewhere_it_can_be_removed(ada: Person) -> None:
    client = signed_in(with_totp(ada))
    client.post("/accounts/second-factor/app/remove/")
    assert not Authenticator.objects.exists()
    assert Told.objects.filter(kind="second-factor-removed").count() == 1


def test_the_last_passkey_stays_where_one_is_required(ada: Person) -> None:
    """Removing one is a page of its own in the library, which asks nobody."""
    key = Authenticator.objects.create(user=ada, type="webauthn", data={"name": "blue key", "credential": {}})
    client = signed_in(ada)
    client.post(f"/accounts/second-factor/passkeys/{key.pk}/remove/")
    assert Authenticator.objects.filter(pk=key.pk).exists()
    with_totp(ada)
    client.post(f"/accounts/second-factor/passkeys/{key.pk}/remove/")
    assert not Authenticator.objects.filter(pk=key.pk).exists()


def test_nobody_touches_the_passkey_of_another(ada: Person) -> None:
    key = Authenticator.objects.create(user=ada, type="webauthn", data={"name": "blue key", "credential": {}})
    ben = signed_in(with_totp(make_person("ben")))
    for act in ("remove", "name"):
        assert ben.post(f"/accounts/second-factor/passkeys/{key.pk}/{act}/", {"name": "mine"}).status_code == 404
    assert Authenticator.objects.get(pk=key.pk).data["name"] == "blue key"


def test_a_stranger_asks_for_a_passkey_only_so_often() -> None:
    asked = [fresh_client(accept="application/json").get("/accounts/sign-in/passkey/") for _ in range(40)]
    assert asked[0].json()["request_options"]["publicKey"]["userVerification"] == "required"
    assert asked[-1].status_code == 429
    assert StaffSession.objects.filter(person=None).count() <= 21


def test_changing_factors_asks_who_it_is(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(with_totp(ada))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 400)
    for path in ("app/remove/", "codes/new/", "passkeys/add/"):
        assert client.get(f"/accounts/second-factor/{path}")["Location"].startswith("/accounts/confirm/")


def test_the_second_step_waits_no_longer_than_a_quarter_of_an_hour(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = half_way(with_totp(ada))
    real: Callable[[], float] = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 15 * 60 + 1)
    assert client.post(CODE, {"code": totp_code()})["Location"] == "/accounts/sign-in/"
    assert not StaffSession.objects.filter(person=ada).exists()
