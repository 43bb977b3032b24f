import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.kernel.refused import Refused
from equipoise.studies.read import read_study, unknown, write_study

SMALL: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000102", "briefTitle": "A study"},
        "designModule": {"phases": ["PHASE1", "PHASE2"], "enrollmentInfo": {"count": 12, "type": "ACTUAL"}},
        "contactsLocationsModule": {"locations": [{"city": "Lyon", "geoPoint": {"lat": 45.7, "lon": 4.8}}, {}]},
    },
    "hasResults": False,
}


def as_bytes(record: Any) -> bytes:
    return json.dumps(record).encode()


def round_trip(record: Any) -> Any:
    raw = as_bytes(record)
    study = read_study(raw)
    return json.loads(write_study(study, unknown(raw, study)))


def test_reads_values_and_absence() -> None:
    study = read_study(as_bytes(SMALL))
    assert study.nct_id == "NCT00000102"
    assert study.title == "A study"
    assert study.design.phases == ("PHASE1", "PHASE2")
    assert study.design.enrollment_info.count == 12
    assert study.status.overall_status is None
    assert study.locations[1].city is None
    assert study.conditions == ()


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "not a study record"),
        (b"[]", "not a study record"),
        (b'{"protocolSection": {"identificationModule": {"nctId": "NCT00000102"}', "NCT00000102: not a study record"),
        (b"{}", "has no NCT id"),
        (b'{"protocolSection":{"identificationModule":{"nctId":"ISRCTN1"}}}', "not a ClinicalTrials.gov identifier"),
        (b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000102","acronym":7}}}', "NCT00000102: .*acronym"),
        (b'\xff\xfe{"a":1}', "not a study record"),
    ],
)
def test_refuses_by_name_and_reason(raw: bytes, message: str) -> None:
    with pytest.raises(Refused, match=message):
        read_study(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.sampled_from(["", "protocolSection", "identificationModule", "design", "list"])), json_values)
def test_fields_nobody_knows_survive_the_round_trip(path: list[str], value: Any) -> None:
    record = json.loads(json.dumps(SMALL))
    record["protocolSection"]["identificationModule"]["newField"] = value
    record["protocolSection"]["contactsLocationsModule"]["locations"][1]["newField"] = value
    record["/".join(path) + "*"] = value
    assert round_trip(record) == record


@pytest.mark.parametrize("value", [[], {}, None])
def test_empty_values_survive_the_round_trip(value: Any) -> None:
    record = json.loads(json.dumps(SMALL))
    if value is not None:
        record["protocolSection"]["conditionsModule"] = {"conditions": value} if value == [] else value
    record["extra"] = value
    assert round_trip(record) == record


def test_what_the_model_names_is_not_unknown() -> None:
    raw = as_bytes(SMALL)
    assert unknown(raw, read_study(raw)) is None
