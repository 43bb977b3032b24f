"""The screening log: who came, where each stands, and taking in a new person."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from equipoise.actions.identities import identities, identity
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.masking import participants_seen, sites_seen
from equipoise.conduct.participant import Participant
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Site
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from equipoise.web.staff.trials.asking import Mistyped, Typed, day_or_none, missing, refuse, told, typed_in
from equipoise.web.staff.trials.gate import Desk, in_trial
from equipoise.web.staff.trials.paging import page_of

IDENTITY = (("given", "Given name"), ("family", "Family name"), ("born", "Date of birth"), ("reach", "Phone or e-mail"))
"""Kept in the site's vault and nowhere else."""
MOST = 50
"""On a page."""


class Row(msgspec.Struct, frozen=True):
    """One line of the log. ``who``: from the vault, for those of the site alone."""

    participant: Participant
    state: str
    tag: str
    who: str


STATES = {
    "prescreened": ("Prescreened", "soon"),
    "consented": ("Consented", "soon"),
    "screened": ("Screened, not known yet", "warn"),
    "eligible": ("Eligible", "open"),
    "failed": ("Not in the trial", "closed"),
    "randomised": ("Randomised", "open"),
    "stopped": ("Off treatment, followed", "warn"),
    "completed": ("Completed", "closed"),
    "withdrew": ("Withdrew", "closed"),
    "lost": ("Lost to follow-up", "closed"),
    "died": ("Died", "closed"),
}


def state_of(one: Participant) -> str:
    """A key of ``STATES``. It tells nothing of the treatment."""
    screening = one.screening
    if one.ended:
        return one.ended.how
    if one.is_randomised:
        return "stopped" if one.stopped else "randomised"
    if screening and screening.failed:
        return "failed"
    if screening:
        return "eligible" if screening.eligible is Truth.TRUE else "screened"
    return "consented" if one.consent else "prescreened"


@in_trial
def list_participants(desk: Desk) -> HttpResponse:
    desk.need_sight(Information.OPEN)
    asked = {name: desk.request.GET.get(name, "")[:80] for name in ("site", "state", "find")}
    rows = [row for row in _rows(desk) if _fits(row, asked)]
    context = {
        "named": desk.sees(Information.IDENTITY),
        "page": page_of(desk.request, rows, MOST),
        "asked": asked,
        "sites": [desk.trial.sites[site] for site in sites_seen(desk.trial, desk.viewer)],
        "states": STATES,
        "may_add": desk.may(do.PrescreenPerson),
    }
    return desk.page("trial/participants.html", context)


def _rows(desk: Desk) -> Iterator[Row]:
    names = identities(desk.trials, desk.trial.id, _named(desk), desk.context())
    for one in participants_seen(desk.trial, desk.viewer):
        state = state_of(one)
        yield Row(one, state, STATES[state][1], full_name(names.get(one.id, {})))


def _named(desk: Desk) -> Iterator[str]:
    """Sites whose people this person may know by name."""
    return (site for site in desk.trial.sites if desk.sees(Information.IDENTITY, site))


def _fits(row: Row, asked: Mapping[str, str]) -> bool:
    text = asked["find"].casefold()
    named = not text or text in row.participant.id.casefold() or text in row.who.casefold()
    return named and asked["site"] in ("", row.participant.site) and asked["state"] in ("", row.state)


def name_of(desk: Desk, one: Participant) -> str:
    if not desk.sees(Information.IDENTITY, one.site):
        return ""
    return full_name(identity(desk.trials, desk.trial.id, one.site, one.id, desk.context()))


def full_name(known: Mapping[str, str]) -> str:
    return " ".join(known.get(part, "") for part in ("given", "family")).strip()


@in_trial
def add_participant(desk: Desk) -> HttpResponse:
    """The person's name goes to the vault under their new number; the log has the number alone."""
    desk.need(do.PrescreenPerson)
    sites = [site for site in desk.trial.sites.values() if desk.may(do.PrescreenPerson, site.id)]
    options = [(site.id, site.label) for site in sites]
    context = {"sites": sites, "site_options": options, "identity": IDENTITY, "problems": (), "typed": {}}
    if desk.request.method != "POST":
        return desk.page("trial/participant_new.html", context)
    typed = typed_in(desk)
    try:
        site = typed.get("site", "") or (sites[0].id if len(sites) == 1 else "")
        refuse(_wrong(desk, typed, site, sites))
        values = {name: typed[name] for name, _ in IDENTITY if typed.get(name)}
        done = desk.trials.prescreen(desk.trial.id, site, values, desk.context())
    except Refused as refused:
        sent = {**context, "problems": told(refused), "typed": typed}
        return desk.page("trial/participant_new.html", sent, status=400)
    came = next(event for event in done.events if isinstance(event, did.PersonPrescreened))
    return redirect(reverse("trial-participant", args=(desk.trial.id, came.participant)))


def _wrong(desk: Desk, typed: Typed, site: str, sites: Sequence[Site]) -> Iterator[Mistyped]:
    if site not in {each.id for each in sites}:
        yield missing("site", "The site", choice=True)
    try:
        born = day_or_none(typed, "born", "The date of birth")
    except Mistyped as mistyped:
        yield mistyped
    else:
        if born and born > desk.today():
            yield Mistyped("born", "The date of birth lies in the future.", do="Correct it.")
