"""A person's first day: a link, a password, a second factor, all without scripts; a passkey; adding the next person."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.accounts import totp_code
from tests.browser.conftest import DESK, PHONE, faults
from tests.serving import serving

PASSWORD = "three quiet brown foxes"
SHOTS = Path(os.environ["ACCOUNT_SHOTS"]) if "ACCOUNT_SHOTS" in os.environ else None


@pytest.fixture(scope="module")
def staff_home(home: Path) -> Path:
    return home


@pytest.fixture(scope="module")
def staff_site(staff_home: Path) -> Iterator[str]:
    """By its name: a passkey belongs to a name, not to a number."""
    _account(staff_home, "list")
    with serving(staff_home) as address:
        yield address.replace("127.0.0.1", "localhost")


def _account(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "equipoise.web.accounts", *arguments]
    environment = os.environ | {"EQUIPOISE_HOME": str(home), "EQUIPOISE_ADDRESS": ""}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def add(home: Path, name: str, *flags: str) -> str:
    """The path of the link that sets the person's password."""
    given = ("--email", f"{name}@example.org", "--full-name", f"Dr {name.title()} Weiss")
    return re.search(r"/accounts/link/\S+", _account(home, "add", name, *given, *flags))[0]  # type: ignore[index]


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    held: dict[str, int] = request.param
    return held


@pytest.fixture
def context(browser: Browser, staff_site: str, size: dict[str, int]) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=size, base_url=staff_site)
    yield made
    made.close()


def look(page: Page, axe: Axe, name: str) -> None:
    """No rule of accessibility is broken, and nothing stands out of the page."""
    assert faults(axe, page) == []
    if SHOTS:
        page.screenshot(path=SHOTS / f"{name}-{page.viewport_size['width']}.png", full_page=True)  # type: ignore[index]


def set_password(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/sign-in/")
    page.get_by_label("User name or e-mail address").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def arrive(page: Page, path: str) -> None:
    page.wait_for_url(lambda url: urlsplit(url).path == path)


def give_code(page: Page, code: str, button: str) -> None:
    page.get_by_label(re.compile("^Code")).fill(code)
    page.get_by_role("button", name=button).click()


def set_up_app(page: Page) -> tuple[str, str]:
    """The seed, read off the page as a person would, and the code given."""
    page.goto("/accounts/second-factor/app/")
    seed = page.locator(".key-text").inner_text().replace(" ", "")
    code = totp_code(seed)
    give_code(page, code, "Use this app")
    return seed, code


def test_must_07_the_first_day_without_scripts(
    browser: Browser, staff_home: Path, staff_site: str, size: dict[str, int]
) -> None:
    name = f"noel{size['width']}"
    link = add(staff_home, name, "--office")
    context = browser.new_context(viewport=size, base_url=staff_site, java_script_enabled=False)
    page = context.new_page()
    set_password(page, link)
    assert "Your password is set" in page.content()
    sign_in(page, name)
    page.goto("/staff/trials/")
    assert page.url.endswith("/accounts/second-factor/")
    assert page.get_by_text("Set one up to go on.").is_visible()
    _, used = set_up_app(page)
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    page.goto("/accounts/")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, name)
    give_code(page, used, "Sign in")
    assert page.get_by_role("heading", name="Your account", level=1).count() == 0
    give_code(page, codes[0], "Sign in")
    assert page.get_by_role("heading", name="Your account", level=1).is_visible()
    page.goto(link)
    assert "This link no longer works" in page.content()
    assert page.locator("form[data-passkey]:visible").count() == 0
    context.close()


def with_authenticator(context: BrowserContext) -> Page:
    """A page in a browser that holds a device of its own for passkeys."""
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return page


def test_a_passkey_signs_in_alone_and_beside_a_password(
    context: BrowserContext, staff_home: Path, size: dict[str, int]
) -> None:
    name = f"pia{size['width']}"
    page = with_authenticator(context)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    set_password(page, add(staff_home, name))
    sign_in(page, name)
    page.goto("/accounts/second-factor/passkeys/add/")
    page.get_by_label("A name for it").fill("Ward laptop")
    page.get_by_role("button", name="Add the passkey").click()
    arrive(page, "/accounts/second-factor/codes/")
    page.goto("/accounts/second-factor/passkeys/")
    assert page.get_by_role("link", name="Rename Ward laptop").is_visible()

    page.goto("/accounts/")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/sign-in/?next=/accounts/sessions/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    arrive(page, "/accounts/sessions/")
    assert page.get_by_text("This browser").is_visible()

    page.goto("/accounts/confirm/passkey/?next=/accounts/second-factor/")
    page.get_by_role("button", name="Use your passkey").click()
    arrive(page, "/accounts/second-factor/")

    page.goto("/accounts/")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, name)
    assert page.get_by_role("heading", name="Second factor").is_visible()
    page.get_by_role("button", name="Use a passkey").click()
    arrive(page, "/accounts/")
    assert complaints == []


def test_a_browser_without_the_passkey_is_told_so(context: BrowserContext) -> None:
    page = with_authenticator(context)
    page.goto("/accounts/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The browser gave no passkey").wait_for(timeout=90_000)


def test_a_person_is_asked_before_the_session_ends(
    context: BrowserContext, staff_home: Path, size: dict[str, int], axe: Axe
) -> None:
    name = f"tove{size['width']}"
    page = context.new_page()
    set_password(page, add(staff_home, name))
    sign_in(page, name)
    page.clock.install()
    page.goto("/accounts/password/")
    page.get_by_label("Your password now").fill("half written")
    asked = page.get_by_role("dialog", name="Are you still there?")
    page.clock.fast_forward("27:50")
    assert asked.count() == 0
    page.clock.fast_forward("00:15")
    asked.wait_for()
    look(page, axe, "stay")
    page.get_by_role("button", name="Stay signed in").click()
    asked.wait_for(state="hidden")
    assert page.get_by_label("Your password now").input_value() == "half written"
    page.clock.fast_forward("28:05")
    asked.wait_for()
    context.clear_cookies()
    page.get_by_role("button", name="Stay signed in").click()
    page.get_by_text("You are signed out already").wait_for()


def test_every_page_can_be_used_by_everybody(
    context: BrowserContext, staff_home: Path, size: dict[str, int], axe: Axe
) -> None:
    name = f"rosa{size['width']}"
    page = context.new_page()
    link = add(staff_home, name, "--administrator")
    page.goto("/accounts/sign-in/")
    look(page, axe, "sign-in")
    page.goto("/accounts/password/forgotten/")
    look(page, axe, "forgotten")
    page.goto(link)
    look(page, axe, "set-password")
    set_password(page, link)
    page.get_by_label("User name or e-mail address").fill(name)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    look(page, axe, "sign-in-wrong")
    sign_in(page, name)
    page.goto("/accounts/second-factor/")
    look(page, axe, "second-factor-first")
    page.goto("/accounts/second-factor/app/")
    look(page, axe, "app")
    seed, _ = set_up_app(page)
    look(page, axe, "codes")
    paths = {
        "account": "",
        "sessions": "sessions/",
        "password": "password/",
        "second-factor": "second-factor/",
        "passkeys": "second-factor/passkeys/",
        "passkey-add": "second-factor/passkeys/add/",
        "app-remove": "second-factor/app/remove/",
        "codes-again": "second-factor/codes/",
        "people": "people/",
        "person-add": "people/add/",
        "person": f"people/{name}/",
    }
    for shot, path in paths.items():
        page.goto(f"/accounts/{path}")
        look(page, axe, shot)
    page.goto("/accounts/people/add/")
    page.get_by_label("User name").fill(f"next{size['width']}")
    page.get_by_label("Full name").fill("Cleo Park")
    page.get_by_label("E-mail address").fill(f"next{size['width']}@example.org")
    page.get_by_role("button", name="Add").click()
    assert page.get_by_role("heading", name="A link for Cleo Park").is_visible()
    look(page, axe, "person-link")
    page.goto("/accounts/")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, name)
    look(page, axe, "second-step")
    give_code(page, totp_code(seed, later=1), "Sign in")
    assert page.get_by_role("heading", name="Your account", level=1).is_visible()
