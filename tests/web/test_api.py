"""The API for other programs: every answer and every refusal is JSON; nothing sent is kept or logged."""

import datetime
import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from equipoise.actions.library import Library
from equipoise.kernel.refused import Refused
from tests.web.conftest import HOSTILE

API = "/api/v1"
PARSE, EVALUATE, QUESTION, MATCH = (
    f"{API}/{one}" for one in ("criteria/parse", "criteria/evaluate", "criteria/question", "match")
)
JASMINE = "NCT06455449"
ANNA: dict[str, Any] = {
    "age": 54,
    "sex": "female",
    "conditions": ["dermatomyositis"],
    "measurements": {"weight": "80 kg"},
}
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1970-05-01"}}],
}


@pytest.fixture(autouse=True)
def many(request: pytest.FixtureRequest) -> None:
    if "rationed" not in request.node.name:
        request.getfixturevalue("unrationed")


def post(client: Client, path: str, body: Any, status: int = 200) -> Any:
    raw = body if isinstance(body, str | bytes) else json.dumps(body)
    response = client.post(path, raw, content_type="application/json")
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"].startswith("application/json")
    return json.loads(response.content)


def got(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status
    assert response["Content-Type"].startswith("application/json")
    return json.loads(response.content)


def test_parse(client: Client) -> None:
    told = post(client, PARSE, {"text": "Inclusion Criteria:\n\n* Age 18 to 75 years"})
    assert told["format"] == "equipoise-criteria/1"
    assert told["criteria"][0]["expr"]["kind"] == "age"
    assert post(client, PARSE, {"text": ""})["criteria"] == []


def test_criteria_of_a_study_and_their_schema(client: Client) -> None:
    told = got(client, f"{API}/criteria/studies/{JASMINE}")
    assert told["by"] == "The Equipoise project"
    assert got(client, f"{API}/criteria/studies/nct99000004")["by"] == ""
    schema = got(client, f"{API}/criteria/schema")
    assert schema["title"] == told["format"]


def test_evaluate(client: Client) -> None:
    told = post(client, EVALUATE, {"study": JASMINE, "person": ANNA})
    assert told["standing"] == "possible"
    met = {one["id"]: one["met"] for one in told["criteria"]}
    assert met["I1"] == met["I2"] == "true"
    assert met["I7"] == "unknown"
    (weight,) = next(one for one in told["criteria"] if one["id"] == "I2")["reasons"]
    assert weight["because"] == "record"
    told = post(client, EVALUATE, {"study": JASMINE, "person": ANNA | {"age": 80}})
    assert told["standing"] == "excluded"


def test_what_parse_gives_evaluate_takes(client: Client) -> None:
    criteria = post(client, PARSE, {"text": "Inclusion Criteria:\n\n* Age 18 to 75 years"})
    told = post(client, EVALUATE, {"criteria": criteria, "person": {"age": 54}})
    assert told["standing"] == "definite"
    told = post(client, EVALUATE, {"criteria": criteria, "person": {"born": "2000-01-01"}, "at": "2017-06-01"})
    assert told["standing"] == "excluded"


def test_what_absence_means_may_be_said(client: Client) -> None:
    criteria = post(client, PARSE, {"text": "Exclusion Criteria:\n\n* Hepatitis B"})
    body = {"criteria": criteria, "person": {"age": 54}}
    assert post(client, EVALUATE, body)["standing"] == "possible"
    assert post(client, EVALUATE, body | {"absence": "closed"})["standing"] == "definite"
    post(client, EVALUATE, body | {"absence": "nonsense"}, 400)


def test_question(client: Client) -> None:
    told = post(client, QUESTION, {"study": JASMINE, "person": {"age": 54}})
    assert told["standing"] == "possible"
    assert told["question"]["text"]
    assert told["open"] > 5
    assert post(client, QUESTION, {"study": JASMINE, "person": {"age": 80}})["question"] is None


def test_match(client: Client) -> None:
    told = post(client, MATCH, {"person": ANNA, "limit": 3})
    assert told["studies"][0]["nct_id"] == JASMINE
    assert len(told["studies"]) <= 3
    near = post(client, MATCH, {"person": ANNA, "near": "Los Angeles", "within_km": 100})
    assert all(one["nearest_site"] for one in near["studies"])


def test_a_fhir_bundle_is_a_person(client: Client) -> None:
    assert post(client, EVALUATE, {"study": JASMINE, "person": BUNDLE})["standing"] == "possible"
    two = BUNDLE | {"entry": [*BUNDLE["entry"], {"resource": {"resourceType": "Patient", "id": "p2"}}]}
    error = post(client, EVALUATE, {"study": JASMINE, "person": two}, 422)["error"]
    assert error["why"] == "holds 2 people."


DEEP = '{"study":"NCT06455449","person":{"a":' + "[" * 900 + "]" * 900 + "}}"
REFUSED: list[tuple[str, Any, int, str]] = [
    (PARSE, "{", 400, "The body is not JSON."),
    (PARSE, b"\xff\xfe", 400, "The body is not JSON."),
    (PARSE, "", 400, "not of the form"),
    (PARSE, {"txt": "x"}, 400, "not of the form"),
    (PARSE, [1], 400, "not of the form"),
    (PARSE, {"text": "x" * 200_001}, 413, "is longer than 200,000 characters."),
    (EVALUATE, {"person": {}}, 422, "Give study or criteria"),
    (EVALUATE, {"study": JASMINE, "criteria": {}, "person": {}}, 422, "Give study or criteria"),
    (EVALUATE, {"study": "NCT00000001", "person": {}}, 404, "is not among the studies kept here."),
    (EVALUATE, {"study": "JASMINE", "person": {}}, 422, "is not a ClinicalTrials.gov identifier."),
    (EVALUATE, {"study": JASMINE, "person": {"agee": 5}}, 422, "says nothing about a person"),
    (EVALUATE, {"study": JASMINE, "person": {"age": 12345678901234567890123}}, 422, "is not an age"),
    (EVALUATE, {"study": JASMINE, "person": []}, 400, "not of the form"),
    (EVALUATE, {"criteria": {"format": "other/9"}, "person": {}}, 422, "format"),
    (EVALUATE, {"study": JASMINE, "person": {}, "at": "yesterday"}, 400, "not of the form"),
    (EVALUATE, DEEP, 422, "nests too deep"),
    (QUESTION, {"study": JASMINE}, 400, "not of the form"),
    (MATCH, {"person": {}, "limit": 100_000}, 400, "not of the form"),
    (MATCH, {"person": {}, "near": "Nowhereville"}, 422, "We do not know a place"),
]


@pytest.mark.parametrize(("path", "body", "status", "words"), REFUSED, ids=lambda value: str(value)[:30])
def test_refusals_are_json_in_words(client: Client, path: str, body: Any, status: int, words: str) -> None:
    assert words in post(client, path, body, status)["error"]["why"]


@pytest.mark.parametrize(
    ("path", "body", "what", "why"),
    [
        (QUESTION, {"study": JASMINE}, "person", "is missing."),
        (EVALUATE, {"study": JASMINE, "person": []}, "person", "must be an object."),
        (MATCH, {"person": {}, "limit": 100_000}, "limit", "must be 200 or less."),
        (MATCH, {"person": {}, "limit": "many"}, "limit", "must be a whole number."),
        (MATCH, {"person": {}, "near": 5}, "near", "must be text."),
    ],
)
def test_what_has_not_the_form_is_told_field_by_field(
    client: Client, path: str, body: Any, what: str, why: str
) -> None:
    (place,) = post(client, path, body, 400)["error"]["places"]
    assert (place["what"].rpartition(".")[2], place["why"]) == (what, why)


def test_a_study_or_an_address_that_is_not_there(client: Client) -> None:
    assert got(client, f"{API}/criteria/studies/NCT00000001", 404)["error"]["what"] == "NCT00000001"
    assert got(client, f"{API}/nothing", 404)["error"]["why"] == "This page is not here."
    assert client.get(PARSE).status_code == 405


def test_a_body_too_large(client: Client) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        error = post(client, PARSE, {"text": "x" * 2000}, 413)["error"]
    assert error["why"] == "The body is larger than 1,000 bytes."
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= 20_000_000


def test_programs_are_rationed_by_address(client: Client) -> None:
    body = json.dumps({"text": "x"})

    def asked(path: str, address: str) -> int:
        return client.post(path, body, content_type="application/json", REMOTE_ADDR=address).status_code

    answers = [asked(PARSE, "192.0.2.50") for _ in range(70)]
    assert answers[:60] == [200] * 60
    assert answers[-1] == 429
    for path in (EVALUATE, QUESTION, MATCH):
        refused = client.post(path, body, content_type="application/json", REMOTE_ADDR="192.0.2.50")
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) >= 1
        assert json.loads(refused.content)["error"]["why"] == "Too many requests at once."
    assert asked(PARSE, "192.0.2.51") == 200
    assert client.get(f"{API}/criteria/schema", REMOTE_ADDR="192.0.2.50").status_code == 200


def _not_ready() -> Library:
    raise Refused("The index is missing.", do="Run: equipoise index --rebuild")


def test_a_library_that_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.web.api.sent.the_library", _not_ready)
    assert post(client, MATCH, {"person": {}}, 503)["error"]["why"] == "The index is missing."


SECRET = "Jane's disease"


def _failing(*_: object, **__: object) -> None:
    raise ValueError(SECRET)


def test_a_failure_is_json_and_logs_nothing_that_was_sent(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    (handler,) = [one for one in logging.getLogger("django").handlers if one.get_name() == "stderr"]
    monkeypatch.setattr(handler, "stream", written)
    monkeypatch.setattr("equipoise.web.api.criteria.judge", _failing)
    client.raise_request_exception = False
    error = post(client, EVALUATE, {"study": JASMINE, "person": ANNA}, 500)["error"]
    assert "failed on our side" in error["why"]
    assert "ValueError" in written.getvalue()
    assert "Jane" not in written.getvalue()
    assert "dermatomyositis" not in written.getvalue()


def test_refusals_never_show_a_record_that_was_sent(client: Client) -> None:
    error = post(client, EVALUATE, {"study": 5, "person": "Jane Doe, born 1970"}, 400)
    assert "Jane" not in json.dumps(error)


def test_nothing_sent_is_kept(client: Client, web_home: Path) -> None:
    post(client, MATCH, {"person": ANNA})
    before = {path: path.read_bytes() for path in sorted(web_home.rglob("*")) if path.is_file()}
    for path, body in (
        (EVALUATE, {"study": JASMINE, "person": ANNA}),
        (MATCH, {"person": ANNA}),
        (PARSE, {"text": "x"}),
    ):
        post(client, path, body)
    assert {path: path.read_bytes() for path in sorted(web_home.rglob("*")) if path.is_file()} == before


def test_answers_are_in_no_cache_and_set_no_cookie(client: Client) -> None:
    response = client.post(PARSE, json.dumps({"text": HOSTILE}), content_type="application/json")
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies


def test_a_program_needs_no_token_and_a_session_opens_nothing(web_home: Path) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    assert post(strict, PARSE, {"text": "x"})["format"]


def test_the_description_names_every_address(client: Client) -> None:
    described = got(client, f"{API}/openapi.json")
    assert set(described["paths"]) == {
        PARSE,
        EVALUATE,
        QUESTION,
        MATCH,
        f"{API}/criteria/schema",
        f"{API}/criteria/studies/{{nct_id}}",
    }


def test_a_day_may_be_said_for_the_evaluation(client: Client) -> None:
    body = {"study": JASMINE, "person": {"born": "1950"}, "at": datetime.date(1990, 1, 1).isoformat()}
    ages = [one for one in post(client, EVALUATE, body)["criteria"] if one["id"] == "I1"]
    assert ages[0]["met"] == "true"


def test_a_record_may_tell_in_codes(client: Client) -> None:
    criteria = post(client, PARSE, {"text": "Exclusion Criteria:\n\n* Hepatitis B"})
    person = {"age": 54, "conditions": [{"name": "HBV", "codes": ["ICD10CM:B18.1"], "since": "2020"}]}
    assert post(client, EVALUATE, {"criteria": criteria, "person": person})["standing"] == "excluded"
