"""Kits numbered after the allocation was sealed: drawn by the custodian, bound in the log before a site has any."""

from equipoise.actions.trials import Done, Trials
from equipoise.conduct import commands as do
from equipoise.conduct.decide import decide
from equipoise.conduct.log import Context


def number_kits(trials: Trials, name: str, each: int, context: Context) -> Done:
    """A further batch, ``each`` of every kind. Refused: not by them, not now, more than the numbers' length holds."""
    trial = trials.trial(name)
    decide(trial, do.NumberKits("0" * 64, len(trial.batches) + 2, each), context)
    command = trials.custodian.number_kits(name, each, context)
    return trials.ask(name, command, context)
