"""Who looked at whose name: one look for a page, by those alone who see names."""

import shutil
from pathlib import Path

import pytest

from equipoise.actions.identities import Look, looks_of
from equipoise.conduct.roles import Role
from tests.web.trialing import LOG, Running, browser, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Running:
    return Running(tmp_path_factory.mktemp("named"))


@pytest.fixture
def running(made: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    home = tmp_path / "home"
    shutil.copytree(made.home, home)
    monkeypatch.setenv("EQUIPOISE_HOME", str(home))
    return made.copied(home)


def looks(running: Running) -> tuple[Look, ...]:
    found = looks_of(running.trials.vault, running.protocol.id)
    assert found.problems == ()
    return found.looks


def test_must_01_a_list_of_names_is_one_look_however_many_people(running: Running) -> None:
    page = text_of(browser(Role.COORDINATOR).get(f"{LOG}participants/"))
    assert page.count("Mara01 Lindqvist") == 4
    (look,) = looks(running)
    seen = (look.by, look.did, look.site, look.participant, look.client)
    assert seen == ("coordinator-01", "read", "01", "", "web")


def test_must_01_a_participants_page_is_one_look_at_them(running: Running) -> None:
    assert "Mara01 Lindqvist" in text_of(browser(Role.INVESTIGATOR).get(f"{LOG}participants/{running.randomised}/"))
    (look,) = looks(running)
    assert (look.by, look.site, look.participant) == ("investigator-01", "01", running.randomised)


@pytest.mark.parametrize("role", [Role.MONITOR, Role.SPONSOR, Role.STATISTICIAN, Role.PHARMACIST, Role.SAFETY_OFFICER])
def test_who_sees_no_name_looks_at_none(running: Running, role: Role) -> None:
    client = browser(role)
    for address in (f"{LOG}participants/", f"{LOG}participants/{running.randomised}/"):
        assert "Mara" not in text_of(client.get(address))
    assert looks(running) == ()


def test_another_sites_people_are_not_looked_at(running: Running) -> None:
    client = browser(Role.COORDINATOR)
    assert client.get(f"{LOG}participants/{running.foreign}/").status_code == 404
    client.get(f"{LOG}participants/?site=02&find=Mara02")
    assert {look.site for look in looks(running)} == {"01"}


def test_pages_without_names_look_at_none(running: Running) -> None:
    client = browser(Role.COORDINATOR)
    for address in ("", "work/", "queries/", "audit/", f"participants/{running.eligible}/randomise/"):
        assert client.get(LOG + address).status_code == 200
    assert looks(running) == ()
