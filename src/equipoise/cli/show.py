"""``equipoise show``."""

import sys
from typing import Annotated

import typer
from rich.table import Table

from equipoise.actions import read
from equipoise.actions.library import Library
from equipoise.cli.door import Json, app, out, print_json
from equipoise.kernel.identifiers import is_nct_id, read_nct_id
from equipoise.studies.labels import phases_words, shown


@app.command(epilog="Example: equipoise show NCT06455449 --changes")
def show(
    nct_id: Annotated[str, typer.Argument(help="NCT number.")],
    changes: Annotated[bool, typer.Option("--changes", help="What changed between versions.")] = False,  # noqa: FBT002
    json: Json = False,  # noqa: FBT002
) -> None:
    """Show one study: in words, as the record came (--json), or what changed in it (--changes)."""
    library = Library.held()
    if not is_nct_id(nct_id):
        read_nct_id(nct_id)
    if changes:
        _print_history(read.read_history(library, nct_id), json=json)
        return
    page = read.read_study_page(library, nct_id)
    if json:
        sys.stdout.write(page.raw.decode() + "\n")
        return
    _print_study(page)


def _print_history(notes: tuple[read.VersionNote, ...], *, json: bool) -> None:
    if json:
        print_json(notes)
        return
    if len(notes) == 1:
        out.print("One version is held here: there is nothing to compare it with yet.")
    for note in notes:
        out.print(f"Version of {note.updated or 'unknown date'}", style="bold", highlight=False)
        for change in note.changes:
            out.print(f"  {change.heading}: {change.sentence}", markup=False, highlight=False)


def _print_study(page: read.StudyPage) -> None:
    study = page.study
    out.print(study.title, style="bold", markup=False, highlight=False)
    rows = {
        "Identifier": study.nct_id,
        "Status": shown("Status", study.status.overall_status or "UNKNOWN"),
        "Phase": phases_words(study.design.phases),
        "Conditions": ", ".join(study.conditions),
        "Treatments": ", ".join(treatment.name or "" for treatment in study.interventions),
        "Sponsor": study.sponsors.lead_sponsor.name or "",
        "Sites": str(len(study.locations)),
        "Updated": page.updated,
    }
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in rows.items():
        if value:
            table.add_row(name, value.replace("[", r"\["))
    out.print(table)
    for text in (study.description.brief_summary, study.eligibility.eligibility_criteria):
        if text:
            out.print("\n" + text, markup=False, highlight=False)
