"""Breaking one participant's code in an emergency: password, reason, one look; at any hour, with nobody's leave."""

from collections.abc import Iterator

from django.http import HttpResponse

from equipoise.conduct import commands as do
from equipoise.conduct.decide.safety import EMERGENCY, SAFETY_REPORT
from equipoise.conduct.participant import Participant
from equipoise.conduct.roles import LABELS, Role
from equipoise.kernel.refused import Refused
from equipoise.web.staff.trials.asking import (
    Mistyped,
    Typed,
    missing,
    refuse,
    require_signature,
    told,
    typed_in,
    unsigned,
)
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial
from equipoise.web.staff.trials.notices import tell_code_broken
from equipoise.web.staff.trials.participant import known_breaks


@in_trial
def break_code(desk: Desk, participant: str) -> HttpResponse:
    """The treatment is in this one answer and nowhere else: not in the log, not in a cache, not on reloading."""
    one = desk.participant(participant)
    desk.need(do.BreakCode, one.site)
    if not one.is_randomised:
        raise NotHere
    if desk.request.method != "POST":
        return _asked(desk, one, {})
    typed = typed_in(desk)
    try:
        shown = _broken(desk, one, typed)
    except Refused as refused:
        return _asked(desk, one, typed, told(refused))
    tell_code_broken(desk.trial, one, desk.viewer.user, desk.at)
    return desk.page("trial/code_broken.html", {"one": one, "arm": shown})


def path_of(desk: Desk) -> str:
    return SAFETY_REPORT if Role.SAFETY_OFFICER in desk.viewer.roles else EMERGENCY


def _broken(desk: Desk, one: Participant, typed: Typed) -> str:
    """A form sent twice breaks the code once, and what it showed is not shown again. Refused then."""
    path = path_of(desk)
    refuse([*_unsaid(path, typed), *unsigned(desk)])
    changes = path == SAFETY_REPORT or typed["changes"] == "yes"
    command = do.BreakCode(one.id, path, typed["why"], changes)
    require_signature(desk)
    return desk.trials.break_code(desk.trial.id, command, desk.context())


def _unsaid(path: str, typed: Typed) -> Iterator[Mistyped]:
    if path == EMERGENCY and not typed.get("changes"):
        yield missing("changes", "Whether it would change their care", choice=True)
    if not typed.get("why"):
        yield missing("why", "Why you need to know")


def _asked(desk: Desk, one: Participant, typed: Typed, problems: tuple[tuple[str, str], ...] = ()) -> HttpResponse:
    emergency = desk.trial.protocol.emergency
    context = {
        "one": one,
        "broken": tuple(known_breaks(desk, one)),
        "path": path_of(desk),
        "emergency": emergency,
        "told": [LABELS[role] for role in emergency.notice_to] if emergency else [],
        "problems": problems,
        "typed": typed,
    }
    return desk.page("trial/break_code.html", context, status=400 if problems else 200)
