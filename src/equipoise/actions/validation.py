"""Evidence for a user's own validation: versions, what is required and which tests prove it, and self-tests run now."""

import datetime
import hashlib
import hmac
import importlib.metadata
import platform
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import msgspec

from equipoise import __version__
from equipoise.conduct.allocation.assigning import assign
from equipoise.conduct.allocation.drbg import Drbg
from equipoise.conduct.allocation.kits import check_digit
from equipoise.conduct.log import GENESIS, Entry, flaws, sealed_by_hash
from equipoise.conduct.musts import MUSTS
from equipoise.conduct.protocol.model import Allocation, Method
from equipoise.instruments.catalogue import INSTRUMENTS, score

_TEST = re.compile(r"def (test_must_(\d\d)_\w+|test_\w*must_(\d\d)\w*)\(")
_SEED = bytes(range(32))


class SelfTest(msgspec.Struct, frozen=True):
    name: str
    passed: bool


class Evidence(msgspec.Struct, frozen=True):
    """``trace``: for each requirement the tests that carry its number, as ``file::test``, where tests are at hand."""

    software: str
    python: str
    system: str
    at: str
    packages: dict[str, str]
    self_tests: tuple[SelfTest, ...]
    requirements: dict[int, str]
    trace: dict[int, tuple[str, ...]]


def gather(at: datetime.datetime, tests: Path | None = None) -> Evidence:
    return Evidence(
        software=__version__,
        python=platform.python_version(),
        system=platform.platform(),
        at=at.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        packages=_packages(),
        self_tests=tuple(SelfTest(name, _holds(run)) for name, run in SELF_TESTS.items()),
        requirements=dict(MUSTS),
        trace=trace(tests) if tests else {},
    )


def _packages() -> dict[str, str]:
    """What Equipoise needs, and the version of each that is installed."""
    wanted = importlib.metadata.requires("equipoise") or ()
    names = sorted({re.split(r"[^\w.-]", one)[0] for one in wanted}, key=str.lower)
    found = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def trace(tests: Path) -> dict[int, tuple[str, ...]]:
    """By requirement, from the names of the tests."""
    found: dict[int, list[str]] = {number: [] for number in MUSTS}
    for path in sorted(tests.rglob("test_*.py")):
        for match in _TEST.finditer(path.read_text("utf-8")):
            number = int(match.group(2) or match.group(3))
            found.setdefault(number, []).append(f"{path.relative_to(tests).as_posix()}::{match.group(1)}")
    return {number: tuple(names) for number, names in found.items()}


def trace_table(found: Mapping[int, Iterable[str]]) -> str:
    """As Markdown, for docs/trace.md."""
    lines = ["| | What must hold | Tests |", "|---|---|---|"]
    for number, words in MUSTS.items():
        names = "<br>".join(f"`{name}`" for name in found.get(number, ())) or "none yet"
        lines.append(f"| {number} | {words} | {names} |")
    return "\n".join(lines) + "\n"


def _holds(run: Callable[[], bool]) -> bool:
    try:
        return run()
    except Exception:
        return False


def _generator() -> bool:
    expected = hmac.new(_SEED, b'["T","x",3]' + bytes(8), hashlib.sha256).digest()
    return Drbg(_SEED, "T", "x", 3).bytes(32) == expected


def _blocks() -> bool:
    design = Allocation(method=Method.PERMUTED_BLOCKS, ratio={"a": 1, "b": 1}, cap=100, block_sizes=(4,))
    arms = assign(design, _SEED, "T", [{}] * 100)
    return all(arms[start : start + 4].count("a") == 2 for start in range(0, 100, 4))


def _chain() -> bool:
    entry = sealed_by_hash(
        Entry("T", 1, "2026-01-01T00:00:00.000000Z", "a", "", "", "", "x", 1, "{}", "", "", "", "", "1", "1", GENESIS)
    )
    altered = msgspec.structs.replace(entry, by="b")
    return not list(flaws([entry])) and bool(list(flaws([altered])))


def _classification() -> bool:
    """Two of the published cut-offs, each met exactly."""
    items = INSTRUMENTS["eular-acr-2017"].items
    told = {each.name: False for each in items} | {"age_at_onset": 30, "gottron_sign": True, "legs_proximal": True}
    result = msgspec.to_builtins(score("eular-acr-2017", told))
    return Decimal(str(result["score"])) == Decimal("5.5")


SELF_TESTS: Mapping[str, Callable[[], bool]] = {
    "the generator of chance gives its published values": _generator,
    "blocks are balanced": _blocks,
    "the check digit of 572 is 4": lambda: check_digit("572") == "4",
    "an altered entry is found": _chain,
    "the 2017 EULAR/ACR score of a known case": _classification,
}
