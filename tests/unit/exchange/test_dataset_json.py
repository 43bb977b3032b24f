"""Dataset-JSON 1.1: CDISC's own files come back as they were, and what does not conform is refused."""

import datetime
import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from equipoise.conduct.views import table as ours
from equipoise.exchange.dataset_json import Dataset, dataset_of, read_dataset, schema, write_dataset
from equipoise.kernel.refused import Refused

AT = datetime.datetime(2026, 11, 23, 4, 5, 6, 789, tzinfo=datetime.UTC)
TABLE = ours.Table(
    "form_vitals",
    "Vital signs",
    (
        ours.Column("participant", "Participant", key=1),
        ours.Column("copy", "Copy", ours.WHOLE),
        ours.Column("weight", "Body weight", ours.DECIMAL, "kg"),
        ours.Column("on", "Day", ours.DATE),
        ours.Column("entered_at", "Filled in at", ours.MOMENT),
        ours.Column("pregnant", "Pregnant", ours.YES_NO),
    ),
    (("01-001", 1, "70.10", "2026-03", "2026-03-02T09:00:00.000000Z", "no"), ("01-002", 2, None, None, None, None)),
)


def _dataset() -> Dataset:
    modified = "2026-11-22T09:00:00.000000Z"
    return dataset_of(TABLE, study="SMALL", version="1.0", at=AT, software="1.2", modified=modified)


def _raw(**changes: Any) -> bytes:
    told = json.loads(write_dataset(_dataset()))
    return json.dumps({name: value for name, value in (told | changes).items() if value is not None}).encode()


def test_our_tables_are_written_as_the_standard_says() -> None:
    told = json.loads(write_dataset(_dataset()))
    assert list(told) == [
        "datasetJSONCreationDateTime",
        "datasetJSONVersion",
        "fileOID",
        "dbLastModifiedDateTime",
        "sourceSystem",
        "studyOID",
        "metaDataVersionOID",
        "itemGroupOID",
        "records",
        "name",
        "label",
        "columns",
        "rows",
    ]
    assert told["datasetJSONCreationDateTime"] == "2026-11-23T04:05:06Z"
    assert told["columns"][2] == {
        "itemOID": "IT.FORM_VITALS.WEIGHT",
        "name": "WEIGHT",
        "label": "Body weight (kg)",
        "dataType": "decimal",
        "targetDataType": "decimal",
    }
    assert told["rows"][0][2] == "70.10"
    assert told["rows"][1][2:] == [None] * 4


def test_what_is_written_reads_back_the_same() -> None:
    assert read_dataset(write_dataset(_dataset())) == _dataset()


BREAKS: list[tuple[dict[str, Any], str]] = [
    ({"records": 3}, "says 3 records and holds 2"),
    ({"rows": [["01-001", 1, "70"], ["x", 1, "1", None, None, None]]}, "Row 1 has 3 values for 6 columns"),
    ({"rows": [["a", 1.5, None, None, None, None]], "records": 1}, "COPY: 1.5 is no integer"),
    ({"rows": [["a", True, None, None, None, None]], "records": 1}, "COPY: True is no integer"),
    ({"rows": [["a", 1, "1,5", None, None, None]], "records": 1}, "WEIGHT: '1,5' is no decimal"),
    ({"rows": [[7, 1, None, None, None, None]], "records": 1}, "PARTICIPANT: 7 is no string"),
    ({"datasetJSONVersion": "1.0.0"}, "datasetJSONVersion"),
    ({"datasetJSONCreationDateTime": "2026-11-23"}, "datasetJSONCreationDateTime"),
    ({"records": -1}, "records"),
    ({"name": ""}, "name"),
    ({"itemGroupOID": None}, "itemGroupOID"),
    ({"surprise": 1}, "surprise"),
    ({"columns": [{"itemOID": "a", "name": "A", "label": "A", "dataType": "text"}]}, "text"),
    ({"columns": [{"itemOID": "a", "name": "A", "label": "A", "dataType": "string", "keySequence": 0}]}, "keySequence"),
    ({"rows": [[{"a": 1}]]}, "rows"),
]


@pytest.mark.parametrize(("changes", "words"), BREAKS, ids=lambda value: str(value)[:30])
def test_what_does_not_conform_is_refused_with_the_reason(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_dataset(_raw(**changes))


def test_two_columns_of_one_name_are_refused_in_writing_too() -> None:
    twice = msgspec.structs.replace(_dataset(), columns=(_dataset().columns[0],) * 6)
    with pytest.raises(Refused, match="Two columns have one name"):
        write_dataset(twice)


def test_no_json_is_refused() -> None:
    for raw in (b"", b"[]", b"\xff{", b"{"):
        with pytest.raises(Refused, match="not Dataset-JSON"):
            read_dataset(raw)


def test_metadata_may_travel_without_rows() -> None:
    assert read_dataset(_raw(rows=None, records=0)).rows is None


def test_there_is_a_schema_for_others() -> None:
    told = json.dumps(schema())
    assert '"additionalProperties": false' in told
    assert "datasetJSONCreationDateTime" in told


BREAKS_ITS_OWN_STANDARD = "adam__adadas.json.gz"
"""Holds fractions in a column that it calls integer."""


def _samples(shared_data: Path) -> list[tuple[str, bytes]]:
    folder = shared_data / "standards" / "cdisc_datasetjson"
    files = sorted(folder.glob("*.json*"))
    if not files:
        pytest.skip(f"CDISC SAMPLES MISSING: {folder}")
    return [
        (file.name, gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()) for file in files
    ]


def test_the_samples_of_cdisc_come_back_as_they_were(shared_data: Path) -> None:
    samples = [(name, raw) for name, raw in _samples(shared_data) if name != BREAKS_ITS_OWN_STANDARD]
    assert len(samples) >= 30
    for name, raw in samples:
        told, again = json.loads(raw), json.loads(write_dataset(read_dataset(raw)))
        assert list(told) == list(again), name
        assert repr(told["rows"]) == repr(again["rows"]), name
        assert told == again, name


def test_a_sample_of_cdisc_that_breaks_the_standard_is_found_out(shared_data: Path) -> None:
    raw = dict(_samples(shared_data))[BREAKS_ITS_OWN_STANDARD]
    with pytest.raises(Refused, match=r"PCHG: -33\.3333333333 is no integer"):
        read_dataset(raw)
