"""Long lists of a trial, a page at a time: nothing twice, nothing lost, in one order, and without scripts."""

import datetime
import re
import shutil
from pathlib import Path

import pytest
from django.http import HttpRequest, QueryDict
from django.test import Client

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.roles import Role
from equipoise.web.staff.trials.paging import PER_PAGE, page_of
from tests.web.trialing import LOG, NOW, Running, browser, text_of

pytestmark = pytest.mark.django_db
MANY = PER_PAGE + 5


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """More queries, adverse events and roles than a page has."""
    running = Running(tmp_path_factory.mktemp("paged"))
    one, day = running.randomised, NOW.date()
    for number in range(MANY):
        asked = do.RaiseQuery(one, "baseline", "vitals", words=f"Question {number}", field="")
        running.ask(asked, Role.MONITOR, at=NOW)
        began = day - datetime.timedelta(days=number % 7)
        told = did.AdverseEvent(
            f"Event {number}", began, day, did.Severity.MILD, did.Causality.RELATED, did.Outcome.RECOVERING
        )
        running.ask(do.ReportAdverseEvent(one, told), Role.INVESTIGATOR)
        grant = do.GrantRole(f"user{number}", f"User {number}", Role.MONITOR, day, day)
        running.ask(grant, Role.ADMINISTRATOR)
    return running


@pytest.fixture
def running(made: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    home = tmp_path / "home"
    shutil.copytree(made.home, home)
    monkeypatch.setenv("EQUIPOISE_HOME", str(home))
    return made.copied(home)


def asked(text: str) -> HttpRequest:
    request = HttpRequest()
    request.GET = QueryDict(text)
    return request


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 1), ("page=2", 2), ("page=99", 3), ("page=0", 1), ("page=-1", 1), ("page=²", 1), ("page=x", 1)],
)
def test_the_page_asked_for_or_the_nearest(text: str, number: int) -> None:
    page = page_of(asked(text), range(25), per_page=10)
    assert (page.number, page.pages, page.count) == (number, 3, 25)
    assert list(page.items) == list(range(25))[10 * number - 10 : 10 * number]


def test_nothing_is_one_empty_page() -> None:
    page = page_of(asked("page=7"), ())
    assert (page.items, page.number, page.pages, page.count) == ((), 1, 1, 0)


def walked(client: Client, path: str, row: str) -> list[str]:
    """What the rows say, page after page, by the link to the next."""
    found: list[str] = []
    while path:
        answer = client.get(path)
        assert answer.status_code == 200
        text = answer.content.decode()
        found += re.findall(row, text)
        onward = re.search(r'href="(\?[^"]*)">More</a>', text)
        path = path.partition("?")[0] + onward[1].replace("&amp;", "&") if onward else ""
    return found


@pytest.mark.parametrize(
    ("role", "path", "row"),
    [
        (Role.MONITOR, "queries/", r">Question (\d+)<"),
        (Role.MONITOR, "queries/?show=all", r">Question (\d+)<"),
        (Role.COORDINATOR, "work/", r"Question (\d+)<span"),
        (Role.STATISTICIAN, "work/", r"Question (\d+)<span"),
        (Role.INVESTIGATOR, "safety/", r">Event (\d+)</a>"),
        (Role.SPONSOR, "people/", r'<th scope="row">User (\d+)</th>'),
    ],
)
def test_every_row_once_over_the_pages(running: Running, role: Role, path: str, row: str) -> None:
    found = walked(browser(role), LOG + path, row)
    assert sorted(map(int, found)) == list(range(MANY))


def test_the_counts_are_of_all_pages(running: Running) -> None:
    client = browser(Role.MONITOR)
    open_queries = len(running.trial.open_queries())
    assert f"{open_queries} open queries, page 1 of 2" in text_of(client.get(f"{LOG}queries/"))
    safety = text_of(client.get(f"{LOG}safety/"))
    assert f'<p class="figure">{MANY + 2}</p>' in safety


def test_what_waits_for_others_is_open_where_its_pages_are_turned(running: Running) -> None:
    client = browser(Role.STATISTICIAN)
    assert f"{MANY + 2}</span>" not in text_of(client.get(f"{LOG}work/"))
    assert ", page 1 of 3</span>" in text_of(client.get(f"{LOG}work/"))
    assert '<details class="more" open>' in text_of(client.get(f"{LOG}work/?others-query=2"))


def test_reactions_have_pages_of_their_own(running: Running) -> None:
    page = text_of(browser(Role.INVESTIGATOR).get(f"{LOG}safety/?page=2&reactions=1"))
    assert "Redness" in page
    assert len(re.findall(r">(?:Event \d+|Headache)</a>", page)) == MANY + 1 - PER_PAGE
