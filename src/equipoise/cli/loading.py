"""Bringing studies in, and what is held: import, sync, index, status."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from equipoise.actions import load, status, sync
from equipoise.actions.library import Library
from equipoise.cli.door import SOME_REFUSED, Json, app, err, now, out, print_json, watched
from equipoise.kernel.counted import counted


@app.command("import", epilog="Example: equipoise import ctg-studies.json.gz more/*.xml")
def import_(
    files: Annotated[list[Path], typer.Argument(help="JSON, JSONL or XML, also in .gz, .zst or .zip; or folders.")],
    json: Json = False,  # noqa: FBT002
) -> None:
    """Load studies from files. What cannot be read is refused by name; the rest is kept."""
    with watched() as progress:
        loaded = load.import_files(Library.open(), files, at=now(), progress=progress)
    _report(loaded, json=json)


@app.command("sync", epilog='Example: equipoise sync --query "dermatomyositis"   or   equipoise sync --all')
def sync_(
    query: Annotated[str, typer.Option(help="Only studies this Essie expression finds.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="The whole registry, and what it dropped.")] = False,  # noqa: FBT002
    since: Annotated[str, typer.Option(help="Only studies updated since this day, such as 2026-11-23.")] = "",
    url: Annotated[str, typer.Option(help="Another address of the API.", envvar="EQUIPOISE_REGISTRY")] = sync.REGISTRY,
    contact: Annotated[str, typer.Option(help="Who asks, for the registry.", envvar="EQUIPOISE_CONTACT")] = "",
    json: Json = False,  # noqa: FBT002
) -> None:
    """Bring studies from ClinicalTrials.gov, one request a second. A sync that was cut goes on where it stopped."""
    with watched() as progress:
        wish = sync.Wish(query=query, everything=everything, since=since)
        with sync.Registry(url, contact=contact) as registry:
            loaded = sync.sync_registry(Library.open(), wish, registry, at=now(), progress=progress)
    _report(loaded, json=json)


def _report(loaded: load.Loaded, *, json: bool) -> None:
    if json:
        print_json(loaded_json(loaded))
    else:
        out.print(
            f"{counted(loaded.read, 'study', 'studies')} read: {loaded.added:,} new, {loaded.changed:,} changed, "
            f"{loaded.unchanged:,} unchanged, {counted(loaded.older, 'older version')}, "
            f"{loaded.withdrawn:,} withdrawn, {len(loaded.refused):,} refused.",
            highlight=False,
        )
    for refused in loaded.refused:
        err.print(str(refused), style="red", markup=False, highlight=False, soft_wrap=True)
    if loaded.refused:
        raise typer.Exit(SOME_REFUSED)


def loaded_json(loaded: load.Loaded) -> dict[str, object]:
    counts = {name: getattr(loaded, name) for name in ("added", "changed", "unchanged", "older", "withdrawn")}
    return counts | {"refused": [{"what": one.what, "why": one.why, "do": one.do} for one in loaded.refused]}


@app.command(epilog="Example: equipoise index --rebuild")
def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build it anew, even where it is current.")] = False,  # noqa: FBT002
) -> None:
    """Bring the index up to what the store holds."""
    library = Library.open()
    with watched() as progress:
        if rebuild:
            load.rebuild_index(library, progress=progress)
        else:
            load.bring_index_up(library, progress=progress)
    out.print(f"Studies in the index: {library.store.count_studies():,}", highlight=False)


@app.command("status")
def status_(json: Json = False) -> None:  # noqa: FBT002
    """What is held here, and how fresh it is."""
    found = status.library_status(Library.held())
    if json:
        print_json(found)
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    rows = {
        "Data in": found.home,
        "Studies": f"{found.studies:,} ({found.fictional:,} fictional)",
        "Recruiting": f"{found.recruiting:,}",
        "Sites": f"{found.sites:,}",
        "Newest update": found.newest_update or "none",
        "Last load": f"{found.last_load.started} {found.last_load.kind}" if found.last_load else "never",
        "Last sync": found.last_sync.started if found.last_sync else "never",
        "Index": "current" if found.index_current else "behind: run equipoise index",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    out.print(table)
