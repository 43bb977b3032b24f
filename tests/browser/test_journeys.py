"""What people come to do, from the first page to the last."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, PHONE, faults, overflow, violations

JASMINE = "/studies/NCT06455449/"
MANY_SITES = "/studies/NCT99000001/"
PAGES = {
    "home": "/",
    "results": "/search/?q=dermatomyositis&near=Los+Angeles&age=54",
    "results-nothing": "/search/?q=xyzzyplugh",
    "results-wrong": "/search/?q=myositis&age=700&near=Nowhereville",
    "results-unknown-place": "/search/?q=myositis&near=Los+Angelos",
    "results-state": "/search/?q=DM&near=California",
    "results-everything": "/search/",
    "study": JASMINE,
    "study-218-sites": MANY_SITES + "?near=Paris",
    "study-444-sites": "/studies/NCT99000002/",
    "study-not-there": "/studies/NCT00000001/",
    "history": "/studies/NCT99000003/history/",
    "compare": "/compare/?id=NCT06455449&id=NCT99000001",
    "compare-four": "/compare/?id=NCT06455449&id=NCT99000001&id=NCT99000003&id=NCT99000007&near=California",
    "saved": "/saved/",
    "locations": "/locations/",
    "country": "/locations/United-States/",
    "region": "/locations/United-States/California/",
    "city": "/locations/United-States/California/Irvine/",
    "conditions": "/conditions/",
    "sponsors": "/sponsors/",
    "about": "/about-this-data/",
    "glossary": "/glossary/",
}


def test_a_person_finds_jasmine_and_its_nearest_open_site_in_three_clicks(page: Page) -> None:
    # Given somebody with dermatomyositis, aged 54, in Los Angeles
    page.goto("/")
    page.get_by_label("Condition, treatment or other words", exact=True).fill("dermatomyositis")
    page.get_by_label("Near", exact=True).fill("Los Angeles")
    page.get_by_label("Age", exact=True).fill("54")
    # When they search, and open what they find first
    page.get_by_role("button", name="Search", exact=True).click()
    first = page.locator("ol.hits > li, .hits li").first
    expect(first).to_contain_text("JASMINE")
    expect(first).to_contain_text("University of California Irvine")
    first.get_by_role("link").first.click()
    # Then they read its page, and where the nearest open site is
    expect(page.get_by_role("heading", level=1)).to_contain_text("Anifrolumab")
    page.get_by_role("link", name="Locations").and_(page.locator("[href*='#locations']")).first.click()
    sites = page.locator("#locations")
    expect(sites).to_contain_text("Irvine")
    expect(sites).to_contain_text("Enrolling")
    expect(sites).to_contain_text("km")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_passes_axe_and_fits_its_screen(page: Page, axe: Axe, name: str) -> None:
    page.goto(PAGES[name])
    assert faults(axe, page) == []
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("name", ["home", "results", "results-unknown-place", "compare-four", "country", "study"])
def test_at_320_pixels_nothing_is_cut(browser: Browser, site: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, base_url=site)
    page = context.new_page()
    page.goto(PAGES[name])
    over = overflow(page)
    context.close()
    assert over <= 0


@pytest.mark.parametrize("name", ["home", "results", "study"])
def test_the_dark_scheme_passes_axe(browser: Browser, site: str, axe: Axe, name: str) -> None:
    context = browser.new_context(viewport=DESK, base_url=site, color_scheme="dark")
    page = context.new_page()
    page.goto(PAGES[name])
    found = violations(axe, page)
    context.close()
    assert found == []


def test_the_whole_way_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=DESK, base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Condition, treatment or other words", exact=True).fill("dermatomyositis")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("h1")).to_contain_text("dermatomyositis")
    page.get_by_label("Enrolling").first.check()
    page.get_by_role("button", name="Show results").first.click()
    expect(page.get_by_role("link", name="JASMINE").first).to_be_visible()
    page.get_by_role("link", name="JASMINE").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Anifrolumab")
    context.close()


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("results")])
def test_without_scripts_the_results_fit_a_phone(browser: Browser, site: str, name: str) -> None:
    context = browser.new_context(viewport=PHONE, base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGES[name])
    over = overflow(page)
    context.close()
    assert over <= 0


def test_a_filter_ticked_on_a_phone_stays_where_the_finger_is(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=PHONE, base_url=site)
    page = context.new_page()
    page.goto("/search/?q=depression")
    box = page.locator(".filters [name=status][value=COMPLETED]")
    box.scroll_into_view_if_needed()
    before = box.bounding_box()
    box.check()
    expect(page).to_have_url(re.compile("status=COMPLETED"))
    expect(page.locator(".answer[aria-busy]")).to_have_count(0)
    after = page.locator(".filters [name=status][value=COMPLETED]").bounding_box()
    context.close()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 3


def test_a_study_saved_in_the_browser_is_there_again(page: Page) -> None:
    page.goto(JASMINE)
    page.get_by_role("button", name="Save").first.click()
    page.goto("/saved/")
    expect(page.locator("main")).to_contain_text("JASMINE")


def test_a_misspelt_word_is_mended_with_one_click(page: Page) -> None:
    page.goto("/search/?q=dermatomyosits")
    page.get_by_role("link", name="dermatomyositis").first.click()
    expect(page.locator("main")).to_contain_text("JASMINE")


def test_added_words_are_shown_and_can_be_switched_off(page: Page) -> None:
    page.goto("/search/?q=heart+attack")
    expect(page.locator("main")).to_contain_text("myocardial infarction", ignore_case=True)
    page.goto("/search/?q=heart+attack&synonyms=off")
    expect(page.locator("main")).not_to_contain_text("also searched", ignore_case=True)


def test_an_impossible_age_leads_back_to_its_field(page: Page) -> None:
    response = page.goto("/search/?q=myositis&age=700")
    assert response is not None
    assert response.status == 400
    problem = page.get_by_role("link", name="Age must be").first
    problem.click()
    expect(page.locator("input[name=age]")).to_be_focused()


def test_the_fictional_are_marked_wherever_they_stand(page: Page) -> None:
    page.goto("/search/?q=dermatomyositis")
    rows = page.locator("ol.hits > li, .hits > li")
    for row in rows.all():
        if "NCT99" in row.inner_text():
            expect(row).to_contain_text("Fictional study")
    page.goto(MANY_SITES)
    expect(page.locator("main")).to_contain_text("fictional")


@pytest.mark.parametrize("size", [(1280, 860, "desk"), (390, 844, "phone")], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ["home", "results", "study"])
def test_screenshots_for_the_docs_can_be_taken(
    browser: Browser, site: str, name: str, size: tuple[int, int, str], show: Callable[[Page, str], None]
) -> None:
    width, height, screen = size
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=site)
    page = context.new_page()
    page.goto(PAGES[name])
    show(page, f"{name}-{screen}")
    context.close()
