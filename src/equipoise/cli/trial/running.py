"""``equipoise trial open`` and ``list``; ``erase`` and ``opened``, which the site's pages do not have."""

import os
import subprocess
import sys
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from equipoise.actions.auditing import stranger
from equipoise.actions.envelopes import record_opened
from equipoise.actions.library import default_home
from equipoise.actions.opening import open_trials
from equipoise.cli.door import Json, out, print_json
from equipoise.cli.protocol import trial
from equipoise.cli.trial.asked import By, Name, Why, Yes, context_of, known, say_all
from equipoise.conduct import commands as do
from equipoise.conduct.protocol.reading import read_protocol
from equipoise.kernel.counted import counted


def _moment(text: str) -> datetime:
    """A day without an hour is not taken for its midnight."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or "T" not in text:
        raise typer.BadParameter(f"{text!r} is no moment. Write 2026-11-23T14:30, or 2026-11-23T14:30+01:00.")
    return moment


@trial.command("open", epilog="Example: equipoise trial open protocol.yaml --by ada --name 'Ada Minder'")
def open_(
    file: Annotated[Path, typer.Argument(help="The protocol file.", exists=True, dir_okay=False)],
    by: By,
    name: Annotated[str, typer.Option(help="Your full name. You become the trial's first administrator.")],
) -> None:
    """Open a trial from its protocol file. The file is kept whole in the log."""
    protocol = read_protocol(file.read_text("utf-8"))
    done = open_trials(default_home(), os.environ).ask(protocol.id, do.OpenTrial(protocol, name), context_of(by))
    sites = counted(len(done.trial.sites), "site")
    out.print(f"{protocol.id} {protocol.version} is open, with {sites}. {name} is its administrator.")


@trial.command("list")
def list_(json: Json = False) -> None:  # noqa: FBT002
    """The trials kept here, and how far each is."""
    trials = open_trials(default_home(), os.environ)
    lines = [trials.trial(each) for each in trials.names()]
    if json:
        print_json([{"trial": one.id, "entries": one.position, "randomised": len(one.order)} for one in lines])
        return
    for one in lines:
        cap = one.protocol.allocation.cap
        entries = counted(one.position, "entry", "entries")
        out.print(f"{one.id}: {entries}, {len(one.order)} of {cap} randomised, {one.stage.value}.")
    if not lines:
        out.print("No trial is kept here. Begin one: equipoise trial new protocol.yaml")


@trial.command()
def opened(
    name: Name,
    number: Annotated[str, typer.Argument(help="Of the kit or the participant, as the envelope says.")],
    envelope: Annotated[str, typer.Option(help="The envelope's own number.")],
    opened: Annotated[
        datetime,
        typer.Option(
            "--at",
            parser=_moment,
            metavar="2026-11-23T14:30",
            help="When it was opened, by the site's clock or with an offset.",
        ),
    ],
    by: By,
    why: Why,
) -> None:
    """Record that a sealed envelope was opened: a code break as any other. By the site's investigator, afterwards."""
    trials = open_trials(default_home(), os.environ)
    known(name, trials.log)
    one = record_opened(trials, name, number, envelope, opened, context_of(by, why))
    told = f"Recorded: the code of {one.id} was broken on paper. Follow-up goes on."
    out.print(told, highlight=False, soft_wrap=True)
    _write_letters(name, one.id, by)


def _write_letters(trial: str, participant: str, by: str) -> None:
    """By the site's own program: the two doors do not import each other."""
    told = ""
    if find_spec("allauth"):
        words = [sys.executable, "-m", "equipoise.web.staff.trials", trial, participant, by]
        environment = {**os.environ, "EQUIPOISE_HOME": str(default_home())}
        told = subprocess.run(words, env=environment, stdout=subprocess.PIPE, text=True, check=False).stdout  # noqa: S603
    told = told or "No letter went: tell those whom the protocol wants told. The trial's overview shows it to them."
    out.print(told.strip(), markup=False, highlight=False, soft_wrap=True)


@trial.command()
def erase(
    name: Name,
    participant: Annotated[str, typer.Argument(help="The participant's number.")],
    by: By,
    why: Why,
    yes: Yes = False,  # noqa: FBT002
) -> None:
    """Erase who a participant is from the vault. What the trial recorded of them stays, under the number alone."""
    trials = open_trials(default_home(), os.environ)
    known(name, trials.log)
    state = trials.trial(name)
    one = state.participant(participant)
    if not yes:
        typer.confirm(f"Erase the name and contact of {participant} for ever?", abort=True)
    count = trials.vault.erase(name, one.site, participant, context_of(by, why))
    versions = counted(count, "version")
    out.print(f"Erased {versions}. Older backups hold them until they go too.", highlight=False, soft_wrap=True)
    say_all(stranger(state, by))
