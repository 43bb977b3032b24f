"""One person against very many studies: the table, beside judging study by study in the same run.

python -m benchmarks.match [--studies 500000] [--copies 20]

Readings are those of the real records. Their table is laid out ``copies`` times over with leaves of its own each
time, and studies are drawn from it: so as many distinct leaves touch a person as so many more studies would bring
(``_growth``).
"""

import argparse
import datetime
import gc
import gzip
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from benchmarks.rows import Row, spread, table
from benchmarks.shared import SHARED
from equipoise.actions.matching import topic_of
from equipoise.actions.readings import automatic_reading
from equipoise.eligibility.expression import Reading
from equipoise.eligibility.match.about import Topic, Topics, build_topics
from equipoise.eligibility.match.arrays import from_arrays, to_arrays
from equipoise.eligibility.match.features import Held
from equipoise.eligibility.match.ranking import judge_held, rank
from equipoise.eligibility.match.run import _to_look_at
from equipoise.eligibility.match.table import Ints, Level, Longs, Postings, Table, build_table
from equipoise.eligibility.person import Person, Run
from equipoise.exchange.fhir import read_fhir
from equipoise.store.arrays import load_arrays, save_arrays
from equipoise.studies.legacy import read_legacy
from equipoise.studies.read import read_study
from equipoise.studies.record import Study

RUN = Run(at=datetime.date(2024, 1, 1))
T = TypeVar("T")
PEOPLE = 25
ALONE = 400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=500_000)
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--legacy", type=int, default=2000, help="old records beside the 495 of the API")
    arguments = parser.parse_args()
    print(table(run(SHARED, arguments.studies, copies=arguments.copies, legacy=arguments.legacy)))


def run(shared: Path, count: int, *, copies: int, legacy: int) -> list[Row]:
    studies = list(_studies(shared, legacy))
    readings, seconds = _timed(lambda: [automatic_reading(study) for study in studies])
    people = list(_people(shared))
    small, built = _timed(lambda: build_table(enumerate(readings)))
    whole, topics = _grown(small, [topic_of(study) for study in studies], copies, count)
    gc.collect()
    gc.freeze()  # a program that matches does not hold the readings themselves
    alone = [pair for person in people for pair in _alone(readings, person)]
    ranked = [_timed(lambda person=person: rank(whole, topics, person, RUN))[1] for person in people]  # type: ignore[misc]
    every = [_timed(lambda person=person: rank(whole, topics, person, RUN, any_topic=True))[1] for person in people]  # type: ignore[misc]
    peer = statistics.mean(alone) * count
    criteria = sum(len(one.criteria) for one in readings) / len(readings)
    looked = [len(list(_to_look_at(whole, Held(person), RUN))) for person in people]
    return [
        Row("One person × one study, with reasons", 1, spread(alone), "aim 1 ms"),
        Row(
            "One person × all studies, ranked",
            count,
            spread(ranked),
            f"one by one {peer:.0f} s",
            peer / statistics.median(ranked),
        ),
        Row(
            "The same, whatever they are about",
            count,
            spread(every),
            f"one by one {peer:.0f} s",
            peer / statistics.median(every),
        ),
        Row("Leaves looked at for a person", count, f"median {statistics.median(looked):,.0f} of {whole.leaves:,}", ""),
        Row("Distinct leaves that touch a person, growth", len(readings), _growth(readings, people[:8]), ""),
        Row("Criteria a study", len(readings), f"{criteria:.1f}", ""),
        Row(
            "Reading text, one core",
            len(readings),
            f"{criteria * len(readings) / seconds:,.0f} criteria/s",
            "aim 1,500",
        ),
        Row("Laying out the table, one core", len(readings), f"{len(readings) / built:,.0f} studies/s", ""),
        Row("The table's file: size, and reading it", count, _kept(whole, topics), ""),
    ]


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def _studies(shared: Path, legacy: int) -> Iterator[Study]:
    with gzip.open(shared / "studies_v2.jsonl.gz") as file:
        yield from map(read_study, file)
    with gzip.open(shared / "studies_xml.jsonl.gz") as file:
        lines = list(file)[:: max(1, 8512 // max(legacy, 1))]
    yield from (read_study(read_legacy(msgspec.json.decode(line)["xml"].encode())) for line in lines)


def _people(shared: Path) -> Iterator[Person]:
    """Evenly spread over the 508 Synthea bundles."""
    with gzip.open(shared / "patients" / "synthea_r4_bundles.jsonl.gz") as file:
        for number, line in enumerate(file):
            if number % (508 // PEOPLE) == 0:
                yield read_fhir(line)[0].person


def _alone(readings: list[Reading], person: Person) -> list[float]:
    held, chosen = Held(person), random.Random(5).sample(readings, min(ALONE, len(readings)))
    return [_timed(lambda one=one: judge_held(one, held, RUN))[1] for one in chosen]  # type: ignore[misc]


def _growth(readings: list[Reading], people: list[Person]) -> str:
    """Leaves that touch a person, over the first quarter, half and all of the readings."""
    told = []
    for part in (4, 2, 1):
        some = build_table(enumerate(random.Random(3).sample(readings, len(readings) // part)))
        touched = statistics.mean(len(list(_to_look_at(some, Held(person), RUN))) for person in people)
        told.append(f"{len(readings) // part:,}: {touched:,.0f}")
    return ", ".join(told)


def _kept(whole: Table, topics: Topics) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "matching.npz"
        save_arrays(file, "1", to_arrays(whole, topics))
        _, seconds = _timed(lambda: from_arrays(load_arrays(file, "1") or {}))
        return f"{file.stat().st_size / 1e6:,.0f} MB, {seconds:.2f} s"


# Many studies from few.


def _grown(small: Table, topics: list[Topic], copies: int, count: int) -> tuple[Table, Topics]:
    chance = np.random.default_rng(11)
    drawn, copy = chance.integers(len(small.studies), size=count), chance.integers(copies, size=count)
    firsts, maps = _places(small, copies)
    lengths = np.diff(small.criteria_starts, append=len(small.criteria))[drawn]
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64)
    at = np.arange(lengths.sum()) - np.repeat(starts - small.criteria_starts[drawn], lengths)
    edges = small.criteria[at]
    moved = (maps[np.repeat(copy, lengths), edges >> 1] << 1) | (edges & 1)
    whole = Table(
        studies=np.arange(1, count + 1, dtype=np.int64),
        atoms=small.atoms * copies,
        atom_ends=np.concatenate([small.atom_ends + one * len(small.atoms) for one in range(copies)]),
        nodes=small.nodes * copies,
        fixed=tuple((leaf + one * small.leaves, truth) for one in range(copies) for leaf, truth in small.fixed),
        levels=tuple(_level(level, first, maps) for level, first in zip(small.levels, firsts, strict=True)),
        criteria=moved.astype(np.int32),
        criteria_starts=starts,
        postings=_postings(small.postings, small.leaves, copies),
    )
    return whole, build_topics(topics[number] for number in drawn)


def _places(small: Table, copies: int) -> tuple[list[int], Longs]:
    """Where each level begins, and by copy the new number of every node."""
    maps = np.empty((copies, small.nodes), dtype=np.int64)
    leaves, firsts, place = np.arange(small.leaves), [], small.leaves * copies
    for one in range(copies):
        maps[one, : small.leaves] = leaves + one * small.leaves
    for level in small.levels:
        firsts.append(place)
        ands, counted = len(level.and_starts), len(level.counts)
        for one in range(copies):
            maps[one, level.first : level.first + ands] = place + one * ands + np.arange(ands)
            at = place + copies * ands + one * counted
            maps[one, level.first + ands : level.first + ands + counted] = at + np.arange(counted)
        place += copies * (ands + counted)
    return firsts, maps


def _level(level: Level, first: int, maps: Longs) -> Level:
    def moved(edges: Ints) -> Ints:
        return np.concatenate([(one[edges >> 1] << 1) | (edges & 1) for one in maps]).astype(np.int32)

    def later(starts: Longs, length: int) -> Longs:
        return np.concatenate([starts + one * length for one in range(len(maps))])

    return Level(
        first=first,
        ands=moved(level.ands),
        and_starts=later(level.and_starts, len(level.ands)),
        counted=moved(level.counted),
        counted_starts=later(level.counted_starts, len(level.counted)),
        counts=np.tile(level.counts, len(maps)),
    )


def _postings(small: Postings, leaves: int, copies: int) -> Postings:
    features = np.repeat(small.features, np.diff(small.starts))
    several = np.concatenate([small.leaves + one * leaves for one in range(copies)]).astype(np.int32)
    order = np.argsort(np.tile(features, copies), kind="stable")
    return Postings(small.features, small.starts * copies, several[order])


if __name__ == "__main__":
    main()
