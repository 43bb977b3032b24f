"""Many processes randomise the same people at once, some killed: nobody twice, no place skipped, none over the cap."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.randomise import ask_many, open_trials, prepare
from equipoise.actions.auditing import audit_trial
from equipoise.store.trial.keys import new_key
from tests.chains import ENGINES, place
from tests.trials import PROTOCOL as SMALL

ROOT = Path(__file__).parents[2]
CAP, PEOPLE, WORKERS, EACH = 40, 44, 6, 40


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with place(request.param, request, tmp_path) as url:
        yield url


def worker(url: str, folder: Path, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.randomise", "ask", url, str(folder), str(seed), str(EACH)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_must_15_a_crowd_with_workers_killed(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUIPOISE_BENCH_KEY", new_key())
    trials = open_trials(url, tmp_path)
    prepare(trials, CAP, PEOPLE)
    chance = random.Random(7)
    running = [worker(url, tmp_path, seed) for seed in range(WORKERS)]
    for victim in chance.sample(running, WORKERS // 2):
        time.sleep(chance.random())
        victim.kill()
        running.append(worker(url, tmp_path, len(running)))
    for one in running:
        _, said = one.communicate(timeout=240)
        assert one.returncode in (0, -9), said
    ask_many(trials, 99, 400)
    trial = trials.trial(SMALL.id)
    assert audit_trial(trials.log, trial.id).problems == ()
    assert len(trial.order) == CAP
    assert len(set(trial.order)) == CAP
    assert [trial.participants[one].number for one in trial.order] == list(range(1, CAP + 1))
    kits = Counter(kit for one in trial.participants.values() for kit in one.kits)
    assert set(kits.values()) == {1}
    assert len(kits) == CAP
    keys = Counter(entry.key for entry in trials.entries(trial.id) if entry.tag == "participant-randomised")
    assert set(keys.values()) == {1}
    trials.log.close()
