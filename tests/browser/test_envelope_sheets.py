"""Sealed code breaks as Chromium prints them: one sheet a page of A4, and nothing over the folds, however long."""

import datetime
import re
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from equipoise.actions.custody import Keeper
from equipoise.actions.envelopes import make_envelopes, order_envelopes
from equipoise.conduct.log import Context
from equipoise.conduct.protocol.model import Emergency
from tests.living import EVE, Living, opened
from tests.trials import PROTOCOL

LONG = msgspec.structs.replace(
    PROTOCOL,
    title="A randomised, double-blind, placebo-controlled study of the efficacy and safety of a medicine given under "
    "the skin once a week together with standard care in adults with active polymyositis or dermatomyositis, " * 7,
    emergency=Emergency(
        contact="+44 20 7946 0999 by day, +44 20 7946 0998 at night and on holidays; ask for the duty doctor"
    ),
    sites=tuple(
        msgspec.structs.replace(
            site, label=f"University Hospital of Saint Somebody, Department of Rheumatology {site.id}"
        )
        for site in PROTOCOL.sites
    ),
    kits=msgspec.structs.replace(
        PROTOCOL.kits,
        kinds=tuple(
            msgspec.structs.replace(
                kind, holds=f"{kind.holds}, 150 mg in 0.8 ml, pre-filled pens for injection under the skin"
            )
            for kind in (PROTOCOL.kits.kinds if PROTOCOL.kits else ())
        ),
    ),
)


@pytest.fixture
def sheets(tmp_path: Path) -> Path:
    with opened(tmp_path / "home", {}) as trials:
        Living(trials, LONG, each=1)
        assert isinstance(trials.custodian, Keeper)
        context = Context(by=EVE, at=datetime.datetime.now(datetime.UTC), reason="to look at them")
        order_envelopes(trials, LONG.id, context)
        make_envelopes(trials.log, trials.custodian._sealed, LONG.id, tmp_path / "sheets", context)
    return tmp_path / "sheets"


@pytest.fixture
def paper(browser: Browser) -> Page:
    page = browser.new_page()
    page.emulate_media(media="print")
    return page


def printed(page: Page, file: Path) -> bytes:
    page.goto(file.as_uri())
    return page.pdf(prefer_css_page_size=True, print_background=True)


def test_one_sheet_is_one_page_of_a4(paper: Page, sheets: Path) -> None:
    pdf = printed(paper, sheets / "site-01.html")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == paper.locator(".sheet").count() > 1
    widths = {tuple(map(round, map(float, box.split()[2:]))) for box in re.findall(rb"/MediaBox \[([^\]]+)\]", pdf)}
    assert widths == {(595, 842)}


def test_nothing_runs_over_a_fold_or_the_edge(paper: Page, sheets: Path) -> None:
    paper.goto((sheets / "site-01.html").as_uri())
    over = paper.evaluate(
        "[...document.querySelectorAll('.panel, .panel .column, .after > div')].filter("
        "one => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1).length"
    )
    assert over == 0
    heights = paper.evaluate("[...document.querySelectorAll('.panel')].map(one => one.offsetHeight / 96 * 25.4)")
    assert all(abs(height - 99) < 0.5 for height in heights)


def test_a_kit_is_one_line_of_the_list_under_a_heading_on_every_page(paper: Page, sheets: Path) -> None:
    paper.goto((sheets / "list.html").as_uri())
    paper.set_viewport_size({"width": 794, "height": 1123})
    assert paper.locator("thead").evaluate("one => getComputedStyle(one).display") == "table-header-group"
    heights = paper.evaluate("[...document.querySelectorAll('tr:has(td)')].map(one => one.offsetHeight / 96 * 25.4)")
    assert len(heights) == 30
    assert max(heights) < 10
