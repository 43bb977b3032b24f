"""The flow of participants: each box counts what it says, and all of them add up."""

import msgspec
import pytest

from equipoise.conduct import commands as do
from equipoise.conduct.masking import Held, Viewer
from equipoise.conduct.roles import Role
from equipoise.conduct.views.flow import (
    Excluded,
    FailedCriterion,
    Flow,
    Followed,
    Reason,
    adds_up,
    adds_up_by_arm,
    flow,
    flow_by_arm,
)
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from tests.trials import Bench, running

MONITOR = Viewer("m", "M", (Held(Role.MONITOR),))
INDEPENDENT = Viewer("i", "I", (Held(Role.INDEPENDENT_STATISTICIAN),))
STATISTICIAN = Viewer("s", "S", (Held(Role.STATISTICIAN),))


@pytest.fixture(scope="module")
def bench() -> Bench:
    """Screened out: one not eligible, one declined, one withdrew before. Randomised: six, each with another story."""
    bench = running()
    day = bench.at.date()
    out = bench.screened(age=80, met=Truth.FALSE)
    bench.ask(do.FailScreening(out, "not-eligible"), by=Role.COORDINATOR)
    declined, left = bench.screened(), bench.screened("02")
    bench.ask(do.FailScreening(declined, "declined"), by=Role.COORDINATOR)
    bench.ask(do.WithdrawParticipant(left, day, ("visits",)), by=Role.COORDINATOR, site="02")
    bench.screened()
    waiting, never, stopped, lost, died, completed = (bench.randomised() for _ in range(6))
    bench.ask(do.StopTreatment(never, day, "Changed their mind"), by=Role.INVESTIGATOR)
    for one in (stopped, lost, died, completed):
        bench.ask(do.RecordVisit(one, "baseline", day), by=Role.COORDINATOR)
    bench.ask(do.StopTreatment(stopped, day, "Rash"), by=Role.INVESTIGATOR)
    bench.ask(do.LoseParticipant(lost, day, "Three letters"), by=Role.COORDINATOR)
    bench.ask(do.RecordDeath(died, day), by=Role.COORDINATOR)
    bench.ask(do.CompleteParticipant(completed, day), by=Role.COORDINATOR)
    assert waiting == "01-004"
    return bench


def test_must_29_each_box_counts_what_it_says(bench: Bench) -> None:
    pooled = flow(bench.trial, MONITOR)
    criteria = (FailedCriterion("I1", "18 to 75 years of age", 1),)
    assert pooled.excluded == Excluded(3, not_eligible=1, declined=2, other=0, criteria=criteria)
    assert (pooled.assessed, pooled.in_screening) == (10, 1)
    assert pooled.followed == Followed(
        randomised=6,
        received=4,
        not_yet=1,
        did_not_receive=1,
        why_not_received=(Reason("Changed their mind", 1),),
        stopped=1,
        why_stopped=(Reason("Rash", 1),),
        completed=1,
        withdrew=0,
        lost=1,
        died=1,
        in_follow_up=3,
    )
    assert adds_up(pooled) == ()


def test_whoever_withdrew_of_anything_before_randomisation_declined() -> None:
    """They cannot be randomised any more, even where they may still be contacted."""
    bench = running()
    one = bench.screened()
    bench.ask(do.WithdrawParticipant(one, bench.at.date(), ("treatment",)), by=Role.COORDINATOR)
    dead = bench.screened()
    bench.ask(do.RecordDeath(dead, bench.at.date()), by=Role.COORDINATOR)
    found = flow(bench.trial, MONITOR)
    assert (found.excluded.declined, found.excluded.other, found.in_screening) == (1, 1, 0)


def test_a_site_counts_its_own(bench: Bench) -> None:
    assert flow(bench.trial, Viewer("c", "C", (Held(Role.COORDINATOR, "02"),))).assessed == 1
    assert flow(bench.trial, MONITOR, "02").assessed == 1
    with pytest.raises(Refused, match="nothing here for your roles"):
        flow(bench.trial, Viewer("c", "C", (Held(Role.COORDINATOR, "02"),)), "01")


def test_who_may_not_see_trial_data_sees_no_flow(bench: Bench) -> None:
    for role in (Role.PHARMACIST, Role.ADMINISTRATOR):
        with pytest.raises(Refused, match="nothing here for your roles"):
            flow(bench.trial, Viewer("x", "X", (Held(role),)))


def test_must_29_what_does_not_add_up_is_said(bench: Bench) -> None:
    pooled = flow(bench.trial, MONITOR)
    for field in ("assessed", "in_screening"):
        wrong = msgspec.structs.replace(pooled, **{field: getattr(pooled, field) + 1})
        assert adds_up(wrong)[0].startswith("Assessed = excluded + in screening + randomised")
    for field in ("randomised", "received", "not_yet", "completed", "in_follow_up", "did_not_receive", "stopped"):
        followed = msgspec.structs.replace(pooled.followed, **{field: getattr(pooled.followed, field) + 1})
        assert adds_up(msgspec.structs.replace(pooled, followed=followed)), field


def _alternating(bench: Bench) -> dict[str, str]:
    return {name: ("A", "B")[place % 2] for place, name in enumerate(bench.trial.order)}


def test_must_29_arms_add_up_to_the_pooled_flow(bench: Bench) -> None:
    why = {bench.trial.order[0]: "No value after baseline"}
    found = flow_by_arm(bench.trial, INDEPENDENT, _alternating(bench), dummy=False, not_analysed=why)
    assert adds_up_by_arm(found) == ()
    assert [arm.arm for arm in found.arms] == ["A", "B"]
    assert [(arm.analysed, arm.not_analysed) for arm in found.arms] == [(2, 1), (3, 0)]
    assert found.arms[0].why_not_analysed == (Reason("No value after baseline", 1),)
    short = msgspec.structs.replace(found, arms=found.arms[:1])
    assert any("sum of arms" in words for words in adds_up_by_arm(short))


def test_must_27_a_masked_statistician_gets_dummy_arms_alone(bench: Bench) -> None:
    arms = _alternating(bench)
    assert flow_by_arm(bench.trial, STATISTICIAN, arms, dummy=True).dummy
    with pytest.raises(Refused, match="nothing here for your roles"):
        flow_by_arm(bench.trial, STATISTICIAN, arms, dummy=False)


def test_arms_must_cover_everyone_randomised(bench: Bench) -> None:
    with pytest.raises(Refused, match="6 randomised participants have none"):
        flow_by_arm(bench.trial, INDEPENDENT, {}, dummy=False)


def test_must_29_the_pooled_flow_has_no_place_for_an_arm(bench: Bench) -> None:
    names = {*Flow.__struct_fields__, *Followed.__struct_fields__, *Excluded.__struct_fields__}
    assert not {name for name in names if "arm" in name}
    assert "arm" not in msgspec.json.encode(flow(bench.trial, MONITOR)).decode()


def test_an_empty_trial_adds_up() -> None:
    pooled = flow(Bench().trial, MONITOR)
    assert adds_up(pooled) == ()
    assert (pooled.assessed, pooled.followed.randomised) == (0, 0)
