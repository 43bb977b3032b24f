"""Maps: what is framed, what is joined, what is clipped, and how large the drawing is."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from equipoise.studies.read import read_study
from equipoise.web.pictures.dots import clustered
from equipoise.web.pictures.globe import KM_A_DEGREE, WORLD, Frame, Point, View, circle
from equipoise.web.pictures.land import draw_land
from equipoise.web.pictures.map import Dot, draw_map
from equipoise.web.pictures.outlines import country_names, level_for, outlines
from equipoise.web.pictures.svg import NARROW, WIDE

FRAMES = {
    "world": WORLD,
    "United States": Frame(-125, 24, -66, 50),
    "Europe": Frame(-12, 34, 40, 62),
    "Boston": Frame.around([(42.36, -71.06)]),
    "Pacific": Frame.around([(35, 139), (37, -122), (-33, 151)]),
    "Arctic": Frame.around([(78.2, 15.6)]),
}


def every_dot(real_records: list[bytes]) -> list[Dot]:
    studies = (read_study(raw) for raw in real_records)
    sites = (site for study in studies for site in study.locations if site.geo_point)
    return [
        Dot(site.geo_point.lat, site.geo_point.lon, place % 3 > 0, site.facility or "", place=site.city or "")
        for place, site in enumerate(sites)
    ]


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_land_stays_on_the_picture_and_small(name: str, width: float) -> None:
    view = View.fit(FRAMES[name], width)
    drawn = draw_land(view)
    assert len(drawn) < 45_000
    for path in re.findall(r' d="([^"]+)"', drawn):
        for x, y, steps in re.findall(r"M(-?\d+) (-?\d+)l([^zM]+)", path):
            numbers = np.array([int(step) for step in re.findall(r"-?\d+", steps)]).reshape(-1, 2)
            points = np.concatenate([[[int(x), int(y)]], numbers]).cumsum(axis=0) / 10
            assert (points >= -0.2).all()
            assert (points <= np.array([view.width, view.height]) + 0.2).all()


def test_a_single_place_is_framed_by_at_least_three_hundred_kilometres() -> None:
    frame = Frame.around([(42.36, -71.06)])
    assert (frame.north - frame.south) * KM_A_DEGREE >= 300
    view = View.fit(frame, WIDE)
    assert view.width * view.km_a_pixel > 300


def test_places_on_both_sides_of_the_date_line_are_framed_across_it() -> None:
    frame = Frame.around([(-17.7, 178.1), (-13.8, -171.8)])
    assert frame.west < 180 < frame.east
    assert frame.east - frame.west < 20


def test_places_all_over_the_globe_are_framed_by_the_world() -> None:
    assert Frame.around([(42, -71), (48, 2), (35, 139), (-33, 151)]) == WORLD


def test_a_circle_is_everywhere_as_far_as_it_says() -> None:
    rim = circle(60, 20, 500)
    lon, lat = np.radians(rim).T
    here = np.radians([20, 60])
    cosine = np.sin(here[1]) * np.sin(lat) + np.cos(here[1]) * np.cos(lat) * np.cos(lon - here[0])
    assert np.degrees(np.arccos(cosine)) * KM_A_DEGREE == pytest.approx(np.full(len(rim), 500))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_dot_covers_another_and_none_is_lost(real_records: list[bytes], width: float) -> None:
    dots = every_dot(real_records)[::5]
    clusters = clustered(dots, View.fit(WORLD, width))
    assert sum(cluster.count for cluster in clusters) == len(dots)
    for place, one in enumerate(clusters):
        for two in clusters[place + 1 :]:
            assert np.hypot(one.x - two.x, one.y - two.y) >= one.radius + two.radius


def test_a_world_of_sites_is_less_than_sixty_kilobytes(real_records: list[bytes]) -> None:
    dots = every_dot(real_records)
    picture = draw_map(dots[:: len(dots) // 444][:444])
    ElementTree.fromstring(picture)
    assert len(picture.encode()) < 60_000


def test_links_can_be_reached_only_from_a_group() -> None:
    linked = draw_map([Dot(42.4, -71.1, open=True, label="Boston", href="#site-1")])
    assert 'role="group"' in linked
    assert 'href="#site-1"' in linked
    assert 'role="img"' in draw_map([Dot(42.4, -71.1, open=True, label="Boston")])


def test_sites_with_different_links_are_joined_without_one() -> None:
    dots = [Dot(42.4, -71.1, open=bool(place), label="Boston", href=f"#{place}") for place in range(2)]
    picture = draw_map(dots)
    assert "<a " not in picture
    assert "2 sites: Boston (1 of 2 open)" in picture


def test_where_the_reader_is_has_its_sign_its_word_and_its_circle() -> None:
    picture = draw_map([Dot(33.7, -117.8, open=True, label="Irvine")], here=Point(34.1, -118.2, "90012"), radius_km=150)
    assert "pic-here" in picture
    assert ">90012<" in picture
    assert "pic-radius" in picture
    assert re.search(r"\d+ km \(\d+ miles\)", picture)


def test_sites_beyond_the_frame_are_told_of() -> None:
    dots = [Dot(42.4, -71.1, open=True, label="Boston"), Dot(48.9, 2.4, open=True, label="Paris")]
    assert "1 of them lie outside this map" in draw_map(dots, here=Point(42.4, -71.1), radius_km=100)


def test_a_world_has_no_scale_because_it_has_many() -> None:
    assert "pic-scale" not in draw_map([], frame=WORLD)


def test_outlines_name_countries_and_keep_islands_with_cities() -> None:
    assert country_names()["840"] == "United States of America"
    assert len(country_names()) > 200
    malta = (35.8, 14.4)
    for level in range(level_for(1e9) + 1):
        west, south, east, north = outlines(level).land.boxes.T
        over = (west < malta[1]) & (east > malta[1]) & (south < malta[0] + 0.1) & (north > malta[0])
        assert over.any(), level
