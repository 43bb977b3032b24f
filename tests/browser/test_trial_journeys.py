"""Four people at work on the JASMINE demonstration: each does their own, and sees what is theirs to see."""

import datetime
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from equipoise.actions.demonstration import Demonstration
from equipoise.actions.opening import open_trials
from equipoise.conduct.protocol.reading import read_protocol
from equipoise.examples import jasmine_protocol
from tests.browser.conftest import DESK, PHONE, faults
from tests.serving import serving

PASSWORD = "three quiet brown foxes"
SITE = "101"
PEOPLE = ("coordinator-101", "investigator-101", "assessor-101", "pharmacist-101")
EVERYWHERE = ("monitor", "sponsor", "statistician", "independent-statistician", "safety-officer", "administrator")
ACCOUNTS = """
import sys
from pathlib import Path
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "equipoise.web.settings"
from equipoise.web.accounts.prepare import prepare
prepare(Path(os.environ["EQUIPOISE_HOME"]))
from equipoise.web.accounts.people import add_person
for name in sys.argv[2:]:
    who = f"{name} (demonstration)"
    person = add_person(name, who, f"{name}@example.org", office=False, administrator=False, request=None)
    person.set_password(sys.argv[1])
    person.save()
"""


@pytest.fixture(scope="module")
def trial_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """JASMINE as it stands after some months at twelve sites, with an account for each role."""
    home = tmp_path_factory.mktemp("trial")
    now = datetime.datetime.now(datetime.UTC)
    protocol = read_protocol(jasmine_protocol())
    lived = Demonstration(open_trials(home, {}), protocol, random.Random(2))
    lived.run(now - datetime.timedelta(days=120), now, 14)
    command = [sys.executable, "-c", ACCOUNTS, PASSWORD, *PEOPLE, *EVERYWHERE]
    subprocess.run(command, env=os.environ | {"EQUIPOISE_HOME": str(home)}, check=True)
    return home


@pytest.fixture(scope="module")
def trial_site(trial_home: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EQUIPOISE_MFA", "optional")
        with serving(trial_home) as address:
            yield address


class Staff:
    """Opens a browser for one person after another."""

    def __init__(self, browser: Browser, site: str, size: dict[str, int]) -> None:
        self.browser, self.site, self.size = browser, site, size
        self.opened: list[BrowserContext] = []

    def page(self, name: str, *, scripts: bool = True, dark: bool = False) -> Page:
        context = self.browser.new_context(
            viewport=self.size,
            base_url=self.site,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
        )
        self.opened.append(context)
        page = context.new_page()
        page.goto("/staff/trials/")
        page.get_by_label(re.compile("user name", re.IGNORECASE)).fill(name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("link", name="JASMINE").click()
        return page


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def staff(browser: Browser, trial_site: str, request: pytest.FixtureRequest) -> Iterator[Staff]:
    made = Staff(browser, trial_site, request.param)
    yield made
    for context in made.opened:
        context.close()


def section(page: Page, name: str) -> None:
    menu = page.locator(".trial-narrow > summary")
    if menu.is_visible():
        menu.click()
    page.locator(".trial-head").get_by_role("link", name=name, exact=True).and_(page.locator(":visible")).click()


def taken_in(page: Page) -> str:
    """A new person with consent; the number."""
    section(page, "Participants")
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Given name").fill("Mara")
    page.get_by_label("Family name").fill("Lindqvist")
    page.get_by_role("button", name="Add them to the log").click()
    number = re.search(rf"{SITE}-\d+", page.get_by_role("heading", level=1).inner_text())
    assert number
    page.get_by_role("link", name="Record consent").click()
    page.get_by_label(re.compile("Version 2.0")).check()
    anywhere = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=12)
    page.get_by_label("Day they signed").fill(anywhere.date().isoformat())
    page.get_by_role("button", name="Record consent").click()
    return number[0]


def screened(page: Page) -> None:
    """Every criterion said to be in favour, with what it rests on."""
    page.get_by_role("link", name="Screen", exact=True).click()
    for radio in page.locator("input[name^='met-'][value='true']").all():
        radio.check()
    for field in page.locator("input[name^='evidence-']").all():
        field.fill("Seen in the record")
    page.get_by_role("button", name="Record this screening").click()


def randomised(page: Page) -> str:
    """The kit number shown."""
    page.get_by_role("link", name="Randomise", exact=True).click()
    page.get_by_label("Dermatomyositis").check()
    page.get_by_label("Not taken").check()
    page.get_by_role("button", name=re.compile("Randomise")).click()
    return page.locator(".kit").inner_text()


def test_a_coordinator_screens_randomises_and_sees_a_kit_number_and_no_arm(
    staff: Staff, axe: Axe, show: Callable[[Page, str], None]
) -> None:
    # Given a person in the chair who has consented
    page = staff.page("coordinator-101")
    number = taken_in(page)
    assert faults(axe, page) == []
    # When the coordinator answers one question
    page.get_by_role("link", name="Screen", exact=True).click()
    assert faults(axe, page) == []
    criterion = page.locator("#criterion-I1")
    criterion.get_by_role("textbox").first.fill("80")
    criterion.get_by_role("textbox").first.press("Tab")
    # Then the verdict stands beside the criterion at once, and the rest is untouched
    expect(criterion.locator(".verdict")).to_have_text("Not met")
    criterion.get_by_role("textbox").first.fill("54")
    criterion.get_by_role("textbox").first.press("Tab")
    expect(criterion.locator(".verdict")).to_have_text("Met")
    show(page, f"trial-screening-{'phone' if staff.size == PHONE else 'desk'}")
    page.goto(page.url.replace("screening/", ""))
    # When every criterion is settled and the person is randomised
    screened(page)
    expect(page.get_by_text("Eligible", exact=True)).to_be_visible()
    other = page.context.new_page()
    other.goto(page.get_by_role("link", name="Randomise", exact=True).evaluate("link => link.href"))
    kit = randomised(page)
    # Then there is a kit number, and no arm anywhere
    assert re.fullmatch(r"\d{7}", kit)
    assert faults(axe, page) == []
    show(page, f"trial-randomised-{'phone' if staff.size == PHONE else 'desk'}")
    assert not re.search("anifrolumab|placebo", page.locator("main").inner_text(), re.IGNORECASE)
    # And sent once more from another tab, it shows the same kit
    other.get_by_label("Polymyositis", exact=True).check()
    other.get_by_label("Taken", exact=True).check()
    other.get_by_role("button", name=re.compile("Randomise")).click()
    expect(other.locator(".kit")).to_have_text(kit)
    expect(other.get_by_role("heading", level=1)).to_contain_text(number)


def test_without_scripts_the_same_is_done(browser: Browser, trial_site: str) -> None:
    staff = Staff(browser, trial_site, PHONE)
    page = staff.page("coordinator-101", scripts=False)
    # Given a person who has consented
    taken_in(page)
    page.get_by_role("link", name="Screen", exact=True).click()
    # When an answer is given and worked out
    page.locator("#criterion-I1").get_by_role("textbox").first.fill("54")
    page.get_by_role("button", name="Work out").click()
    # Then the criterion is settled, and folded away within reach
    expect(page.locator("#criterion-I1 .verdict")).to_have_text("Met")
    expect(page.locator("#criterion-I1 details")).not_to_have_attribute("open", "")
    page.goto(page.url.replace("screening/", ""))
    screened(page)
    assert re.fullmatch(r"\d{7}", randomised(page))
    staff.opened[0].close()


def test_an_investigator_signs_and_breaks_the_code_and_sees_the_arm_once(
    staff: Staff, axe: Axe, show: Callable[[Page, str], None]
) -> None:
    # Given a randomised person in an emergency
    coordinator = staff.page("coordinator-101")
    number = taken_in(coordinator)
    screened(coordinator)
    randomised(coordinator)
    page = staff.page("investigator-101")
    page.goto(page.url + f"participants/{number}/")
    assert faults(axe, page) == []
    page.get_by_role("link", name="Break the code").click()
    assert faults(axe, page) == []
    show(page, f"trial-break-{'phone' if staff.size == PHONE else 'desk'}")
    # When the investigator gives reason and signature
    page.get_by_label("Yes, and I need to know now").check()
    page.get_by_label("Why you need to know").fill("Anaphylaxis")
    page.get_by_role("button", name="Break the code").click()
    # Then nothing is shown without the signature, and what was typed stays
    expect(page.get_by_role("alert")).to_contain_text("Your password: nothing is filled in")
    expect(page.get_by_label("Why you need to know")).to_have_value("Anaphylaxis")
    page.get_by_label("Your user name").fill("investigator-101")
    page.get_by_label("Your password").fill("not mine")
    page.get_by_role("button", name="Break the code").click()
    expect(page.get_by_role("alert")).to_contain_text("is not right")
    expect(page.get_by_label("Your user name")).to_have_value("investigator-101")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Break the code").click()
    expect(page.locator(".figure")).to_have_text(re.compile("anifrolumab|placebo", re.IGNORECASE))
    arm = page.locator(".figure").inner_text()
    assert faults(axe, page) == []
    # And on coming back, or reloading, it is gone, and the form says that it was broken
    page.get_by_role("link", name="Close this, and go on").click()
    for again in (page.go_back, page.reload):
        again()
        expect(page.get_by_text("This code was broken already")).to_be_visible()
        expect(page.locator(".big-answer")).to_have_count(0)
        assert arm not in page.locator("main").inner_text()
    # And the sponsor reads that it happened, not what it is
    sponsor = staff.page("sponsor")
    expect(sponsor.get_by_text("A code was broken").first).to_be_visible()
    assert arm not in sponsor.locator(".notice").first.inner_text()


def test_an_investigator_signs_a_form(staff: Staff, axe: Axe) -> None:
    # Given a form that waits for a signature
    page = staff.page("investigator-101")
    section(page, "To do")
    assert faults(axe, page) == []
    page.get_by_role("link", name=re.compile("is to be signed")).first.click()
    assert faults(axe, page) == []
    # When it is signed with name and password
    page.get_by_label("Your user name").fill("investigator-101")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign", exact=True).click()
    # Then the page says by whom
    expect(page.get_by_text(re.compile("Signed by"))).to_be_visible()


def test_an_assessor_fills_in_the_core_set_and_sees_no_adverse_event(
    staff: Staff, axe: Axe, show: Callable[[Page, str], None]
) -> None:
    # Given a participant whose baseline is due
    coordinator = staff.page("coordinator-101")
    number = taken_in(coordinator)
    screened(coordinator)
    randomised(coordinator)
    page = staff.page("assessor-101")
    trial = page.url
    # When the assessor opens the core set and mistypes one muscle
    page.goto(f"{trial}participants/{number}/visits/baseline/forms/assessment/1/")
    for field in page.locator(".field.line input").all():
        field.fill("7")
    page.get_by_label("Deltoid, right").fill("70")
    page.get_by_role("button", name="Save").click()
    # Then the summary leads to it, and the rest is kept
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("Deltoid, right")).to_be_focused()
    expect(page.get_by_label("Deltoid, left")).to_have_value("7")
    assert faults(axe, page) == []
    page.get_by_label("Deltoid, right").fill("6")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    show(page, f"trial-form-{'phone' if staff.size == PHONE else 'desk'}")
    # And nowhere is there a word of safety
    page.goto(f"{trial}participants/{number}/")
    expect(page.get_by_role("link", name="Safety", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="Report an adverse event")).to_have_count(0)
    assert page.goto(f"{trial}safety/").status == 403  # type: ignore[union-attr]


def test_a_monitor_reads_the_audit_trail_and_raises_a_query(
    staff: Staff, axe: Axe, show: Callable[[Page, str], None]
) -> None:
    # Given a monitor before the trail
    page = staff.page("monitor")
    show(page, f"trial-overview-{'phone' if staff.size == PHONE else 'desk'}")
    section(page, "Audit trail")
    expect(page.locator(".moments li").first).to_be_visible()
    assert faults(axe, page) == []
    show(page, f"trial-audit-{'phone' if staff.size == PHONE else 'desk'}")
    # When they go to a form that was filled in, and ask
    section(page, "Participants")
    page.get_by_role("combobox", name="Where they stand").select_option("Randomised")
    page.get_by_role("button", name="Show").click()
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="Baseline, first injection").click()
    page.get_by_role("link", name="Vital signs and weight").click()
    page.get_by_role("link", name="Raise a query").click()
    assert faults(axe, page) == []
    page.get_by_label("Your question").fill("Is the pulse right?")
    page.get_by_role("button", name="Ask").click()
    # Then it stands among the queries
    section(page, "Queries")
    expect(page.get_by_text("Is the pulse right?").first).to_be_visible()
    assert faults(axe, page) == []


SECTIONS = {
    "coordinator-101": ("", "participants/", "participants/new/", "work/", "kits/", "exports/", "people/", "closing/"),
    "monitor": ("", "participants/", "kits/", "safety/", "queries/?show=all", "audit/"),
    "pharmacist-101": ("", "kits/", "kits/101/", "assignments/", "protocol/"),
    "sponsor": ("", "protocol/", "protocol/amend/", "people/sites/new/", "people/sites/101/"),
    "statistician": ("", "closing/", "closing/freeze/", "exports/"),
    "safety-officer": ("safety/",),
    "administrator": ("", "people/", "people/roles/new/"),
    "independent-statistician": ("assignments/", "protocol/"),
}


@pytest.mark.parametrize("name", SECTIONS)
def test_every_page_can_be_read_by_everybody_light_and_dark(name: str, staff: Staff, axe: Axe) -> None:
    for dark in (False, True):
        page = staff.page(name, dark=dark)
        trial = page.url
        wrong = {}
        for path in SECTIONS[name]:
            answer = page.goto(trial + path)
            assert answer
            found = [] if answer.status == 200 else [str(answer.status)]
            found += faults(axe, page)
            if found:
                wrong[path] = found
        assert wrong == {}, dark


def test_the_pages_of_a_participant_light_and_dark(staff: Staff, axe: Axe) -> None:
    for name, paths in {
        "investigator-101": ("", "events/new/", "end/", "medication/", "deviation/", "endorse/", "stratum/"),
        "coordinator-101": (
            "visits/baseline/",
            "visits/week-1/",
            "visits/baseline/forms/questionnaire/1/",
            "return-kit/",
        ),
    }.items():
        for dark in (False, True):
            page = staff.page(name, dark=dark)
            section(page, "Participants")
            page.get_by_role("combobox", name="Where they stand").select_option("Randomised")
            page.get_by_role("button", name="Show").click()
            page.locator("tbody th a").first.click()
            one = page.url
            wrong = {}
            for path in paths:
                answer = page.goto(one + path)
                assert answer
                found = [] if answer.status == 200 else [str(answer.status)]
                found += faults(axe, page)
                if found:
                    wrong[path] = found
            assert wrong == {}, dark
