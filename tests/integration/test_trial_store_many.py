"""Many writers of one trial, in threads and processes, and some killed in the middle: no gap, no double, no loss."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from equipoise.conduct.log import flaws
from equipoise.kernel.refused import Refused
from equipoise.store.trial.log import Log, open_log
from tests.chains import ENGINES, chained, place

ROOT = Path(__file__).parents[2]
WRITERS, EACH = 20, 50
WRITE = """
import sys
from equipoise.store.trial.log import open_log
from tests.integration.test_trial_store_many import write_once
url, name, count = sys.argv[1:]
log = open_log(url, wait=60)
for number in range(int(count)):
    write_once(log, f"{name}-{number}")
    print(f"{name}-{number}", flush=True)
log.close()
"""


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with place(request.param, request, tmp_path) as url:
        yield url


def write_once(log: Log, key: str) -> None:
    """What an action does: look whether it was done, decide on what the log says, append two entries under a key."""
    with log.writing("T1") as pen:
        if not pen.answered(key):
            pen.append(chained(2, after=pen.position, before=pen.hash, key=key))


def check(log: Log, keys: set[str]) -> None:
    """The chain is whole, every one of these was written once, and whatever was written was written whole."""
    entries = list(log.entries("T1"))
    assert list(flaws(entries)) == []
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    written = Counter(entry.key for entry in entries)
    assert set(written.values()) <= {2}
    assert keys <= set(written)


def test_must_15_twenty_threads(url: str) -> None:
    keys = [[f"{writer}-{number}" for number in range(EACH)] for writer in range(WRITERS)]
    with closing(open_log(url, wait=60)) as log:
        threads = [threading.Thread(target=_write_all, args=(log, some)) for some in keys]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check(log, {key for some in keys for key in some})
        assert log.head("T1")[0] == 2 * WRITERS * EACH


def _write_all(log: Log, keys: list[str]) -> None:
    for key in keys:
        write_once(log, key)


def test_must_15_the_same_key_at_once_is_done_once(url: str) -> None:
    with closing(open_log(url, wait=60)) as log:
        threads = [threading.Thread(target=write_once, args=(log, "again")) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check(log, {"again"})
        assert log.head("T1")[0] == 2


def started(url: str, name: str, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITE, url, name, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")},
    )


def test_must_15_twenty_processes(url: str) -> None:
    # They also open, and so make, the same new database at once.
    processes = [started(url, str(writer), EACH) for writer in range(WRITERS)]
    told = {line for process in processes for line in process.communicate()[0].split()}
    assert [process.returncode for process in processes] == [0] * WRITERS
    assert len(told) == WRITERS * EACH
    with closing(open_log(url)) as log:
        check(log, told)
        assert log.head("T1")[0] == 2 * WRITERS * EACH


def test_must_15_processes_killed_in_the_middle(url: str) -> None:
    chance = random.Random(6)
    open_log(url).close()
    told: set[str] = set()
    killed = 0
    for turn in range(3):
        processes = [started(url, f"{turn}-{writer}", 100_000) for writer in range(4)]
        for process in processes:
            assert process.stdout is not None
            told.add(process.stdout.readline().strip())
        for process in processes:
            time.sleep(chance.uniform(0, 0.2))
            process.send_signal(signal.SIGKILL)
            told.update(process.communicate()[0].split())
            killed += process.returncode == -signal.SIGKILL
    assert killed == 12
    with closing(open_log(url, wait=60)) as log:
        check(log, told)
        write_once(log, "after all that")


def test_a_writer_killed_while_it_holds_the_trial_frees_it(url: str) -> None:
    hold = (
        "import sys, time; from equipoise.store.trial.log import open_log\n"
        "from tests.chains import chained\n"
        "with open_log(sys.argv[1]).writing('T1') as pen:\n"
        "    pen.append(chained(1)); print('held', flush=True); time.sleep(60)"
    )
    with closing(open_log(url, wait=0.1)) as log:
        process = subprocess.Popen(
            [sys.executable, "-c", hold, url],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")},
        )
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(Refused, match="busy"):
            write_once(log, "k")
        process.kill()
        process.communicate()
        with closing(open_log(url, wait=30)) as patient:
            write_once(patient, "k")
            check(patient, {"k"})
