"""Could I join, and the reading desk, in a real browser: the whole way, with and without scripts."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import DESK, PHONE, overflow, sign_in, violations
from tests.serving import add_office_person, serving

JOIN = "/studies/NCT06455449/join/"
READ_BY_PROGRAM = "/studies/NCT99000004/join/"
CALCULATORS = ("eular-acr-2017", "tis", "imacs-improvement", "imacs-core-set", "mmt-8", "haq-di")
PAGES = {
    "question": JOIN,
    "all": JOIN + "?all=1",
    "result-so-far": JOIN + "?result=1&near=Los+Angeles",
    "place-unknown": JOIN + "?result=1&near=Nowhereville",
    "read-by-program": READ_BY_PROGRAM + "?all=1",
    "instruments": "/instruments/",
    **{name: f"/instruments/{name}/" for name in CALCULATORS},
}
LIGHTS = ("light", "dark")


def test_a_person_learns_on_jasmines_page_whether_she_could_join(page: Page, axe: Axe) -> None:
    # Given somebody with dermatomyositis on JASMINE's page
    page.goto("/studies/NCT06455449/")
    page.get_by_role("link", name="Could I join?").first.click()
    # When she answers what she is asked, one question at a time
    asked = 0
    while is_asking(page):
        asked += 1
        assert asked <= 15
        expect(page.get_by_label("Not sure", exact=True)).to_be_visible()
        answer(page)
        page.get_by_role("button", name="Next").click()
    # Then she reads a reasoned result, what to do next, and may wipe it all
    expect(page.get_by_role("heading", name="It looks likely that you could join")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Only the study team can decide.")
    expect(page.locator("main")).to_contain_text("University of California Irvine")
    expect(page.get_by_role("button", name="Print this summary")).to_be_visible()
    page.get_by_text("criteria met").click()
    expect(page.get_by_text("Weighs at least 40 kg and at most 100 kg.")).to_be_visible()
    assert violations(axe, page) == []
    assert page.url.endswith(JOIN)
    page.get_by_role("button", name="Wipe all my answers").click()
    expect(page.get_by_text("Question 1 of at most")).to_be_visible()


def is_asking(page: Page) -> bool:
    """Once the page has come: its form, or its result."""
    page.locator(".asking, .outcome-card").first.wait_for()
    return page.get_by_role("button", name="Next").count() > 0


def begin(page: Page) -> None:
    """JASMINE's questions, as far as which of its diseases one has."""
    page.goto(JOIN)
    while not page.get_by_label(re.compile("^Polymyositis")).count():
        number = page.locator(".progress").inner_text()
        answer(page)
        page.get_by_role("button", name="Next").click()
        expect(page.locator(".progress")).not_to_have_text(number)


def answer(page: Page) -> None:
    legend = page.locator("legend").inner_text()
    if "old are you" in legend:
        page.get_by_label("Years").fill("54")
    elif "your weight" in legend:
        page.get_by_label("Number").fill("70")
    elif "sex" in legend:
        page.get_by_label("Female").check()
    elif page.get_by_label("None of these").count():
        wanted = page.get_by_label(re.compile("^(Dermatomyositis|Oral prednisone)"))
        (wanted.first if wanted.count() else page.get_by_label("None of these")).check()
    else:
        agrees = "doctor said" in legend or "guidance on contraception" in legend
        page.get_by_label("Yes" if agrees else "No", exact=True).check()


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_pass_axe_and_fit_their_screen(page: Page, axe: Axe, name: str) -> None:
    page.goto(PAGES[name])
    assert violations(axe, page) == []
    assert overflow(page) <= 0
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("name", ["question", "result-so-far", "read-by-program", "eular-acr-2017", "tis"])
def test_the_dark_scheme_passes_axe_on_these_pages_too(browser: Browser, site: str, axe: Axe, name: str) -> None:
    context = browser.new_context(viewport=DESK, base_url=site, color_scheme="dark")
    page = context.new_page()
    page.goto(PAGES[name])
    found = violations(axe, page)
    context.close()
    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_these_pages_are_not_cut_at_320_pixels(browser: Browser, site: str, axe: Axe, name: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, base_url=site)
    page = context.new_page()
    page.goto(PAGES[name])
    over, found = overflow(page), violations(axe, page)
    context.close()
    assert over <= 0
    assert found == []


def test_targets_are_large_enough_to_touch(page: Page) -> None:
    page.goto(JOIN)
    for part in page.locator(".choice, .asking button, .asking .buttons a, .question summary").all():
        box = part.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_a_mistake_leads_back_to_its_question(page: Page, axe: Axe) -> None:
    page.goto(JOIN)
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#problems")).to_be_focused()
    assert page.title().startswith("Problem: ")
    assert violations(axe, page) == []
    page.get_by_role("link", name="No number was given.").click()
    expect(page.locator("fieldset.question")).to_be_focused()


def test_none_of_these_stands_alone(page: Page) -> None:
    begin(page)
    first, none = page.get_by_label(re.compile("^Polymyositis")), page.get_by_label("None of these")
    first.check()
    none.check()
    expect(first).not_to_be_checked()
    first.check()
    expect(none).not_to_be_checked()
    page.get_by_label("Not sure", exact=True).check()
    expect(first).to_be_checked()


def test_back_reload_and_changing_an_answer(page: Page) -> None:
    begin(page)
    page.get_by_label("Not sure", exact=True).check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Question 4 of at most")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Question 4 of at most")).to_be_visible()
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.get_by_label("Not sure", exact=True)).to_be_checked()
    page.get_by_label("None of these").check()
    page.get_by_label("Not sure", exact=True).uncheck()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="By your answers, this study is unlikely to fit")).to_be_visible()
    page.go_back()
    page.go_forward()
    expect(page.get_by_role("heading", name="By your answers, this study is unlikely to fit")).to_be_visible()
    page.get_by_text("What you told us: 3 answers").click()
    page.get_by_role("link", name="Change").last.click()
    expect(page.get_by_label("None of these")).to_be_checked()


def test_everything_works_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=PHONE, base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(JOIN)
    while is_asking(page):
        answer(page)
        page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="It looks likely that you could join")).to_be_visible()
    expect(page.get_by_role("button", name="Print this summary")).to_be_hidden()
    context.close()


def test_the_result_can_be_printed_with_its_reasons(page: Page) -> None:
    begin(page)
    page.get_by_label("None of these").check()
    page.get_by_role("button", name="Next").click()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Wipe all my answers")).to_be_hidden()
    expect(page.get_by_text('Has "probable" or "definite" PM or DM').first).to_be_visible()
    expect(page.get_by_text("Only the study team can decide.")).to_be_visible()


@pytest.mark.parametrize("fits", ["None of these", "Not sure"])
def test_every_kind_of_result_passes_axe(page: Page, axe: Axe, fits: str) -> None:
    begin(page)
    page.get_by_label(fits, exact=True).check()
    page.get_by_role("button", name="Next").click()
    page.goto(JOIN + "?result=1")
    for folded in page.locator("details").all():
        folded.evaluate("one => one.open = true")
    assert violations(axe, page) == []
    assert overflow(page) <= 0


def test_the_results_of_calculators_pass_axe(page: Page, axe: Axe) -> None:
    page.goto("/instruments/eular-acr-2017/")
    page.get_by_role("group", name="Heliotrope rash").get_by_label("Yes").check()
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#result")).to_be_visible()
    found = violations(axe, page)
    page.goto("/instruments/tis/")
    page.locator("main [type=text]").first.fill("heavy")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#problems")).to_be_visible()
    found += violations(axe, page)
    assert found == []
    assert overflow(page) <= 0


@pytest.mark.parametrize(("size", "screen"), [(PHONE, "phone"), (DESK, "desk")], ids=["phone", "desk"])
def test_pictures_of_could_i_join(
    browser: Browser,
    site: str,
    show: Callable[[Page, str], None],
    size: ViewportSize,
    screen: str,
) -> None:
    context = browser.new_context(viewport=size, base_url=site)
    page = context.new_page()
    page.goto(JOIN)
    asked = 0
    while is_asking(page):
        asked += 1
        if asked == 3:
            show(page, f"join-question-{screen}")
        answer(page)
        page.get_by_role("button", name="Next").click()
    show(page, f"join-result-{screen}")
    context.close()


# The reading desk


@pytest.fixture(scope="module")
def staff_site(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[str]:
    import shutil

    own = tmp_path_factory.mktemp("staff") / "home"
    shutil.copytree(home, own)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EQUIPOISE_MFA", "optional")
        add_office_person(own)
        with serving(own) as address:
            yield address


def at_the_desk(context: BrowserContext, study: str) -> Page:
    page = context.new_page()
    page.goto(f"/staff/reading/{study}/")
    sign_in(page)
    return page


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("width", [320, 1280])
def test_the_desk_passes_axe(browser: Browser, staff_site: str, axe: Axe, width: int, light: str) -> None:
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, base_url=staff_site, color_scheme=light)  # type: ignore[arg-type]
    page = context.new_page()
    page = at_the_desk(context, "NCT06455449")
    found = violations(axe, page)
    page.get_by_role("button", name="Try", exact=True).click()
    found += violations(axe, page)
    over = overflow(page)
    page.goto("/staff/")
    found += violations(axe, page)
    context.clear_cookies()
    context.close()
    assert found == []
    assert over <= 0


def test_a_picture_of_the_reading_desk(
    browser: Browser, staff_site: str, axe: Axe, show: Callable[[Page, str], None]
) -> None:
    context = browser.new_context(viewport=DESK, base_url=staff_site)
    page = at_the_desk(context, "NCT06455449")
    show(page, "reading-desk")
    page.get_by_label("A person").fill("born: nonsense")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator("#problems")).to_be_visible()
    assert violations(axe, page) == []
    context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_a_person_settles_what_the_program_could_not_read(browser: Browser, staff_site: str, scripts: bool) -> None:
    context = browser.new_context(viewport=DESK, base_url=staff_site, java_script_enabled=scripts)
    study = "NCT99000004" if scripts else "NCT99000005"
    # Given somebody of the study office at the desk of a study nobody has settled
    page = at_the_desk(context, study)
    expect(page.get_by_text("Nobody has settled them yet.")).to_be_visible()
    one = page.locator("#E1")
    # When she makes a mistake, nothing is lost
    one.get_by_text("Settle it").click()
    one.get_by_label("As an expression (JSON)").fill('{"kind": "nonsense"}')
    one.get_by_role("button", name="Save this expression").click()
    expect(one.get_by_label("As an expression (JSON)")).to_have_value('{"kind": "nonsense"}')
    expect(one.locator(".why-wrong").first).to_contain_text("Invalid value")
    # And when she puts it plainly
    one.get_by_label("In plain words, to be read again").fill("Psoriasis")
    one.get_by_role("button", name="Read these words and save").click()
    # Then it is read so, under her name
    expect(page.get_by_text("Dr Ada Weiss").first).to_be_visible()
    expect(page.locator("#E1 .english")).to_have_text(re.compile("psoriasis", re.IGNORECASE))
    expect(page.locator("#versions").locator("..")).to_contain_text("in use")
    context.close()
