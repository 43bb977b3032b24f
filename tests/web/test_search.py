"""Searching: what is asked in the address, what comes back, what is refused."""

import gzip
from pathlib import Path

import pytest
from django.test import Client

from equipoise.actions.library import Library
from equipoise.actions.load import load_entries
from equipoise.exchange.files import Entry
from equipoise.store.load import Origin
from tests.making import record, updated


def text_of(client: Client, **params: object) -> str:
    response = client.get("/search/", params)
    assert response.status_code == 200
    return str(response.content.decode())


def test_result_says_where_why_and_how_near(client: Client) -> None:
    text = text_of(client, q="anifrolumab", near="Los Angeles", within="100", age="54")
    assert "4 of 218 sites listed here, 1 near you, nearest 58 km" in text
    assert "University of California Irvine" in text
    assert "<mark>" in text
    assert 'href="/studies/NCT06455449/?near=Los+Angeles"' in text


def test_a_state_is_a_place(client: Client) -> None:
    text = text_of(client, q="anifrolumab", near="California")
    assert "in California" in text
    assert "4 of 218 sites listed here, 1 open in California, United States" in text
    assert "Place: California, United States" in text
    assert "JASMINE" not in text_of(client, q="anifrolumab", near="Bavaria")


def test_places_like_an_unknown_one_are_links_to_the_same_search_there(client: Client) -> None:
    response = client.get("/search/", {"q": "anifrolumab", "near": "Los Angelos", "within": "100", "age": "54"})
    text = response.content.decode()
    assert response.status_code == 400
    address = "?q=anifrolumab&amp;within=100&amp;age=54&amp;near=Los+Angeles%2C+California%2C+United+States"
    assert f'<a href="{address}">Los Angeles, California, United States</a>' in text
    there = client.get("/search/" + address.replace("&amp;", "&")).content.decode()
    assert "Within 100 km of Los Angeles" in there
    assert "1 near you" in there
    assert "Did you mean Los Angeles" in client.get("/search.csv", {"near": "Los Angelos"}).content.decode()


def test_the_map_shows_what_lies_around_the_place(client: Client) -> None:
    around, globe = (map_of(text_of(client, q="dermatomyositis", **near)) for near in ({"near": "Los Angeles"}, {}))
    assert "lie outside this map" in around
    assert "lie outside this map" not in globe
    assert "km" in around


def map_of(text: str) -> str:
    return text.partition('id="map"')[2].partition("</figure>")[0]


def test_words_with_several_meanings_are_asked_about(client: Client) -> None:
    text = text_of(client, q="DM children", age="54")
    assert "By “DM”, did you mean" in text
    assert '<a href="/search/?age=54&amp;q=dermatomyositis+children"><strong>dermatomyositis</strong></a>' in text
    assert "did you mean" not in text_of(client, q="asthma")


def test_fictional_rows_are_marked(client: Client) -> None:
    text = text_of(client)
    assert text.count('<span class="fictional-tag">Fictional study</span>') == text.count("· NCT99")


def test_facets_have_counts_and_keep_what_is_chosen(client: Client) -> None:
    text = text_of(client, status="RECRUITING", country="Atlantis")
    assert 'name="status" value="RECRUITING"' in text
    assert 'value="Atlantis" id="f-country-1" checked' in text


def test_chips_take_one_filter_away(client: Client) -> None:
    text = text_of(client, q="placebo", phase=["PHASE2", "PHASE3"], age="54")
    assert 'href="/search/?q=placebo&amp;age=54&amp;phase=PHASE3"' in text
    assert 'href="/search/?q=placebo&amp;phase=PHASE2&amp;phase=PHASE3"' in text


def test_recruiting_is_short_for_a_status(client: Client) -> None:
    assert "Remove filter: </span>Enrolling" in text_of(client, recruiting="1")


def test_words_are_not_needed(client: Client) -> None:
    assert "All studies" in text_of(client, q="  ")


@pytest.mark.parametrize("words", ["NCT06455449", "nct6455449", "D3463C00003"])
def test_an_identifier_leads_straight_to_its_study(client: Client, words: str) -> None:
    response = client.get("/search/", {"q": words})
    assert response.status_code == 302
    assert response["Location"] == "/studies/NCT06455449/"


def test_an_identifier_with_a_filter_is_a_search(client: Client) -> None:
    assert client.get("/search/", {"q": "NCT06455449", "age": "54"}).status_code == 200


def test_pages_have_no_ceiling(client: Client) -> None:
    assert 'aria-current="page"' in text_of(client, page="2")
    assert "21 to 40 shown" in text_of(client, page="2")


def test_nothing_found_says_what_to_do(client: Client) -> None:
    text = text_of(client, q="xyzzyplugh", near="Budapest", within="25", recruiting="1")
    assert "look at any distance from" in text
    assert "include studies that are not enrolling now" in text


def test_the_filter_button_stands_where_there_is_something_to_filter(client: Client) -> None:
    button = 'href="#filters"'
    assert button in text_of(client, q="widgets")
    assert button not in text_of(client, q="zzzz")
    assert button in text_of(client, q="zzzz", phase="phase2")


def test_a_browser_that_takes_gzip_gets_the_same_page(client: Client) -> None:
    plain = client.get("/search/", {"q": "widgets"})
    packed = client.get("/search/", {"q": "widgets"}, headers={"accept-encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert not plain.has_header("Content-Encoding")
    assert gzip.decompress(packed.content) == plain.content
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"


def test_a_page_that_was_kept_is_written_anew_when_the_studies_change(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    library = Library.open(tmp_path)
    for date, title in (("2025-01-01", "Round widgets"), ("2026-01-01", "Square widgets")):
        raw = record(7, identificationModule={"briefTitle": title}, statusModule=updated(date))
        load_entries(library, [Entry("test", raw=raw)], Origin("import", "test", f"{date}T00:00:00+00:00"))
        for _ in range(2):
            assert title in client.get("/search/", {"q": "study OR 7 OR round OR square"}).content.decode()
            assert title in client.get("/studies/NCT00000007/").content.decode()
    library.close()


def test_the_search_can_be_taken_away(client: Client) -> None:
    text = text_of(client, q="placebo")
    for name in ("csv", "json", "rss", "atom"):
        assert f'href="/search.{name}?q=placebo"' in text


BAD = (
    ({"age": "999"}, "age", "Age must be from 0 to 120 years"),
    ({"age": "-3"}, "age", "Age must be"),
    ({"age": "old"}, "age", "Age must be"),
    ({"age": "9" * 400}, "age", "400 characters long"),
    ({"near": "Xyzzyville Qqq"}, "near", "Xyzzyville"),
    ({"near": "999,999"}, "near", ""),
    ({"within": "5000"}, "within", "whole number of kilometres"),
    ({"within": "-1"}, "within", "whole number of kilometres"),
    ({"sex": "purple"}, "sex", "female, male or any"),
    ({"status": "HAPPY"}, "status", "not one of the choices"),
    ({"phase": "9"}, "phase", "not one of the choices"),
    ({"sort": "random"}, "sort", "That order is not known"),
    ({"sort": "nearest"}, "near", "Give a place"),
    ({"page": "abc"}, "page", "whole number from 1"),
    ({"page": "0"}, "page", "whole number from 1"),
    ({"page": "-1"}, "page", "whole number from 1"),
    ({"page": "٣"}, "page", "whole number from 1"),
    ({"from": "soon"}, "from", "is not a date"),
    ({"to": "2024-13"}, "to", "not a date"),
    ({"from": "2025", "to": "2020"}, "from", "comes after the second"),
    ({"results": "maybe"}, "results", "with results, without, or both"),
    ({"q": "a\x00b"}, "q", "signs that cannot be read"),
    ({"q": "a\x07b"}, "q", "signs that cannot be read"),
    ({"country": "a\x00b"}, "country", "signs that cannot be read"),
    ({"q": "word " * 2000}, "q", "characters long"),
    ({"near": "x" * 10_000}, "near", "characters long"),
    ({"age": ["54", "60"]}, "age", "Age was given 2 times"),
    ({"q": ["a", "b"]}, "q", "Words was given 2 times"),
    ({"country": [f"c{n}" for n in range(60)]}, "country", "at most 50"),
)


@pytest.mark.usefixtures("unrationed")
@pytest.mark.parametrize(("params", "field", "words"), BAD)
def test_bad_input_is_refused_at_its_field(client: Client, params: dict[str, object], field: str, words: str) -> None:
    response = client.get("/search/", params)
    text = response.content.decode()
    assert response.status_code == 400
    assert "There is a problem" in text
    assert f'href="#field-{field}"' in text
    assert f'id="field-{field}"' in text
    assert words in text
    for name in ("csv", "json", "rss", "atom"):
        answer = client.get(f"/search.{name}", params)
        assert answer.status_code == 400
        assert answer.content.decode().startswith(f"{field}: ")


@pytest.mark.parametrize("page", ["99", "10000001", "999999999999"])
def test_a_page_past_the_end(client: Client, page: str) -> None:
    response = client.get("/search/", {"q": "placebo", "page": page})
    assert response.status_code == 404
    assert 'href="/search/?q=placebo"' in response.content.decode()


@pytest.mark.parametrize(
    "words", ['"', "(((", "a:b", "[ ] ( ) ,", "-", "AND OR NOT", "\\", "😀", "%", "x" * 900, "ő" * 300]
)
def test_strange_words_are_only_words(client: Client, words: str) -> None:
    assert client.get("/search/", {"q": words}).status_code == 200


@pytest.mark.parametrize("query", ["q=%ff%fe", "q=asthma%ff", "near=%c3", "condition=%ff", "sponsor=%e2%28"])
def test_bytes_that_are_not_text_are_refused_in_words(client: Client, query: str) -> None:
    response = client.get(f"/search/?{query}")
    assert response.status_code == 400
    assert "This holds signs that cannot be read. Type it again by hand." in response.content.decode()


def test_too_many_parameters(client: Client) -> None:
    response = client.get("/search/?" + "&".join(f"a{n}=1" for n in range(1200)))
    assert response.status_code == 400


def test_a_search_is_never_kept_by_caches_or_indexed(client: Client) -> None:
    assert '<meta name="robots" content="noindex">' in text_of(client, q="placebo")
