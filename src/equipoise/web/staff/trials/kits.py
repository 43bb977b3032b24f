"""Kits by number: what each site holds, to whom they went, what came; never what one holds."""

from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec
from django.http import HttpResponse
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct.masking import participants_seen
from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Site
from equipoise.web.staff.trials.asking import REASON, Asked, Input, Typed, answer, given, whole_of
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial

MOST_LISTED = 500
SECTION = "trial-kits"
_NUMBERS = Input("kits", "Numbers on the kits", "words", hint="As they stand on the labels, with spaces or commas")
_EACH = "How many of every kind"
_DOING: Mapping[str, type[do.Command]] = {"send": do.SendKits, "receive": do.ReceiveKits, "discard": do.DiscardKits}


class Stock(msgspec.Struct, frozen=True):
    """Of one site. ``held``: numbers in stock, in order; ``sent``: on their way; ``out``: how many were handed out.

    ``may``: what the person may do with them.
    """

    site: Site
    held: tuple[str, ...]
    sent: tuple[str, ...]
    out: int
    discarded: int
    may: frozenset[str]


class HandedOut(msgspec.Struct, frozen=True):
    kit: str
    participant: str
    visit: str


@in_trial
def show_kits(desk: Desk) -> HttpResponse:
    """All kinds together, for everybody."""
    desk.need_sight(Information.KITS)
    stocks = tuple(_stocks(desk))
    handed = tuple(_handed_out(desk)) if len(stocks) == 1 else ()
    return desk.page("trial/kits.html", {"stocks": stocks, "handed": handed[:MOST_LISTED], "count": len(handed)})


def _stocks(desk: Desk) -> Iterator[Stock]:
    trial = desk.trial
    received = Counter(trial.received.values())
    spoilt = Counter(site for kit, site in trial.discarded.items() if kit in trial.received)
    discarded = Counter(trial.discarded.values())
    held, sent = (_by_site(where) for where in (trial.stock, trial.sent))
    for site in trial.sites.values():
        if desk.sees(Information.KITS, site.id):
            here, coming = held.get(site.id, ()), sent.get(site.id, ())
            may = frozenset(name for name, kind in _DOING.items() if desk.may(kind, site.id))
            out = received[site.id] - spoilt[site.id] - len(here)
            yield Stock(site, here, coming, out, discarded[site.id], may)


def _by_site(kits: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for kit, site in kits.items():
        found.setdefault(site, []).append(kit)
    return {site: tuple(sorted(numbers)) for site, numbers in found.items()}


def _handed_out(desk: Desk) -> Iterator[HandedOut]:
    for one in participants_seen(desk.trial, desk.viewer):
        if one.kits and desk.sees(Information.KITS, one.site):
            for kit, visit in kits_in_order(desk.trial.protocol_of(one), one):
                yield HandedOut(kit, one.id, visit)


def kits_in_order(protocol: Protocol, one: Participant) -> Iterator[tuple[str, str]]:
    """Each kit they were given and the visit's label, as the visits are planned; by their numbers within a visit."""
    visits = planned_visits(protocol)
    labels = {visit.id: visit.label for visit in visits}
    order = {visit.id: visit.day for visit in visits}
    for kit, visit in sorted(one.kits.items(), key=lambda each: (order.get(each[1], 0), each)):
        yield kit, labels.get(visit, "At randomisation")


@in_trial
def receive_kits(desk: Desk, site: str) -> HttpResponse:
    if site not in desk.trial.sites:
        raise NotHere
    desk.need(do.ReceiveKits, site)
    coming = " ".join(_by_site(desk.trial.sent).get(site, ()))
    lead = "Those on their way are filled in. Strike out any that did not come." if coming else ""
    asked = Asked(
        f"Kits received by {desk.trial.sites[site].label}",
        (msgspec.structs.replace(_NUMBERS, value=coming),),
        "Record them as received",
        _back(desk),
        lead,
        section=SECTION,
    )
    return answer(desk, asked, lambda typed: do.ReceiveKits(site, _numbers(typed)), asked.back)


@in_trial
def send_kits(desk: Desk, site: str) -> HttpResponse:
    if site not in desk.trial.sites:
        raise NotHere
    desk.need(do.SendKits, site)
    lead = (
        "The custodian chooses the numbers, as many of every kind. They are then listed as on their way, to be packed "
        "by somebody who may know what each holds. Small parcels tell more than large ones: send eight of every kind "
        "or more."
    )
    asked = Asked(
        f"Send kits to {desk.trial.sites[site].label}",
        (Input("each", _EACH, "whole"),),
        "Choose the kits",
        _back(desk),
        lead,
        section=SECTION,
    )
    return answer(desk, asked, lambda typed: do.SendKits(site, whole_of(typed, "each", _EACH)), asked.back)


@in_trial
def discard_kits(desk: Desk, site: str) -> HttpResponse:
    if site not in desk.trial.sites:
        raise NotHere
    desk.need(do.DiscardKits, site)
    asked = Asked(
        f"Take kits out of the stock of {desk.trial.sites[site].label}",
        (_NUMBERS, REASON),
        "Take them out",
        _back(desk),
        "Damaged, expired, kept too warm, or lost on their way. Nobody will be given them, and it cannot be undone.",
        danger=True,
        section=SECTION,
    )
    return answer(desk, asked, lambda typed: do.DiscardKits(site, _numbers(typed)), asked.back)


def _numbers(typed: Typed) -> tuple[str, ...]:
    return tuple(given(typed, "kits", "The numbers").replace(",", " ").split())


def _back(desk: Desk) -> str:
    return reverse("trial-kits", args=(desk.trial.id,))
