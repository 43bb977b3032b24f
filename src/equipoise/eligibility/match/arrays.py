"""A table and its topics as plain arrays by name, to be kept in a file and read back."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from equipoise.eligibility.match.about import Topics
from equipoise.eligibility.match.table import Level, Postings, Table

Arrays = Mapping[str, NDArray[Any]]
_LEVEL = ("ands", "and_starts", "counted", "counted_starts", "counts")
_PLAIN = ("studies", "atom_ends", "criteria", "criteria_starts")
_TOPICS = ("sizes", "healthy", "features", "starts", "studies", "wider_features", "wider_starts", "wider_studies")


def to_arrays(table: Table, topics: Topics) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {name: getattr(table, name) for name in _PLAIN}
    found["atoms"] = np.frombuffer(table.atoms, dtype=np.uint8)
    found["fixed"] = np.array(table.fixed, dtype=np.int64).reshape(-1, 2)
    found["shape"] = np.array([table.nodes, *(level.first for level in table.levels)], dtype=np.int64)
    for number, level in enumerate(table.levels):
        found |= {f"level_{number}_{name}": getattr(level, name) for name in _LEVEL}
    found |= {f"postings_{name}": getattr(table.postings, name) for name in Postings.__struct_fields__}
    found |= {f"topics_{name}": getattr(topics, name) for name in _TOPICS}
    found["above"] = np.frombuffer(msgspec.msgpack.encode(topics.above), dtype=np.uint8)
    return found


def from_arrays(held: Arrays) -> tuple[Table, Topics]:
    nodes, *firsts = (int(one) for one in held["shape"])
    table = Table(
        **{name: held[name] for name in _PLAIN},
        atoms=held["atoms"].tobytes(),
        nodes=nodes,
        fixed=tuple((int(leaf), int(truth)) for leaf, truth in held["fixed"]),
        levels=tuple(
            Level(first, *(held[f"level_{number}_{name}"] for name in _LEVEL)) for number, first in enumerate(firsts)
        ),
        postings=Postings(*(held[f"postings_{name}"] for name in Postings.__struct_fields__)),
    )
    above = msgspec.msgpack.decode(held["above"].tobytes(), type=dict[str, tuple[str, ...]])
    return table, Topics(**{name: held[f"topics_{name}"] for name in _TOPICS}, above=above)
