"""The dates of a study along a line: what has happened is solid, what is expected hollow, a month as wide as one."""

import datetime
from collections.abc import Iterator

import msgspec

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused
from equipoise.studies.record import DateStruct, Study
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

_LABEL = 164.0
_LANE = 72.0
_ROW = 54.0


class _Event(msgspec.Struct, frozen=True):
    name: str
    date: PartialDate
    expected: bool

    @property
    def words(self) -> str:
        return f"{self.date.words()}{' (expected)' if self.expected else ''}"


def draw_timeline(study: Study, today: datetime.date, *, width: float = WIDE) -> str:
    """The picture, or nothing where the record has fewer than two dates that can be read."""
    events = sorted(_events(study, today), key=lambda event: event.date.earliest())
    if len(events) < 2:
        return ""
    drawn = _across(events, today, width) if width >= WIDE else _down(events, today, width)
    told = "; ".join(f"{event.name}: {event.words}" for event in events)
    return framed(drawn, width, "timeline", Caption("Dates of the study", f"{told}."))


def _events(study: Study, today: datetime.date) -> Iterator[_Event]:
    status = study.status
    dates = (
        ("First posted", status.study_first_post_date_struct),
        ("Start", status.start_date_struct),
        ("Primary completion", status.primary_completion_date_struct),
        ("Completion", status.completion_date_struct),
        ("Results posted", status.results_first_post_date_struct),
        ("Last update", status.last_update_post_date_struct),
    )
    for name, struct in dates:
        date = _read(struct.date)
        if date:
            yield _Event(name, date, _is_expected(struct, date, today))


def _is_expected(struct: DateStruct, date: PartialDate, today: datetime.date) -> bool:
    """Not yet, by its own word; where it has none, by the calendar. Posting dates are estimated only to the day."""
    return date.earliest() > today or (struct.type == "ESTIMATED" and date.latest() >= today)


def _read(text: str | None) -> PartialDate | None:
    try:
        return PartialDate.read(text) if text else None
    except Refused:
        return None


def _down(events: list[_Event], today: datetime.date, width: float) -> Drawn:
    """One under the other, in order, with today between them: for a narrow screen."""
    rows = [(event.date.earliest(), _row(event, width)) for event in events]
    rows.append((today, _today_row(width)))
    rows.sort(key=lambda row: row[0])
    line = element("path", d=f"M10 12V{number(_ROW * (len(rows) - 1) + 12)}", class_="pic-line")
    return Drawn(line + "".join(moved(0, _ROW * place, row) for place, (_, row) in enumerate(rows)), _ROW * len(rows))


def _row(event: _Event, width: float) -> str:
    said = stacked(lettered(event.name, width - 40, STRONG), lettered(event.words, width - 40, SOFT))
    return moved(10, 12, _dot(event)) + moved(32, 0, said.svg)


def _today_row(width: float) -> str:
    said = lettered("Today", width - 40, SOFT)
    return element("path", d="M2 12h16", class_="pic-today") + moved(32, 2, said.svg)


def _dot(event: _Event) -> str:
    return element("circle", r=7, class_="pic-expected" if event.expected else "pic-happened")


def _across(events: list[_Event], today: datetime.date, width: float) -> Drawn:
    """Along a line in proportion; labels that would touch go one lane further down."""
    first, last = events[0].date.earliest(), max(event.date.latest() for event in events)
    span = max((last - first).days, 1)
    room = width - 40

    def x(day: datetime.date) -> float:
        return 20 + room * (day - first).days / span

    parts = [element("path", d=f"M20 40H{number(width - 20)}", class_="pic-line")]
    if first <= today <= last:
        parts.append(_today_mark(x(today), width))
    lanes: list[float] = []
    for event in events:
        begin, end = x(event.date.earliest()), x(event.date.latest())
        left = min(max(0.0, begin - 20), width - _LABEL)
        lane = next((place for place, taken in enumerate(lanes) if taken <= left), len(lanes))
        lanes[lane : lane + 1] = [left + _LABEL + 8]
        parts.append(_placed(event, begin, end, left, 40 + 24 + _LANE * lane))
    return Drawn("".join(parts), 64 + _LANE * len(lanes))


def _placed(event: _Event, begin: float, end: float, left: float, top: float) -> str:
    middle = (begin + end) / 2
    span = (
        element("rect", x=begin, y=35, width=end - begin, height=10, rx=5, class_="pic-span")
        if end - begin > 16
        else ""
    )
    stem = element("path", d=f"M{number(middle)} 48V{number(top)}", class_="pic-stem")
    said = stacked(lettered(event.name, _LABEL, STRONG), lettered(event.words, _LABEL, SOFT, lines=2))
    return span + stem + moved(middle, 40, _dot(event)) + moved(left, top, said.svg)


def _today_mark(x: float, width: float) -> str:
    side, gap = ("end", -6) if x > width - 60 else ("start", 6)
    line = element("path", d=f"M{number(x)} 4V56", class_="pic-today")
    return line + element("text", "Today", x=x + gap, y=14, font_size=14, class_="pic-soft", text_anchor=side)
