"""What leaves the sealed store as a file: ordered in the trial's log first, then made by the custodian."""

import datetime
import os
from pathlib import Path

import msgspec

from equipoise.actions.trials import Done, Trials
from equipoise.conduct import commands as do
from equipoise.conduct.log import Context, Entry
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused
from equipoise.store.trial.log import Log

IN_FORCE = datetime.timedelta(hours=24)


class Paper(msgspec.Struct, frozen=True):
    """``words``: what the trial's log says of an order, which never changes; ``command``: how it is ordered."""

    words: str
    command: str


def order(trials: Trials, name: str, paper: Paper, context: Context) -> Done:
    return trials.ask(name, do.NoteSealedRead(f"{paper.words}: {context.reason}"), context)


def find_order(log: Log, trial: Trial, paper: Paper, context: Context) -> Entry:
    """The newest of the person's own. Refused: none within a day."""
    for entry in log.entries(trial.id, tags=("sealed-read",), newest_first=True):
        mine = entry.by == context.by and f'"what":"{paper.words}' in entry.body
        if mine and context.at - datetime.datetime.fromisoformat(entry.at) <= IN_FORCE:
            return entry
    do_next = f"Order it first: equipoise trial {paper.command} {trial.id} --by {context.by} --why …"
    raise Refused("was not ordered by you in the last 24 hours.", what=paper.words.capitalize(), do=do_next)


def looking(paper: Paper, order: Entry, context: Context) -> Context:
    """Whose look it is, and on which order, for the sealed store's own log."""
    return msgspec.structs.replace(context, reason=f"{paper.words}, entry {order.position}: {context.reason}")


def write_private(path: Path, text: str) -> None:
    """For its owner alone. Refused: there is such a file."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused("is there already.", what=str(path), do="Name a file that is not there yet.") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
