"""Searching in the process: words, filters, four facets and the top twenty with snippets; and words within a radius."""

import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.peer import Peer
from benchmarks.rows import Row, percentile, spread
from equipoise.actions.find import find_studies
from equipoise.actions.library import Library
from equipoise.finder.ask import Ask, Place, PlaceKind

WORDS = (
    *("cancer", "diabetes", "breast cancer", "heart failure", "asthma children", "pain", "covid-19 vaccine", "stroke"),
    *("depression", "multiple sclerosis", "HIV infection", "lung cancer chemotherapy", "quality of life", "surgery"),
    *("hypertension", "placebo", "exercise", "leukemia", "arthritis", "obesity", "quality sleep", "blood pressure"),
)
PLACES = (("Los Angeles", 34.05, -118.24), ("Paris", 48.85, 2.35), ("Boston", 42.36, -71.06), ("Seoul", 37.57, 126.98))
WHOLE = "Words, filters, facets, top 20 with snippets"
NEAR = "Words within a radius, whole answer (peer: ids only)"
ROUNDS = 8
PEER_ROUNDS = 1


def asks(rounds: int, seed: int = 3) -> list[Ask]:
    chance = random.Random(seed)
    return [
        Ask(
            words=words,
            age=float(chance.randint(18, 80)) if chance.random() < 0.5 else None,
            status=("RECRUITING",) if chance.random() < 0.5 else (),
            phase=("PHASE2", "PHASE3") if chance.random() < 0.3 else (),
            synonyms=False,
        )
        for _ in range(rounds)
        for words in WORDS
    ]


def near_asks(rounds: int) -> list[Ask]:
    return [
        Ask(words=words, place=Place(name, PlaceKind.POINT, lat, lon), within_km=km, synonyms=False)
        for _ in range(rounds)
        for words in ("cancer", "pain", "asthma")
        for name, lat, lon in PLACES
        for km in (40, 160, 480)
    ]


def run(home: Path, peer_file: Path | None, count: int) -> list[Row]:
    print("Searching", flush=True)
    library = Library.open(home)
    ours = timed(lambda ask: find_studies(library, ask), asks(ROUNDS))
    ours_near = timed(lambda ask: find_studies(library, ask), near_asks(2))
    if peer_file is None:
        return [Row(WHOLE, count, spread(ours), ""), Row(NEAR, count, spread(ours_near), "")]
    peer = Peer(peer_file)
    theirs, theirs_near = timed(peer.search, asks(PEER_ROUNDS)), timed(peer.near, near_asks(1))
    return [
        _row(WHOLE, count, ours, theirs),
        Row(
            "The same, 95th percentile",
            count,
            f"{percentile(ours, 95) * 1e3:.1f} ms",
            f"{percentile(theirs, 95) * 1e3:.1f} ms",
            percentile(theirs, 95) / percentile(ours, 95),
        ),
        _row(NEAR, count, ours_near, theirs_near),
    ]


def timed(search: Callable[[Ask], object], questions: list[Ask]) -> list[float]:
    for ask in questions[: len(WORDS)]:
        search(ask)
    seconds = []
    for ask in questions:
        start = time.perf_counter()
        search(ask)
        seconds.append(time.perf_counter() - start)
    return seconds


def _row(what: str, count: int, ours: list[float], theirs: list[float]) -> Row:
    return Row(what, count, spread(ours), spread(theirs), statistics.median(theirs) / statistics.median(ours))
