"""From coming to leaving: consent, screening, strata, and how follow-up ends."""

import datetime

import msgspec
import pytest

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.closing import record_digest
from equipoise.conduct.masking import viewer_of
from equipoise.conduct.participant import Ended
from equipoise.conduct.protocol.model import Allocation, ConsentVersion, Protocol
from equipoise.conduct.roles import Role
from equipoise.conduct.views.flow import flow
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from tests.trials import PROTOCOL, START, Bench, running

C, V, S = Role.COORDINATOR, Role.INVESTIGATOR, Role.SPONSOR
DAY = START.date()
ONE = datetime.timedelta(days=1)
MET = (did.Finding("I1", Truth.TRUE), did.Finding("I2", Truth.TRUE))
NOT_MET = (did.Finding("I1", Truth.TRUE), did.Finding("I2", Truth.FALSE))


@pytest.fixture
def bench() -> Bench:
    return running()


def came(bench: Bench) -> str:
    (event,) = bench.ask(do.PrescreenPerson("01"), by=C)
    assert isinstance(event, did.PersonPrescreened)
    return event.participant


def amended(version: str, *consent: ConsentVersion) -> Protocol:
    return msgspec.structs.replace(PROTOCOL, version=version, consent=consent or PROTOCOL.consent)


def test_numbers_count_within_the_site_without_a_gap(bench: Bench) -> None:
    assert [came(bench), came(bench)] == ["01-001", "01-002"]
    (other,) = bench.ask(do.PrescreenPerson("02"), by=C, site="02")
    assert other.participant == "02-001"


def test_nobody_comes_to_a_site_that_is_closed(bench: Bench) -> None:
    number = came(bench)
    bench.ask(do.CloseSite("01"), by=S, reason="Enough")
    for command in (do.PrescreenPerson("01"), do.RecordConsent(number, "1", DAY)):
        with pytest.raises(Refused, match="Site 01: is not open"):
            bench.ask(command, by=C)


@pytest.mark.parametrize(
    ("version", "on", "why"),
    [
        ("2", DAY, "is not a version of the consent form. There are: 1"),
        ("1", DAY + ONE, "lies in the future: today is 2026-03-02"),
        ("1", datetime.date(2026, 1, 14), "is valid from 2026-01-15, not on 2026-01-14"),
    ],
)
def test_must_10_consent_counts_in_a_version_valid_on_its_day(
    bench: Bench, version: str, on: datetime.date, why: str
) -> None:
    number = came(bench)
    with pytest.raises(Refused, match=why):
        bench.ask(do.RecordConsent(number, version, on), by=C)


def test_consent_is_given_once_in_each_version(bench: Bench) -> None:
    number = bench.consented()
    with pytest.raises(Refused, match="has consented to version 1 already"):
        bench.ask(do.RecordConsent(number, "1", DAY), by=C)


def test_a_consent_form_for_a_protocol_the_trial_never_had_is_refused(bench: Bench) -> None:
    strange = ConsentVersion(id="2", label="2.0", valid_from=DAY, protocol="9.9")
    bench.ask(do.AmendProtocol(amended("2.0", strange)), by=S, reason="New form")
    number = came(bench)
    with pytest.raises(Refused, match=r"is for protocol 9\.9, which this trial has not had"):
        bench.ask(do.RecordConsent(number, "2", DAY), by=C)


def test_a_participant_keeps_the_version_consented_to_until_they_consent_again(bench: Bench) -> None:
    early = bench.consented()
    first = msgspec.structs.replace(PROTOCOL.consent[0], valid_until=DAY)
    second = ConsentVersion(id="2", label="2.0", valid_from=DAY + ONE)
    bench.ask(do.AmendProtocol(amended("2.0", first, second)), by=S, reason="A visit more")
    same_day = bench.consented()
    for number in (early, same_day):
        assert bench.trial.protocol_of(bench.one(number)).version == "1.0"
    day = bench.later()
    bench.ask(do.RecordConsent(early, "2", day), by=C)
    assert bench.trial.protocol_of(bench.one(early)).version == "2.0"
    assert bench.trial.protocol_of(bench.one(same_day)).version == "1.0"


def test_an_amendment_without_a_new_consent_form_binds_those_who_come_after_it(bench: Bench) -> None:
    early = bench.consented()
    bench.ask(do.AmendProtocol(amended("2.0")), by=S, reason="Another address")
    assert [bench.trial.protocol_of(bench.one(each)).version for each in (early, bench.consented())] == ["1.0", "2.0"]


def test_an_earlier_consent_is_not_given_after_a_later_one(bench: Bench) -> None:
    first = msgspec.structs.replace(PROTOCOL.consent[0], valid_until=DAY)
    bench.ask(
        do.AmendProtocol(amended("2.0", first, ConsentVersion(id="2", label="2.0", valid_from=DAY + ONE))),
        by=S,
        reason="New form",
    )
    number = came(bench)
    day = bench.later()
    bench.ask(do.RecordConsent(number, "2", day), by=C)
    with pytest.raises(Refused, match="is before the earlier consent"):
        bench.ask(do.RecordConsent(number, "1", DAY), by=C)


def screen(bench: Bench, number: str, findings: tuple[did.Finding, ...] = MET, **more: object) -> None:
    on = more.get("on", bench.at.date())
    assert isinstance(on, datetime.date)
    bench.ask(
        do.ScreenParticipant(number, on, findings, str(more.get("answers", ""))),
        by=V,
        reason=str(more.get("reason", "")),
    )


def test_screening_comes_after_consent_and_not_in_the_future(bench: Bench) -> None:
    number = came(bench)
    with pytest.raises(Refused, match="has not given consent"):
        screen(bench, number)
    bench.ask(do.RecordConsent(number, "1", DAY), by=C)
    with pytest.raises(Refused, match="is before consent"):
        screen(bench, number, on=DAY - ONE)
    with pytest.raises(Refused, match="lies in the future"):
        screen(bench, number, on=DAY + ONE)


def test_every_criterion_is_answered_once(bench: Bench) -> None:
    number = bench.consented()
    with pytest.raises(Refused, match="without an answer: I2"):
        screen(bench, number, MET[:1])
    with pytest.raises(Refused, match="not in the protocol: I9"):
        screen(bench, number, (*MET, did.Finding("I9", Truth.TRUE)))
    with pytest.raises(Refused, match="do not fit the protocol"):
        screen(bench, number, (*MET, MET[0]))


def test_what_the_answers_contradict_needs_evidence(bench: Bench) -> None:
    number = bench.consented()
    with pytest.raises(Refused, match="Criterion I1: is said to be met, and the answers say otherwise"):
        screen(bench, number, answers='{"age": 80}')
    assert bench.one(number).screening is None
    screen(bench, number, (did.Finding("I1", Truth.TRUE, evidence="Passport: 74"), MET[1]), answers='{"age": 80}')
    found = bench.one(number).screening
    assert found is not None
    assert found.eligible is Truth.TRUE
    assert found.findings[0].computed is Truth.FALSE


def test_answers_that_cannot_be_read_are_refused(bench: Bench) -> None:
    number = bench.consented()
    with pytest.raises(Refused, match="The answers: cannot be read"):
        screen(bench, number, answers='{"name": "Ada"}')


def test_who_was_found_not_eligible_is_not_screened_until_they_are(bench: Bench) -> None:
    number = bench.consented()
    screen(bench, number, NOT_MET)
    with pytest.raises(Refused, match=r"did not meet every criterion on 2026-03-02\. Record that the screening failed"):
        screen(bench, number)
    screen(bench, number, reason="The wrong box was ticked")
    bench.ask(do.FailScreening(number, "other"), by=C)


def test_rescreening_goes_as_often_as_the_protocol_says(bench: Bench) -> None:
    number = bench.consented()
    for _ in range(PROTOCOL.rescreenings + 1):
        screen(bench, number, NOT_MET)
        bench.ask(do.FailScreening(number, "not-eligible"), by=C)
    with pytest.raises(Refused, match="has failed screening 2 times; the protocol has people screened again once"):
        screen(bench, number)
    assert [each.criteria for each in bench.one(number).screenings] == [("I2",), ("I2",)]


def test_a_later_screening_is_not_before_an_earlier_one(bench: Bench) -> None:
    number = bench.consented()
    day = bench.later()
    screen(bench, number)
    with pytest.raises(Refused, match="is before the screening before"):
        screen(bench, number, on=day - ONE)


@pytest.mark.parametrize(
    ("because", "why"),
    [("bored", "is not a reason we know"), ("not-eligible", "meets every criterion screened so far")],
)
def test_screening_fails_for_a_reason(bench: Bench, because: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        bench.ask(do.FailScreening(bench.screened(), because), by=C)


def test_screening_fails_once_and_not_after_randomisation(bench: Bench) -> None:
    number = bench.screened()
    bench.ask(do.FailScreening(number, "declined"), by=C)
    with pytest.raises(Refused, match="has failed this screening already"):
        bench.ask(do.FailScreening(number, "declined"), by=C)
    with pytest.raises(Refused, match="is randomised already"):
        bench.ask(do.FailScreening(bench.randomised(), "declined"), by=C)


def test_who_left_is_not_screened(bench: Bench) -> None:
    number = bench.consented()
    bench.ask(do.WithdrawParticipant(number, DAY, ("new-data",)), by=C)
    for command in (do.FailScreening(number, "other"), do.RecordStratum(number, {"disease": "pm"})):
        with pytest.raises(Refused, match="is no longer followed"):
            bench.ask(command, by=C)
    with pytest.raises(Refused, match="is no longer followed"):
        screen(bench, number)


def test_strata_are_all_given_in_levels_there_are(bench: Bench) -> None:
    number = bench.consented()
    for levels, why in (({}, "are not all given. Give: disease"), ({"disease": "x"}, "Disease: x: is not one of")):
        with pytest.raises(Refused, match=why):
            bench.ask(do.RecordStratum(number, levels), by=C)


def test_must_03_a_stratum_recorded_is_changed_with_a_reason(bench: Bench) -> None:
    number = bench.consented()
    bench.ask(do.RecordStratum(number, {"disease": "pm"}), by=C)
    with pytest.raises(Refused, match="recorded so already"):
        bench.ask(do.RecordStratum(number, {"disease": "pm"}), by=C)
    with pytest.raises(Refused, match="a reason is needed"):
        bench.ask(do.RecordStratum(number, {"disease": "dm"}), by=C)
    with pytest.raises(Refused, match="a reason is needed"):
        bench.ask(do.CorrectStratum(number, "disease", "dm"), by=C)
    bench.ask(do.CorrectStratum(number, "disease", "dm"), by=C, reason="Biopsy")
    assert bench.one(number).levels == bench.one(number).levels_true == {"disease": "dm"}


def test_must_14_a_stratum_corrected_after_randomisation_keeps_the_place(bench: Bench) -> None:
    number = bench.randomised(disease="pm")
    before = bench.one(number)
    with pytest.raises(Refused, match="is randomised already"):
        bench.ask(do.RecordStratum(number, {"disease": "dm"}), by=C, reason="Biopsy")
    (event,) = bench.ask(do.CorrectStratum(number, "disease", "dm"), by=C, reason="Biopsy")
    assert event == did.StratumCorrected(number, "disease", "pm", "dm")
    after = bench.one(number)
    assert (after.levels, after.number, after.kits) == (before.levels, before.number, before.kits)
    assert after.levels_true == {"disease": "dm"}
    assert bench.trial.order == (number,)
    with pytest.raises(Refused, match="Disease: is dm already"):
        bench.ask(do.CorrectStratum(number, "disease", "dm"), by=C, reason="Again")
    with pytest.raises(Refused, match="not so: they are not randomised yet"):
        bench.ask(do.RandomiseParticipant(number, (bench.kit(),)), by=C)


def test_there_is_no_stratum_to_correct_before_it_is_recorded(bench: Bench) -> None:
    number = bench.consented()
    for factor in ("disease", "age"):
        with pytest.raises(Refused, match="has no value to correct"):
            bench.ask(do.CorrectStratum(number, factor, "dm"), by=C, reason="Biopsy")


def test_a_trial_without_factors_records_none() -> None:
    allocation = Allocation(
        method=PROTOCOL.allocation.method, ratio={"active": 1, "placebo": 1}, cap=2, block_sizes=(2,)
    )
    bench = Bench(msgspec.structs.replace(PROTOCOL, allocation=allocation)).staffed().sealed()
    number = bench.screened()
    with pytest.raises(Refused, match="has no stratification factors"):
        bench.ask(do.RecordStratum(number, {}), by=C)
    bench.ask(do.RandomiseParticipant(number, (bench.kit(),)), by=C)
    assert bench.trial.order == (number,)


def test_withdrawal_says_from_what_and_when(bench: Bench) -> None:
    number = bench.randomised()
    for of, on, why in (
        ((), DAY, "nothing was chosen"),
        (("sleep",), DAY, "sleep: is not something one can withdraw from"),
        (("visits",), DAY + ONE, "lies in the future"),
        (("visits",), DAY - ONE, "is before consent"),
    ):
        with pytest.raises(Refused, match=why):
            bench.ask(do.WithdrawParticipant(number, on, of), by=C)
    with pytest.raises(Refused, match="has not given consent"):
        bench.ask(do.WithdrawParticipant(came(bench), DAY, ("visits",)), by=C)


def test_withdrawing_from_treatment_stops_it_and_follow_up_goes_on(bench: Bench) -> None:
    number = bench.randomised()
    bench.ask(do.WithdrawParticipant(number, DAY, ("treatment",), "Nausea"), by=C)
    one = bench.one(number)
    assert one.stopped == (DAY, "Nausea")
    assert one.ended is None
    with pytest.raises(Refused, match="has withdrawn from that already"):
        bench.ask(do.WithdrawParticipant(number, DAY, ("treatment",)), by=C)
    day = bench.later(28)
    bench.ask(do.RecordVisit(number, "week", day), by=C)


def test_the_first_end_of_follow_up_stands(bench: Bench) -> None:
    number = bench.randomised()
    bench.ask(do.WithdrawParticipant(number, DAY, ("visits",), "Moved"), by=C)
    day = bench.later(9)
    bench.ask(do.WithdrawParticipant(number, day, ("new-data",), "All"), by=C)
    ended = bench.one(number).ended
    assert ended is not None
    assert (ended.how, ended.on, ended.why) == ("withdrew", DAY, "Moved")


def test_consent_withdrawn_then_nothing_new_is_recorded(bench: Bench) -> None:
    number = bench.randomised()
    bench.ask(do.EnterForm(number, "baseline", "vitals", {"weight": "70"}), by=C)
    bench.ask(do.WithdrawParticipant(number, DAY, ("treatment", "visits", "contact", "new-data")), by=C)
    day = bench.later()
    told = did.AdverseEvent("Rash", day, day, did.Severity.MILD, did.Causality.RELATED, did.Outcome.RECOVERED)
    for command in (
        do.RecordVisit(number, "baseline", DAY),
        do.MissVisit(number, "week", "Gone"),
        do.EnterForm(number, "screening", "vitals", {"weight": "70"}),
        do.CorrectForm(number, "baseline", "vitals", {"pregnant": "no"}),
        do.RecordMedication(number, "Aspirin"),
        do.ReportAdverseEvent(number, told),
    ):
        with pytest.raises(Refused, match="has withdrawn consent to new data"):
            bench.ask(command, by=C, reason="Late")
    bench.ask(do.CorrectForm(number, "baseline", "vitals", {"weight": "71"}), by=C, reason="Misread")
    earlier = msgspec.structs.replace(told, started=DAY, aware=DAY)
    bench.ask(do.ReportAdverseEvent(number, earlier), by=C)


def test_death_ends_all_and_nothing_happens_after_it(bench: Bench) -> None:
    number = bench.randomised()
    day = bench.later(28)
    bench.ask(do.RecordVisit(number, "week", day), by=C)
    with pytest.raises(Refused, match="is before their last visit"):
        bench.ask(do.RecordDeath(number, day - ONE), by=C)
    died = bench.later(2)
    bench.ask(do.RecordDeath(number, died), by=C)
    today = bench.later(30)
    told = did.AdverseEvent("Rash", today, today, did.Severity.MILD, did.Causality.RELATED, did.Outcome.RECOVERED)
    for command, why in (
        (do.RecordVisit(number, "week-2", today), "is after the end of follow-up .died on 2026-04-01."),
        (do.EnterForm(number, "week-2", "vitals", {"weight": "70"}), "is no longer followed .died"),
        (do.MissVisit(number, "week-2", "Dead"), "is no longer followed .died"),
        (do.DispenseKits(number, "week-2", today, (bench.kit(),)), "is after the end of follow-up"),
        (do.ReportAdverseEvent(number, told), "is after their death"),
        (do.RecordDeath(number, today), "is recorded as dead already"),
        (do.WithdrawParticipant(number, today, ("visits",)), "is recorded as dead already"),
        (do.LoseParticipant(number, today, "Calls"), "is no longer followed"),
        (do.CompleteParticipant(number, today), "is no longer followed"),
        (do.RecordConsent(number, "1", today), "is no longer followed"),
    ):
        with pytest.raises(Refused, match=why):
            bench.ask(command, by=C)
    bench.ask(do.EnterForm(number, "week", "vitals", {"weight": "70"}), by=C)


def test_follow_up_ends_once_after_randomisation_and_with_what_was_tried(bench: Bench) -> None:
    with pytest.raises(Refused, match="has not been randomised"):
        bench.ask(do.CompleteParticipant(bench.screened(), DAY), by=C)
    number = bench.randomised()
    with pytest.raises(Refused, match="nothing was written"):
        bench.ask(do.LoseParticipant(number, DAY, " "), by=C)
    with pytest.raises(Refused, match="is before randomisation"):
        bench.ask(do.CompleteParticipant(number, DAY - ONE), by=C)
    bench.ask(do.CompleteParticipant(number, DAY), by=C)
    with pytest.raises(Refused, match="has completed the trial"):
        bench.ask(do.LoseParticipant(number, DAY, "Calls"), by=C)


def test_today_is_the_sites_own() -> None:
    """At 23:30 UTC it is tomorrow in Berlin, where both sites are."""
    bench = running()
    late = datetime.datetime(2026, 3, 4, 23, 30, tzinfo=datetime.UTC)
    number = came(bench)
    bench.ask(do.RecordConsent(number, "1", datetime.date(2026, 3, 5)), by=C, at=late)
    with pytest.raises(Refused, match="lies in the future: today is 2026-03-05"):
        screen(bench, number, on=datetime.date(2026, 3, 6))


def test_whoever_withdrew_comes_back_by_consenting_anew_and_in_no_other_way(bench: Bench) -> None:
    number = bench.randomised()
    bench.later(28)
    bench.ask(do.WithdrawParticipant(number, bench.at.date(), ("treatment", "visits", "new-data")), by=C)
    for what in ("withdrew", "stopped", "lost"):
        with pytest.raises(Refused, match=r"Who withdrew consents anew|has withdrawn consent|is not recorded as lost"):
            bench.ask(do.ReinstateParticipant(number, what), by=V, reason="They say so")
    with pytest.raises(Refused, match="is before withdrawal, 2026-03-30"):
        bench.ask(do.RecordConsent(number, "1", bench.at.date() - ONE), by=C)
    day = bench.later(3)
    bench.ask(do.RecordConsent(number, "1", day), by=C)
    one = bench.one(number)
    assert one.ended is None
    assert one.withdrawn == {"treatment"}
    assert one.stopped is not None
    bench.ask(do.RecordVisit(number, "week", day), by=C)
    bench.ask(do.ReinstateParticipant(number, "stopped"), by=V, reason="They go on with treatment")
    one = bench.one(number)
    assert (one.stopped, one.withdrawn) == (None, frozenset())
    with pytest.raises(Refused, match="has consented to version 1 already"):
        bench.ask(do.RecordConsent(number, "1", day), by=C)


def test_whoever_withdrew_before_randomisation_and_consents_anew_can_be_randomised(bench: Bench) -> None:
    number = bench.screened()
    bench.ask(do.RecordStratum(number, {"disease": "pm"}), by=C)
    bench.ask(do.WithdrawParticipant(number, DAY, ("treatment", "visits", "contact", "new-data")), by=C)
    with pytest.raises(Refused, match="they have not withdrawn"):
        bench.ask(do.RandomiseParticipant(number, (bench.kit(),)), by=C)
    bench.ask(do.RecordConsent(number, "1", bench.later()), by=C)
    bench.ask(do.RandomiseParticipant(number, (bench.kit(),)), by=C)
    assert bench.one(number).is_randomised


def test_consenting_to_a_later_version_takes_back_nothing_that_follow_up_goes_on_with(bench: Bench) -> None:
    number = bench.randomised()
    bench.ask(do.WithdrawParticipant(number, DAY, ("treatment", "contact")), by=C)
    first = msgspec.structs.replace(PROTOCOL.consent[0], valid_until=DAY)
    consent = (first, ConsentVersion(id="2", label="2.0", valid_from=DAY + ONE))
    amended = msgspec.structs.replace(PROTOCOL, version="2.0", consent=consent)
    bench.ask(do.AmendProtocol(amended), by=S, reason="A new form")
    bench.ask(do.RecordConsent(number, "2", bench.later()), by=C)
    assert bench.one(number).withdrawn == {"treatment", "contact"}
    assert bench.one(number).stopped


MISTAKES = {
    "lost": (lambda number, day: do.LoseParticipant(number, day, "Two letters"), C),
    "died": (do.RecordDeath, C),
    "completed": (do.CompleteParticipant, C),
    "stopped": (lambda number, day: do.StopTreatment(number, day, "Rash"), V),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_what_was_recorded_of_the_wrong_person_is_taken_back(bench: Bench, what: str) -> None:
    number = bench.randomised()
    before = bench.one(number)
    day = bench.later(28)
    make, by = MISTAKES[what]
    with pytest.raises(Refused, match=f"is not recorded as {what}"):
        bench.ask(do.ReinstateParticipant(number, what), by=V, reason="Mistyped")
    bench.ask(make(number, day), by=by)
    assert bench.one(number) != before
    with pytest.raises(Refused, match="a reason is needed"):
        bench.ask(do.ReinstateParticipant(number, what), by=V)
    with pytest.raises(Refused, match="this is for the investigator"):
        bench.ask(do.ReinstateParticipant(number, what), by=C, reason="Mistyped")
    (taken_back,) = bench.ask(do.ReinstateParticipant(number, what), by=V, reason="It was 01-002")
    assert taken_back == did.ParticipantReinstated(number, what, day)
    assert bench.one(number) == before
    assert bench.entries[-1].reason == "It was 01-002"
    bench.ask(do.RecordVisit(number, "week", day), by=C)
    bench.ask(do.DispenseKits(number, "week", day, (bench.kit(),)), by=C)
    with pytest.raises(Refused, match="is not recorded as"):
        bench.ask(do.ReinstateParticipant(number, what), by=V, reason="Again")


def test_a_death_taken_back_leaves_the_withdrawal_before_it(bench: Bench) -> None:
    number = bench.randomised()
    gone = bench.later(10)
    bench.ask(do.WithdrawParticipant(number, gone, ("visits",), "Moved"), by=C)
    bench.ask(do.RecordDeath(number, bench.later(5)), by=C)
    assert bench.one(number).ended == Ended("died", bench.at.date())
    bench.ask(do.ReinstateParticipant(number, "died"), by=V, reason="A namesake")
    assert bench.one(number).ended == Ended("withdrew", gone, "Moved")


def test_a_withdrawal_after_a_loss_stands_when_the_loss_is_taken_back(bench: Bench) -> None:
    number = bench.randomised()
    lost = bench.later(10)
    bench.ask(do.LoseParticipant(number, lost, "Calls"), by=C)
    gone = bench.later(5)
    bench.ask(do.WithdrawParticipant(number, gone, ("visits", "new-data"), "A letter came"), by=C)
    assert bench.one(number).ended == Ended("lost", lost, "Calls")
    bench.ask(do.ReinstateParticipant(number, "lost"), by=V, reason="They wrote")
    assert bench.one(number).ended == Ended("withdrew", gone, "A letter came")


def test_must_08_an_endorsement_is_void_when_something_is_taken_back(bench: Bench) -> None:
    number = bench.randomised()
    bench.ask(do.RecordDeath(number, bench.later(5)), by=C)
    bench.ask(do.EndorseRecord(number, "Right", record_digest(bench.one(number))), by=V)
    endorsed = bench.one(number).endorsed[-1].digest
    bench.ask(do.ReinstateParticipant(number, "died"), by=V, reason="A namesake")
    assert record_digest(bench.one(number)) != endorsed


def test_what_is_taken_back_is_no_longer_counted(bench: Bench) -> None:
    number = bench.randomised()
    viewer = viewer_of(bench.trial, S.value, bench.at)
    before = flow(bench.trial, viewer)
    bench.ask(do.LoseParticipant(number, bench.later(3), "Calls"), by=C)
    assert flow(bench.trial, viewer).followed.lost == 1
    bench.ask(do.ReinstateParticipant(number, "lost"), by=V, reason="They came")
    assert flow(bench.trial, viewer) == before
