"""Access tokens: made by who confirms who they are, shown once, kept as a hash, ended by their person or the host."""

import datetime
import hashlib
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from equipoise import cli
from equipoise.conduct import commands as do
from equipoise.conduct.masking import Held
from equipoise.conduct.roles import Role
from equipoise.kernel.refused import Refused
from equipoise.web.accounts.__main__ import main as program
from equipoise.web.accounts.links import make_link, person_of
from equipoise.web.accounts.models import AccessToken, Person, Told
from equipoise.web.accounts.tokens import MOST_LIVE, PREFIX, USUAL_DAYS, Wanted, make_token, revoke, scope_of, token_of
from tests.accounts import PASSWORD, fresh_client, make_person, signed_in, with_totp
from tests.web.trialing import NAME, NOW, Running, text_of

pytestmark = pytest.mark.django_db
HERE, NEW, REVOKE = "/accounts/tokens/", f"/accounts/tokens/new/{NAME}/", "/accounts/tokens/revoke/"
FORM = {"name": "Nightly export", "held": "monitor:", "writes": "no", "days": "90"}
READS = Wanted("tests", NAME, (Held(Role.MONITOR),), writes=False)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("tokens")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EQUIPOISE_HOME", str(home))
        yield Running(home)


@pytest.fixture
def monitor() -> Person:
    return with_totp(make_person("monitor"))


@pytest.fixture
def browser(monitor: Person) -> Client:
    return signed_in(monitor)


def token_in(response: Any) -> str:
    found = re.search(rf"{PREFIX}[\w-]+", text_of(response))
    assert found, "no token is shown"
    return found[0]


def told() -> list[str]:
    return list(Told.objects.filter(kind__startswith="access-token").order_by("id").values_list("kind", flat=True))


def test_a_token_is_made_shown_once_and_kept_as_a_hash(running: Running, browser: Client, monitor: Person) -> None:
    made = browser.post(NEW, FORM)
    secret = token_in(made)
    assert made["Cache-Control"].find("no-store") >= 0
    (kept,) = AccessToken.objects.all()
    assert kept.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret.removeprefix(PREFIX) not in str(AccessToken.objects.values())
    assert len(secret.removeprefix(PREFIX)) == 43, "256 bits"
    assert (kept.person, kept.trial, kept.writes, kept.used) == (monitor, NAME, False, None)
    assert scope_of(kept) == (Held(Role.MONITOR),)
    assert datetime.timedelta(days=90) == kept.ends - kept.made
    listed = text_of(browser.get(HERE))
    assert "Nightly export" in listed
    assert PREFIX not in listed
    assert told() == ["access-token-made"]
    assert secret not in str(Told.objects.values())


def test_making_one_asks_again_who_it_is(running: Running, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.web.accounts.confirm.REAUTHENTICATION_TIMEOUT", -1)
    asked = browser.post(NEW, FORM)
    assert "Confirm that it is you" in text_of(asked)
    assert not AccessToken.objects.exists()
    wrong = browser.post(NEW, {**FORM, "confirm-asked": "POST", "confirm-password": "wrong"})
    assert wrong.status_code == 400
    monkeypatch.setattr("equipoise.web.accounts.confirm.REAUTHENTICATION_TIMEOUT", 300)
    assert token_in(browser.post(NEW, {**FORM, "confirm-asked": "POST", "confirm-password": PASSWORD}))


def test_forged_forms_make_and_revoke_nothing(running: Running, monitor: Person) -> None:
    make_token(monitor, running.trial, READS, None)
    strict = signed_in(monitor, client=Client(enforce_csrf_checks=True, headers={"host": "localhost"}))
    assert strict.post(NEW, FORM).status_code == 403
    assert strict.post(REVOKE, {"one": AccessToken.objects.get().pk}).status_code == 403
    assert AccessToken.objects.get().is_live


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "is missing"),
        ({"name": "x" * 81}, "longer than 80"),
        ({"held": ""}, "is not a role"),
        ({"held": []}, "were not chosen"),
        ({"held": "sponsor:"}, "Dr Monitor Weiss is not sponsor operations"),
        ({"held": "monitor:77"}, "is not monitor at site 77"),
        ({"held": "nobody:"}, "is not a role"),
        ({"days": "366"}, "are 1 to 365"),
        ({"days": "0"}, "are 1 to 365"),
        ({"days": "-1"}, "are 1 to 365"),
        ({"days": "²"}, "are 1 to 365"),
    ],
)
def test_more_than_one_holds_is_refused_and_what_was_typed_stays(
    running: Running, browser: Client, change: dict[str, Any], words: str
) -> None:
    refused = browser.post(NEW, {**FORM, **change})
    assert refused.status_code == 400
    assert words in text_of(refused)
    if "name" not in change:
        assert "Nightly export" in text_of(refused)
    assert not AccessToken.objects.exists()


def test_a_role_at_all_sites_may_be_cut_to_one(running: Running, browser: Client) -> None:
    browser.post(NEW, {**FORM, "site": "02"})
    assert scope_of(AccessToken.objects.get()) == (Held(Role.MONITOR, "02"),)


def test_a_role_at_a_site_cannot_become_one_at_all(running: Running) -> None:
    coordinator = with_totp(make_person("coordinator-01"))
    for held in (Held(Role.COORDINATOR), Held(Role.COORDINATOR, "02")):
        with pytest.raises(Refused, match="is not site coordinator"):
            make_token(coordinator, running.trial, Wanted("x", NAME, (held,), writes=True), None)


def test_a_trial_without_a_role_is_not_there(running: Running, browser: Client) -> None:
    for trial in ("NONE", "small", "%00"):
        assert browser.get(f"/accounts/tokens/new/{trial}/").status_code == 404
    stranger = signed_in(make_person("stranger"))
    assert stranger.get(NEW).status_code == 404
    assert stranger.post(NEW, FORM).status_code == 404
    assert "in which you have a role today" in text_of(stranger.get(HERE))


def test_nobody_has_too_many(running: Running, monitor: Person) -> None:
    for _ in range(MOST_LIVE):
        make_token(monitor, running.trial, READS, None)
    with pytest.raises(Refused, match="Revoke one"):
        make_token(monitor, running.trial, READS, None)
    AccessToken.objects.filter(pk=AccessToken.objects.latest("pk").pk).update(ends=timezone.now())
    make_token(monitor, running.trial, READS, None)


def test_who_uses_it_is_noted_by_the_day(running: Running, monitor: Person) -> None:
    secret = make_token(monitor, running.trial, READS, None)
    assert token_of(secret) is not None
    assert AccessToken.objects.get().used == timezone.now().date()
    for wrong in (
        "",
        PREFIX,
        secret[:-1],
        secret.removeprefix(PREFIX),
        secret.upper(),
        hashlib.sha256(secret.encode()).hexdigest(),
    ):
        assert token_of(wrong) is None


def test_a_person_revokes_their_own_and_nobody_elses(running: Running, browser: Client, monitor: Person) -> None:
    secret = make_token(monitor, running.trial, READS, None)
    number = AccessToken.objects.get().pk
    other = signed_in(make_person("sponsor"))
    assert other.post(REVOKE, {"one": number}).status_code == 404
    for odd in ("", "x", "0", "-1", "9" * 30, "²"):
        assert browser.post(REVOKE, {"one": odd}).status_code == 404, odd
    assert browser.get(REVOKE).status_code == 405
    assert token_of(secret)
    assert browser.post(REVOKE, {"one": number})["Location"] == HERE
    assert token_of(secret) is None
    assert "Revoked" in text_of(browser.get(HERE))
    revoke(AccessToken.objects.get(), None)
    assert told() == ["access-token-made", "access-token-revoked"], "told once"


def test_an_administrator_of_accounts_revokes_anybodys_and_is_told_of_no_trial(
    running: Running, monitor: Person
) -> None:
    secret = make_token(monitor, running.trial, READS, None)
    boss = signed_in(make_person("boss", administrator=True))
    page = "/accounts/people/monitor/tokens/"
    shown = text_of(boss.get(page))
    assert "tests" in shown
    assert NAME not in shown
    assert "monitor</h1>" not in shown
    assert NAME not in text_of(boss.get("/accounts/people/monitor/"))
    number = AccessToken.objects.get().pk
    assert boss.post("/accounts/people/boss/tokens/", {"one": number}).status_code == 404
    assert boss.post(page, {"one": number})["Location"] == page
    assert token_of(secret) is None
    last = Told.objects.latest("id")
    assert (last.kind, last.person, last.by) == ("access-token-revoked", "monitor", "boss")


def test_every_page_for_nobody_a_person_and_an_administrator(running: Running, browser: Client) -> None:
    boss = signed_in(make_person("boss", administrator=True))
    for page, person, administrator in (
        (HERE, 200, 200),
        (NEW, 200, 404),
        ("/accounts/people/monitor/tokens/", 404, 200),
        ("/accounts/people/nobody/tokens/", 404, 404),
    ):
        assert fresh_client().get(page).status_code == 302
        assert fresh_client().post(page).status_code == 302
        assert browser.get(page).status_code == person, page
        assert boss.get(page).status_code == administrator, page
    assert fresh_client().post(REVOKE, {"one": 1}).status_code == 302


def test_without_a_second_factor_nobody_comes_so_far(running: Running) -> None:
    person = make_person("monitor")
    half = signed_in(person, second=False)
    for page in (HERE, NEW):
        assert half.get(page)["Location"] == "/accounts/second-factor/"
    assert half.post(NEW, FORM)["Location"] == "/accounts/second-factor/"
    secret = make_token(person, running.trial, READS, None)
    assert token_of(secret) is None


def test_a_role_given_later_does_not_widen_a_token(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shutil.copytree(running.home, tmp_path / "home")
    monkeypatch.setenv("EQUIPOISE_HOME", str(home))
    mine = running.copied(home)
    coordinator = with_totp(make_person("coordinator-01"))
    wanted = Wanted("x", NAME, (Held(Role.COORDINATOR, "01"),), writes=False)
    secret = make_token(coordinator, mine.trial, wanted, None)
    day = NOW.date()
    for role, site in ((Role.COORDINATOR, "02"), (Role.INVESTIGATOR, "01")):
        mine.ask(do.GrantRole("coordinator-01", "Site coordinator 01", role, day, day, site=site), Role.ADMINISTRATOR)
    program = Client(headers={"host": "localhost", "authorization": f"Bearer {secret}"})
    assert program.get(f"/api/trials/{NAME}").json()["roles"] == [{"role": "coordinator", "site": "01"}]
    assert program.get(f"/api/trials/{NAME}/participants/{running.foreign}").status_code == 404


def test_a_closed_account_opened_again_has_no_token_left(running: Running, browser: Client, monitor: Person) -> None:
    secrets = [make_token(monitor, running.trial, READS, None) for _ in range(2)]
    link = make_link(monitor, None)
    revoke(AccessToken.objects.earliest("pk"), None)
    boss = signed_in(make_person("boss", administrator=True))
    boss.post("/accounts/people/monitor/", {"do": "deactivate"})
    monitor.refresh_from_db()
    with pytest.raises(Refused, match="The account of Dr Monitor Weiss: is closed"):
        make_token(monitor, running.trial, READS, None)
    boss.post("/accounts/people/monitor/", {"do": "activate"})
    monitor.refresh_from_db()
    assert monitor.is_active
    assert [token_of(secret) for secret in secrets] == [None, None]
    assert person_of(link.rstrip("/").rpartition("/")[2]) is None
    assert told() == ["access-token-made"] * 2 + ["access-token-revoked"] * 2, "each is told once"
    assert token_of(make_token(monitor, running.trial, READS, None)) is not None


Say = Callable[..., str]


@pytest.fixture
def say(running: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """``equipoise account``, as its own program hears it."""
    monkeypatch.setattr("equipoise.web.accounts.prepare.prepare", lambda home: None)

    def said(*words: str) -> str:
        monkeypatch.setattr(
            "equipoise.cli.accounts.os.execv", lambda _, argv: monkeypatch.setattr(sys, "argv", argv[2:])
        )
        monkeypatch.setattr(sys, "argv", ["equipoise", "account", *words])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        assert stopped.value.code in (0, None), capsys.readouterr().err
        program()
        return capsys.readouterr().out

    return said


MAKE = ("token", "make", "monitor", "--trial", NAME, "--for", "Nightly export")


def test_the_command_line_makes_lists_and_revokes_what_the_page_does(say: Say, monitor: Person) -> None:
    assert say("token", "list", "monitor") == "Dr Monitor Weiss has none.\n"
    secret = say(*MAKE, "--role", "monitor").splitlines()[-1]
    token = token_of(secret)
    assert token is not None
    assert (scope_of(token), token.writes, token.name) == ((Held(Role.MONITOR),), False, "Nightly export")
    assert token.ends - token.made == datetime.timedelta(days=USUAL_DAYS)
    say(*MAKE, "--role", "monitor:01", "--role", "monitor:02", "--writes", "--days", "7")
    other = AccessToken.objects.latest("pk")
    assert scope_of(other) == (Held(Role.MONITOR, "01"), Held(Role.MONITOR, "02"))
    assert (other.writes, other.ends - other.made) == (True, datetime.timedelta(days=7))
    assert "is revoked" in say("token", "revoke", "monitor", str(token.pk))
    assert token_of(secret) is None
    first, second = say("token", "list", "monitor").splitlines()
    assert first.startswith(f"{token.pk}\tNightly export\tSMALL\tMonitor\treads\t")
    assert first.endswith("\trevoked")
    assert "\tMonitor at 01, Monitor at 02\treads and writes\t" in second
    assert second.endswith("\tnever used\tin force")
    assert PREFIX not in first + second
    assert set(Told.objects.filter(kind__startswith="access-token").values_list("by", flat=True)) == {"command-line"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((*MAKE, "--role", "sponsor"), "A token: Dr Monitor Weiss is not sponsor operations of all sites."),
        ((*MAKE, "--role", "monitor:77"), "is not monitor at site 77"),
        ((*MAKE, "--role", "nobody"), "nobody: is not a role"),
        ((*MAKE, "--role", "monitor", "--days", "366"), "are 1 to 365"),
        ((*MAKE, "--role", "monitor", "--trial", "NONE"), "NONE: is not a trial kept here. There are: SMALL."),
        (("token", "revoke", "monitor", "99"), "Number 99: is no token of theirs. List them: equipoise account token"),
        (("token", "list", "stranger"), "nobody's user name"),
    ],
)
def test_the_command_line_refuses_what_the_page_refuses(
    say: Say, monitor: Person, words: tuple[str, ...], why: str
) -> None:
    with pytest.raises(SystemExit, match=re.escape(why)):
        say(*words)
    assert not AccessToken.objects.exists()


def test_nobody_revokes_a_token_under_another_name(say: Say, running: Running, monitor: Person) -> None:
    make_person("sponsor")
    make_token(monitor, running.trial, READS, None)
    with pytest.raises(SystemExit, match="is no token of theirs"):
        say("token", "revoke", "sponsor", str(AccessToken.objects.get().pk))
    assert AccessToken.objects.get().is_live
