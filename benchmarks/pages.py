"""Pages from the real server with two workers, asked by a client in a process of its own."""

import itertools
import os
import random
import re
import socket
import subprocess
import sys
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

SECONDS = 8
CLIENTS = 4
_THREE = ("/search/?q=cancer", "/search/?q=asthma&age=30", "/search/?q=breast+cancer&recruiting=1")
STATIC = re.compile(r'href="(/static/[^"]+/site\.css)"')


def run(home: Path, count: int) -> list[Row]:
    print("Serving pages", flush=True)
    many = _study_of_218_sites(home)
    paths = {
        "Results page, three searches again and again": _THREE,
        "Results page, every search another": _others(),
        "Study page, 218 sites": [f"/studies/{many}/"],
    }
    port = _free_port()
    command = [sys.executable, "-m", "equipoise.web", "--port", str(port), "--workers", "2"]
    server = subprocess.Popen(command, env=os.environ | {"EQUIPOISE_HOME": str(home)}, stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(base)
        peer = _pressed(base, STATIC.findall(httpx.get(base).text))
        return [_row(what, count, _pressed(base, asked), peer) for what, asked in paths.items()]
    finally:
        server.terminate()
        server.wait()


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
    query = "select number from site group by number having count(*) = 218 limit 1"
    (number,) = library.store.connect().execute(query).fetchone()
    library.close()
    return f"NCT{number:08d}"


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(base: str) -> None:
    for _ in range(300):
        try:
            httpx.get(base, timeout=30)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The site did not answer.")
