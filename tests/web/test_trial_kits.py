"""Kits on their way to a site and out of its stock, by the pages."""

import re
from pathlib import Path

import pytest
from immutables import Map

from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.roles import Role
from equipoise.web.staff.trials.kits import kits_in_order
from tests.trials import PROTOCOL
from tests.web.trialing import LOG, Running, browser, key_in, text_of

pytestmark = pytest.mark.django_db
KITS = f"{LOG}kits/"


def test_kits_are_in_the_order_of_the_visits_they_were_handed_out_at() -> None:
    kits = Map({"1": "week-2", "9": "", "3": "week", "2": "week"})
    one = Participant("01-001", "01", "2026-01-01", kits=kits)
    labels = {visit.id: visit.label for visit in planned_visits(PROTOCOL)}
    week, later = labels["week"], labels["week-2"]
    expected = [("9", "At randomisation"), ("2", week), ("3", week), ("1", later)]
    assert list(kits_in_order(PROTOCOL, one)) == expected


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    return Running(tmp_path)


def send(role: Role, page: str, **typed: str) -> int:
    client = browser(role)
    return int(client.post(page, {"key": key_in(client.get(page)), **typed}).status_code)


def test_a_parcel_from_its_sending_to_the_shelf(running: Running) -> None:
    # Given a sponsor who has four of every kind sent, after numbers that make no sense
    for wrong in ("", "many", "0", "10001", "9999"):
        assert send(Role.SPONSOR, f"{KITS}02/send/", each=wrong) == 400
    assert not running.trial.sent
    assert send(Role.SPONSOR, f"{KITS}02/send/", each="2") == 302
    sent = sorted(running.trial.sent)
    assert len(sent) == 6
    # Then its numbers are on the page of who packs and in the pharmacist's form, in an order that tells nothing
    assert " ".join(sent) in text_of(browser(Role.SPONSOR).get(KITS))
    form = text_of(browser(Role.PHARMACIST, "02").get(f"{KITS}02/"))
    assert " ".join(sent) in form
    assert not set(sent) & set(re.findall(r"\d{7}", text_of(browser(Role.PHARMACIST).get(KITS))))
    # When all but one come
    client = browser(Role.PHARMACIST, "02")
    received = {"key": key_in(client.get(f"{KITS}02/")), "kits": " ".join(sent[1:])}
    assert client.post(f"{KITS}02/", received).status_code == 302
    assert set(running.trial.sent) == {sent[0]}
    assert {running.trial.stock[kit] for kit in sent[1:]} == {"02"}
    page = text_of(client.get(KITS))
    assert "19 in stock, 1 on their way, 1 handed out." in page
    # And the one is given up for lost
    lost = {"key": key_in(client.get(f"{KITS}02/discard/")), "kits": sent[0]}
    assert client.post(f"{KITS}02/discard/", lost).status_code == 400
    assert client.post(f"{KITS}02/discard/", {**lost, "reason": "Never came"}).status_code == 302
    page = text_of(client.get(KITS))
    assert "19 in stock, 1 handed out, 1 taken out of stock." in page
    assert "Never came" in text_of(client.get(f"{LOG}audit/"))


def test_another_sites_kits_are_not_there_to_be_received_or_thrown_away(running: Running) -> None:
    assert browser(Role.PHARMACIST).get(f"{KITS}02/send/").status_code == 404
    assert browser(Role.COORDINATOR).get(f"{KITS}02/discard/").status_code == 404
    theirs = min(kit for kit, site in running.trial.stock.items() if site == "02")
    client = browser(Role.COORDINATOR)
    typed = {"key": key_in(client.get(f"{KITS}01/discard/")), "kits": theirs, "reason": "Too warm"}
    answer = client.post(f"{KITS}01/discard/", typed)
    assert answer.status_code == 400
    assert f"Kit {theirs}: is neither in the stock of Site 01 nor on its way" in text_of(answer)
    assert theirs in running.trial.stock
