"""What people do on a trial's pages: done once, kept when refused, seen by those alone who may."""

import csv
import io
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse

from equipoise.actions.envelopes import record_opened
from equipoise.conduct.participant import Place
from equipoise.conduct.roles import Role
from equipoise.eligibility.expression import (
    Concept,
    Criterion,
    Domain,
    Exists,
    Or,
    Parse,
    Pattern,
    Polarity,
    Reading,
    Span,
)
from equipoise.eligibility.person import Run
from equipoise.kernel.truth import Truth
from equipoise.web.accounts import post, prepare
from equipoise.web.staff.trials import screening as screening_page
from equipoise.web.staff.trials.__main__ import main as write_letters
from tests.accounts import PASSWORD
from tests.web.trialing import LOG, NOW, Running, browser, context_of, hidden_in, key_in, text_of

pytestmark = pytest.mark.django_db
TODAY = NOW.date().isoformat()
SMTP = {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend", "EMAIL_HOST": "mail.example.org"}
SIGNED = {"username": "investigator-01", "password": PASSWORD}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Running:
    return Running(tmp_path_factory.mktemp("made"))


@pytest.fixture
def running(made: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A trial of the test's own."""
    home = tmp_path / "home"
    shutil.copytree(made.home, home)
    monkeypatch.setenv("EQUIPOISE_HOME", str(home))
    return made.copied(home)


def page_of(number: str) -> str:
    return f"{LOG}participants/{number}/"


# Randomising


def test_randomising_shows_a_kit_number_and_no_arm(running: Running) -> None:
    client, here = browser(Role.COORDINATOR), page_of(running.eligible) + "randomise/"
    key = key_in(client.get(here))
    done = client.post(here, {"key": key, "level-disease": "dm"}, follow=True)
    one = running.one(running.eligible)
    assert one.is_randomised
    assert one.levels == {"disease": "dm"}
    (kit,) = one.kits
    assert kit in text_of(done)
    assert not re.search("active|placebo", text_of(done), re.IGNORECASE)


@pytest.mark.parametrize("again", ["the same form", "another tab", "the back button"])
def test_randomising_twice_randomises_once_and_shows_the_same_kit(again: str, running: Running) -> None:
    client, here = browser(Role.COORDINATOR), page_of(running.eligible) + "randomise/"
    first, second = key_in(client.get(here)), key_in(client.get(here))
    client.post(here, {"key": first, "level-disease": "dm"})
    before = running.trial
    key = first if again != "another tab" else second
    answer = client.post(here, {"key": key, "level-disease": "pm"}, follow=True)
    assert answer.status_code == 200
    assert next(iter(before.participant(running.eligible).kits)) in text_of(answer)
    assert running.trial.position == before.position


def test_nobody_is_randomised_whose_factor_was_not_chosen(running: Running) -> None:
    client, here = browser(Role.COORDINATOR), page_of(running.eligible) + "randomise/"
    for wrong in ({}, {"level-disease": ""}, {"level-disease": "zz"}):
        answer = client.post(here, {"key": "k", **wrong})
        assert answer.status_code == 400
        assert 'href="#field-level-disease"' in text_of(answer)
    assert not running.one(running.eligible).is_randomised


def test_who_is_not_ready_is_not_randomised_and_the_page_says_why(running: Running) -> None:
    client, here = browser(Role.COORDINATOR), page_of(running.consented) + "randomise/"
    assert "Screen them; there are no waivers." in text_of(client.get(here))
    answer = client.post(here, {"key": "k", "level-disease": "pm"})
    assert answer.status_code == 400
    assert not running.one(running.consented).is_randomised


# Screening


def screening(running: Running, **sent: str) -> tuple[Any, str]:
    client, here = browser(Role.COORDINATOR), page_of(running.consented) + "screening/"
    first = client.get(here)
    hidden = {name: hidden_in(first, name) for name in re.findall(r'name="(asked-[^"]+)"', text_of(first))}
    return client.post(here, {"key": key_in(first), "all": "1", "on": TODAY, **hidden, **sent}), text_of(first)


def test_working_out_proposes_a_verdict_and_keeps_what_was_typed(running: Running) -> None:
    answer, _ = screening(running, **{"check": "1", "number-age": "80", "evidence-I2": "Asked her"})
    page = text_of(answer)
    assert answer.status_code == 200
    assert 'value="80"' in page
    assert 'value="Asked her"' in page
    assert 'value="false" id="met-I1-false" checked' in page
    assert running.one(running.consented).screening is None


def test_a_proposal_changes_with_the_answer_but_not_what_a_person_said(running: Running) -> None:
    changed, _ = screening(running, **{"check": "1", "number-age": "50", "met-I1": "false", "proposed-I1": "false"})
    assert 'id="met-I1-true" checked' in text_of(changed)
    said, _ = screening(running, **{"check": "1", "number-age": "50", "met-I1": "unknown", "proposed-I1": "true"})
    assert 'id="met-I1-unknown" checked' in text_of(said)


def test_a_question_stands_under_the_first_criterion_that_asks_it(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, above = screening_page.asked_of(shared(), Run(NOW.date()))
    assert {name: [len(one.atoms) for one in questions] for name, questions in asked.items()} == {"I1": [1], "E1": [2]}
    assert above == {"E2": ["I1"]}
    whole = screening_page.asked_of
    monkeypatch.setattr(screening_page, "asked_of", lambda *given: (whole(*given)[0], {"I2": ["I1"]}))
    _, page = screening(running)
    assert 'Asked above under <a href="#criterion-I1">I1</a>.' in page


def shared() -> Reading:
    """Gout is asked for by two criteria, of which the first on the page is the last of the text."""
    gout, stroke, asthma = (
        Exists(pattern=Pattern(Domain.CONDITION, Concept(one))) for one in ("gout", "stroke", "asthma")
    )
    told = (("E1", Or(of=(stroke, asthma))), ("E2", gout), ("I1", gout))
    kinds = {"E": Polarity.EXCLUDE, "I": Polarity.INCLUDE}
    return Reading(
        "", tuple(Criterion(name, kinds[name[0]], name, Span(0, 1), Parse.FULL, expr) for name, expr in told)
    )


def test_a_screening_is_recorded_whole_or_not_at_all(running: Running) -> None:
    missing, _ = screening(running, **{"record": "1", "number-age": "50", "met-I1": "true"})
    assert missing.status_code == 400
    assert 'href="#field-met-I2"' in text_of(missing)
    assert running.one(running.consented).screening is None
    done, _ = screening(running, **{"record": "1", "number-age": "50", "met-I1": "true", "met-I2": "true"})
    assert done.status_code == 302
    found = running.one(running.consented).screening
    assert found
    assert found.eligible is Truth.TRUE


@pytest.mark.parametrize("on", ["2199-01-01", "", "yesterday", "0000-00-00"])
def test_a_day_of_screening_that_cannot_be_is_refused_in_words(on: str, running: Running) -> None:
    answer, _ = screening(running, record="1", on=on, **{"number-age": "50", "met-I1": "true", "met-I2": "true"})
    assert answer.status_code == 400
    assert "There is a problem" in text_of(answer)
    assert running.one(running.consented).screening is None


# Forms


def form_of(running: Running, form: str = "vitals", visit: str = "week") -> str:
    return f"{page_of(running.randomised)}visits/{visit}/forms/{form}/1/"


def test_wrong_values_are_told_by_field_and_everything_typed_stays(running: Running) -> None:
    client, here = browser(Role.COORDINATOR), form_of(running)
    sent = {"f-weight": "7000", "f-week": "60", "f-pregnant": ["", "yes"], "f-on": "2199-01-01"}
    answer = client.post(here, {"key": "k", **sent})
    page = text_of(answer)
    assert answer.status_code == 400
    for kept in ('value="7000"', 'value="60"', 'value="2199-01-01"', 'id="f-pregnant-yes" checked'):
        assert kept in page
    for field in ("weight", "week"):
        assert f'<a href="#field-{field}">' in page
    assert Place("week", "vitals") not in running.one(running.randomised).sheets


def test_a_form_sent_again_after_a_lost_connection_is_entered_once(running: Running) -> None:
    client, here = browser(Role.COORDINATOR), form_of(running)
    sent = {"key": key_in(client.get(here)), "f-weight": "70", "f-pregnant": ["", "no"]}
    for _ in range(3):
        assert client.post(here, sent).status_code == 302
    sheet = running.one(running.randomised).sheets[Place("week", "vitals")]
    assert (sheet.values, sheet.corrections) == ({"weight": "70", "pregnant": "no"}, 0)


def test_a_correction_wants_a_reason_and_sees_what_another_tab_did(running: Running) -> None:
    client, here = browser(Role.COORDINATOR), form_of(running, visit="baseline")
    first = client.get(here)
    seen = hidden_in(first, "seen")
    unreasoned = client.post(here, {"key": "k1", "seen": seen, "f-weight": "80"})
    assert unreasoned.status_code == 400
    assert 'value="80"' in text_of(unreasoned)
    assert client.post(here, {"key": "k2", "seen": seen, "f-weight": "80", "reason": "Slip"}).status_code == 302
    stale = client.post(here, {"key": "k3", "seen": seen, "f-weight": "90", "reason": "Other tab"})
    assert stale.status_code == 400
    assert "was changed after you opened it" in text_of(stale)
    assert running.one(running.randomised).sheets[Place("baseline", "vitals")].values["weight"] == "80"


def test_fields_a_form_does_not_have_change_nothing(running: Running) -> None:
    """Mass assignment: by a form of one's own, of another's role, and by what only the server settles."""
    client, here = browser(Role.COORDINATOR), form_of(running)
    more = {"f-signature": "1", "site": "02", "by": "monitor", "participant": running.foreign, "f-nothing": "x"}
    assert client.post(here, {"key": "k", "f-weight": "70", **more}).status_code == 302
    sheet = running.one(running.randomised).sheets[Place("week", "vitals")]
    assert (sheet.values, sheet.by, sheet.signature) == ({"weight": "70"}, "coordinator-01", None)
    assert client.post(form_of(running, "assessment"), {"key": "k2", "f-activity": "3"}).status_code == 403
    browser_ = browser(Role.COORDINATOR)
    browser_.post(page_of(running.eligible) + "randomise/", {"key": "k4", "level-disease": "pm", "kits": "1234567"})
    assert "1234567" not in running.one(running.eligible).kits


def test_what_no_text_can_hold_is_left_out(running: Running) -> None:
    client = browser(Role.COORDINATOR)
    sent = {"key": "k", "name": "Ibu\x00pro\x08fen\u2028", "dose": "\x1b[31m400 mg"}
    assert client.post(page_of(running.randomised) + "medication/", sent).status_code == 302
    (taken,) = running.one(running.randomised).medications.values()
    assert (taken.name, taken.dose) == ("Ibuprofen", "[31m400 mg")


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("stop-treatment/", {"on": "2199-01-01", "why": "Wish"}),
        ("end/", {"how": "completed", "on": "2199-01-01"}),
        ("visits/week/done/", {"on": "2199-01-01"}),
        ("return-kit/", {"kit": "0000000", "on": TODAY, "left": "0"}),
        ("return-kit/", {"kit": "0000000", "on": TODAY, "left": "-1"}),
        ("events/new/", {"term": "Fall", "started": "2199-01-01", "aware": TODAY, "severity": "mild"}),
        ("deviation/", {"of": "zz", "words": "x", "important": "no"}),
        ("consent/", {"version": "zz", "on": TODAY}),
    ],
)
def test_what_cannot_be_is_refused_with_everything_typed_and_nothing_recorded(
    page: str, sent: dict[str, str], running: Running
) -> None:
    before = running.trial.position
    answer = browser(Role.INVESTIGATOR).post(page_of(running.randomised) + page, {"key": "k", **sent})
    assert answer.status_code == 400
    assert "There is a problem" in text_of(answer)
    kept = [value for name, value in sent.items() if name in ("on", "started", "why", "words")]
    assert all(f'value="{value}"' in text_of(answer) or f">{value}<" in text_of(answer) for value in kept)
    assert running.trial.position == before


# Signatures


def test_must_07_the_first_signature_wants_name_and_password_the_next_the_password(running: Running) -> None:
    client, here = browser(Role.INVESTIGATOR), form_of(running, visit="baseline")
    page = client.get(here)
    assert 'name="username"' in text_of(page)
    seen = hidden_in(page, "digest")
    alone = client.post(here + "sign/", {"key": "s1", "digest": seen, "password": PASSWORD})
    assert alone.status_code == 400
    wrong = client.post(here + "sign/", {"key": "s2", "digest": seen, **SIGNED, "password": "no"})
    assert wrong.status_code == 400
    assert client.post(here + "sign/", {"key": "s3", "digest": seen, **SIGNED}).status_code == 302
    sheet = running.one(running.randomised).sheets[Place("baseline", "vitals")]
    assert sheet.signature
    assert sheet.signature.by == "investigator-01"
    later = text_of(client.get(page_of(running.randomised) + "endorse/"))
    assert 'name="username"' not in later
    assert 'name="password"' in later


def test_a_signature_is_of_what_was_shown(running: Running) -> None:
    client, here = browser(Role.INVESTIGATOR), form_of(running, visit="baseline")
    answer = client.post(here + "sign/", {"key": "s", "digest": "0" * 64, **SIGNED})
    assert answer.status_code == 400
    assert "Look at it again" in text_of(answer)
    ended = client.post(page_of(running.randomised) + "endorse/", {"key": "e", "digest": "0" * 64, **SIGNED})
    assert ended.status_code == 400
    assert running.one(running.randomised).endorsed == ()


def test_an_investigator_endorses_a_record_and_a_change_undoes_it(running: Running) -> None:
    client, here = browser(Role.INVESTIGATOR), page_of(running.randomised) + "endorse/"
    seen = hidden_in(client.get(here), "digest")
    assert client.post(here, {"key": "e", "digest": seen, **SIGNED}).status_code == 302
    assert "The record as it is now was endorsed" in text_of(client.get(here))
    client.post(page_of(running.randomised) + "visits/week/done/", {"key": "v", "on": TODAY, "reason": "Away"})
    assert "it has to be endorsed again" in text_of(client.get(here))


def test_closing_wants_a_signature_and_a_reason(running: Running) -> None:
    client, here = browser(Role.STATISTICIAN), f"{LOG}closing/freeze/"
    assert client.post(here, {"key": "a", "reason": "All is in"}).status_code == 400
    assert running.trial.stage == "open"
    sent = {"key": "b", "reason": "All is in", "username": "statistician", "password": PASSWORD}
    assert client.post(here, sent).status_code == 302
    assert running.trial.stage == "frozen"
    assert "Data frozen" in text_of(client.get(LOG))


# The emergency


def broken(running: Running, client: Any, **other: str) -> Any:
    here = page_of(running.randomised) + "break-code/"
    sent = {"key": key_in(client.get(here)), "changes": "yes", "why": "Anaphylaxis", **SIGNED, **other}
    return sent, client.post(here, sent)


def test_a_code_is_broken_once_seen_once_and_told_without_the_arm(running: Running) -> None:
    client = browser(Role.INVESTIGATOR)
    sent, shown = broken(running, client)
    arm = re.search(r'class="figure">(Active|Placebo)<', text_of(shown))
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    assert "once.js" in text_of(shown)
    assert arm
    here = page_of(running.randomised)
    reloaded = client.post(here + "break-code/", sent)
    assert reloaded.status_code == 400
    assert 'class="figure"' not in text_of(reloaded)
    assert len(running.one(running.randomised).broken) == 1
    for address in (here, here + "break-code/", LOG, LOG + "audit/", LOG + "work/"):
        assert f">{arm[1]}<" not in text_of(client.get(address)), address
    for role in (Role.SPONSOR, Role.MONITOR, Role.SAFETY_OFFICER):
        notice = text_of(browser(role).get(LOG))
        assert "A code was broken." in notice
        assert running.randomised in notice
        assert "Anaphylaxis" not in notice
    for role in (Role.ASSESSOR, Role.STATISTICIAN, Role.COORDINATOR):
        assert "A code was broken." not in text_of(browser(role).get(LOG)), role


@override_settings(**SMTP)
def test_must_24_letters_tell_of_a_broken_code_and_name_no_arm(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "apart", lambda work: work())
    client = browser(Role.INVESTIGATOR)
    people = [browser(role) for role in (Role.SPONSOR, Role.MONITOR, Role.SAFETY_OFFICER, Role.ASSESSOR)]
    sent, _ = broken(running, client)
    client.post(page_of(running.randomised) + "break-code/", sent)
    told = {letter.to[0]: f"{letter.subject} {letter.body}" for letter in mail.outbox}
    assert len(people) == len(mail.outbox) + 1, "the assessor is not told, and nobody is told twice"
    assert set(told) == {"sponsor@example.org", "monitor@example.org", "safety-officer@example.org"}
    for words in told.values():
        assert f"/staff/trials/SMALL/participants/{running.randomised}/" in words
        assert not re.search("active|placebo|anaphylaxis", words, re.IGNORECASE)


@pytest.mark.parametrize("smtp", [SMTP, {}], ids=["letters go", "no mail server"])
def test_must_24_who_is_told_of_an_opened_envelope_is_who_is_told_of_a_code_broken_here(
    smtp: dict[str, str], running: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(post, "apart", lambda work: work())
    monkeypatch.setattr(prepare, "prepare", lambda home: None)
    monkeypatch.setattr(sys, "argv", ["", "SMALL", running.randomised, "investigator-01"])
    investigator, sponsor, *_ = [browser(role) for role in (Role.INVESTIGATOR, Role.SPONSOR, Role.ASSESSOR)]
    context = context_of(Role.INVESTIGATOR, "01", NOW, "Anaphylaxis")
    record_opened(running.trials, "SMALL", running.randomised, "5-1", NOW, context)
    with override_settings(**smtp):
        write_letters()
    how = "Letters go to" if smtp else "No mail server is named, so tell them"
    assert capsys.readouterr().out == f"{how}: Dr Sponsor Weiss <sponsor@example.org>.\n"
    assert [letter.to for letter in mail.outbox] == ([["sponsor@example.org"]] if smtp else [])
    for letter in mail.outbox:
        assert f"/staff/trials/SMALL/participants/{running.randomised}/" in letter.body
        assert not re.search("active|placebo|anaphylaxis", f"{letter.subject} {letter.body}", re.IGNORECASE)
    assert "A code was broken." in text_of(sponsor.get(LOG))
    assert "It was on paper: envelope 5-1." in text_of(investigator.get(page_of(running.randomised)))


@pytest.mark.parametrize(
    "wrong", [{"password": "no"}, {"why": ""}, {"changes": "no"}, {"changes": ""}, {"username": "monitor"}]
)
def test_a_code_stays_closed(wrong: dict[str, str], running: Running) -> None:
    _, answer = broken(running, browser(Role.INVESTIGATOR), **wrong)
    assert answer.status_code == 400
    assert running.one(running.randomised).broken == ()
    assert 'class="figure"' not in text_of(answer)
    if {"password", "username"} & set(wrong):
        assert f'name="username" value="{wrong.get("username", "investigator-01")}"' in text_of(answer)


def test_the_page_that_breaks_a_code_says_that_it_was_broken_by_whom_and_when(running: Running) -> None:
    client, here = browser(Role.INVESTIGATOR), page_of(running.randomised) + "break-code/"
    assert "broken already" not in text_of(client.get(here))
    broken(running, client)
    (seen,) = running.one(running.randomised).broken
    for role in (Role.INVESTIGATOR, Role.SAFETY_OFFICER):
        page = " ".join(text_of(browser(role).get(here)).split())
        assert "This code was broken already</strong>, on" in page
        assert f"at {seen.at[11:16]} UTC, by Investigator" in page
        assert not re.search('class="figure"|Anaphylaxis', page)


def test_every_mistake_of_a_form_is_named_at_once_beside_its_field(running: Running) -> None:
    def named(role: Role, here: str, **sent: str) -> set[str]:
        answer = browser(role).post(here, {"key": "k", **sent})
        assert answer.status_code == 400
        page = text_of(answer)
        linked = set(re.findall(r'<a href="#field-([^"]+)">', page))
        assert linked == set(re.findall(r'id="why-([^"]+)"', page))
        return linked

    one = page_of(running.randomised)
    event = {"term", "started", "aware", "severity", "causality", "outcome", "reaction"}
    assert named(Role.COORDINATOR, f"{one}events/new/") == event
    assert named(Role.COORDINATOR, f"{one}events/new/", aware="soon", severity="odd", term="Rash") == event - {"term"}
    assert named(Role.INVESTIGATOR, f"{one}break-code/") == {"changes", "why", "username", "password"}
    assert named(Role.STATISTICIAN, f"{LOG}closing/freeze/") == {"reason", "username", "password"}
    assert named(Role.COORDINATOR, f"{one}return-kit/", left="-3") == {"kit", "on", "left"}
    assert named(Role.COORDINATOR, page_of(running.new) + "consent/") == {"version", "on"}
    assert named(Role.COORDINATOR, f"{LOG}participants/new/", born="1990") == {"born"}
    correction = browser(Role.COORDINATOR).post(form_of(running, visit="baseline"), {"key": "k", "f-weight": "heavy"})
    assert {"#field-weight", "#field-reason"} <= set(re.findall(r'<a href="([^"]+)">', text_of(correction)))


def test_consent_is_not_recorded_by_pressing_a_button_alone(running: Running) -> None:
    client, here = browser(Role.COORDINATOR), page_of(running.new) + "consent/"
    form = text_of(client.get(here))
    assert "checked" not in form
    assert 'name="on" value=""' in form
    assert client.post(here, {"key": "k"}).status_code == 400
    assert running.one(running.new).consent is None
    assert client.post(here, {"key": "k", "version": "1", "on": TODAY}).status_code == 302


def test_a_visit_outside_its_window_says_so_and_wants_a_reason(running: Running) -> None:
    client, here = browser(Role.COORDINATOR), page_of(running.randomised) + "visits/week/done/"
    assert "Its window is" in text_of(client.get(here))
    refused = client.post(here, {"key": "a", "on": TODAY})
    assert refused.status_code == 400
    assert re.search(r"is \d+ days before the visit’s window. Correct the day, or say why.", text_of(refused))
    assert "week" not in running.one(running.randomised).visits
    for _ in range(2):
        assert client.post(here, {"key": "b", "on": TODAY, "reason": "Going abroad"}).status_code == 302
    assert running.one(running.randomised).visits["week"].outside
    last = list(running.trials.entries("SMALL", subject=running.randomised))[-1]
    assert (last.tag, last.reason) == ("visit-done", "Going abroad")


def test_what_a_lost_connection_sends_twice_is_refused_by_nothing_that_changed_with_it(running: Running) -> None:
    """A visit inside its window wants no reason, and what was corrected is no choice any more."""
    client, here = browser(Role.COORDINATOR), page_of(running.eligible) + "visits/screening/done/"
    stratum, right = page_of(running.randomised) + "stratum/", {"level": "disease:dm", "reason": "Misread"}
    for _ in range(2):
        assert client.post(here, {"key": "c", "on": TODAY}).status_code == 302
        assert client.post(stratum, {"key": "s", **right}).status_code == 302
    assert client.post(stratum, {"key": "t", **right}).status_code == 400
    assert "Why the day changes" in text_of(client.post(here, {"key": "d", "on": TODAY}))


def test_a_participants_page_has_strata_and_kits_for_those_who_may_see_them(running: Running) -> None:
    here, (kit,) = page_of(running.randomised), running.one(running.randomised).kits
    for role, strata, kits in (
        (Role.COORDINATOR, True, True),
        (Role.ASSESSOR, True, False),
        (Role.PHARMACIST, False, True),
        (Role.STATISTICIAN, True, False),
    ):
        page = text_of(browser(role).get(here))
        assert ("<dt>Disease</dt><dd>PM</dd>" in page) == strata, role
        assert (f'class="number-like">{kit}</th><td>At randomisation' in page) == kits, role


def test_what_is_to_be_settled_before_randomisation_is_linked_for_who_may(running: Running) -> None:
    here = page_of(running.consented)
    page = text_of(browser(Role.COORDINATOR).get(here))
    assert f'<a href="{here}screening/">Screen them; there are no waivers.</a>' in page
    assert f'<a href="{here}screening/">Screen them.</a>' in page
    assert f'<a href="{here}randomise/">Choose them on the page that randomises.</a>' in page
    assert '<span class="hint">Screen them.</span>' in text_of(browser(Role.MONITOR).get(here))


def test_the_way_out_is_on_every_page_of_a_trial(running: Running) -> None:
    assert f'<a href="{reverse("account_logout")}">Sign out</a>' in text_of(browser(Role.MONITOR).get(LOG))


def test_the_sponsor_weighs_a_break_and_the_notice_goes(running: Running) -> None:
    broken(running, browser(Role.INVESTIGATOR))
    client, here = browser(Role.SPONSOR), page_of(running.randomised) + "impact/"
    assert client.post(here, {"key": "i", "words": ""}).status_code == 400
    assert client.post(here, {"key": "j", "words": "The assessor knows nothing of it."}).status_code == 302
    assert "A code was broken." not in text_of(client.get(LOG))


def test_every_look_at_an_assignment_is_in_the_log_before_it_is_given(running: Running) -> None:
    client, here = browser(Role.PHARMACIST), f"{LOG}assignments/"
    before = running.trial.position
    assert not re.search("Active|Placebo", text_of(client.get(here)))
    sent = {"participant": running.randomised, "why": "To prepare the pen"}
    assert client.post(here, {"participant": running.randomised}).status_code == 400
    assert running.trial.position == before
    for number in (1, 2):
        assert re.search(r'class="figure">(Active|Placebo)<', text_of(client.post(here, sent)))
        assert running.trial.position == before + number
    assert client.post(here, {**sent, "participant": running.foreign}).status_code == 404


# What was recorded by mistake


@pytest.mark.parametrize("how", ["lost", "died", "completed"])
def test_must_03_an_end_recorded_of_the_wrong_person_is_taken_back_with_a_reason(how: str, running: Running) -> None:
    here = page_of(running.randomised)
    wrong = {"key": "w", "how": how, "on": TODAY, "why": "Letters came back"}
    assert browser(Role.COORDINATOR).post(here + "end/", wrong).status_code == 302
    client = browser(Role.INVESTIGATOR)
    assert "reinstate/" in text_of(client.get(here))
    assert "reinstate/" not in text_of(browser(Role.COORDINATOR).get(here))
    shown = client.get(here + "reinstate/")
    assert f'value="{how}"' in text_of(shown)
    key = key_in(shown)
    for incomplete in ({"what": how}, {"reason": "It was 01-003"}, {"what": "asleep", "reason": "It was 01-003"}):
        assert client.post(here + "reinstate/", {"key": key, **incomplete}).status_code == 400
    done = client.post(here + "reinstate/", {"key": key, "what": how, "reason": "It was 01-003"}, follow=True)
    assert running.one(running.randomised).ended is None
    assert "was reinstated" in text_of(done)
    assert client.get(here + "reinstate/").status_code == 404
    trail = text_of(browser(Role.MONITOR).get(f"{LOG}audit/?participant={running.randomised}"))
    assert "was recorded by mistake" in trail
    assert "It was 01-003" in trail


def test_who_withdrew_is_offered_consent_again_and_no_way_back_but_that(running: Running) -> None:
    here = page_of(running.randomised)
    gone = {"key": "w", "how": "withdrew", "on": TODAY, "of": ["visits", "new-data"], "why": "Too far"}
    assert browser(Role.COORDINATOR).post(here + "end/", gone).status_code == 302
    client = browser(Role.INVESTIGATOR)
    page = text_of(client.get(here))
    assert f"{here}consent/" in page
    assert "reinstate/" not in page
    sent = {"key": key_in(client.get(here + "consent/")), "version": "1", "on": TODAY}
    assert client.post(here + "consent/", sent).status_code == 302
    assert running.one(running.randomised).ended is None
    assert running.one(running.randomised).withdrawn == frozenset()


# What goes out


def test_an_export_keeps_formulas_from_running_and_is_in_the_log(running: Running) -> None:
    client = browser(Role.COORDINATOR)
    for name in ("=1+1", "+SUM(A1)", "-2", "@cmd", '=HYPERLINK("http://evil")'):
        client.post(page_of(running.randomised) + "medication/", {"key": name, "name": name})
    before = running.trial.position
    body = text_of(client.post(f"{LOG}exports/medications.csv", {"key": "e"})).removeprefix("\ufeff")
    cells = [cell for row in csv.reader(io.StringIO(body)) for cell in row]
    assert [cell for cell in cells if re.match(r"[=+@\t\r]|-\D", cell)] == []
    assert any("HYPERLINK" in cell for cell in cells)
    assert running.trial.position == before + 1


def test_the_audit_trail_as_a_file_is_in_the_log_and_names_no_arm(running: Running) -> None:
    client, before = browser(Role.MONITOR), running.trial.position
    body = text_of(client.post(f"{LOG}audit/file/", {"key": "a"}))
    assert len(body.splitlines()) > 20
    assert running.trial.position == before + 1


def test_an_amendment_is_checked_line_by_line_and_an_oversized_one_refused(running: Running) -> None:
    client, here = browser(Role.SPONSOR), f"{LOG}protocol/amend/"
    assert client.post(here, {"key": "a", "reason": "r"}).status_code == 400
    wrong = SimpleUploadedFile("p.yaml", b"format: equipoise-protocol/1\nid: SMALL\narms: 3\n")
    told = client.post(here, {"key": "b", "reason": "Because", "file": wrong})
    assert told.status_code == 400
    assert "3:" in text_of(told)
    assert 'value="Because"' in text_of(told)
    for size in (2_000_001, 20_000_000):
        large = SimpleUploadedFile("p.yaml", b"x" * size)
        assert client.post(here, {"key": "c", "reason": "r", "file": large}).status_code in (400, 413)
    assert (
        client.post(here, {"key": "d", "reason": "r", "file": SimpleUploadedFile("p", b"\xff\xfe\x00")}).status_code
        == 400
    )
    assert list(running.trial.protocols) == ["1.0"]


def test_a_body_too_large_to_read_is_refused(running: Running) -> None:
    sent = {"key": "k", "words": "x" * 17_000_000}
    answer = browser(Role.MONITOR).post(f"{page_of(running.randomised)}deviation/", sent)
    assert answer.status_code in (400, 413)


# What the masked never read

SECRETS = re.compile(r"UNSET|Block sizes|\b4, 6\b|\b4 and 6\b|kit a\b|kit p\b|Gene signature", re.IGNORECASE)


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.PHARMACIST, Role.INDEPENDENT_STATISTICIAN)])
def test_no_page_of_a_masked_role_tells_of_the_allocation(role: Role, running: Running) -> None:
    client, seen, todo = browser(role), set(), ["/staff/trials/"]
    while todo:
        address = todo.pop()
        if address in seen:
            continue
        seen.add(address)
        page = text_of(client.get(address))
        assert not SECRETS.search(page), (address, SECRETS.search(page))
        todo += [link.replace("&amp;", "&") for link in re.findall(r'href="(/staff/trials/[^"#]*)"', page)]
    assert len(seen) > 3
    if role is Role.ASSESSOR:
        pages = "".join(text_of(client.get(address)) for address in sorted(seen))
        assert not re.search("Headache|Redness", pages)
    if role is Role.SPONSOR:
        pages = "".join(text_of(client.get(address)) for address in sorted(seen))
        assert "Headache" in pages
        assert "Redness" not in pages


def test_an_adverse_event_is_found_by_the_number_the_viewer_counts(running: Running) -> None:
    """The first in the log is a reaction; to the sponsor, who may not see it, the second is the first."""
    assert "Redness" in text_of(browser(Role.INVESTIGATOR).get(page_of(running.randomised) + "events/1/"))
    assert "Headache" in text_of(browser(Role.INVESTIGATOR).get(page_of(running.randomised) + "events/2/"))


def test_a_persons_name_is_for_their_site_alone(running: Running) -> None:
    assert "Mara01 Lindqvist" in text_of(browser(Role.COORDINATOR).get(LOG + "participants/"))
    for role in (Role.MONITOR, Role.SPONSOR, Role.STATISTICIAN, Role.PHARMACIST, Role.ADMINISTRATOR):
        client = browser(role)
        for address in (LOG + "participants/", page_of(running.randomised), LOG + "participants/?find=Mara"):
            assert "Mara" not in text_of(client.get(address)).replace('value="Mara"', ""), (role, address)
