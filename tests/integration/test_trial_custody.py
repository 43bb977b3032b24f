"""The custodian while a trial goes on: its draws, later kits bound in the log, and a cap that an amendment raised."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from equipoise.actions import demonstration
from equipoise.actions.auditing import verify_allocation
from equipoise.actions.custodian import Asking, Service
from equipoise.actions.custody import open_allocation
from equipoise.actions.demonstration import Demonstration
from equipoise.actions.numbering import number_kits, supply_kits
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.allocation.sealing import Reveal
from equipoise.conduct.log import Context
from equipoise.conduct.participant import Place
from equipoise.conduct.roles import Role
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused
from equipoise.store.trial.keys import new_key
from tests.integration.test_trial_actions import LATER, PROTOCOL, START, World
from tests.protocols import jasmine_protocol
from tests.trials import person_for

STATISTICIAN = Context(by=Role.INDEPENDENT_STATISTICIAN.value, at=LATER, reason="a test")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("TRIAL_TEST_KEY", new_key())
    made = World(tmp_path)
    yield made
    made.close()


def opened(world: World) -> Reveal:
    return open_allocation(world.sealed, world.trials.trial(PROTOCOL.id), STATISTICIAN)


def numbered(world: World, each: int = 20) -> Trial:
    """A further batch, as the action does it."""
    command = world.keeper.number_kits(PROTOCOL.id, each, STATISTICIAN)
    return world.trials.ask(PROTOCOL.id, command, STATISTICIAN).trial


def test_must_11_later_kits_are_bound_in_the_log_and_checked_at_the_end(world: World) -> None:
    before = world.live(6, 1)
    first = opened(world)
    trial = numbered(world)
    later = opened(world)
    (batch,) = later.batches
    assert trial.batches[0].kits == len(batch.kits) == 60
    assert sorted(set(batch.kits.values())) == ["a", "o", "p"]
    assert not set(batch.kits) & set(first.kits)
    assert {len(kit) for kit in later.contents} == {7}
    assert verify_allocation(trial, later) == ()
    assert verify_allocation(before, first) == ()
    assert verify_allocation(trial, first) == (
        "The later kits revealed are not those committed to when they were numbered.",
    )
    recorded = "".join(entry.body for entry in world.log.entries(trial.id))
    assert not any(kit in recorded for kit in batch.kits)


def test_must_15_of_batches_drawn_and_not_recorded_none_counts(world: World) -> None:
    """An answer that was lost, two at a time: the log has one, and what it has can be opened."""
    world.live(2, 1)
    lost, kept = (world.keeper.number_kits(PROTOCOL.id, each, STATISTICIAN) for each in (20, 30))
    assert (lost.batch, lost.kits, kept.batch, kept.kits) == (2, 60, 2, 90)
    trial = world.trials.ask(PROTOCOL.id, kept, STATISTICIAN).trial
    with pytest.raises(Refused, match="Batch 2: is not the next, which is 3"):
        world.trials.ask(PROTOCOL.id, lost, STATISTICIAN)
    assert [len(batch.kits) for batch in opened(world).batches] == [90]
    assert verify_allocation(trial, opened(world)) == ()
    third = world.keeper.number_kits(PROTOCOL.id, 20, STATISTICIAN)
    assert (third.batch, third.kits) == (3, 60)


def test_must_15_numbering_sent_twice_under_one_key_is_done_once(world: World) -> None:
    world.live(2, 1)
    context = msgspec.structs.replace(STATISTICIAN, key="a form")
    first, second = (number_kits(world.trials, PROTOCOL.id, 20, context) for _ in range(2))
    assert (first.again, second.again) == (False, True)
    assert len(second.trial.batches) == 1
    third = number_kits(world.trials, PROTOCOL.id, 50, msgspec.structs.replace(STATISTICIAN, key="another"))
    assert [batch.kits for batch in third.trial.batches] == [60, 150]
    assert verify_allocation(third.trial, opened(world)) == ()
    with pytest.raises(Refused, match="this is for the independent statistician"):
        number_kits(world.trials, PROTOCOL.id, 20, Context(by="sponsor", at=LATER))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INDEPENDENT_STATISTICIAN])
def test_must_07_nobody_else_has_kits_numbered(world: World, role: Role) -> None:
    world.live(0, 1)
    with pytest.raises(Refused, match="this is for the independent statistician"):
        world.keeper.number_kits(PROTOCOL.id, 20, Context(by=person_for(role), at=LATER))
    assert world.sealed.names(PROTOCOL.id) == ("allocation",)


def test_later_kits_go_to_sites_and_to_participants_like_the_first(world: World) -> None:
    world.live(4, 2)
    trial = numbered(world, 200)
    (batch,) = opened(world).batches
    site, context = next(iter(trial.sites)), Context(by="pharmacist-01", at=LATER)
    trial = supply_kits(world.trials, trial.id, site, 180, context).trial
    assert set(trial.stock) & set(batch.kits)
    one = next(one for one in trial.participants.values() if one.is_randomised and one.site == site)
    arm = world.keeper._arm(trial, one)
    old = frozenset(opened(world).kits)
    given = set()
    for visit in ("week", "week-2", "week-3"):
        given |= set(world.keeper.kits_for(trial.id, one.id, visit))
    assert all(opened(world).contents[kit] == arm.kit for kit in given)
    assert given <= old | set(batch.kits)


def test_later_kits_through_a_custodian_of_its_own(world: World, tmp_path: Path) -> None:
    import threading

    trial = world.live(3, 2)
    path = tmp_path / "socket"
    with Service(path, world.keeper) as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        asking = Asking(path)
        command = asking.number_kits(trial.id, 20, STATISTICIAN)
        assert (command.batch, command.kits) == (2, 60)
        assert asking.arms(trial.id, trial.order, STATISTICIAN) == world.keeper.arms(
            trial.id, trial.order, STATISTICIAN
        )
        assert asking.arms(trial.id, trial.order, Context(by="monitor", at=LATER, reason="curious")) == {}
        assert asking.values(trial.id, {"value/x/y/z/1/w": "0"}, STATISTICIAN) == {}
        service.shutdown()


def _raised(world: World, cap: int, version: str = "2.0") -> Trial:
    allocation = msgspec.structs.replace(PROTOCOL.allocation, cap=cap)
    amended = msgspec.structs.replace(PROTOCOL, version=version, allocation=allocation)
    sponsor = Context(by=Role.SPONSOR.value, at=LATER, reason="More people come than planned")
    return world.trials.ask(PROTOCOL.id, do.AmendProtocol(amended), sponsor).trial


def test_must_10_a_raised_cap_lets_more_in_and_all_is_drawn_again_at_the_end(world: World) -> None:
    trial = world.live(30, 3)
    cap = PROTOCOL.allocation.cap
    assert len(trial.order) == cap
    drawn = [world.keeper._arm(trial, trial.participants[one]).id for one in trial.order]
    _raised(world, cap + 2)
    supply_kits(world.trials, trial.id, "01", 2, Context(by="pharmacist-01", at=LATER))
    for _ in range(2):
        trial = _one_more(world)
    assert len(trial.order) == cap + 2
    again = [world.keeper._arm(trial, trial.participants[one]).id for one in trial.order]
    assert again[:cap] == drawn
    assert verify_allocation(trial, opened(world)) == ()
    with pytest.raises(Refused, match=f"fewer than {cap + 2} are randomised"):
        _one_more(world)


def test_must_18_parcels_hold_as_many_of_every_kind_and_no_kit_twice(world: World) -> None:
    trial = world.live(0, 1)
    contents = opened(world).contents
    before = set(trial.received)
    parcels = []
    for site, each in (("01", 3), ("02", 3), ("01", 2)):
        (sent,) = world.trials.ask(trial.id, do.SendKits(site, each), Context(by="sponsor", at=LATER)).events
        assert isinstance(sent, did.KitsSent)
        assert Counter(contents[kit] for kit in sent.kits) == dict.fromkeys("apo", each)
        assert list(sent.kits) == sorted(sent.kits)
        parcels += sent.kits
    assert len(set(parcels)) == len(parcels) == 24
    assert not set(parcels) & before
    with pytest.raises(Refused, match="10000 kits: are not left of every kind"):
        world.trials.ask(trial.id, do.SendKits("01", 10_000), Context(by="sponsor", at=LATER))


@pytest.mark.parametrize("seed", range(8))
def test_must_18_a_refusal_for_want_of_kits_tells_nobodys_arm(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four of every kind came: four are handed out, whether all were alike or not."""
    monkeypatch.setattr(demonstration, "KITS_A_SITE", 4)
    world.live(0, seed)
    for _ in range(4):
        trial = _one_more(world)
    one = trial.participant(trial.order[0])
    for refused in (lambda: _one_more(world), lambda: world.keeper.kits_for(trial.id, one.id, "week")):
        with pytest.raises(Refused, match="does not hold enough kits"):
            refused()
    assert len(trial.order) == 4


def _one_more(world: World) -> Trial:
    """Somebody new, today."""
    day = LATER.date()
    at_site = {role: Context(by=person_for(role), at=LATER) for role in (Role.COORDINATOR, Role.INVESTIGATOR)}
    (came,) = world.trials.ask(PROTOCOL.id, do.PrescreenPerson("01"), at_site[Role.COORDINATOR]).events
    assert isinstance(came, did.PersonPrescreened)
    number = came.participant
    findings = tuple(did.Finding(one.id, did.Truth.TRUE, evidence="Seen") for one in PROTOCOL.eligibility)
    for command, role in (
        (do.RecordConsent(number, "1", day), Role.COORDINATOR),
        (do.ScreenParticipant(number, day, findings), Role.INVESTIGATOR),
        (do.RecordStratum(number, {"disease": "pm"}), Role.COORDINATOR),
        (do.RandomiseParticipant(number), Role.COORDINATOR),
    ):
        trial = world.trials.ask(PROTOCOL.id, command, at_site[role]).trial
    return trial


def test_must_22_the_custodian_opens_the_allocation_once_and_again_for_each_batch(world: World) -> None:
    world.live(3, 2)

    def opening() -> int:
        looks = world.sealed.looks.entries(PROTOCOL.id)
        return sum(one.by == "custodian" and one.reason == "choosing kits" for one in looks)

    before = opening()
    assert before == 1
    numbered(world)
    trial = world.trials.trial(PROTOCOL.id)
    for one in trial.order:
        world.keeper._arm(trial, trial.participants[one])
    assert opening() == before + 2


def test_a_trial_lived_through_draws_each_place_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from equipoise.conduct.allocation import drawing
    from equipoise.conduct.allocation.assigning import Assigner

    taken = 0

    class Counted(Assigner):
        def take(self, levels: dict[str, str]) -> str:  # type: ignore[override]
            nonlocal taken
            taken += 1
            return super().take(levels)

    monkeypatch.setattr(drawing, "Assigner", Counted)
    trial = world.live(10, 5)
    assert taken <= len(trial.order)
    assert len(trial.order) > 4


def test_the_demonstration_takes_strata_from_what_its_people_answered(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("TRIAL_TEST_KEY", new_key())
    world = World(tmp_path)
    jasmine = jasmine_protocol()
    Demonstration(world.trials, jasmine, random.Random(4)).run(START, LATER, 12)
    trial = world.trials.trial(jasmine.id)
    assert len(trial.order) > 3
    for number in trial.order:
        one = trial.participants[number]
        form = one.sheets[Place("screening", "diagnosis")]
        assert one.levels == {"disease": form.values["disease"], "ocs": form.values["ocs"]}
        assert form.signature is not None
    assert len({tuple(one.levels.values()) for one in trial.participants.values() if one.is_randomised}) > 1
    assert verify_allocation(trial, open_allocation(world.sealed, trial, STATISTICIAN)) == ()
    world.close()


def test_must_11_what_was_drawn_and_not_recorded_binds_no_other_protocol(world: World) -> None:
    """The answer was lost after the draw, and the protocol was amended before it was asked for again."""
    opening = Context(by="administrator", at=LATER)
    world.trials.ask(PROTOCOL.id, do.OpenTrial(PROTOCOL, "Ada Minder"), opening)
    day = LATER.date()
    for role in (Role.INDEPENDENT_STATISTICIAN, Role.SPONSOR):
        world.trials.ask(PROTOCOL.id, do.GrantRole(role.value, role.value, role, day, day), opening)
    drawn = world.keeper.seal(PROTOCOL.id, STATISTICIAN)
    _raised(world, 99)
    with pytest.raises(Refused, match="was drawn by an earlier version of the protocol"):
        world.trials.seal(PROTOCOL.id, STATISTICIAN)
    assert world.trials.trial(PROTOCOL.id).sealing is None
    _raised(world, PROTOCOL.allocation.cap, "3.0")
    sealing = world.trials.seal(PROTOCOL.id, STATISTICIAN).trial.sealing
    assert sealing is not None
    assert sealing.commitment == drawn.commitment
