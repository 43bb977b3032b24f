"""Times from an event as windows and moments."""

import msgspec

from equipoise.eligibility.expression import Anchor, Window
from equipoise.exchange.evidence.amounts import NotUnderstood, limits_of
from equipoise.exchange.evidence.model import TimeFromEvent
from equipoise.exchange.evidence.words import ANCHORS, keys, period_of


def moment(times: tuple[TimeFromEvent, ...]) -> Anchor:
    if not times:
        return Anchor.INDEX
    window = _window(times[0])
    if len(times) > 1 or window.start is None or window.start != window.end or window.start.amount:
        raise NotUnderstood("a moment")
    return window.anchor


def windowed(times: tuple[TimeFromEvent, ...]) -> tuple[Window | None, list[str]]:
    """The window, and in words those times that are none."""
    windows, doubts = list[Window](), list[str]()
    for one in times:
        try:
            windows.append(_window(one))
        except NotUnderstood:
            doubts.append(time_words(one))
    return (windows[0] if len(windows) == 1 else None), doubts + (
        [time_words(one) for one in times] if len(windows) > 1 else []
    )


def _window(time: TimeFromEvent) -> Window:
    anchor = anchor_of(time)
    if anchor is None:
        raise NotUnderstood("a window")
    if time.quantity is None and time.range is None and not time.description:
        return Window(anchor)
    limits = limits_of(time.quantity, time.range, period_of)
    if limits is None or limits[2] or limits[3]:
        raise NotUnderstood("a window")
    return Window(anchor, limits[0], limits[1])


def anchor_of(time: TimeFromEvent) -> Anchor | None:
    found = [ANCHORS[one] for one in reversed(keys(time.event_codeable_concept)) if one in ANCHORS]
    return found[0] if found else None


def time_words(time: TimeFromEvent) -> str:
    return time.description or f"timeFromEvent: {msgspec.json.encode(time).decode()}"
