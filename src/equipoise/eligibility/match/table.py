"""Many readings as one table of numbers: each distinct leaf once, each distinct part of a tree once, levels upward.

Everything is an "and" with signs on its edges (an "or" is the denial of an "and" of denials) or an "at least"; so a
person's truths spread through all studies in a few steps over arrays.
"""

from collections.abc import Iterable
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from equipoise.eligibility.cohorts import for_the_study
from equipoise.eligibility.expression import (
    And,
    AtLeast,
    AtMost,
    Atom,
    Constant,
    Except,
    Expr,
    IfThen,
    Not,
    Or,
    Polarity,
    Reading,
)
from equipoise.eligibility.match.features import feature_number, features_of
from equipoise.eligibility.tree import bare, key
from equipoise.kernel.truth import Truth

Ints: TypeAlias = NDArray[np.int32]
Longs: TypeAlias = NDArray[np.int64]
Edge: TypeAlias = int
"""A node's number doubled, and one more where it is denied."""

FALSE, UNKNOWN, TRUE = 0, 1, 2
_TRUTHS = {Truth.FALSE: FALSE, Truth.UNKNOWN: UNKNOWN, Truth.TRUE: TRUE}
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Atom).decode


class Level(msgspec.Struct, frozen=True):
    """Nodes ``first`` onward: the "and"s, then the "at least"s. ``edges`` of node i begin at ``starts[i]``."""

    first: int
    ands: Ints
    and_starts: Longs
    counted: Ints
    counted_starts: Longs
    counts: Ints


class Postings(msgspec.Struct, frozen=True):
    """For each feature (sorted numbers) the leaves that have it: ``leaves[starts[i]:starts[i + 1]]``."""

    features: NDArray[np.uint64]
    starts: Longs
    leaves: Ints


class Table(msgspec.Struct, frozen=True):
    """``atoms`` are JSON, end to end; ``fixed`` are constants, by node. A study's criteria are edges too."""

    studies: Longs
    atoms: bytes
    atom_ends: Longs
    nodes: int
    fixed: tuple[tuple[int, int], ...]
    levels: tuple[Level, ...]
    criteria: Ints
    criteria_starts: Longs
    postings: Postings

    @property
    def leaves(self) -> int:
        return len(self.atom_ends)

    def atom(self, leaf: int) -> Atom:
        """The leaf as it was read: not bound."""
        start = int(self.atom_ends[leaf - 1]) if leaf else 0
        found: Atom = _decode(self.atoms[start : int(self.atom_ends[leaf])])
        return found


def build_table(readings: Iterable[tuple[int, Reading]]) -> Table:
    """``readings`` by study number, in any order."""
    builder = _Builder()
    for number, reading in readings:
        builder.add(number, reading)
    return builder.table()


class _Node(msgspec.Struct, frozen=True):
    """``count`` 0: all of the edges must hold; else at least so many."""

    edges: tuple[Edge, ...]
    count: int = 0


class _Builder:
    """Leaves and nodes are numbered apart while the table grows; nodes come after the leaves in the end.

    Until then nodes are numbered from -1 downward, so that their edges are negative.
    """

    def __init__(self) -> None:
        self._leaves: dict[str, int] = {}
        self._atoms: list[bytes] = []
        self._postings: tuple[list[int], list[int]] = ([], [])
        self._fixed: dict[int, int] = {}
        self._nodes: dict[tuple[tuple[Edge, ...], int], int] = {}
        self._levels: list[int] = []
        self._studies: list[int] = []
        self._criteria: list[Edge] = []
        self._starts: list[int] = []

    def add(self, number: int, reading: Reading) -> None:
        self._studies.append(number)
        self._starts.append(len(self._criteria))
        for criterion in for_the_study(reading.criteria):
            edge = self._edge(criterion.expr)
            self._criteria.append(edge if criterion.polarity is Polarity.INCLUDE else _denied(edge))
        if not reading.criteria:
            self._criteria.append(self._constant(Truth.TRUE))

    def _edge(self, expr: Expr) -> Edge:
        match expr:
            case And(of=of):
                return self._and([self._edge(one) for one in of])
            case Or(of=of):
                return _denied(self._and([_denied(self._edge(one)) for one in of]))
            case Not(of=one):
                return _denied(self._edge(one))
            case Except(base=base, allowed=allowed):
                return self._and([self._edge(base), _denied(self._edge(allowed))])
            case IfThen(guard=guard, then=then):
                return _denied(self._and([self._edge(guard), _denied(self._edge(then))]))
            case AtLeast(count=count, of=of):
                return self._at_least(count, of)
            case AtMost(count=count, of=of):
                return _denied(self._at_least(count + 1, of))
            case Constant(truth=truth):
                return self._constant(truth)
            case _:
                return self._leaf(expr)

    def _and(self, edges: list[Edge]) -> Edge:
        distinct = tuple(dict.fromkeys(edges))
        if not distinct:
            return self._constant(Truth.TRUE)
        return distinct[0] if len(distinct) == 1 else self._node(distinct, 0)

    def _at_least(self, count: int, of: tuple[Expr, ...]) -> Edge:
        if count <= 0 or count > len(of):
            return self._constant(Truth.of(count <= 0))
        return self._node(tuple(self._edge(one) for one in of), count)

    def _node(self, edges: tuple[Edge, ...], count: int) -> Edge:
        known = self._nodes.get((edges, count))
        if known is None:
            known = self._nodes[edges, count] = len(self._levels)
            self._levels.append(1 + max(self._level(edge) for edge in edges))
        return _edge_of(-1 - known)

    def _level(self, edge: Edge) -> int:
        node = edge >> 1
        return self._levels[-1 - node] if node < 0 else 0

    def _leaf(self, atom: Atom) -> Edge:
        name = key(atom)
        known = self._leaves.get(name)
        if known is None:
            known = self._new_leaf(_encode(bare(atom)))
            self._leaves[name] = known
            for feature in set(features_of(atom)):
                self._postings[0].append(feature_number(feature))
                self._postings[1].append(known)
        return _edge_of(known)

    def _constant(self, truth: Truth) -> Edge:
        name = f"constant {truth.value}"
        if name not in self._leaves:
            self._leaves[name] = self._new_leaf(b"")
            self._fixed[self._leaves[name]] = _TRUTHS[truth]
        return _edge_of(self._leaves[name])

    def _new_leaf(self, atom: bytes) -> int:
        self._atoms.append(atom)
        return len(self._atoms) - 1

    def table(self) -> Table:
        leaves = len(self._atoms)
        levels = np.array(self._levels, dtype=np.int64)
        counts = np.fromiter((count for _, count in self._nodes), dtype=np.int32, count=len(self._nodes))
        order = np.lexsort((counts > 0, levels))
        places = np.empty(len(order), dtype=np.int64)
        places[order] = leaves + np.arange(len(order))
        nodes = list(self._nodes)
        made = tuple(
            _level(nodes, np.flatnonzero(levels[order] == level), order, places, leaves)
            for level in range(1, int(levels.max(initial=0)) + 1)
        )
        return Table(
            studies=np.array(self._studies, dtype=np.int64),
            atoms=b"".join(self._atoms),
            atom_ends=np.cumsum([len(atom) for atom in self._atoms], dtype=np.int64),
            nodes=leaves + len(nodes),
            fixed=tuple(self._fixed.items()),
            levels=made,
            criteria=_placed(self._criteria, places),
            criteria_starts=np.array(self._starts, dtype=np.int64),
            postings=_sorted_postings(*self._postings),
        )


def _edge_of(node: int) -> Edge:
    return node << 1


def _denied(edge: Edge) -> Edge:
    return edge ^ 1


def _placed(edges: list[Edge], places: Longs) -> Ints:
    """Edges by their nodes' last numbers."""
    found = np.array(edges, dtype=np.int64)
    nodes, signs = found >> 1, found & 1
    inner = nodes < 0
    nodes[inner] = places[-1 - nodes[inner]]
    return ((nodes << 1) | signs).astype(np.int32)


def _level(nodes: list[tuple[tuple[Edge, ...], int]], at: Longs, order: Longs, places: Longs, leaves: int) -> Level:
    held = [nodes[number] for number in order[at]]
    ands, counted = [edges for edges, count in held if not count], [edges for edges, count in held if count]
    return Level(
        first=leaves + int(at[0]),
        ands=_placed([edge for edges in ands for edge in edges], places),
        and_starts=_starts(ands),
        counted=_placed([edge for edges in counted for edge in edges], places),
        counted_starts=_starts(counted),
        counts=np.array([count for _, count in held if count], dtype=np.int32),
    )


def _starts(groups: list[tuple[Edge, ...]]) -> Longs:
    lengths = np.array([0, *(len(edges) for edges in groups)], dtype=np.int64)
    return np.cumsum(lengths)[:-1]


def _sorted_postings(features: list[int], leaves: list[int]) -> Postings:
    numbers, held = np.array(features, dtype=np.uint64), np.array(leaves, dtype=np.int32)
    order = np.argsort(numbers, kind="stable")
    distinct, starts = np.unique(numbers[order], return_index=True)
    return Postings(distinct, np.append(starts, len(numbers)).astype(np.int64), held[order])
