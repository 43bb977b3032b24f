"""A real browser on the real site, over the bundled sample."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from equipoise.actions.examples import load_examples
from equipoise.actions.library import Library
from tests.accounts import PASSWORD
from tests.serving import serving

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    library = Library.open(home)
    load_examples(library, at="2026-11-01T00:00:00+00:00")
    library.close()
    return home


@pytest.fixture(scope="session")
def site(home: Path) -> Iterator[str]:
    with serving(home) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each file: while it is open, Django takes the thread for an asynchronous one."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if not found:
        pytest.skip(f"NO BROWSER: none of {', '.join(BROWSERS)} is installed; `make browser` tries to")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def page(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh page on a phone and on a desk. Anything asked of another host fails the test."""
    context = browser.new_context(viewport=request.param, base_url=site)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []
    assert [text for text in complaints if "status of 4" not in text] == []


SHOWN = Path(__file__).parents[2] / "docs" / "screenshots"


@pytest.fixture
def show(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Takes a picture of what a page shows, and with ``--screenshots`` renews the one in the docs."""

    def show(page: Page, name: str) -> None:
        picture = page.screenshot()
        assert picture[:4] == b"\x89PNG"
        if request.config.getoption("--screenshots"):
            SHOWN.mkdir(parents=True, exist_ok=True)
            (SHOWN / f"{name}.png").write_bytes(picture)

    return show


def sign_in(page: Page, name: str = "ada", password: str = PASSWORD) -> None:
    page.get_by_label(re.compile("user name", re.IGNORECASE)).fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()


def violations(axe: Axe, page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, in words."""
    page.wait_for_load_state()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
    return [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes'][:3]]}" for one in found]


def faults(axe: Axe, page: Page) -> list[str]:
    """What axe finds, and whether anything stands out of the page."""
    return violations(axe, page) + (["wider than its screen"] if overflow(page) > 0 else [])


def overflow(page: Page) -> int:
    """Pixels by which the page, once there, is wider than its screen."""
    page.wait_for_load_state()
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
