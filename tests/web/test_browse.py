"""Places, conditions, sponsors, comparison and the saved list."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from equipoise.kernel.refused import Refused
from equipoise.web.public.slugs import name_of, slug_of


def text_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return str(response.content.decode())


def test_country_region_city(client: Client) -> None:
    assert 'href="/locations/Hungary/"' in text_of(client, "/locations/")
    country = text_of(client, "/locations/Hungary/")
    assert 'href="/locations/Hungary/_e/"' in country
    assert "Region not given" in country
    assert "A/B-C" in country
    region = text_of(client, "/locations/Hungary/_e/")
    assert 'href="/locations/Hungary/_e/Gy%C5%91r/"' in region
    city = text_of(client, "/locations/Hungary/_e/Gy%C5%91r/")
    assert "Widgets in Hungary" in city
    assert "1 study has a site here" in city


@pytest.mark.parametrize(
    "path",
    [
        "/locations/Atlantis/",
        "/locations/Hungary/Atlantis/",
        "/locations/Hungary/_e/Atlantis/",
        "/locations/_x/",
        "/locations/Hungary/_e/Budapest/?page=9",
        "/locations/Hungary/_e/Budapest/?page=x",
        "/conditions/?letter=%C5%90",
        "/conditions/?page=99",
    ],
)
def test_places_that_are_not(client: Client, path: str) -> None:
    assert 'name="q"' in text_of(client, path, 404)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_every_name_comes_back_from_its_address(name: str) -> None:
    slug = slug_of(name)
    assert name_of(slug) == name
    assert not set(slug) & set(" /?#\\")
    assert slug not in ("", ".", "..")


def test_an_address_nobody_wrote() -> None:
    with pytest.raises(Refused, match="not the address of a place"):
        name_of("_x")


@pytest.mark.parametrize("path", ["/", "/sponsors/"])
def test_a_letter_with_which_no_sponsor_begins_is_no_link(client: Client, path: str) -> None:
    text = text_of(client, path)
    assert '/sponsors/?letter=F"' in text
    assert '/sponsors/?letter=X"' not in text
    assert '<span class="soft">X</span>' in text


def test_a_page_too_far_of_a_letter(client: Client) -> None:
    response = client.get("/sponsors/?letter=A&page=9")
    assert response.status_code == 404
    assert "This letter has 1 page." in response.content.decode()


def test_conditions_by_letter(client: Client) -> None:
    text = text_of(client, "/conditions/?letter=w")
    assert 'href="/search/?condition=Widget+Deficiency"' in text
    assert "Nothing begins with this letter" in text_of(client, "/conditions/?letter=Z")


def test_compare_side_by_side(client: Client) -> None:
    text = text_of(client, "/compare/?id=NCT06455449&id=nct99000001&near=Los+Angeles")
    assert "Nearest open site to Los Angeles" in text
    assert text.index("JASMINE") < text.index("Fictional study")
    assert "4 of 218 sites listed here, 1 open" in text
    assert "218 sites, " in text


def test_compare_counts_open_sites_in_a_state(client: Client) -> None:
    text = text_of(client, "/compare/?id=NCT06455449&id=NCT99000001&near=California")
    assert "Open sites in California" in text
    assert "Nearest open site" not in text
    assert '<td role="cell">1</td>' in text


def test_compare_offers_places_like_an_unknown_one(client: Client) -> None:
    text = text_of(client, "/compare/?id=NCT06455449&near=Los+Angelos", 400)
    assert 'href="?id=NCT06455449&amp;near=Los+Angeles%2C+California%2C+United+States"' in text


def test_glossary_has_a_way_to_each_letter(client: Client) -> None:
    text = text_of(client, "/glossary/")
    assert 'href="#letter-M"' in text
    assert text.index('id="letter-M"') < text.index('id="word-masking"') < text.index('id="letter-N"')


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("&".join(f"id=NCT9900000{n}" for n in range(1, 7)), "There is room for 4"),
        ("id=banana", "is not the number of a study"),
        ("id=NCT00099999", "not among the studies kept here"),
        ("id=NCT06455449&near=Xyzzyville", "Xyzzyville"),
    ],
)
def test_compare_says_what_it_cannot(client: Client, query: str, words: str) -> None:
    assert words in text_of(client, f"/compare/?{query}", 400)


def test_compare_nothing_says_what_to_do(client: Client) -> None:
    assert "Nothing to compare yet." in text_of(client, "/compare/")


def test_saved_without_scripts_says_so(client: Client) -> None:
    assert "<noscript>" in text_of(client, "/saved/")


def test_saved_list_is_a_piece_of_page(client: Client) -> None:
    text = text_of(client, "/saved/list/?id=NCT06455449&id=NCT00099999")
    assert "<html" not in text
    assert "JASMINE" in text
    assert "NCT00099999 is no longer" in text
    assert "Nothing saved yet." in text_of(client, "/saved/list/")


def test_about_names_source_date_and_limits(client: Client) -> None:
    text = text_of(client, "/about-this-data/")
    for words in ("ClinicalTrials.gov", "not medical advice", "does not endorse", "1 November 2026", "test records"):
        assert words in text
