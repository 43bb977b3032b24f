"""Every page answers, keeps its promises of safety, and says what it must."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.test import Client

from tests.web.conftest import HOSTILE

JASMINE = "/studies/NCT06455449/"
PAGES = (
    "/",
    "/search/",
    "/search/?q=dermatomyositis&age=54",
    "/search/?near=Los+Angeles&within=100&sort=nearest",
    "/search/?near=Hungary",
    "/search/?q=nothing+at+all+fits+xyzzy",
    "/search/?recruiting=1&phase=PHASE3&phase=PHASE2&sex=female&healthy=1&results=without&from=2010&to=2030-12",
    "/search/?page=2",
    JASMINE,
    JASMINE + "?near=Los+Angeles&open=1&country=United+States&text=irvine",
    JASMINE + "history/",
    "/studies/NCT00000011/",
    "/studies/NCT00000011/history/",
    "/studies/NCT00000012/",
    "/studies/NCT00000013/",
    "/studies/NCT00000013/history/",
    "/studies/NCT99000001/",
    "/studies/NCT99000002/?near=Paris",
    "/compare/",
    "/compare/?id=NCT06455449&id=NCT99000001&near=Los+Angeles",
    "/saved/",
    "/saved/list/",
    "/saved/list/?id=NCT06455449&id=NCT00099999&id=junk",
    "/locations/",
    "/locations/Hungary/",
    "/locations/Hungary/_e/",
    "/locations/Hungary/_e/Budapest/",
    "/locations/Hungary/A_sB~C/",
    "/conditions/",
    "/conditions/?letter=d",
    "/conditions/?letter=Q",
    "/sponsors/",
    "/about-this-data/",
    "/glossary/",
)
PIECES = ("/saved/list/",)


class Walker(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def walked(client: Client, path: str) -> Walker:
    walker = Walker()
    walker.feed(client.get(path).content.decode())
    return walker


@pytest.mark.parametrize("path", PAGES)
def test_page_is_there(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", PAGES)
def test_page_asks_nothing_of_another_host_and_holds_nothing_inline(client: Client, path: str) -> None:
    for tag, attributes in walked(client, path).tags:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "srcset", "action", "poster", "data"):
            assert not (attributes.get(name) or "").startswith(("http", "//")), (tag, attributes)
        if tag == "script":
            assert attributes["src"]
        if tag != "a":
            assert not (attributes.get("href") or "").startswith(("http", "//")), (tag, attributes)
        assert not (attributes.get("href") or "").lower().startswith(("javascript:", "data:"))


@pytest.mark.parametrize("path", [path for path in PAGES if not path.startswith(PIECES)])
def test_page_has_landmarks_one_heading_and_named_fields(client: Client, path: str) -> None:
    tags = walked(client, path).tags
    names = [tag for tag, _ in tags]
    assert names.count("h1") == names.count("main") == names.count("header") - names.count("article") == 1
    assert tags[names.index("a")][1]["href"] == "#main"
    ids = [attributes["id"] for _, attributes in tags if attributes.get("id")]
    assert sorted(ids) == sorted(set(ids))
    labelled = {attributes.get("for") for tag, attributes in tags if tag == "label"}
    for tag, attributes in tags:
        if tag in ("input", "select") and attributes.get("type") != "hidden":
            assert attributes.get("id") in labelled, attributes
        if (attributes.get("href") or "").startswith("#"):
            assert (attributes["href"] or "")[1:] in ids, attributes["href"]


def test_headings_never_skip_a_level(client: Client) -> None:
    for path in PAGES:
        levels = [int(tag[1]) for tag, _ in walked(client, path).tags if re.fullmatch("h[1-6]", tag)]
        for before, after in pairwise(levels):
            assert after <= before + 1, (path, levels)


def test_hostile_text_is_text(client: Client) -> None:
    for path in (
        "/studies/NCT00000011/",
        "/search/?q=" + "quotes",
        "/compare/?id=NCT00000011",
        "/conditions/?letter=0",
    ):
        text = client.get(path).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text, path
    echoed = client.get("/search/", {"q": HOSTILE, "near": HOSTILE}).content.decode()
    assert "<script>alert" not in echoed


def test_headers(client: Client) -> None:
    response = client.get("/")
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert not response.cookies
    assert "Strict-Transport-Security" not in response


def test_unknown_hosts_are_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_static_files_are_served_and_may_be_kept_for_ever(client: Client) -> None:
    sources = [a.get("href") or a.get("src") for tag, a in walked(client, "/search/").tags if tag in ("link", "script")]
    for source in (source for source in sources if source and source.startswith("/static/")):
        response = client.get(source)
        assert response.status_code == 200, source
        assert "immutable" in response["Cache-Control"]
        assert b"".join(response)


def test_home_says_how_fresh_the_data_are(client: Client) -> None:
    text = client.get("/").content.decode()
    assert "<b>64</b> studies" in text
    assert "newest update" in text
    assert "60 of these studies are fictional" in text
