"""The time line: solid and hollow, wide months, words that touch nothing."""

import datetime
import re
from xml.etree import ElementTree

import pytest

from equipoise.studies.read import read_study
from equipoise.studies.record import Study
from equipoise.web.pictures.moments import read_moments, running
from equipoise.web.pictures.svg import NARROW, WIDE
from equipoise.web.pictures.timeline import _lanes, draw_timeline
from tests.making import record

TODAY = datetime.date(2026, 11, 22)


def study_of(**dates: tuple[str, str]) -> Study:
    structs = {f"{name}DateStruct": {"date": date, "type": kind} for name, (date, kind) in dates.items()}
    return read_study(record(1, statusModule={"overallStatus": "RECRUITING", **structs}))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_real_study_is_drawn(real_records: list[bytes], width: float) -> None:
    for raw in real_records:
        picture = draw_timeline(read_study(raw), TODAY, width=width)
        assert picture
        assert " style=" not in picture
        ElementTree.fromstring(picture)
        height = float(re.search(r'height="([\d.]+)"', picture)[1])  # type: ignore[index]
        assert all(float(y) < height for y in re.findall(r'transform="translate\([\d.]+ ([\d.]+)\)"', picture))


def test_a_date_once_expected_stays_expected_until_the_record_says_otherwise() -> None:
    study = study_of(start=("2024-01", "ACTUAL"), completion=("2025-06-30", "ESTIMATED"))
    assert [moment.expected for moment in read_moments(study, TODAY)] == [False, True]


def test_an_estimated_posting_has_happened() -> None:
    study = study_of(studyFirstPost=("2005-09-12", "ESTIMATED"), start=("2004-01-01", "ACTUAL"))
    assert not any(moment.expected for moment in read_moments(study, TODAY))


def test_a_study_is_known_to_run_as_far_as_its_last_update() -> None:
    dates = {"start": ("2024-01-10", "ACTUAL"), "lastUpdatePost": ("2026-01-27", "ACTUAL")}
    moments = read_moments(study_of(**dates, completion=("2028-08-04", "ESTIMATED")), TODAY)
    assert running(moments, TODAY) == (
        datetime.date(2024, 1, 10),
        datetime.date(2026, 1, 27),
        datetime.date(2028, 8, 4),
    )


def test_a_study_not_yet_started_is_hollow_throughout() -> None:
    study = study_of(start=("2027-01", "ESTIMATED"), completion=("2028-01", "ESTIMATED"))
    picture = draw_timeline(study, TODAY)
    assert "pic-ran" not in picture
    assert "pic-runs" in picture


def test_a_year_is_as_wide_as_a_year() -> None:
    picture = draw_timeline(study_of(start=("2020", "ACTUAL"), completion=("2021-12-31", "ACTUAL")), TODAY)
    widths = sorted(float(width) for width in re.findall(r'class="pic-happened"[^>]* width="([\d.]+)"', picture))
    assert widths[0] == 14
    assert widths[1] > 200


def test_a_date_that_cannot_be_read_is_left_out() -> None:
    study = study_of(start=("soon", "ACTUAL"), completion=("2021-12-31", "ACTUAL"))
    assert draw_timeline(study, TODAY) == ""


def test_words_stand_above_the_stems_of_those_that_begin_under_them() -> None:
    assert _lanes([0, 10, 300], [100, 100, 100]) == [1, 0, 0]
    assert _lanes([0, 50, 90], [60, 60, 60]) == [2, 1, 0]
