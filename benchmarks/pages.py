"""Pages from the real server with two workers, asked by a client in a process of its own."""

import itertools
import random
import re
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import httpx

from benchmarks.rows import Row, percentile
from benchmarks.searches import WORDS
from equipoise.actions.examples import load_examples
from equipoise.actions.library import Library
from equipoise.kernel.identifiers import nct_id_of
from tests.serving import serving

SECONDS = 8
CLIENTS = 4
MOST_STUDIES = 20_000
_THREE = ("/search/?q=cancer", "/search/?q=asthma&age=30", "/search/?q=breast+cancer&recruiting=1")
STATIC = re.compile(r'href="(/static/[^"]+/site\.css)"')


def run(home: Path, count: int) -> list[Row]:
    print("Serving pages", flush=True)
    paths = {
        "Results page, three searches again and again": _THREE,
        "Results page, every search another": _others(),
        "Study page, 218 sites, again and again": [f"/studies/{_study_of_218_sites(home)}/"],
        "Study page, every study another": _studies(home),
    }
    with serving(home, subprocess.DEVNULL, workers=2) as base:
        peer = _pressed(base, STATIC.findall(httpx.get(base).text))
        return [_row(what, count, _pressed(base, asked), peer) for what, asked in paths.items()]


def _others(seed: int = 5) -> list[str]:
    """More searches than can be asked in the time, so that what the site remembers does not help."""
    searches = [
        "/search/?" + urlencode({"q": words, "age": age} | ({"recruiting": 1} if recruiting else {}))
        for words in WORDS
        for age in range(18, 88)
        for recruiting in (False, True)
    ]
    random.Random(seed).shuffle(searches)
    return searches


def _study_of_218_sites(home: Path) -> str:
    library = Library.open(home)
    load_examples(library, at="2026-11-01T00:00:00+00:00")
    query = "select number from study where sites = 218 limit 1"
    (number,) = library.store.connect().execute(query).fetchone()
    library.close()
    return f"NCT{number:08d}"


def _studies(home: Path, seed: int = 5) -> list[str]:
    """More studies than can be read in the time."""
    library = Library.open(home)
    numbers = random.Random(seed).sample(list(library.store.numbers()), MOST_STUDIES)
    library.close()
    return [f"/studies/{nct_id_of(number)}/" for number in numbers]


def _pressed(base: str, paths: Sequence[str]) -> list[float]:
    """Seconds of each answer, with several clients asking in turn for a while."""
    seconds: list[float] = []
    turn = itertools.cycle(paths)

    def press() -> None:
        until = time.perf_counter() + SECONDS
        with httpx.Client(base_url=base) as client:
            while time.perf_counter() < until:
                path = next(turn)
                start = time.perf_counter()
                client.get(path).raise_for_status()
                seconds.append(time.perf_counter() - start)

    clients = [threading.Thread(target=press) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return seconds


def _row(what: str, count: int, ours: list[float], peer: list[float]) -> Row:
    def words(seconds: list[float]) -> str:
        return f"{len(seconds) / SECONDS:,.0f} a second, 95 % under {percentile(seconds, 95) * 1e3:.0f} ms"

    return Row(f"{what} (peer: a static file)", count, words(ours), words(peer), len(ours) / len(peer))
