"""Freeze, clean, sign, lock, unblind: in that order, each signed; and what every digest binds."""

import datetime

import msgspec
import pytest

from equipoise import examples
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.closing import data_digest, left_to_do, record_digest
from equipoise.conduct.decide.visiting import is_signed
from equipoise.conduct.evolve import replay
from equipoise.conduct.forms import digest
from equipoise.conduct.log import flaws
from equipoise.conduct.masking import viewer_of
from equipoise.conduct.participant import Place
from equipoise.conduct.protocol.model import Field, Kind
from equipoise.conduct.protocol.reading import read_protocol
from equipoise.conduct.protocol.schedule import find_visit, planned_visits
from equipoise.conduct.roles import AT_A_SITE, SEALED, Role
from equipoise.conduct.scores import scores
from equipoise.conduct.trial import Stage, Trial, find_form
from equipoise.conduct.views.flow import adds_up, flow
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from tests.trials import START, Bench, person_for, running

C, V, S, T, U = (
    Role.COORDINATOR,
    Role.INVESTIGATOR,
    Role.SPONSOR,
    Role.STATISTICIAN,
    Role.INDEPENDENT_STATISTICIAN,
)
DAY = START.date()
RASH = did.AdverseEvent("Rash", DAY, DAY, did.Severity.MILD, did.Causality.RELATED, did.Outcome.RECOVERED)


@pytest.fixture
def bench() -> Bench:
    """One participant, one signed form, one endorsed record."""
    bench = running()
    number = bench.randomised()
    bench.ask(do.EnterForm(number, "baseline", "vitals", {"weight": "70"}), by=C)
    signed(bench)
    return bench


def signed(bench: Bench, number: str = "01-001") -> None:
    sheet = bench.one(number).sheets[Place("baseline", "vitals")]
    bench.ask(do.SignForm(number, "baseline", "vitals", "Right", digest(sheet)), by=V)
    endorsed(bench, number)


def endorsed(bench: Bench, number: str = "01-001") -> None:
    bench.ask(do.EndorseRecord(number, "All of it is right", record_digest(bench.one(number))), by=V)


def freeze(bench: Bench) -> None:
    bench.ask(do.FreezeData("Entry is complete"), by=T)


def lock(bench: Bench) -> None:
    bench.ask(do.LockData("Nothing changes any more", data_digest(bench.trial)), by=T)


def refused_to_lock(bench: Bench, words: str) -> None:
    with pytest.raises(Refused, match=words):
        lock(bench)
    assert bench.trial.stage is Stage.FROZEN


def test_must_27_the_order_is_freeze_lock_unblind(bench: Bench) -> None:
    for command, by in ((do.LockData("L", ""), T), (do.UnblindTrial("U"), U), (do.UnlockData("U"), S)):
        with pytest.raises(Refused, match=r"Not now: the trial is open. Freeze the data first"):
            bench.ask(command, by=by, reason="Hurry")
    freeze(bench)
    with pytest.raises(Refused, match="the trial is frozen"):
        bench.ask(do.UnblindTrial("The analysis begins"), by=U)
    lock(bench)
    bench.ask(do.UnblindTrial("The analysis begins"), by=U)
    assert bench.trial.stage is Stage.UNBLINDED
    for command, by in ((do.UnlockData("U"), S), (do.FreezeData("F"), T), (do.PrescreenPerson("01"), C)):
        with pytest.raises(Refused, match="the trial is unblinded"):
            bench.ask(command, by=by, reason="Again")


def test_must_27_each_step_says_what_it_means(bench: Bench) -> None:
    with pytest.raises(Refused, match="What the signature means: nothing was written"):
        bench.ask(do.FreezeData(" "), by=T)
    freeze(bench)
    for command, by in ((do.LockData("", ""), T), (do.ThawData(""), T)):
        with pytest.raises(Refused, match="What the signature means: nothing was written"):
            bench.ask(command, by=by, reason="Because")
    lock(bench)
    for command, by in ((do.UnblindTrial(""), U), (do.UnlockData(""), S)):
        with pytest.raises(Refused, match="What the signature means: nothing was written"):
            bench.ask(command, by=by, reason="Because")


def test_must_27_frozen_data_take_nothing_new(bench: Bench) -> None:
    freeze(bench)
    for command in (
        do.PrescreenPerson("01"),
        do.EnterForm("01-001", "screening", "vitals", {"weight": "70"}),
        do.RecordVisit("01-001", "baseline", DAY),
        do.RandomiseParticipant("01-001"),
    ):
        with pytest.raises(Refused, match="Not now: the trial is frozen"):
            bench.ask(command, by=C)
    with pytest.raises(Refused, match="Thawing the data: a reason is needed"):
        bench.ask(do.ThawData("Entry goes on"), by=T)
    bench.ask(do.ThawData("Entry goes on"), by=T, reason="A visit was forgotten")
    assert bench.trial.stage is Stage.OPEN


def test_must_27_not_with_an_open_query(bench: Bench) -> None:
    bench.ask(do.RaiseQuery("01-001", "baseline", "vitals", "Sure?"), by=Role.MONITOR)
    freeze(bench)
    refused_to_lock(bench, "Queries still open: 1.")
    bench.ask(do.AnswerQuery("Q1", "Yes"), by=C)
    bench.ask(do.CloseQuery("Q1"), by=Role.MONITOR)
    lock(bench)


def test_must_27_not_with_a_form_unsigned_or_a_record_not_endorsed(bench: Bench) -> None:
    freeze(bench)
    bench.ask(do.CorrectForm("01-001", "baseline", "vitals", {"weight": "71"}), by=C, reason="Misread")
    refused_to_lock(bench, "Forms not signed: 1. Records of participants not endorsed by an investigator: 1.")
    signed(bench)
    assert left_to_do(bench.trial) == ()
    lock(bench)


def test_must_24_not_with_a_code_break_that_nobody_assessed(bench: Bench) -> None:
    bench.ask(do.BreakCode("01-001", "emergency", "Shock", changes_care=True), by=V)
    freeze(bench)
    refused_to_lock(bench, "Code breaks not assessed: 1.")
    bench.ask(do.AssessImpact("01-001", "None"), by=S)
    lock(bench)


def test_must_27_what_is_locked_is_what_was_looked_at(bench: Bench) -> None:
    freeze(bench)
    seen = data_digest(bench.trial)
    bench.ask(do.CorrectForm("01-001", "baseline", "vitals", {"weight": "71"}), by=C, reason="Misread")
    signed(bench)
    with pytest.raises(Refused, match="The data: were changed after you looked"):
        bench.ask(do.LockData("Locked", seen), by=T)


def test_must_27_unlocking_is_loud_and_the_lock_is_earned_again(bench: Bench) -> None:
    freeze(bench)
    lock(bench)
    with pytest.raises(Refused, match="Not now: the trial is locked"):
        bench.ask(do.CorrectForm("01-001", "baseline", "vitals", {"weight": "71"}), by=C, reason="Misread")
    with pytest.raises(Refused, match="Unlocking the data: a reason is needed"):
        bench.ask(do.UnlockData("A change is needed"), by=S)
    bench.ask(do.UnlockData("A change is needed"), by=S, reason="A laboratory corrected itself")
    assert (bench.trial.stage, bench.trial.digest) == (Stage.FROZEN, "")
    with pytest.raises(Refused, match="the trial is frozen"):
        bench.ask(do.UnblindTrial("Now"), by=U)


def test_a_locked_trial_still_has_emergencies_and_unmasking(bench: Bench) -> None:
    freeze(bench)
    lock(bench)
    bench.ask(do.BreakCode("01-001", "emergency", "Shock", changes_care=True), by=V)
    told = do.RecordDeviation("accidental-unmasking", "A label was seen", important=True, participant="01-001")
    bench.ask(told, by=C)
    bench.ask(do.UnblindTrial("The analysis begins"), by=U)


def test_must_27_data_that_are_not_those_locked_are_not_unblinded(bench: Bench) -> None:
    freeze(bench)
    lock(bench)
    bench.trial = msgspec.structs.replace(bench.trial, digest="0" * 64)
    with pytest.raises(Refused, match="The data: are not those that were locked"):
        bench.ask(do.UnblindTrial("Now"), by=U)


def test_must_08_an_endorsement_binds_all_that_is_recorded(bench: Bench) -> None:
    """Whatever is recorded of them afterwards leaves the record to be endorsed again."""
    kit = next(iter(bench.one("01-001").kits))
    for command in (
        do.RecordVisit("01-001", "baseline", DAY),
        do.ReportAdverseEvent("01-001", RASH),
        do.RecordMedication("01-001", "Aspirin"),
        do.ReturnKit("01-001", kit, DAY, 1),
        do.CorrectStratum("01-001", "disease", "dm"),
        do.WithdrawParticipant("01-001", DAY, ("treatment",)),
        do.CompleteParticipant("01-001", DAY),
    ):
        assert left_to_do(bench.trial) == ()
        bench.ask(command, by=C, reason="It is so")
        assert left_to_do(bench.trial) == ("Records of participants not endorsed by an investigator: 1.",)
        endorsed(bench)


def test_must_08_an_endorsement_is_of_what_was_seen_and_once(bench: Bench) -> None:
    seen = record_digest(bench.one("01-001"))
    with pytest.raises(Refused, match="The record of 01-001: is endorsed already"):
        endorsed(bench)
    bench.ask(do.RecordVisit("01-001", "baseline", DAY), by=C)
    with pytest.raises(Refused, match="The record of 01-001: was changed after you opened it"):
        bench.ask(do.EndorseRecord("01-001", "Right", seen), by=V)
    with pytest.raises(Refused, match="nothing was written"):
        bench.ask(do.EndorseRecord("01-001", " ", record_digest(bench.one("01-001"))), by=V)


def test_reads_and_exports_say_of_what(bench: Bench) -> None:
    for command, by in ((do.NoteSealedRead(" "), U), (do.NoteExport("", 1, "0"), T)):
        with pytest.raises(Refused, match="nothing was written"):
            bench.ask(command, by=by)
    bench.ask(do.NoteSealedRead("arm", "01-001"), by=U)
    assert bench.entries[-1].subject == "01-001"


def test_must_01_every_step_is_one_entry_with_who_when_why_and_under_what(bench: Bench) -> None:
    bench.ask(do.NoteExport("visits", 3, "ab"), by=T)
    bench.ask(do.NoteSealedRead("arm", "01-001"), by=Role.PHARMACIST)
    bench.ask(do.GrantRole("x", "X", Role.MONITOR, DAY, DAY), by=Role.ADMINISTRATOR)
    bench.ask(do.RevokeRole("x", Role.MONITOR), by=Role.ADMINISTRATOR, reason="Left")
    tags = [one.tag for one in bench.entries[-4:]]
    assert tags == ["data-exported", "sealed-read", "role-granted", "role-revoked"]
    for one in bench.entries:
        assert one.by
        assert one.at.endswith("Z")
        assert one.software
        assert one.protocol == "1.0"
    assert [one.role for one in bench.entries[-4:]] == ["statistician", "pharmacist", "administrator", "administrator"]
    assert bench.entries[-1].reason == "Left"


JASMINE = read_protocol(examples.jasmine_protocol())
PLACES = ("101", "106", "110")
"""London, Los Angeles and Tokyo."""


class Jasmine(Bench):
    """The bundled trial with three sites and two participants at each of the first two."""

    def begin(self) -> None:
        day = self.at.date()
        for role in Role:
            for place in PLACES if role in AT_A_SITE else ("",):
                if role is not Role.ADMINISTRATOR:
                    user = person_for(role, place)
                    self.ask(do.GrantRole(user, user.title(), role, day, day, site=place), by=Role.ADMINISTRATOR)
        self.ask(do.SealAllocation("test/1", "ab" * 32, 600), by=U)
        for number, place in enumerate(PLACES):
            kits = tuple(f"{each:07d}" for each in range(number * 200, number * 200 + 200))
            self.ask(do.ReceiveKits(place, kits), by=Role.PHARMACIST, site=place)
            self.ask(do.OpenSite(place), by=S)

    def joins(self, place: str) -> str:
        (came,) = self.ask(do.PrescreenPerson(place), by=C, site=place)
        assert isinstance(came, did.PersonPrescreened)
        number, day = came.participant, self.at.date()
        met = tuple(did.Finding(one.id, Truth.TRUE, evidence="Seen") for one in JASMINE.eligibility)
        for command in (
            do.RecordConsent(number, "2.0", day),
            do.ScreenParticipant(number, day, met),
            do.RecordVisit(number, "screening", day),
        ):
            self.ask(command, by=C, site=place)
        self.fills(number, "screening", place)
        at = Place("screening", "diagnosis")
        sheet = self.one(number).sheets[at]
        self.ask(do.SignForm(number, at.visit, at.form, "Right", digest(sheet)), by=V, site=place)
        levels = {factor.id: sheet.values[factor.field.partition(".")[2]] for factor in JASMINE.allocation.factors}
        self.ask(do.RecordStratum(number, levels), by=C, site=place)
        self.ask(do.RandomiseParticipant(number, (self.kit(place),)), by=C, site=place)
        return number

    def fills(self, number: str, visit: str, place: str) -> None:
        """Every form of the visit, each by a role that fills it in."""
        for name in find_visit(JASMINE, visit).forms:
            form = find_form(JASMINE, name)
            values = {field.id: self.value(field) for field in form.fields if field.information not in SEALED}
            typed = {field: text for field, text in values.items() if text}
            sealed = {field.id: "ab" * 32 for field in form.fields if field.information in SEALED}
            self.ask(do.EnterForm(number, visit, name, typed, sealed=sealed), by=form.by[0], site=place)

    def value(self, field: Field) -> str:
        low = field.usual[0] if field.usual else field.least
        typical = {Kind.NUMBER: str(low or 1), Kind.WHOLE: str(low or 1), Kind.YES_NO: "no"}
        if field.only_if is not None or field.kind is Kind.COMPUTED:
            return ""
        return typical.get(field.kind, field.choices[0].id if field.choices else "")

    def comes(self, number: str, visit: str, place: str) -> None:
        day = self.at.date()
        self.ask(do.RecordVisit(number, visit, day), by=C, site=place)
        self.fills(number, visit, place)
        planned = find_visit(JASMINE, visit)
        if planned.dispense and not planned.baseline:
            stock = sorted(kit for kit, where in self.trial.stock.items() if where == place)
            self.ask(do.DispenseKits(number, visit, day, tuple(stock[: planned.dispense])), by=C, site=place)

    def cleaned(self) -> None:
        for query in self.trial.open_queries():
            place = self.one(query.participant).site
            self.ask(do.AnswerQuery(query.id, "It is so"), by=V, site=place)
            self.ask(do.CloseQuery(query.id), by=Role.MONITOR)
        for one in self.trial.participants.values():
            for at, sheet in one.sheets.items():
                if find_form(JASMINE, at.form).sign and not is_signed(sheet):
                    command = do.SignForm(one.id, at.visit, at.form, "Right", digest(sheet), at.copy)
                    self.ask(command, by=V, site=one.site)
            command_of_all = do.EndorseRecord(one.id, "All right", record_digest(self.one(one.id)))
            self.ask(command_of_all, by=V, site=one.site)


def test_must_27_jasmine_from_opening_to_lock_and_unblinding() -> None:
    """Two people through all visits of the first year; one dies, one withdraws; an emergency, a serious event."""
    trial = Jasmine(JASMINE, at=datetime.datetime(2026, 1, 12, 18, 0, tzinfo=datetime.UTC))
    trial.begin()
    first, second = trial.joins("101"), trial.joins("106")
    died, left = trial.joins("101"), trial.joins("110")
    start = trial.at
    for visit in planned_visits(JASMINE):
        if 0 <= visit.day <= 364:
            trial.at = start + datetime.timedelta(days=visit.day)
            for number, place in ((first, "101"), (second, "106")):
                trial.comes(number, visit.id, place)
        if visit.id == "week-8":
            day = trial.at.date()
            fatal = did.AdverseEvent(
                "Sepsis",
                day,
                day,
                did.Severity.SEVERE,
                did.Causality.NOT_KNOWN,
                did.Outcome.FATAL,
                (did.Seriousness.DEATH,),
            )
            trial.ask(do.ReportAdverseEvent(died, fatal), by=V, site="101")
            trial.ask(do.BreakCode(died, "emergency", "Sepsis", changes_care=True), by=V, site="101")
            trial.ask(do.SendExpeditedReport(died, 1, day, "Agency"), by=Role.SAFETY_OFFICER)
            trial.ask(do.RecordDeath(died, day), by=C, site="101")
            trial.ask(do.WithdrawParticipant(left, day, ("treatment", "visits"), "Moved"), by=C, site="110")
    tis = scores(trial.trial, trial.one(first), Place("week-52", "course"))
    assert tis == {"tis": "0"}
    for number, place in ((first, "101"), (second, "106")):
        trial.ask(do.CompleteParticipant(number, trial.at.date()), by=C, site=place)
    trial.ask(do.AssessImpact(died, "None on others"), by=S)
    freeze(trial)
    with pytest.raises(Refused, match="Forms not signed: 64"):
        lock(trial)
    trial.cleaned()
    lock(trial)
    trial.ask(do.UnblindTrial("The analysis begins"), by=U)
    found = flow(trial.trial, viewer_of(trial.trial, S.value, trial.at))
    assert adds_up(found) == ()
    assert (found.followed.randomised, found.followed.completed, found.followed.died) == (4, 2, 1)
    assert list(flaws(trial.entries)) == []
    assert replay(Trial("JASMINE"), trial.entries) == trial.trial
