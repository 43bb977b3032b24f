"""Assignments, for those who may know them: one at a time, and every look is in the log before it is given."""

import msgspec
from django.http import HttpResponse

from equipoise.conduct import commands as do
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Participant
from equipoise.kernel.refused import Refused
from equipoise.web.staff.trials.asking import Problems, given, told, typed_in
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial


@in_trial
def show_assignments(desk: Desk) -> HttpResponse:
    """Who was randomised; on POST the arm of the one that is named, in this answer alone."""
    if not desk.sees(Information.ARM):
        raise NotHere
    if desk.request.method != "POST":
        return _shown(desk)
    typed = typed_in(desk)
    try:
        one = desk.participant(given(typed, "participant", "The participant"))
        if not one.is_randomised or not desk.sees(Information.ARM, one.site):
            raise NotHere
        return _shown(desk, one, _look(desk, one, given(typed, "why", "Why you look")))
    except Refused as refused:
        return _shown(desk, problems=told(refused), asked=typed)


def _look(desk: Desk, one: Participant, why: str) -> str:
    """Every look is another, so it has no key. Once the trial is unblinded the sealed store alone keeps count."""
    context = msgspec.structs.replace(desk.context(why), key="")
    if desk.may(do.NoteSealedRead, one.site):
        desk.trials.ask(desk.trial.id, do.NoteSealedRead(f"the assignment: {why}", one.id), context)
    return desk.trials.custodian.arm_of(desk.trial.id, one.id, context)


def _shown(
    desk: Desk, one: Participant | None = None, arm: str = "", problems: Problems = (), asked: object = None
) -> HttpResponse:
    people = (desk.trial.participants[name] for name in desk.trial.order)
    context = {
        "people": sorted(each.id for each in people if desk.sees(Information.ARM, each.site)),
        "one": one,
        "arm": arm,
        "problems": problems,
        "typed": asked or {},
    }
    return desk.page("trial/assignments.html", context, status=400 if problems else 200)
