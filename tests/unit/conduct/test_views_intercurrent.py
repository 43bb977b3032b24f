"""Intercurrent events of the estimands, as a table from the log, for those who may know of each."""

import datetime
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.masking import viewer_of
from equipoise.conduct.protocol.model import Estimand, Intercurrent, Strategy
from equipoise.conduct.roles import Role
from equipoise.conduct.views.export import table
from equipoise.conduct.views.intercurrent import DAYS
from equipoise.conduct.views.records import ARMS
from tests.trials import PROTOCOL, Bench, person_for

DAY = datetime.date(2026, 3, 2)
EVENTS = (*DAYS, "vitals.pregnant", "reactions.site")
ESTIMAND = Estimand(
    endpoint="activity",
    population="All randomised",
    treatment="As assigned",
    summary="Difference of the means",
    intercurrent=tuple(Intercurrent(event=each, label=each, strategy=Strategy.COMPOSITE) for each in EVENTS),
)


@pytest.fixture
def bench() -> Bench:
    return Bench(replace(PROTOCOL, estimands=(ESTIMAND,))).staffed().sealed()


def happened(bench: Bench, role: Role = Role.MONITOR) -> list[tuple[str, int, str | None]]:
    viewer = viewer_of(bench.trial, person_for(role), bench.at)
    found = table(bench.trial, viewer, "intercurrent_events")
    assert [column.name for column in found.columns][:4] == ["participant", "endpoint", "event", "time"]
    assert {row[1] for row in found.rows} <= {"activity"}
    return [(str(row[2]), int(str(row[3])), row[6] and str(row[6])) for row in found.rows]  # type: ignore[misc]


def test_must_28_nothing_happened_to_whom_nothing_happened(bench: Bench) -> None:
    bench.randomised()
    assert happened(bench) == []


def test_must_28_intercurrent_events_are_derived_from_the_log(bench: Bench) -> None:
    one = bench.randomised()
    bench.ask(do.RecordVisit(one, "baseline", DAY), by=Role.COORDINATOR)
    values = {"weight": "60.5", "pregnant": "yes", "week": "12"}
    bench.ask(do.EnterForm(one, "baseline", "vitals", values), by=Role.COORDINATOR)
    bench.ask(do.MissVisit(one, "week", "Away"), by=Role.COORDINATOR)
    for started in ("2026-03-02", "2026-03"):
        bench.ask(do.RecordMedication(one, "Prednisolone", started=started), by=Role.COORDINATOR)
    bench.ask(do.StopTreatment(one, DAY, "Rash"), by=Role.INVESTIGATOR)
    bench.ask(do.WithdrawParticipant(one, DAY, ("treatment", "visits", "new-data")), by=Role.COORDINATOR)
    assert happened(bench) == [
        ("treatment-stopped", 1, "2026-03-02"),
        ("participant-withdrew", 1, "2026-03-02"),
        ("visit-missed", 1, None),
        ("medication-recorded", 1, "2026-03"),
        ("medication-recorded", 2, "2026-03-02"),
        ("vitals.pregnant", 1, "2026-03-02"),
    ]


def test_must_28_an_end_taken_back_is_no_event(bench: Bench) -> None:
    one = bench.randomised()
    bench.ask(do.LoseParticipant(one, DAY, "Three calls"), by=Role.COORDINATOR)
    assert happened(bench) == [("participant-lost", 1, "2026-03-02")]
    bench.ask(do.ReinstateParticipant(one, "lost"), by=Role.INVESTIGATOR, reason="Came after all")
    assert happened(bench) == []


def test_must_16_who_may_not_know_of_an_event_has_no_row_of_it(bench: Bench) -> None:
    one = bench.randomised()
    for term, reaction in (("Redness", True), ("Cough", False)):
        told = did.AdverseEvent(
            term, DAY, DAY, did.Severity.MILD, did.Causality.NOT_RELATED, did.Outcome.RECOVERED, reaction=reaction
        )
        bench.ask(do.ReportAdverseEvent(one, told), by=Role.COORDINATOR)
    bench.ask(do.BreakCode(one, "emergency", "Sepsis", True), by=Role.INVESTIGATOR)
    kinds = {role: [event for event, _, _ in happened(bench, role)] for role in (Role.MONITOR, Role.STATISTICIAN)}
    assert kinds[Role.MONITOR] == ["adverse-event-reported"] * 2 + ["code-broken"]
    assert kinds[Role.STATISTICIAN] == ["adverse-event-reported"]
    assert happened(bench, Role.ASSESSOR) == []


def test_the_page_names_every_event_and_a_table_of_arms_is_none(bench: Bench) -> None:
    page = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()
    told = re.search(r"An intercurrent event is (.*?)\. The export", page, re.DOTALL)
    assert told
    assert set(re.findall(r"`([a-z-]+)`", told[1])) == set(DAYS)
    assert ARMS != "intercurrent_events"
