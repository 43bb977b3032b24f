"""Many arms, or long names, or a narrow page: equal cards one under the other, along a line from the branching."""

from equipoise.web.pictures.columns import given_words
from equipoise.web.pictures.mark import balance
from equipoise.web.pictures.scheme import Arm, Scheme
from equipoise.web.pictures.svg import SOFT, STRONG, WIDE, Drawn, element, lettered, moved, number, stacked

_PAD, _GAP = 14.0, 10.0
_LEFT, _LINE = 28.0, 7.0
"""Where cards begin, and where the line beside them runs."""
_NAME = 0.42
"""Share of a wide card that the arm's name takes, before what it is given."""
_LINES = 5
_BETWEEN = 24.0


def draw_rows(scheme: Scheme, head: Drawn, width: float) -> Drawn:
    inner = [_told(arm, width) for arm in scheme.arms]
    height = max(each.height for each in inner) + 2 * _PAD
    card = element("rect", class_="pic-card", width=width - _LEFT, height=height, rx=8)
    cards = stacked(*(Drawn(card + moved(_PAD, _PAD, each.svg), height) for each in inner), gap=_GAP)
    start = head.height + (64 if scheme.by_chance else 26)
    middles = [start + height / 2 + place * (height + _GAP) for place in range(len(inner))]
    branch = _branch(scheme, head.height, width, middles)
    return Drawn(head.svg + branch + moved(_LEFT, start, cards.svg), start + cards.height)


def _told(arm: Arm, width: float) -> Drawn:
    room = width - _LEFT - 2 * _PAD
    side_by_side = width >= WIDE and bool(arm.given)
    name_room = room * _NAME if side_by_side else room
    name = stacked(lettered(arm.kind, name_room, SOFT), lettered(arm.name, name_room, STRONG, lines=_LINES), gap=2)
    if not side_by_side:
        return stacked(name, *(given_words(each, room) for each in arm.given), gap=10)
    given = _in_pairs(arm, room - name_room - _BETWEEN)
    return Drawn(name.svg + moved(name_room + _BETWEEN, 0, given.svg), max(name.height, given.height))


def _in_pairs(arm: Arm, width: float) -> Drawn:
    """Two beside each other where there are several; so many arms stay short."""
    across = 2 if len(arm.given) > 1 else 1
    column = (width - (across - 1) * _GAP) / across
    cells = [given_words(each, column) for each in arm.given]
    lines = [cells[place : place + across] for place in range(0, len(cells), across)]
    return stacked(*(_line_of(line, column + _GAP) for line in lines), gap=8)


def _line_of(cells: list[Drawn], step: float) -> Drawn:
    placed = "".join(moved(place * step, 0, cell.svg) for place, cell in enumerate(cells))
    return Drawn(placed, max(cell.height for cell in cells))


def _branch(scheme: Scheme, top: float, width: float, middles: list[float]) -> str:
    """From the words to the line beside the cards; chance, where it divides, is shown by the mark."""
    middle = number(width / 2)
    turn = top + (50 if scheme.by_chance else 12)
    twigs = "".join(f"M{number(_LINE)} {number(y)}H{number(_LEFT)}" for y in middles)
    aside = f"H{number(_LINE)}V{number(middles[-1])}{twigs}"
    if not scheme.by_chance:
        return element("path", class_="pic-branch", d=f"M{middle} 4V{number(turn)}{aside}")
    parts = f"M{middle} 4V{number(top + 30)}M{middle} {number(top + 40)}V{number(turn)}{aside}"
    return element("path", class_="pic-branch", d=parts) + moved(0, top + 2, balance(width / 2))
