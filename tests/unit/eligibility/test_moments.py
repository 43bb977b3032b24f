"""Windows on the calendar."""

import datetime
from decimal import Decimal

import pytest

from equipoise.eligibility.expression import Anchor, Domain, Period, Range, Unit, Window
from equipoise.eligibility.moments import (
    FIRST,
    LAST,
    Days,
    covered,
    in_range,
    nominal_days,
    overlaps,
    shift,
    surest,
    widest,
    within,
)
from equipoise.eligibility.person import Event, Observed, Person, Run
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.truth import Truth

AT = datetime.date(2026, 3, 31)
RUN = Run(at=AT)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def period(amount: str, unit: Unit = Unit.DAY) -> Period:
    return Period(Decimal(amount), unit)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2026-03-31", "-1", Unit.MONTH, "2026-02-28"),
        ("2024-02-29", "-1", Unit.YEAR, "2023-02-28"),
        ("2024-02-29", "4", Unit.YEAR, "2028-02-29"),
        ("2026-03-31", "-12", Unit.WEEK, "2026-01-06"),
        ("2026-03-31", "-1.5", Unit.MONTH, "2026-02-12"),
        ("2026-03-31", "-36", Unit.HOUR, "2026-03-29"),
        ("2026-03-31", "0", Unit.DAY, "2026-03-31"),
        ("2026-01-15", "-13", Unit.MONTH, "2024-12-15"),
    ],
)
def test_a_day_moves_by_calendar_months_and_stops_at_their_end(start: str, amount: str, unit: Unit, end: str) -> None:
    assert shift(day(start), period(amount, unit)) == day(end)


def test_beyond_the_calendar_it_stops_at_its_ends() -> None:
    assert shift(AT, period("-9999", Unit.YEAR)) == FIRST
    assert shift(AT, period("999999999", Unit.DAY)) == LAST


def test_nominal_days_are_none_for_half_lives() -> None:
    assert [nominal_days(period("-6", Unit.MONTH)), nominal_days(period("5", Unit.HALF_LIFE))] == [-183, None]


def last(text: str, unit: Unit, **more: object) -> Window:
    return Window(start=period(f"-{text}", unit), end=period("0"), **more)  # type: ignore[arg-type]


def test_a_window_without_a_number_of_half_lives_has_one_reading() -> None:
    window = last("4", Unit.WEEK)
    assert surest(window, Person(), RUN) == widest(window, Person(), RUN) == Days(day("2026-03-03"), AT)


def test_whichever_is_longer_is_at_least_the_time_that_is_known() -> None:
    window = last("4", Unit.WEEK, other=period("5", Unit.HALF_LIFE), whichever="longer")
    assert surest(window, Person(), RUN) == Days(day("2026-03-03"), AT)
    assert widest(window, Person(), RUN) == Days(FIRST, AT)


def test_whichever_is_shorter_is_at_most_the_time_that_is_known() -> None:
    window = last("4", Unit.WEEK, other=period("5", Unit.HALF_LIFE), whichever="shorter")
    assert surest(window, Person(), RUN) == Days(AT, AT)
    assert widest(window, Person(), RUN) == Days(day("2026-03-03"), AT)


def test_of_two_known_times_the_longer_holds() -> None:
    window = last("4", Unit.WEEK, other=period("2", Unit.MONTH), whichever="longer")
    assert surest(window, Person(), RUN) == widest(window, Person(), RUN) == Days(day("2026-01-31"), AT)


def test_a_window_from_an_unknown_birth_is_not_known() -> None:
    assert surest(Window(anchor=Anchor.BIRTH), Person(), RUN) is None


def test_a_window_from_a_partial_birth_has_days_that_are_only_possible() -> None:
    window = Window(anchor=Anchor.BIRTH, start=period("0"), end=period("1", Unit.YEAR))
    person = Person(born=PartialDate(2000))
    assert surest(window, person, RUN) == Days(day("2000-12-31"), day("2001-01-01"))
    assert widest(window, person, RUN) == Days(day("2000-01-01"), day("2001-12-31"))


def test_another_anchor_has_its_own_day() -> None:
    run = Run(at=AT, anchors={Anchor.CONSENT: day("2026-03-01")})
    window = Window(anchor=Anchor.CONSENT, start=period("-1"), end=period("0"))
    assert surest(window, Person(), run) == Days(day("2026-02-28"), day("2026-03-01"))


MARCH = Days(day("2026-03-01"), day("2026-03-31"))


@pytest.mark.parametrize(
    ("date", "truth"),
    [
        (PartialDate(2026, 3), Truth.TRUE),
        (PartialDate(2026, 3, 31), Truth.TRUE),
        (PartialDate(2026), Truth.UNKNOWN),
        (PartialDate(2026, 2), Truth.FALSE),
        (PartialDate(2025), Truth.FALSE),
    ],
)
def test_a_partial_date_may_lie_in_a_window(date: PartialDate, truth: Truth) -> None:
    assert within(date, MARCH, MARCH) is truth


@pytest.mark.parametrize(
    ("start", "end", "ended", "truth"),
    [
        (PartialDate(2026, 1, 1), PartialDate(2026, 3, 1), None, Truth.TRUE),
        (PartialDate(2026, 1, 1), PartialDate(2026, 2, 28), None, Truth.FALSE),
        (PartialDate(2026, 1, 1), None, False, Truth.TRUE),
        (PartialDate(2026, 1, 1), None, None, Truth.UNKNOWN),
        (PartialDate(2026, 3, 5), None, None, Truth.TRUE),
        (PartialDate(2026, 4, 1), None, False, Truth.FALSE),
        (PartialDate(2026), None, False, Truth.UNKNOWN),
        (PartialDate(2025), PartialDate(2026), None, Truth.UNKNOWN),
        (None, None, None, Truth.UNKNOWN),
    ],
)
def test_an_event_overlaps_a_window(
    start: PartialDate | None, end: PartialDate | None, ended: bool | None, truth: Truth
) -> None:
    assert overlaps(Event(Domain.DRUG, start=start, end=end, ended=ended), MARCH, MARCH) is truth


def observed(*pairs: tuple[str, str]) -> tuple[Observed, ...]:
    return tuple(Observed(day(start), day(end)) for start, end in pairs)


def test_periods_that_touch_cover_together() -> None:
    days = Days(day("2026-01-10"), day("2026-03-10"))
    touching = observed(("2026-02-01", "2026-03-31"), ("2026-01-01", "2026-01-31"))
    assert covered(days, touching, RUN)
    assert not covered(days, observed(("2026-01-01", "2026-01-30"), ("2026-02-01", "2026-03-31")), RUN)


def test_a_window_that_ends_in_the_future_is_covered_up_to_the_index() -> None:
    assert covered(Days(day("2026-03-01"), LAST), observed(("2026-01-01", "2026-03-31")), RUN)
    assert not covered(Days(day("2026-03-01"), LAST), observed(("2026-01-01", "2026-03-30")), RUN)


def test_a_window_without_beginning_is_covered_only_where_the_run_says_how_long_is_enough() -> None:
    ever, year = Days(FIRST, AT), observed(("2025-01-01", "2026-03-31"))
    assert not covered(ever, year, RUN)
    assert covered(ever, year, Run(at=AT, lifetime=365))
    assert not covered(ever, year, Run(at=AT, lifetime=3650))


@pytest.mark.parametrize(
    ("value", "limits", "inside"),
    [
        ("5", Range(low=Decimal(5)), True),
        ("5", Range(low=Decimal(5), low_open=True), False),
        ("5.0", Range(high=Decimal(5)), True),
        ("5", Range(high=Decimal(5), high_open=True), False),
        ("4", Range(low=Decimal(3), high=Decimal(5)), True),
        ("6", Range(low=Decimal(3), high=Decimal(5)), False),
        ("6", Range(), True),
    ],
)
def test_limits_belong_to_a_range_unless_it_is_open(value: str, limits: Range, inside: bool) -> None:
    assert in_range(Decimal(value), limits) is inside
