"""``equipoise trial custodian``, ``envelopes`` and ``packing``: what stands beside the sealed store, with its key."""

import os
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from equipoise.actions.custodian import Service
from equipoise.actions.custody import Keeper
from equipoise.actions.envelopes import make_envelopes, order_envelopes
from equipoise.actions.library import default_home
from equipoise.actions.opening import now, open_trial_log, open_trial_sealed, open_trials
from equipoise.actions.packing import make_packing, order_packing
from equipoise.cli.door import err, out
from equipoise.cli.protocol import trial
from equipoise.cli.trial.asked import By, Name, Why, context_of, known
from equipoise.kernel.counted import counted

_ORDERED = "Ordered. Within a day, let the custodian run the same command with --out {}."


@trial.command()
def custodian(
    socket: Annotated[Path, typer.Argument(help="Where to listen; the site finds it by EQUIPOISE_CUSTODIAN.")],
) -> None:
    """Serve the sealed store to the site, as a process of its own under a user of its own."""
    home = default_home()
    log = open_trial_log(home, os.environ)
    with Service(socket, Keeper(log, open_trial_sealed(home, os.environ), now)) as service:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=service.shutdown).start())
        err.print(f"The custodian listens at {socket}   (stop with Ctrl+C)", highlight=False, soft_wrap=True)
        service.serve_forever()
    socket.unlink(missing_ok=True)


@trial.command(epilog="Order them first, without --out, as the site's user; then make them as the custodian's.")
def envelopes(
    name: Name,
    by: By,
    why: Why,
    folder: Annotated[
        Path | None, typer.Option("--out", help="An empty folder: the custodian makes what was ordered.")
    ] = None,
    site: Annotated[str, typer.Option(help="With --out: this site's alone.")] = "",
) -> None:
    """Code breaks on paper, for when no server answers: a sheet for each kit that a site has had, to fold and seal."""
    home, context = default_home(), context_of(by, why)
    if folder is None:
        trials = open_trials(home, os.environ)
        known(name, trials.log)
        order_envelopes(trials, name, context)
        out.print(_ORDERED.format("FOLDER"))
        return
    log = open_trial_log(home, os.environ)
    known(name, log)
    made = make_envelopes(log, open_trial_sealed(home, os.environ), name, folder, context, site)
    sheets, sites = counted(len(made), "sheet"), counted(len({sheet.site for sheet in made}), "site")
    told = f"Made {sheets} for {sites} in {folder}. Print, fold and seal them, and destroy the folder."
    out.print(told, highlight=False, soft_wrap=True)


@trial.command(epilog="Order it first, without --out, as the site's user; then make it as the custodian's.")
def packing(
    name: Name,
    by: By,
    why: Why,
    path: Annotated[
        Path | None, typer.Option("--out", help="A CSV file: the custodian makes what was ordered.")
    ] = None,
) -> None:
    """What every kit holds, for whoever packs and labels them. Nobody who is masked may have it."""
    home, context = default_home(), context_of(by, why)
    if path is None:
        trials = open_trials(home, os.environ)
        known(name, trials.log)
        order_packing(trials, name, context)
        out.print(_ORDERED.format("FILE"))
        return
    log = open_trial_log(home, os.environ)
    known(name, log)
    made = make_packing(log, open_trial_sealed(home, os.environ), name, path, context)
    kits = counted(made, "kit")
    out.print(f"Wrote {kits} to {path}. Give it to who packs them, and destroy it.", highlight=False, soft_wrap=True)
