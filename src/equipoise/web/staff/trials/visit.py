"""A visit of one participant: when it was, what is filled in, the kits handed out and brought back."""

import datetime
from collections.abc import Iterator

from django.http import HttpResponse
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct.masking import field_seen
from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.model import Form
from equipoise.conduct.protocol.schedule import PlannedVisit, find_visit
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import find_form
from equipoise.conduct.views.calendar import STATUSES, calendar, window_of
from equipoise.conduct.views.labels import day_words
from equipoise.kernel.refused import Refused
from equipoise.web.staff.trials.asking import Asked, Input, Mistyped, Typed, answer, day_of, given, whole_of
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial
from equipoise.web.staff.trials.participant import FILLED


@in_trial
def show_visit(desk: Desk, participant: str, visit: str) -> HttpResponse:
    one, planned = _at(desk, participant, visit)
    if not desk.sees(Information.OPEN, one.site):
        raise NotHere
    lines = calendar(desk.trial, desk.viewer, one.id, desk.today(one.site)).visits
    line = next((each for each in lines if each.visit == visit), None)
    if line is None:
        raise NotHere
    context = {
        "one": one,
        "line": line,
        "status": STATUSES[line.status],
        "filled_words": FILLED,
        "may_record": desk.may(do.RecordVisit, one.site),
        "may_miss": desk.may(do.MissVisit, one.site) and not line.on,
        "may_dispense": bool(planned.dispense)
        and one.is_randomised
        and not (planned.baseline and "" in one.kits.values())
        and not one.stopped
        and desk.may(do.DispenseKits, one.site),
        "kits": sorted(kit for kit, at in one.kits.items() if at == visit or (planned.baseline and not at)),
        "sees_kits": desk.sees(Information.KITS, one.site),
        "more": tuple(_more(desk, one, planned)),
    }
    return desk.page("trial/visit.html", context)


def _more(desk: Desk, one: Participant, planned: PlannedVisit) -> Iterator[tuple[Form, int]]:
    """Forms that may be filled in once more, with the number of the next copy."""
    for name in planned.forms:
        form = find_form(desk.trial.protocol_of(one), name)
        if form.repeats and any(field_seen(desk.trial, desk.viewer, field, one.site) for field in form.fields):
            copies = [place.copy for place in one.sheets if place.visit == planned.id and place.form == name]
            if copies:
                yield form, max(copies) + 1


def _at(
    desk: Desk, participant: str, visit: str, kind: type[do.Command] | None = None
) -> tuple[Participant, PlannedVisit]:
    """``kind``: what is asked for there."""
    one = desk.participant(participant)
    if kind:
        desk.need(kind, one.site)
    try:
        return one, find_visit(desk.trial.protocol_of(one), visit)
    except Refused:
        raise NotHere from None


@in_trial
def record_visit(desk: Desk, participant: str, visit: str) -> HttpResponse:
    """Outside its window a visit is recorded all the same, with a reason."""
    one, planned = _at(desk, participant, visit, do.RecordVisit)
    days = window_of(one, planned) if planned.day >= 0 else None
    known = visit in one.visits
    label = "Why the day changes" if known else "Why, if the day is outside the window"
    reason = Input("reason", label, hint="Kept in the log", optional=not known)
    asked = Asked(
        f"{planned.label}: the visit took place",
        (
            Input("on", "Day of the visit", "date", value=desk.today(one.site).isoformat()),
            *((reason,) if known or days else ()),
        ),
        "Record the visit",
        _page(desk, one, visit),
        f"Its window is {day_words(days[0])} to {day_words(days[2])}." if days else "",
    )

    def make(typed: Typed) -> do.RecordVisit:
        on = day_of(typed, "on", "Day of the visit")
        if days and not typed.get("reason"):
            _refuse_outside(on, days[0], days[2])
        return do.RecordVisit(one.id, visit, on)

    return answer(desk, asked, make, asked.back)


def _refuse_outside(on: datetime.date, first: datetime.date, last: datetime.date) -> None:
    late = (on - last).days
    days = late if late > 0 else (first - on).days
    if days > 0:
        when = f"{'1 day' if days == 1 else f'{days} days'} {'after' if late > 0 else 'before'} the visit’s window"
        raise Mistyped("reason", f"{day_words(on)} is {when}.", do="Correct the day, or say why.")


@in_trial
def miss_visit(desk: Desk, participant: str, visit: str) -> HttpResponse:
    one, planned = _at(desk, participant, visit, do.MissVisit)
    asked = Asked(
        f"{planned.label}: the visit was missed",
        (Input("why", "Why", "words"),),
        "Record it as missed",
        _page(desk, one, visit),
    )
    return answer(desk, asked, lambda typed: do.MissVisit(one.id, visit, typed.get("why", "")), asked.back)


@in_trial
def dispense_kits(desk: Desk, participant: str, visit: str) -> HttpResponse:
    one, planned = _at(desk, participant, visit, do.DispenseKits)
    day = desk.today(one.site)
    asked = Asked(
        f"{planned.label}: kits for {one.id}",
        (Input("on", "Day they are handed out", "date", value=day.isoformat()),),
        "Show the kit numbers",
        _page(desk, one, visit),
        "The numbers are chosen for you. They say nothing of what a kit holds.",
    )
    return answer(desk, asked, lambda typed: do.DispenseKits(one.id, visit, day_of(typed, "on", "The day")), asked.back)


@in_trial
def return_kit(desk: Desk, participant: str) -> HttpResponse:
    one = desk.participant(participant)
    desk.need(do.ReturnKit, one.site)
    if not one.kits:
        raise NotHere
    asked = Asked(
        f"A kit of {one.id} came back",
        (
            Input("kit", "Number on the kit", "select", [(kit, kit) for kit in sorted(one.kits)]),
            Input("on", "Day it came back", "date", value=desk.today(one.site).isoformat()),
            Input("left", "Doses not used", "whole", value="0"),
        ),
        "Record its return",
        reverse("trial-participant", args=(desk.trial.id, one.id)),
    )

    def make(typed: Typed) -> do.ReturnKit:
        kit = given(typed, "kit", "The kit")
        return do.ReturnKit(one.id, kit, day_of(typed, "on", "The day"), whole_of(typed, "left", "Doses not used"))

    return answer(desk, asked, make, asked.back)


def _page(desk: Desk, one: Participant, visit: str) -> str:
    return reverse("trial-visit", args=(desk.trial.id, one.id, visit))
