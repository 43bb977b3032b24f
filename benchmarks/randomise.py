"""Randomising under a crowd: many processes ask for the same few hundred people, and some are killed in the middle.

``python -m benchmarks.randomise URL FOLDER`` prepares a trial; ``ask URL FOLDER SEED COUNT`` is one asking process.
Used by the tests with few workers, and by ``make bench`` with many.
"""

import datetime
import os
import random
import sys
import time
from pathlib import Path

import msgspec

from equipoise.actions.custody import Keeper
from equipoise.actions.trials import Trials
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.log import Context
from equipoise.conduct.protocol.model import Kit, Kits, Protocol
from equipoise.conduct.roles import AT_A_SITE, Role
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from equipoise.store.trial.keys import key_source
from equipoise.store.trial.log import open_log
from equipoise.store.trial.sealed import open_sealed
from equipoise.store.trial.vault import open_vault
from tests.trials import PROTOCOL as SMALL
from tests.trials import SITES, person_for

START = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
WAIT = 120.0


def protocol(cap: int) -> Protocol:
    kinds = (Kit(id="a", holds="Active"), Kit(id="p", holds="Placebo"), Kit(id="o", holds="Active, open"))
    periods = tuple(msgspec.structs.replace(one, kit="" if one.masked else "o") for one in SMALL.periods)
    allocation = msgspec.structs.replace(SMALL.allocation, cap=cap)
    kits = Kits(kinds=kinds, made=6 * cap)
    return msgspec.structs.replace(SMALL, kits=kits, periods=periods, allocation=allocation)


def open_trials(url: str, folder: Path) -> Trials:
    """The log at ``url``; sealed store and vault in the folder, under a key that the environment holds."""
    key = key_source("env:EQUIPOISE_BENCH_KEY")
    log = open_log(url, wait=WAIT)
    sealed = open_sealed(f"sqlite:{folder / 'sealed'}", key, wait=WAIT)
    return Trials(log, Keeper(log, sealed, lambda: START), open_vault(f"sqlite:{folder / 'vault'}", key, wait=WAIT))


def prepare(trials: Trials, cap: int, people: int) -> None:
    """Everybody has their role, sites are open and full of kits, and ``people`` are ready to be randomised."""
    made = protocol(cap)

    def ask(command: do.TrialCommand, user: str) -> did.TrialEvent:
        return trials.ask(made.id, command, Context(by=user, at=START)).events[0]

    ask(do.OpenTrial(made, "Ada Minder"), "administrator")
    for role in Role:
        for site in SITES if role in AT_A_SITE else ("",):
            if role is not Role.ADMINISTRATOR:
                user = person_for(role, site)
                ask(do.GrantRole(user, user, role, START.date(), START.date(), site=site), "administrator")
    trials.seal(made.id, Context(by=Role.INDEPENDENT_STATISTICIAN.value, at=START))
    for site in SITES:
        trials.send_kits(made.id, site, cap, Context(by=person_for(Role.PHARMACIST, site), at=START))
        ask(do.OpenSite(site), Role.SPONSOR.value)
    for number in range(people):
        site = SITES[number % len(SITES)]
        came = ask(do.PrescreenPerson(site), person_for(Role.COORDINATOR, site))
        one = str(getattr(came, "participant"))  # noqa: B009
        ask(do.RecordConsent(one, "1", START.date()), person_for(Role.COORDINATOR, site))
        findings = tuple(did.Finding(each.id, Truth.TRUE, evidence="seen") for each in made.eligibility)
        ask(do.ScreenParticipant(one, START.date(), findings), person_for(Role.INVESTIGATOR, site))
        ask(do.RecordStratum(one, {"disease": ("pm", "dm")[number % 2]}), person_for(Role.COORDINATOR, site))


def ask_many(trials: Trials, seed: int, count: int) -> list[float]:
    """Ask to randomise somebody at random, ``count`` times; the seconds each took. A person has one key."""
    chance = random.Random(seed)
    people = sorted(trials.trial(SMALL.id).participants)
    took = []
    for _ in range(count):
        one = chance.choice(people)
        context = Context(by=person_for(Role.COORDINATOR, one[:2]), at=START, key=f"randomise {one}")
        begun = time.perf_counter()
        try:
            trials.ask(SMALL.id, do.RandomiseParticipant(one), context)
        except Refused as refused:
            if "fewer than" not in str(refused):
                raise
        took.append(time.perf_counter() - begun)
    return took


if __name__ == "__main__":
    _, what, url, folder, seed, count = sys.argv
    os.environ.setdefault("EQUIPOISE_BENCH_KEY", "00" * 32)
    for second in ask_many(open_trials(url, Path(folder)), int(seed), int(count)):
        print(second, flush=True)
