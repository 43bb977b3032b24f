"""The site: serve, demo."""

import datetime
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from equipoise.actions import load
from equipoise.actions.cast import SHOWN
from equipoise.actions.demonstration import PEOPLE, live_through
from equipoise.actions.examples import load_examples
from equipoise.actions.library import Library, default_home
from equipoise.actions.opening import open_trials
from equipoise.cli.door import app, err, now, watched
from equipoise.conduct.protocol.reading import read_protocol
from equipoise.examples import jasmine_protocol
from equipoise.kernel.refused import Refused


@app.command(epilog="Example: equipoise serve --port 8123 --workers 4")
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 2,
) -> None:
    """Serve the site."""
    library = Library.open()
    with watched() as progress:
        load.bring_index_up(library, progress=progress)
    library.close()
    _serve(host, port, workers)


def _serve(host: str, port: int, workers: int, *more: str) -> None:
    """Become the site's own program: the two doors do not import each other."""
    try:
        import_module("gunicorn")
    except ImportError:
        raise Refused("The site's parts are not installed.", do="Run: pip install 'equipoise[web]'") from None
    err.print(f"Equipoise is at http://{host}:{port}/   (stop with Ctrl+C)", highlight=False)
    arguments = ["--host", host, "--port", str(port), "--workers", str(workers), *more]
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
        with watched() as progress:
            load_examples(library, at=now(), progress=progress)
    load.bring_index_up(library)
    _demonstrate(library.home)
    err.print("The real studies come with: equipoise sync (needs a network)")
    library.close()
    _serve(host, port, 2, "--demonstration")


def _demonstrate(home: Path) -> None:
    """A trial with a past, made by the commands that people use; everybody in it is invented."""
    trials = open_trials(home, os.environ)
    if not trials.names():
        err.print(f"Living through a demonstration trial: {PEOPLE} invented people at a dozen invented sites")
        with watched() as progress:
            live_through(
                trials, read_protocol(jasmine_protocol()), at=datetime.datetime.now(datetime.UTC), progress=progress
            )
    err.print("The demonstration trial is at /staff/trials/. Sign in with the password: demonstration", highlight=False)
    for user, does in SHOWN:
        err.print(f"  {user:<26}{does}", highlight=False)
