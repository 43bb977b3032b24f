"""The trial at a glance: how many, against the plan; the flow; what waits. And the trials a person works on."""

from collections.abc import Iterator

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from markupsafe import Markup

from equipoise.conduct.roles import LABELS, Information
from equipoise.conduct.views.flow import flow
from equipoise.conduct.views.recruitment import recruitment
from equipoise.conduct.views.worklist import worklist
from equipoise.web.accounts.unsent import to_the_door
from equipoise.web.pictures.flow import boxes, draw_flow
from equipoise.web.pictures.recruitment import draw_recruitment
from equipoise.web.pictures.svg import NARROW, WIDE
from equipoise.web.staff.trials.gate import Desk, desk_of, in_trial
from equipoise.web.staff.trials.work import followed
from equipoise.web.trials import the_trials


def list_trials(request: HttpRequest) -> HttpResponse:
    """Only those in which the person has a role today."""
    if not request.user.is_authenticated:
        return to_the_door(request)
    desks = [desk for name in the_trials().names() if (desk := desk_of(request, name))]
    lines = [(desk.trial, sorted({LABELS[role] for role in desk.viewer.roles})) for desk in desks]
    return render(request, "trial/trials.html", {"lines": lines})


@in_trial
def show_trial(desk: Desk) -> HttpResponse:
    notices = sorted(_notices(desk), key=lambda one: one.at, reverse=True)
    if not desk.sees(Information.OPEN):
        return desk.page("trial/overview.html", {"recruited": None, "notices": notices})
    recruited, flown = recruitment(desk.trial, desk.viewer, desk.today()), flow(desk.trial, desk.viewer)
    drawn = {
        "curve": "".join(draw_recruitment(recruited, width=width) for width in (WIDE, NARROW)),
        "flow": "".join(draw_flow(flown, width=width) for width in (WIDE, NARROW)),
    }
    waiting = worklist(desk.trial, desk.viewer, desk.at, known=followed(desk).tasks)
    context = {
        "notices": notices,
        "recruited": recruited,
        "flow": flown,
        "boxes": boxes(flown),
        "pictures": {name: Markup(svg) for name, svg in drawn.items()},  # noqa: S704  our own drawing, all escaped
        "waiting": sum(task.yours for task in waiting),
        "elsewhere": sum(not task.yours for task in waiting),
    }
    return desk.page("trial/overview.html", context)


class Notice(msgspec.Struct, frozen=True):
    """That a code was broken: of whom, by whom, when; never what the treatment is."""

    participant: str
    by: str
    at: str
    path: str


def _notices(desk: Desk) -> Iterator[Notice]:
    """For those whom the protocol has told, until the impact is assessed;"""
    emergency = desk.trial.protocol.emergency
    if emergency is None or not desk.viewer.roles & set(emergency.notice_to):
        return
    for one in desk.trial.participants.values():
        if one.broken and desk.sees(Information.UNBLINDING, one.site):
            for seen in one.broken:
                if not seen.assessed:
                    yield Notice(one.id, desk.trial.people.get(seen.by, seen.by), seen.since, seen.path)
