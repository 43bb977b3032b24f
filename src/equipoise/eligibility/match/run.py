"""One person against a table of studies: leaves that can matter are found, the rest is unknown; all spreads upward."""

from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from equipoise.eligibility.expression import Atom
from equipoise.eligibility.leaf import find
from equipoise.eligibility.match.features import Held, bound_leaf, feature_number
from equipoise.eligibility.match.table import FALSE, TRUE, UNKNOWN, Ints, Level, Longs, Postings, Table
from equipoise.eligibility.person import Absence, Person, Run
from equipoise.kernel.truth import Truth

Truths = NDArray[np.int8]
_CODES = {Truth.FALSE: FALSE, Truth.UNKNOWN: UNKNOWN, Truth.TRUE: TRUE}


class Standings(msgspec.Struct, frozen=True):
    """By study of the table: its standing (0 excluded, 1 possible, 2 definite), criteria met and not met."""

    standing: Truths
    met: Ints
    unmet: Ints
    criteria: Ints


def standings(table: Table, person: Person, run: Run) -> Standings:
    """What ``judge`` says of every study, without the reasons."""
    truths = np.full(table.nodes, UNKNOWN, dtype=np.int8)
    for leaf, truth in table.fixed:
        truths[leaf] = truth
    held = Held(person)
    for leaf in _to_look_at(table, held, run):
        truths[leaf] = _CODES[_found(table.atom(leaf), held, run)]
    for level in table.levels:
        _spread(level, truths)
    return _counted(table, _signed(truths, table.criteria))


def _to_look_at(table: Table, held: Held, run: Run) -> Iterable[int]:
    """Leaves that share a feature with the person; all of them where absence means something."""
    if any(policy is not Absence.OPEN for policy in (run.otherwise, *run.absence.values())):
        fixed = dict(table.fixed)
        return (leaf for leaf in range(table.leaves) if leaf not in fixed)
    return (int(leaf) for leaf in _touched(table.postings, held.features()))


def _touched(postings: Postings, features: Iterable[str]) -> Longs:
    wanted = np.unique(np.fromiter((feature_number(one) for one in features), dtype=np.uint64))
    if not len(postings.features):
        return np.empty(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(postings.features, wanted), len(postings.features) - 1)
    at = at[postings.features[at] == wanted]
    parts = [postings.leaves[postings.starts[one] : postings.starts[one + 1]] for one in at]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)


def _found(atom: Atom, held: Held, run: Run) -> Truth:
    return find(bound_leaf(atom), held.person_for((atom,)), run).truth


def _spread(level: Level, truths: Truths) -> None:
    ands = len(level.and_starts)
    if ands:
        found = np.minimum.reduceat(_signed(truths, level.ands), level.and_starts)
        truths[level.first : level.first + ands] = found
    if len(level.counts):
        edges = _signed(truths, level.counted)
        surely = np.add.reduceat((edges == TRUE).astype(np.int32), level.counted_starts)
        maybe = np.add.reduceat((edges != FALSE).astype(np.int32), level.counted_starts)
        found = (surely >= level.counts).astype(np.int8) + (maybe >= level.counts)
        truths[level.first + ands : level.first + ands + len(found)] = found


def _signed(truths: Truths, edges: Ints) -> Truths:
    """The truths of edges: of a denied one, the contrary."""
    found: Truths = truths[edges >> 1]
    denied = (edges & 1).astype(bool)
    found[denied] = TRUE - found[denied]
    return found


def _counted(table: Table, truths: Truths) -> Standings:
    starts = table.criteria_starts
    if not len(starts):
        none = np.empty(0, dtype=np.int32)
        return Standings(np.empty(0, dtype=np.int8), none, none, none)
    return Standings(
        standing=np.minimum.reduceat(truths, starts),
        met=np.add.reduceat((truths == TRUE).astype(np.int32), starts),
        unmet=np.add.reduceat((truths == FALSE).astype(np.int32), starts),
        criteria=np.diff(starts, append=len(truths)).astype(np.int32),
    )
