"""Every address of the accounts, for everybody: who may see it, that it is ours, and that no form is taken unasked."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.test import Client, override_settings
from django.urls import URLPattern

from equipoise.web.accounts import passkeys
from equipoise.web.accounts.links import make_link
from equipoise.web.accounts.models import Person
from equipoise.web.accounts.urls import urlpatterns
from equipoise.web.patience import Buckets
from tests.accounts import fresh_client, give, make_person, signed_in, with_totp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web_home")]

SIGN_IN, OWN, HERE = "/accounts/sign-in/", "/accounts/", 200
TABLE: dict[str, tuple[Any, Any, Any]] = {
    # name: what an anonymous person, a person, an administrator gets on GET
    "account": (SIGN_IN, HERE, HERE),
    "account_login": (HERE, OWN, OWN),
    "mfa_authenticate": (SIGN_IN, OWN, OWN),
    "mfa_login_webauthn": (SIGN_IN, OWN, OWN),
    "account_logout": (SIGN_IN, HERE, HERE),
    "account_inactive": (HERE, HERE, HERE),
    "account_reauthenticate": (SIGN_IN, HERE, HERE),
    "mfa_reauthenticate": (SIGN_IN, HERE, HERE),
    "mfa_reauthenticate_webauthn": (SIGN_IN, HERE, HERE),
    "account_change_password": (SIGN_IN, HERE, HERE),
    "account_reset_password": (HERE, HERE, HERE),
    "account-link": (HERE, HERE, HERE),
    "account-sessions": (SIGN_IN, HERE, HERE),
    "account-sessions-end": (405, 405, 405),
    "account-stay": (405, 405, 405),
    "account-unsent": (SIGN_IN, "/staff/trials/", "/staff/trials/"),
    "account-tokens": (SIGN_IN, HERE, HERE),
    "account-token-revoke": (405, 405, 405),
    "account-token-new": (SIGN_IN, 404, 404),
    "mfa_index": (SIGN_IN, HERE, HERE),
    "mfa_activate_totp": (SIGN_IN, "/accounts/second-factor/app/remove/", "/accounts/second-factor/app/remove/"),
    "mfa_deactivate_totp": (SIGN_IN, HERE, HERE),
    "mfa_view_recovery_codes": (SIGN_IN, HERE, HERE),
    "mfa_generate_recovery_codes": (SIGN_IN, HERE, HERE),
    "mfa_list_webauthn": (SIGN_IN, HERE, HERE),
    "mfa_add_webauthn": (SIGN_IN, HERE, HERE),
    "mfa_edit_webauthn": (SIGN_IN, HERE, HERE),
    "mfa_remove_webauthn": (SIGN_IN, HERE, HERE),
    "account-people": (SIGN_IN, 404, HERE),
    "account-person-add": (SIGN_IN, 404, HERE),
    "account-person": (SIGN_IN, 404, HERE),
    "account-person-tokens": (SIGN_IN, 404, HERE),
}
NAMES = [one.name for one in urlpatterns]


def complete(person: Person) -> Person:
    """With everything a second factor can have."""
    with_totp(person)
    RecoveryCodes.activate(person)
    registered = {"id": "x", "clientExtensionResults": {}}
    Authenticator.objects.create(user=person, type="webauthn", data={"name": "blue key", "credential": registered})
    return person


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a made-up passkey holds is not read; and no test is kept waiting by the one before it."""
    monkeypatch.setattr(passkeys, "_asked", Buckets(capacity=20, seconds=3.0))
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.get_credentials", lambda user: [])


def address(pattern: URLPattern, person: Person) -> str:
    key = Authenticator.objects.filter(user=person, type="webauthn").first()
    parts = {"<int:pk>": str(key.pk if key else 1), "<slug:key>": "KEY", "<str:username>": "ada", "<str:trial>": "NONE"}
    path = str(pattern.pattern)
    for part, value in parts.items():
        path = path.replace(part, value)
    if "KEY" in path:
        path = make_link(person, None).removeprefix(settings.ADDRESS + "/accounts/")
    return f"/accounts/{path}"


def test_the_table_names_every_address() -> None:
    assert sorted(TABLE) == sorted(str(name) for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", [0, 1, 2], ids=["anonymous", "person", "administrator"])
def test_must_07_every_address_for_everybody(name: str, who: int) -> None:
    person = complete(make_person(administrator=who == 2))
    client = signed_in(person) if who else fresh_client()
    pattern = next(one for one in urlpatterns if one.name == name)
    response = client.get(address(pattern, person))
    expected = TABLE[name][who]
    if isinstance(expected, int):
        assert response.status_code == expected
    else:
        assert response.status_code == 302
        assert response["Location"].partition("?")[0] == expected
    _is_ours(response)


def _is_ours(response: Any) -> None:
    assert "no-store" in response["Cache-Control"]
    if response.status_code not in (200, 404) or not response["Content-Type"].startswith("text/html"):
        return
    page = response.content.decode()
    assert "Not medical advice" in page or "not medical advice" in page
    assert "equipoise/site.css" in page
    for theirs in ("Sign Up", "Sign In", "Authenticators", "Two-Factor", "Menu:", "allauth"):
        assert theirs not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "login/",
        "login/code/",
        "password/set/",
        "password/reset/",
        "2fa/",
        "3rdparty/",
        "social/",
        "second-factor/codes/download/",
    ],
)
def test_what_is_not_needed_is_not_there(path: str) -> None:
    assert signed_in(make_person()).get(f"/accounts/{path}").status_code == 404
    assert fresh_client().post(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_no_form_is_taken_without_its_token(name: str) -> None:
    person = complete(make_person(administrator=True))
    client = signed_in(person, client=Client(enforce_csrf_checks=True, headers={"host": "localhost"}))
    pattern = next(one for one in urlpatterns if one.name == name)
    response = client.post(address(pattern, person), {"do": "deactivate", "password": "x"})
    assert response.status_code == 403
    assert "could not be taken" in response.content.decode()


def test_a_forged_sign_in_is_not_taken() -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    assert give(client, make_person()).status_code == 403


def test_the_page_of_the_second_step_is_ours() -> None:
    client = fresh_client()
    person = complete(make_person())
    give(client, person)
    response = client.get("/accounts/sign-in/code/")
    assert response.status_code == 200
    _is_ours(response)


def test_the_first_set_up_is_ours() -> None:
    client = signed_in(make_person(), second=False)
    for path in ("", "app/", "passkeys/", "passkeys/add/", "codes/new/"):
        response = client.get(f"/accounts/second-factor/{path}")
        assert response.status_code == 200
        _is_ours(response)
    assert client.get("/accounts/second-factor/codes/").status_code == 404


@override_settings(ACCOUNT_RATE_LIMITS={"login": "1/m/ip"})
def test_too_many_attempts_is_a_page_of_ours() -> None:
    client = fresh_client()
    person = make_person()
    give(client, person, "wrong")
    response = give(client, person, "wrong")
    assert response.status_code == 429
    assert "Too many attempts" in response.content.decode()
