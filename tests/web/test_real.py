"""Every real record as a page: none fails, none is without its title, none shows a word of Python."""

from html import unescape

import pytest
from django.test import Client

from equipoise.actions.library import Library
from equipoise.actions.read import every_nct_id, read_studies


@pytest.fixture
def client(real_library: Library, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("EQUIPOISE_HOME", str(real_library.home))
    return Client(headers={"host": "localhost"})


def test_every_real_study_has_its_page(client: Client, real_library: Library) -> None:
    for study in read_studies(real_library, every_nct_id(real_library)):
        response = client.get(f"/studies/{study.nct_id}/")
        text = response.content.decode()
        assert response.status_code == 200
        assert study.title in unescape(text)
        for word in (">None<", "Undefined", "Location(", "Outcome("):
            assert word not in text.replace("<li>None</li>", ""), (study.nct_id, word)


def test_every_page_of_every_result_can_be_walked(client: Client, real_library: Library) -> None:
    seen: set[str] = set()
    for page in range(1, 26):
        text = client.get(f"/search/?page={page}").content.decode()
        seen |= {nct for nct in every_nct_id(real_library) if f'href="/studies/{nct}/"' in text}
    assert len(seen) == 495
