"""Searches to take away: tables, JSON, feeds, sitemaps."""

import csv
import io
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from equipoise.web.public import sitemap
from equipoise.web.public.columns import COLUMNS, harmless

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
REGISTRY_COLUMNS = """NCT Number; Study Title; Study URL; Acronym; Study Status; Brief Summary; Study Results;
Conditions; Interventions; Primary Outcome Measures; Secondary Outcome Measures; Other Outcome Measures; Sponsor;
Collaborators; Sex; Age; Phases; Enrollment; Funder Type; Study Type; Study Design; Other IDs; Start Date;
Primary Completion Date; Completion Date; First Posted; Results First Posted; Last Update Posted; Locations;
Study Documents""".replace("\n", " ")


pytestmark = pytest.mark.usefixtures("unrationed")


def rows(client: Client, query: str) -> list[dict[str, str]]:
    response = client.get(f"/search.csv?{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_columns_are_the_registrys() -> None:
    assert list(COLUMNS) == REGISTRY_COLUMNS.split("; ")


def test_a_row_of_jasmine(client: Client) -> None:
    (row,) = [row for row in rows(client, "q=anifrolumab") if row["NCT Number"] == "NCT06455449"]
    assert row["Study URL"] == "https://clinicaltrials.gov/study/NCT06455449"
    assert row["Acronym"] == "JASMINE"
    assert row["Study Status"] == "RECRUITING"
    assert row["Conditions"] == "Polymyositis|Dermatomyositis"
    assert row["Enrollment"] == "240"
    assert row["Phases"] == "PHASE3"
    assert "Masking: QUADRUPLE (PARTICIPANT, CARE_PROVIDER, INVESTIGATOR, OUTCOMES_ASSESSOR)" in row["Study Design"]
    assert row["Age"].startswith("18 Years to 75 Years")
    assert row["Locations"].count("|") == 3


def test_every_study_found_is_in_the_table(client: Client) -> None:
    found = rows(client, "")
    assert len(found) == 64 == len({row["NCT Number"] for row in found})


def test_many_chunks_lose_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.actions.find.CHUNK", 7)
    found = rows(client, "q=placebo")
    monkeypatch.setattr("equipoise.actions.find.CHUNK", 500)
    assert sorted(row["NCT Number"] for row in found) == sorted(row["NCT Number"] for row in rows(client, "q=placebo"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM", "\tx", "\rx"])
def test_spreadsheets_run_nothing(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("ordinary = text") == "ordinary = text"


def test_hostile_acronym_in_the_table(client: Client) -> None:
    (row,) = [row for row in rows(client, "q=quotes") if row["NCT Number"] == "NCT00000011"]
    assert row["Acronym"] == "'=X<b>"


def test_json_is_the_documented_answer(client: Client) -> None:
    answer = client.get("/search.json?q=anifrolumab&near=Los+Angeles&within=100").json()
    first = answer["studies"][0]
    assert first["nct_id"] == "NCT06455449"
    assert first["nearest_site"]["city"] == "Irvine"
    assert first["sites_near"] == 1
    assert answer["total"] >= 1
    assert "status" in answer["facets"]


def test_json_leads_on_to_the_next_page(client: Client) -> None:
    response = client.get("/search.json?per-page=50")
    assert response["Link"] == '<http://localhost/search.json?per-page=50&page=2>; rel="next"'
    assert "Link" not in client.get("/search.json?per-page=50&page=2")
    assert client.get("/search.json?per-page=5000").status_code == 400


def test_rss(client: Client) -> None:
    response = client.get("/search.rss?q=anifrolumab")
    channel = ET.fromstring(response.content).find("channel")
    assert response["Content-Type"].startswith("application/rss+xml")
    assert channel is not None
    assert "anifrolumab" in (channel.findtext("title") or "")
    assert channel.findtext("item/link") == "http://localhost/studies/NCT06455449/"


def test_atom_is_valid_and_newest_first(client: Client) -> None:
    response = client.get("/search.atom")
    feed = ET.fromstring(response.content)
    updates = [entry.findtext(f"{ATOM}updated") or "" for entry in feed.iter(f"{ATOM}entry")]
    assert response["Content-Type"].startswith("application/atom+xml")
    assert updates == sorted(updates, reverse=True)
    assert len(updates) == 50


def test_sitemap_names_every_study_and_place(client: Client) -> None:
    index = ET.fromstring(client.get("/sitemap.xml").content)
    parts = [each.text or "" for each in index.iter(f"{SITEMAP}loc")]
    addresses: set[str] = set()
    for part in parts:
        found = ET.fromstring(client.get(part.removeprefix("http://localhost")).content)
        addresses |= {each.text or "" for each in found.iter(f"{SITEMAP}loc")}
    assert "http://localhost/studies/NCT06455449/" in addresses
    assert sum("/studies/" in address for address in addresses) == 64
    assert "http://localhost/locations/Hungary/_e/" in addresses
    assert "http://localhost/locations/Hungary/_e/Gy%C5%91r/" in addresses
    for address in addresses:
        if "/locations/" in address:
            assert client.get(address.removeprefix("http://localhost")).status_code == 200
    assert client.get("/sitemap-studies-99.xml").status_code == 404
    assert client.get("/sitemap-studies-0.xml").status_code == 404
    assert client.get("/sitemap-places-99.xml").status_code == 404


@pytest.mark.usefixtures("unrationed")
def test_large_sitemaps_are_split(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = locations(client, "/sitemap-places-1.xml")
    monkeypatch.setattr(sitemap, "PART", 20)
    parts = [part for part in locations(client, "/sitemap.xml") if "places" in part]
    assert len(parts) == -(-len(whole) // 20) > 2
    assert [each for part in parts for each in locations(client, part.removeprefix("http://localhost"))] == whole


def locations(client: Client, path: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(client.get(path).content).iter(f"{SITEMAP}loc")]


def test_robots(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://localhost/sitemap.xml" in text
    assert "Disallow: /search" in text
