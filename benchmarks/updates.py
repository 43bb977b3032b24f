"""Three thousand changed studies: seconds until they are found, while searches go on."""

import itertools
import threading
import time
from pathlib import Path

import msgspec

from benchmarks.grow import read_grown
from benchmarks.peer import Peer
from benchmarks.rows import Row, spread
from benchmarks.searches import asks
from equipoise.actions.find import find_studies
from equipoise.actions.library import Library
from equipoise.actions.load import load_entries
from equipoise.exchange.files import Entry
from equipoise.finder.ask import Ask
from equipoise.store.load import Origin

CHANGED = 3000
MARK = "Zweiundvierzigwort"


def run(grown: Path, home: Path, peer_file: Path | None, count: int) -> list[Row]:
    print("Updating", flush=True)
    raws = [_changed(raw) for raw in itertools.islice(read_grown(grown), CHANGED)]
    library = Library.open(home)
    stop, waits = threading.Event(), []
    searching = threading.Thread(target=lambda: waits.extend(_searching(home, stop)))
    searching.start()
    start = time.perf_counter()
    found: list[float] = []
    seen = threading.Thread(target=lambda: found.append(_when_found(home)))
    seen.start()
    entries = (Entry(where="update", raw=raw) for raw in raws)
    load_entries(library, entries, Origin("import", "update", "2026-11-02T00:00:00+00:00"))
    seen.join()
    ours = found[0] - start
    stop.set()
    searching.join()
    what, meanwhile = f"{CHANGED:,} changed studies found", Row("Searches meanwhile", count, spread(waits), "")
    if peer_file is None:
        return [Row(what, count, f"{ours:.1f} s", ""), meanwhile]
    theirs = Peer(peer_file).replace(list(enumerate(raws, 1)))
    return [Row(what, count, f"{ours:.1f} s", f"{theirs:.1f} s", theirs / ours), meanwhile]


def _when_found(home: Path) -> float:
    library = Library.open(home)
    while find_studies(library, Ask(words=MARK)).total < CHANGED:
        time.sleep(0.1)
    return time.perf_counter()


def _changed(raw: bytes) -> bytes:
    record = msgspec.json.decode(raw)
    record["protocolSection"]["identificationModule"]["briefTitle"] = f"{MARK} {time.time_ns()}"
    record["protocolSection"].setdefault("statusModule", {})["lastUpdatePostDateStruct"] = {"date": "2026-11-02"}
    return msgspec.json.encode(record)


def _searching(home: Path, stop: threading.Event) -> list[float]:
    library, seconds = Library.open(home), []
    for ask in itertools.cycle(asks(1)):
        if stop.is_set():
            return seconds
        start = time.perf_counter()
        find_studies(library, ask)
        seconds.append(time.perf_counter() - start)
    return seconds
