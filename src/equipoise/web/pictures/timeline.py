"""The dates of a study along a line: what has happened is solid, what is expected hollow, a month as wide as one."""

import datetime

import msgspec

from equipoise.studies.record import Study
from equipoise.web.pictures.lettering import SIZE, SMALL, width_of
from equipoise.web.pictures.moments import Moment, read_moments, running
from equipoise.web.pictures.svg import (
    BODY,
    SOFT,
    WIDE,
    Caption,
    Drawn,
    Ink,
    element,
    framed,
    lettered,
    moved,
    number,
    stacked,
)

_EDGE, _RADIUS, _BAR = 10.0, 7.0, 8.0
_LANE, _TEXT = 46.0, 8.0
"""Height of a label, and how far its words stand from its stem."""
_YEAR_ROOM, _BESIDE = 52.0, 22.0
_DOWN_LABEL, _DOWN_LEAST = 54.0, 300.0
_DAYS_A_YEAR = 365.25
_TODAY = Ink(size=SMALL, strong=True)


class _Scale(msgspec.Struct, frozen=True):
    """Days along ``length`` pixels, from ``start``."""

    first: datetime.date
    last: datetime.date
    start: float
    length: float

    def at(self, day: datetime.date) -> float:
        return self.start + self.length * (day - self.first).days / max((self.last - self.first).days, 1)

    def has(self, day: datetime.date) -> bool:
        return self.first <= day <= self.last

    def span(self, moment: Moment) -> tuple[float, float]:
        """Where its sign begins and how long it is: a disc for a day, as long as the month or year for less."""
        begin, end = self.at(moment.date.earliest()), self.at(moment.date.latest())
        return (begin, end - begin) if end - begin > 2 * _RADIUS else ((begin + end) / 2 - _RADIUS, 2 * _RADIUS)


def draw_timeline(study: Study, today: datetime.date, *, width: float = WIDE) -> str:
    """The picture, or nothing where the record has fewer than two dates that can be read."""
    moments = read_moments(study, today)
    if len(moments) < 2:
        return ""
    draw = _across if width >= WIDE else _down
    told = "; ".join(f"{moment.name}: {moment.words}" for moment in moments)
    return framed(draw(moments, today, width), width, "timeline", Caption("Dates of the study", f"{told}."))


def _range(moments: list[Moment], start: float, length: float) -> _Scale:
    first, last = moments[0].date.earliest(), max(moment.date.latest() for moment in moments)
    return _Scale(first, max(last, first + datetime.timedelta(days=60)), start, length)


def _across(moments: list[Moment], today: datetime.date, width: float) -> Drawn:
    """In proportion from left to right, words above in as many lanes as they need, years below."""
    rooms = [_room(moment) for moment in moments]
    scale = _range(moments, _EDGE, width - _EDGE - max(rooms))
    starts = [scale.span(moment)[0] + _RADIUS for moment in moments]
    lanes = _lanes(starts, rooms)
    level = (max(lanes) + 1) * _LANE + 12
    labels = [
        _label(moment, x, (max(lanes) - lane) * _LANE, level)
        for moment, x, lane in zip(moments, starts, lanes, strict=True)
    ]
    line = element("path", class_="pic-line", d=f"M{number(_EDGE)} 0H{number(scale.start + scale.length)}")
    signs = [_sign(moment, scale) for moment in moments]
    along = [line, *_bars(moments, scale, today), *_years(scale, today), _today(scale, today), *signs]
    return Drawn("".join(labels) + moved(0, level, *along), level + (62 if scale.has(today) else 36))


def _room(moment: Moment) -> float:
    return max(width_of(moment.head, SMALL), width_of(moment.date.words(), SIZE)) + _TEXT + 12


def _lanes(starts: list[float], rooms: list[float]) -> list[int]:
    """For each label the lowest lane above all that begin under it, so that no stem runs through words."""
    lanes: list[int] = []
    for place in reversed(range(len(starts))):
        end = starts[place] + rooms[place]
        under = [lane for lane, x in zip(lanes, starts[place + 1 :], strict=True) if x < end]
        lanes.insert(0, max(under, default=-1) + 1)
    return lanes


def _label(moment: Moment, x: float, top: float, level: float) -> str:
    stem = element("path", class_="pic-stem", d=f"M{number(x)} {number(top + 4)}V{number(level)}")
    return stem + moved(x + _TEXT, top, _said(moment).svg)


def _said(moment: Moment) -> Drawn:
    return stacked(lettered(moment.head, WIDE, SOFT), lettered(moment.date.words(), WIDE, BODY))


def _sign(moment: Moment, scale: _Scale) -> str:
    begin, long = scale.span(moment)
    look = "pic-expected" if moment.expected else "pic-happened"
    return element("rect", class_=look, x=begin, y=-_RADIUS, width=long, height=2 * _RADIUS, rx=_RADIUS)


def _bars(moments: list[Moment], scale: _Scale, today: datetime.date) -> list[str]:
    """While the study runs: solid as far as the record knows, then hollow."""
    between = running(moments, today)
    if not between:
        return []
    begin, known, end = between
    parts = [("pic-ran", begin, known), ("pic-runs", known, end)]
    return [
        element("rect", class_=look, x=scale.at(one), y=-_BAR / 2, width=scale.at(two) - scale.at(one), height=_BAR)
        for look, one, two in parts
        if one < two
    ]


def _years(scale: _Scale, today: datetime.date) -> list[str]:
    years = range(scale.first.year + 1, scale.last.year + 1)
    a_year = scale.length * _DAYS_A_YEAR / max((scale.last - scale.first).days, 1)
    step = next((step for step in (1, 2, 5, 10, 20) if step * a_year >= _YEAR_ROOM), 50)
    free = [(year, scale.at(datetime.date(year, 1, 1))) for year in years if year % step == 0]
    return [_year(year, x) for year, x in free if not scale.has(today) or abs(x - scale.at(today)) > _BESIDE]


def _year(year: int, x: float) -> str:
    tick = element("path", class_="pic-stem", d="M0 0v14")
    return moved(x, 0, tick, element("text", str(year), class_="pic-soft", y=28, font_size=SMALL, text_anchor="middle"))


def _today(scale: _Scale, today: datetime.date) -> str:
    if not scale.has(today):
        return ""
    line = element("path", class_="pic-today", d="M0-11V38")
    words = element("text", "Today", y=54, font_size=SMALL, font_weight="600", text_anchor="middle")
    return moved(max(scale.at(today), 24), 0, line, words)


def _down(moments: list[Moment], today: datetime.date, width: float) -> Drawn:
    """In proportion from top to bottom, for a narrow page; words are moved down until they touch no others."""
    scale = _range(moments, _EDGE, max(_DOWN_LEAST, (len(moments) + 1) * _LANE) - _LANE)
    wanted = [(scale.span(moment)[0] + _RADIUS, moment) for moment in moments]
    rows: list[tuple[float, Moment | None]] = [*wanted, *([(scale.at(today), None)] if scale.has(today) else [])]
    rows.sort(key=lambda row: row[0])
    labels, free = [], 0.0
    for y, moment in rows:
        top = max(free, y - 10)
        labels.append(_down_label(moment, y, top, width))
        free = top + (_LANE if moment else 28)
    line = element("path", class_="pic-line", d=f"M{number(_EDGE)} 0H{number(scale.start + scale.length)}")
    along = line + "".join([*_bars(moments, scale, today), *(_sign(moment, scale) for moment in moments)])
    turned = element("g", along, transform="matrix(0 1 1 0 10 0)")
    return Drawn("".join(labels) + turned, max(free, scale.start + scale.length + _RADIUS + 2))


def _down_label(moment: Moment | None, y: float, top: float, width: float) -> str:
    """From the line to the words; today's line goes through it."""
    start, look = ("M0", "pic-today") if moment is None else ("M10", "pic-stem")
    words = _said(moment) if moment else lettered("Today", width, _TODAY)
    path = f"{start} {number(y)}H26L40 {number(top + 10)}H{number(_DOWN_LABEL - 6)}"
    return element("path", class_=look, d=path) + moved(_DOWN_LABEL, top, words.svg)
