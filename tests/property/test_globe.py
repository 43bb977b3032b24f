"""A circle made of cells and points holds a place exactly when the place is near enough."""

import math
from collections import defaultdict

import h3
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from equipoise.finder.globe import (
    CELL_REACH_KM,
    EARTH_KM,
    cell_of,
    cover,
    distance_km,
    distances_km,
    point_term,
)

PENTAGONS = sorted(h3.get_pentagons(4))

anywhere = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
poles = st.tuples(st.sampled_from([90.0, 89.99, -89.99, -90.0]), st.floats(-180, 180))
antimeridian = st.tuples(st.floats(-80, 80), st.sampled_from([180.0, 179.999, -179.999, -180.0]))
pentagons = st.sampled_from(PENTAGONS).map(h3.cell_to_latlng)
centres = anywhere | poles | antimeridian | pentagons
bearings = st.floats(0, 2 * math.pi)
radii = st.floats(1, 805)


def moved(lat: float, lon: float, bearing: float, km: float) -> tuple[float, float]:
    """The place so many kilometres away, in whole hundred-thousandths of a degree, as the registry gives them."""
    north, arc = math.radians(lat), km / EARTH_KM
    sine = math.sin(north) * math.cos(arc) + math.cos(north) * math.sin(arc) * math.cos(bearing)
    there = math.asin(max(-1.0, min(1.0, sine)))
    turn = math.atan2(
        math.sin(bearing) * math.sin(arc) * math.cos(north), math.cos(arc) - math.sin(north) * math.sin(there)
    )
    east = (lon + math.degrees(turn) + 180) % 360 - 180
    return round(math.degrees(there), 5), round(east, 5)


def assert_exact(centre: tuple[float, float], radius: float, places: list[tuple[float, float]]) -> None:
    known = defaultdict(list)
    for lat, lon in places:
        known[cell_of(lat, lon)].append((point_term(lat, lon), lat, lon))
    cells, points = cover(*centre, radius, known)
    for lat, lon in places:
        matched = cell_of(lat, lon) in cells or point_term(lat, lon) in points
        assert matched == (distance_km(*centre, lat, lon) <= radius), (centre, radius, lat, lon)


@settings(max_examples=150)
@given(centres, radii, st.lists(st.tuples(bearings, st.floats(0, 1.3)), min_size=5, max_size=60))
@example((90.0, 0.0), 805.0, [(bearing / 5, 1.0) for bearing in range(31)])
@example((-0.5, 180.0), 300.0, [(bearing / 5, 0.999) for bearing in range(31)])
def test_a_place_is_in_the_cover_exactly_when_it_is_within_the_radius(
    centre: tuple[float, float], radius: float, offsets: list[tuple[float, float]]
) -> None:
    assert_exact(centre, radius, [moved(*centre, bearing, share * radius) for bearing, share in offsets])


@settings(max_examples=60)
@given(centres, radii, st.lists(st.tuples(bearings, st.floats(-0.6, 0.6)), min_size=20, max_size=60))
def test_the_rim_is_exact_to_the_metre(
    centre: tuple[float, float], radius: float, offsets: list[tuple[float, float]]
) -> None:
    assert_exact(centre, radius, [moved(*centre, bearing, max(0, radius + off)) for bearing, off in offsets])


@settings(max_examples=60)
@given(centres, radii, st.lists(anywhere, max_size=40))
def test_places_far_off_are_never_in_it(
    centre: tuple[float, float], radius: float, places: list[tuple[float, float]]
) -> None:
    assert_exact(centre, radius, [(round(lat, 5), round(lon, 5)) for lat, lon in places])


@pytest.mark.parametrize("pentagon", PENTAGONS)
@pytest.mark.parametrize("radius", [20.0, 60.0, 400.0])
def test_every_pentagon(pentagon: str, radius: float) -> None:
    centre = h3.cell_to_latlng(pentagon)
    offsets = [(step / 7, share) for step in range(44) for share in (0.3, 0.9, 0.998, 1.002, 1.1)]
    assert_exact(centre, radius, [moved(*centre, bearing, share * radius) for bearing, share in offsets])


@settings(max_examples=300)
@given(anywhere | pentagons, bearings, st.floats(0, 60))
def test_no_place_is_farther_from_the_middle_of_its_cell_than_we_say(
    centre: tuple[float, float], bearing: float, km: float
) -> None:
    lat, lon = moved(*centre, bearing, km)
    assert distance_km(*h3.cell_to_latlng(cell_of(lat, lon)), lat, lon) < CELL_REACH_KM


def test_without_places_whole_cells_are_still_given() -> None:
    cells, points = cover(48.1, 11.6, 200, {})
    assert 40 < len(cells) < 90
    assert not points


def test_a_radius_of_nothing_is_the_place_itself() -> None:
    place = (48.13743, 11.57549)
    cells, points = cover(*place, 0, {cell_of(*place): [(point_term(*place), *place)]})
    assert (cells, points) == (set(), {point_term(*place)})


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((0, 0), (0, 0), 0),
        ((0, 0), (0, 180), math.pi * EARTH_KM),
        ((90, 12), (-90, 77), math.pi * EARTH_KM),
        ((0, 179.5), (0, -179.5), math.radians(1) * EARTH_KM),
        ((33.66946, -117.82311), (34.05223, -118.24368), 57.54),
        ((51.50853, -0.12574), (48.85341, 2.3488), 343.6),
    ],
)
def test_distances_known_beforehand(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert distance_km(*one, *other) == pytest.approx(km, abs=0.5)


@given(centres, st.lists(centres, min_size=1, max_size=30))
def test_many_distances_at_once_are_the_same(one: tuple[float, float], others: list[tuple[float, float]]) -> None:
    many = distances_km(*one, [lat for lat, _ in others], [lon for _, lon in others])
    np.testing.assert_allclose(many, [distance_km(*one, *other) for other in others], rtol=1e-9, atol=1e-6)


@given(centres, centres)
def test_there_and_back_is_as_far(one: tuple[float, float], other: tuple[float, float]) -> None:
    assert distance_km(*one, *other) == pytest.approx(distance_km(*other, *one), abs=1e-6)


@pytest.mark.parametrize(
    ("lat", "lon", "term"),
    [(33.66946, -117.82311, "33.66946,-117.82311"), (-0.000001, 0, "0.00000,0.00000"), (5, -7.1, "5.00000,-7.10000")],
)
def test_point_terms_hold_no_spaces_and_no_negative_zero(lat: float, lon: float, term: str) -> None:
    assert point_term(lat, lon) == term
