"""Writes docs/trace.md anew: ``python -m tests.docs.tracing``."""

from equipoise.actions.validation import trace, trace_table
from tests.docs.test_docs_trace import HEAD, ROOT

if __name__ == "__main__":
    (ROOT / "docs" / "trace.md").write_text(HEAD + trace_table(trace(ROOT / "tests")), "utf-8")
