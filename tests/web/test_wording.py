"""Small words and numbers as pages write them."""

import pytest

from equipoise.finder.ask import Ask, Hit, NearestSite, Place, PlaceKind
from equipoise.kernel.counted import counted
from equipoise.studies.record import Kept, Study
from equipoise.web.public.results import count_words, pages_of
from equipoise.web.public.rows import row_of, sites_words
from equipoise.web.templating import day, km

PARIS = Place("Paris", PlaceKind.CITY, 48.86, 2.35, "France")
BAVARIA = Place("Bavaria, Germany", PlaceKind.REGION, 48.8, 11.3, "Germany", regions=("Germany|Bavaria",))
PART = Study(equipoise=Kept(locations_on_registry=218))
FRANCE = Place("France", PlaceKind.COUNTRY, 46.0, 2.0, "France")
BOSTON = Place("Boston", PlaceKind.CITY, 42.36, -71.06, "United States")
NEAREST = NearestSite("General Hospital, Lyon", "Lyon", None, "France", "RECRUITING", 12.4)
SHUT = NearestSite("Clinic", "Lyon", None, "France", "COMPLETED", 12.4)


def hit(
    total: int, opened: int, near: int | None = None, nearest: NearestSite | None = None, study: Study | None = None
) -> Hit:
    return Hit(study or Study(), 1.0, (), total, opened, near, nearest)


@pytest.mark.parametrize(
    ("found", "ask", "words"),
    [
        (hit(218, 9, 3, NEAREST), Ask(place=PARIS, within_km=50), "3 of 218 sites near you, nearest 12 km, open"),
        (
            hit(2, 0, 1, SHUT),
            Ask(place=PARIS, within_km=50, any_site=True),
            "1 of 2 sites near you, nearest 12 km, completed",
        ),
        (hit(218, 9, None, NEAREST), Ask(place=PARIS), "218 sites, nearest open site 12 km"),
        (hit(9, 9, None, NEAREST), Ask(place=BOSTON), "9 sites, nearest open site 12 km (8 miles)"),
        (hit(4, 0), Ask(place=PARIS, within_km=50), "4 sites, none open now"),
        (hit(9, 5, 2), Ask(place=FRANCE), "2 of 9 sites open in France"),
        (hit(9, 5, 2), Ask(place=FRANCE, any_site=True), "2 of 9 sites in France"),
        (hit(9, 5, 2), Ask(place=BAVARIA), "2 of 9 sites open in Bavaria, Germany"),
        (hit(4, 2, study=PART), Ask(), "4 of 218 sites listed here, 2 open"),
        (hit(4, 2, 1, study=PART), Ask(place=FRANCE), "4 of 218 sites listed here, 1 open in France"),
        (
            hit(4, 2, 1, NEAREST, PART),
            Ask(place=PARIS, within_km=50),
            "4 of 218 sites listed here, 1 near you, nearest 12 km, open",
        ),
        (hit(4, 2, None, NEAREST, PART), Ask(place=PARIS), "4 of 218 sites listed here, nearest open site 12 km"),
        (hit(1, 1), Ask(), "1 site, open"),
        (hit(9, 9), Ask(), "9 sites, all open"),
        (hit(9, 5), Ask(), "9 sites, 5 open"),
        (hit(9, 0), Ask(), "9 sites, none open now"),
        (hit(0, 0), Ask(place=PARIS), "No sites listed"),
    ],
)
def test_where_a_study_can_be_joined(found: Hit, ask: Ask, words: str) -> None:
    assert sites_words(found, ask) == words


def test_a_city_the_hospital_is_named_for_is_said_once() -> None:
    assert row_of(hit(1, 1, 1, NEAREST), Ask(place=PARIS)).nearest == "General Hospital, Lyon, France"
    assert row_of(hit(1, 1, 1, SHUT), Ask(place=PARIS)).nearest == "Clinic, Lyon, France"


@pytest.mark.parametrize(
    ("distance", "country", "words"),
    [
        (0.2, "United States", "less than 1 km"),
        (1.7, "United Kingdom", "2 km (1 mile)"),
        (1336.4, "United States", "1,336 km (830 miles)"),
        (12.4, "France", "12 km"),
    ],
)
def test_distances(distance: float, country: str, words: str) -> None:
    assert km(distance, country) == words


def test_dates_and_counts() -> None:
    assert day("2024-06-20") == "20 June 2024"
    assert day("2024-06") == "June 2024"
    assert day("2026-11-01T10:00:00+00:00") == "1 November 2026"
    assert day("someday") == "someday"
    assert day(None) == ""
    assert counted(1, "study", "studies") == "1 study"
    assert counted(1200, "site") == "1,200 sites"


def test_what_the_count_says() -> None:
    assert count_words(0, Ask()) == "No studies found"
    assert count_words(1, Ask()) == "1 study"
    assert count_words(35, Ask(page=2)) == "35 studies, 21 to 35 shown"


@pytest.mark.parametrize(
    ("page", "total", "numbers"),
    [
        (1, 10, (1,)),
        (1, 100, (1, 2, 3, None, 5)),
        (10, 400, (1, None, 8, 9, 10, 11, 12, None, 20)),
        (20, 400, (1, None, 18, 19, 20)),
    ],
)
def test_page_numbers_have_gaps_but_no_ceiling(page: int, total: int, numbers: tuple[int | None, ...]) -> None:
    assert pages_of(page, total, 20).numbers == numbers
