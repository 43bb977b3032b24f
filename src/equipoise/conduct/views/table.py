"""A rectangular table as it leaves a trial: columns that say what they hold, and the data dictionary made of them."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from equipoise.conduct.participant import Place
from equipoise.conduct.roles import Information

Cell: TypeAlias = str | int | None
"""Numbers with decimals stay text, so that none becomes another."""
SealedValues: TypeAlias = Mapping[tuple[str, Place, str], str]
"""By participant, place and field."""

TEXT, WHOLE, DECIMAL, DATE, MOMENT, YES_NO = "text", "whole-number", "number", "date", "moment", "yes-no"


class Column(msgspec.Struct, frozen=True):
    """``kind``: text, whole-number, number, date (perhaps without day or month), moment (UTC) or yes-no.

    ``choices``: id and label of each answer. ``key``: its place among the columns that tell rows apart, from 1.
    """

    name: str
    label: str
    kind: str = TEXT
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    information: Information = Information.OPEN
    key: int = 0


class Table(msgspec.Struct, frozen=True):
    """A row has a cell for each column."""

    name: str
    label: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Sealed(msgspec.Struct, frozen=True):
    """What the custodian gave the caller: sealed values, and the arm of each participant."""

    values: SealedValues = {}
    arms: Mapping[str, str] = {}


def dictionary(tables: Iterable[Table]) -> Table:
    """What every column of the tables means, as a table."""
    columns = (
        Column("table", "Table", key=1),
        Column("name", "Name of the column", key=2),
        Column("label", "Label"),
        Column("type", "Type"),
        Column("unit", "Unit (UCUM)"),
        Column("choices", "Answers, as id=label"),
        Column("information", "Class of information"),
    )
    rows = tuple(
        (each.name, one.name, one.label, one.kind, one.unit, _choices(one), one.information.value)
        for each in tables
        for one in each.columns
    )
    return Table("dictionary", "Data dictionary", columns, rows)


def _choices(column: Column) -> str:
    return "; ".join(f"{name}={label}" for name, label in column.choices)


PARTICIPANT = Column("participant", "Participant", key=1)
SITE = Column("site", "Site")
