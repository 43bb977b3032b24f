"""Each event in one plain sentence, with the protocol's labels and never a tag."""

import datetime
import re
from typing import get_args

import pytest
from msgspec.structs import replace

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.roles import Role
from equipoise.conduct.views.words import TELLINGS, words
from equipoise.kernel.truth import Truth
from tests.trials import PROTOCOL, Bench, running

DAY = datetime.date(2026, 3, 2)
TOLD = did.AdverseEvent(
    "Headache", DAY, DAY, did.Severity.SEVERE, did.Causality.RELATED, did.Outcome.NOT_KNOWN,
    (did.Seriousness.LIFE_THREATENING, did.Seriousness.HOSPITALISATION),
)  # fmt: skip
NIGHT = datetime.datetime(2026, 3, 2, 2, 5, tzinfo=datetime.UTC)
P = "01-001"

EVENTS: tuple[tuple[did.TrialEvent, str], ...] = (
    (did.TrialOpened(PROTOCOL, "d"), "The trial was opened under protocol version 1.0."),
    (
        did.ProtocolAmended(replace(PROTOCOL, version="2.0", change="One visit more"), "d"),
        ("The protocol was amended to version 2.0. Reason: One visit more."),
    ),
    (did.SiteAdded("09", "Ulm", "DE", "UTC", 4), "Ulm (DE) was added as site 09, to recruit 4."),
    (did.SiteOpened("01"), "Site 01 was opened."),
    (did.SiteClosed("01"), "Site 01 was closed."),
    (
        did.RoleGranted("x", "Bo Lund", Role.MONITOR, DAY, DAY),
        ("Bo Lund was made monitor from 2 March 2026, trained on 2 March 2026."),
    ),
    (
        did.RoleRevoked("coordinator-01", Role.COORDINATOR, "01"),
        ("Coordinator 01 is no longer site coordinator at Site 01."),
    ),
    (
        did.AllocationSealed("a/1", "ab" * 32, 40),
        ("The allocation was sealed, with 40 kits; its commitment is abababababababab…"),
    ),
    (
        did.KitsNumbered("cd" * 32, 2, 80),
        ("80 further kits were numbered, batch 2; the commitment is cdcdcdcdcdcdcdcd…"),
    ),
    (did.KitsSent("01", ("0000011", "0000029")), "Kits 0000011 and 0000029 were sent to Site 01."),
    (did.KitsDiscarded("01", ("0000011",)), "Kit 0000011 was taken out of the stock of Site 01."),
    (did.KitsReceived("01", ("0000011",)), "Kit 0000011 was received by Site 01."),
    (did.PersonPrescreened(P, "01"), "01-001 was entered in the log of Site 01."),
    (
        did.ConsentRecorded(P, "1", DAY, "1.0"),
        ("01-001 gave consent on 2 March 2026, consent form 1.0, under protocol version 1.0."),
    ),
    (
        did.ParticipantScreened(P, DAY, Truth.FALSE, (did.Finding("I1", Truth.FALSE), did.Finding("I2", Truth.TRUE))),
        ("01-001 was screened on 2 March 2026 and does not meet every criterion. Not met: 18 to 75 years of age."),
    ),
    (did.ScreeningFailed(P, "not-eligible", ("I1",)), "01-001 failed screening: not eligible (18 to 75 years of age)."),
    (did.StratumRecorded(P, {"disease": "pm"}), "Recorded for 01-001: Disease: PM."),
    (did.StratumCorrected(P, "disease", "pm", "dm"), "Disease of 01-001 was corrected from PM to DM."),
    (did.ParticipantRandomised(P, 1, DAY, {"disease": "pm"}), "01-001 was randomised on 2 March 2026 (Disease: PM)."),
    (
        did.KitsDispensed(P, "week-2", DAY, ("0000011", "0000012")),
        ("Kits 0000011 and 0000012 were dispensed to 01-001 at Week (2) on 2 March 2026."),
    ),
    (did.KitReturned(P, "0000011", DAY, 1), "01-001 returned kit 0000011 on 2 March 2026 with 1 dose left."),
    (did.TreatmentStopped(P, DAY, "Rash"), "01-001 stopped treatment on 2 March 2026. Reason: Rash."),
    (did.VisitDone(P, "baseline", DAY, outside=True), "01-001 came to Baseline on 2 March 2026, outside its window."),
    (did.VisitMissed(P, "baseline", "Ill."), "01-001 missed Baseline. Reason: Ill."),
    (did.FormEntered(P, "baseline", "vitals", {"weight": "70"}), "Vital signs at Baseline was filled in for 01-001."),
    (
        did.FormCorrected(P, "baseline", "vitals", (did.Change("weight", "", "71"),)),
        ("Vital signs at Baseline was corrected for 01-001: Body weight from nothing to 71 kg."),
    ),
    (
        did.FormSigned(P, "baseline", "vitals", "I have checked this", "d"),
        ("Vital signs at Baseline of 01-001 was signed as: I have checked this."),
    ),
    (
        did.QueryRaised("Q1", P, "baseline", "vitals", "In kg?", "weight"),
        ("It was asked about Vital signs at Baseline, Body weight, of 01-001 (Q1): In kg?"),
    ),
    (did.QueryAnswered("Q1", P, "Yes"), "Query Q1 on 01-001 was answered: Yes."),
    (did.QueryClosed("Q1", P), "Query Q1 on 01-001 was closed."),
    (
        did.MedicationRecorded(P, 1, "Prednisolone", "5 mg", "flare", "2026-01"),
        ("01-001 takes or took Prednisolone, 5 mg, for flare, from 2026-01."),
    ),
    (
        did.AdverseEventReported(P, 1, TOLD),
        (
            "Headache of 01-001, from 2 March 2026, was reported: severe, serious (life threatening and "
            "hospitalisation), related to treatment, outcome not known."
        ),
    ),
    (
        did.AdverseEventUpdated(P, 1, replace(TOLD, ended=DAY, outcome=did.Outcome.RECOVERED, seriousness=())),
        (
            "Headache of 01-001, from 2 March 2026 to 2 March 2026, was updated: severe, "
            "related to treatment, recovered."
        ),
    ),
    (
        did.ExpeditedReportSent(P, 1, DAY, "the authority"),
        ("A serious adverse event of 01-001 was reported to the authority on 2 March 2026."),
    ),
    (
        did.ParticipantWithdrew(P, DAY, ("treatment", "new-data")),
        ("01-001 withdrew from treatment and the recording of new data on 2 March 2026."),
    ),
    (
        did.ParticipantLost(P, DAY, "three letters"),
        ("01-001 was lost to follow-up on 2 March 2026. Tried: three letters."),
    ),
    (did.ParticipantDied(P, DAY), "01-001 died on 2 March 2026."),
    (did.ParticipantCompleted(P, DAY), "01-001 completed the trial on 2 March 2026."),
    (
        did.ParticipantReinstated(P, "lost", DAY),
        ("01-001 was reinstated: “lost to follow-up” on 2 March 2026 was recorded by mistake, and follow-up goes on."),
    ),
    (
        did.DeviationRecorded("visit-window", "Two days late", important=False, participant=P),
        ("A minor deviation of 01-001 was recorded, a visit outside its window: Two days late."),
    ),
    (
        did.CodeBroken(P, "emergency", "Surgery", changes_care=True, to=("investigator-01",)),
        (
            "The code of 01-001 was broken in an emergency and shown to Investigator 01; it changes their care. "
            "Reason: Surgery."
        ),
    ),
    (
        did.CodeBroken(P, "emergency", "Surgery", changes_care=True, to=("Dr Night",), envelope="5-1", opened=NIGHT),
        (
            "The code of 01-001 was broken in an emergency and shown to Dr Night; it changes their care. "
            "It was on paper: envelope 5-1, opened on 2 March 2026 at 02:05 UTC. Reason: Surgery."
        ),
    ),
    (did.ImpactAssessed(P, "Little"), "What breaking the code of 01-001 means for the trial was assessed: Little."),
    (did.RecordEndorsed(P, "True", "d"), "The record of 01-001 was endorsed as: True."),
    (did.DataFrozen("All in"), "The data were frozen, signed as: All in."),
    (did.DataThawed("Not yet"), "The data were thawed, signed as: Not yet."),
    (did.DataLocked("Final", "d"), "The data were locked, signed as: Final."),
    (did.DataUnlocked("Error"), "The data were unlocked, signed as: Error."),
    (did.TrialUnblinded("Open"), "The trial was unblinded, signed as: Open."),
    (did.SealedRead("kit list", P), "Sealed information of 01-001 was looked at: kit list."),
    (did.DataExported("participants", 1, "d"), "Data were exported: participants, 1 row."),
)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return running()


def test_every_type_of_event_has_words_and_a_sentence_here() -> None:
    kinds = set(get_args(did.TrialEvent))
    assert set(TELLINGS) == kinds
    assert {type(event) for event, _ in EVENTS} == kinds


@pytest.mark.parametrize(("event", "sentence"), EVENTS, ids=lambda value: type(value).__name__)
def test_an_event_in_words(bench: Bench, event: did.TrialEvent, sentence: str) -> None:
    said = words(bench.trial, event)
    assert said == sentence
    tag = did.tag_of(event)
    assert tag not in said
    assert not re.search(r"None|  |\.\.$", said)


@pytest.mark.parametrize(("reaction", "what"), [(True, "A serious adverse event"), (False, "Headache")])
def test_must_16_a_report_of_a_reaction_does_not_name_it(reaction: bool, what: str) -> None:
    bench = running()
    one = bench.randomised()
    bench.ask(do.ReportAdverseEvent(one, replace(TOLD, reaction=reaction)), by=Role.COORDINATOR)
    assert words(bench.trial, did.ExpeditedReportSent(one, 1, DAY, "them")).startswith(f"{what} of 01-001 was reported")
