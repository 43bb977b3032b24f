"""Screening on the page: counts and costs as the command gives them, small ones hidden, refusals in plain words."""

import os
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from django.conf import settings
from django.test import Client, override_settings

from equipoise.actions.screen import Change, Left, Screen, Tally, told
from equipoise.eligibility.expression import (
    Age,
    Ask,
    Concept,
    Criterion,
    Domain,
    Exists,
    Expr,
    Parse,
    Pattern,
    Period,
    Polarity,
    Range,
    Reading,
    Sex,
    Span,
    Topic,
    Unit,
    Value,
)
from equipoise.eligibility.knobs import Knob
from equipoise.web.staff import counted, dials, screening
from tests.accounts import fresh_client, make_person, signed_in
from tests.hospital import FIRST_PERSON, OLD_MAN, WOMAN, write_hospital
from tests.spec.cases import last
from tests.spec.tables import pattern

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web_home")]
PAGE = "/staff/screen/NCT06455449/"
ASKED = PAGE + "?at=2024-06-30&absence=coverage"
HEAVY = ASKED + "&number=i3.high&to="
A, B = (Exists(pattern=pattern(Domain.CONDITION, letter), window=last("365")) for letter in "AB")
SCORED = Exists(pattern=Pattern(Domain.CONDITION, Concept("gottron papules")), window=last("90"))
ADULT = Age(low=Period(Decimal(18), Unit.YEAR), high=Period(Decimal(75), Unit.YEAR))
CRITERIA: dict[str, Expr] = {
    "i1": ADULT,
    "i2": A,
    "i3": Value(measure="weight", range=Range(high=Decimal(100)), unit="kg"),
    "e1": B,
    "e2": Sex(sex="male"),
}
HERS = f"{WOMAN}; condition A 2024-01-10"
PEOPLE = (
    12 * [f"{HERS}; weight 80 kg 2024-03-01"]
    + 7 * [f"{HERS}; weight 105 kg 2024-03-01"]
    + 9 * [HERS]
    + 20 * [OLD_MAN]
    + 6 * [f"{HERS}; weight 80 kg 2024-03-01; condition B 2024-05-01"]
)


def reading(criteria: dict[str, Expr]) -> Reading:
    def polarity(name: str) -> Polarity:
        return Polarity.INCLUDE if name.startswith("i") else Polarity.EXCLUDE

    return Reading(
        "NCT06455449",
        tuple(
            Criterion(name, polarity(name), f"Words <of> {name}", Span(0, 0), Parse.FULL, expr)
            for name, expr in criteria.items()
        ),
    )


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    counted._counted.cache_clear()
    counted._screened.cache_clear()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_hospital(tmp_path_factory.mktemp("written") / "hospital.duckdb", PEOPLE)


@pytest.fixture
def hospital(written: Path, tmp_path: Path) -> Path:
    """A copy, for tests that change it."""
    return Path(shutil.copy(written, tmp_path))


@pytest.fixture
def staff(unrationed: None, hospital: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr(screening, "reading_of", lambda *_: reading(CRITERIA))
    with override_settings(WAREHOUSE=f"duckdb:{hospital}", WAREHOUSE_SCHEMA="", CONCEPTS=""):
        yield signed_in(make_person(office=True))


def shown(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def words(page: str) -> str:
    """What is read, on one line."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).replace(" .", ".")


def test_it_stands_behind_the_door() -> None:
    response = fresh_client().get(PAGE)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/sign-in/?next={PAGE.replace('/', '%2F')}")
    assert signed_in(make_person("ben")).get(PAGE).status_code == 403


def test_without_a_warehouse_it_says_how_to_connect_one(staff: Client) -> None:
    with override_settings(WAREHOUSE=""):
        page = shown(staff, ASKED)
    assert "No records are connected" in page
    assert "EQUIPOISE_WAREHOUSE" in page
    assert '<form method="get" action="/staff/screen' not in page


def test_nothing_is_asked_before_somebody_asks(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "open_warehouse", lambda *_: pytest.fail("the records were asked"))
    page = shown(staff, PAGE)
    assert 'value="coverage" checked' in page
    assert "Who is left" not in page


def test_the_desk_leads_here(staff: Client) -> None:
    assert f'href="{PAGE}"' in shown(staff, "/staff/reading/NCT06455449/")


def test_counts_and_attrition(staff: Client) -> None:
    page = shown(staff, ASKED)
    said = words(page)
    assert "54 people" in said
    for standing, count in (("Definite", 12), ("Possible", 9), ("Excluded", 33)):
        assert f"{standing} {count} " in said
    assert "i1 must be true Words &lt;of&gt; i1 34 left : 34 definite, 0 possible. 20 lost." in said
    assert "e2 must not be true Words &lt;of&gt; e2 21 left : 12 definite, 9 possible. Nobody lost." in said
    assert "Words <of>" not in page


def test_persons_are_never_told(staff: Client) -> None:
    page = shown(staff, f"{HEAVY}110")
    assert not [number for number in range(FIRST_PERSON, FIRST_PERSON + len(PEOPLE)) if str(number) in page]


@pytest.mark.parametrize(
    ("query", "order"),
    [("", ["i1", "i2", "i3", "e1", "e2"]), ("&order=best", ["i1", "i3", "e1", "i2", "e2"])],
)
def test_both_orders(staff: Client, query: str, order: list[str]) -> None:
    page = shown(staff, ASKED + query)
    assert re.findall(r'<li id="left-(\w+)"', page) == order
    other = "" if query else "&amp;order=best"
    assert re.search(rf'href="{re.escape(PAGE)}\?at=2024-06-30&amp;[^"]*{other}#attrition"', page)
    assert ('name="order" value="best"' in page) == bool(query)


def test_what_each_criterion_costs(staff: Client) -> None:
    page = shown(staff, ASKED)
    rows = re.findall(r'<th scope="row">.*?<b>(\w+)</b>.*?</th>(.*?)</tr>', page, re.DOTALL)
    cells = {name: re.findall(r'data-name="([^"]+)">([^<]+)<', row) for name, row in rows}
    names = ["Not met", "Only this", "Without it", "Share", "Open"]
    assert [name for name, _ in cells["i3"]] == names
    assert [value for _, value in cells["i3"]] == ["7", "7", "28", "7 (21%)", "9"]
    assert [value for _, value in cells["e1"]] == ["6", "6", "27", "6 (18%)", "0"]
    assert [value for _, value in cells["i2"]] == ["20", "0", "21", "7 (21%)", "0"]


def test_small_counts_are_not_told_and_cannot_be_worked_out(staff: Client, tmp_path: Path) -> None:
    small = write_hospital(tmp_path / "small.duckdb", PEOPLE[:31])
    with override_settings(WAREHOUSE=f"duckdb:{small}"):
        said = words(shown(staff, f"{HEAVY}70"))
    said = said[said.index("30 people") :]
    assert "rounded to the nearest 5" in said
    assert "Excluded 10 " in said
    assert "fewer than 5 lost" in said
    told = said[: said.index("What if")]
    assert {number for number in re.findall(r"(?<![\w.])\d+(?! June|%)\b", told) if int(number) % 5} <= {"2024"}


def test_what_is_bound_to_nothing_is_listed(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "reading_of", lambda *_: reading({"i10": SCORED, **CRITERIA, "i4": SCORED}))
    page = shown(staff, ASKED)
    assert "nobody is known to have or lack them" in page
    assert "i10 gottron papules i4 gottron papules" in words(page)
    assert "EQUIPOISE_CONCEPTS" in page
    assert 'id="to-i4.start"' not in page, "a number that cannot make a difference is not offered"
    assert "nobody is known to have" not in shown(staff, ASKED.replace("coverage", "x"), status=400)


def test_criteria_that_no_record_tells_of_are_named(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No record tells" not in shown(staff, ASKED)
    willing = Ask(question="Willing?", topic=Topic.WILLINGNESS)
    monkeypatch.setattr(screening, "reading_of", lambda *_: reading(CRITERIA | {"i8": willing, "i4": SCORED}))
    assert "No record tells anything of i8, i4: so nobody can be definite" in words(shown(staff, ASKED))


def test_what_if(staff: Client) -> None:
    page = shown(staff, f"{HEAVY}110")
    assert "+7 people (+7 definite, 0 possible) Upper limit (kg): at 110 instead of 100." in words(page)
    assert 'name="to" value="110"' in page
    assert "−12 people (−12 definite, 0 possible)" in words(shown(staff, f"{HEAVY}70"))
    assert "No change" in words(shown(staff, f"{HEAVY}100.5"))


def test_each_number_a_tenth_more_generous(staff: Client) -> None:
    said = words(shown(staff, f"{ASKED}&ease=1"))
    assert said.count(" instead of ") == 5
    assert "+7 people (+7 definite, 0 possible) Upper limit (kg): at 110 instead of 100." in said


def test_the_same_number_in_another_criterion_is_told(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "reading_of", lambda *_: reading({**CRITERIA, "i9": ADULT}))
    said = words(shown(staff, f"{ASKED}&number=i1.high&to=90"))
    assert "No change Upper limit (years): at 90 instead of 75. i9 sets the same number, and keeps it." in said


@pytest.mark.parametrize(
    ("gain", "head"),
    [
        (Tally(12, 26), "+38 people"),
        (Tally(1, 0), "+1 person"),
        (Tally(-2000, 0), "−2,000 people"),
        (Tally(5, -5), "0 people"),
        (Tally(0, 0), "No change"),
        (Tally(None, 60), "About +60 people"),
        (Tally(None, 0), "A few people at most"),
    ],
)
def test_a_gain_in_words(gain: Tally, head: str) -> None:
    knob = Knob("i3.high", "i3", (), "high", Decimal(100), "kg", True)
    screen = Screen("", "", 100, Tally(0, 0), 100, 1, (), (), (), (), fewer_than=5)
    assert dials.gain_of(Change(knob, Decimal(110), gain), screen).head == head


# What is refused


@pytest.mark.parametrize(
    ("query", "field", "why"),
    [
        ("?at=30.6.2024", "field-at", "year-month-day"),
        ("?at=", "field-at", "year-month-day"),
        ("?at=9999-12-31", "field-at", "1900 to 2100"),
        ("?at=2024-06-30&absence=perhaps", "field-absence", "Choose what it means"),
        ("?at=2024-06-30&lifetime=-1", "field-lifetime", "from 0 to 36,525"),
        ("?at=2024-06-30&fresh=99999", "field-fresh", "from 0 to 36,525"),
        ("?at=2024-06-30&fresh=%D9%A3", "field-fresh", "from 0 to 36,525"),
        ("?at=2024-06-30&number=i3.high&to=heavy", "to-i3.high", "Write a number such as 100"),
        ("?at=2024-06-30&number=i3.high&to=1e999", "to-i3.high", "Write a number such as 100"),
        ("?at=2024-06-30&number=i3.high&to=-1", "to-i3.high", "not below 0"),
        ("?at=2024-06-30&number=i1.high&to=999999999", "to-i1.high", "Write a number of years from 0 to 100"),
        ("?at=2024-06-30&number=i7.high&to=1", "what-if", "no such number"),
    ],
)
def test_an_impossible_value_leads_back_to_its_field(staff: Client, query: str, field: str, why: str) -> None:
    page = shown(staff, PAGE + query, status=400)
    problem = re.search(r'<div class="problems".*?</div>', page, re.DOTALL)
    assert problem
    assert f'href="#{field}"' in problem[0]
    assert why in problem[0]
    assert f'id="{field}"' in page


def test_days_are_taken_with_the_day_of_screening(staff: Client) -> None:
    said = words(shown(staff, f"{ASKED}&lifetime=365&fresh=30"))
    assert "365 days of observation stand for a lifetime. Values count for 30 days." in said
    assert "Definite 0 " in said, "all weights are older than thirty days"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("duckdb:/nowhere/at/all.duckdb", "What EQUIPOISE_WAREHOUSE names is not there."),
        ("postgre://ada:secret@db/cdm", "What EQUIPOISE_WAREHOUSE names is not a warehouse."),
    ],
)
def test_a_warehouse_that_is_not_there(staff: Client, address: str, why: str) -> None:
    with override_settings(WAREHOUSE=address):
        page = shown(staff, ASKED, status=503)
    assert why in page
    assert "secret" not in page
    assert "/nowhere" not in page
    assert 'name="absence"' in page, "the form stays"


def test_a_database_that_is_no_cdm(staff: Client, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "other.duckdb")) as connection:
        connection.execute("CREATE TABLE person (id INTEGER)")
    with override_settings(WAREHOUSE=f"duckdb:{tmp_path / 'other.duckdb'}"):
        page = shown(staff, ASKED, status=503)
    assert "The warehouse has no table condition_occurrence" in page
    assert "EQUIPOISE_WAREHOUSE_SCHEMA" in page


def test_a_vocabulary_that_is_not_there_is_told_by_its_setting(staff: Client) -> None:
    with override_settings(CONCEPTS="/nowhere/CONCEPT.csv"):
        page = shown(staff, ASKED, status=503)
    assert "What EQUIPOISE_CONCEPTS names" in page
    assert "/nowhere" not in page


def test_a_study_without_criteria(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "reading_of", lambda *_: reading({}))
    assert "nothing to screen by" in shown(staff, ASKED)


# One at a time, and kept


def test_a_second_screen_is_sent_away_while_one_runs(staff: Client) -> None:
    with counted._running:
        response = staff.get(ASKED)
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    page = response.content.decode()
    assert "Another screen is running" in page
    assert f'href="{ASKED.replace("&", "&amp;")}"' in page
    assert "12" in shown(staff, ASKED)


def test_after_a_refusal_the_next_may_ask(staff: Client) -> None:
    with override_settings(WAREHOUSE="duckdb:/nowhere"):
        shown(staff, ASKED, status=503)
    shown(staff, ASKED)


def test_an_answer_is_kept_until_the_records_change(
    staff: Client, hospital: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = counted.time.monotonic()
    monkeypatch.setattr(counted.time, "monotonic", lambda: now)
    opened, really = [], counted.open_warehouse
    monkeypatch.setattr(counted, "open_warehouse", lambda *place: opened.append(1) or really(*place))
    for path in (ASKED, ASKED, ASKED + "&order=best"):
        shown(staff, path)
    assert len(opened) == 1
    shown(staff, f"{HEAVY}110")
    shown(staff, f"{HEAVY}110")
    assert len(opened) == 2, "what if asks once more, and not for all again"
    with counted._running:
        shown(staff, f"{HEAVY}110")  # what is kept needs nobody's turn
    later = hospital.stat().st_mtime + 10
    os.utime(hospital, (later, later))
    shown(staff, ASKED)
    assert len(opened) == 3


def test_an_answer_is_kept_for_some_minutes_only(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    shown(staff, ASKED)
    now = counted.time.monotonic()
    monkeypatch.setattr(counted.time, "monotonic", lambda: now + counted.KEPT_SECONDS)
    with counted._running:
        shown(staff, ASKED, status=503)


def test_the_file_is_free_for_others_between_questions(staff: Client, hospital: Path) -> None:
    shown(staff, f"{HEAVY}110")
    with duckdb.connect(str(hospital)) as connection:
        connection.execute("DELETE FROM person")
    assert settings.WAREHOUSE
    said = words(shown(staff, ASKED))
    assert "0 people" in said
    assert "No record tells" not in said


def test_a_small_number_between_two_counts_is_not_told_either() -> None:
    step = Left("i1", 50, 50, 48)
    screen = Screen("", "", 100, Tally(20, 10), 70, 9, (), (step,), (step,), ())
    assert told(screen, 5).rounded
    assert not told(screen, 0).rounded
    knob = Knob("i3.high", "i3", (), "high", Decimal(100), "kg", True)
    plain = Screen("", "", 100, Tally(20, 10), 70, 9, (), (), (), (), (Change(knob, Decimal(1), Tally(10, -8)),))
    assert told(plain, 5).changes[0].gain == Tally(10, -10)
