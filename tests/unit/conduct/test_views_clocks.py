"""Clocks of expedited reporting by hand, and adverse events as each viewer may see them."""

import datetime

import msgspec
import pytest

from equipoise.conduct import commands as do
from equipoise.conduct.events import AdverseEvent, Causality, Outcome, Seriousness, Severity
from equipoise.conduct.masking import Viewer, viewer_of
from equipoise.conduct.protocol.model import Safety
from equipoise.conduct.roles import Role
from equipoise.conduct.views.clocks import Clock, Duty, Running, clocks, duty_of, serious_since
from equipoise.conduct.views.safety import Tally, find_adverse, safety
from equipoise.kernel.refused import Refused
from tests.trials import Bench, person_for, running

AWARE = datetime.date(2026, 3, 2)
RULES = Safety(expected=("Headache",))


def told(
    term: str = "Sepsis",
    seriousness: tuple[Seriousness, ...] = (Seriousness.HOSPITALISATION,),
    causality: Causality = Causality.RELATED,
    *,
    expected: bool | None = None,
    reaction: bool = False,
) -> AdverseEvent:
    return AdverseEvent(
        term, AWARE, AWARE, Severity.SEVERE, causality, Outcome.NOT_KNOWN, seriousness, expected, reaction=reaction
    )


GRAVE = (Seriousness.HOSPITALISATION, Seriousness.LIFE_THREATENING)


@pytest.mark.parametrize(
    ("event", "duty"),
    [
        (told(), Duty.FIFTEEN_DAYS),
        (told(seriousness=GRAVE), Duty.SEVEN_DAYS),
        (told(seriousness=(Seriousness.DEATH,)), Duty.SEVEN_DAYS),
        (told(seriousness=()), None),
        (told(causality=Causality.NOT_RELATED), None),
        (told(causality=Causality.NOT_KNOWN), Duty.FIFTEEN_DAYS),
        (told(expected=True), None),
        (told(expected=False), Duty.FIFTEEN_DAYS),
        (told(term=" headache"), None),
        (told(term="Headache", expected=False), Duty.FIFTEEN_DAYS),
    ],
)
def test_must_25_what_is_reported_at_once(event: AdverseEvent, duty: Duty | None) -> None:
    assert duty_of(event, RULES) is duty


@pytest.fixture
def bench() -> Bench:
    bench = running()
    bench.randomised()
    return bench


def _viewer(bench: Bench, role: Role, site: str = "01") -> Viewer:
    return viewer_of(bench.trial, person_for(role, site), bench.at)


def _clocks(bench: Bench, days: int, role: Role = Role.SAFETY_OFFICER) -> dict[Duty, Clock]:
    at = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC) + datetime.timedelta(days=days)
    return {one.duty: one for one in clocks(bench.trial, _viewer(bench, role), at, serious_since(bench.entries))}


@pytest.mark.parametrize(("day", "left", "state"), [(0, 7, "running"), (7, 0, "running"), (8, -1, "overdue")])
def test_seven_days_from_the_day_the_site_knew(bench: Bench, day: int, left: int, state: str) -> None:
    bench.ask(do.ReportAdverseEvent("01-001", told(seriousness=GRAVE)), by=Role.COORDINATOR)
    clock = _clocks(bench, day)[Duty.SEVEN_DAYS]
    assert (clock.due, clock.left, clock.state) == (datetime.date(2026, 3, 9), left, Running(state))


def test_fifteen_days_for_the_others(bench: Bench) -> None:
    bench.ask(do.ReportAdverseEvent("01-001", told()), by=Role.COORDINATOR)
    assert _clocks(bench, 0)[Duty.FIFTEEN_DAYS].due == datetime.date(2026, 3, 17)


@pytest.mark.parametrize(("after", "state"), [(7, Running.MET), (8, Running.LATE)])
def test_a_report_stops_the_clock(bench: Bench, after: int, state: Running) -> None:
    bench.ask(do.ReportAdverseEvent("01-001", told(seriousness=GRAVE)), by=Role.COORDINATOR)
    bench.at += datetime.timedelta(days=after)
    for _ in range(2):
        sent = do.SendExpeditedReport("01-001", 1, bench.at.date(), "the authority")
        bench.ask(sent, by=Role.SAFETY_OFFICER)
        bench.at += datetime.timedelta(days=20)
    clock = _clocks(bench, 40)[Duty.SEVEN_DAYS]
    assert (clock.state, clock.met) == (state, AWARE + datetime.timedelta(days=after))


@pytest.mark.parametrize(("after", "state"), [(0, Running.MET), (1, Running.MET), (2, Running.LATE)])
def test_the_site_has_a_day_counted_on_its_own_calendar(bench: Bench, after: int, state: Running) -> None:
    bench.at += datetime.timedelta(days=after)
    bench.ask(do.ReportAdverseEvent("01-001", told()), by=Role.COORDINATOR)
    clock = _clocks(bench, after)[Duty.SITE]
    assert (clock.due, clock.state) == (datetime.date(2026, 3, 3), state)


def test_an_event_that_becomes_serious_starts_the_clock_of_the_site(bench: Bench) -> None:
    bench.ask(do.ReportAdverseEvent("01-001", told(seriousness=())), by=Role.COORDINATOR)
    assert _clocks(bench, 0) == {}
    bench.at += datetime.timedelta(days=3)
    bench.ask(do.UpdateAdverseEvent("01-001", 1, told()), by=Role.COORDINATOR, reason="Admitted")
    assert _clocks(bench, 3)[Duty.SITE].met == datetime.date(2026, 3, 5)


def test_overdue_clocks_come_first(bench: Bench) -> None:
    bench.ask(do.ReportAdverseEvent("01-001", told()), by=Role.COORDINATOR)
    bench.ask(do.ReportAdverseEvent("01-001", told(seriousness=GRAVE)), by=Role.COORDINATOR)
    at = datetime.datetime(2026, 3, 12, tzinfo=datetime.UTC)
    found = clocks(bench.trial, _viewer(bench, Role.MONITOR), at, {})
    assert [(one.duty, one.state) for one in found] == [
        (Duty.SEVEN_DAYS, Running.OVERDUE),
        (Duty.FIFTEEN_DAYS, Running.RUNNING),
    ]


@pytest.fixture
def listed(bench: Bench) -> Bench:
    for event in (told("Redness", (), reaction=True), told("Cough", ()), told("Sepsis", GRAVE), told("cough", ())):
        bench.ask(do.ReportAdverseEvent("01-001", event), by=Role.COORDINATOR)
    return bench


def test_serious_events_come_first_and_are_counted_over_all(listed: Bench) -> None:
    seen = safety(listed.trial, _viewer(listed, Role.MONITOR))
    assert [one.term for one in seen.events] == ["Sepsis", "Cough", "cough"]
    counts = seen.counts
    assert (counts.total, counts.serious, counts.fatal) == (Tally(3, 1), Tally(1, 1), Tally(0, 0))
    assert dict(counts.by_severity)[Severity.SEVERE] == Tally(3, 1)
    assert counts.by_term == (("Cough", Tally(2, 1)), ("Sepsis", Tally(1, 1)))
    assert [one.term for one in seen.reactions] == ["Redness"]  # type: ignore[union-attr]


def test_must_16_reactions_leave_no_trace_for_those_not_cleared(listed: Bench) -> None:
    """Not in the list, the counts or the numbering: swapping in another first event would show nothing."""
    seen = safety(listed.trial, _viewer(listed, Role.STATISTICIAN))
    text = msgspec.json.encode(seen).decode()
    assert "eaction" not in text
    assert "Redness" not in text
    assert sorted(one.number for one in seen.events) == [1, 2, 3]
    assert find_adverse(listed.trial, _viewer(listed, Role.STATISTICIAN), "01-001", 1)[0] == 2
    assert find_adverse(listed.trial, _viewer(listed, Role.MONITOR), "01-001", 1)[0] == 1
    with pytest.raises(Refused, match="no adverse event of that number"):
        find_adverse(listed.trial, _viewer(listed, Role.STATISTICIAN), "01-001", 4)


def test_must_20_an_assessor_is_told_of_no_adverse_event(listed: Bench) -> None:
    with pytest.raises(Refused, match="nothing here for your roles"):
        safety(listed.trial, _viewer(listed, Role.ASSESSOR))
    assert _clocks(listed, 0, Role.ASSESSOR) == {}


def test_a_site_lists_its_own(listed: Bench) -> None:
    assert safety(listed.trial, _viewer(listed, Role.COORDINATOR, "02")).events == ()
