"""The real records, whole."""

import gzip
import json
from pathlib import Path

import pytest

from equipoise.studies.read import read_study, unknown, write_study


@pytest.mark.parametrize("name", ["studies_v2.jsonl.gz", "studies_v2_partial.jsonl.gz"])
def test_no_byte_of_content_is_lost(shared_data: Path, name: str) -> None:
    with gzip.open(shared_data / name) as file:
        records = list(file)
    assert records
    for raw in records:
        study = read_study(raw)
        assert json.loads(write_study(study, unknown(raw, study))) == json.loads(raw)


def test_what_the_model_does_not_name_is_known(real_records: list[bytes]) -> None:
    """One derived field newer than the reference, and two that the repositories which re-host the records added."""
    beyond = {path for raw in real_records for path in _paths(unknown(raw, read_study(raw)))}
    assert beyond == {
        "derivedSection.miscInfoModule.modelPredictions",
        "protocolSection.armsInterventionsModule.interventions.*.interventionMappedName",
        "protocolSection.contactsLocationsModule.locations_nested",
    }


def _paths(rest: object, at: str = "") -> set[str]:
    if not isinstance(rest, dict):
        return {at} if rest is not None else set()
    names = {key: "*" if isinstance(key, int) else key for key in rest}
    return {path for key, value in rest.items() for path in _paths(value, f"{at}.{names[key]}".strip("."))}
