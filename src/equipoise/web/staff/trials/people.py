"""Sites and the people who work on the trial: opened and closed, roles given and ended, each dated and by whom."""

from collections import Counter

from django.http import HttpResponse
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct.masking import sites_seen
from equipoise.conduct.permissions import needs_site
from equipoise.conduct.roles import LABELS, Role
from equipoise.conduct.trial import Grant
from equipoise.web.staff.trials.asking import (
    REASON,
    Asked,
    Input,
    Mistyped,
    Typed,
    answer,
    day_of,
    day_or_none,
    given,
    whole_of,
)
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial
from equipoise.web.staff.trials.paging import page_of

SECTION = "trial-people"


@in_trial
def show_people(desk: Desk) -> HttpResponse:
    trial, today = desk.trial, desk.today()
    sites = [trial.sites[site] for site in sites_seen(trial, desk.viewer)]
    seen = {site.id for site in sites}
    grants = [one for one in trial.grants if not one.site or one.site in seen]
    grants.sort(key=lambda one: (one.site, LABELS[one.role], trial.people[one.user], one.starts))
    recruited = Counter(trial.participants[one].site for one in trial.order)
    context = {
        "sites": sites,
        "page": page_of(desk.request, grants),
        "labels": LABELS,
        "today": today,
        "recruited": recruited,
        "may_grant": desk.may(do.GrantRole),
        "may_revoke": desk.may(do.RevokeRole),
        "may_open": desk.may(do.AddSite),
    }
    return desk.page("trial/people.html", context)


@in_trial
def grant_role(desk: Desk) -> HttpResponse:
    day = desk.today()
    desk.need(do.GrantRole)
    sites = [("", "All sites"), *((site.id, site.label) for site in desk.trial.sites.values())]
    asked = Asked(
        "Give somebody a role",
        (
            Input("user", "Their account", hint="The name they sign in with"),
            Input("name", "Their full name", hint="As it stands in the delegation log"),
            Input("grant", "Role", "choice", [(role.value, words) for role, words in LABELS.items()]),
            Input("site", "Site", "select", sites),
            Input("trained", "Trained on", "date", hint="No role begins before its training"),
            Input("starts", "Begins", "date", value=day.isoformat()),
            Input("ends", "Ends", "date", optional=True),
        ),
        "Give the role",
        reverse("trial-people", args=(desk.trial.id,)),
        section=SECTION,
    )
    return answer(desk, asked, _granted, asked.back)


def _granted(typed: Typed) -> do.GrantRole:
    role = _role(typed)
    if needs_site(role) and not typed.get("site"):
        raise Mistyped("site", f"“{LABELS[role]}” is a role at one site.", do="Choose the site.")
    return do.GrantRole(
        user=given(typed, "user", "The account"),
        name=given(typed, "name", "The name"),
        grant=role,
        trained=day_of(typed, "trained", "The day of training"),
        starts=day_of(typed, "starts", "The first day"),
        ends=day_or_none(typed, "ends", "The last day"),
        site=typed.get("site", ""),
    )


def _role(typed: Typed) -> Role:
    chosen = given(typed, "grant", "The role")
    if chosen not in {role.value for role in Role}:
        raise Mistyped("grant", "is not a role.", what=chosen[:40], do="Choose one.")
    return Role(chosen)


@in_trial
def revoke_role(desk: Desk, user: str, role: str, site: str = "") -> HttpResponse:
    held = [one for one in desk.trial.grants if (one.user, one.role.value, one.site) == (user, role, site)]
    desk.need(do.RevokeRole)
    if not held:
        raise NotHere
    name = desk.trial.people[user]
    asked = Asked(
        f"End a role of {name}",
        (REASON,),
        "End it now",
        reverse("trial-people", args=(desk.trial.id,)),
        f"{name} is {LABELS[held[0].role].lower()}{_where(desk, held[0])}. It ends at once.",
        danger=True,
        section=SECTION,
    )
    return answer(desk, asked, lambda _: do.RevokeRole(user, held[0].role, site), asked.back)


def _where(desk: Desk, grant: Grant) -> str:
    return f" at {desk.trial.sites[grant.site].label}" if grant.site else ""


@in_trial
def add_site(desk: Desk) -> HttpResponse:
    desk.need(do.AddSite)
    asked = Asked(
        "Add a site",
        (
            Input("site", "Number", hint="It begins every participant's number there"),
            Input("label", "Name"),
            Input("country", "Country"),
            Input("zone", "Time zone", value="Europe/Berlin", hint="As in Europe/Berlin or America/New_York"),
            Input("target", "Participants planned", "whole", optional=True),
        ),
        "Add the site",
        reverse("trial-people", args=(desk.trial.id,)),
        "It opens for participants when you open it.",
        section=SECTION,
    )
    return answer(desk, asked, _added, asked.back)


def _added(typed: Typed) -> do.AddSite:
    planned = whole_of(typed, "target", "Participants planned") if typed.get("target") else None
    words = {name: given(typed, name, label) for name, label in (("site", "The number"), ("label", "The name"))}
    return do.AddSite(
        **words,
        country=given(typed, "country", "The country"),
        zone=given(typed, "zone", "The time zone"),
        target=planned,
    )


@in_trial
def switch_site(desk: Desk, site: str) -> HttpResponse:
    """Open a site that is closed; close one that is open."""
    known = desk.trial.sites.get(site)
    if known is None or site not in sites_seen(desk.trial, desk.viewer):
        raise NotHere
    command: do.OpenSite | do.CloseSite = do.CloseSite(site) if known.is_open else do.OpenSite(site)
    desk.need(type(command))
    verb = "Close" if known.is_open else "Open"
    lead = "Nobody more is taken in there; those in the trial are followed as before." if known.is_open else ""
    back = reverse("trial-people", args=(desk.trial.id,))
    asked = Asked(
        f"{verb} {known.label}", (REASON,) if known.is_open else (), f"{verb} it", back, lead, section=SECTION
    )
    return answer(desk, asked, lambda _: command, back)
