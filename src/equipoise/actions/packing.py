"""What every kit holds, for whoever packs and labels them: ordered in the trial's log, then made by the custodian."""

import csv
import io
from pathlib import Path

from equipoise.actions.custody import open_allocation
from equipoise.actions.ordered import Paper, find_order, looking, order, write_private
from equipoise.actions.trials import Done, Trials
from equipoise.conduct.allocation.sealing import Reveal
from equipoise.conduct.evolve import replay
from equipoise.conduct.log import Context
from equipoise.conduct.masking import sees, viewer_of
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused
from equipoise.store.trial.log import Log
from equipoise.store.trial.sealed import Sealed

PACKING = Paper("list of what kits hold, for packing", "packing")
COLUMNS = ("kit", "batch", "kind", "holds", "doses", "sent to")


def order_packing(trials: Trials, name: str, context: Context) -> Done:
    """Refused: what kits hold is not for them, or there are none."""
    _need(trials.trial(name), context)
    return order(trials, name, PACKING, context)


def make_packing(log: Log, sealed: Sealed, name: str, path: Path, context: Context) -> int:
    """Write a CSV file, a line for each kit in the order of the numbers; how many. Refused: not ordered, not theirs."""
    trial = replay(Trial(name), log.entries(name))
    ordered = find_order(log, trial, PACKING, context)
    _need(trial, context)
    rows = _rows(trial, open_allocation(sealed, trial, looking(PACKING, ordered, context)))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    write_private(path, text.getvalue())
    return len(rows)


def _need(trial: Trial, context: Context) -> None:
    if trial.sealing is None or trial.protocol.kits is None:
        raise Refused("has no sealed kits.", what=trial.id, do="Seal the allocation first; its kits come with it.")
    viewer = viewer_of(trial, context.by, context.at)
    if not all(sees(trial, viewer, Information.CONTENT, site) for site in trial.sites):
        do_next = "Ask the independent statistician."
        raise Refused("may not know what every kit holds.", what=context.by, do=do_next)


def _rows(trial: Trial, opened: Reveal) -> list[tuple[str, int, str, str, int, str]]:
    assert trial.protocol.kits is not None
    kinds = {kind.id: kind for kind in trial.protocol.kits.kinds}
    places = {**trial.received, **trial.sent}
    batches = (opened.kits, *(batch.kits for batch in opened.batches))
    return [
        (kit, number, kind, kinds[kind].holds, kinds[kind].doses, places.get(kit, ""))
        for number, kits in enumerate(batches, 1)
        for kit, kind in sorted(kits.items())
    ]
