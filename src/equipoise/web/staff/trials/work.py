"""What is to be done today, and the listing of adverse events with their clocks."""

from django.http import HttpResponse
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct.roles import Information
from equipoise.conduct.views.clocks import DUTIES, clocks, serious_since
from equipoise.conduct.views.safety import safety
from equipoise.conduct.views.worklist import Task, ToDo, worklist
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial

GROUPS = {
    Task.OVERDUE_CLOCK: "Overdue reports",
    Task.CLOCK: "Reports to send",
    Task.QUERY: "Queries to answer",
    Task.VISIT: "Visits",
    Task.FORM: "Forms to fill in",
    Task.SIGNATURE: "To sign",
    Task.CONSENT: "Consent to renew",
}
MOST = 40


def _since(desk: Desk) -> dict[tuple[str, int], str]:
    tags = ("adverse-event-reported", "adverse-event-updated")
    return serious_since(desk.trials.log.entries(desk.trial.id, tags=tags))


@in_trial
def show_work(desk: Desk) -> HttpResponse:
    if not desk.sees(Information.OPEN):
        raise NotHere
    found = worklist(desk.trial, desk.viewer, desk.at, _since(desk))
    groups = [(words, [each for each in found if each.task is task]) for task, words in GROUPS.items()]
    shown = [
        (words, [(each, address_of(desk, each)) for each in some[:MOST]], len(some)) for words, some in groups if some
    ]
    return desk.page("trial/work.html", {"groups": shown, "count": len(found)})


def address_of(desk: Desk, task: ToDo) -> str:
    name = desk.trial.id
    if task.query:
        return reverse("trial-query", args=(name, task.query))
    if task.form:
        return reverse("trial-form", args=(name, task.participant, task.visit, task.form, task.copy))
    if task.visit:
        return reverse("trial-visit", args=(name, task.participant, task.visit))
    return (
        reverse("trial-safety", args=(name,))
        if task.number
        else reverse("trial-participant", args=(name, task.participant))
    )


@in_trial
def show_safety(desk: Desk) -> HttpResponse:
    if not desk.sees(Information.SAFETY):
        raise NotHere
    listing = safety(desk.trial, desk.viewer)
    context = {
        "listing": listing,
        "reactions": listing.reactions or (),
        "clocks": clocks(desk.trial, desk.viewer, desk.at, _since(desk)),
        "duties": DUTIES,
        "may_report": desk.may(do.SendExpeditedReport),
        "may_change": desk.may(do.UpdateAdverseEvent),
    }
    return desk.page("trial/safety.html", context)
