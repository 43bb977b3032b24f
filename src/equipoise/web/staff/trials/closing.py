"""Closing, in this order and no other: freeze, clean, lock, unblind; each step signed."""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec
from django.http import HttpResponse
from django.urls import reverse

from equipoise.actions.disclosing import arms_for
from equipoise.conduct import commands as do
from equipoise.conduct.allocation.dummy import dummy_arms
from equipoise.conduct.decide.closing import data_digest, left_to_do
from equipoise.conduct.roles import STATISTICIANS, Information
from equipoise.conduct.trial import Stage
from equipoise.conduct.views.flow import flow_by_arm
from equipoise.web.staff.trials.asking import REASON, Asked, answer
from equipoise.web.staff.trials.gate import Desk, NotHere, NotYours, in_trial

Closes: TypeAlias = do.FreezeData | do.ThawData | do.LockData | do.UnlockData | do.UnblindTrial


class Step(msgspec.Struct, frozen=True):
    """``meaning``: what is signed."""

    words: str
    meaning: str
    kind: type[Closes]


STEPS: Mapping[str, Step] = {
    "freeze": Step("Freeze the data", "Data entry is complete; from now on only queries are settled.", do.FreezeData),
    "thaw": Step("Thaw the data", "Data entry goes on.", do.ThawData),
    "lock": Step(
        "Lock the data", "All queries are settled and all records signed; nothing changes any more.", do.LockData
    ),
    "unlock": Step("Unlock the data", "A change is needed after the lock.", do.UnlockData),
    "unblind": Step("Unblind the trial", "The data are locked, and the analysis begins.", do.UnblindTrial),
}
STAGES = (
    (Stage.OPEN, "Open", "Data are entered."),
    (Stage.FROZEN, "Frozen", "Nothing new is entered; queries are settled and records signed."),
    (Stage.LOCKED, "Locked", "Nothing changes any more."),
    (Stage.UNBLINDED, "Unblinded", "The arms are known, and the analysis begins."),
)
SECTION = "trial-closing"


@in_trial
def show_closing(desk: Desk) -> HttpResponse:
    desk.need_sight(Information.OPEN)
    steps = [(name, step.words) for name, step in STEPS.items() if desk.may(step.kind)]
    left = left_to_do(desk.trial) if desk.trial.stage in (Stage.OPEN, Stage.FROZEN) else ()
    by_arm = desk.trial.stage is Stage.UNBLINDED or bool(desk.viewer.roles & STATISTICIANS)
    return desk.page("trial/closing.html", {"steps": steps, "left": left, "stages": STAGES, "by_arm": by_arm})


@in_trial
def show_by_arm(desk: Desk) -> HttpResponse:
    """The flow of participants arm by arm: of the real arms once the trial is unblinded, of made-up ones before."""
    unblinded = desk.trial.stage is Stage.UNBLINDED
    desk.need_sight(Information.OPEN)
    if not (unblinded or desk.viewer.roles & STATISTICIANS):
        raise NotYours
    looking = desk.context("the flow of participants by arm")
    trial = desk.trial
    arms = arms_for(desk.trials, trial, desk.viewer, trial.order, looking).arms if unblinded else dummy_arms(trial)
    return desk.page("trial/by_arm.html", {"found": flow_by_arm(trial, desk.viewer, arms, dummy=not unblinded)})


@in_trial
def close_trial(desk: Desk, step: str) -> HttpResponse:
    chosen = STEPS.get(step)
    if chosen is None:
        raise NotHere
    desk.need(chosen.kind)
    back = reverse("trial-closing", args=(desk.trial.id,))
    asked = Asked(chosen.words, (REASON,), chosen.words, back, danger=True, signs=chosen.meaning, section=SECTION)
    return answer(desk, asked, lambda _: _command(desk, chosen), back)


def _command(desk: Desk, step: Step) -> do.TrialCommand:
    if issubclass(step.kind, do.LockData):
        return do.LockData(step.meaning, data_digest(desk.trial))
    return step.kind(step.meaning)
