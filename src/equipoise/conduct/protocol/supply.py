"""How many kits of each kind a trial makes when its allocation is sealed, and how many its schedule dispenses."""

from collections import Counter
from math import ceil

from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.protocol.schedule import open_kind, planned_visits


def kits_made(protocol: Protocol) -> dict[str, int]:
    """By kind: those the file names in all, shared equally, and never fewer than one for everybody."""
    if protocol.kits is None:
        return {}
    kinds = [kind.id for kind in protocol.kits.kinds]
    return dict.fromkeys(kinds, max(protocol.kits.made // max(len(kinds), 1), protocol.allocation.cap))


def kits_needed(protocol: Protocol) -> dict[str, int]:
    """By kind, when everybody up to the cap comes to every visit, the arms as the ratio has them.

    Of a masked kind as many as are handed out of all of them: a site gives only what it has for certain, whatever the
    arms (``allocation.kits.assured``).
    """
    needed: Counter[str] = Counter()
    cap, ratio = protocol.allocation.cap, protocol.allocation.ratio
    for visit in planned_visits(protocol):
        if kind := open_kind(protocol, visit.day):
            needed[kind] += cap * visit.dispense
            continue
        for arm in protocol.arms:
            share = 1 if protocol.masking.masked else ratio.get(arm.id, 0) / max(sum(ratio.values()), 1)
            needed[arm.kit] += ceil(cap * share) * visit.dispense
    return {kind: count for kind, count in needed.items() if kind and count}
