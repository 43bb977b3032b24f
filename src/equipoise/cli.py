"""The command line: ``equipoise``."""

import datetime
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from equipoise.actions import find, load, read, status, sync
from equipoise.actions.library import Library, default_home
from equipoise.finder.answer import answer_of
from equipoise.finder.ask import FARTHEST_KM, Ask, Found, Hit, PlaceKind, Sort
from equipoise.kernel.identifiers import is_nct_id, read_nct_id
from equipoise.kernel.refused import Refused
from equipoise.studies.labels import phases_words, shown

REFUSED = 3
"""Exit code: what was asked cannot be done, and the message says why."""
SOME_REFUSED = 4
"""Exit code: done, but some records were refused; each is named on stderr."""
NETWORK = 5
"""Exit code: the registry could not be reached."""

_KM_A_MILE = 1.609344
_RADIUS = re.compile(r"(\d+(?:\.\d+)?)\s*(km|mi|miles)?\Z", re.IGNORECASE)
_SEXES = {"female": "FEMALE", "f": "FEMALE", "male": "MALE", "m": "MALE", "all": None}
_PHASES = {"0": "EARLY_PHASE1", "1": "PHASE1", "2": "PHASE2", "3": "PHASE3", "4": "PHASE4", "na": "NA"}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Find clinical studies in a copy of ClinicalTrials.gov of your own, and read them.",
    epilog="Data live in EQUIPOISE_HOME, or the user's data directory. Exit codes: 0 done, 2 wrong usage, 3 refused, "
    "4 some records refused, 5 registry not reached.",
)
out = Console()
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]


def main() -> None:
    """The entry point: every refusal becomes a message on stderr and an exit code."""
    try:
        app()
    except sync.NotReached as refused:
        _fail(refused, NETWORK)
    except Refused as refused:
        _fail(refused, REFUSED)
    except BrokenPipeError:
        sys.stderr.close()


def _fail(refused: Refused, code: int) -> None:
    err.print(str(refused), style="red", markup=False, highlight=False, soft_wrap=True)
    raise SystemExit(code)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0).isoformat()


@contextmanager
def _watched() -> Iterator[load.Progress]:
    """A progress bar on stderr that shows itself only to a person."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bars:
        tasks = {}

        def progress(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield progress


@app.command("import", epilog="Example: equipoise import ctg-studies.json.gz more/*.xml")
def import_(
    files: Annotated[list[Path], typer.Argument(help="JSON, JSONL or XML, also in .gz, .zst or .zip; or folders.")],
    json: Json = False,  # noqa: FBT002
) -> None:
    """Load studies from files. What cannot be read is refused by name; the rest is kept."""
    with _watched() as progress:
        loaded = load.import_files(Library.open(), files, at=_now(), progress=progress)
    _report(loaded, json=json)


@app.command("sync", epilog='Example: equipoise sync --query "dermatomyositis"   or   equipoise sync --all')
def sync_(
    query: Annotated[str, typer.Option(help="Only studies this Essie expression finds.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="The whole registry, and what it dropped.")] = False,  # noqa: FBT002
    since: Annotated[str, typer.Option(help="Only studies updated since this day, yyyy-mm-dd.")] = "",
    url: Annotated[str, typer.Option(help="Another address of the API.", envvar="EQUIPOISE_REGISTRY")] = sync.REGISTRY,
    contact: Annotated[str, typer.Option(help="Who asks, for the registry.", envvar="EQUIPOISE_CONTACT")] = "",
    json: Json = False,  # noqa: FBT002
) -> None:
    """Bring studies from ClinicalTrials.gov, one request a second. A sync that was cut goes on where it stopped."""
    with _watched() as progress:
        wish = sync.Wish(query=query, everything=everything, since=since)
        with sync.Registry(url, contact=contact) as registry:
            loaded = sync.sync_registry(Library.open(), wish, registry, at=_now(), progress=progress)
    _report(loaded, json=json)


def _report(loaded: load.Loaded, *, json: bool) -> None:
    if json:
        _print_json(loaded_json(loaded))
    else:
        out.print(
            f"{loaded.read:,} studies read: {loaded.added:,} new, {loaded.changed:,} changed, "
            f"{loaded.unchanged:,} unchanged, {loaded.older:,} older versions, {loaded.withdrawn:,} withdrawn, "
            f"{len(loaded.refused):,} refused.",
            highlight=False,
        )
    for refused in loaded.refused:
        err.print(str(refused), style="red", markup=False, highlight=False, soft_wrap=True)
    if loaded.refused:
        raise typer.Exit(SOME_REFUSED)


def loaded_json(loaded: load.Loaded) -> dict[str, object]:
    counts = {name: getattr(loaded, name) for name in ("added", "changed", "unchanged", "older", "withdrawn")}
    return counts | {"refused": [{"what": one.what, "why": one.why, "do": one.do} for one in loaded.refused]}


@app.command(
    epilog='Example: equipoise search dermatomyositis --near "Los Angeles" --within 100km --recruiting --age 54'
)
def search(
    words: Annotated[list[str] | None, typer.Argument(help='Words, "phrases", -not, area:words.')] = None,
    near: Annotated[str, typer.Option(help="City, postal code, country, or latitude,longitude.")] = "",
    within: Annotated[str, typer.Option(help="Radius, such as 100km or 60mi.")] = "",
    recruiting: Annotated[bool, typer.Option("--recruiting", help="Only studies that recruit now.")] = False,  # noqa: FBT002
    age: Annotated[float | None, typer.Option(min=0, max=130, help="Age in years.")] = None,
    sex: Annotated[str, typer.Option(help="female or male.")] = "all",
    phase: Annotated[list[str] | None, typer.Option(help="0 (early 1), 1, 2, 3, 4 or na; may be repeated.")] = None,
    sort: Annotated[Sort, typer.Option(help="Order of the results.")] = Sort.RELEVANCE,
    any_site: Annotated[bool, typer.Option("--any-site", help="Count sites that do not recruit too.")] = False,  # noqa: FBT002
    no_synonyms: Annotated[bool, typer.Option("--no-synonyms", help="Only the words as typed.")] = False,  # noqa: FBT002
    page: Annotated[int, typer.Option(min=1)] = 1,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Studies a page.")] = 20,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Search the studies. Sites that recruit now count for a radius, unless --any-site."""
    library = Library.open()
    load.bring_index_up(library)
    place = find.find_place(library, near) if near else None
    ask = Ask(
        words=" ".join(words or ()),
        place=place,
        within_km=_radius(within) if within else None,
        any_site=any_site,
        age=age,
        sex=_chosen(_SEXES, sex, "sex"),
        status=("RECRUITING",) if recruiting else (),
        phase=tuple(_chosen(_PHASES, one, "phase") or "" for one in phase or ()),
        synonyms=not no_synonyms,
        sort=sort,
        page=page,
        per_page=limit,
    )
    if ask.within_km is not None and place is None:
        raise Refused("--within needs a place.", do="Add --near, such as --near Lisbon.")
    found = find.find_studies(library, ask)
    if json:
        _print_json(answer_of(found, page=page, per_page=limit))
    else:
        _print_found(found, ask)


def _radius(text: str) -> int:
    match = _RADIUS.match(text.strip())
    if not match:
        raise Refused("is not a distance.", what=repr(text), do="Write 100km or 60mi.")
    miles = (match[2] or "km").lower().startswith("mi")
    km = round(float(match[1]) * (_KM_A_MILE if miles else 1))
    if not 1 <= km <= FARTHEST_KM:
        raise Refused(f"The radius must be between 1 and {FARTHEST_KM} km.", what=repr(text))
    return km


def _chosen(values: dict[str, str | None] | dict[str, str], text: str, name: str) -> str | None:
    if text.lower() not in values:
        raise Refused(f"is not a {name} we know.", what=repr(text), do=f"Choose among: {', '.join(values)}.")
    return values[text.lower()]


def _print_found(found: Found, ask: Ask) -> None:
    if found.did_you_mean:
        out.print(f"Did you mean: {found.did_you_mean}", style="yellow", markup=False)
    for expansion in found.expansions:
        out.print(f"Also searched for {expansion.typed}: {', '.join(expansion.added)}", style="dim", markup=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    for hit in found.hits:
        table.add_row(hit.study.nct_id, _hit_lines(hit, ask))
    out.print(f"{found.total:,} studies", style="bold", highlight=False)
    out.print(table)


def _hit_lines(hit: Hit, ask: Ask) -> str:
    study = hit.study
    facts = [shown("Status", study.status.overall_status or "UNKNOWN"), phases_words(study.design.phases)]
    lines = [study.title, " · ".join(fact for fact in facts if fact)]
    if ask.place:
        lines.append(_near_words(hit, ask))
    lines += [f"{matched.field}: {matched.snippet}" for matched in hit.matched[:1]]
    return "\n".join(lines).replace("[", r"\[") + "\n"


def _near_words(hit: Hit, ask: Ask) -> str:
    if ask.place and ask.place.kind is PlaceKind.COUNTRY:
        return f"{hit.sites_near} of {hit.sites_total} sites in {ask.place.name}"
    if hit.nearest is None:
        return f"{hit.sites_total} sites, none open with a known place"
    near = f"{hit.sites_near} of {hit.sites_total} sites near you, " if hit.sites_near is not None else ""
    where = ", ".join(part for part in (hit.nearest.facility, hit.nearest.city) if part)
    return f"{near}nearest {hit.nearest.distance_km:,.0f} km: {where} ({shown('Status', hit.nearest.status)})"


@app.command(epilog="Example: equipoise show NCT06455449 --changes")
def show(
    nct_id: Annotated[str, typer.Argument(help="NCT number.")],
    changes: Annotated[bool, typer.Option("--changes", help="What changed between versions.")] = False,  # noqa: FBT002
    json: Json = False,  # noqa: FBT002
) -> None:
    """Show one study: in words, as the record came (--json), or what changed in it (--changes)."""
    library = Library.open()
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
        _print_json(notes)
        return
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


@app.command(epilog="Example: equipoise serve --port 8123 --workers 4")
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 2,
) -> None:
    """Serve the site."""
    library = Library.open()
    with _watched() as progress:
        load.bring_index_up(library, progress=progress)
    library.close()
    _serve(host, port, workers)


def _serve(host: str, port: int, workers: int) -> None:
    """Become the site's own program: the two doors do not import each other."""
    try:
        import_module("gunicorn")
    except ImportError:
        raise Refused("The site's parts are not installed.", do="Run: pip install 'equipoise[web]'") from None
    err.print(f"Equipoise is at http://{host}:{port}/   (stop with Ctrl+C)", highlight=False)
    arguments = ["--host", host, "--port", str(port), "--workers", str(workers)]
    os.environ["EQUIPOISE_HOME"] = str(default_home())
    os.execv(sys.executable, [sys.executable, "-m", "equipoise.web", *arguments])  # noqa: S606


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Load the bundled sample where it is missing, and serve the site."""
    library = Library.open()
    err.print(f"Data are in {library.home}", highlight=False)
    if library.store.last_change() == 0:
        err.print("Loading the bundled sample: JASMINE and some hundred fictional studies")
        with _watched() as progress:
            load.load_examples(library, at=_now(), progress=progress)
    load.bring_index_up(library)
    err.print("The real studies come with: equipoise sync (needs a network)")
    library.close()
    _serve(host, port, 2)


@app.command(epilog="Example: equipoise index --rebuild")
def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build it anew, even where it is current.")] = False,  # noqa: FBT002
) -> None:
    """Bring the index up to what the store holds."""
    library = Library.open()
    with _watched() as progress:
        if rebuild:
            load.rebuild_index(library, progress=progress)
        else:
            load.bring_index_up(library, progress=progress)
    out.print(f"Studies in the index: {library.store.count_studies():,}", highlight=False)


@app.command("status")
def status_(json: Json = False) -> None:  # noqa: FBT002
    """What is held here, and how fresh it is."""
    found = status.library_status(Library.open())
    if json:
        _print_json(found)
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


def _print_json(value: object) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
