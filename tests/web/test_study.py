"""The study page: everything the registry says, in the order people ask."""

import datetime

import pytest
from django.test import Client

from equipoise.studies.read import read_study
from equipoise.web.public.study import stale_words
from tests.making import record

JASMINE = "/studies/NCT06455449/"


def text_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_jasmine_in_the_order_of_the_seed(client: Client) -> None:
    text = text_of(client, JASMINE)
    order = (
        "JASMINE",
        "A Study to Investigate the Efficacy and Safety of Anifrolumab",
        "AstraZeneca",
        "Status and phase",
        "Enrolling",
        "Phase 3",
        "Conditions",
        "Polymyositis",
        "Treatments",
        "Combination Product:",
        "Study type",
        "Interventional",
        "Funder types",
        "Industry",
        "Identifiers",
        "NCT06455449",
        "D3463C00003",
        "About</h2>",
        "240 estimated",
        "All",
        "18 to 75 years",
        "Inclusion Criteria",
        "Exclusion Criteria",
        "Primary purpose",
        "Randomized",
        "Parallel Assignment",
        "Quadruple",
        "participant, care provider, investigator, outcomes assessor",
        "240 people in 2 arms",
        "Dates</h2>",
        "Contacts and locations</h2>",
        "Words explained",
    )
    place = 0
    for words in order:
        place = text.index(words, place)


def test_jasmine_is_honest_about_its_sites(client: Client) -> None:
    text = text_of(client, JASMINE)
    assert "4 of 218 sites listed here, 1 open now" in text
    assert "Not all of this study’s sites are listed here." in text
    assert "equipoise sync" in text


def test_places_like_an_unknown_one_are_links_on_the_study_page(client: Client) -> None:
    response = client.get(JASMINE, {"near": "Los Angelos"})
    assert response.status_code == 400
    address = "?near=Los+Angeles%2C+California%2C+United+States#locations"
    assert f'<a href="{address}">' in response.content.decode()


def test_source_and_attribution(client: Client) -> None:
    text = text_of(client, JASMINE)
    assert 'href="https://clinicaltrials.gov/study/NCT06455449"' in text
    assert "updated 27 January 2026" in text
    assert "U.S. National Library of Medicine, which does not endorse this site" in text
    assert "not medical advice" in text


def test_criteria_keep_their_nesting(client: Client) -> None:
    text = text_of(client, JASMINE)
    assert text.index("Any of these diseases is documented") < text.index("<ul>", text.index("Exclusion Criteria"))
    assert "inclusion body myositis" in text


def test_fictional_studies_say_so_and_have_no_source(client: Client) -> None:
    text = text_of(client, "/studies/NCT99000001/")
    assert "<strong>Fictional study.</strong>" in text
    assert "clinicaltrials.gov/study" not in text
    assert "Fictional study" not in text_of(client, JASMINE)


def test_sites_open_ones_first_and_nearest_first(client: Client) -> None:
    text = text_of(client, JASMINE + "?near=Los+Angeles")
    assert "Nearest open site:" in text
    listed = text[text.index('<ol class="sites">') :]
    assert listed.index("Irvine") < listed.index("Denver") < listed.index("New Haven")


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [("text=irvine", "Irvine", "New Haven, Connecticut"), ("country=United+States", "New Haven", "nothing")],
)
def test_sites_filtered(client: Client, query: str, there: str, gone: str) -> None:
    text = text_of(client, f"{JASMINE}?{query}")
    listed = text[text.index('<ol class="sites">') : text.index("</ol>", text.index('<ol class="sites">'))]
    assert there in listed
    assert gone not in listed


def test_sites_of_a_country_come_first_where_that_was_asked(client: Client) -> None:
    text = text_of(client, "/studies/NCT99000001/?near=Japan")
    first = text[text.index('class="where"') :][:200]
    assert "Japan" in first


def test_no_site_fits(client: Client) -> None:
    assert "No site fits." in text_of(client, JASMINE + "?text=atlantis")


def test_many_sites_are_folded_but_all_there(client: Client) -> None:
    text = text_of(client, "/studies/NCT99000001/")
    assert "The other 198 sites" in text
    assert text.count('<li class="site">') == 218


def test_an_unknown_place_is_a_problem_of_its_field(client: Client) -> None:
    response = client.get(JASMINE + "?near=Xyzzyville")
    assert response.status_code == 400
    assert 'href="#field-near"' in response.content.decode()


@pytest.mark.parametrize("path", ["/studies/nct06455449/", "/studies/NCT6455449/", "/studies/nct0006455449/"])
def test_other_spellings_lead_to_the_one_address(client: Client, path: str) -> None:
    response = client.get(path + "?near=Paris")
    assert response.status_code == 301
    assert response["Location"] == "/studies/NCT06455449/?near=Paris"


def test_a_missing_slash_is_added(client: Client) -> None:
    assert client.get("/studies/NCT06455449")["Location"] == "/studies/NCT06455449/"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/studies/NCT00099999/", "not among those kept here"),
        ("/studies/banana/", "No study has this number"),
        ("/studies/NCT00099999.json", "not among those kept here"),
        ("/studies/NCT00099999/history/", "not among those kept here"),
    ],
)
def test_a_study_that_is_not_here(client: Client, path: str, words: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert words in response.content.decode()
    assert 'name="q"' in response.content.decode()


def test_the_raw_record(client: Client) -> None:
    response = client.get("/studies/NCT06455449.json")
    assert response["Content-Type"] == "application/json"
    assert response.json()["protocolSection"]["identificationModule"]["acronym"] == "JASMINE"


def test_history_says_what_changed(client: Client) -> None:
    text = text_of(client, "/studies/NCT00000013/history/")
    assert text.index("Updated 1 January 2026") < text.index("Updated 1 January 2025")
    assert "The first version we hold." in text
    assert "2 versions, and what changed" in text_of(client, "/studies/NCT00000013/")


def test_a_bare_record_says_what_is_not_known(client: Client) -> None:
    text = text_of(client, "/studies/NCT00000012/")
    assert "The record has no summary." in text
    assert "The record gives no criteria." in text
    assert "The record lists no locations." in text


def test_every_explained_word_is_linked_to_its_meaning(client: Client) -> None:
    text = text_of(client, JASMINE)
    assert 'href="#word-masking"' in text
    assert 'id="word-masking"' in text


@pytest.mark.parametrize(
    ("status", "verified", "words"),
    [
        ("RECRUITING", "2024-03", "more than 2 years ago"),
        ("RECRUITING", "2025-06", "more than 1 year ago"),
        ("RECRUITING", "2026-06-01", ""),
        ("COMPLETED", "2004-03", ""),
        ("RECRUITING", "someday", ""),
    ],
)
def test_a_record_nobody_confirmed_for_a_year_says_so(status: str, verified: str, words: str) -> None:
    raw = record(1, statusModule={"overallStatus": status, "statusVerifiedDate": verified})
    assert stale_words(read_study(raw), datetime.date(2026, 11, 1)) == words
