"""A coordinator screens the hospital's records for JASMINE, on a phone and at a desk."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, PHONE, faults, sign_in
from tests.hospital import OLD_MAN, WOMAN, write_hospital
from tests.serving import add_office_person, serving

PAGE = "/staff/screen/NCT06455449/"
PEOPLE = 12 * [f"{WOMAN}; weight 80 kg 2024-03-01"] + 38 * [f"{WOMAN}; weight 105 kg 2024-03-01"] + 20 * [OLD_MAN]


@pytest.fixture(scope="module")
def hospital(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = write_hospital(tmp_path_factory.mktemp("hospital") / "omop.duckdb", PEOPLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EQUIPOISE_MFA", "optional")
        patch.setenv("EQUIPOISE_WAREHOUSE", f"duckdb:{path}")
        own = tmp_path_factory.mktemp("office") / "home"
        shutil.copytree(home, own)
        add_office_person(own)
        with serving(own) as address:
            yield address


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def staff(browser: Browser, hospital: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport=request.param, base_url=hospital)
    page = context.new_page()
    page.goto(PAGE)
    sign_in(page)
    yield page
    context.close()


def test_a_coordinator_learns_what_the_limit_of_weight_costs(staff: Page, axe: Axe) -> None:
    # Given the page of a study, with a form and nothing asked yet
    expect(staff.get_by_role("heading", level=1)).to_have_text("Screening for JASMINE")
    assert faults(axe, staff) == []
    # When she screens for a day, by keyboard
    staff.get_by_label("Day of screening").fill("2024-06-30")
    staff.get_by_label("Day of screening").press("Enter")
    # Then she reads how many there are, and where they are lost
    expect(staff.get_by_role("heading", name="70 people")).to_be_in_viewport()
    weight = staff.get_by_role("listitem").filter(has_text="Weighs at least 40 kg")
    expect(weight.first).to_contain_text("12 left")
    expect(weight.first).to_contain_text("38 lost")
    assert faults(axe, staff) == []
    # When she asks what a higher limit would bring
    field = staff.locator("[id='dial-I2.high']")
    field.get_by_label("Upper limit (kg)").fill("110")
    field.get_by_role("button", name="Try").click()
    # Then the answer stands in view, beside the number
    expect(field).to_contain_text("+38 people")
    expect(field).to_be_in_viewport()
    assert faults(axe, staff) == []
    # And those that lose most come first where she wants it so, on the same assumptions
    staff.get_by_role("link", name="Those that lose most first").click()
    expect(staff.locator(".funnel li").first).to_contain_text("Weighs at least 40 kg")
    expect(staff.get_by_label("Day of screening")).to_have_value("2024-06-30")


def test_a_picture_of_the_screen(browser: Browser, hospital: str, show: Callable[[Page, str], None]) -> None:
    context = browser.new_context(viewport=DESK, base_url=hospital)
    page = context.new_page()
    page.goto(f"{PAGE}?at=2024-06-30")
    sign_in(page)
    page.goto(f"{PAGE}?at=2024-06-30&number=I2.high&to=110")
    page.locator("#attrition").evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top - 24)")
    show(page, "screen-desk")
    context.close()


def test_a_number_that_cannot_be_leads_back_to_its_field(staff: Page, axe: Axe) -> None:
    staff.goto(f"{PAGE}?at=2024-06-30&number=I2.high&to=heavy")
    assert faults(axe, staff) == []
    staff.get_by_role("link", name="Upper limit (kg), I2").click()
    expect(staff.locator("[id='to-I2.high']")).to_be_focused()
