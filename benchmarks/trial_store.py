"""Writing and verifying the log of a trial, beside the library eventsourcing (its own SQLite and PostgreSQL modules).

python -m benchmarks.trial_store [--events 20000]

Every commit is on the disk before it is answered (SQLite synchronous FULL, PostgreSQL fsync on), for both. Ours hashes
and chains every event and refuses changes by trigger; the peer does neither. Its row is left out where it is missing.
"""

import argparse
import datetime
import os
import platform
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from equipoise.conduct.log import GENESIS, Entry, flaws, sealed_by_hash, utc
from equipoise.store.trial.log import Log, open_log

AT = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
BODY = (
    '{"copy":1,"event":"form-entered","form":"vas","participant":"P-0001","values":{"physician":"4.5"},"visit":"w04"}'
)
FEW = 5
"""Events that one command leaves: a form, its signature, a query answered."""
AIM_APPEND, AIM_VERIFY = 1_500, 150_000

Rates = dict[str, float]


def entries(count: int, after: int = 0, before: str = GENESIS) -> Iterator[Entry]:
    for position in range(after + 1, after + count + 1):
        entry = Entry(
            trial="JASMINE",
            position=position,
            at=utc(AT + datetime.timedelta(seconds=position)),
            by="ann",
            role="coordinator",
            site=f"{position % 218:04}",
            subject=f"P-{position % 240:04}",
            tag="form-entered",
            schema=1,
            body=BODY,
            reason="",
            key="",
            zone="Europe/Rome",
            client="browser",
            protocol="1.0",
            software="0.1.0",
            before=before,
        )
        entry = sealed_by_hash(entry)
        before = entry.hash
        yield entry


def rate(count: int, work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def ours(url: str, count: int) -> Rates:
    with closing(open_log(url)) as log:
        single = rate(count // 10, lambda: _commit(log, count // 10, 1))
        few = rate(count // 2, lambda: _commit(log, count // 2, FEW))
        position, digest = log.head("JASMINE")
        many = rate(count, lambda: log.load(entries(count, position, digest)))
        total = position + count
        read = rate(total, lambda: sum(1 for _ in log.entries("JASMINE")))
        kept = list(log.entries("JASMINE"))
        verify = rate(total, lambda: _sound(kept))
        whole = rate(total, lambda: _sound(log.entries("JASMINE")))
    return {"single": single, "few": few, "many": many, "read": read, "verify": verify, "whole": whole}


def _commit(log: Log, count: int, group: int) -> None:
    for _ in range(count // group):
        with log.writing("JASMINE") as pen:
            pen.append(entries(group, pen.position, pen.hash))


def _sound(kept: Any) -> None:
    assert not list(flaws(kept))


@cache
def peer_parts() -> tuple[Any, Any] | None:
    """The peer's application, and an aggregate that takes our event; made once, for it knows its classes by name."""
    try:
        from eventsourcing.application import Application
        from eventsourcing.domain import Aggregate, event
    except ImportError:
        return None

    class Trial(Aggregate):
        @event("Entered")
        def enter(self, by: str, role: str, site: str, subject: str, body: str) -> None: ...

    return Application, Trial


def peer(environment: dict[str, str], count: int) -> Rates | None:
    parts = peer_parts()
    lacks_pool = "postgres" in environment["PERSISTENCE_MODULE"] and find_spec("psycopg_pool") is None
    if parts is None or lacks_pool:
        return None
    Application, Trial = parts  # noqa: N806
    application = Application(env=environment)

    def commit(count: int, group: int) -> None:
        trial = Trial()
        application.save(trial)
        for number in range(count // group):
            for _ in range(group):
                trial.enter("ann", "coordinator", f"{number % 218:04}", f"P-{number % 240:04}", BODY)
            application.save(trial)
        ids.append(trial.id)

    ids: list[Any] = []
    single = rate(count // 10, lambda: commit(count // 10, 1))
    few = rate(count // 2, lambda: commit(count // 2, FEW))
    many = rate(count, lambda: commit(count, 1000))
    read = rate(count, lambda: sum(1 for _ in application.events.get(ids[-1])))
    application.close()
    return {"single": single, "few": few, "many": many, "read": read}


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own that writes through to the disk."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    programs = Path(shutil.which("initdb") or (max(found) / "initdb" if found else "/none")).resolve().parent
    if not (programs / "pg_ctl").exists():
        raise FileNotFoundError("initdb and pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="equipoise-bench-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]

    def run(*command: object) -> None:
        subprocess.run([str(part) for part in command], check=True, capture_output=True, user=user, cwd="/")

    data = folder / "data"
    run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--encoding=UTF8")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=on"
    run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        run(programs / "pg_ctl", "-D", data, "-m", "fast", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def for_peer(url: str) -> dict[str, str]:
    if url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:"))
        return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path.with_suffix(".peer"))}
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.strip("/"),
        "POSTGRES_HOST": str(parts.hostname),
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_USER": str(parts.username),
        "POSTGRES_PASSWORD": "none",
    }


WHAT = {
    "single": "append, one event a commit",
    "few": f"append, {FEW} events a commit",
    "many": "append, bulk load (1,000 a statement)",
    "read": "read the whole log",
    "verify": "verify, entries in memory",
    "whole": "read and verify the whole log",
}


def lines(engine: str, own: Rates, other: Rates | None) -> Iterator[str]:
    for name, what in WHAT.items():
        against = (other or {}).get(name)
        ratio = f"{own[name] / against:.1f}" if against else ""
        yield f"| {engine}: {what} | {own[name]:,.0f} | {f'{against:,.0f}' if against else ''} | {ratio} |"


def middle(runs: Sequence[Rates]) -> Rates:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def run(count: int, rounds: int) -> str:
    told = ["| Events a second | Ours | eventsourcing | Times better |", "|---|---:|---:|---:|"]
    aims = []
    with ExitStack() as stack:
        urls = {"SQLite": f"sqlite:{stack.enter_context(tempfile.TemporaryDirectory())}/log.db"}
        try:
            urls["PostgreSQL"] = stack.enter_context(postgres())
        except FileNotFoundError as missing:
            print(f"POSTGRESQL MISSING: {missing}; its rows are left out", flush=True)
        for engine, url in urls.items():
            runs = [(ours(url, count), peer(for_peer(url), count)) for _ in range(rounds)]
            own = middle([one for one, _ in runs])
            others = [other for _, other in runs if other is not None]
            if not others:
                print(
                    "EVENTSOURCING MISSING: pip install 'eventsourcing[postgres]'; the peer's column is left out",
                    flush=True,
                )
            told += lines(engine, own, middle(others) if others else None)
            aims.append(
                f"{engine}: {own['few']:,.0f} durable events/s in commits of {FEW} (aim {AIM_APPEND:,}),"
                f" {own['verify']:,.0f} verified/s (aim {AIM_VERIFY:,})."
            )
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, median of {rounds} rounds."
    return "\n".join([*told, "", machine, *aims]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, help="also write the table to this file")
    arguments = parser.parse_args()
    table = run(arguments.events, arguments.rounds)
    print(table)
    if arguments.out:
        arguments.out.write_text(table)


if __name__ == "__main__":
    main()
