"""``equipoise screen``."""

from pathlib import Path
from typing import Annotated

import typer

from equipoise.actions.library import Library
from equipoise.cli.door import Json, app, err, print_json
from equipoise.eligibility.person import Absence, Run

_EPILOG = (
    "Example: equipoise screen NCT06455449 --warehouse duckdb:hospital.duckdb --concepts CONCEPT.csv --what-if all"
)


@app.command("screen", epilog=_EPILOG)
def screen_(
    study: Annotated[str, typer.Argument(help="NCT number, or a JSON file of criteria (ours, or a Circe cohort).")],
    warehouse: Annotated[str, typer.Option(help="duckdb:PATH, postgresql://USER@HOST/DATABASE or spark:FOLDER.")],
    schema: Annotated[str | None, typer.Option(help="Schema of the CDM's tables.")] = None,
    at: Annotated[str, typer.Option(help="The day to screen for, like 2026-11-23; today if not given.")] = "",
    absence: Annotated[Absence, typer.Option(help="What it means that there is no record.")] = Absence.COVERAGE,
    lifetime: Annotated[
        int | None, typer.Option(min=0, help="Who was observed for so many days is taken to be known from before.")
    ] = None,
    fresh: Annotated[int | None, typer.Option(min=0, help="Values older than so many days do not count.")] = None,
    concepts: Annotated[Path | None, typer.Option(help="CONCEPT.csv from Athena, the other files beside it.")] = None,
    what_if: Annotated[
        list[str] | None, typer.Option("--what-if", help="all, or a number of the reading set otherwise: i3.high=110")
    ] = None,
    small: Annotated[int, typer.Option(min=0, help="Counts below this are not told; 0 tells all.")] = 5,
    people: Annotated[Path | None, typer.Option(help="Also write who is not excluded to this CSV file.")] = None,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Screen a population: how many are definite, possible and excluded, and what each criterion costs."""
    from equipoise.actions.screen import Screening, read_rules, told
    from equipoise.cli.screened import changes_of, day_of, print_screen, write_people
    from equipoise.store.warehouse import open_warehouse

    run = Run(at=day_of(at), otherwise=absence, lifetime=lifetime, fresh=fresh)
    reading, notes = read_rules(study, Library.open)
    for note in notes:
        err.print(note, markup=False, highlight=False, soft_wrap=True)
    held = open_warehouse(warehouse, schema)
    try:
        screening = Screening(reading, run, held, concepts)
        found = told(screening.screen(changes_of(screening, what_if or [])), small)
        if people is not None:
            write_people(screening, people)
    finally:
        held.close()
    if json:
        print_json(found)
    else:
        print_screen(found)
