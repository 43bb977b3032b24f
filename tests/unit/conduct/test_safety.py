"""Adverse events and their reports, medications, deviations, and breaking one participant's code."""

import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.log import utc
from equipoise.conduct.masking import entry_seen, viewer_of
from equipoise.conduct.roles import Role
from equipoise.kernel.refused import Refused
from tests.trials import START, Bench, all_recorded, running

C, V, Y, S = Role.COORDINATOR, Role.INVESTIGATOR, Role.SAFETY_OFFICER, Role.SPONSOR
DAY = START.date()
ONE, MINUTE, ZERO = (datetime.timedelta(minutes=minutes) for minutes in (24 * 60, 1, 0))
RASH = did.AdverseEvent("Rash", DAY, DAY, did.Severity.MILD, did.Causality.RELATED, did.Outcome.RECOVERING)
ADMITTED = msgspec.structs.replace(RASH, term="Fever", seriousness=(did.Seriousness.HOSPITALISATION,))


@pytest.fixture
def bench() -> Bench:
    return running()


@pytest.fixture
def number(bench: Bench) -> str:
    return bench.randomised()


def broken(bench: Bench, number: str, by: Role = V, **changed: object) -> tuple[did.TrialEvent, ...]:
    given: dict[str, object] = {"path": "emergency", "why": "Anaphylaxis", "changes_care": True}
    return bench.ask(do.BreakCode(number, **{**given, **changed}), by=by)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"term": " "}, "What happened: nothing was written"),
        ({"started": DAY + ONE}, "The day it began: 2026-03-03 lies in the future"),
        ({"aware": DAY + ONE}, "The day you knew: 2026-03-03 lies in the future"),
        ({"aware": DAY - ONE}, "is before the day it began"),
        ({"ended": DAY - ONE}, "The day it ended: 2026-03-01 is before the day it began"),
        ({"outcome": did.Outcome.FATAL}, "Outcome and seriousness disagree about death"),
        ({"seriousness": (did.Seriousness.DEATH,)}, "Outcome and seriousness disagree about death"),
    ],
)
def test_an_adverse_event_holds_together(bench: Bench, number: str, told: dict[str, object], why: str) -> None:
    with pytest.raises(Refused, match=why):
        bench.ask(do.ReportAdverseEvent(number, msgspec.structs.replace(RASH, **told)), by=C)


def test_adverse_events_are_numbered_by_participant(bench: Bench, number: str) -> None:
    other = bench.randomised("02")
    for who, site, wanted in ((number, "01", 1), (number, "01", 2), (other, "02", 1)):
        (event,) = bench.ask(do.ReportAdverseEvent(who, RASH), by=C, site=site)
        assert isinstance(event, did.AdverseEventReported)
        assert event.number == wanted


def test_must_03_an_adverse_event_is_changed_with_a_reason(bench: Bench, number: str) -> None:
    bench.ask(do.ReportAdverseEvent(number, RASH), by=C)
    ended = msgspec.structs.replace(RASH, ended=DAY)
    for event, told, reason, why in (
        (2, ended, "Over", "has no adverse event of that number"),
        (1, ended, "", "a reason is needed"),
        (1, RASH, "Over", "Adverse event 1: nothing changed"),
    ):
        with pytest.raises(Refused, match=why):
            bench.ask(do.UpdateAdverseEvent(number, event, told), by=C, reason=reason)
    bench.ask(do.UpdateAdverseEvent(number, 1, ended), by=C, reason="Over")
    assert bench.one(number).adverse[1].told == ended


def test_only_what_is_serious_is_reported_onward(bench: Bench, number: str) -> None:
    bench.ask(do.ReportAdverseEvent(number, RASH), by=C)
    bench.ask(do.ReportAdverseEvent(number, ADMITTED), by=C)
    for event, on, to, why in (
        (1, DAY, "Agency", "Rash: is not serious"),
        (2, DAY - ONE, "Agency", "is before the day the site knew"),
        (2, DAY + ONE, "Agency", "lies in the future"),
        (2, DAY, "", "To whom it was sent: nothing was written"),
        (3, DAY, "Agency", "has no adverse event of that number"),
    ):
        with pytest.raises(Refused, match=why):
            bench.ask(do.SendExpeditedReport(number, event, on, to), by=Y)
    bench.ask(do.SendExpeditedReport(number, 2, DAY, "Agency"), by=Y)
    assert bench.one(number).adverse[2].sent == ((DAY, "Agency"),)


def test_medications_are_numbered_and_corrected_with_a_reason(bench: Bench, number: str) -> None:
    for command, reason, why in (
        (do.RecordMedication(number, " "), "", "nothing was written"),
        (do.RecordMedication(number, "A", started="2026-02", stopped="2026-01"), "", "stopped before it started"),
        (do.RecordMedication(number, "A", started="2026-04"), "", "lies in the future"),
        (do.RecordMedication(number, "A", number=1), "Dose", "is not the number of one of their medications"),
        (do.RecordMedication(number, "A", number=0), "Dose", "is not the number of one of their medications"),
    ):
        with pytest.raises(Refused, match=why):
            bench.ask(command, by=C, reason=reason)
    bench.ask(do.RecordMedication(number, "Aspirin", started="2026-03"), by=C)
    with pytest.raises(Refused, match="a reason is needed"):
        bench.ask(do.RecordMedication(number, "Aspirin", dose="1", number=1), by=C)
    bench.ask(do.RecordMedication(number, "Aspirin", dose="1", number=1), by=C, reason="Dose")
    assert [(key, each.dose) for key, each in bench.one(number).medications.items()] == [(1, "1")]


def test_must_26_accidental_unmasking_is_a_deviation_of_its_own(bench: Bench, number: str) -> None:
    told = do.RecordDeviation("accidental-unmasking", "A label was seen", important=True, participant=number)
    bench.ask(told, by=C)
    (noted,) = bench.trial.deviations
    assert (noted.of, noted.participant, noted.site) == ("accidental-unmasking", number, "01")
    statistician = viewer_of(bench.trial, Role.STATISTICIAN.value, bench.at)
    monitor = viewer_of(bench.trial, Role.MONITOR.value, bench.at)
    assert entry_seen(bench.trial, statistician, bench.entries[-1]) is None
    assert entry_seen(bench.trial, monitor, bench.entries[-1]) is not None


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (do.RecordDeviation("mood", "Bad", important=False, site="01"), "mood: is not a kind we know"),
        (do.RecordDeviation("other", " ", important=False, site="01"), "What happened: nothing was written"),
        (do.RecordDeviation("other", "Late", important=False, site="77"), "there is no such site"),
        (do.RecordDeviation("other", "Late", important=False), "there is no such site"),
    ],
)
def test_a_deviation_says_what_and_where(bench: Bench, command: do.RecordDeviation, why: str) -> None:
    with pytest.raises(Refused, match=why):
        bench.ask(command, by=Role.MONITOR)


def test_must_23_an_investigator_breaks_one_code_with_nobodys_leave(bench: Bench, number: str) -> None:
    other = bench.randomised()
    at = datetime.datetime(2026, 3, 8, 2, 30, tzinfo=datetime.UTC)  # a Sunday night
    (event,) = bench.ask(do.BreakCode(number, "emergency", "Anaphylaxis", changes_care=True), by=V, at=at)
    assert event == did.CodeBroken(number, "emergency", "Anaphylaxis", changes_care=True, to=("investigator-01",))
    assert len(bench.one(number).broken) == 1
    assert bench.one(other).broken == ()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"why": " "}, "Why the code is broken: nothing was written"),
        ({"changes_care": False}, "knowing the treatment would not change their care"),
        ({"path": "curiosity"}, "curiosity: is not a way to break a code"),
        ({"path": "safety-report"}, "is for the safety officer"),
        ({"to": ("",)}, "Who is told: nothing was written"),
        ({"to": ("sponsor",)}, "Sponsor  stays masked"),
    ],
)
def test_must_23_not_without_need_reason_or_right(
    bench: Bench, number: str, changed: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        broken(bench, number, **changed)
    assert bench.one(number).broken == ()


def test_must_23_not_of_those_who_have_no_code_nor_by_others(bench: Bench, number: str) -> None:
    with pytest.raises(Refused, match="has not been randomised"):
        broken(bench, bench.screened())
    for role in set(Role) - {V, Y}:
        with pytest.raises(Refused, match="Not allowed"):
            broken(bench, number, role)
    with pytest.raises(Refused, match="there is no such participant"):
        bench.ask(do.BreakCode(number, "emergency", "Shock", changes_care=True), by=V, site="02")


def test_must_24_a_break_names_who_knows_and_never_what(bench: Bench, number: str) -> None:
    broken(bench, number, to=("Dr Night, emergency room",))
    (seen,) = bench.one(number).broken
    assert (seen.by, seen.to, seen.assessed) == ("investigator-01", ("Dr Night, emergency room",), "")
    for secret in ("active", "placebo", '"a"', '"p"'):
        assert secret not in all_recorded(bench)
    day = bench.later(28)
    bench.ask(do.RecordVisit(number, "week", day), by=C)
    assert bench.one(number).ended is None


def test_must_24_what_was_on_paper_names_the_envelope_and_when_it_was_opened(bench: Bench, number: str) -> None:
    opened = bench.at.astimezone(ZoneInfo("Europe/Berlin"))
    (event,) = broken(bench, number, envelope=" 57-0001 ", opened=opened)
    assert isinstance(event, did.CodeBroken)
    assert (event.envelope, event.opened, event.why) == ("57-0001", bench.at - MINUTE, "Anaphylaxis")
    assert event.opened.tzinfo is datetime.UTC
    broken(bench, number)
    paper, page = bench.one(number).broken
    assert (paper.envelope, paper.opened, paper.since) == ("57-0001", utc(opened), utc(opened))
    assert (page.envelope, page.opened, page.since) == ("", "", page.at)


@pytest.mark.parametrize(
    ("envelope", "later", "why"),
    [
        ("57-0001", 2 * MINUTE, r"When it was opened: 2026-03-02T\S+Z lies in the future"),
        ("57-0001", -MINUTE, r"When it was opened: 2026-03-02T\S+Z is before they were randomised"),
        (" ", ZERO, "The envelope: nothing was written"),
        ("", ZERO, "The envelope: nothing was written"),
        ("57-0001", None, "When it was opened: is not known"),
    ],
)
def test_must_24_an_envelope_was_opened_between_randomisation_and_now(
    bench: Bench, number: str, envelope: str, later: datetime.timedelta | None, why: str
) -> None:
    randomised = datetime.datetime.fromisoformat(bench.one(number).randomised)
    with pytest.raises(Refused, match=why):
        broken(bench, number, envelope=envelope, opened=None if later is None else randomised + later)
    with pytest.raises(Refused, match="not of which zone"):
        broken(bench, number, envelope="57-0001", opened=bench.at.replace(tzinfo=None))
    assert bench.one(number).broken == ()


def test_must_24_every_break_is_assessed_once(bench: Bench, number: str) -> None:
    with pytest.raises(Refused, match="has had no code broken"):
        bench.ask(do.AssessImpact(number, "None"), by=S)
    broken(bench, number)
    broken(bench, number)
    with pytest.raises(Refused, match="The assessment: nothing was written"):
        bench.ask(do.AssessImpact(number, ""), by=S)
    bench.ask(do.AssessImpact(number, "None"), by=S)
    assert [each.assessed for each in bench.one(number).broken] == ["None", "None"]
    with pytest.raises(Refused, match="is assessed already"):
        bench.ask(do.AssessImpact(number, "Some"), by=S)
    broken(bench, number)
    bench.ask(do.AssessImpact(number, "Some"), by=S)
    assert [each.assessed for each in bench.one(number).broken] == ["None", "None", "Some"]


def test_must_25_a_safety_report_is_a_way_apart_and_the_site_stays_masked(bench: Bench, number: str) -> None:
    with pytest.raises(Refused, match="has no serious adverse event"):
        broken(bench, number, Y, path="safety-report", changes_care=False)
    bench.ask(do.ReportAdverseEvent(number, ADMITTED), by=C)
    with pytest.raises(Refused, match="is for the investigator"):
        broken(bench, number, Y)
    with pytest.raises(Refused, match="Investigator 01 stays masked"):
        broken(bench, number, Y, path="safety-report", to=("investigator-01",))
    (event,) = broken(bench, number, Y, path="safety-report", changes_care=False)
    assert isinstance(event, did.CodeBroken)
    assert event.to == ("safety-officer",)
