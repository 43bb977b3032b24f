"""The calculators: every page is there, works as a plain form, keeps nothing, and says what is wrong in words."""

import logging
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.test import Client

from equipoise.instruments.catalogue import INSTRUMENTS

EULAR = "/instruments/eular-acr-2017/"
TIS = "/instruments/tis/"
C1 = {"age_at_onset": "50", "weakness_upper": "yes", "weakness_lower": "yes", "enzymes_elevated": "yes", "biopsy": "no"}
REST = ("neck_flexors", "legs_proximal", "heliotrope", "gottron_papules", "gottron_sign", "dysphagia", "anti_jo1")
C2 = dict.fromkeys(REST, "no") | C1 | {"neck_flexors": "yes", "finger_flexors": "no"}
T4 = {
    **{
        "phga-0": "6",
        "phga-1": "3.9",
        "ptga-0": "6",
        "ptga-1": "4,2",
        "mmt-0": "125",
        "mmt-1": "138",
        "mmt_max": "150",
    },
    **{"haq-0": "1.625", "haq-1": "1.25", "enzyme-name": "CK", "enzyme-0": "5", "enzyme-1": "3"},
    **{"extramuscular-0": "3.5", "extramuscular-1": "2.1"},
}


def posted(client: Client, path: str, sent: dict[str, str] | dict[str, object], status: int = 200) -> str:
    response = client.post(path, sent)
    assert response.status_code == status, re.findall("why-wrong.*", response.content.decode())
    return response.content.decode()


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


class Fields(HTMLParser):
    """The names of the fields of a form, and what stands in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.typed: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in ("input", "select"):
            self.names.add(named.get("name") or "")
        if tag == "input" and ("checked" in named or named.get("type") == "text"):
            self.typed[named["name"] or ""] = named.get("value") or ""


def test_the_list_leads_to_each(client: Client) -> None:
    page = client.get("/instruments/").content.decode()
    for name, instrument in INSTRUMENTS.items():
        assert f'href="/instruments/{name}/"' in page
        assert instrument.title in page


@pytest.mark.parametrize("name", list(INSTRUMENTS))
def test_each_page_has_a_field_for_every_item_and_tells_sources_and_rights(client: Client, name: str) -> None:
    instrument = INSTRUMENTS[name]
    page = client.get(f"/instruments/{name}/").content.decode()
    names = {field.split("-")[0] for field in Fields(page).names}
    assert {item.name for item in instrument.items} <= names
    assert "csrfmiddlewaretoken" in names
    told = words(page)
    for said in (*instrument.sources, *(fact.what for fact in instrument.facts)):
        assert said in told
    assert "Rights" in told
    assert 'class="panel result' not in page


@pytest.mark.parametrize("name", list(INSTRUMENTS))
def test_each_takes_a_form_with_nothing_filled_in(client: Client, name: str) -> None:
    assert 'class="panel result' in posted(client, f"/instruments/{name}/", {})


def test_an_unknown_calculator_is_not_found(client: Client) -> None:
    response = client.get("/instruments/sledai/")
    assert response.status_code == 404
    assert "There is no calculator of this name" in response.content.decode()


def test_a_classification_in_words_and_as_a_picture(client: Client) -> None:
    page = posted(client, EULAR, C2)
    told = words(page)
    assert "Probable myositis" in told
    assert "6.8" in told
    assert "81.3 %" in told
    assert "polymyositis (PM)" in told
    assert page.count("<svg") == 2
    assert "6.8 on a scale from 0 to 20.8; possible from 5.3, probable from 5.5, definite from 7.5." in page


def test_what_was_filled_in_stands_there_again(client: Client) -> None:
    typed = Fields(posted(client, EULAR, C2)).typed
    assert {name: typed[name] for name in C2} == C2
    assert typed["treatment_response"] == "unknown"


def test_probable_whatever_the_biopsy_shows(client: Client) -> None:
    sent = C2 | {"biopsy": "yes", "dysphagia": "yes", "perimysial": "unknown"}
    sent |= dict.fromkeys(("endomysial", "perifascicular", "rimmed_vacuoles"), "no")
    assert "Probable myositis, whatever a biopsy shows" in words(posted(client, EULAR, sent))


@pytest.mark.parametrize(
    ("sent", "headline"),
    [
        ({}, "Too little is known to say"),
        (C1 | {"heliotrope": "yes"}, "Definite myositis, whatever the answers not known turn out to be"),
        (C1 | {"neck_flexors": "yes"}, "At least probable myositis"),
        (dict.fromkeys(REST, "no") | C1 | {"dysphagia": "unknown"}, "At most probable myositis"),
        (dict.fromkeys(REST, "no") | C1, "Not myositis by these criteria"),
    ],
)
def test_what_is_settled_is_said_first(client: Client, sent: dict[str, str], headline: str) -> None:
    page = posted(client, EULAR, sent)
    assert f'<h2 id="outcome">{headline}</h2>' in page


def test_the_boundary_is_warned_of(client: Client) -> None:
    sent = dict.fromkeys((*REST, *C1), "no") | {"age_at_onset": "30", "gottron_sign": "yes", "legs_proximal": "yes"}
    page = posted(client, EULAR, sent)
    assert "Scoring boundary: at a score of 5.5 without biopsy" in page
    assert "Weakness is present only in the neck" in page
    strict = posted(client, EULAR, sent | {"options-weakness": "limbs"})
    assert "amyopathic dermatomyositis (ADM)" in words(strict)


def test_total_improvement(client: Client) -> None:
    page = posted(client, TIS, T4)
    assert "Moderate improvement" in page
    assert "45 of 100" in words(page)
    assert "Disease activity, judged by the doctor 21 % better 15" in words(page)
    assert "Minimal improvement" in posted(client, TIS, T4 | {"options-thresholds": "juvenile", "enzyme-1": "5"})


def test_a_measure_not_known_leaves_bounds(client: Client) -> None:
    told = words(posted(client, TIS, T4 | {"extramuscular-1": ""}))
    assert "37.5 to 52.5 of 100" in told
    assert "Minimal or moderate improvement" in told


def test_options_of_the_enzyme(client: Client) -> None:
    sent = T4 | {"enzyme-0": "40", "enzyme-1": "20"}
    assert "counted as measured; the other way gives other points" in posted(client, TIS, sent)
    assert "taken as the range" in posted(client, TIS, sent | {"options-clip_enzyme": "yes"})
    assert (
        "is not verified" not in posted(client, TIS, sent | {"options-enzyme_range_uln-CK": "20"}).split("</form>")[0]
    )


def test_the_older_definition(client: Client) -> None:
    told = words(posted(client, "/instruments/imacs-improvement/", T4))
    assert "Improved" in told
    assert "Better by a fifth or more" in told


def test_the_core_set(client: Client) -> None:
    sent = {"phga": "5", "mmt": "120", "mmt_max": "150", "enzymes-CK": "3", "enzymes-AST": "3.5"}
    told = words(posted(client, "/instruments/imacs-core-set/", sent))
    assert "3 of 6 measures are known" in told
    assert "120 of 150 80 % of the highest total" in told
    assert "AST, 3.5 × ULN" in told


def test_muscle_test_on_one_side_takes_the_left_where_there_is_no_right(client: Client) -> None:
    groups = [item.name for item in INSTRUMENTS["mmt-8"].items]
    sent = {f"{name}-0": "9" for name in groups} | {"deltoid-0": "", "deltoid-1": "5"}
    assert "Total 68 of 80" in posted(client, "/instruments/mmt-8/", sent)
    both = {f"{name}-{side}": "9" for name in groups for side in (0, 1)} | {"options-sides": "both"}
    del both["neck_flexors-1"]
    assert "Total 135 of 150" in posted(client, "/instruments/mmt-8/", both)


def test_disability_index(client: Client) -> None:
    areas = [item.name for item in INSTRUMENTS["haq-di"].items if item.name != "aids"]
    ones: dict[str, object] = dict.fromkeys(areas, "1")
    assert "Index 1" in posted(client, "/instruments/haq-di/", ones)
    assert "Index 1.25" in posted(client, "/instruments/haq-di/", ones | {"aids": ["reach", "grip"]})
    assert "Index 1 to 2: not settled" in posted(client, "/instruments/haq-di/", ones | {"aids": ["unknown"]})


@pytest.mark.parametrize(
    ("path", "sent", "field", "message"),
    [
        (
            EULAR,
            {"age_at_onset": "fifty"},
            "age_at_onset",
            "must be a number from 0 to 120 (years), not &#34;fifty&#34;.",
        ),
        (EULAR, {"age_at_onset": "-1"}, "age_at_onset", "must be a number from 0 to 120 (years), not -1."),
        (EULAR, {"age_at_onset": "NaN"}, "age_at_onset", "not NaN."),
        (EULAR, {"age_at_onset": "1_0"}, "age_at_onset", "not &#34;1_0&#34;."),
        (EULAR, {"options-weakness": "none"}, "options-weakness", "must be one of any, limbs"),
        (TIS, {"phga-0": "11"}, "phga", "must be a number from 0 to 10 (cm), not 11."),
        (TIS, {"mmt-0": "100"}, "mmt_max", "must say which version of the test it was."),
        (TIS, {"mmt-0": "100", "mmt_max": "80"}, "mmt", "must be at most 80"),
        (TIS, {"enzyme-0": "3"}, "enzyme", "must say which enzyme it is."),
        (TIS, {"enzyme-name": "GGT"}, "enzyme", "must be one of CK"),
        (TIS, {"options-enzyme_range_uln-CK": "0"}, "options-enzyme_range_uln", "must be more than 0."),
        ("/instruments/mmt-8/", {"deltoid-0": "7.5"}, "deltoid", "must be a whole number from 0 to 10, not 7.5."),
        ("/instruments/haq-di/", {"aids": "<b>"}, "aids", "must be one of dressing"),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field(
    client: Client, path: str, sent: dict[str, str], field: str, message: str
) -> None:
    page = posted(client, path, sent, status=400)
    assert f'href="#field-{field}"' in page
    assert f'id="field-{field}"' in page
    told = re.search(rf'id="why-{field}">(.*)</span>', page)
    assert told
    assert message in told[1]
    assert "<b>" not in told[1]
    assert 'class="panel result' not in page


def test_all_problems_are_told_at_once_and_what_was_typed_stays(client: Client) -> None:
    hostile = '"><script>alert(1)</script>'
    page = posted(client, TIS, T4 | {"phga-0": "11", "ptga-1": hostile}, status=400)
    assert page.count('href="#field-') == 2
    assert "<script>alert" not in page
    assert Fields(page).typed["mmt-1"] == "138"


def test_nothing_is_kept_and_nothing_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        response = client.post(EULAR, C2 | {"age_at_onset": "57.25"})
        client.post(EULAR, {"age_at_onset": "57.25x"})
    assert "57.25" not in caplog.text
    assert "no-store" in response["Cache-Control"]
    assert set(response.cookies) <= {"csrftoken"}
    assert "57.25" not in client.get(EULAR).content.decode()


def test_answers_are_not_taken_from_an_address(client: Client) -> None:
    page = client.get(EULAR, {"age_at_onset": "57.25", "heliotrope": "yes"}).content.decode()
    assert "57.25" not in page
    assert 'class="panel result' not in page


def test_a_form_sent_from_elsewhere_is_refused(web_home: object) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    assert strict.post(EULAR, C2).status_code == 403
    page = strict.get(EULAR).content.decode()
    token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    assert strict.post(EULAR, C2 | {"csrfmiddlewaretoken": token[1]}).status_code == 200


@pytest.mark.parametrize("name", list(INSTRUMENTS))
def test_pages_keep_the_rules_of_the_house(client: Client, name: str) -> None:
    """One heading, no level skipped, every field named, ids once, nothing inline, links within lead somewhere."""
    for page in (client.get(f"/instruments/{name}/").content.decode(), posted(client, f"/instruments/{name}/", {})):
        levels = [int(level) for level in re.findall("<h([1-6])", page)]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert sorted(ids) == sorted(set(ids))
        assert set(re.findall('<label for="([^"]+)"', page)) <= set(ids)
        inputs = re.findall(r'<(?:input(?! type="hidden")|select)\b[^>]*\sid="([^"]+)"', page)
        assert set(inputs) <= set(re.findall('<label for="([^"]+)"', page))
        assert set(re.findall('href="#([^"]+)"', page)) <= set(ids)
        assert {each for value in re.findall('aria-describedby="([^"]+)"', page) for each in value.split()} <= set(ids)
        assert " style=" not in page
