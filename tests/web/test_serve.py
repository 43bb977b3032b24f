"""The site as its own program: what a browser meets when it asks over the wire."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from equipoise.web.serve import LONGEST_REQUEST_LINE
from tests.serving import serving


@pytest.fixture(scope="module")
def served(web_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address, and the file that holds all the program wrote."""
    log = tmp_path_factory.mktemp("serve") / "log"
    with log.open("wb") as file, serving(web_home, file) as address:
        yield address, log


def test_a_ten_kilobyte_search_is_answered_in_our_words(served: tuple[str, Path]) -> None:
    answer = httpx.get(served[0] + "/search/?q=" + "secret+" * 1500)
    assert answer.status_code == 400
    assert "There is a problem" in answer.text


def test_pages_are_sent_packed_and_keep_their_headers(served: tuple[str, Path]) -> None:
    answer = httpx.get(served[0] + "/studies/NCT99000001/")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


def test_a_download_streams(served: tuple[str, Path]) -> None:
    with httpx.stream("GET", served[0] + "/search.csv") as answer:
        assert answer.headers.get("Transfer-Encoding") == "chunked"
        assert sum(line.startswith("NCT") for line in answer.iter_lines()) == 64


def test_nothing_anyone_asked_is_written_down(served: tuple[str, Path]) -> None:
    address, log = served
    httpx.get(address + "/search/?q=secret")
    for line in (
        b"GET /search/?q=secret nonsense\r\n\r\n",
        b"GET /?q=secret" + b"x" * LONGEST_REQUEST_LINE + b"xx\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as wire:
            wire.sendall(line)
            assert wire.recv(1000).startswith(b"HTTP/1.1 4")
    assert "secret" not in log.read_text()
