"""A participant's calendar, and what is to be done at a site today."""

import datetime

import msgspec
import pytest
from msgspec.structs import replace

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.forms import digest
from equipoise.conduct.masking import Viewer, viewer_of
from equipoise.conduct.participant import Place
from equipoise.conduct.permissions import MAY
from equipoise.conduct.protocol.model import ConsentVersion
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.roles import Role
from equipoise.conduct.views.calendar import Calendar, Filled, Status, VisitLine, calendar
from equipoise.conduct.views.clocks import serious_since
from equipoise.conduct.views.worklist import Task, ToDo, worklist
from equipoise.kernel.refused import Refused
from tests.trials import PROTOCOL, Bench, person_for, running

DAY0 = datetime.date(2026, 3, 2)


def _viewer(bench: Bench, role: Role, site: str = "01") -> Viewer:
    return viewer_of(bench.trial, person_for(role, site), bench.at)


def _calendar(bench: Bench, role: Role = Role.COORDINATOR, day: int = 0, participant: str = "01-001") -> Calendar:
    return calendar(bench.trial, _viewer(bench, role), participant, DAY0 + datetime.timedelta(days=day))


def _visit(seen: Calendar, visit: str) -> VisitLine:
    return next(one for one in seen.visits if one.visit == visit)


@pytest.fixture
def bench() -> Bench:
    bench = running()
    bench.randomised()
    return bench


def test_windows_as_days(bench: Bench) -> None:
    week = _visit(_calendar(bench), "week")
    assert (week.first, week.planned, week.last) == tuple(DAY0 + datetime.timedelta(days=n) for n in (25, 28, 31))
    assert [one.label for one in _calendar(bench).visits] == [
        "Screening", "Baseline", "Week", "Week (2)", "Week (3)", "Open week",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "status"),
    [(24, Status.COMING), (25, Status.DUE), (31, Status.DUE), (32, Status.LATE)],
)
def test_how_a_visit_stands_by_its_window(bench: Bench, day: int, status: Status) -> None:
    assert _visit(_calendar(bench, day=day), "week").status is status


def test_done_outside_missed_and_not_needed(bench: Bench) -> None:
    bench.ask(do.RecordVisit("01-001", "baseline", DAY0), by=Role.COORDINATOR)
    late = bench.at + datetime.timedelta(days=40)
    bench.ask(do.RecordVisit("01-001", "week", late.date()), by=Role.COORDINATOR, at=late)
    bench.ask(do.MissVisit("01-001", "week-2", "Ill"), by=Role.COORDINATOR)
    bench.ask(do.WithdrawParticipant("01-001", late.date(), ("visits",)), by=Role.COORDINATOR)
    seen = _calendar(bench, day=41)
    assert [one.status for one in seen.visits] == [
        Status.NOT_NEEDED, Status.DONE, Status.OUTSIDE, Status.MISSED, Status.NOT_NEEDED, Status.NOT_NEEDED,
    ]  # fmt: skip
    assert _visit(seen, "week-2").why_missed == "Ill"
    assert _visit(seen, "week-2").forms == ()


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (do.LoseParticipant("01-001", DAY0 + datetime.timedelta(days=30), "Letters"), Status.NOT_NEEDED),
        (do.LoseParticipant("01-001", DAY0 + datetime.timedelta(days=31), "Letters"), Status.LATE),
        (do.CompleteParticipant("01-001", DAY0 + datetime.timedelta(days=24)), Status.NOT_NEEDED),
        (do.CompleteParticipant("01-001", DAY0 + datetime.timedelta(days=25)), Status.LATE),
    ],
)
def test_a_visit_at_the_end_of_follow_up(bench: Bench, end: do.Command, status: Status) -> None:
    bench.at += datetime.timedelta(days=40)
    bench.ask(end, by=Role.COORDINATOR)
    assert _visit(_calendar(bench, day=40), "week").status is status


def test_before_randomisation_there_are_no_days(bench: Bench) -> None:
    one = bench.screened()
    seen = _calendar(bench, participant=one)
    assert {line.planned for line in seen.visits} == {None}
    assert [line.status for line in seen.visits[:2]] == [Status.DUE, Status.COMING]
    bench.ask(do.FailScreening(one, "declined"), by=Role.COORDINATOR)
    assert {line.status for line in _calendar(bench, participant=one).visits} == {Status.NOT_NEEDED}


def test_forms_expected_entered_and_signed(bench: Bench) -> None:
    def state() -> Filled:
        forms = {one.form: one.state for one in _visit(_calendar(bench), "baseline").forms}
        return forms["vitals"]

    place = Place("baseline", "vitals")
    assert state() is Filled.EXPECTED
    bench.ask(do.EnterForm("01-001", "baseline", "vitals", {"weight": "70"}), by=Role.COORDINATOR)
    assert state() is Filled.TO_SIGN
    sheet = bench.trial.participants["01-001"].sheets[place]
    bench.ask(do.SignForm("01-001", "baseline", "vitals", "Checked", digest(sheet)), by=Role.INVESTIGATOR)
    assert state() is Filled.SIGNED
    change = do.CorrectForm("01-001", "baseline", "vitals", {"weight": "71"})
    bench.ask(change, by=Role.COORDINATOR, reason="Misread")
    assert state() is Filled.TO_SIGN


def test_must_16_a_form_of_which_nothing_is_seen_is_absent(bench: Bench) -> None:
    def forms(role: Role) -> set[str]:
        return {one.form for visit in _calendar(bench, role).visits for one in visit.forms}

    assert forms(Role.COORDINATOR) == {"vitals", "assessment", "reactions"}
    assert forms(Role.ASSESSOR) == {"vitals", "assessment"}
    assert forms(Role.INDEPENDENT_STATISTICIAN) == {"vitals", "assessment", "laboratory", "reactions"}


def test_must_16_kits_are_absent_for_those_who_do_not_deal_with_them(bench: Bench) -> None:
    seen = _visit(_calendar(bench), "baseline")
    assert seen.kits == 0
    assert seen.given == tuple(bench.trial.participants["01-001"].kits)
    assert _visit(_calendar(bench), "week").kits == 1
    told = msgspec.to_builtins(_visit(_calendar(bench, Role.ASSESSOR), "baseline"))
    assert not {"kits", "given"} & set(told)
    bench.ask(do.StopTreatment("01-001", DAY0, "Rash"), by=Role.INVESTIGATOR)
    assert _visit(_calendar(bench), "week").kits == 0


def test_a_calendar_is_for_those_who_see_trial_data(bench: Bench) -> None:
    with pytest.raises(Refused, match="nothing here for your roles"):
        _calendar(bench, Role.PHARMACIST)
    with pytest.raises(Refused, match="no such participant here"):
        calendar(bench.trial, _viewer(bench, Role.COORDINATOR, "02"), "01-001", DAY0)


def _work(bench: Bench, role: Role = Role.COORDINATOR, site: str = "") -> tuple[ToDo, ...]:
    return worklist(bench.trial, _viewer(bench, role), bench.at, serious_since(bench.entries), site)


@pytest.fixture
def busy() -> Bench:
    """A query, a form to sign, a serious event nine days old, a visit due, and an amendment that wants consent."""
    bench = running()
    one = bench.randomised()
    bench.ask(do.RecordVisit(one, "baseline", DAY0), by=Role.COORDINATOR)
    bench.ask(do.EnterForm(one, "baseline", "vitals", {"weight": "20"}), by=Role.COORDINATOR)
    bench.at += datetime.timedelta(days=26)
    bench.ask(do.ReportAdverseEvent(one, _fatal(18)), by=Role.COORDINATOR)
    again = ConsentVersion(id="2", label="2.0", valid_from=DAY0, reconsent=True)
    amended = replace(PROTOCOL, version="2.0", consent=(*PROTOCOL.consent, again))
    bench.ask(do.AmendProtocol(amended), by=Role.SPONSOR, reason="One visit more")
    bench.at += datetime.timedelta(days=1)
    return bench


def _fatal(day: int) -> did.AdverseEvent:
    on = DAY0 + datetime.timedelta(days=day)
    grave = (did.Seriousness.LIFE_THREATENING,)
    return did.AdverseEvent(
        "Sepsis", on, on, did.Severity.SEVERE, did.Causality.RELATED, did.Outcome.NOT_KNOWN, grave, expected=False
    )


def test_the_most_pressing_comes_first(busy: Bench) -> None:
    found = _work(busy)
    assert [one.task for one in found] == sorted(one.task for one in found)
    assert [(one.task, one.late) for one in found if one.task is not Task.FORM] == [
        (Task.OVERDUE_CLOCK, True),
        (Task.QUERY, False),
        (Task.VISIT, True),
        (Task.VISIT, False),
        (Task.SIGNATURE, False),
        (Task.CONSENT, False),
    ]
    assert found[0].words == "Sepsis: report to authorities: fatal or life-threatening"
    assert found[0].due == DAY0 + datetime.timedelta(days=25)
    assert found[1].words.startswith("Query Q1 to answer: Vital signs at Baseline, Body weight. Body weight is usually")
    assert found[-1].words == "Consent is needed again, version 2.0"


def test_what_is_alike_comes_as_the_schedule_has_it() -> None:
    """By their names the visits of this trial would be in another order."""
    visits = [visit.id for visit in planned_visits(PROTOCOL) if "vitals" in visit.forms]
    assert visits != sorted(visits)
    bench = running()
    one = bench.randomised()
    bench.at += datetime.timedelta(days=400)
    days = {visit.id: DAY0 + datetime.timedelta(days=max(visit.day, 0)) for visit in planned_visits(PROTOCOL)}
    for visit in reversed(days):
        bench.ask(do.RecordVisit(one, visit, days[visit]), by=Role.COORDINATOR)
    forms = [task for task in _work(bench) if task.task is Task.FORM]
    assert list(dict.fromkeys(task.visit for task in forms)) == list(days)
    assert all(task.words.endswith(" is to be filled in") for task in forms)
    for visit in reversed(visits):
        bench.ask(do.EnterForm(one, visit, "vitals", {"weight": "70"}), by=Role.COORDINATOR)
    signatures = [task for task in _work(bench) if task.task is Task.SIGNATURE]
    assert [task.visit for task in signatures] == visits
    assert signatures[0].words.endswith(" is to be signed")


@pytest.mark.parametrize(
    ("role", "theirs"),
    [
        (Role.COORDINATOR, {Task.QUERY, Task.VISIT, Task.CONSENT}),
        (Role.INVESTIGATOR, {Task.QUERY, Task.VISIT, Task.SIGNATURE, Task.CONSENT}),
        (Role.ASSESSOR, {Task.FORM}),
        (Role.SAFETY_OFFICER, {Task.OVERDUE_CLOCK}),
        (Role.MONITOR, set()),
    ],
)
def test_what_somebody_may_not_do_waits_for_others(busy: Bench, role: Role, theirs: set[Task]) -> None:
    found = _work(busy, role)
    assert {one.task for one in found if one.yours} == theirs
    assert {one.task for one in found if not one.yours}


def test_a_query_that_is_answered_waits_for_those_who_close_it(busy: Bench) -> None:
    busy.ask(do.AnswerQuery("Q1", "It was read again"), by=Role.COORDINATOR)
    reading = (Role.COORDINATOR, Role.INVESTIGATOR, *sorted(MAY[do.CloseQuery]))
    yours = {role: [one.yours for one in _work(busy, role) if one.task is Task.QUERY] for role in reading}
    assert yours == {role: [role in MAY[do.CloseQuery]] for role in reading}


def test_forms_nobody_filled_in_are_asked_for_once_the_visit_is_done(busy: Bench) -> None:
    assert [one.form for one in _work(busy) if one.task is Task.FORM] == ["assessment"]


def test_a_form_that_may_repeat_may_also_be_none(busy: Bench) -> None:
    busy.ask(do.RecordVisit("01-001", "week", busy.at.date()), by=Role.COORDINATOR)
    asked = {(one.visit, one.form) for one in _work(busy) if one.task is Task.FORM}
    assert asked == {("baseline", "assessment"), ("week", "vitals"), ("week", "assessment")}


def test_consent_is_not_asked_again_before_the_new_version_is_valid(busy: Bench) -> None:
    before = viewer_of(busy.trial, person_for(Role.COORDINATOR), busy.at)
    later = replace(busy.trial.protocol.consent[-1], valid_from=busy.at.date() + datetime.timedelta(days=1))
    protocol = replace(busy.trial.protocol, consent=(*PROTOCOL.consent, later))
    trial = replace(busy.trial, protocols={**busy.trial.protocols, "2.0": protocol})
    assert Task.CONSENT not in {one.task for one in worklist(trial, before, busy.at)}
    tomorrow = busy.at + datetime.timedelta(days=1)
    assert Task.CONSENT in {one.task for one in worklist(trial, before, tomorrow)}


def test_what_is_done_is_off_the_list(busy: Bench) -> None:
    busy.ask(do.SendExpeditedReport("01-001", 1, busy.at.date(), "the authority"), by=Role.SAFETY_OFFICER)
    busy.ask(do.RecordConsent("01-001", "2", busy.at.date()), by=Role.COORDINATOR)
    busy.ask(do.RecordVisit("01-001", "week", busy.at.date()), by=Role.COORDINATOR)
    tasks = {one.task for one in _work(busy)}
    assert not tasks & {Task.OVERDUE_CLOCK, Task.CONSENT}
    assert [one.visit for one in _work(busy) if one.task is Task.VISIT] == ["screening"]


def test_must_17_a_list_holds_only_what_its_reader_sees(busy: Bench) -> None:
    assert Task.OVERDUE_CLOCK not in {one.task for one in _work(busy, Role.ASSESSOR)}
    assert worklist(busy.trial, _viewer(busy, Role.COORDINATOR, "02"), busy.at, {}) == ()
    assert _work(busy, Role.MONITOR) == _work(busy, Role.MONITOR, "01")
    with pytest.raises(Refused, match="nothing here for your roles"):
        _work(busy, Role.COORDINATOR, "02")
