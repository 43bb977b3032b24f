"""A trial from opening to its first kits through the real stores: one transaction, one custodian, nothing twice."""

import datetime
import random
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from equipoise.actions.auditing import audit_trial, verify_allocation
from equipoise.actions.custodian import Asking, Service
from equipoise.actions.custody import ALLOCATION, Keeper
from equipoise.actions.demonstration import Demonstration
from equipoise.actions.trials import Trials
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.allocation.kits import is_kit_number
from equipoise.conduct.allocation.sealing import Reveal
from equipoise.conduct.log import Context, utc
from equipoise.conduct.masking import viewer_of
from equipoise.conduct.protocol.model import Kit, Kits, Protocol
from equipoise.conduct.roles import MASKED, Role
from equipoise.conduct.trial import Stage, Trial
from equipoise.conduct.views.audit import audit
from equipoise.conduct.views.describe import describe
from equipoise.conduct.views.export import tables
from equipoise.conduct.views.flow import adds_up, flow
from equipoise.conduct.views.worklist import worklist
from equipoise.kernel.refused import Refused
from equipoise.store.trial.keys import KeyFromEnvironment, new_key
from equipoise.store.trial.log import open_log
from equipoise.store.trial.sealed import Sealed, open_sealed
from equipoise.store.trial.vault import open_vault
from tests.trials import PROTOCOL as SMALL


def small() -> Protocol:
    """With enough kits, and a kind of their own for the open period, as a trial has whose arms are sealed."""
    kinds = (Kit(id="a", holds="Active"), Kit(id="p", holds="Placebo"), Kit(id="o", holds="Active, open"))
    periods = tuple(msgspec.structs.replace(one, kit="" if one.masked else "o") for one in SMALL.periods)
    return msgspec.structs.replace(SMALL, kits=Kits(kinds=kinds, made=450), periods=periods)


PROTOCOL = small()
START = datetime.datetime(2026, 2, 2, 8, 0, tzinfo=datetime.UTC)
LATER = START + datetime.timedelta(days=150)


class World:
    """A trial's stores in one folder, and what was lived through in them."""

    def __init__(self, folder: Path, reveal: Reveal | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = open_log(f"sqlite:{folder / 'log'}")
        key = KeyFromEnvironment("TRIAL_TEST_KEY")
        self.sealed: Sealed = open_sealed(f"sqlite:{folder / 'sealed'}", key)
        self.keeper = Keeper(self.log, self.sealed, lambda: LATER)
        if reveal is not None:
            context = Context(by="test", at=START)
            self.sealed.put(PROTOCOL.id, {ALLOCATION: msgspec.json.encode(reveal)}, context)
        self.trials = Trials(self.log, self.keeper, open_vault(f"sqlite:{folder / 'vault'}", key))

    def live(self, people: int, seed: int) -> Trial:
        Demonstration(self.trials, PROTOCOL, random.Random(seed)).run(START, LATER, people)
        return self.trials.trial(PROTOCOL.id)

    def reveal(self) -> Reveal:
        context = Context(by="test", at=LATER, reason="a test")
        return msgspec.json.decode(self.sealed.get(PROTOCOL.id, ALLOCATION, context), type=Reveal)

    def close(self) -> None:
        self.log.close()
        self.sealed.close()
        self.trials.vault.close()


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAL_TEST_KEY", new_key())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def test_a_trial_lived_through_is_sound_and_adds_up(world: World) -> None:
    trial = world.live(16, 7)
    assert len(trial.order) == PROTOCOL.allocation.cap
    assert audit_trial(world.log, trial.id).problems == ()
    viewer = viewer_of(trial, Role.SPONSOR.value, LATER)
    assert adds_up(flow(trial, viewer)) == ()
    assert all(is_kit_number(kit) for one in trial.participants.values() for kit in one.kits)


def test_what_is_lived_through_does_not_hang_on_the_hour(tmp_path: Path) -> None:
    told = []
    for hour in (2, 21):
        world, until = World(tmp_path / str(hour)), LATER.replace(hour=hour)
        Demonstration(world.trials, PROTOCOL, random.Random(7)).run(until - datetime.timedelta(days=150), until, 8)
        before = utc(LATER.replace(hour=0))
        entries = world.log.entries(PROTOCOL.id)
        told.append([(entry.at, entry.tag, entry.subject) for entry in entries if entry.at < before])
        world.close()
    assert told[0] == told[1] != []


def test_a_trial_is_lived_through_in_the_order_of_time_and_nothing_is_later_than_now(world: World) -> None:
    trial = world.live(16, 7)
    moments = [entry.at for entry in world.log.entries(trial.id)]
    assert moments == sorted(moments)
    assert moments[-1] <= utc(LATER)
    assert all(
        visit.on <= LATER.date() for one in trial.participants.values() for visit in one.visits.values() if visit.on
    )
    assert audit_trial(world.log, trial.id).notes == ()


def test_the_audit_says_where_time_runs_backwards(world: World) -> None:
    """Ten minutes are nothing: clocks of several servers differ."""
    trial = world.live(0, 7)

    def noted(minutes: int) -> tuple[int, tuple[str, ...]]:
        context = Context(by=Role.SPONSOR.value, at=LATER - datetime.timedelta(minutes=minutes))
        done = world.trials.ask(trial.id, do.NoteExport("a table", 1, ""), context)
        audited = audit_trial(world.log, trial.id)
        assert audited.problems == ()
        return done.trial.position, audited.notes

    assert [noted(minutes)[1] for minutes in (0, 9)] == [(), ()]
    first, (told,) = noted(11)
    at = utc(LATER - datetime.timedelta(minutes=11))
    assert told == f"Time runs backwards: 1 entry is dated before an earlier one, first entry {first}, {at}."
    assert noted(12)[1][0].startswith("Time runs backwards: 2 entries are dated before an earlier one, first entry")


def test_must_10_the_one_beyond_the_cap_is_refused(world: World) -> None:
    trial = world.live(30, 3)
    assert len(trial.order) == PROTOCOL.allocation.cap
    ready = [one for one in trial.participants.values() if not one.is_randomised and one.levels]
    assert ready
    coordinator = Context(by=f"coordinator-{ready[0].site}", at=LATER)
    with pytest.raises(Refused, match="fewer than 12 are randomised"):
        world.trials.ask(trial.id, do.RandomiseParticipant(ready[0].id), coordinator)


def test_must_15_asked_twice_under_one_key_it_is_done_once(world: World) -> None:
    trial = world.live(4, 5)
    site = next(iter(trial.sites))
    context = Context(by=f"coordinator-{site}", at=LATER, key="a form")
    first = world.trials.ask(trial.id, do.PrescreenPerson(site), context)
    second = world.trials.ask(trial.id, do.PrescreenPerson(site), context)
    assert second.again
    assert first.events == second.events
    assert second.trial.position == first.trial.position
    with pytest.raises(Refused, match="used by somebody else"):
        world.trials.ask(trial.id, do.PrescreenPerson(site), Context(by="monitor", at=LATER, key="a form"))


def test_must_11_what_is_revealed_is_what_was_committed_to(world: World) -> None:
    trial = world.live(10, 2)
    opened = world.reveal()
    assert verify_allocation(trial, opened) == ()
    other = msgspec.structs.replace(opened, seed="00" * 32)
    assert verify_allocation(trial, other) == (
        "What is revealed is not what was committed to before the first participant.",
    )
    with pytest.raises(Refused, match="sealed until the trial is unblinded"):
        world.keeper.reveal(trial.id, Context(by="statistician", at=LATER, reason="curious"))
    assert trial.stage is Stage.OPEN


def test_must_13_who_is_not_entitled_is_told_no_arm(world: World) -> None:
    trial = world.live(4, 2)
    one = trial.participants[trial.order[0]]
    for role in MASKED:
        user = (
            f"{role.value}-{one.site}" if role in (Role.COORDINATOR, Role.INVESTIGATOR, Role.ASSESSOR) else role.value
        )
        with pytest.raises(Refused, match="is sealed"):
            world.keeper.arm_of(trial.id, one.id, Context(by=user, at=LATER, reason="curious"))


def test_must_23_a_code_broken_in_an_emergency_is_told_to_the_one_who_broke_it(world: World) -> None:
    trial = world.live(4, 2)
    one = trial.participants[trial.order[0]]
    command = do.BreakCode(one.id, "emergency", "Anaphylaxis", changes_care=True)
    context = Context(by=f"investigator-{one.site}", at=LATER, key="a form")
    told = world.trials.break_code(trial.id, command, context)
    with pytest.raises(Refused, match="shown once"):
        world.trials.break_code(trial.id, command, context)
    assert told in {arm.label for arm in PROTOCOL.arms}
    looks = [entry for entry in world.sealed.looks.entries(trial.id) if one.id in entry.reason]
    assert [entry.by for entry in looks] == [f"investigator-{one.site}"]
    with pytest.raises(Refused, match="is sealed"):
        world.keeper.arm_of(trial.id, one.id, Context(by=f"coordinator-{one.site}", at=LATER, reason="curious"))


def test_sealed_values_never_stand_in_the_log(world: World) -> None:
    from equipoise.conduct.participant import Place

    trial = world.live(4, 2)
    one = trial.participants[trial.order[0]]
    context = Context(by=Role.INDEPENDENT_STATISTICIAN.value, at=LATER)
    done = world.trials.save_form(trial.id, one.id, Place("week", "laboratory"), {"signature": "7.25"}, context)
    (entered,) = done.events
    assert isinstance(entered, did.FormEntered)
    assert entered.values == {}
    mark = entered.sealed["signature"]
    assert "7.25" not in "".join(entry.body for entry in world.log.entries(trial.id))
    name = f"value/{one.id}/week/laboratory/1/signature"
    read = msgspec.structs.replace(context, reason="a check")
    assert world.keeper.value(trial.id, name, mark, read) == "7.25"
    with pytest.raises(Refused, match="is sealed"):
        world.keeper.value(trial.id, name, mark, msgspec.structs.replace(read, by=Role.STATISTICIAN.value))


def test_a_custodian_in_a_process_of_its_own_answers_alike(world: World, tmp_path: Path) -> None:
    trial = world.live(4, 2)
    one = trial.participants[trial.order[0]]
    path = tmp_path / "socket"
    with Service(path, world.keeper) as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        asking = Asking(path)
        assert asking.kits_for(trial.id, one.id, "week") == world.keeper.kits_for(trial.id, one.id, "week")
        assert len(asking.consignment(trial.id, one.site, 2)) == 6
        with pytest.raises(Refused, match="is sealed"):
            asking.arm_of(trial.id, one.id, Context(by=f"assessor-{one.site}", at=LATER, reason="curious"))
        service.shutdown()
    with pytest.raises(Refused, match="does not answer"):
        Asking(tmp_path / "nowhere").kits_for(trial.id, one.id, "")


def test_the_audit_names_the_first_altered_position(world: World, tmp_path: Path) -> None:
    import sqlite3

    trial = world.live(4, 2)
    world.log.close()
    with sqlite3.connect(tmp_path / "log") as connection:
        for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            connection.execute(f"drop trigger {name}")
        connection.execute("update entry set by = 'somebody' where position = 9")
    connection.close()
    log = open_log(f"sqlite:{tmp_path / 'log'}")
    (first, *_) = audit_trial(log, trial.id).problems
    assert first == "Entry 9: This entry was altered after it was written."
    log.close()


SALTED = re.compile("[0-9a-f]{16,}")
"""Hashes over a random salt differ from one run to the next, whatever the arms."""


def swapped(one: Reveal) -> Reveal:
    """The world in which everybody is assigned to the other arm, and every kit holds the other thing."""
    design = msgspec.structs.replace(one.design, ratio=dict(reversed(one.design.ratio.items())))
    other = {"a": "p", "p": "a", "o": "o"}
    return msgspec.structs.replace(one, design=design, kits={kit: other[kind] for kit, kind in one.kits.items()})


def everything_seen(world: World, trial: Trial) -> str:
    """All pure surfaces of every masked role, at every site."""
    shown: list[object] = []
    for user in sorted(trial.people):
        viewer = viewer_of(trial, user, LATER)
        if not viewer.held or not viewer.roles <= MASKED:
            continue
        shown += [user, describe(trial, viewer), list(audit(trial, viewer, world.log.entries(trial.id)))]
        if Role.ADMINISTRATOR not in viewer.roles:
            shown += [flow(trial, viewer), worklist(trial, viewer, LATER), list(tables(trial, viewer))]
    return msgspec.json.encode(msgspec.to_builtins(shown, str_keys=True, enc_hook=str)).decode()


@pytest.mark.parametrize("seed", range(25))
def test_must_17_with_the_arms_swapped_every_masked_surface_stays_the_same(tmp_path: Path, seed: int) -> None:
    first = World(tmp_path / "one")
    one = first.live(9, seed)
    second = World(tmp_path / "other", swapped(first.reveal()))
    other = second.live(9, seed)
    arms = [first.keeper._arm(one, one.participants[each]).id for each in one.order]
    opposite = [second.keeper._arm(other, other.participants[each]).id for each in other.order]
    assert arms
    assert all(left != right for left, right in zip(arms, opposite, strict=True))
    bodies = [[entry.body for entry in world.log.entries(PROTOCOL.id)] for world in (first, second)]
    assert [SALTED.sub("#", body) for body in bodies[0]] == [SALTED.sub("#", body) for body in bodies[1]]
    seen, other_seen = everything_seen(first, one), everything_seen(second, other)
    assert len(seen) > 10_000
    assert SALTED.sub("#", seen) == SALTED.sub("#", other_seen)
    first.close()
    second.close()
