"""The staff reading desk and its door: for the research office alone, nothing lost on a mistake, every version kept."""

import json
import re
import shutil
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from tests.accounts import fresh_client, make_person, signed_in
from tests.web.conftest import HOSTILE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web_home")]
JASMINE = "/staff/reading/NCT06455449/"
FICTIONAL = "/staff/reading/NCT99000004/"
WEIGHT = {"kind": "value", "measure": "weight", "range": {"low": "40", "high": "120"}, "unit": "kg"}


@pytest.fixture
def own_home(web_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the library, for tests that settle something."""
    home = tmp_path / "home"
    shutil.copytree(web_home, home)
    monkeypatch.setenv("EQUIPOISE_HOME", str(home))
    return home


@pytest.fixture
def staff(unrationed: None) -> Client:
    return signed_in(make_person(office=True))


def shown(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def sent(client: Client, form: dict[str, str], path: str = FICTIONAL, status: int = 200) -> str:
    response = client.post(path, form, follow=True)
    assert response.status_code == status
    return response.content.decode()


def part(page: str, criterion: str) -> str:
    start = page.index(f'<section class="read-one" id="{criterion}"')
    return page[start : page.index("</section>", start)]


# The door


@pytest.mark.parametrize("path", ["/staff/", JASMINE])
def test_who_has_not_signed_in_is_led_to_the_door_and_back(path: str) -> None:
    response = fresh_client().get(path)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/sign-in/?{urlencode({'next': path})}")


@pytest.mark.parametrize("path", ["/staff/", JASMINE])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_of_the_office_is_told_whom_to_ask(path: str, method: str) -> None:
    response = getattr(signed_in(make_person("ben")), method)(path, {"criterion": "I1", "words": "Age over 90"})
    assert response.status_code == 403
    assert "ask for “research office”" in response.content.decode()


def test_nothing_is_settled_by_who_has_not_signed_in() -> None:
    stranger = fresh_client()
    response = stranger.post(JASMINE, {"criterion": "I1", "words": "Age over 90"})
    assert response["Location"].startswith("/accounts/sign-in/")
    assert "Age over 90" not in shown(stranger, "/studies/NCT06455449/join/?all=1")


def test_a_form_without_its_token_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    response = signed_in(make_person(office=True), client=strict).post(JASMINE, {"criterion": "I1"})
    assert response.status_code == 403
    assert "This form could not be taken" in response.content.decode()


def test_names_are_only_text() -> None:
    person = make_person(office=True)
    person.full_name = "<b>Ada</b> <script>"
    person.save()
    page = shown(signed_in(person), JASMINE)
    assert "&lt;b&gt;Ada&lt;/b&gt; &lt;script&gt;" in page
    assert "<b>Ada" not in page


@pytest.mark.parametrize("path", ["/staff/", JASMINE])
def test_no_staff_page_is_kept_in_a_cache(staff: Client, path: str) -> None:
    assert "no-store" in staff.get(path)["Cache-Control"]


# The desk


def test_choosing_a_study(staff: Client) -> None:
    assert staff.get("/staff/?nct=nct06455449")["Location"] == JASMINE
    response = staff.get("/staff/?nct=JASMINE")
    assert response.status_code == 400
    assert "is not a ClinicalTrials.gov identifier" in response.content.decode()
    assert staff.get("/staff/reading/NCT00000001/").status_code == 404
    assert staff.get("/staff/reading/NCT00000012/").status_code == 200


def test_the_text_stands_beside_its_reading(staff: Client) -> None:
    page = shown(staff, FICTIONAL)
    text = page[page.index('<div class="text">') : page.index("</div>", page.index('<div class="text">'))]
    assert '<a class="piece opaque" href="#E7">controlled</a>' in text
    assert re.search(r'<a class="piece read" href="#E6">[^<]*glomerular filtration rate', text)
    assert "estimated glomerular filtration rate less than 45" in part(page, "E6")
    assert "Read in part" in part(page, "E7")
    assert "Must not be true" in part(page, "E7")
    assert "Nobody has settled them yet." in page
    assert re.search(r"\d+ criteria: \d+ read, \d+ in part, \d+ not\.", page)


def test_no_word_of_the_text_is_lost(staff: Client) -> None:
    from equipoise.actions.read import read_study_page
    from equipoise.web.library import the_library

    for study in ("NCT06455449", "NCT99000004", "NCT99000042"):
        page = shown(staff, f"/staff/reading/{study}/")
        start = page.index('<div class="text">') + len('<div class="text">')
        text = re.sub("<[^>]+>", "", page[start : page.index("</div>", start)])
        told = read_study_page(the_library(), study).study.eligibility.eligibility_criteria or ""
        assert (
            text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#39;", "'")
            .replace("&#34;", '"')
            .replace("&amp;", "&")
            == told
        )


def test_a_curated_reading_shows_what_the_program_alone_would_read_there(staff: Client) -> None:
    page = shown(staff, JASMINE)
    assert "Settled by <strong>The Equipoise project</strong>" in page
    assert "age at least 18 years" in part(page, "I1")
    assert "The program alone reads: answered yes: Are you able" not in part(page, "I1")


def test_lints_stand_with_their_criterion(staff: Client, own_home: Path) -> None:
    page = sent(staff, {"criterion": "I1", "json": json.dumps(WEIGHT | {"range": {"low": "90", "high": "40"}})})
    assert "notice" in part(page, "I1")


def test_settling_by_words(staff: Client, own_home: Path) -> None:
    before = shown(staff, FICTIONAL)
    assert "Read in part" in part(before, "E7")
    page = sent(staff, {"criterion": "E7", "words": "Hepatitis B, hepatitis C or HIV infection"})
    assert "Settled by <strong>Dr Ada Weiss</strong>" in page
    assert "Read in part" not in part(page, "E7")
    assert "HIV" in part(page, "E7")
    assert "The program alone reads:" in part(page, "E7")
    assert '<a class="piece read" href="#E7">' in page
    assert part(page, "I3").count("Willing and able") == part(before, "I3").count("Willing and able")


def test_settling_by_json_counts_for_visitors_at_once(staff: Client, own_home: Path) -> None:
    page = sent(staff, {"criterion": "I1", "json": json.dumps(WEIGHT)})
    assert "weight at least 40 kg and at most 120 kg" in part(page, "I1")
    assert "What is your weight?" in shown(staff, "/studies/NCT99000004/join/?all=1")


WRONG_JSON = {
    '{"kind": "nonsense"}': "Invalid value",
    "{": "Input data was truncated",
    "[]": "Expected",
    '{"kind": "not", "of": ' * 90 + '{"kind": "sex", "sex": "male"}' + "}" * 90: "nests deeper than 60 levels",
    '{"kind": "value", "measure": "weight", "range": {"low": "heavy"}}': "low",
}


@pytest.mark.parametrize("typed", WRONG_JSON, ids=lambda typed: typed[:20])
def test_wrong_json_comes_back_with_what_is_wrong(staff: Client, typed: str) -> None:
    page = sent(staff, {"criterion": "I1", "json": typed}, status=400)
    assert WRONG_JSON[typed] in part(page, "I1")
    assert 'href="#json-I1"' in page
    assert typed.replace('"', "&#34;") in part(page, "I1")
    assert '<details class="more" open>' in part(page, "I1")
    assert "Nobody has settled them yet." in page


@pytest.mark.parametrize("typed", ["", "   "])
def test_no_words(staff: Client, typed: str) -> None:
    page = sent(staff, {"criterion": "I1", "words": typed}, status=400)
    assert "No words were given." in part(page, "I1")
    assert 'href="#words-I1"' in page


def test_hostile_words_and_people_are_only_text(staff: Client, own_home: Path) -> None:
    page = sent(staff, {"criterion": "I1", "words": HOSTILE})
    assert '<script>alert("x")' not in page
    assert "&lt;script&gt;" in page
    page = sent(staff, {"person": f"id: {HOSTILE}\nage: 3"})
    assert '<script>alert("x")' not in page
    page = sent(staff, {"person": "id: <script>alert(1)</script>\nage: 3"})
    assert "&lt;script&gt;alert(1)" in page
    page = shown(staff, "/staff/reading/NCT00000011/")
    assert '<script>alert("x")' not in page


@pytest.mark.parametrize(
    "form", [{"criterion": "Z9", "words": "x"}, {"version": "99"}, {"x": "y"}, {"version": "x" * 500}]
)
def test_what_is_not_there_is_refused(staff: Client, form: dict[str, str]) -> None:
    assert "Load the page again." in sent(staff, form, status=400)


def test_versions_are_kept_and_can_be_used_again(staff: Client, own_home: Path) -> None:
    sent(staff, {"criterion": "I1", "json": json.dumps(WEIGHT)})
    page = sent(staff, {"criterion": "I1", "json": json.dumps(WEIGHT | {"range": {"low": "50"}})})
    assert "weight at least 50 kg" in part(page, "I1")
    oldest = re.findall(r'name="version" value="(\d+)"', page)[-1]
    page = sent(staff, {"version": oldest})
    assert "weight at least 40 kg and at most 120 kg" in part(page, "I1")
    page = sent(staff, {"automatic": "1"})
    assert "weight" not in part(page, "I1")
    assert page.count("Use this one again") == 3


BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1970-05-01"}},
        {
            "resource": {
                "resourceType": "Condition",
                "id": "c1",
                "subject": {"reference": "Patient/p1"},
                "code": {"text": "Dermatomyositis"},
                "clinicalStatus": {"coding": [{"code": "active"}]},
            }
        },
    ],
}


@pytest.mark.parametrize(
    ("person", "standing"),
    [
        (
            "age: 54\nsex: female\nconditions:\n  - dermatomyositis\nmeasurements:\n  weight: 80 kg",
            "Person 1: possible",
        ),
        ('{"id": "anna", "age": 90}', "anna: excluded"),
        (json.dumps(BUNDLE), "p1: possible"),
    ],
)
def test_trying_it_on_people(staff: Client, person: str, standing: str) -> None:
    page = sent(staff, {"person": person}, JASMINE)
    assert standing in page
    assert "Tried on 1 person" in page
    assert person.splitlines()[0].replace('"', "&#34;") in page


@pytest.mark.parametrize(
    "person", ["", "agee: 5", "{", "[1, 2]", '{"resourceType": "Bundle", "entry": []}', "x" * 5000]
)
def test_a_person_that_cannot_be_read_comes_back(staff: Client, person: str) -> None:
    page = sent(staff, {"person": person}, JASMINE, status=400)
    assert 'href="#person"' in page
    assert f">\n{person.replace(chr(34), '&#34;')}</textarea>" in page


def test_the_desk_needs_no_script(staff: Client) -> None:
    page = shown(staff, JASMINE)
    assert "onclick" not in page
    assert page.count("<form") == page.count('method="post"')
    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["script-src"] == ["'self'"]


def test_settling_one_criterion_leaves_the_others_asked_whole_and_names_nobody(staff: Client, own_home: Path) -> None:
    sent(staff, {"criterion": "I1", "json": json.dumps(WEIGHT)})
    page = shown(staff, "/studies/NCT99000004/join/?all=1")
    assert "Infection with hepatitis B, hepatitis C or HIV that is not controlled" in page
    assert "Ada" not in page
