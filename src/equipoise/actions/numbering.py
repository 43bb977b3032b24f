"""Kits numbered after the allocation was sealed, bound in the log before a site has any; and kits sent to a site."""

from equipoise.actions.trials import Done, Trials
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide import decide
from equipoise.conduct.log import Context


def number_kits(trials: Trials, name: str, each: int, context: Context) -> Done:
    """A further batch, ``each`` of every kind. Refused: not by them, not now, more than the numbers' length holds."""
    trial = trials.trial(name)
    decide(trial, do.NumberKits("0" * 64, len(trial.batches) + 2, each), context)
    command = trials.custodian.number_kits(name, each, context)
    return trials.ask(name, command, context)


def supply_kits(trials: Trials, name: str, site: str, each: int, context: Context) -> Done:
    """``each`` of every kind, sent and received at once, by the site's pharmacist."""
    (sent,) = trials.ask(name, do.SendKits(site, each), context).events
    assert isinstance(sent, did.KitsSent)
    return trials.ask(name, do.ReceiveKits(site, sent.kits), context)
