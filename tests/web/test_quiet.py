"""What goes wrong is said kindly and logged without what people searched for."""

import io
import logging

import pytest
from django.conf import settings
from django.test import Client, override_settings

from equipoise.kernel.refused import Refused
from equipoise.web.patience import Buckets
from equipoise.web.quiet import Quiet

SECRET = "secret disease of Jane"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the site's own handler writes."""
    written = io.StringIO()
    (handler,) = [handler for handler in logging.getLogger("django").handlers if handler.get_name() == "stderr"]
    monkeypatch.setattr(handler, "stream", written)
    return written


def _fail(*_: object, **__: object) -> None:
    raise ValueError(SECRET)


def test_an_error_is_a_page_and_a_log_line_without_words(
    client: Client, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    monkeypatch.setattr("equipoise.web.public.results.find_studies", _fail)
    client.raise_request_exception = False
    response = client.get("/search/?q=secret+disease")
    assert response.status_code == 500
    assert "Something failed on our side" in response.content.decode()
    assert "ValueError" in log.getvalue()
    assert "secret" not in log.getvalue()
    assert "Jane" not in log.getvalue()


def test_even_the_page_of_last_resort_answers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.web.public.results.find_studies", _fail)
    monkeypatch.setattr("equipoise.web.public.errors.render", _fail)
    client.raise_request_exception = False
    response = client.get("/search/?q=x")
    assert response.status_code == 500
    assert "Try again in a minute" in response.content.decode()


def test_a_library_that_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Refused("The index is missing.", do="Run: equipoise index --rebuild")

    monkeypatch.setattr("equipoise.web.public.results.find_studies", refuse)
    response = client.get("/search/?q=x")
    assert response.status_code == 503
    assert "The studies are not ready" in response.content.decode()
    assert response["Retry-After"] == "60"


def test_nothing_is_logged_of_searches_that_go_well_or_are_refused(client: Client, log: io.StringIO) -> None:
    for path in ("/search/?q=secret", "/search/?age=999&q=secret", "/nothing/?secret", "/studies/x/?secret"):
        client.get(path)
    assert log.getvalue() == ""


def test_query_strings_are_cut_from_messages() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 1, "Invalid: GET %s HTTP/1.1", ("/search/?q=secret",), None)
    assert Quiet().filter(record)
    assert record.getMessage() == "Invalid: GET /search/?[not logged] HTTP/1.1"


def test_not_found_is_kind(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "This page is not here" in response.content.decode()


def test_downloads_are_rationed(client: Client) -> None:
    answers = [client.get("/search.json?q=x", REMOTE_ADDR="192.0.2.7").status_code for _ in range(20)]
    assert answers[:12] == [200] * 12
    assert answers[-1] == 429
    refused = client.get("/search.csv", REMOTE_ADDR="192.0.2.7")
    assert "Too many downloads at once" in refused.content.decode()
    assert int(refused["Retry-After"]) >= 1
    assert client.get("/search/", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.get("/search.json?q=x", REMOTE_ADDR="192.0.2.8").status_code == 200


def test_tokens_come_back_with_time() -> None:
    buckets = Buckets(capacity=2, seconds=10)
    assert [buckets.take("a", 0), buckets.take("a", 0), buckets.take("a", 0)] == [0, 0, 10]
    assert buckets.take("a", 5) == 5
    assert buckets.take("a", 10) == 0
    assert buckets.take("b", 10) == 0


@override_settings(BEHIND_TLS=True)
def test_behind_a_proxy_the_client_is_the_last_address_it_saw(client: Client) -> None:
    for _ in range(13):
        answer = client.get(
            "/search.json?q=x", REMOTE_ADDR="127.0.0.1", headers={"x-forwarded-for": "1.1.1.1, 192.0.2.9"}
        )
    assert answer.status_code == 429


def test_no_sessions_of_djangos_own_and_no_debug() -> None:
    assert not settings.DEBUG
    assert "django.contrib.sessions" not in settings.INSTALLED_APPS
    assert len(settings.SECRET_KEY) > 40
