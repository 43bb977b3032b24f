"""Every command by every role, from a table written by hand; sites, dates, training, and duties kept apart."""

import datetime

import msgspec
import pytest

from equipoise.conduct import commands as do
from equipoise.conduct.decide import RULES
from equipoise.conduct.events import AdverseEvent, Causality, Outcome, Severity
from equipoise.conduct.log import Context
from equipoise.conduct.permissions import MAY, WHEN, permit
from equipoise.conduct.roles import AT_A_SITE, Role
from equipoise.conduct.trial import Stage
from equipoise.kernel.refused import Refused
from tests.trials import PROTOCOL, Bench, person_for, running

C, V, A, P = Role.COORDINATOR, Role.INVESTIGATOR, Role.ASSESSOR, Role.PHARMACIST
M, S, T, U = Role.MONITOR, Role.SPONSOR, Role.STATISTICIAN, Role.INDEPENDENT_STATISTICIAN
Y, D = Role.SAFETY_OFFICER, Role.ADMINISTRATOR

DAY = datetime.date(2026, 3, 2)
TOLD = AdverseEvent("Rash", DAY, DAY, Severity.MILD, Causality.RELATED, Outcome.RECOVERED)
ONE, VISIT = "01-001", "screening"

TABLE: dict[type[do.Command], tuple[do.Command, str]] = {
    do.AmendProtocol: (do.AmendProtocol(PROTOCOL), "S"),
    do.AddSite: (do.AddSite("09", "Nine", "DE"), "S"),
    do.OpenSite: (do.OpenSite("01"), "S"),
    do.CloseSite: (do.CloseSite("01"), "S"),
    do.GrantRole: (do.GrantRole("x", "X", M, DAY, DAY), "D"),
    do.RevokeRole: (do.RevokeRole("monitor", M), "D"),
    do.SealAllocation: (do.SealAllocation("test/1", "ab" * 32), "U"),
    do.NumberKits: (do.NumberKits("ab" * 32, 2, 40), "U"),
    do.SendKits: (do.SendKits("01", 4), "SP"),
    do.DiscardKits: (do.DiscardKits("01", ("7",)), "CIP"),
    do.ReceiveKits: (do.ReceiveKits("01", ("7",)), "P"),
    do.PrescreenPerson: (do.PrescreenPerson("01"), "CI"),
    do.RecordConsent: (do.RecordConsent(ONE, "1", DAY), "CI"),
    do.ScreenParticipant: (do.ScreenParticipant(ONE, DAY, ()), "CI"),
    do.FailScreening: (do.FailScreening(ONE, "other"), "CI"),
    do.RecordStratum: (do.RecordStratum(ONE, {}), "CI"),
    do.CorrectStratum: (do.CorrectStratum(ONE, "disease", "dm"), "CI"),
    do.RandomiseParticipant: (do.RandomiseParticipant(ONE), "CI"),
    do.DispenseKits: (do.DispenseKits(ONE, VISIT, DAY), "CI"),
    do.ReturnKit: (do.ReturnKit(ONE, "7", DAY, 0), "CIP"),
    do.StopTreatment: (do.StopTreatment(ONE, DAY, "Rash"), "I"),
    do.RecordVisit: (do.RecordVisit(ONE, VISIT, DAY), "CI"),
    do.MissVisit: (do.MissVisit(ONE, VISIT, "Ill"), "CI"),
    do.EnterForm: (do.EnterForm(ONE, VISIT, "vitals", {}), "CIAPU"),
    do.CorrectForm: (do.CorrectForm(ONE, VISIT, "vitals", {}), "CIAPU"),
    do.SignForm: (do.SignForm(ONE, VISIT, "vitals", "Right", ""), "I"),
    do.RaiseQuery: (do.RaiseQuery(ONE, VISIT, "vitals", "Sure?"), "IMSTO"),
    do.AnswerQuery: (do.AnswerQuery("Q1", "Yes"), "CIAPU"),
    do.CloseQuery: (do.CloseQuery("Q1", "Fine"), "MSTO"),
    do.RecordMedication: (do.RecordMedication(ONE, "Aspirin"), "CI"),
    do.ReportAdverseEvent: (do.ReportAdverseEvent(ONE, TOLD), "CI"),
    do.UpdateAdverseEvent: (do.UpdateAdverseEvent(ONE, 1, TOLD), "CI"),
    do.SendExpeditedReport: (do.SendExpeditedReport(ONE, 1, DAY, "Agency"), "O"),
    do.WithdrawParticipant: (do.WithdrawParticipant(ONE, DAY, ("visits",)), "CI"),
    do.LoseParticipant: (do.LoseParticipant(ONE, DAY, "Calls"), "CI"),
    do.RecordDeath: (do.RecordDeath(ONE, DAY), "CI"),
    do.CompleteParticipant: (do.CompleteParticipant(ONE, DAY), "CI"),
    do.ReinstateParticipant: (do.ReinstateParticipant(ONE, "lost"), "I"),
    do.RecordDeviation: (do.RecordDeviation("other", "Late", important=False, site="01"), "CIM"),
    do.BreakCode: (do.BreakCode(ONE, "emergency", "Shock", changes_care=True), "IO"),
    do.AssessImpact: (do.AssessImpact(ONE, "None"), "S"),
    do.EndorseRecord: (do.EndorseRecord(ONE, "Right", ""), "I"),
    do.FreezeData: (do.FreezeData("Frozen"), "T"),
    do.ThawData: (do.ThawData("Thawed"), "T"),
    do.LockData: (do.LockData("Locked", ""), "T"),
    do.UnlockData: (do.UnlockData("Unlocked"), "S"),
    do.UnblindTrial: (do.UnblindTrial("Unblinded"), "U"),
    do.NoteSealedRead: (do.NoteSealedRead("arm"), "CIAPMSTUO"),
    do.NoteExport: (do.NoteExport("visits", 1, "0"), "CIAPMSTUO"),
}
"""An example of each command, and who may ask for it: by the specification, not by the code."""
LETTERS = {"C": C, "I": V, "A": A, "P": P, "M": M, "S": S, "T": T, "U": U, "O": Y, "D": D}
STAGE_OF = {do.ThawData: Stage.FROZEN, do.LockData: Stage.FROZEN}
STAGE_OF |= {do.UnlockData: Stage.LOCKED, do.UnblindTrial: Stage.LOCKED}


@pytest.fixture(scope="module")
def ready() -> Bench:
    """One person of site 01, of whom a query is open."""
    bench = running()
    bench.screened()
    bench.ask(do.RaiseQuery(ONE, VISIT, "vitals", "Where is it?"), by=Role.MONITOR)
    return bench


def _permitted(bench: Bench, command: do.Command, user: str, at: datetime.datetime | None = None) -> bool:
    stage = STAGE_OF.get(type(command), Stage.OPEN)
    trial = msgspec.structs.replace(bench.trial, stage=stage)
    try:
        return bool(permit(trial, command, Context(by=user, at=at or bench.at)))
    except Refused:
        return False


def test_the_table_is_complete() -> None:
    assert set(TABLE) | {do.OpenTrial} == set(RULES)
    assert set(TABLE) == set(MAY)


@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: kind.__name__)
def test_must_07_every_command_by_every_role(ready: Bench, kind: type[do.Command]) -> None:
    command, letters = TABLE[kind]
    allowed = {LETTERS[letter] for letter in letters}
    assert {role for role in Role if _permitted(ready, command, person_for(role))} == allowed


@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: kind.__name__)
def test_must_07_nobody_of_another_site(ready: Bench, kind: type[do.Command]) -> None:
    command, _ = TABLE[kind]
    strangers = {role for role in AT_A_SITE if _permitted(ready, command, person_for(role, "02"))}
    assert strangers == (AT_A_SITE if kind in (do.NoteExport, do.NoteSealedRead) else set())


@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: kind.__name__)
def test_must_07_nobody_without_a_role(ready: Bench, kind: type[do.Command]) -> None:
    with pytest.raises(Refused, match=r"you have no role in this trial today|the trial is open"):
        permit(ready.trial, TABLE[kind][0], Context(by="nobody", at=ready.at))


@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: kind.__name__)
def test_must_07_a_role_expired_revoked_or_yet_to_begin_is_none(kind: type[do.Command]) -> None:
    command, letters = TABLE[kind]
    role = LETTERS[letters[0]]
    site = "01" if role in AT_A_SITE else ""
    if role is D:
        return  # the last administrator cannot be revoked; see below
    bench = _bench_with_query()
    held = {user: grants for user, grants in bench.trial.held.items() if user != person_for(role)}
    bench.trial = msgspec.structs.replace(bench.trial, held=held)
    day, later = bench.at.date(), datetime.timedelta(days=5)
    user = person_for(role)
    bench.ask(do.GrantRole(user, "X", role, day, day, day + later, site), by=D)
    assert _permitted(bench, command, user)
    assert not _permitted(bench, command, user, bench.at + later + datetime.timedelta(days=1))
    bench.ask(do.RevokeRole(user, role, site), by=D)
    assert not _permitted(bench, command, user)
    bench.ask(do.GrantRole(user, "X", role, day, day + later, site=site), by=D)
    assert not _permitted(bench, command, user)
    assert _permitted(bench, command, user, bench.at + later)


_KEPT: list[Bench] = []


def _bench_with_query() -> Bench:
    """Built once; the log of a bench is not shared."""
    if not _KEPT:
        _KEPT.append(running())
        _KEPT[0].screened()
        _KEPT[0].ask(do.RaiseQuery(ONE, VISIT, "vitals", "Where is it?"), by=M)
    bench = Bench.__new__(Bench)
    bench.__dict__.update(_KEPT[0].__dict__ | {"entries": list(_KEPT[0].entries)})
    return bench


def test_a_foreign_record_is_refused_in_the_words_of_none(ready: Bench) -> None:
    stranger = Context(by=person_for(C, "02"), at=ready.at)
    with pytest.raises(Refused) as foreign:
        permit(ready.trial, do.RecordVisit(ONE, VISIT, DAY), stranger)
    with pytest.raises(Refused) as none:
        permit(ready.trial, do.RecordVisit("01-999", VISIT, DAY), stranger)
    assert str(foreign.value).replace(ONE, "01-999") == str(none.value)
    with pytest.raises(Refused) as foreign:
        permit(ready.trial, do.AnswerQuery("Q1", "Yes"), stranger)
    with pytest.raises(Refused) as none:
        permit(ready.trial, do.AnswerQuery("Q9", "Yes"), stranger)
    assert str(foreign.value).replace("Q1", "Q9") == str(none.value)


def test_a_site_speaks_for_itself_alone(ready: Bench) -> None:
    nowhere = do.RecordDeviation("other", "Everywhere", important=True)
    assert not _permitted(ready, nowhere, person_for(C))
    assert not _permitted(ready, do.RecordDeviation("other", "There", important=True, site="02"), person_for(C))


def test_must_09_the_sponsor_and_its_people_change_nothing_a_site_recorded() -> None:
    site_data = {
        kind
        for kind, (_, letters) in TABLE.items()
        if set(letters) & set("CIA") and kind not in (do.NoteExport, do.NoteSealedRead)
    }
    assert {kind for kind in site_data if MAY[kind] & {S, T}} == {do.RaiseQuery}
    assert {kind for kind in site_data if MAY[kind] & {M, Y}} == {do.RaiseQuery, do.RecordDeviation, do.BreakCode}


WHEN_TABLE = {
    Stage.FROZEN: {
        do.GrantRole, do.RevokeRole, do.NoteExport, do.NoteSealedRead, do.AssessImpact, do.BreakCode,
        do.ReportAdverseEvent, do.UpdateAdverseEvent, do.SendExpeditedReport, do.RecordDeviation, do.CorrectForm,
        do.RaiseQuery, do.AnswerQuery, do.CloseQuery, do.SignForm, do.EndorseRecord, do.CorrectStratum,
        do.ReinstateParticipant, do.ThawData,
        do.LockData, do.CloseSite,
    },
    Stage.LOCKED: {
        do.GrantRole, do.RevokeRole, do.NoteExport, do.NoteSealedRead, do.AssessImpact, do.BreakCode,
        do.RecordDeviation, do.UnlockData, do.UnblindTrial,
    },
    Stage.UNBLINDED: {do.GrantRole, do.RevokeRole, do.NoteExport, do.NoteSealedRead, do.AssessImpact},
}  # fmt: skip


def test_must_27_what_may_be_done_at_each_stage() -> None:
    for stage, kinds in WHEN_TABLE.items():
        assert WHEN[stage] == kinds
    assert set(TABLE) - WHEN[Stage.OPEN] == {do.ThawData, do.LockData, do.UnlockData, do.UnblindTrial}
