"""The allocation: sealed, its kits numbered; and assignments, every look at which is in the log before it is given.

To whom the protocol leaves them open, or when the trial is unblinded, all at once; to others one at a time.
"""

from collections.abc import Callable, Iterator

import msgspec
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from equipoise.actions.disclosing import arms_for
from equipoise.actions.numbering import number_kits as draw_kits
from equipoise.actions.trials import Done
from equipoise.conduct import commands as do
from equipoise.conduct.masking import arms_are_open
from equipoise.conduct.participant import Participant
from equipoise.conduct.roles import Information
from equipoise.kernel.refused import Refused
from equipoise.web.staff.trials.asking import (
    Asked,
    Input,
    Problems,
    Typed,
    given,
    require_signature,
    told,
    typed_in,
    whole_of,
)
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial


@in_trial
def show_assignments(desk: Desk) -> HttpResponse:
    """Who was randomised; on POST the arm of the one that is named, in this answer alone."""
    desk.need_sight(Information.ARM)
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


def _randomised(desk: Desk) -> Iterator[Participant]:
    return (desk.trial.participants[name] for name in desk.trial.order)


def _shown(
    desk: Desk, one: Participant | None = None, arm: str = "", problems: Problems = (), asked: object = None
) -> HttpResponse:
    people = sorted(one.id for one in _randomised(desk) if desk.sees(Information.ARM, one.site))
    opened = [each for each in people if arms_are_open(desk.trial, desk.viewer, desk.trial.participant(each).site)]
    looking = msgspec.structs.replace(desk.context("the page of assignments"), key="")
    context = {
        "people": [each for each in people if each not in set(opened)],
        "opened": sorted(arms_for(desk.trials, desk.trial, desk.viewer, opened, looking).arms.items()),
        "one": one,
        "arm": arm,
        "problems": problems,
        "typed": asked or {},
        "may_seal": not desk.trial.sealing and desk.may(do.SealAllocation),
        "may_number": bool(desk.trial.sealing and desk.trial.protocol.kits) and desk.may(do.NumberKits),
    }
    return desk.page("trial/assignments.html", context, status=400 if problems else 200)


SEALING = "I seal the allocation of this trial. From now on it is bound, and nobody is shown it before its time."


@in_trial
def seal_allocation(desk: Desk) -> HttpResponse:
    """Once, before the first participant, by whoever is unmasked and of no site."""
    desk.need(do.SealAllocation)
    if desk.trial.sealing:
        raise NotHere
    lead = (
        "The custodian draws the seed and numbers the kits, and keeps both. The log gets a commitment that binds them, "
        "so that anybody can check the allocation at the end. Have the protocol settled first: arms, method, ratio, "
        "strata and kits cannot be amended afterwards."
    )
    asked = Asked("Seal the allocation", (), "Seal it", _here(desk), lead, True, SEALING, "trial-assignments")
    return _done(desk, asked, lambda _: desk.trials.seal(desk.trial.id, desk.context()))


@in_trial
def number_kits(desk: Desk) -> HttpResponse:
    desk.need(do.NumberKits)
    if desk.trial.sealing is None or desk.trial.protocol.kits is None:
        raise NotHere
    asked = Asked(
        "Number more kits",
        (
            Input(
                "each",
                "How many of every kind",
                "whole",
                hint="Every kind is in a batch, so that the batch tells nothing",
            ),
        ),
        "Number them",
        _here(desk),
        "They are drawn from the sealed seed and bound by a commitment of their own before a site has any of them.",
        section="trial-assignments",
    )

    def act(typed: Typed) -> Done:
        each = whole_of(typed, "each", "How many of every kind")
        return draw_kits(desk.trials, desk.trial.id, each, desk.context())

    return _done(desk, asked, act)


def _done(desk: Desk, asked: Asked, act: Callable[[Typed], Done]) -> HttpResponse:
    """As ``answer``, for what is more than a command: the custodian draws before the log is written."""
    if desk.request.method != "POST":
        return desk.page("trial/ask.html", {"asked": asked, "problems": (), "typed": {}})
    typed = typed_in(desk)
    try:
        if asked.signs:
            require_signature(desk)
        act(typed)
    except Refused as refused:
        return desk.page("trial/ask.html", {"asked": asked, "problems": told(refused), "typed": typed}, status=400)
    return redirect(asked.back)


def _here(desk: Desk) -> str:
    return reverse("trial-assignments", args=(desk.trial.id,))
