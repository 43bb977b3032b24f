"""CDISC Dataset-JSON 1.1: one table in one file, written, read back, and held against the standard."""

import datetime
import re
from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

import msgspec

from equipoise.conduct.views import table as ours
from equipoise.kernel.refused import Refused

Value: TypeAlias = str | int | float | bool | None
_Moment = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
        r"(\.[0-9]+)?(([+-]([01][0-9]|2[0-3]):[0-5][0-9])|Z)?$"
    ),
]
_Id = Annotated[str, msgspec.Meta(min_length=1)]
_Positive = Annotated[int, msgspec.Meta(ge=1)]
_DataType = Literal["string", "integer", "decimal", "float", "double", "boolean", "datetime", "date", "time", "URI"]


class Column(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True):
    """Section "Column metadata" of the standard, in its order."""

    item_oid: _Id = msgspec.field(name="itemOID")
    name: _Id
    label: str
    data_type: _DataType
    target_data_type: Literal["integer", "decimal"] | None = None
    length: _Positive | None = None
    display_format: str | None = None
    key_sequence: _Positive | None = None


class SourceSystem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    version: str


class Dataset(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True
):
    """Section "Top-level metadata attributes", in its order, so that a reader may stream. ``rows`` may be left
    out where ``records`` is 0."""

    created: _Moment = msgspec.field(name="datasetJSONCreationDateTime")
    standard: Annotated[str, msgspec.Meta(pattern=r"^1\.1(\.(0|[1-9][0-9]*))?$")] = msgspec.field(
        name="datasetJSONVersion"
    )
    file_oid: _Id | None = msgspec.field(name="fileOID", default=None)
    db_last_modified_date_time: _Moment | None = None
    originator: str | None = None
    source_system: SourceSystem | None = None
    study_oid: _Id | None = msgspec.field(name="studyOID", default=None)
    meta_data_version_oid: _Id | None = msgspec.field(name="metaDataVersionOID", default=None)
    meta_data_ref: str | None = None
    item_group_oid: _Id = msgspec.field(name="itemGroupOID")
    records: Annotated[int, msgspec.Meta(ge=0)]
    name: _Id
    label: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...] | None = None


_decoder = msgspec.json.Decoder(Dataset)
_TYPES: dict[str, _DataType] = {
    ours.TEXT: "string",
    ours.WHOLE: "integer",
    ours.DECIMAL: "decimal",
    ours.DATE: "date",
    ours.MOMENT: "datetime",
    ours.YES_NO: "string",
}


def dataset_of(
    table: ours.Table, *, study: str, version: str, at: datetime.datetime, software: str, modified: str | None = None
) -> Dataset:
    """``version`` of the protocol; ``at``: when it is made; ``modified``: UTC moment of the log's last entry."""
    group = f"IG.{table.name.upper()}"
    return Dataset(
        created=at.astimezone(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        standard="1.1.0",
        item_group_oid=group,
        records=len(table.rows),
        name=table.name.upper(),
        label=table.label,
        columns=tuple(_column(table.name, column) for column in table.columns),
        file_oid=f"{study}.{version}.{table.name}",
        db_last_modified_date_time=modified,
        source_system=SourceSystem("Equipoise", software),
        study_oid=study,
        meta_data_version_oid=f"MDV.{study}.{version}",
        rows=table.rows,
    )


def _column(table: str, column: ours.Column) -> Column:
    kind = _TYPES[column.kind]
    return Column(
        item_oid=f"IT.{table.upper()}.{column.name.upper()}",
        name=column.name.upper(),
        label=f"{column.label} ({column.unit})" if column.unit else column.label,
        data_type=kind,
        target_data_type="decimal" if kind == "decimal" else None,
        key_sequence=column.key or None,
    )


def write_dataset(dataset: Dataset) -> bytes:
    """Refused: it would not conform."""
    _refuse(dataset)
    return msgspec.json.encode(dataset)


def read_dataset(raw: bytes) -> Dataset:
    """Refused: not JSON, or not conforming, with the first three reasons."""
    try:
        dataset = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"is not Dataset-JSON 1.1: {error}.", what="The file", do="Check where it came from.") from None
    _refuse(dataset)
    return dataset


def _refuse(dataset: Dataset) -> None:
    found = list(problems(dataset))
    if found:
        raise Refused(f"does not conform to Dataset-JSON 1.1: {' '.join(found[:3])}", what=dataset.name)


def schema() -> dict[str, object]:
    """The JSON Schema of what is read and written; what it cannot say is in ``problems``."""
    return msgspec.json.schema(Dataset)


def problems(dataset: Dataset) -> Iterator[str]:
    """What the shape alone does not show: counts, lengths of rows, and values that do not fit their column."""
    rows = dataset.rows or ()
    if dataset.records != len(rows):
        yield f"It says {dataset.records} records and holds {len(rows)}."
    names = [column.name for column in dataset.columns]
    if len(set(names)) != len(names):
        yield "Two columns have one name."
    for column in dataset.columns:
        if column.data_type == "decimal" and column.target_data_type not in (None, "decimal"):
            yield f"{column.name}: decimal cannot become {column.target_data_type}."
    for number, row in enumerate(rows, 1):
        if len(row) != len(dataset.columns):
            yield f"Row {number} has {len(row)} values for {len(dataset.columns)} columns."
            continue
        for column, value in zip(dataset.columns, row, strict=True):
            if value is not None and not _fits(column.data_type, value):
                yield f"Row {number}, {column.name}: {value!r} is no {column.data_type}."


_DECIMAL = re.compile(r"[+-]?\d{1,3}(,?\d{3})*(\.\d+)?\Z|[+-]?\d+(\.\d+)?\Z|", re.ASCII)


def _fits(kind: str, value: Value) -> bool:
    match kind:
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float" | "double":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "decimal":
            return isinstance(value, str) and bool(_DECIMAL.fullmatch(value))
        case _:
            return isinstance(value, str)
