"""Many processes randomise the same people at once, some killed: nobody twice, no place skipped, none over the cap."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.crowd import custodian, open_trials, outcome, prepare, randomise
from benchmarks.randomise import again_and_again, press
from equipoise.store.trial.keys import new_key
from tests.chains import ENGINES, place
from tests.trials import PROTOCOL as SMALL

CAP, PEOPLE, WORKERS, REQUESTS, KILLS = 40, 44, 50, 400, 3


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with place(request.param, request, tmp_path) as url:
        yield url


@pytest.mark.parametrize("kind", ["here", "apart"])
def test_must_15_a_crowd_with_workers_killed(
    url: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EQUIPOISE_BENCH_KEY", new_key())
    trials = open_trials(url, tmp_path)
    prepare(trials, CAP, PEOPLE)
    people = sorted(trials.trial(SMALL.id).participants)
    with custodian(url, tmp_path):
        pressed = press(kind, url, tmp_path, again_and_again(people, REQUESTS), WORKERS, pause=0.3, kills=KILLS)
    assert pressed.killed
    found = outcome(trials)
    assert (found.twice, found.skipped, found.kits_twice, found.keys_twice, found.flaws) == (0, 0, 0, 0, ())
    assert found.randomised == CAP
    assert len(pressed.seconds) >= REQUESTS
    left = set(people) - set(trials.trial(SMALL.id).order)
    assert not any(randomise(trials, one) for one in left)
    trials.log.close()
