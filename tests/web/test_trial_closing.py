"""Closing by the pages: in one order, each step signed with a reason, and the arms shown at the end alone."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from equipoise.conduct import events as did
from equipoise.conduct.decide.closing import data_digest
from equipoise.conduct.log import Context
from equipoise.conduct.record import enclose
from equipoise.conduct.roles import Role
from equipoise.conduct.trial import Stage
from tests.accounts import PASSWORD
from tests.web.trialing import LOG, NAME, NOW, Running, browser, key_in, text_of

pytestmark = pytest.mark.django_db
BY = {"freeze": Role.STATISTICIAN, "thaw": Role.STATISTICIAN, "lock": Role.STATISTICIAN, "unlock": Role.SPONSOR}
BY["unblind"] = Role.INDEPENDENT_STATISTICIAN


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


def stand_at(running: Running, *closing: did.TrialEvent) -> None:
    """As if every record had been completed and signed before."""
    context = Context(by="test", at=NOW)
    with running.trials.log.writing(NAME) as pen:
        pen.append(enclose(running.trial, closing, context, role="", software="test"))


def take(step: str, **other: str) -> Any:
    role = BY[step]
    client, here = browser(role), f"{LOG}closing/{step}/"
    page = client.get(here)
    if page.status_code != 200:
        return page
    sent = {"key": key_in(page), "reason": "All is in", "username": role.value, "password": PASSWORD, **other}
    return client.post(here, sent)


def test_must_27_data_are_frozen_and_thawed_and_what_is_left_is_told(running: Running) -> None:
    assert take("freeze").status_code == 302
    assert running.trial.stage is Stage.FROZEN
    page = text_of(browser(Role.STATISTICIAN).get(f"{LOG}closing/"))
    assert "Before the lock" in page
    refused = take("lock")
    assert refused.status_code == 400
    assert running.trial.stage is Stage.FROZEN
    assert take("thaw").status_code == 302
    assert running.trial.stage is Stage.OPEN


@pytest.mark.parametrize(
    ("closing", "steps"),
    [
        ((), {"freeze"}),
        ((did.DataFrozen("In"),), {"thaw", "lock"}),
        ((did.DataFrozen("In"), did.DataLocked("Done", "d")), {"unlock", "unblind"}),
        ((did.DataFrozen("In"), did.DataLocked("Done", "d"), did.TrialUnblinded("Open")), set()),
    ],
)
def test_must_27_no_step_is_there_out_of_its_order(
    closing: tuple[did.TrialEvent, ...], steps: set[str], running: Running
) -> None:
    stand_at(running, *closing)
    there = {step for step in BY if browser(BY[step]).get(f"{LOG}closing/{step}/").status_code == 200}
    assert there == steps


@pytest.mark.parametrize("wrong", [{"password": "no"}, {"reason": ""}, {"username": "sponsor"}])
def test_must_27_no_step_without_reason_and_signature(wrong: dict[str, str], running: Running) -> None:
    stand_at(running, did.DataFrozen("In"), did.DataLocked("Done", "d"))
    assert take("unblind", **wrong).status_code == 400
    assert running.trial.stage is Stage.LOCKED


def test_must_27_unblinding_shows_the_arms_to_those_cleared(running: Running) -> None:
    stand_at(running, did.DataFrozen("In"), did.DataLocked("Done", data_digest(running.trial)))
    page = f"{LOG}participants/{running.randomised}/"
    assert not re.search(">(Active|Placebo)<", text_of(browser(Role.COORDINATOR).get(page)))
    assert take("unblind").status_code == 302
    assert running.trial.stage is Stage.UNBLINDED
    assert re.search("Active|Placebo", text_of(browser(Role.COORDINATOR).get(page)))
    assert "Unblinded" in text_of(browser(Role.MONITOR).get(LOG))


def test_must_27_the_flow_by_arm_is_of_dummy_arms_until_the_trial_is_unblinded(running: Running) -> None:
    page, link = f"{LOG}closing/by-arm/", "by dummy arms, to rehearse"
    for role in (Role.STATISTICIAN, Role.INDEPENDENT_STATISTICIAN):
        assert link in text_of(browser(role).get(f"{LOG}closing/"))
        assert "These arms are made up" in text_of(browser(role).get(page))
    assert link not in text_of(browser(Role.MONITOR).get(f"{LOG}closing/"))
    assert browser(Role.MONITOR).get(page).status_code == 403
    stand_at(running, did.DataFrozen("In"), did.DataLocked("Done", data_digest(running.trial)))
    assert take("unblind").status_code == 302
    for role in (Role.STATISTICIAN, Role.MONITOR):
        told = text_of(browser(role).get(page))
        assert "made up" not in told
        assert "dummy" not in told
        assert re.search("Active|Placebo", told)
    assert browser(Role.PHARMACIST).get(page).status_code == 403


def test_must_27_an_unlock_is_loud(running: Running) -> None:
    stand_at(running, did.DataFrozen("In"), did.DataLocked("Done", "d"))
    assert take("unlock", reason="A laboratory sent a value late").status_code == 302
    told = text_of(browser(Role.MONITOR).get(f"{LOG}audit/"))
    assert "A laboratory sent a value late" in told
