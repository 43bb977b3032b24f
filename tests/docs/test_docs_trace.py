"""docs/trace.md is what the names of the tests say, and every requirement has at least one."""

from pathlib import Path

from equipoise.actions.validation import gather, trace, trace_table
from equipoise.conduct.musts import MUSTS

ROOT = Path(__file__).parents[2]
HEAD = """# What a trial's software must do, and the tests that prove it

Made from the names of the tests (`python -m tests.docs.tracing`). `make test` runs them all.

"""
LATER = {28}
"""Not in this version: analysis reads the estimand."""


def test_the_trace_table_is_what_the_tests_say() -> None:
    assert (ROOT / "docs" / "trace.md").read_text("utf-8") == HEAD + trace_table(trace(ROOT / "tests"))


def test_every_must_has_a_test_that_carries_its_number() -> None:
    found = trace(ROOT / "tests")
    assert {number for number in MUSTS if not found[number]} <= LATER


def test_must_30_evidence_is_gathered_and_every_self_test_passes() -> None:
    import datetime

    evidence = gather(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), ROOT / "tests")
    assert all(one.passed for one in evidence.self_tests)
    assert evidence.packages["msgspec"]
    assert evidence.trace[30]
