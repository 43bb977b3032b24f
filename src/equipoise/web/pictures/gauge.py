"""A score on its scale: where it lies, or between which ends it must lie, beside the cut-offs of the classes."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from equipoise.web.pictures.lettering import SIZE, SMALL, width_of
from equipoise.web.pictures.svg import (
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

_EDGE, _TRACK, _RADIUS, _LANE = 12.0, 14.0, 9.0, 24.0


class Gauge(msgspec.Struct, frozen=True):
    """``low`` and ``high`` are equal where the score is known. ``marks``: cut-offs and what begins there, from low."""

    name: str
    low: Decimal
    high: Decimal
    most: Decimal
    marks: tuple[tuple[Decimal, str], ...]
    heading: str = ""

    @property
    def words(self) -> str:
        low, high = f"{self.low.normalize():f}", f"{self.high.normalize():f}"
        return low if low == high else f"{low} to {high}"


class _Scale(msgspec.Struct, frozen=True):
    width: float
    most: Decimal

    def at(self, value: Decimal) -> float:
        return _EDGE + (self.width - 2 * _EDGE) * float(value / self.most)


def draw_gauges(gauges: Sequence[Gauge], *, width: float = WIDE) -> str:
    """One under the other, in one picture."""
    told = ". ".join(_told(gauge) for gauge in gauges)
    drawn = stacked(*(_drawn(gauge, width) for gauge in gauges), gap=24)
    return framed(drawn, width, "gauge", Caption(gauges[0].name, f"{told}."))


def _told(gauge: Gauge) -> str:
    head = f"{gauge.heading}: " if gauge.heading else ""
    marks = ", ".join(f"{words} from {value}" for value, words in gauge.marks)
    return f"{head}{gauge.words} on a scale from 0 to {gauge.most}; {marks}"


def _drawn(gauge: Gauge, width: float) -> Drawn:
    scale = _Scale(width, gauge.most)
    return stacked(
        lettered(gauge.heading, width, SOFT), _value(gauge, scale), _track(gauge, scale), _marks(gauge, scale)
    )


def _value(gauge: Gauge, scale: _Scale) -> Drawn:
    """The number above its place, kept within the picture."""
    room = width_of(gauge.words, SIZE, bold=True)
    middle = (scale.at(gauge.low) + scale.at(gauge.high)) / 2
    words = lettered(gauge.words, scale.width, STRONG)
    return Drawn(moved(min(max(0, middle - room / 2), scale.width - room), 0, words.svg), words.height)


def _track(gauge: Gauge, scale: _Scale) -> Drawn:
    y = _RADIUS + 2
    ends = (_EDGE, scale.width - _EDGE)
    track = element(
        "rect", class_="pic-runs", x=ends[0], y=y - _TRACK / 2, width=ends[1] - ends[0], height=_TRACK, rx=_TRACK / 2
    )
    return Drawn(track + moved(0, y, _sign(gauge, scale)), 2 * y)


def _sign(gauge: Gauge, scale: _Scale) -> str:
    """A disc where the score is known, else a bar as long as what is not."""
    low, high = scale.at(gauge.low), scale.at(gauge.high)
    if gauge.low == gauge.high:
        return element("circle", class_="pic-happened", cx=low, cy=0, r=_RADIUS)
    height = _TRACK - 4
    return element("rect", class_="pic-ran", x=low, y=-height / 2, width=high - low, height=height, rx=height / 2)


def _marks(gauge: Gauge, scale: _Scale) -> Drawn:
    """A stem for each cut-off, its words in a lane of its own, the highest first, so that no stem crosses words."""
    lanes = [_mark(value, words, lane, scale) for lane, (value, words) in enumerate(reversed(gauge.marks))]
    zero = element("text", "0", class_="pic-soft", x=_EDGE, y=SMALL + 2, font_size=SMALL, text_anchor="middle")
    most = element(
        "text", str(gauge.most), class_="pic-soft", x=scale.width, y=SMALL + 2, font_size=SMALL, text_anchor="end"
    )
    return Drawn(zero + most + "".join(lanes), _LANE * max(len(lanes), 1) + 4)


def _mark(value: Decimal, words: str, lane: int, scale: _Scale) -> str:
    x, y = scale.at(value), lane * _LANE
    stem = element("path", class_="pic-stem", d=f"M{number(x)} {number(-_TRACK - 6)}V{number(y + 18)}")
    said = lettered(f"{value} {words}", scale.width, SOFT)
    return stem + moved(x + 6, y + 2, said.svg)
