"""The schedule, by hand."""

from datetime import date

import msgspec
import pytest

from equipoise.conduct.protocol.schedule import (
    MOST_VISITS,
    Due,
    State,
    due,
    find_visit,
    planned_visits,
    window,
)
from equipoise.kernel.refused import Refused
from tests.protocols import jasmine_protocol

DAY0 = date(2024, 6, 20)
JASMINE = jasmine_protocol()

WINDOWS = [
    ("screening", "2024-05-23", "2024-06-06", "2024-06-19"),
    ("baseline", "2024-06-20", "2024-06-20", "2024-06-20"),
    ("week-1", "2024-06-26", "2024-06-27", "2024-06-28"),
    ("week-2", "2024-07-02", "2024-07-04", "2024-07-06"),
    ("week-12", "2024-09-07", "2024-09-12", "2024-09-17"),
    ("week-12-2", "2024-10-05", "2024-10-10", "2024-10-15"),
    ("week-12-10", "2025-05-17", "2025-05-22", "2025-05-27"),
    ("week-52", "2025-06-12", "2025-06-19", "2025-06-26"),
    ("week-64-3", "2026-02-19", "2026-02-26", "2026-03-05"),
    ("follow-up", "2026-08-06", "2026-08-13", "2026-08-20"),
]


@pytest.mark.parametrize(("visit", "first", "planned", "last"), WINDOWS)
def test_windows_as_dates(visit: str, first: str, planned: str, last: str) -> None:
    assert [day.isoformat() for day in window(JASMINE, visit, DAY0)] == [first, planned, last]


def test_repeats_are_written_out_in_order() -> None:
    planned = planned_visits(JASMINE)
    assert [visit.id for visit in planned[6:17]] == ["week-12", *(f"week-12-{n}" for n in range(2, 11)), "week-52"]
    assert [visit.label for visit in planned[6:9]] == ["Week 12", "Week 16", "Week 20"]
    assert [visit.day for visit in planned] == sorted(visit.day for visit in planned)
    assert len(planned) == 23
    assert len({visit.id for visit in planned}) == 23


def test_a_label_without_a_place_for_it_gets_the_number_of_the_repeat() -> None:
    visit = msgspec.structs.replace(JASMINE.visits[6], label="Call", day=1, every=2, until=6)
    planned = planned_visits(msgspec.structs.replace(JASMINE, visits=(visit,)))
    assert [(one.id, one.label, one.day) for one in planned] == [
        ("week-12", "Call", 1),
        ("week-12-2", "Call (2)", 3),
        ("week-12-3", "Call (3)", 5),
    ]


@pytest.mark.parametrize(("every", "until"), [(0, 10), (-1, 10), (7, None), (None, 10), (7, -5)])
def test_repeats_that_make_no_sense_give_the_visit_once(every: int | None, until: int | None) -> None:
    visit = msgspec.structs.replace(JASMINE.visits[6], every=every, until=until)
    assert len(planned_visits(msgspec.structs.replace(JASMINE, visits=(visit,)))) == 1


def test_repeats_without_end_stop() -> None:
    visits = tuple(msgspec.structs.replace(JASMINE.visits[6], every=1, until=10**9) for _ in range(10))
    assert len(planned_visits(msgspec.structs.replace(JASMINE, visits=visits))) == MOST_VISITS


def test_find_visit() -> None:
    found = find_visit(JASMINE, "week-12-4")
    assert (found.day, found.of, found.number, found.dispense) == (168, "week-12", 4, 1)
    for unknown in ("week-12-11", "week-13", "", "week-12-"):
        with pytest.raises(Refused, match="no such visit"):
            find_visit(JASMINE, unknown)


def _brief(told: tuple[Due, ...]) -> list[tuple[str, State]]:
    return [(one.visit.id, one.state) for one in told]


def test_due() -> None:
    done = {"screening", "baseline"}
    assert _brief(due(JASMINE, DAY0, date(2024, 6, 25), done)) == []
    assert _brief(due(JASMINE, DAY0, date(2024, 6, 26), done)) == [("week-1", State.OPEN)]
    assert _brief(due(JASMINE, DAY0, date(2024, 6, 28), done)) == [("week-1", State.OPEN)]
    assert _brief(due(JASMINE, DAY0, date(2024, 7, 2), done)) == [("week-1", State.OVERDUE), ("week-2", State.OPEN)]
    assert _brief(due(JASMINE, DAY0, date(2024, 7, 2), {*done, "week-1", "week-2"})) == []
