"""What is to be done today, and the listing of adverse events with their clocks."""

from collections.abc import Iterator, Mapping, Sequence
from weakref import WeakKeyDictionary

import msgspec
from django.http import HttpResponse
from django.urls import reverse

from equipoise.actions.trials import Trials
from equipoise.conduct import commands as do
from equipoise.conduct.roles import Information
from equipoise.conduct.views.clocks import DUTIES, clocks, serious_since
from equipoise.conduct.views.safety import safety
from equipoise.conduct.views.worklist import Known, Task, ToDo, worklist
from equipoise.web.staff.trials.gate import Desk, in_trial
from equipoise.web.staff.trials.paging import Page, page_of

GROUPS = {
    Task.OVERDUE_CLOCK: "Overdue reports",
    Task.CLOCK: "Reports to send",
    Task.QUERY: "Queries",
    Task.VISIT: "Visits",
    Task.FORM: "Forms to fill in",
    Task.SIGNATURE: "To sign",
    Task.CONSENT: "Consent to renew",
}
MOST = 40
"""Of a group, on a page."""


class Group(msgspec.Struct, frozen=True):
    """``page`` of its tasks, each with where it is done; ``asked``: how the address names that page."""

    words: str
    asked: str
    page: Page[tuple[ToDo, str]]


TAGS = ("adverse-event-reported", "adverse-event-updated")


class Followed:
    """What is known of a trial's work from one page to the next: it need not be found out anew where nothing changed.

    ``serious``: a position in the log, and up to there what ``serious_since`` says.
    """

    def __init__(self) -> None:
        self.tasks: Known = {}
        self.serious: tuple[int, Mapping[tuple[str, int], str]] = 0, {}


_followed: WeakKeyDictionary[Trials, dict[str, Followed]] = WeakKeyDictionary()


def followed(desk: Desk) -> Followed:
    return _followed.setdefault(desk.trials, {}).setdefault(desk.trial.id, Followed())


def _since(desk: Desk) -> Mapping[tuple[str, int], str]:
    known, trial = followed(desk), desk.trial
    position, before = known.serious
    later = desk.trials.log.entries(trial.id, after=position, until=trial.position, tags=TAGS)
    since = {**serious_since(later), **before}
    known.serious = max(position, trial.position), since
    return since


@in_trial
def show_work(desk: Desk) -> HttpResponse:
    desk.need_sight(Information.OPEN)
    found = worklist(desk.trial, desk.viewer, desk.at, _since(desk), known=followed(desk).tasks)
    others = tuple(_groups(desk, [task for task in found if not task.yours], "others-"))
    context = {
        "yours": tuple(_groups(desk, [task for task in found if task.yours])),
        "others": others,
        "elsewhere": sum(not task.yours for task in found),
        "leafing": any(group.asked in desk.request.GET for group in others),
    }
    return desk.page("trial/work.html", context)


def _groups(desk: Desk, found: Sequence[ToDo], whose: str = "") -> Iterator[Group]:
    for kind, words in GROUPS.items():
        some = [task for task in found if task.task is kind]
        if some:
            asked = f"{whose}{kind.name.lower().replace('_', '-')}"
            page = page_of(desk.request, some, MOST, asked)
            addressed = tuple((task, address_of(desk, task)) for task in page.items)
            yield Group(words, asked, Page(addressed, page.number, page.pages, page.count))


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
    desk.need_sight(Information.SAFETY)
    listing = safety(desk.trial, desk.viewer)
    context = {
        "listing": listing,
        "events": page_of(desk.request, listing.events),
        "reactions": page_of(desk.request, listing.reactions or (), asked="reactions"),
        "clocks": clocks(desk.trial, desk.viewer, desk.at, _since(desk)),
        "duties": DUTIES,
        "may_report": desk.may(do.SendExpeditedReport),
        "may_change": desk.may(do.UpdateAdverseEvent),
    }
    return desk.page("trial/safety.html", context)
