"""What the commands of a trial share: its name, who asks and why."""

from collections.abc import Iterable
from typing import Annotated

import typer

from equipoise.actions.opening import now
from equipoise.cli.door import out
from equipoise.conduct.log import Context
from equipoise.kernel.refused import Refused
from equipoise.store.trial.log import Log


def _words(given: str, option: typer.CallbackParam) -> str:
    if not given.strip():
        raise Refused("nothing is written.", what=f"--{option.name}", do="Write it: it stays in the log.")
    return given.strip()


Name = Annotated[str, typer.Argument(help="The trial's id, as its protocol gives it.")]
By = Annotated[str, typer.Option("--by", callback=_words, help="Your account: it goes into the log with what you do.")]
Why = Annotated[str, typer.Option("--why", callback=_words, help="The reason: it goes into the log.")]
Yes = Annotated[bool, typer.Option("--yes", help="Without asking again.")]


def context_of(by: str, why: str = "") -> Context:
    return Context(by=by, at=now(), reason=why, client="command line")


def known(name: str, log: Log) -> None:
    """Refused: no trial of this name is kept here."""
    names = log.trials()
    if name not in names:
        raise Refused("is not a trial kept here.", what=name, do=f"There are: {', '.join(names) or 'none'}.")


def say_all(sentences: Iterable[str]) -> None:
    for one in sentences:
        out.print(one, markup=False, highlight=False, soft_wrap=True)
