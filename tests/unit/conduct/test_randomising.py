"""Every condition of randomisation by name, consent versions, and what is recorded."""

import datetime
import re

import msgspec
import pytest

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.randomising import checks
from equipoise.conduct.forms import digest
from equipoise.conduct.log import Context
from equipoise.conduct.participant import Place
from equipoise.conduct.protocol.model import (
    Allocation,
    Choice,
    ConsentVersion,
    Factor,
    Field,
    Form,
    Kind,
    Level,
    Masking,
    Method,
    Protocol,
)
from equipoise.conduct.roles import Role
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from tests.trials import PROTOCOL, START, Bench, all_recorded, person_for, running

C, S = Role.COORDINATOR, Role.SPONSOR
DAY = START.date()


@pytest.fixture
def bench() -> Bench:
    return running()


def ready(bench: Bench, site: str = "01") -> str:
    number = bench.screened(site)
    bench.ask(do.RecordStratum(number, {"disease": "pm"}), by=C, site=site)
    return number


def failing(bench: Bench, number: str) -> list[str]:
    context = Context(by=person_for(C), at=bench.at)
    return [check.id for check in checks(bench.trial, bench.one(number), context) if not check.passed]


def refused(bench: Bench, number: str, words: str) -> None:
    """And nobody is randomised."""
    before = bench.trial
    with pytest.raises(Refused, match=re.escape(words)):
        bench.ask(do.RandomiseParticipant(number, (bench.kit(),)), by=C)
    assert bench.trial is before


def test_must_10_all_conditions_hold_and_it_is_one_event(bench: Bench) -> None:
    number = ready(bench)
    assert failing(bench, number) == []
    kit = bench.kit()
    events = bench.ask(do.RandomiseParticipant(number, (kit,)), by=C)
    assert events == (did.ParticipantRandomised(number, 1, DAY, {"disease": "pm"}, (kit,)),)
    assert kit not in bench.trial.stock
    assert bench.trial.received[kit] == "01"


def test_must_10_not_before_the_allocation_is_sealed() -> None:
    bench = Bench().staffed()
    number = bench.screened()
    assert failing(bench, number) == ["sealed", "stratum"]
    with pytest.raises(Refused, match="not so: the allocation is sealed"):
        bench.ask(do.RandomiseParticipant(number), by=C)


def test_must_10_not_without_consent(bench: Bench) -> None:
    (came,) = bench.ask(do.PrescreenPerson("01"), by=C)
    assert failing(bench, came.participant) == ["consent", "eligible", "recent", "stratum"]
    refused(bench, came.participant, "not so: consent is given, and no later version asks for it again")


@pytest.mark.parametrize("met", [Truth.FALSE, Truth.UNKNOWN])
def test_must_10_not_unless_every_criterion_is_met(bench: Bench, met: Truth) -> None:
    number = bench.screened(met=met, age=50 if met is Truth.UNKNOWN else 80)
    bench.ask(do.RecordStratum(number, {"disease": "pm"}), by=C)
    assert failing(bench, number) == ["eligible"]
    refused(bench, number, "not so: every criterion is met. Screen them; there are no waivers.")


def test_must_10_not_after_screening_failed(bench: Bench) -> None:
    number = ready(bench)
    bench.ask(do.FailScreening(number, "declined"), by=C)
    refused(bench, number, "every criterion is met")


def test_must_10_not_with_a_screening_out_of_date(bench: Bench) -> None:
    number = ready(bench)
    bench.later(PROTOCOL.screening_days)
    assert failing(bench, number) == []
    bench.later()
    refused(bench, number, "not so: screened in the last 28 days")


def test_must_10_not_before_the_strata_are_complete(bench: Bench) -> None:
    refused(bench, bench.screened(), "not so: every stratification factor is recorded")


def test_must_10_not_in_a_level_that_an_amendment_took_away() -> None:
    bench = Bench().staffed()
    number = ready(bench)
    factor = Factor(id="disease", label="Disease", levels=(Level(id="im", label="IM"), Level(id="dm", label="DM")))
    allocation = msgspec.structs.replace(PROTOCOL.allocation, factors=(factor,))
    new = msgspec.structs.replace(PROTOCOL, version="2.0", allocation=allocation)
    bench.ask(do.AmendProtocol(new), by=S, reason="Other diseases")
    bench.sealed()
    refused(bench, number, "every stratification factor is recorded")


def test_must_10_not_at_a_site_closed_after_consent(bench: Bench) -> None:
    number = ready(bench)
    bench.ask(do.CloseSite("01"), by=S, reason="Enough")
    refused(bench, number, "not so: site 01 is open")


@pytest.mark.parametrize(
    "command",
    [do.WithdrawParticipant("01-001", DAY, ("treatment",)), do.RecordDeath("01-001", DAY)],
    ids=["withdrew", "died"],
)
def test_must_10_not_after_they_left(bench: Bench, command: do.Command) -> None:
    number = ready(bench)
    bench.ask(command, by=C)
    refused(bench, number, "not so: they have not withdrawn")


def test_must_10_nobody_twice(bench: Bench) -> None:
    number = bench.randomised()
    refused(bench, number, "not so: they are not randomised yet")
    assert bench.trial.order == (number,)


def test_must_10_not_beyond_the_cap() -> None:
    allocation = msgspec.structs.replace(PROTOCOL.allocation, cap=2)
    bench = Bench(msgspec.structs.replace(PROTOCOL, allocation=allocation)).staffed().sealed()
    bench.randomised()
    bench.randomised("02")
    refused(bench, ready(bench), "not so: fewer than 2 are randomised. Recruitment is complete.")
    assert [bench.one(each).number for each in bench.trial.order] == [1, 2]


def with_second_form(bench: Bench, valid_from: datetime.date, *, reconsent: bool, drop: bool = False) -> None:
    old = msgspec.structs.replace(PROTOCOL.consent[0], valid_until=valid_from - datetime.timedelta(days=1))
    new = ConsentVersion(id="2", label="2.0", valid_from=valid_from, reconsent=reconsent)
    consent = (new,) if drop else (old, new)
    bench.ask(do.AmendProtocol(msgspec.structs.replace(PROTOCOL, version="2.0", consent=consent)), by=S, reason="Risk")


def test_must_10_a_later_form_asks_again_from_the_day_it_is_valid(bench: Bench) -> None:
    number = ready(bench)
    with_second_form(bench, DAY + datetime.timedelta(days=2), reconsent=True)
    assert failing(bench, number) == []
    day = bench.later(2)
    refused(bench, number, "no later version asks for it again")
    bench.ask(do.RecordConsent(number, "2", day), by=C)
    assert failing(bench, number) == []


def test_must_10_a_later_form_that_does_not_ask_again_changes_nothing(bench: Bench) -> None:
    number = ready(bench)
    with_second_form(bench, DAY, reconsent=False)
    assert failing(bench, number) == []


def test_must_10_a_form_that_was_taken_away_holds_no_longer(bench: Bench) -> None:
    number = ready(bench)
    with_second_form(bench, DAY, reconsent=False, drop=True)
    assert failing(bench, number) == ["consent"]


def test_kits_are_of_the_sites_own_stock_and_named_once(bench: Bench) -> None:
    number = ready(bench)
    theirs, ours = bench.kit("02"), bench.kit()
    for kits, why in (
        ((theirs,), "is not in this site's stock"),
        (("9999999",), "is not in this site's stock"),
        ((ours, ours), "A kit: is named twice"),
    ):
        with pytest.raises(Refused, match=why):
            bench.ask(do.RandomiseParticipant(number, kits), by=C)
    other = bench.randomised()
    with pytest.raises(Refused, match="is not in this site's stock"):
        bench.ask(do.RandomiseParticipant(number, tuple(bench.one(other).kits)), by=C)


def test_must_13_nothing_recorded_tells_the_arm_or_what_comes_next(bench: Bench) -> None:
    """Neither log nor state names an arm or a kind of kit, but for the protocol itself."""
    ready(bench)
    for disease in ("pm", "dm"):
        bench.randomised(disease=disease)
    everything = all_recorded(bench)
    for secret in ("active", "placebo", '"a"', '"p"', "'a'", "'p'", "seed", "block"):
        assert secret not in everything
    fields = {name for kind in did.TrialEvent.__args__ for name in kind.__struct_fields__}
    assert not fields & {"arm", "arms", "seed", "next", "holds", "treatment", "list"}


def test_a_trial_without_kits_masking_or_factors_randomises() -> None:
    allocation = Allocation(method=Method.SIMPLE, ratio={"active": 1, "placebo": 1}, cap=3)
    arms = tuple(msgspec.structs.replace(arm, kit="") for arm in PROTOCOL.arms)
    visits = tuple(msgspec.structs.replace(visit, dispense=0) for visit in PROTOCOL.visits)
    plain: Protocol = msgspec.structs.replace(
        PROTOCOL, kits=None, arms=arms, visits=visits, allocation=allocation, masking=Masking()
    )
    bench = Bench(plain).staffed()
    bench.ask(do.SealAllocation("test/1", "ab" * 32), by=Role.INDEPENDENT_STATISTICIAN)
    number = bench.screened()
    bench.ask(do.RandomiseParticipant(number), by=C)
    assert bench.trial.order == (number,)
    with pytest.raises(Refused, match="This trial: has no kits"):
        bench.ask(do.ReceiveKits("01", ("1",)), by=Role.PHARMACIST)
    with pytest.raises(Refused, match="This trial: has no kits"):
        bench.ask(do.DispenseKits(number, "baseline", DAY), by=C)
    with pytest.raises(Refused, match="This trial: nobody is masked"):
        bench.ask(do.BreakCode(number, "emergency", "Shock", changes_care=True), by=Role.INVESTIGATOR)


SOURCE = Form(
    id="diagnosis",
    label="Diagnosis",
    by=(C, Role.INVESTIGATOR),
    sign=True,
    fields=(
        Field(
            id="disease",
            label="Disease",
            kind=Kind.CHOICE,
            choices=(Choice(id="pm", label="PM"), Choice(id="dm", label="DM")),
        ),
    ),
)


def sourced(*, sign: bool = True) -> Protocol:
    """The factor comes from a form of the screening visit and of baseline."""
    factor = msgspec.structs.replace(PROTOCOL.allocation.factors[0], field="diagnosis.disease")
    visits = (
        msgspec.structs.replace(PROTOCOL.visits[0], forms=("vitals", "diagnosis")),
        msgspec.structs.replace(PROTOCOL.visits[1], forms=(*PROTOCOL.visits[1].forms, "diagnosis")),
    )
    return msgspec.structs.replace(
        PROTOCOL,
        allocation=msgspec.structs.replace(PROTOCOL.allocation, factors=(factor,)),
        forms=(*PROTOCOL.forms, msgspec.structs.replace(SOURCE, sign=sign)),
        visits=(*visits, *PROTOCOL.visits[2:]),
    )


class Sourced:
    """Somebody screened, and the form their stratum is taken from."""

    def __init__(self, *, sign: bool = True) -> None:
        self.bench = Bench(sourced(sign=sign)).staffed().sealed()
        self.number = self.bench.screened()

    def fill(self, value: str, visit: str = "screening") -> None:
        entered = {"disease": value} if value else {}
        self.bench.ask(do.EnterForm(self.number, visit, "diagnosis", entered), by=C)

    def sign(self, visit: str = "screening") -> None:
        sheet = self.bench.one(self.number).sheets[Place(visit, "diagnosis")]
        command = do.SignForm(self.number, visit, "diagnosis", "Right", digest(sheet))
        self.bench.ask(command, by=Role.INVESTIGATOR)

    def record(self, level: str, reason: str = "") -> None:
        self.bench.ask(do.RecordStratum(self.number, {"disease": level}), by=C, reason=reason)

    @property
    def failing(self) -> list[str]:
        return failing(self.bench, self.number)


def test_must_10_a_stratum_is_that_of_its_signed_form() -> None:
    one = Sourced()
    assert one.failing == ["stratum"]
    one.fill("dm")
    assert one.failing == ["source", "stratum"]
    one.record("pm")
    assert one.failing == ["source"]
    refused(one.bench, one.number, "Fill in and sign: Diagnosis.")
    one.sign()
    assert one.failing == ["stratum"]
    refused(one.bench, one.number, "every stratification factor is recorded, as in its form")
    one.record("dm", "Mistyped")
    assert one.failing == []
    one.bench.ask(do.RandomiseParticipant(one.number, (one.bench.kit(),)), by=C)
    assert one.bench.one(one.number).levels == {"disease": "dm"}


def test_must_10_a_condition_does_not_say_that_a_form_is_filled_in_that_is_not() -> None:
    one = Sourced()
    empty = "The strata are asked for at randomisation, for nothing is filled in yet of: Diagnosis"
    full = "The forms that decide the strata are filled in and signed"

    def label() -> str:
        held = checks(one.bench.trial, one.bench.one(one.number), Context(by="x", at=one.bench.at))
        return next(check.label for check in held if check.id == "source")

    assert label() == empty
    one.fill("dm")
    assert label() == full
    one.sign()
    assert label() == full


def test_must_10_who_was_never_screened_is_not_screened_again(bench: Bench) -> None:
    def advised(number: str) -> str:
        held = checks(bench.trial, bench.one(number), Context(by="x", at=bench.at))
        return next(check.do for check in held if check.id == "recent")

    assert advised(bench.consented()) == "Screen them."
    assert advised(bench.screened()) == "Screen them again."


def test_must_10_what_a_signed_form_contradicts_is_not_even_recorded() -> None:
    one = Sourced()
    one.fill("dm")
    one.sign()
    with pytest.raises(Refused, match="has DM for Disease in the form it is taken from"):
        one.record("pm")
    assert one.bench.one(one.number).levels == {}
    one.record("dm")
    assert one.failing == []


def test_must_10_a_form_corrected_after_its_signature_is_no_source_until_signed_again() -> None:
    one = Sourced()
    one.fill("dm")
    one.sign()
    one.record("dm")
    one.bench.ask(do.CorrectForm(one.number, "screening", "diagnosis", {"disease": "pm"}), by=C, reason="Biopsy")
    assert one.failing == ["source"]
    one.sign()
    assert one.failing == ["stratum"]
    one.bench.ask(do.CorrectStratum(one.number, "disease", "pm"), by=C, reason="Biopsy")
    assert one.failing == []


def test_must_10_the_last_visit_that_has_the_form_counts() -> None:
    one = Sourced()
    one.fill("dm")
    one.sign()
    one.record("dm")
    one.fill("pm", "baseline")
    assert one.failing == ["source"]
    one.sign("baseline")
    assert one.failing == ["stratum"]


def test_must_10_a_form_that_nobody_signs_counts_when_it_is_filled_in() -> None:
    one = Sourced(sign=False)
    one.fill("")
    assert one.failing == ["source", "stratum"]
    one = Sourced(sign=False)
    one.fill("pm")
    one.record("pm")
    assert one.failing == []
