"""Pictures of a running trial: they tell the counts in words too, and stay well-formed whatever a reason says."""

import datetime
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from equipoise.conduct.roles import Role
from equipoise.conduct.views.flow import FailedCriterion, flow
from equipoise.conduct.views.recruitment import recruitment
from equipoise.web.pictures.flow import boxes, draw_flow
from equipoise.web.pictures.recruitment import draw_recruitment
from equipoise.web.pictures.svg import NARROW, WIDE
from tests.large import DAY, large_trial, viewer
from tests.web.trialing import LOG, Running, browser, text_of

SPONSOR = viewer(Role.SPONSOR)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_flow_tells_each_of_its_boxes_in_words(width: int) -> None:
    seen = flow(large_trial(), SPONSOR)
    drawn = ET.fromstring(draw_flow(seen, width=width))
    told = drawn.find("{http://www.w3.org/2000/svg}desc")
    assert told is not None
    headings = [box.heading for box in boxes(seen)]
    assert headings[0] == "Assessed for eligibility: 360"
    assert all(heading in str(told.text) for heading in headings)
    assert "Randomised: 240" in headings
    assert drawn.get("width") == str(width)


def test_the_flow_names_no_arm() -> None:
    drawn = draw_flow(flow(large_trial(), SPONSOR))
    labels = [arm.label for arm in large_trial().protocol.arms]
    assert not any(label in drawn for label in labels)


@pytest.mark.django_db
def test_every_criterion_that_was_not_met_is_on_the_overview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    Running(tmp_path)
    found = tuple(FailedCriterion(f"I{number}", "words", 20 - number) for number in range(12))
    monkeypatch.setattr("equipoise.conduct.views.recruitment.failed_criteria", lambda *_: found)
    page = text_of(browser(Role.SPONSOR).get(LOG))
    first, more = page.split("<summary>2 further criteria, for 10 people or fewer each</summary>")
    assert [re.findall(r'<th scope="row">I(\d+) ', part) for part in (first, more)] == [
        [*map(str, range(10))],
        ["10", "11"],
    ]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_curve_ends_at_all_who_were_randomised(width: int) -> None:
    seen = recruitment(large_trial(), SPONSOR, DAY)
    drawn = draw_recruitment(seen, width=width)
    ET.fromstring(drawn)
    assert "240 randomised by 1 September 2027; planned" in drawn
    lines = re.search(r'class="pic-curve" d="([^"]+)"', drawn)
    assert lines
    assert lines[1].count("V") == len({day.day for day in seen.days if day.randomised})


def test_before_the_second_day_there_is_no_curve() -> None:
    first = recruitment(large_trial(), SPONSOR, datetime.date(2026, 3, 2))
    assert draw_recruitment(first) == ""
