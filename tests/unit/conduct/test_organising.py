"""Opening, amending, sites, roles and their dates, duties kept apart, the seal."""

import datetime

import msgspec
import pytest

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide import decide
from equipoise.conduct.decide.organising import digest_of
from equipoise.conduct.log import Context
from equipoise.conduct.permissions import grants_of
from equipoise.conduct.protocol.model import Kit, Kits, Masking, Method, Party, PlannedSite, Protocol
from equipoise.conduct.roles import Role
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused
from tests.trials import PROTOCOL, START, Bench, running

D, S, U = Role.ADMINISTRATOR, Role.SPONSOR, Role.INDEPENDENT_STATISTICIAN
DAY = START.date()
ONE = datetime.timedelta(days=1)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def grant(bench: Bench, user: str, role: Role, site: str = "", **dates: datetime.date) -> None:
    trained, starts = dates.get("trained", DAY), dates.get("starts", DAY)
    bench.ask(do.GrantRole(user, user.title(), role, trained, starts, dates.get("ends"), site), by=D)


def change(**new: object) -> Protocol:
    return msgspec.structs.replace(PROTOCOL, version="2.0", **new)


def test_whoever_opens_a_trial_is_its_administrator_and_nothing_else(bench: Bench) -> None:
    opened = did.read_event(bench.entries[0].tag, 1, bench.entries[0].body)
    assert isinstance(opened, did.TrialOpened)
    assert opened.digest == digest_of(PROTOCOL)
    assert [grant.role for grant in bench.trial.grants] == [D]
    assert set(bench.trial.sites) == {"01", "02"}
    with pytest.raises(Refused, match="SMALL: is open already"):
        bench.ask(do.OpenTrial(PROTOCOL, "Ada"), by=D)


def test_nothing_is_asked_of_a_trial_nobody_opened() -> None:
    with pytest.raises(Refused, match="NONE: there is no such trial"):
        decide(Trial("NONE"), do.OpenSite("01"), Context(by="x", at=START))


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (do.AddSite("01", "One", "DE"), "01: is the number of another site"),
        (do.AddSite("", "Nine", "DE"), "is not a site's number"),
        (do.AddSite("a/b", "Nine", "DE"), "a/b: is not a site's number"),
        (do.AddSite("09", " ", "DE"), "The site's name: nothing was written"),
        (do.AddSite("09", "Nine", "DE", "Europe/Atlantis"), "Europe/Atlantis: is not a time zone"),
        (do.AddSite("09", "Nine", "DE", "../../etc/passwd"), "is not a time zone"),
    ],
)
def test_a_site_has_a_number_a_name_and_a_clock(bench: Bench, command: do.AddSite, why: str) -> None:
    grant(bench, "sponsor", S)
    with pytest.raises(Refused, match=why):
        bench.ask(command, by=S)


def test_a_site_opens_with_an_investigator_in_office(bench: Bench) -> None:
    grant(bench, "sponsor", S)
    with pytest.raises(Refused, match="Site 01: has no investigator"):
        bench.ask(do.OpenSite("01"), by=S)
    grant(bench, "vi", Role.INVESTIGATOR, "01", ends=DAY)
    day = bench.later()
    with pytest.raises(Refused, match="Site 01: has no investigator"):
        bench.ask(do.OpenSite("01"), by=S)
    grant(bench, "vi", Role.INVESTIGATOR, "01", starts=day)
    bench.ask(do.OpenSite("01"), by=S)
    with pytest.raises(Refused, match="Site 01: is open already"):
        bench.ask(do.OpenSite("01"), by=S)
    with pytest.raises(Refused, match="Closing a site: a reason is needed"):
        bench.ask(do.CloseSite("01"), by=S)
    bench.ask(do.CloseSite("01"), by=S, reason="Enough")
    with pytest.raises(Refused, match="Site 01: is not open"):
        bench.ask(do.CloseSite("01"), by=S, reason="Enough")
    with pytest.raises(Refused, match="there is no such site"):
        bench.ask(do.OpenSite("77"), by=S)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (do.GrantRole(" ", "X", S, DAY, DAY), "The person's account: nothing was written"),
        (do.GrantRole("x", " ", S, DAY, DAY), "The person's name: nothing was written"),
        (do.GrantRole("x", "X", Role.COORDINATOR, DAY, DAY), "Site coordinator: is a role at one site"),
        (do.GrantRole("x", "X", Role.COORDINATOR, DAY, DAY, site="77"), "there is no such site"),
        (do.GrantRole("x", "X", S, DAY, DAY - ONE), "would begin on 2026-03-01, before training on 2026-03-02"),
        (do.GrantRole("x", "X", S, DAY + ONE, DAY + ONE), "The day of training: 2026-03-03 lies in the future"),
        (do.GrantRole("x", "X", S, DAY, DAY, DAY - ONE), "The role: would end before it begins"),
    ],
)
def test_must_07_a_role_has_a_person_a_place_training_and_dates(bench: Bench, command: do.GrantRole, why: str) -> None:
    with pytest.raises(Refused, match=why):
        bench.ask(command, by=D)


APART = [
    (Role.PHARMACIST, Role.COORDINATOR),
    (U, Role.STATISTICIAN),
    (U, Role.PHARMACIST),
    (D, Role.MONITOR),
    (Role.COORDINATOR, Role.MONITOR),
    (Role.INVESTIGATOR, S),
    (Role.ASSESSOR, Role.STATISTICIAN),
    (Role.INVESTIGATOR, Role.SAFETY_OFFICER),
    (Role.ASSESSOR, Role.INVESTIGATOR),
    (Role.ASSESSOR, Role.COORDINATOR),
]
"""The last two: the protocol withholds side effects from the assessor."""


def place(role: Role) -> str:
    return "01" if role in {Role.COORDINATOR, Role.INVESTIGATOR, Role.ASSESSOR, Role.PHARMACIST} else ""


@pytest.mark.parametrize(("one", "other"), [*APART, *((b, a) for a, b in APART)])
def test_must_07_duties_are_kept_apart(bench: Bench, one: Role, other: Role) -> None:
    grant(bench, "sam", one, place(one))
    with pytest.raises(Refused, match=r"Duties are kept apart: Sam is .* in this trial, and cannot be"):
        grant(bench, "sam", other, place(other))
    bench.ask(do.RevokeRole("sam", one, place(one)), by=D)
    grant(bench, "sam", other, place(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [(Role.COORDINATOR, Role.INVESTIGATOR), (S, Role.MONITOR), (Role.STATISTICIAN, Role.SAFETY_OFFICER)],
)
def test_two_roles_that_do_not_clash_are_held_together(bench: Bench, one: Role, other: Role) -> None:
    for role in (one, other):
        grant(bench, "sam", role, place(role))
    assert {each.role for each in grants_of(bench.trial, "sam", bench.at)} == {one, other}


def test_what_is_withheld_at_one_site_may_be_told_at_another(bench: Bench) -> None:
    grant(bench, "sam", Role.ASSESSOR, "01")
    grant(bench, "sam", Role.INVESTIGATOR, "02")


def test_must_07_a_role_revoked_counts_no_more_on_the_same_day_anywhere(bench: Bench) -> None:
    """At 01:00 UTC on the 3rd it is still the 2nd in New York."""
    grant(bench, "sponsor", S)
    bench.ask(do.AddSite("09", "Nine", "US", "America/New_York"), by=S)
    grant(bench, "vi", Role.INVESTIGATOR, "09")
    night = datetime.datetime(2026, 3, 3, 1, 0, tzinfo=datetime.UTC)
    assert list(grants_of(bench.trial, "vi", night))
    bench.ask(do.RevokeRole("vi", Role.INVESTIGATOR, "09"), by=D, at=night)
    assert not list(grants_of(bench.trial, "vi", night))


def test_must_07_a_role_yet_to_begin_is_revoked_too(bench: Bench) -> None:
    grant(bench, "sam", S, starts=DAY + 9 * ONE)
    bench.ask(do.RevokeRole("sam", S), by=D)
    bench.later(10)
    assert not list(grants_of(bench.trial, "sam", bench.at))
    with pytest.raises(Refused, match="Sam: does not have that role"):
        bench.ask(do.RevokeRole("sam", S), by=D)


def test_the_last_administrator_stays(bench: Bench) -> None:
    with pytest.raises(Refused, match="Ada Minder: is the only administrator"):
        bench.ask(do.RevokeRole("administrator", D), by=D)
    grant(bench, "bea", D)
    bench.ask(do.RevokeRole("administrator", D), by="bea")


def test_the_allocation_is_sealed_once(bench: Bench) -> None:
    grant(bench, "independent-statistician", U)
    for commitment in ("ab", "AB" * 32, "zz" * 32):
        with pytest.raises(Refused, match="The commitment: is not a SHA-256 in hexadecimal"):
            bench.ask(do.SealAllocation("test/1", commitment), by=U)
    bench.ask(do.SealAllocation("test/1", "ab" * 32), by=U)
    with pytest.raises(Refused, match=r"The allocation: is sealed already. A seal is never replaced"):
        bench.ask(do.SealAllocation("test/1", "cd" * 32), by=U)


def amend(bench: Bench, new: Protocol, reason: str = "Better") -> None:
    bench.ask(do.AmendProtocol(new), by=S, reason=reason)


def test_an_amendment_is_a_new_version_of_this_trial_with_a_reason() -> None:
    bench = running()
    for new, reason, why in (
        (change(), "", "The amendment: a reason is needed"),
        (change(id="OTHER"), "R", "is a protocol of OTHER, not of SMALL"),
        (PROTOCOL, "R", "1.0: is a version this trial has had"),
        (change(amends="0.9"), "R", "amends 0.9, and the trial has 1.0"),
    ):
        with pytest.raises(Refused, match=why):
            amend(bench, new, reason)
    amend(bench, change(amends="1.0", sites=(*PROTOCOL.sites, PlannedSite(id="03", label="Three", country="FR"))))
    assert bench.trial.version == "2.0"
    assert set(bench.trial.sites) == {"01", "02", "03"}
    assert not bench.trial.sites["03"].is_open
    assert bench.trial.sites["01"].is_open


def test_must_11_what_is_sealed_is_never_amended() -> None:
    bench = running()
    assert PROTOCOL.kits is not None
    other_kits = Kits(kinds=(Kit(id="a", holds="Placebo", doses=4), Kit(id="p", holds="Active", doses=4)))
    longer = msgspec.structs.replace(PROTOCOL.kits, number_length=9)
    fewer = msgspec.structs.replace(PROTOCOL.allocation.factors[0], levels=PROTOCOL.allocation.factors[0].levels[:1])
    for new, words in (
        (change(arms=PROTOCOL.arms[::-1]), "the arms"),
        (allocated(ratio={"active": 2, "placebo": 1}), "the ratio"),
        (allocated(factors=(fewer,)), "the strata"),
        (allocated(block_sizes=(4,)), "how it is drawn"),
        (allocated(beta=2), "how it is drawn"),
        (allocated(method=Method.BIG_STICK, limit=3), "the method and how it is drawn"),
        (allocated(method=Method.SIMPLE), "the method"),
        (change(kits=other_kits), "the kits"),
        (change(kits=longer), "the kits"),
        (change(kits=None), "the kits"),
    ):
        with pytest.raises(Refused, match=f"changes {words}, sealed before the first participant"):
            amend(bench, new)
    assert bench.trial.version == "1.0"


def allocated(**parts: object) -> Protocol:
    return change(allocation=msgspec.structs.replace(PROTOCOL.allocation, **parts))


def test_must_10_an_amendment_may_change_how_many_are_let_in() -> None:
    bench = running()
    for _ in range(2):
        bench.randomised()
    with pytest.raises(Refused, match="lets in 1, and 2 are randomised"):
        amend(bench, allocated(cap=1))
    amend(bench, allocated(cap=2, why="The sponsor has money for two"))
    number = bench.screened()
    bench.ask(do.RecordStratum(number, {"disease": "pm"}), by=Role.COORDINATOR)
    with pytest.raises(Refused, match="fewer than 2 are randomised"):
        bench.ask(do.RandomiseParticipant(number, (bench.kit(),)), by=Role.COORDINATOR)
    raised = msgspec.structs.replace(PROTOCOL.allocation, cap=3)
    amend(bench, msgspec.structs.replace(PROTOCOL, version="3.0", allocation=raised))
    bench.ask(do.RandomiseParticipant(number, (bench.kit(),)), by=Role.COORDINATOR)
    assert bench.trial.order[-1] == number


def test_must_11_a_later_batch_of_kits_is_bound_before_a_site_has_any() -> None:
    bench = Bench().staffed()
    batch = do.NumberKits("cd" * 32, 2, 80)
    with pytest.raises(Refused, match="has no sealed kits"):
        bench.ask(batch, by=U)
    bench.sealed()
    for wrong, why in (
        (do.NumberKits("cd" * 32, 1, 80), "Batch 1: is not the next, which is 2"),
        (do.NumberKits("cd" * 32, 3, 80), "Batch 3: is not the next, which is 2"),
        (do.NumberKits("cd" * 32, 2, 0), "Batch 2: has no kits"),
        (do.NumberKits("cd", 2, 80), "is not a SHA-256 in hexadecimal"),
    ):
        with pytest.raises(Refused, match=why):
            bench.ask(wrong, by=U)
    bench.ask(batch, by=U)
    with pytest.raises(Refused, match="is not the next, which is 3"):
        bench.ask(batch, by=U)
    assert [(one.commitment, one.kits) for one in bench.trial.batches] == [("cd" * 32, 80)]


def test_must_20_an_amendment_unmasks_nobody_once_people_are_randomised() -> None:
    bench = running()
    bench.randomised()
    fewer = Masking(masked=(Party.PARTICIPANT,), withheld=PROTOCOL.masking.withheld)
    told = Masking(masked=PROTOCOL.masking.masked)
    for masking in (fewer, told):
        with pytest.raises(Refused, match="The amendment: unmasks somebody"):
            amend(bench, change(masking=masking))
