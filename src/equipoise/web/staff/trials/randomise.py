"""Randomising one participant: the conditions, each by name; then a kit number, and nothing else."""

import msgspec
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct.decide.randomising import checks
from equipoise.conduct.decide.strata import level_in_source
from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.model import Factor
from equipoise.conduct.roles import Information
from equipoise.kernel.refused import Refused
from equipoise.web.staff.trials.asking import Problems, missing, refuse, told, typed_in
from equipoise.web.staff.trials.gate import Desk, in_trial


@in_trial
def randomise_participant(desk: Desk, participant: str) -> HttpResponse:
    """The button sent twice, by a second tab or a lost connection, shows the first result again."""
    one = desk.participant(participant)
    desk.need(do.RandomiseParticipant, one.site)
    if one.is_randomised or desk.request.method != "POST":
        return _shown(desk, one)
    try:
        _record_levels(desk, one)
        desk.ask(do.RandomiseParticipant(one.id))
    except Refused as refused:
        desk = msgspec.structs.replace(desk, trial=desk.trials.trial(desk.trial.id))
        one = desk.participant(participant)
        if not one.is_randomised:
            return _shown(desk, one, told(refused))
    return redirect(reverse("trial-randomise", args=(desk.trial.id, one.id)))


def _record_levels(desk: Desk, one: Participant) -> None:
    """What bears on the allocation, as chosen on the page."""
    typed = typed_in(desk)
    levels = {factor.id: typed.get(f"level-{factor.id}", "") for factor in _factors(desk)}
    refuse(
        missing(f"level-{factor.id}", factor.label, choice=True)
        for factor in _factors(desk)
        if levels[factor.id] not in {level.id for level in factor.levels}
    )
    if levels and levels != one.levels:
        context = desk.context()
        named = msgspec.structs.replace(context, key=f"{context.key}-stratum" if context.key else "")
        desk.trials.ask(desk.trial.id, do.RecordStratum(one.id, levels), named)


def _factors(desk: Desk) -> tuple[Factor, ...]:
    return desk.trial.protocol.allocation.factors


def _shown(desk: Desk, one: Participant, problems: Problems = ()) -> HttpResponse:
    typed = typed_in(desk)
    held = [check for check in checks(desk.trial, one, desk.context()) if check.id != "stratum"]
    context = {
        "one": one,
        "checks": held,
        "ready": all(check.passed for check in held),
        "factors": _factors(desk),
        "chosen": {
            factor.id: typed.get(f"level-{factor.id}")
            or one.levels.get(factor.id)
            or (level_in_source(desk.trial, one, factor) if factor.field else "")
            for factor in _factors(desk)
        },
        "problems": problems,
        "kits": _kits(desk, one),
    }
    return desk.page("trial/randomise.html", context, status=400 if problems else 200)


def _kits(desk: Desk, one: Participant) -> list[str]:
    """Those given at randomisation."""
    return sorted(kit for kit, visit in one.kits.items() if not visit) if desk.sees(Information.KITS, one.site) else []
