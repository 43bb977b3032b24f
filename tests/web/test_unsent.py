"""A form sent after its session ended: kept for who wrote it, shown to nobody else, sent once."""

import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from equipoise.conduct.roles import Role
from equipoise.web.accounts import stay, unsent
from equipoise.web.accounts.models import Person, StaffSession
from tests.accounts import PASSWORD, fresh_client, give, make_person
from tests.web.trialing import LOG, Running, browser, key_in

pytestmark = pytest.mark.django_db
HERE = "/accounts/unsent/"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Running:
    return Running(tmp_path_factory.mktemp("made"))


@pytest.fixture
def running(made: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    home = tmp_path / "home"
    shutil.copytree(made.home, home)
    monkeypatch.setenv("EQUIPOISE_HOME", str(home))
    return made.copied(home)


@pytest.fixture(autouse=True)
def no_second_factor() -> Any:
    with override_settings(MFA_REQUIRED=False):
        yield


def timed_out(client: Client, form: dict[str, str], path: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is answered when the form comes after a silence that was too long."""
    later = time.time() + settings.STAFF_IDLE + 1
    with monkeypatch.context() as patch:
        patch.setattr(stay.time, "time", lambda: later)
        return client.post(path, form)


def deviation(running: Running, client: Client) -> tuple[str, dict[str, str]]:
    path = f"{LOG}participants/{running.randomised}/deviation/"
    key = key_in(client.get(path))
    return path, {"key": key, "of": "visit-window", "words": "Snow on the road", "important": "no"}


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def who(client: Client) -> Person:
    return StaffSession.objects.get(session_key=client.cookies[settings.STAFF_COOKIE].value).person


def signs_in(client: Client, person: Person) -> None:
    assert give(client, person).status_code == 302


def test_what_was_written_is_sent_after_signing_in_again_and_once(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(Role.COORDINATOR)
    person = who(client)
    path, form = deviation(running, client)
    before = running.trial.position
    door = timed_out(client, form, path, monkeypatch)
    assert (door.status_code, door["Location"]) == (302, "/accounts/sign-in/?next=%2Faccounts%2Funsent%2F")
    assert running.trial.position == before
    signs_in(client, person)
    shown = client.get(HERE).content.decode()
    assert "nothing of it was recorded" in shown
    sent = hidden(shown)
    assert {name: sent[name] for name in form} == form
    answer = client.post(HERE, {**sent, "send": "1"})
    assert (answer.status_code, answer["Location"]) == (307, path)
    for _ in range(2):
        assert client.post(path, sent).status_code == 302
    assert running.trial.position == before + 1
    assert client.get(HERE)["Location"] == "/staff/trials/"


def test_it_waits_for_nobody_else(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(Role.COORDINATOR)
    person = who(client)
    path, form = deviation(running, client)
    timed_out(client, form, path, monkeypatch)
    signs_in(client, make_person("zoe"))
    assert client.get(HERE)["Location"] == "/staff/trials/"
    client.post("/accounts/sign-out/")
    signs_in(client, person)
    assert client.get(HERE)["Location"] == "/staff/trials/"


def test_it_can_be_thrown_away_and_ends_by_itself(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    for throws in (True, False):
        client = browser(Role.COORDINATOR)
        person = who(client)
        path, form = deviation(running, client)
        timed_out(client, form, path, monkeypatch)
        signs_in(client, person)
        if throws:
            assert client.post(HERE, {"throw": "1"})["Location"] == "/staff/trials/"
        else:
            monkeypatch.setattr(unsent, "LONGEST", -settings.STAFF_IDLE - 2)
        assert client.get(HERE)["Location"] == "/staff/trials/"


def test_passwords_and_strangers_forms_are_not_kept(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(Role.COORDINATOR)
    person = who(client)
    path, form = deviation(running, client)
    timed_out(client, {**form, "password": PASSWORD, "confirm-code": "123456"}, path, monkeypatch)
    held = StaffSession.objects.get(session_key=client.cookies[settings.STAFF_COOKIE].value)
    assert "Snow on the road" not in str(held.get_decoded()), "sealed"
    signs_in(client, person)
    shown = client.get(HERE).content.decode()
    assert PASSWORD not in shown
    assert "confirm-code" not in shown
    stranger = fresh_client()
    assert stranger.post(path, form)["Location"].endswith("deviation%2F")
    assert unsent.NAME not in stranger.session


def test_too_much_is_not_kept(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(Role.COORDINATOR)
    path, form = deviation(running, client)
    door = timed_out(client, {**form, "words": "x" * unsent.MOST}, path, monkeypatch)
    assert door["Location"].endswith("deviation%2F")
