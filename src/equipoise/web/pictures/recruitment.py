"""Participants randomised day by day against the plan: a stepped line, and the plan dashed."""

import datetime
import math

from equipoise.conduct.views.recruitment import Recruited
from equipoise.web.pictures.svg import (
    SOFT,
    WIDE,
    Caption,
    Drawn,
    element,
    framed,
    lettered,
    moved,
    number,
    rule,
)

_LEFT, _BOTTOM, _TOP = 44.0, 30.0, 12.0
_HEIGHT = 260.0
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


def draw_recruitment(recruited: Recruited, *, width: float = WIDE) -> str:
    """Nothing before the first day."""
    days = recruited.days
    if len(days) < 2:
        return ""
    first, last = days[0].day, days[-1].day
    most = max(recruited.randomised, *(math.ceil(point.planned or 0) for point in days), 4)
    step = next((step for step in _STEPS if most <= step * 5), most)
    top = -(-most // step) * step
    room, high = width - _LEFT - 8, _HEIGHT - _BOTTOM - _TOP

    def x(day: datetime.date) -> float:
        return _LEFT + room * (day - first).days / max((last - first).days, 1)

    def y(count: float) -> float:
        return _TOP + high * (1 - count / top)

    grid = "".join(
        rule(room, x=_LEFT, y=y(tick))
        + moved(0, y(tick) - 9, lettered(f"{tick:,}", _LEFT - 8, SOFT.keeping("end")).svg)
        for tick in range(0, top + 1, step)
    )
    plan = [(x(point.day), y(float(point.planned))) for point in days if point.planned is not None]
    steps = f"M{number(x(first))} {number(y(0))}" + "".join(
        f"H{number(x(point.day))}V{number(y(point.total))}" for point in days if point.randomised
    )
    steps += f"H{number(x(last))}"
    lines = _plan(plan) + element("path", class_="pic-curve", d=steps) + (_key() if plan else "")
    ends = moved(_LEFT, _HEIGHT - _BOTTOM + 8, lettered(_day(first), room / 2, SOFT).svg)
    ends += moved(_LEFT + room / 2, _HEIGHT - _BOTTOM + 8, lettered(_day(last), room / 2, SOFT.keeping("end")).svg)
    planned = days[-1].planned
    told = f"{recruited.randomised} randomised by {_day(last)}" + (
        f"; planned {planned:.0f}" if planned is not None else ""
    )
    return framed(Drawn(grid + lines + ends, _HEIGHT), width, "curve", Caption("Recruitment against the plan", told))


def _plan(points: list[tuple[float, float]]) -> str:
    if len(points) < 2:
        return ""
    path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return element("path", class_="pic-plan", d=path)


def _key() -> str:
    """Which line is which, where the curve has not yet risen."""
    rows = (("pic-curve", "Randomised"), ("pic-plan", "Planned"))
    return "".join(
        moved(_LEFT + 10, _TOP + 8 + 20 * row, element("path", class_=look, d="M0 8h26"), moved(34, 0, _words(words)))
        for row, (look, words) in enumerate(rows)
    )


def _words(words: str) -> str:
    return lettered(words, 120, SOFT).svg


def _day(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"
