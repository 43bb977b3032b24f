"""The flow of participants (CONSORT 2025), all arms together: boxes down the middle, those who leave to the right."""

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from equipoise.conduct.views.flow import Flow, Reason
from equipoise.web.pictures.svg import (
    BODY,
    SOFT,
    STRONG,
    WIDE,
    Caption,
    Drawn,
    element,
    framed,
    lettered,
    moved,
    number,
    stacked,
)

_PAD, _GAP, _STEP = 12.0, 28.0, 24.0


class Box(msgspec.Struct, frozen=True):
    """``lines`` under the heading; ``aside``: it stands to the right, of those who leave."""

    heading: str
    lines: tuple[str, ...] = ()
    aside: bool = False


def boxes(flow: Flow) -> tuple[Box, ...]:
    return tuple(_boxes(flow))


def _boxes(flow: Flow) -> Iterator[Box]:
    out, on = flow.excluded, flow.followed
    yield Box(f"Assessed for eligibility: {flow.assessed:,}")
    reasons = (
        (out.not_eligible, "not eligible"),
        (out.declined, "declined to take part"),
        (out.other, "another reason"),
    )
    yield Box(f"Excluded: {out.total:,}", tuple(f"{count:,} {words}" for count, words in reasons if count), aside=True)
    if flow.in_screening:
        yield Box(f"Still in screening: {flow.in_screening:,}", aside=True)
    yield Box(f"Randomised: {on.randomised:,}")
    treated = [f"{on.received:,} received the treatment"]
    treated += [f"{on.not_yet:,} not yet"] if on.not_yet else []
    treated += [f"{on.did_not_receive:,} did not"] if on.did_not_receive else []
    yield Box("Treatment", (*treated, *_counted(on.why_not_received)))
    if on.stopped:
        yield Box(f"Stopped treatment: {on.stopped:,}", _counted(on.why_stopped), aside=True)
    left = ((on.withdrew, "withdrew"), (on.lost, "lost to follow-up"), (on.died, "died"))
    gone = sum(count for count, _ in left)
    if gone:
        yield Box(
            f"Left the trial: {gone:,}", tuple(f"{count:,} {words}" for count, words in left if count), aside=True
        )
    yield Box(f"In follow-up: {on.in_follow_up:,}", (f"{on.completed:,} completed",) if on.completed else ())


def _counted(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    return tuple(f"{one.count:,}: {one.words}" for one in reasons[:6])


def draw_flow(flow: Flow, *, width: float = WIDE) -> str:
    every = boxes(flow)
    told = ". ".join(" ".join((box.heading, *box.lines)) for box in every)
    draw = _beside if width >= WIDE else _under
    return framed(draw(every, width), width, "flow", Caption("Flow of participants, all arms together", told))


def _beside(every: tuple[Box, ...], width: float) -> Drawn:
    main, side = width * 0.46, width * 0.42
    svg, y, spine = [], 0.0, main / 2
    last_main = 0.0
    for box in every:
        drawn = _box(box, side if box.aside else main)
        if box.aside:
            across = y + drawn.height / 2
            svg += [
                _way(f"M{number(spine)} {number(across)}H{number(width - side)}"),
                moved(width - side, y, drawn.svg),
            ]
        else:
            if last_main:
                svg.insert(0, _way(f"M{number(spine)} {number(last_main)}V{number(y)}"))
            svg.append(moved(0, y, drawn.svg))
            last_main = y + drawn.height
        y += drawn.height + _GAP
    return Drawn("".join(svg), y - _GAP + 2)


def _under(every: tuple[Box, ...], width: float) -> Drawn:
    """On a phone those who leave stand indented, each on its own branch of the line at the left."""
    svg, y, heights = [], 0.0, []
    for box in every:
        indent = _STEP if box.aside else 0.0
        drawn = _box(box, width - indent)
        svg.append(moved(indent, y, drawn.svg))
        if box.aside:
            svg.append(_way(f"M{number(_STEP / 2)} {number(y + drawn.height / 2)}H{number(_STEP)}"))
        heights.append((y, y + drawn.height, box.aside))
        y += drawn.height + _GAP * 0.6
    mains = [(top, end) for top, end, aside in heights if not aside]
    ways = [_way(f"M{number(_STEP / 2)} {number(end)}V{number(top)}") for (_, end), (top, _) in pairwise(mains)]
    return Drawn("".join((*ways, *svg)), y - _GAP * 0.6 + 2)


def _way(path: str) -> str:
    return element("path", class_="pic-branch", d=path)


def _box(box: Box, width: float) -> Drawn:
    inner = width - 2 * _PAD
    words = stacked(
        lettered(box.heading, inner, BODY if box.aside else STRONG),
        *(lettered(line, inner, SOFT) for line in box.lines),
        gap=2,
    )
    height = words.height + 2 * _PAD
    frame = element("rect", class_="pic-card", x=1, y=1, width=width - 2, height=height - 2, rx=6)
    return Drawn(frame + moved(_PAD, _PAD, words.svg), height)
