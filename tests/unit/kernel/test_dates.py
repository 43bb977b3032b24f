import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth

partial_dates = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)).flatmap(
    lambda day: st.sampled_from(
        [PartialDate(day.year), PartialDate(day.year, day.month), PartialDate(day.year, day.month, day.day)]
    )
)


@pytest.mark.parametrize(
    ("text", "words"), [("2024-06-20", "20 June 2024"), ("2024-06", "June 2024"), ("2024", "2024")]
)
def test_reads_and_writes_each_precision(text: str, words: str) -> None:
    date = PartialDate.read(text)
    assert str(date) == text
    assert date.words() == words


@pytest.mark.parametrize("text", ["", "June 2024", "2024-13", "2023-02-29", "2024-6-1", "2024-06-20T00:00"])
def test_refuses_what_is_no_date(text: str) -> None:
    with pytest.raises(Refused, match=r"is not a date.* 2026-11-23"):
        PartialDate.read(text)


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        ("2024-05", "2024-06", Truth.TRUE),
        ("2024-06", "2024-06-20", Truth.UNKNOWN),
        ("2024", "2024", Truth.UNKNOWN),
        ("2024-07-01", "2024-06", Truth.FALSE),
        ("2024-06-30", "2024-06", Truth.FALSE),
        ("2024-06-20", "2024-06-20", Truth.FALSE),
    ],
)
def test_before_admits_what_is_not_known(one: str, other: str, before: Truth) -> None:
    assert PartialDate.read(one).before(PartialDate.read(other)) is before


@given(partial_dates, partial_dates)
def test_before_agrees_with_every_day_the_dates_admit(one: PartialDate, other: PartialDate) -> None:
    answers = {a < b for a in (one.earliest(), one.latest()) for b in (other.earliest(), other.latest())}
    expected = Truth.UNKNOWN if len(answers) > 1 else Truth.of(answers.pop())
    assert one.before(other) is expected


def test_same_is_certain_only_between_days() -> None:
    month, day = PartialDate.read("2024-06"), PartialDate.read("2024-06-20")
    assert month.same(month) is Truth.UNKNOWN
    assert day.same(day) is Truth.TRUE
    assert day.same(PartialDate.read("2024-07")) is Truth.FALSE
