"""Few arms: equal columns under a level beam. What each is given stands in rows shared by all, to compare."""

import msgspec

from equipoise.web.pictures.lettering import SIZE, width_of
from equipoise.web.pictures.mark import beam
from equipoise.web.pictures.scheme import Arm, Scheme, Treatment
from equipoise.web.pictures.svg import BODY, SOFT, STRONG, WIDE, Drawn, element, lettered, moved, number, rule, stacked

_GAP, _PAD, _ROW = 16.0, 14.0, 11.0
_SIGN = 28.0
"""Room for the disc before a treatment's name."""
_SINGLE = 440.0
_DISC = 11.0
_ABOVE, _BELOW = 30.0, 18.0
"""Between the words and the beam, and between the beam and the arms."""
_MOST_LINES = 6


class _Sheet(msgspec.Struct, frozen=True):
    width: float
    arms: int

    @property
    def column(self) -> float:
        return min(_SINGLE, (self.width - _GAP * (self.arms - 1)) / self.arms)

    @property
    def inner(self) -> float:
        return self.column - 2 * _PAD

    def left(self, place: int) -> float:
        return (self.width - self.column * self.arms - _GAP * (self.arms - 1)) / 2 + place * (self.column + _GAP)

    def middle(self, place: int) -> float:
        return self.left(place) + self.column / 2


def has_room(scheme: Scheme, width: float) -> bool:
    """Whether every arm can stand beside the others, with no word broken and nothing cut."""
    sheet = _Sheet(width, len(scheme.arms))
    if sheet.arms > (4 if width >= WIDE else 2):
        return False
    texts = [(arm.name, sheet.inner, True) for arm in scheme.arms]
    texts += [(treatment.name, sheet.inner - _SIGN, False) for treatment in scheme.treatments]
    return all(_fits(text, room, bold=bold) for text, room, bold in texts)


def _fits(text: str, room: float, *, bold: bool) -> bool:
    longest = max((width_of(word, SIZE, bold=bold) for word in text.split()), default=0)
    return longest <= room and width_of(text, SIZE, bold=bold) < room * (_MOST_LINES - 1)


def draw_columns(scheme: Scheme, head: Drawn, width: float) -> Drawn:
    sheet = _Sheet(width, len(scheme.arms))
    branch = _branch(scheme, sheet, head.height)
    rows = [_names(scheme, sheet), *(_row(treatment, scheme, sheet) for treatment in _given(scheme))]
    body = stacked(*rows)
    cards = "".join(
        moved(sheet.left(place), 0, element("rect", class_="pic-card", width=sheet.column, height=body.height, rx=8))
        for place in range(sheet.arms)
    )
    return Drawn(head.svg + branch.svg + moved(0, branch.height, cards, body.svg), branch.height + body.height)


def _given(scheme: Scheme) -> list[Treatment]:
    return [treatment for treatment in scheme.treatments if treatment not in scheme.loose]


def _branch(scheme: Scheme, sheet: _Sheet, top: float) -> Drawn:
    """The beam where chance divides; else plain lines. It reaches from the words down to the arms."""
    middles = [sheet.middle(place) for place in range(sheet.arms)]
    level = top + (_ABOVE if sheet.arms > 1 else 8)
    bottom = level + _BELOW
    drops = "".join(f"M{number(x)} {number(level)}V{number(bottom)}" for x in middles)
    stem = f"M{number(sheet.width / 2)} 4V{number(level)}"
    if not scheme.by_chance:
        across = f"M{number(middles[0])} {number(level)}H{number(middles[-1])}"
        return Drawn(element("path", class_="pic-branch", d=stem + across + drops), bottom)
    plank = beam(middles, level, left=middles[0] - 30, right=middles[-1] + 30, disc=_DISC)
    return Drawn(element("path", class_="pic-branch", d=stem + drops) + plank, bottom)


def _names(scheme: Scheme, sheet: _Sheet) -> Drawn:
    return _side_by_side([_name(arm, sheet.inner) for arm in scheme.arms], sheet, pad=_PAD)


def _name(arm: Arm, width: float) -> Drawn:
    return stacked(lettered(arm.kind, width, SOFT), lettered(arm.name, width, STRONG), gap=2)


def _row(treatment: Treatment, scheme: Scheme, sheet: _Sheet) -> Drawn:
    cells = [_cell(treatment, sheet.inner, given=treatment in arm.given) for arm in scheme.arms]
    row = _side_by_side(cells, sheet, pad=_ROW)
    lines = "".join(rule(sheet.inner, x=sheet.left(place) + _PAD) for place in range(sheet.arms))
    return Drawn(lines + row.svg, row.height)


def _cell(treatment: Treatment, width: float, *, given: bool) -> Drawn:
    """A disc and the name, or a dash."""
    if not given:
        return Drawn(element("path", class_="pic-dash", d="M3 11h12"), 22)
    return given_words(treatment, width)


def given_words(treatment: Treatment, width: float) -> Drawn:
    said = [
        lettered(treatment.kind, width - _SIGN, SOFT),
        lettered(treatment.name, width - _SIGN, BODY, lines=_MOST_LINES),
    ]
    words = stacked(*said)
    return Drawn(element("circle", class_="pic-given", cx=9, cy=12, r=9) + moved(_SIGN, 0, words.svg), words.height)


def _side_by_side(cells: list[Drawn], sheet: _Sheet, *, pad: float) -> Drawn:
    placed = "".join(moved(sheet.left(place) + _PAD, pad, cell.svg) for place, cell in enumerate(cells))
    return Drawn(placed, max(cell.height for cell in cells) + 2 * pad)
