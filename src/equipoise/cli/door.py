"""What every command shares: the application, exit codes, printing, progress."""

import datetime
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from equipoise.actions import load

REFUSED = 3
"""Exit code: what was asked cannot be done, and the message says why."""
SOME_REFUSED = 4
"""Exit code: done, but some records were refused; each is named on stderr."""
NETWORK = 5
"""Exit code: the registry could not be reached."""

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


def now() -> str:
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0).isoformat()


@contextmanager
def watched() -> Iterator[load.Progress]:
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


def print_json(value: object) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
