"""Screening the hospital's records by the criteria of a study: counts, attrition, costs, what if; never persons."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipoise.actions.readings import reading_of
from equipoise.actions.screen import Cost, Left, Screen
from equipoise.eligibility.english import number
from equipoise.eligibility.expression import Reading
from equipoise.eligibility.measures import MEASURES
from equipoise.kernel.refused import Refused
from equipoise.web.accounts.doors import office_only
from equipoise.web.library import the_library
from equipoise.web.pictures.attrition import Bar, draw_bar, draw_swatch
from equipoise.web.public.study import held_study, today
from equipoise.web.staff.assumed import POLICIES, Assumed, read_assumed
from equipoise.web.staff.counted import Asked, Busy, Place, bound_reading, screen
from equipoise.web.staff.dials import Tried, by_leaf, by_name, dials_of, gain_of, read_tried

SECONDS_TO_WAIT = 5


class Row(msgspec.Struct, frozen=True):
    """One criterion of the attrition: who is left after it and those before it, in words, and as a bar."""

    cost: Cost
    left: str
    parts: str
    lost: str
    bar: str


@office_only
def show_screen(request: HttpRequest, nct: str) -> HttpResponse:
    page = held_study(request, nct, "staff-screen")
    if isinstance(page, HttpResponse):
        return page
    reading = reading_of(the_library(), page.study.nct_id)
    assumed = read_assumed(request.GET, today())
    told, status = _told(request, reading, assumed)
    context = {
        "study": page.study,
        "reading": reading,
        "assumed": assumed,
        "policies": POLICIES,
        "can_screen": bool(settings.WAREHOUSE),
        "has_concepts": bool(settings.CONCEPTS),
        "screen": None,
        "trouble": "",
        "busy": False,
        "tried": Tried(),
        **told,
    }
    response = render(request, "staff/screen.html", context, status=status)
    if context["busy"]:
        response["Retry-After"] = str(SECONDS_TO_WAIT)
    return response


def _told(request: HttpRequest, reading: Reading, assumed: Assumed) -> tuple[dict[str, Any], int]:
    """What the page tells beside its form, and the status."""
    if assumed.problems:
        return {}, 400
    if not (settings.WAREHOUSE and reading.criteria and assumed.sent and assumed.run):
        return {}, 200
    place = Place.of(settings.WAREHOUSE, settings.WAREHOUSE_SCHEMA, settings.CONCEPTS)
    try:
        return _answer(request, Asked.of(place, reading, assumed.run))
    except Busy:
        return {"busy": True}, 503
    except Refused as refused:
        return {"trouble": trouble_of(refused)}, 503


def _answer(request: HttpRequest, asked: Asked) -> tuple[dict[str, Any], int]:
    dials = dials_of(bound_reading(asked))
    tried = read_tried(request.GET, dials)
    found = screen(asked, tried.changes)
    best = request.GET.get("order") == "best"
    told = {
        "screen": found,
        "cards": by_leaf(dials),
        "tried": tried,
        "changes": by_name(found),
        "gain_of": gain_of,
        "shown": number,
        "best": best,
        "rows": rows_of(found, found.best_order if best else found.protocol_order),
        "whole": draw_bar(Bar(found.standing.definite, found.standing.possible, found.excluded), found.persons),
        "swatch": draw_swatch,
        "silent": [cost.id for cost in found.criteria if found.persons != 0 and cost.met == cost.not_met == 0],
        "unbound": unbound_of(found),
        "people": lambda count: people(count, found),
        "share_words": lambda cost: share_words(cost, found),
    }
    return told, 400 if tried.problem else 200


def unbound_of(found: Screen) -> dict[str, list[str]]:
    """By criterion, in the order of the protocol."""
    words: dict[str, list[str]] = {}
    for one in found.unbound:
        words.setdefault(one.criterion, []).append(MEASURES[one.words].label if one.words in MEASURES else one.words)
    return words


def rows_of(found: Screen, order: Sequence[Left]) -> tuple[Row, ...]:
    costs = {cost.id: cost for cost in found.criteria}
    return tuple(_row(costs[left.id], left, found) for left in order)


def _row(cost: Cost, left: Left, found: Screen) -> Row:
    def words(count: int | None) -> str:
        return people(count, found)

    if left.left is None or left.definite is None:
        rest = f"{words(left.definite)} of them definite, the rest possible"
        possible = left.left
    else:
        possible = left.left - left.definite
        rest = f"{words(left.definite)} definite, {words(possible)} possible"
    bar = draw_bar(Bar(left.definite, possible, left.lost), found.persons)
    return Row(cost, words(left.left), rest if left.left != 0 else "", words(left.lost), bar)


def people(count: int | None, found: Screen) -> str:
    return f"fewer than {found.fewer_than}" if count is None else f"{count:,}"


def share_words(cost: Cost, found: Screen) -> str:
    """Of all who are excluded."""
    if not cost.share or not found.excluded:
        return people(cost.share, found)
    percent = 100 * cost.share / found.excluded
    return f"{cost.share:,} ({f'{percent:.0f}%' if percent >= 1 else 'under 1%'})"


def trouble_of(refused: Refused) -> str:
    """Addresses are told by the name of their setting: they may hold a password."""
    subject = refused.what
    for name, address in (("EQUIPOISE_WAREHOUSE", settings.WAREHOUSE), ("EQUIPOISE_CONCEPTS", settings.CONCEPTS)):
        if subject.strip("'\"") in address:
            subject = f"what {name} names"
    joined = " " if refused.why[:1].islower() else ": "
    return f"{subject[:1].upper()}{subject[1:]}{joined}{refused.why} {refused.do}".strip()
