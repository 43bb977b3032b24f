"""Randomising under a crowd, with processes killed at random points; and how many can be randomised in a second.

python -m benchmarks.randomise [--workers 200] [--requests 10000] [--people 1000]

A worker is a thread; twenty-five share a process, as in the site, and die with it. All ask about one trial, which has
one lock: the hardest case, for two trials do not wait for each other.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg

from benchmarks.crowd import KEY, Outcome, custodian, open_trials, outcome, prepare, randomise
from benchmarks.places import Places
from benchmarks.rows import machine, percentile
from benchmarks.trial_store import postgres
from equipoise.store.trial.keys import new_key
from equipoise.store.trial.log import open_log
from tests.trials import PROTOCOL

ROOT = Path(__file__).parents[1]
CAP, MORE = 240, 4
SITES = 20
CLIENTS = 50
THREADS = 25
PAUSE = 0.5
"""Seconds a worker rests between two requests, on average."""
KILLS = 6


class Pressed(msgspec.Struct, frozen=True):
    """Seconds of each answer, seconds in all, and how many processes were killed."""

    seconds: list[float]
    whole: float
    killed: int

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.whole


class Asking:
    """A process that asks, line by line."""

    def __init__(self, kind: str, url: str, folder: Path, threads: int, pause: float) -> None:
        command = [sys.executable, "-m", "benchmarks.crowd", kind, url, folder, threads, pause]
        self._process = subprocess.Popen(
            [str(part) for part in command], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.seconds: list[float] = []
        self.asked: Sequence[str] = ()
        self._heard = threading.Thread(target=self._hear)

    def wait_ready(self) -> None:
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("A process that should ask did not start.")

    def ask(self, people: Sequence[str]) -> None:
        assert self._process.stdin is not None
        self.asked = people
        self._heard.start()
        self._process.stdin.write("".join(f"{one}\n" for one in people))
        self._process.stdin.close()

    def _hear(self) -> None:
        assert self._process.stdout is not None
        self.seconds.extend(float(line) for line in self._process.stdout)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> Sequence[str]:
        """Whom it was asked about and did not answer for."""
        self._process.kill()
        self.join()
        return self.asked[len(self.seconds) :]

    def join(self) -> int:
        self._heard.join()
        with self._process as ended:
            return ended.wait()


def press(
    kind: str, url: str, folder: Path, people: Sequence[str], workers: int, *, pause: float = 0.0, kills: int = 0
) -> Pressed:
    """All of ``people`` are asked about, in order; what a killed process had not answered, another is asked again."""
    processes = -(-workers // THREADS)

    def started() -> Asking:
        one = Asking(kind, url, folder, workers // processes, pause)
        one.wait_ready()
        return one

    running = [started() for _ in range(processes)]
    begun = time.perf_counter()
    for number, one in enumerate(running):
        one.ask(people[number::processes])
    ended = []
    for victim in _victims(running, kills):
        ended.append(victim)
        left = victim.kill()
        running.append(started())
        running[-1].ask(left)
    failed = [one for one in running if one.join()]
    if failed:
        raise RuntimeError(f"{len(failed)} processes failed.")
    seconds = [each for one in (*running, *ended) for each in one.seconds]
    return Pressed(seconds, time.perf_counter() - begun, len(ended))


def _victims(running: list[Asking], kills: int, seed: int = 7) -> Iterator[Asking]:
    """Taken out of those running, one after another, at moments that nobody chose."""
    chance = random.Random(seed)
    for _ in range(kills):
        time.sleep(chance.uniform(0.2, 2))
        alive = [one for one in running if one.is_running]
        if not alive:
            return
        victim = chance.choice(alive)
        running.remove(victim)
        yield victim


class Prepared:
    """A trial made once, in SQLite, and put on any engine from there."""

    def __init__(self, folder: Path, cap: int, people: int) -> None:
        self._folder = folder
        folder.mkdir()
        trials = open_trials(f"sqlite:{folder / 'log'}", folder)
        prepare(trials, cap, people, SITES)
        self.people = sorted(trials.trial(PROTOCOL.id).participants)
        trials.log.close()

    def copied(self, url: str, folder: Path) -> None:
        shutil.copytree(self._folder, folder)
        with closing(open_log(f"sqlite:{self._folder / 'log'}")) as made, closing(open_log(url)) as log:
            log.load(made.entries(PROTOCOL.id))


def crowd(
    prepared: Prepared, url: str, folder: Path, workers: int, requests: int, pause: float
) -> tuple[Pressed, Outcome, bool]:
    """Last: whether one more was refused when all was quiet."""
    asked = again_and_again(prepared.people, requests)
    prepared.copied(url, folder)
    with custodian(url, folder):
        pressed = press("apart", url, folder, asked, workers, pause=pause, kills=KILLS)
        trials = open_trials(url, folder, apart=True)
        left = sorted(set(prepared.people) - set(trials.trial(PROTOCOL.id).order))
        is_refused = bool(left) and not randomise(trials, left[0])
        found = outcome(trials)
        trials.log.close()
    return pressed, found, is_refused


def again_and_again(people: Sequence[str], requests: int, seed: int = 11) -> list[str]:
    """Everybody at least once, in any order."""
    chance = random.Random(seed)
    asked = [*people, *chance.choices(people, k=requests - len(people))]
    return chance.sample(asked, len(asked))


def each_once(prepared: Prepared, url: str, folder: Path) -> Pressed:
    """Everybody is randomised, by clients who do not rest."""
    people = list(prepared.people)
    random.Random(5).shuffle(people)
    prepared.copied(url, folder)
    with custodian(url, folder):
        return press("apart", url, folder, people, CLIENTS)


def peer(url: str, folder: Path, cap: int, people: Sequence[str], workers: int, **how: Any) -> Pressed:
    Places(url).make(cap)
    return press("table", url, folder, people, workers, **how)


def spread(pressed: Pressed) -> str:
    half, most = (percentile(pressed.seconds, percent) * 1e3 for percent in (50, 95))
    return f"half within {half:.0f} ms, 95 % within {most:.0f} ms"


def told(engine: str, pressed: Pressed, found: Outcome, *, is_refused: bool) -> str:
    flaws = "log and order verified" if not found.flaws else "; ".join(found.flaws)
    return (
        f"{engine}: {len(pressed.seconds):,} answers, {pressed.killed} processes of {THREADS} workers killed;"
        f" {found.randomised} randomised, {found.twice} twice, {found.skipped} places skipped,"
        f" {found.kits_twice} kits and {found.keys_twice} keys used twice; {flaws};"
        f" number {CAP + 1} {'refused' if is_refused else 'NOT REFUSED'}."
    )


def row(what: str, ours: str, others: str, ratio: float | None) -> str:
    return f"| {what} | {ours} | {others} | {f'{ratio:.2f}' if ratio else ''} |"


def run(workers: int, requests: int, people: int, folder: Path) -> Iterator[str]:
    few, many = Prepared(folder / "few", CAP, CAP + MORE), Prepared(folder / "many", people, people)
    asked = again_and_again(few.people, requests)
    yield "| What | Ours | Allocation table | Times better |"
    yield "|---|---|---|---:|"
    checks = []
    with postgres() as server:
        pressed, *found = crowd(few, database(server, "crowd"), folder / "crowd", workers, requests, PAUSE)
        other = peer(database(server, "crowd_peer"), folder, CAP, asked, workers, pause=PAUSE, kills=KILLS)
        ratio = percentile(other.seconds, 95) / percentile(pressed.seconds, 95)
        what = f"PostgreSQL, {workers} workers, {requests:,} requests, {CAP} places, 95th percentile"
        yield row(what, spread(pressed), spread(other), ratio)
        checks.append(told("PostgreSQL", pressed, found[0], is_refused=found[1]))
        pressed = each_once(many, database(server, "once"), folder / "once")
        other = peer(database(server, "once_peer"), folder, people, many.people, CLIENTS)
        what = f"PostgreSQL, {CLIENTS} clients without rest, randomised a second"
        yield row(what, f"{pressed.rate:,.0f}", f"{other.rate:,.0f}", pressed.rate / other.rate)
    url, fewer = f"sqlite:{folder / 'lite.db'}", workers // 4
    pressed, *found = crowd(few, url, folder / "lite", fewer, requests // 4, PAUSE)
    yield row(f"SQLite, {fewer} workers, {requests // 4:,} requests, the same", spread(pressed), "", None)
    checks.append(told("SQLite", pressed, found[0], is_refused=found[1]))
    url = f"sqlite:{folder / 'lite-once.db'}"
    yield row(f"SQLite, {CLIENTS} clients", f"{each_once(many, url, folder / 'lite-once').rate:,.0f}", "", None)
    yield ""
    yield from checks


def database(server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=200)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=1_000, help="to be randomised as fast as can be")
    arguments = parser.parse_args()
    os.environ.setdefault(KEY, new_key())
    with tempfile.TemporaryDirectory() as folder:
        for line in run(arguments.workers, arguments.requests, arguments.people, Path(folder)):
            print(line, flush=True)
    print(machine())


if __name__ == "__main__":
    main()
