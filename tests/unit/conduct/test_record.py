"""From events to entries: who, when, where, why and under which protocol; and back again by replay."""

import datetime

import msgspec

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.evolve import replay
from equipoise.conduct.log import GENESIS, Context, flaws
from equipoise.conduct.record import enclose
from equipoise.conduct.roles import Role
from equipoise.conduct.trial import Trial
from tests.trials import PROTOCOL, START, Bench, running


def test_must_01_an_entry_encloses_its_event() -> None:
    bench = running()
    number = bench.randomised()
    context = Context(
        by="coordinator-01", at=START, reason=" Late ", key="k", zone="Europe/Berlin", client="web", role="coordinator"
    )
    events = (did.VisitMissed(number, "week", "Ill"), did.SiteClosed("02"))
    one, other = enclose(bench.trial, events, context, role="coordinator", software="1.2")
    assert (one.position, one.before) == (bench.trial.position + 1, bench.trial.hash)
    assert (other.position, other.before) == (one.position + 1, one.hash)
    assert (one.site, one.subject, one.reason, one.key, one.zone) == ("01", number, "Late", "k", "Europe/Berlin")
    assert (other.site, other.subject) == ("02", "")
    assert (one.at, one.role, one.client, one.software) == ("2026-03-02T09:00:00.000000Z", "coordinator", "web", "1.2")


def test_must_06_time_is_utc_whatever_zone_it_came_in() -> None:
    tokyo = datetime.datetime(2026, 3, 3, 1, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=9)))
    (entry,) = enclose(Trial("T"), (did.SiteOpened("1"),), Context(by="x", at=tokyo), role="", software="")
    assert entry.at == "2026-03-02T16:00:00.000000Z"
    assert entry.before == GENESIS


def test_must_01_an_entry_names_the_protocol_that_binds_its_participant() -> None:
    bench = running()
    number = bench.randomised()
    new = msgspec.structs.replace(PROTOCOL, version="2.0")
    bench.ask(do.AmendProtocol(new), by=Role.SPONSOR, reason="Better")
    assert bench.entries[-1].protocol == "2.0"
    bench.ask(do.RecordVisit(number, "baseline", bench.at.date()), by=Role.COORDINATOR)
    assert bench.entries[-1].protocol == "1.0"
    bench.ask(do.PrescreenPerson("01"), by=Role.COORDINATOR)
    assert bench.entries[-1].protocol == "2.0"


def test_must_02_the_log_is_whole_and_replays_to_the_same_trial() -> None:
    bench = running()
    bench.randomised()
    assert list(flaws(bench.entries)) == []
    again = replay(Trial(PROTOCOL.id), bench.entries)
    assert again == bench.trial
    half = replay(Trial(PROTOCOL.id), bench.entries[:30])
    assert replay(half, bench.entries[30:]) == bench.trial


def test_a_trial_kept_is_not_changed_by_what_follows() -> None:
    bench = Bench().staffed()
    before = bench.trial
    copy = replay(Trial(PROTOCOL.id), bench.entries)
    bench.sealed().randomised()
    assert before == copy
