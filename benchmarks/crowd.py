"""A trial ready to be randomised, a process that asks for it in several threads, and what came of it all.

``python -m benchmarks.crowd KIND URL FOLDER THREADS PAUSE`` is one process that asks; ``randomise`` starts many.
"""

import datetime
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import msgspec

from benchmarks.places import Places
from equipoise.actions.auditing import audit_trial
from equipoise.actions.custodian import Asking, Service
from equipoise.actions.custody import Keeper
from equipoise.actions.numbering import supply_kits
from equipoise.actions.trials import Trials
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.log import Context
from equipoise.conduct.protocol.model import Kit, Kits, PlannedSite, Protocol
from equipoise.conduct.roles import AT_A_SITE, Role
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from equipoise.store.trial.keys import key_source
from equipoise.store.trial.log import open_log
from equipoise.store.trial.sealed import Sealed, open_sealed
from equipoise.store.trial.vault import open_vault
from tests.trials import PROTOCOL as SMALL
from tests.trials import person_for

START = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
KEY = "EQUIPOISE_BENCH_KEY"
WAIT = 120.0


def protocol(cap: int, sites: int) -> Protocol:
    kinds = (Kit(id="a", holds="Active"), Kit(id="p", holds="Placebo"), Kit(id="o", holds="Active, open"))
    periods = tuple(msgspec.structs.replace(one, kit="" if one.masked else "o") for one in SMALL.periods)
    allocation = msgspec.structs.replace(SMALL.allocation, cap=cap)
    kits = Kits(kinds=kinds, made=6 * cap)
    places = tuple(
        PlannedSite(id=f"{number:02}", label=f"Site {number}", country="DE", zone="Europe/Berlin")
        for number in range(1, sites + 1)
    )
    return msgspec.structs.replace(SMALL, kits=kits, periods=periods, allocation=allocation, sites=places)


def open_trials(url: str, folder: Path, *, apart: bool = False) -> Trials:
    """The log at ``url``; sealed store and vault in the folder, under a key that the environment holds.

    ``apart``: the custodian is in another process, as in earnest, and listens in the folder.
    """
    log = open_log(url, wait=WAIT)
    keeper = Asking(_socket(folder)) if apart else Keeper(log, _sealed(folder), _now)
    return Trials(log, keeper, open_vault(f"sqlite:{folder / 'vault'}", key_source(f"env:{KEY}"), wait=WAIT))


def _sealed(folder: Path) -> Sealed:
    return open_sealed(f"sqlite:{folder / 'sealed'}", key_source(f"env:{KEY}"), wait=WAIT)


def _socket(folder: Path) -> Path:
    return folder / "custodian"


@contextmanager
def custodian(url: str, folder: Path) -> Iterator[None]:
    """In this process, listening to the others for as long as the block lasts."""
    with (
        closing(open_log(url, wait=WAIT)) as log,
        closing(_sealed(folder)) as sealed,
        Service(_socket(folder), Keeper(log, sealed, _now)) as one,
    ):
        threading.Thread(target=one.serve_forever, daemon=True).start()
        yield
        one.shutdown()


def _now() -> datetime.datetime:
    return START


def prepare(trials: Trials, cap: int, people: int, sites: int = 2) -> None:
    """Everybody has their role, sites are open and full of kits, and ``people`` are ready to be randomised."""
    made = protocol(cap, sites)

    def ask(command: do.TrialCommand, user: str) -> did.TrialEvent:
        return trials.ask(made.id, command, Context(by=user, at=START)).events[0]

    names = [site.id for site in made.sites]
    ask(do.OpenTrial(made, "Ada Minder"), "administrator")
    for role in Role:
        for site in names if role in AT_A_SITE else ("",):
            if role is not Role.ADMINISTRATOR:
                user = person_for(role, site)
                ask(do.GrantRole(user, user, role, START.date(), START.date(), site=site), "administrator")
    trials.seal(made.id, Context(by=Role.INDEPENDENT_STATISTICIAN.value, at=START))
    for site in names:
        each = -(-people // sites)
        supply_kits(trials, made.id, site, each, Context(by=person_for(Role.PHARMACIST, site), at=START))
        ask(do.OpenSite(site), Role.SPONSOR.value)
    for number in range(people):
        site = names[number % sites]
        came = ask(do.PrescreenPerson(site), person_for(Role.COORDINATOR, site))
        one = str(getattr(came, "participant"))  # noqa: B009
        ask(do.RecordConsent(one, "1", START.date()), person_for(Role.COORDINATOR, site))
        findings = tuple(did.Finding(each.id, Truth.TRUE, evidence="seen") for each in made.eligibility)
        ask(do.ScreenParticipant(one, START.date(), findings), person_for(Role.INVESTIGATOR, site))
        ask(do.RecordStratum(one, {"disease": ("pm", "dm")[number // sites % 2]}), person_for(Role.COORDINATOR, site))


def randomise(trials: Trials, one: str) -> bool:
    """Ask for it, under the one key a person has. False: refused, for the trial is full."""
    context = Context(by=person_for(Role.COORDINATOR, one.partition("-")[0]), at=START, key=f"randomise {one}")
    try:
        trials.ask(SMALL.id, do.RandomiseParticipant(one), context)
    except Refused as refused:
        if "fewer than" not in str(refused):
            raise
        return False
    return True


class Outcome(msgspec.Struct, frozen=True):
    """What a crowd left: how many were randomised, and everything that should not be."""

    randomised: int
    twice: int
    skipped: int
    kits_twice: int
    keys_twice: int
    flaws: tuple[str, ...]


def outcome(trials: Trials) -> Outcome:
    trial = trials.trial(SMALL.id)
    numbers = [trial.participants[one].number for one in trial.order]
    kits = Counter(kit for one in trial.participants.values() for kit in one.kits)
    keys = Counter(entry.key for entry in trials.log.entries(trial.id, tags=("participant-randomised",)))
    return Outcome(
        randomised=len(trial.order),
        twice=len(trial.order) - len(set(trial.order)),
        skipped=len(set(range(1, len(numbers) + 1)) - set(numbers)),
        kits_twice=sum(count > 1 for count in kits.values()),
        keys_twice=sum(count > 1 for count in keys.values()),
        flaws=audit_trial(trials.log, trial.id).problems,
    )


def answer(ask: Callable[[str], object], threads: int, pause: float) -> None:
    """Each line that comes in names somebody to ask about; each that goes out says how many seconds it took.

    Every thread rests between two of them, ``pause`` seconds on average.
    """
    chance, turn = random.Random(), threading.Lock()

    def read() -> bytes:
        with turn:
            return sys.stdin.buffer.readline()

    def work() -> None:
        for line in iter(read, b""):
            time.sleep(chance.uniform(0, 2 * pause))
            begun = time.perf_counter()
            ask(line.decode().strip())
            os.write(1, f"{time.perf_counter() - begun}\n".encode())

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result()


def asker(kind: str, url: str, folder: Path) -> Callable[[str], object]:
    """How this process asks, with what it needs open and read."""
    if kind == "table":
        return Places(url).take
    trials = open_trials(url, folder, apart=kind == "apart")
    trials.trial(SMALL.id)
    return partial(randomise, trials)


def main() -> None:
    _, kind, url, folder, threads, pause = sys.argv
    ask = asker(kind, url, Path(folder))
    os.write(1, b"ready\n")
    answer(ask, int(threads), float(pause))


if __name__ == "__main__":
    main()
