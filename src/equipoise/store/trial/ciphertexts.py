"""Rows of ciphertexts on their way out of a store and into another. They are moved, never opened."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeAlias

import msgspec

from equipoise.store.trial.engine import Session


class DataKey(msgspec.Struct, frozen=True, tag_field="table", tag="data_key"):
    trial: str
    master: str
    wrapped: bytes


class Secret(msgspec.Struct, frozen=True, tag_field="table", tag="secret"):
    trial: str
    name: str
    sealed: bytes


class IdentityRow(msgspec.Struct, frozen=True, tag_field="table", tag="identity"):
    trial: str
    site: str
    participant: str
    version: int
    sealed: bytes


Ciphertext: TypeAlias = DataKey | Secret | IdentityRow
_ORDERS = {DataKey: "trial", Secret: "trial, name", IdentityRow: "trial, site, participant, version"}
_GROUP = 1000


def read_ciphertexts(session: Session, kind: type[Ciphertext]) -> Iterator[Ciphertext]:
    """Every row of one table, in the order of its key."""
    names = kind.__struct_fields__
    sql = f"select {', '.join(names)} from {_table(kind)} order by {_ORDERS[kind]}"
    return (kind(*row) for row in session.stream(sql))


def write_ciphertexts(session: Session, rows: Iterable[Ciphertext]) -> None:
    rest = iter(rows)
    while group := list(islice(rest, _GROUP)):
        for kind in dict.fromkeys(type(row) for row in group):
            names = kind.__struct_fields__
            sql = f"insert into {_table(kind)} ({', '.join(names)}) values ({', '.join('?' * len(names))})"
            session.put(sql, [msgspec.structs.astuple(row) for row in group if type(row) is kind])


def _table(kind: type[Ciphertext]) -> str:
    return str(kind.__struct_config__.tag)
