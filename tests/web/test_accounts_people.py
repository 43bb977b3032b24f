"""Administrators, links for passwords, letters, and the trail of what was told."""

import datetime
import re
import time
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client, override_settings

from equipoise.kernel.refused import Refused
from equipoise.web.accounts import people, post
from equipoise.web.accounts.database import database_of, mail_of
from equipoise.web.accounts.links import LinkKeys, make_link
from equipoise.web.accounts.models import Person, StaffSession, Told
from equipoise.web.accounts.told import Kind, tell
from tests.accounts import PASSWORD, fresh_client, give, make_person, signed_in, with_totp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web_home")]
NEW = "four loud green geese"
BEN = "/accounts/people/ben/"
SMTP = {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend", "EMAIL_HOST": "mail.example.org"}


@pytest.fixture
def boss() -> Client:
    return signed_in(make_person("boss", administrator=True))


@pytest.fixture
def ben() -> Person:
    return make_person("ben")


def path_of(link: str) -> str:
    return link.removeprefix(settings.ADDRESS)


def set_by(link: str, password: str = NEW) -> Any:
    return fresh_client().post(path_of(link), {"password1": password, "password2": password})


def test_an_administrator_adds_a_person_who_sets_a_password(boss: Client) -> None:
    typed = {"username": "Cleo", "full_name": "  Cleo   Park ", "email": "Cleo@Example.org", "office": "on"}
    page = boss.post("/accounts/people/add/", typed).content.decode()
    link = re.search(r"http://localhost(/accounts/link/[\w-]+/)", page)
    assert link
    cleo = Person.objects.get(username="cleo")
    assert (cleo.full_name, cleo.email, cleo.office, cleo.administrator) == (
        "Cleo Park",
        "cleo@example.org",
        True,
        False,
    )
    assert not cleo.has_usable_password()
    assert link[1] not in boss.get("/accounts/people/cleo/").content.decode()
    assert "Cleo Park" in fresh_client().get(link[1]).content.decode()
    set_by(link[1])
    assert give(fresh_client(), cleo, NEW).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"username": "ben"}, "already exists"),
        ({"username": "a b"}, "small letters"),
        ({"username": "ben@example.org"}, "small letters"),
        ({"email": "BEN@example.org"}, "already exists"),
        ({"email": "nowhere"}, "valid email"),
        ({"full_name": " "}, "blank"),
    ],
)
def test_a_person_cannot_be_added_so(boss: Client, ben: Person, wrong: dict[str, str], words: str) -> None:
    typed = {"username": "cleo", "full_name": "Cleo Park", "email": "cleo@example.org"} | wrong
    response = boss.post("/accounts/people/add/", typed)
    assert response.status_code == 400
    page = response.content.decode()
    assert words in page
    assert "There is a problem" in page
    assert Person.objects.count() == 2


def test_must_07_a_link_works_once(ben: Person) -> None:
    link = make_link(ben, None)
    assert set_by(link)["Location"] == "/accounts/sign-in/"
    again = set_by(link, "nine warm purple owls")
    assert again.status_code == 404
    assert "This link no longer works" in again.content.decode()
    assert give(fresh_client(), ben, NEW).status_code == 302


def test_a_link_works_for_three_days(ben: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    link = make_link(ben, None)
    now = datetime.datetime.now()
    monkeypatch.setattr(LinkKeys, "_now", lambda _: now + datetime.timedelta(days=3, minutes=-1))
    assert fresh_client().get(path_of(link)).status_code == 200
    monkeypatch.setattr(LinkKeys, "_now", lambda _: now + datetime.timedelta(days=3, minutes=1))
    assert fresh_client().get(path_of(link)).status_code == 404
    assert set_by(link).status_code == 404


def test_only_the_last_link_works(ben: Person) -> None:
    first, second = make_link(ben, None), make_link(ben, None)
    assert set_by(first).status_code == 404
    assert set_by(second).status_code == 302


def test_a_link_of_another_or_none_opens_nothing(ben: Person) -> None:
    ada = make_person("ada")
    key = path_of(make_link(ben, None)).split("/")[3]
    number, _, token = key.partition("-")
    for wrong in (f"{ada.pk}-{token}", f"{number}-", f"zzzzzzzzzzzzzz-{token}", "x", f"{number}-{token}x"):
        assert fresh_client().get(f"/accounts/link/{wrong}/").status_code == 404


def test_a_link_for_a_closed_account_opens_nothing(boss: Client, ben: Person) -> None:
    link = make_link(ben, None)
    boss.post(BEN, {"do": "deactivate"})
    assert set_by(link).status_code == 404


def test_a_weak_password_is_refused_and_the_link_stays(ben: Person) -> None:
    link = make_link(ben, None)
    assert set_by(link, "short").status_code == 400
    assert set_by(link).status_code == 302


def test_setting_a_password_ends_sessions(ben: Person) -> None:
    client = signed_in(ben)
    set_by(make_link(ben, None))
    assert client.get("/accounts/").status_code == 302
    assert not StaffSession.objects.filter(person=ben).exists()


def test_what_an_administrator_can_do(boss: Client, ben: Person) -> None:
    with_totp(ben)
    his = signed_in(ben)
    boss.post(BEN, {"do": "end"})
    assert his.get("/accounts/").status_code == 302
    his = signed_in(ben)
    boss.post(BEN, {"do": "reset"})
    assert his.get("/accounts/").status_code == 302
    assert "Set one up" in signed_in(ben, second=False).get("/accounts/second-factor/").content.decode()
    boss.post(BEN, {"do": "deactivate"})
    assert give(fresh_client(), ben)["Location"] == "/accounts/closed/"
    boss.post(BEN, {"do": "activate"})
    assert give(fresh_client(), ben)["Location"] == "/accounts/"
    told = [one.kind for one in Told.objects.filter(person="ben", by="boss").order_by("id")]
    assert told == [
        "session-ended",
        "second-factors-reset",
        "session-ended",
        "account-deactivated",
        "session-ended",
        "account-activated",
    ]


def test_an_administrator_lets_a_locked_person_try_again(boss: Client, ben: Person) -> None:
    for _ in range(5):
        give(fresh_client(), ben, "wrong")
    assert give(fresh_client(), ben).status_code == 200
    boss.post(BEN, {"do": "unlock"})
    assert give(fresh_client(), ben).status_code == 302


def test_a_name_an_address_and_flags_can_be_changed(boss: Client, ben: Person) -> None:
    boss.post(BEN, {"do": "change", "full_name": "Ben Novak", "email": "novak@example.org", "office": "on"})
    ben.refresh_from_db()
    assert (ben.full_name, ben.email, ben.office) == ("Ben Novak", "novak@example.org", True)
    one = Told.objects.get(kind="account-changed")
    assert one.facts == {"what": "full_name, email, office", "office": True}
    assert (
        fresh_client().post("/accounts/sign-in/", {"login": "novak@example.org", "password": PASSWORD}).status_code
        == 302
    )
    gone = fresh_client().post("/accounts/sign-in/", {"login": "ben@example.org", "password": PASSWORD})
    assert gone.status_code == 200


@pytest.mark.parametrize("sent", [{"do": "deactivate"}, {"do": "change", "full_name": "B", "email": "b@example.org"}])
def test_the_last_administrator_stays_one(boss: Client, sent: dict[str, str]) -> None:
    response = boss.post("/accounts/people/boss/", sent)
    assert response.status_code == 400
    assert "is the last administrator" in response.content.decode()
    held = Person.objects.get(username="boss")
    assert held.administrator
    assert held.is_active
    assert held.full_name == "Dr Boss Weiss"


def test_nothing_more_than_the_form_has_can_be_set(boss: Client, ben: Person) -> None:
    sent = {
        "full_name": "Ben",
        "email": "ben@example.org",
        "username": "root",
        "password": "x",
        "is_active": "",
        "id": "9",
    }
    boss.post(BEN, {"do": "change", **sent})
    held = Person.objects.get(pk=ben.pk)
    assert (held.username, held.is_active, held.password) == ("ben", True, ben.password)


@pytest.mark.parametrize("act", ["change", "link", "unlock", "end", "reset", "deactivate", "activate"])
def test_nobody_but_an_administrator_does_it(ben: Person, act: str) -> None:
    client = signed_in(make_person("ada", office=True))
    assert client.post(BEN, {"do": act, "full_name": "X", "email": "x@example.org"}).status_code == 404
    held = Person.objects.get(pk=ben.pk)
    assert (held.full_name, held.is_active, held.links) == (ben.full_name, True, 0)


def test_must_08_an_administrator_is_asked_again(boss: Client, ben: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 400)
    page = boss.post(BEN, {"do": "deactivate"}).content.decode()
    assert "Confirm that it is you" in page
    assert Person.objects.get(pk=ben.pk).is_active
    boss.post(BEN, {"do": "deactivate", "confirm-asked": "POST", "confirm-password": PASSWORD})
    assert not Person.objects.get(pk=ben.pk).is_active


def test_there_is_no_such_person(boss: Client) -> None:
    assert boss.get("/accounts/people/nobody/").status_code == 404


def test_must_01_what_was_told_is_neither_changed_nor_deleted(ben: Person) -> None:
    tell(Kind.SIGNED_OUT, ben, None)
    for act in (
        lambda: Told.objects.update(person="eve"),
        lambda: Told.objects.all().delete(),
        lambda: connection.cursor().execute("UPDATE accounts_told SET kind = 'nothing'"),
        lambda: connection.cursor().execute("DELETE FROM accounts_told"),
    ):
        with pytest.raises(DatabaseError, match="can only grow"), transaction.atomic():
            act()
    assert Told.objects.filter(person="ben").exists()


def test_no_secret_is_told(boss: Client, ben: Person) -> None:
    link = path_of(make_link(ben, None))
    set_by(link)
    give(fresh_client(), ben, "a wrong password")
    give(fresh_client(), ben, NEW)
    key = link.split("-")[-1].strip("/")
    everything = " ".join(f"{one.facts} {one.person} {one.by}" for one in Told.objects.all())
    for secret in (NEW, "a wrong password", key, PASSWORD):
        assert secret not in everything


def test_each_thing_told_has_words(boss: Client, ben: Person) -> None:
    for kind in Kind:
        tell(kind, ben, None)
    page = boss.get(BEN).content.decode()
    for kind in Kind:
        if kind != Kind.LINK_REFUSED:
            assert f"<td>{kind}" not in page


def test_without_a_mail_server_a_link_comes_from_an_administrator(ben: Person) -> None:
    page = fresh_client().get("/accounts/password/forgotten/").content.decode()
    assert "An administrator of accounts can give you a link" in page
    assert 'name="email"' not in page
    fresh_client().post("/accounts/password/forgotten/", {"email": "ben@example.org"})
    assert not mail.outbox


@override_settings(**SMTP)
def test_a_letter_brings_a_link_and_a_stranger_learns_nothing(ben: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "apart", lambda work: work())
    answers = []
    for email in ("Ben@example.org ", "nobody@example.org"):
        response = fresh_client().post("/accounts/password/forgotten/", {"email": email})
        answers.append((response.status_code, response.content))
    assert answers[0] == answers[1]
    assert [letter.to for letter in mail.outbox] == [["ben@example.org"]]
    link = re.search(r"http://localhost(/accounts/link/\S+/)", str(mail.outbox[0].body))
    assert link
    assert set_by(link[1]).status_code == 302


@override_settings(**SMTP)
def test_letters_are_not_asked_for_without_end(ben: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "apart", lambda work: work())
    answers = [fresh_client().post("/accounts/password/forgotten/", {"email": "ben@example.org"}) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert len(mail.outbox) == 2


@override_settings(**SMTP)
def test_a_person_is_told_when_the_account_changes(ben: Person) -> None:
    client = signed_in(ben)
    client.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert "Your password was changed" in str(mail.outbox[0].body)


@override_settings(EMAIL_BACKEND="tests.web.test_accounts_people.Broken", EMAIL_HOST="mail.example.org")
def test_a_broken_mail_server_stops_nobody(ben: Person) -> None:
    client = signed_in(ben)
    response = client.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert response.status_code == 302
    assert give(fresh_client(), ben, NEW).status_code == 302


class Broken:
    def __init__(self, **_: Any) -> None:
        pass

    def send_messages(self, letters: Any) -> int:
        raise ConnectionRefusedError


def test_settings_of_databases_and_mail(tmp_path: Any) -> None:
    held = database_of("postgresql://eq%40x:p%2Fw@db.example:5433/trials?sslmode=require", tmp_path)
    assert (held["USER"], held["PASSWORD"], held["HOST"], held["PORT"]) == ("eq@x", "p/w", "db.example", "5433")
    assert held["OPTIONS"] == {"sslmode": "require"}
    assert database_of("", tmp_path)["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    with pytest.raises(Refused, match="EQUIPOISE_DATABASE_URL"):
        database_of("mysql://x/y", tmp_path)
    with pytest.raises(Refused, match="EQUIPOISE_SMTP"):
        mail_of("http://mail.example.org", "")
    assert mail_of("smtps://u:p@mail.example.org", "")["EMAIL_PORT"] == 465
    assert mail_of("smtp://mail.example.org:25", "a@b.org")["EMAIL_USE_TLS"] is False
    assert mail_of("", "")["EMAIL_HOST"] == ""


def test_a_person_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused, match="nobody's user name"):
        people.find_person("nobody")
