"""The staff reading desk and its door: closed without a password, nothing lost on a mistake, every version kept."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from equipoise.web.staff.door import LONGEST_STAY
from tests.web.conftest import HOSTILE

PASSWORD = "correct-horse-battery"
DOOR = "/staff/door/"
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


@pytest.fixture(autouse=True)
def open_door(unrationed: None) -> Iterator[None]:
    with override_settings(STAFF_PASSWORD=PASSWORD):
        yield


@pytest.fixture
def staff(client: Client) -> Client:
    assert client.post(DOOR, {"name": "Dr Ada Weiss", "password": PASSWORD}).status_code == 302
    return client


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


@pytest.mark.parametrize("path", ["/staff/", DOOR, JASMINE])
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_password_there_are_no_staff_pages(client: Client, path: str, method: str) -> None:
    with override_settings(STAFF_PASSWORD=""):
        response = getattr(client, method)(path, {"name": "x", "password": ""})
        assert response.status_code == 404
        assert "This page is not here" in response.content.decode()


@pytest.mark.parametrize("path", ["/staff/", JASMINE])
def test_who_has_not_signed_in_is_led_to_the_door_and_back(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    page = shown(client, response["Location"])
    assert f'name="next" value="{path}"' in page
    response = client.post(DOOR, {"name": "Ada", "password": PASSWORD, "next": path})
    assert response["Location"] == path


def test_nothing_is_settled_by_who_has_not_signed_in(client: Client) -> None:
    response = client.post(JASMINE, {"criterion": "I1", "words": "Age over 90"})
    assert response["Location"].startswith(DOOR)
    assert "Age over 90" not in shown(client, "/studies/NCT06455449/join/?all=1")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "Ada", "password": "wrong"}, "That is not the password."),
        ({"name": "Ada", "password": ""}, "That is not the password."),
        ({"name": "Ada", "password": "pässwörd"}, "That is not the password."),
        ({"name": "  ", "password": PASSWORD}, "Write your name"),
        ({}, "Write your name"),
    ],
)
def test_a_wrong_sign_in_is_refused_in_words(client: Client, form: dict[str, str], words: str) -> None:
    response = client.post(DOOR, form)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert client.get("/staff/").status_code == 302


def test_guessing_is_slow(web_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from equipoise.web.patience import Buckets
    from equipoise.web.staff import door

    monkeypatch.undo()
    monkeypatch.setenv("EQUIPOISE_HOME", str(web_home))
    monkeypatch.setattr(door, "_attempts", Buckets(capacity=5, seconds=30.0))
    client = Client(headers={"host": "localhost"})
    answers = [client.post(DOOR, {"name": "x", "password": str(n)}, REMOTE_ADDR="192.0.2.9") for n in range(7)]
    assert [one.status_code for one in answers] == [400] * 5 + [429] * 2
    assert "Too many attempts to sign in" in answers[-1].content.decode()
    right = client.post(DOOR, {"name": "x", "password": PASSWORD}, REMOTE_ADDR="192.0.2.9")
    assert right.status_code == 429


def test_somebody_with_the_password_may_come_and_go(web_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from equipoise.web.patience import Buckets
    from equipoise.web.staff import door

    monkeypatch.setattr(door, "_attempts", Buckets(capacity=2, seconds=3600.0))
    client = Client(headers={"host": "localhost"})
    answers = [client.post(DOOR, {"name": "x", "password": PASSWORD}, REMOTE_ADDR="192.0.2.8") for _ in range(5)]
    assert [one.status_code for one in answers] == [302] * 5


@pytest.mark.parametrize(
    "onward",
    ["https://evil.example/staff/", "//evil.example/staff/", "/\\evil.example", "javascript:alert(1)", "/studies/x/"],
)
def test_the_door_leads_nowhere_else(client: Client, onward: str) -> None:
    response = client.post(DOOR, {"name": "Ada", "password": PASSWORD, "next": onward})
    assert response["Location"] == "/staff/"


def test_a_session_from_before_the_door_is_not_let_in(client: Client) -> None:
    client.get("/studies/NCT06455449/join/")
    client.post("/studies/NCT06455449/join/", {"asked-age": "1", "number-age": "54"})
    planted, token = client.cookies["answers"].value, client.cookies["csrftoken"].value
    client.post(DOOR, {"name": "Ada", "password": PASSWORD})
    assert client.cookies["answers"].value != planted
    assert client.cookies["csrftoken"].value != token
    assert "What you told us" not in shown(client, "/studies/NCT06455449/join/")
    other = Client(headers={"host": "localhost"})
    other.cookies["answers"] = planted
    assert other.get("/staff/").status_code == 302


def test_leaving_and_changing_the_password_end_the_stay(staff: Client) -> None:
    assert "Dr Ada Weiss" in shown(staff, "/staff/")
    with override_settings(STAFF_PASSWORD="another"):
        assert staff.get("/staff/").status_code == 302
    assert staff.get("/staff/leave/").status_code == 302
    assert staff.get("/staff/").status_code == 200
    staff.post("/staff/leave/")
    assert staff.get("/staff/").status_code == 302


def test_a_stay_ends_by_itself(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    later = time.time() + LONGEST_STAY + 1
    monkeypatch.setattr("equipoise.web.staff.door.time.time", lambda: later)
    assert staff.get("/staff/").status_code == 302


def test_wiping_answers_leaves_who_works_here_inside(staff: Client) -> None:
    staff.post("/studies/NCT06455449/join/", {"wipe": "1"})
    assert staff.get("/staff/").status_code == 200


def test_forms_without_their_token_are_refused(web_home: Path) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    for path in (DOOR, JASMINE, "/staff/leave/"):
        response = strict.post(path, {"name": "x", "password": PASSWORD})
        assert response.status_code == 403
        assert "This form could not be taken" in response.content.decode()


def test_names_are_only_text(client: Client) -> None:
    client.post(DOOR, {"name": "<b>Ada</b> <script>", "password": PASSWORD})
    page = shown(client, JASMINE)
    assert "&lt;b&gt;Ada&lt;/b&gt; &lt;script&gt;" in page
    assert "<b>Ada" not in page


@pytest.mark.parametrize("path", [DOOR, "/staff/", JASMINE])
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
