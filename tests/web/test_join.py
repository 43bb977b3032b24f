"""Could I join? From the first question to a reasoned result; what a visitor tells stays with the visitor."""

import io
import logging
import re
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from equipoise.eligibility.expression import (
    And,
    Ask,
    Concept,
    Criterion,
    Domain,
    Exists,
    Expr,
    Parse,
    Pattern,
    Polarity,
    Reading,
    Sex,
    Span,
    Topic,
)
from equipoise.web.public import joining
from equipoise.web.public.joining import MOST_QUESTIONS
from equipoise.web.public.session import MOST_ANSWERS, MOST_MEASURED
from tests.web.conftest import HOSTILE

JASMINE = "/studies/NCT06455449/join/"
TAKES = ("prednisone", "dermatomyositis")
WISHES = ("guidance on contraception", "a doctor said", "Willing", "condition that this study is about")


class Form(HTMLParser):
    """The questions of the form that asks: their words, their choices, and the fields to send back as they are."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.boxes: list[tuple[str, str]] = []
        self.numbers: list[str] = []
        self.legends: list[str] = []
        self.labels: dict[tuple[str, str], str] = {}
        self._words = ""
        start = page.find('class="flow asking"')
        self.feed(page[start : page.find("</form>", start)] if start > 0 else "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "select":
            self.hidden[named["name"]] = "kg" if "value-weight" in named["name"] else ""
        if tag == "input" and named["type"] == "hidden":
            self.hidden[named["name"]] = named["value"]
        if tag == "input" and named["type"] in ("radio", "checkbox"):
            self.boxes.append((named["name"], named["value"]))
        if tag == "input" and named["type"] == "text":
            self.numbers.append(named["name"])
        self._words = ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "legend":
            self.legends.append(self._words)
        if tag == "label" and self.boxes:
            self.labels[self.boxes[-1]] = self._words
        self._words = ""

    def values(self) -> list[str]:
        return [value for _, value in self.boxes]

    def sent(self, value: str) -> dict[str, Any]:
        """The form with one choice made."""
        return self.hidden | {name: value for name, held in self.boxes if held == value}


def shown(client: Client, path: str = JASMINE, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def sent(client: Client, form: dict[str, Any], path: str = JASMINE, status: int = 200) -> str:
    response = client.post(path, form, follow=True)
    assert response.status_code == status, re.findall("why-wrong.*", response.content.decode())
    return response.content.decode()


def fitting(form: Form, sex: str) -> dict[str, Any]:
    """What somebody who fits JASMINE would answer."""
    (legend,) = form.legends
    if form.numbers:
        return form.hidden | {form.numbers[0]: "54" if "old" in legend else "70"}
    if sex in form.values():
        return form.sent(sex)
    ticked = {box for box, words in form.labels.items() if any(word in words.lower() for word in TAKES)}
    if ticked and not any("Inclusion body" in words or "tuberculosis" in words for words in form.labels.values()):
        return form.hidden | dict(sorted(ticked)[-1:])
    if "none" in form.values():
        return form.sent("none")
    return form.sent("yes" if any(word in legend for word in WISHES) else "no")


def walked(client: Client, answer: Any, path: str = JASMINE) -> tuple[int, str]:
    """How many questions it took to a result, and the result."""
    page = shown(client, path)
    for asked in range(MOST_QUESTIONS + 1):
        form = Form(page)
        if not form.legends:
            return asked, page
        page = sent(client, answer(form), path)
    raise AssertionError("no result")


def begun(client: Client) -> Form:
    """What JASMINE's page asks once age and sex are told: which of its diseases one has."""
    page = shown(client)
    for told in ({"number-age": "54"}, {"answer-sex": "female"}):
        page = sent(client, Form(page).hidden | told)
    return Form(page)


def card(page: str) -> str:
    found = re.search(r'class="outcome-card (\w+)"', page)
    assert found
    return found[1]


def plain(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


@pytest.mark.parametrize("sex", ["female", "male"])
def test_who_fits_jasmine_knows_after_at_most_fifteen_questions(client: Client, sex: str) -> None:
    asked, page = walked(client, lambda form: fitting(form, sex))
    assert asked <= 15
    assert card(page) == "likely"
    assert "Only the study team can decide." in page
    assert "Weighs at least 40 kg and at most 100 kg." in page
    assert "What is your weight? you said 70 kg" in plain(page)
    assert "University of California Irvine" in page
    assert "Print this summary" in page


def test_who_is_sure_of_nothing_comes_to_a_reasoned_result_too(client: Client) -> None:
    asked, page = walked(client, lambda form: form.sent("not_sure"))
    assert asked <= 15
    assert card(page) == "possibly"
    assert "What to ask your doctor" in page
    assert "Has interstitial lung disease that progresses rapidly." in page
    assert "you were not sure" in page
    assert "Your doctor can look in your record." in page


def test_who_does_not_have_the_disease_reads_why(client: Client) -> None:
    page = sent(client, begun(client).sent("none"))
    assert card(page) == "unlikely"
    assert "Has &#34;probable&#34; or &#34;definite&#34; PM or DM by the 2017 EULAR/ACR" in page
    assert "1 criterion speaks against it." in page
    assert "Polymyositis (inflamed muscles); dermatomyositis (inflamed muscles and skin): you said no" in plain(page)


def test_what_everybody_knows_is_asked_first(client: Client) -> None:
    assert Form(shown(client)).legends == ["How old are you?"]
    page = sent(client, Form(shown(client)).hidden | {"number-age": "17"})
    assert card(page) == "unlikely", "nothing further is asked of who is too young"


@pytest.mark.parametrize("number", [*range(1, 11), 42])
def test_every_fictional_study_leads_to_a_result(client: Client, number: int) -> None:
    path = f"/studies/NCT99{number:06}/join/"
    asked, page = walked(client, lambda form: form.sent("not_sure"), path)
    assert 1 <= asked <= MOST_QUESTIONS
    assert card(page) == "possibly"
    assert "A program put the criteria into questions" in page


@pytest.mark.parametrize("answer", ["not_sure", "none", "likely"])
def test_nobody_is_told_that_they_are_eligible(client: Client, answer: str) -> None:
    def replied(form: Form) -> dict[str, Any]:
        return fitting(form, "male") if answer == "likely" or answer not in form.values() else form.sent(answer)

    _, page = walked(client, replied)
    assert "you are eligible" not in plain(page).lower()
    assert "Only the study team can decide." in page


def test_half_sentences_are_never_asked(client: Client) -> None:
    form = Form(shown(client, "/studies/NCT99000004/join/?all=1"))
    page = shown(client, "/studies/NCT99000004/join/?all=1")
    assert form.legends.count("Does this apply to you?") >= 3
    assert "Infection with hepatitis B, hepatitis C or HIV that is not controlled" in page


def test_all_on_one_form_takes_what_was_answered_and_leaves_out_the_rest(client: Client) -> None:
    form = Form(shown(client, JASMINE + "?all=1"))
    assert len(form.legends) >= 12
    page = sent(client, form.hidden | {"number-age": "54"}, JASMINE + "?all=1")
    assert card(page) == "possibly"
    assert "How old are you? you said 54" in plain(page)
    assert "What you told us: 1 answer" in page
    assert "not asked yet" in page


def test_the_one_form_gives_back_what_does_not_fit_and_keeps_the_rest(client: Client) -> None:
    form = Form(shown(client, JASMINE + "?all=1"))
    page = sent(client, form.hidden | {"number-age": "54", "number-value-weight": "900"}, status=400)
    assert page.count("Weight cannot be 900 kg.") == 2
    assert 'value="900"' in page
    assert "What you told us: 1 answer" in page
    assert len(Form(page).legends) == len(form.legends) - 1


WRONG = {
    "": "No number was given.",
    "heavy": "“heavy” is not a number we can use.",
    "900": "Weight cannot be 900 kg.",
    "-3": "Weight cannot be -3 kg.",
    "NaN": "is not a number we can use",
    "1e999999": "is not a number we can use",
    "7" * 400: "is not a number we can use",
}


@pytest.mark.parametrize("typed", WRONG, ids=lambda typed: typed[:10] or "nothing")
def test_a_number_that_cannot_be_is_refused_in_words(client: Client, typed: str) -> None:
    form = {"asked-value-weight": places(client, "value-weight"), "unit-value-weight": "kg"}
    page = sent(client, form | {"number-value-weight": typed}, status=400)
    assert page.count(WRONG[typed]) == 2
    assert 'href="#field-value-weight"' in page
    assert "<title>Problem: Could I join JASMINE?" in page
    assert "What you told us" not in page


def places(client: Client, key: str) -> str:
    return Form(shown(client, JASMINE + "?all=1")).hidden[f"asked-{key}"]


def test_pounds_and_commas_are_understood(client: Client) -> None:
    form = {"asked-value-weight": places(client, "value-weight"), "unit-value-weight": "[lb_av]"}
    page = sent(client, form | {"number-value-weight": "154,5"})
    assert "154.5 [lb_av]" in page or "154.5 lb" in page
    assert "Weighs at least 40 kg" in shown(client, JASMINE + "?result=1")


@pytest.mark.parametrize("unit", ["furlong", "<b>"])
def test_a_unit_not_offered_is_refused(client: Client, unit: str) -> None:
    form = {"asked-value-weight": places(client, "value-weight"), "unit-value-weight": unit}
    assert "is not a unit of this question" in sent(client, form | {"number-value-weight": "70"}, status=400)


def test_nothing_chosen(client: Client) -> None:
    form = begun(client)
    page = sent(client, form.hidden, status=400)
    assert "Nothing was chosen." in page
    assert Form(page).legends == form.legends


def test_a_line_and_none_of_these(client: Client) -> None:
    form = begun(client)
    name, first = form.boxes[0]
    page = sent(client, form.hidden | {name: [first, "none"]}, status=400)
    assert "You ticked “None of these” and something else too." in page
    assert f'value="{first}" id="{name.removeprefix("answer-")}-{first}" checked' in page


def test_a_line_and_not_sure_leaves_the_others_open(client: Client) -> None:
    form = begun(client)
    name, first = form.boxes[0]
    page = sent(client, form.hidden | {name: [first, "not_sure"]})
    assert "Polymyositis (inflamed muscles); not sure about the others" in page


@pytest.mark.parametrize("value", ["<script>", "perhaps", "none"])
def test_a_choice_nobody_offered_is_refused(client: Client, value: str) -> None:
    form = {"asked-sex": places(client, "sex"), "answer-sex": value}
    page = sent(client, form, status=400)
    assert "is not one of the choices" in page
    assert "<script>" not in page.replace("<script src", "")


def test_answers_to_nothing_asked_are_left_aside(client: Client) -> None:
    wrong = {"asked-x": "0", "asked-sex": "1,2,3", "asked-": "", "asked-age": "999999,-1,٣", "answer-sex": "male"}
    page = sent(client, wrong)
    assert "What you told us" not in page


def test_going_back_and_sending_again_changes_the_answer(client: Client) -> None:
    first = begun(client)
    sent(client, first.sent("not_sure"))
    second = Form(shown(client))
    sent(client, second.sent("not_sure"))
    page = sent(client, first.sent("none"))
    assert card(page) == "unlikely"
    assert "What you told us: 4 answers" in page


def test_an_answer_is_changed_in_its_place(client: Client) -> None:
    sent(client, begun(client).sent("none"))
    page = shown(client, JASMINE + "?again=3")
    form = Form(page)
    name = form.boxes[0][0].removeprefix("answer-")
    assert f'value="none" id="{name}-none" checked' in page
    page = sent(client, form.sent(form.boxes[1][1]))
    assert "Question 4 of at most" in page
    assert "What you told us: 3 answers" in page
    assert "Dermatomyositis (inflamed muscles and skin)</b>" in page


@pytest.mark.parametrize("again", ["0", "2", "x", "٣", "99999999999999999999"])
def test_an_answer_that_is_not_there_cannot_be_changed(client: Client, again: str) -> None:
    sent(client, Form(shown(client)).sent("not_sure"))
    assert "Question 2 of at most" in shown(client, f"{JASMINE}?again={again}")


def test_reloading_asks_the_same_and_sends_nothing_twice(client: Client) -> None:
    response = client.post(JASMINE, Form(shown(client)).sent("not_sure"))
    assert response.status_code == 302
    assert response["Location"] == JASMINE
    assert shown(client).count("Question 2 of") == shown(client).count("Question 2 of") == 1


def test_an_answer_counts_on_the_page_of_another_study(client: Client) -> None:
    form = {"asked-age": places(client, "age"), "number-age": "54"}
    sent(client, form)
    other = shown(client, "/studies/NCT99000004/join/")
    assert "What you told us: 1 answer" in other
    assert "How old are you?" not in Form(other).legends


def test_more_than_fifteen_questions_only_for_who_asks_for_them(client: Client) -> None:
    path = "/studies/NCT99000005/join/"
    asked, page = walked(client, lambda form: form.sent("not_sure"), path)
    assert asked == MOST_QUESTIONS
    assert f"{path}?more=1" in page
    page = sent(client, Form(shown(client, path + "?more=1")).sent("not_sure"), path + "?more=1")
    assert "Question 17 of at most" in page


def test_the_result_so_far(client: Client) -> None:
    page = shown(client, JASMINE + "?result=1")
    assert card(page) == "possibly"
    assert "You have not told us anything yet." in page
    sent(client, Form(shown(client)).sent("not_sure"))
    assert "Still open" in shown(client, JASMINE + "?result=1")


def test_the_nearest_open_sites(client: Client) -> None:
    page = shown(client, "/studies/NCT99000001/join/?result=1&near=Paris")
    assert "Nearest open sites" in page
    assert "km" in page
    assert "Not yet enrolling" not in page
    unknown = shown(client, JASMINE + "?result=1&near=Nowhereville", status=400)
    assert "We do not know a place called" in unknown


def test_the_place_goes_along_to_the_result(client: Client) -> None:
    path = "/studies/NCT99000001/"
    page = shown(client, path + "?near=Paris")
    here = f"{path}join/?near=Paris"
    assert page.count(f'href="{here}"') == 2
    asked = shown(client, here)
    assert f'action="{here}"' in asked
    answered = client.post(here, Form(asked).sent("not_sure"), follow=True)
    assert answered.redirect_chain == [(here, 302)]
    assert f"{path}join/?result=1&amp;near=Paris" in answered.content.decode()
    result = shown(client, f"{path}join/?result=1&near=Paris")
    assert f'href="{path}?near=Paris"' in result
    assert f'href="{path}join/"' in shown(client, path + "?near=Nowhereville", status=400)


def test_a_record_that_names_nobody_to_call_says_so(client: Client) -> None:
    page = shown(client, JASMINE + "?result=1")
    assert "gives no phone number and no e-mail address here: ask at the hospitals below" in page
    assert f'href="{JASMINE.removesuffix("join/")}#locations"' in page
    assert f'href="https://clinicaltrials.gov/study/{JASMINE.split("/")[2]}"' in page
    assert "gives no phone number" not in shown(client, "/studies/NCT99000001/join/?result=1")


STATUSES = {
    "NCT99000001": "",
    "NCT99000003": "Completed. The study has ended as planned.",
    "NCT99000004": "Unknown status. Nobody has confirmed for two years whether the study is still running.",
    "NCT99000035": "Not yet recruiting. The study is planned, but nobody can join yet.",
}


@pytest.mark.parametrize(("number", "words"), STATUSES.items())
def test_who_asks_about_a_study_that_takes_nobody_is_told_at_once(client: Client, number: str, words: str) -> None:
    page = plain(shown(client, f"/studies/{number}/join/"))
    assert words in page
    assert ("You can still see how you fit" in page) is bool(words)


def test_what_comes_from_a_field_is_no_demand(client: Client) -> None:
    page = plain(shown(client, "/studies/NCT99000004/join/?result=1"))
    assert "Healthy volunteers are not accepted From the registry’s own field" in page


def test_studies_not_held_or_not_a_number(client: Client) -> None:
    assert client.get("/studies/NCT00000001/join/").status_code == 404
    assert client.get("/studies/nonsense/join/").status_code == 404
    assert client.get("/studies/nct06455449/join/")["Location"] == JASMINE


def test_a_study_without_criteria(client: Client) -> None:
    response = client.get("/studies/NCT00000012/join/")
    assert response.status_code == 200
    assert "Only the study team can decide." in response.content.decode()


def of_cohorts(*criteria: tuple[str, Expr, str]) -> Reading:
    made = (
        Criterion(f"I{place}", Polarity.INCLUDE, text, Span(0, 1), Parse.FULL, expr, scope)
        for place, (text, expr, scope) in enumerate(criteria, 1)
    )
    return Reading("NCT06455449", tuple(made))


def test_who_fits_one_cohort_only_is_told_so_and_not_that_it_is_unlikely(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = of_cohorts(("Is a woman.", Sex(sex="female"), "Inclusion criteria for Cohort A"))
    monkeypatch.setattr(joining, "reading_of", lambda *_: reading)
    page = shown(client, JASMINE)
    assert "Must be true, only for Cohort A" in page
    result = sent(client, Form(page).sent("male"))
    assert "It is possible that you could join" in result
    assert "you said male" in result
    assert "This is only for Cohort A: ask the study team about the others." in result


def test_questions_and_topics_are_not_strung_together(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    gout = Exists(pattern=Pattern(Domain.CONDITION, Concept("gout")))
    tried = Ask(question="Have you tried a diet?", topic=Topic.PLAN)
    reading = of_cohorts(("Has gout, and tried a diet.", And(of=(gout, tried)), ""))
    monkeypatch.setattr(joining, "reading_of", lambda *_: reading)
    page = shown(client, JASMINE)
    for _ in range(2):
        page = sent(client, Form(page).sent("yes"))
    said = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "Gout: you said yes Have you tried a diet? you said yes" in said


def test_hostile_criteria_are_only_text(client: Client) -> None:
    for path in ("", "?all=1", "?result=1"):
        page = shown(client, f"/studies/NCT00000011/join/{path}")
        assert HOSTILE not in page
        assert '<script>alert("x")' not in page
    page = sent(client, Form(shown(client, "/studies/NCT00000011/join/")).sent("yes"), "/studies/NCT00000011/join/")
    assert "&lt;script&gt;" in page
    assert '<script>alert("x")' not in page


# Privacy


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    written = io.StringIO()
    (handler,) = [handler for handler in logging.getLogger("django").handlers if handler.get_name() == "stderr"]
    monkeypatch.setattr(handler, "stream", written)
    return written


def test_answers_are_in_no_address_and_no_log(client: Client, log: io.StringIO) -> None:
    addresses: list[str] = []

    def answer(form: Form) -> dict[str, Any]:
        return form.hidden | {form.numbers[0]: "61"} if form.numbers else form.sent("not_sure")

    page = shown(client)
    for _ in range(MOST_QUESTIONS):
        form = Form(page)
        if not form.legends:
            break
        response = client.post(JASMINE, answer(form), follow=True)
        addresses += [address for address, _ in response.redirect_chain]
        page = response.content.decode()
        addresses += re.findall(r'(?:href|action|src)="([^"]*)"', page)
    queries = {urllib.parse.urlsplit(address.replace("&amp;", "&")).query for address in addresses}
    assert queries <= {"", "result=1", "all=1", "more=1"} | {f"again={number}" for number in range(1, 30)}
    assert log.getvalue() == ""


SECRET = "dermatomyositis of Jane"


def _failing(*_: object, **__: object) -> None:
    raise ValueError(SECRET)


def test_even_a_failure_logs_no_answer(client: Client, monkeypatch: pytest.MonkeyPatch, log: io.StringIO) -> None:
    form = Form(shown(client)).sent("not_sure")
    monkeypatch.setattr("equipoise.web.public.joining.take_answers", _failing)
    client.raise_request_exception = False
    assert client.post(JASMINE, form).status_code == 500
    assert "ValueError" in log.getvalue()
    assert "Jane" not in log.getvalue()
    assert not any(key in log.getvalue() for key in form if key != "csrfmiddlewaretoken")


def test_nothing_is_stored_on_the_server(client: Client, web_home: Path) -> None:
    def state() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(web_home.rglob("*")) if path.is_file()}

    shown(client, JASMINE + "?result=1")
    before = state()
    walked(client, lambda form: fitting(form, "female"))
    assert state() == before
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.signed_cookies"


def test_the_cookies_end_with_the_browser_and_stay_with_this_site(client: Client) -> None:
    response = client.post(JASMINE, Form(shown(client)).sent("not_sure"))
    assert set(client.cookies) == {"answers", "csrftoken"}
    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["max-age"]
        assert not cookie["expires"]
        assert not cookie["domain"]
    assert "Cookie" in response["Vary"]


@override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True)
def test_behind_tls_the_cookies_are_secure(client: Client) -> None:
    client.post(JASMINE, Form(shown(client)).sent("not_sure"))
    assert all(cookie["secure"] for cookie in client.cookies.values())


def test_tls_is_what_makes_them_secure() -> None:
    assert settings.SESSION_COOKIE_SECURE is settings.CSRF_COOKIE_SECURE is settings.BEHIND_TLS


@pytest.mark.parametrize("path", [JASMINE, JASMINE + "?result=1", JASMINE + "?again=1", "/studies/NCT00000001/join/"])
def test_no_page_with_answers_is_kept_in_a_cache(client: Client, path: str) -> None:
    sent(client, Form(shown(client)).sent("not_sure"))
    assert "no-store" in client.get(path)["Cache-Control"]


def test_wiping_leaves_nothing(client: Client) -> None:
    walked(client, lambda form: form.sent("not_sure"))
    assert client.cookies["answers"].value
    page = sent(client, {"wipe": "1"})
    assert client.cookies["answers"].value == ""
    assert "What you told us" not in page
    assert "Question 1 of at most" in page


def test_a_cookie_somebody_changed_tells_nothing(client: Client) -> None:
    sent(client, begun(client).sent("none"))
    client.cookies["answers"] = client.cookies["answers"].value[:-3] + "abc"
    assert "Question 1 of at most" in shown(client)


def test_a_form_without_its_token_is_refused_in_words(web_home: Path) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    form = Form(shown(strict))
    response = strict.post(JASMINE, form.hidden | {"csrfmiddlewaretoken": "forged"} | {"wipe": "1"})
    assert response.status_code == 403
    assert "This form could not be taken" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert strict.post(JASMINE, form.sent("not_sure")).status_code == 302


@pytest.fixture
def talkative(client: Client) -> Client:
    """Somebody who has answered as much as a cookie may hold."""
    from equipoise.eligibility.person import Measurement, Person
    from equipoise.kernel.dates import PartialDate
    from equipoise.kernel.truth import Truth
    from equipoise.web.public.session import keep, note_asked

    request = client.get(JASMINE).wsgi_request
    answers = {f"{number * 2654435761 % 2**64:016x}": list(Truth)[number % 3] for number in range(1, 400)}
    taken = tuple(
        Measurement(f"measure_{number}", value=None, unit="10*9/L", date=PartialDate(2026, 11, 23), source="answer")
        for number in range(60)
    )
    keep(request, Person(age=54, sex="female", answers=answers, measurements=taken))
    for study in range(12):
        note_asked(request, f"NCT0000000{study}", tuple((place, place + 40) for place in range(30)))
    request.session.save()
    client.cookies["answers"] = request.session.session_key or ""
    return client


def test_the_cookie_never_outgrows_what_a_browser_keeps(talkative: Client) -> None:
    held = talkative.cookies["answers"].value
    assert MOST_ANSWERS >= 100
    assert MOST_MEASURED >= 10
    assert 1000 < len(held) < 4000
    assert "How old are you?" in plain(shown(talkative))
