"""Calculators: a page for each instrument. Answers are posted, scored and shown; nothing of them is kept."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from equipoise.instruments.catalogue import INSTRUMENTS, score
from equipoise.instruments.classification.classify import Classification, InColumn
from equipoise.instruments.classification.weights import FROM_BIOPSY, columns
from equipoise.instruments.coreset.haq import Haq
from equipoise.instruments.coreset.mmt import Strength
from equipoise.instruments.improvement.tis import LEAST, Improvement
from equipoise.instruments.instrument import Instrument, Item
from equipoise.kernel.refused import Refused
from equipoise.web.pictures.gauge import Gauge, draw_gauges
from equipoise.web.pictures.svg import NARROW, WIDE
from equipoise.web.public.asking import Problem
from equipoise.web.public.errors import show_not_found
from equipoise.web.public.sheet import Sheet, problem_of, read_sheet

Marks = tuple[tuple[Decimal, str], ...]


def list_instruments(request: HttpRequest) -> HttpResponse:
    return render(request, "instruments.html", {"instruments": INSTRUMENTS.values()})


@never_cache
def show_instrument(request: HttpRequest, name: str) -> HttpResponse:
    if name not in INSTRUMENTS:
        words = "There is no calculator of this name. All of them stand under Calculators, at the foot of this page."
        return show_not_found(request, words=words)
    instrument = INSTRUMENTS[name]
    sheet = read_sheet(instrument, request.POST)
    result, problems = _scored(instrument, sheet) if request.method == "POST" else (None, ())
    context = {
        "instrument": instrument,
        "groups": _groups(instrument.items),
        "labels": {item.name: item.label for item in instrument.items},
        "typed": sheet.typed,
        "problems": problems,
        "wrong": {problem.field: problem.message for problem in problems},
        "option_wrong": any(problem.field.startswith("options-") for problem in problems),
        "result": result,
        "pictures": _pictures(result),
        "whatever": _whatever(result),
    }
    return render(request, "instrument.html", context, status=400 if problems else 200)


def _scored(instrument: Instrument, sheet: Sheet) -> tuple[msgspec.Struct | None, tuple[Problem, ...]]:
    if sheet.problems:
        return None, sheet.problems
    try:
        return score(instrument.id, sheet.given), ()
    except Refused as refused:
        return None, (problem_of(instrument, refused),)


def _groups(items: tuple[Item, ...]) -> Mapping[str, list[Item]]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    return groups


def _whatever(result: msgspec.Struct | None) -> str:
    """What the class does not depend on."""
    if isinstance(result, Classification) and set(result.unknown) <= {"biopsy", *FROM_BIOPSY}:
        return "whatever a biopsy shows"
    return "whatever the answers not known turn out to be"


def _pictures(result: msgspec.Struct | None) -> tuple[str, ...]:
    """For a desk and for a phone; none where a picture would tell nothing."""
    gauges = _gauges(result)
    return tuple(draw_gauges(gauges, width=width) for width in (WIDE, NARROW)) if gauges else ()


def _gauges(result: msgspec.Struct | None) -> list[Gauge]:
    match result:
        case Classification():
            return [_column(one, headed=len(result.columns) > 1) for one in result.columns]
        case Improvement():
            marks = _marks({each: Decimal(least) for each, least in LEAST[result.options.thresholds].items()})
            return [Gauge("The score and its thresholds", result.tis_low, result.tis_high, Decimal(100), marks)]
        case Strength():
            low, high = Decimal(result.mmt_low), Decimal(result.mmt_high)
            return [Gauge("The total on its scale", low, high, Decimal(result.mmt_max), ())]
        case Haq():
            return [Gauge("The index on its scale", result.haq_low, result.haq_high, Decimal(3), ())]
        case _:
            return []


def _column(one: InColumn, *, headed: bool) -> Gauge:
    column = columns(one.biopsy)[0]
    return Gauge(
        "The score and the cut-offs of the classes",
        Decimal(one.score_low),
        Decimal(one.score_high),
        Decimal(column.most) / 10,
        _marks({each: Decimal(least) / 10 for each, least in column.cut_offs.items()}),
        ("With a biopsy" if one.biopsy else "Without a biopsy") if headed else "",
    )


def _marks(cut_offs: Mapping[str, Decimal]) -> Marks:
    """Lowest first."""
    return tuple(sorted((least, str(each)) for each, least in cut_offs.items()))
