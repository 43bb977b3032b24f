"""Kits by number: what each site holds, to whom they went, what came; never what one holds."""

from collections import Counter
from collections.abc import Iterator

import msgspec
from django.http import HttpResponse
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct.masking import participants_seen
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Site
from equipoise.web.staff.trials.asking import Asked, Input, Typed, answer, given
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial

MOST_LISTED = 500
SECTION = "trial-kits"


class Stock(msgspec.Struct, frozen=True):
    """Of one site. ``held``: numbers in stock, in order; ``out``: how many were handed out."""

    site: Site
    held: tuple[str, ...]
    out: int
    may_receive: bool


class HandedOut(msgspec.Struct, frozen=True):
    kit: str
    participant: str
    visit: str


@in_trial
def show_kits(desk: Desk) -> HttpResponse:
    """All kinds together, for everybody."""
    if not desk.sees(Information.KITS):
        raise NotHere
    stocks = tuple(_stocks(desk))
    handed = tuple(_handed_out(desk)) if len(stocks) == 1 else ()
    return desk.page("trial/kits.html", {"stocks": stocks, "handed": handed[:MOST_LISTED], "count": len(handed)})


def _stocks(desk: Desk) -> Iterator[Stock]:
    trial = desk.trial
    received = Counter(trial.received.values())
    held: dict[str, list[str]] = {}
    for kit, where in trial.stock.items():
        held.setdefault(where, []).append(kit)
    for site in trial.sites.values():
        if desk.sees(Information.KITS, site.id):
            numbers = tuple(sorted(held.get(site.id, ())))
            may = desk.may(do.ReceiveKits, site.id)
            yield Stock(site, numbers, received[site.id] - len(numbers), may)


def _handed_out(desk: Desk) -> Iterator[HandedOut]:
    for one in participants_seen(desk.trial, desk.viewer):
        if one.kits and desk.sees(Information.KITS, one.site):
            labels = {visit.id: visit.label for visit in planned_visits(desk.trial.protocol_of(one))}
            for kit, visit in sorted(one.kits.items()):
                yield HandedOut(kit, one.id, labels.get(visit, "At randomisation"))


@in_trial
def receive_kits(desk: Desk, site: str) -> HttpResponse:
    if site not in desk.trial.sites:
        raise NotHere
    desk.need(do.ReceiveKits, site)
    asked = Asked(
        f"Kits received by {desk.trial.sites[site].label}",
        (Input("kits", "Numbers on the kits", "words", hint="As they stand on the labels, with spaces or commas"),),
        "Record them as received",
        reverse("trial-kits", args=(desk.trial.id,)),
        section=SECTION,
    )

    def make(typed: Typed) -> do.ReceiveKits:
        return do.ReceiveKits(site, tuple(given(typed, "kits", "The numbers").replace(",", " ").split()))

    return answer(desk, asked, make, asked.back)
