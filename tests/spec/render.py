"""``python -m tests.spec.render``: prints the tables of the spec into ``docs/meaning.md``."""

from pathlib import Path

from equipoise.eligibility.english import english
from equipoise.eligibility.person import Absence, Run
from tests.spec.cases import CHAPTERS, STUDIES
from tests.spec.tables import Case, StudyCase

DOCUMENT = Path(__file__).parents[2] / "docs" / "meaning.md"
HEAD = """# What every criterion means

Printed from `tests/spec/cases.py` by `python -m tests.spec.render`; the tests run every line on `evaluate`, DuckDB and
PostgreSQL, and on Spark where it is installed. The day of screening is 30 June 2024. Capital letters stand for codes.
Where a table does not say otherwise, no record means that it is not known.
"""
STUDY_HEAD = """
## Where a person stands

Definite: every criterion is met. Excluded: one at least is not. Possible: neither is known. Here no record means none.
"""
_ABSENCE = {
    Absence.OPEN: "",
    Absence.COVERAGE: "No record means none where the person was observed all through the window.",
    Absence.CLOSED: "No record means none.",
}


def rendered() -> str:
    return (
        HEAD
        + "".join(f"\n## {title}\n" + "".join(map(_case, cases)) for title, cases in CHAPTERS.items())
        + STUDY_HEAD
        + "".join(map(_study, STUDIES))
    )


def _case(case: Case) -> str:
    rows = "".join(f"| {records} | {answer.value} |\n" for records, answer in case.lines())
    notes = " ".join(filter(None, (_assumed(case.run), case.why)))
    return f"\n### {case.title}\n\n> {english(case.expr)}\n\n| On record | Answer |\n|---|---|\n{rows}" + (
        f"\n{notes}\n" if notes else ""
    )


def _study(case: StudyCase) -> str:
    criteria = "".join(f"> - {f'{scope}: ' if scope else ''}{english(expr)}\n" for scope, expr in case.criteria)
    rows = "".join(f"| {records} | {standing.value} |\n" for records, standing in case.lines())
    return f"\n### {case.title}\n\n{criteria}\n| On record | Stands |\n|---|---|\n{rows}" + (
        f"\n{case.why}\n" if case.why else ""
    )


def _assumed(run: Run) -> str:
    lifetime = f" {run.lifetime} days of observation stand for a lifetime." if run.lifetime else ""
    return _ABSENCE[run.otherwise] + lifetime


if __name__ == "__main__":
    DOCUMENT.write_text(rendered())
