"""Pictures: well formed, safe under a strict policy, equal for every arm, honest about what is expected."""

import datetime
import re
from xml.etree import ElementTree

import pytest

from equipoise import examples
from equipoise.studies.read import read_study
from equipoise.studies.record import Study
from equipoise.web.pictures.arms import draw_arms
from equipoise.web.pictures.globe import Point
from equipoise.web.pictures.map import Dot, draw_map, draw_maps
from equipoise.web.pictures.mark import draw_mark
from equipoise.web.pictures.svg import NARROW, WIDE
from equipoise.web.pictures.timeline import draw_timeline
from tests.making import record

TODAY = datetime.date(2026, 11, 22)
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert(1)</script> & "quotes" ]]> \x00\ud7ff'


@pytest.fixture(scope="module")
def sample() -> list[Study]:
    return [read_study(raw) for raw in examples.sample()]


def dots_of(study: Study) -> tuple[Dot, ...]:
    sites = (site for site in study.locations if site.geo_point)
    return tuple(
        Dot(site.geo_point.lat, site.geo_point.lon, site.status == "RECRUITING", site.city or "") for site in sites
    )


def every_picture(study: Study) -> list[str]:
    drawn = [draw(width) for width in (WIDE, NARROW) for draw in _drawers(study)]
    return [picture for picture in drawn if picture]


def _drawers(study: Study):  # type: ignore[no-untyped-def]
    yield lambda width: draw_arms(study, width=width)
    yield lambda width: draw_timeline(study, TODAY, width=width)
    yield lambda width: draw_map(dots_of(study), width=width)


def assert_sound(picture: str) -> None:
    root = ElementTree.fromstring(picture)
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None
    for part in root.iter():
        assert part.tag.removeprefix(SVG) in {
            *("svg", "g", "path", "rect", "circle", "text", "tspan", "title", "desc", "a"),
        }
        assert not {name for name in part.attrib if name == "style" or name.startswith("on")}


def test_every_picture_of_the_sample_is_sound(sample: list[Study]) -> None:
    for study in sample:
        for picture in every_picture(study):
            assert_sound(picture)


def test_every_picture_of_the_real_records_is_sound(real_records: list[bytes]) -> None:
    for raw in real_records[::5]:
        for picture in every_picture(read_study(raw)):
            assert_sound(picture)


def test_hostile_words_stay_words() -> None:
    arms = {"armGroups": [{"label": HOSTILE[:-2], "type": HOSTILE[:-2], "interventionNames": [HOSTILE[:-2]]}] * 2}
    picture = draw_arms(read_study(record(1, armsInterventionsModule=arms)))
    assert_sound(picture)
    assert "<script" not in picture
    assert_sound(draw_map((Dot(1, 1, open=True, label=HOSTILE, href='/"><script>'),)))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_arms_are_drawn_equal(sample: list[Study], width: int) -> None:
    for study in sample:
        cards = re.findall(r'class="pic-card" width="([\d.]+)" height="([\d.]+)"', draw_arms(study, width=width))
        assert len(cards) == len(study.arms)
        assert len(set(cards)) <= 1, study.nct_id


def test_the_mark_stands_where_chance_divides_and_only_there(sample: list[Study]) -> None:
    for study in sample:
        picture = draw_arms(study)
        by_chance = study.design.design_info.allocation == "RANDOMIZED" and len(study.arms) > 1
        assert ("pic-mark" in picture) is by_chance, study.nct_id


def test_jasmine_shows_who_gets_what_and_who_is_masked(sample: list[Study]) -> None:
    picture = draw_arms(sample[0])
    assert picture.count('r="9"') == 3
    assert picture.count("pic-band") == 4
    assert "240 estimated" in picture


def test_a_study_without_arms_or_dates_has_no_picture() -> None:
    bare = read_study(record(1))
    assert draw_arms(bare) == draw_timeline(bare, TODAY) == ""
    assert "No sites with known coordinates" in draw_map(())


def test_what_is_expected_is_hollow(sample: list[Study]) -> None:
    picture = draw_timeline(sample[0], TODAY)
    assert picture.count("pic-expected") == 1
    assert "4 August 2028 (expected)" in picture


def test_every_site_is_counted_on_the_map(sample: list[Study]) -> None:
    many = next(study for study in sample if len(study.locations) == 444)
    dots = dots_of(many)
    picture = draw_map(dots)
    assert f"{len(dots)} sites" in picture
    shown = re.findall(r"<title>(?:(\d+) sites: )?", picture)[1:]
    assert sum(int(count) if count else 1 for count in shown) == len(dots)
    assert len(picture) < 80_000


def test_open_and_closed_differ_in_shape() -> None:
    picture = draw_map((Dot(48, 2, open=True, label="Paris"), Dot(52, 13, open=False, label="Berlin")))
    assert "Paris (open)" in picture
    assert "Berlin (not open now)" in picture
    assert {"pic-open", "pic-closed"} <= set(re.findall(r'r="6" class="([\w-]+)"', picture))


def test_places_across_the_date_line_stand_side_by_side() -> None:
    fiji, samoa = Dot(-17.8, 179.9, open=True, label="Fiji"), Dot(-17.8, -179.2, open=True, label="Far Fiji")
    picture = draw_map((fiji, samoa), here=Point(-17.8, 179.5, "here"))
    assert "Fiji" in picture
    assert "Far Fiji" in picture


def test_one_map_for_a_desk_and_one_for_a_phone() -> None:
    both = draw_maps((Dot(48, 2, open=True, label="Paris"),))
    assert both.count("picture-wide") == both.count("picture-narrow") == 1


def test_the_mark_is_an_ornament_unless_named() -> None:
    assert 'aria-hidden="true"' in draw_mark()
    assert "<title>Equipoise</title>" in draw_mark(name="Equipoise")
