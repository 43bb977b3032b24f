"""The way people go through a study, as a small drawing of two groups, one filled and one hollow, beside its words."""

from equipoise.web.pictures.scheme import Scheme
from equipoise.web.pictures.svg import SOFT, STRONG, Drawn, element, lettered, moved, stacked

_WIDE, _HIGH = 88.0, 44.0
_UP, _DOWN = 10.0, 34.0


def draw_way(scheme: Scheme, width: float) -> Drawn:
    """Nothing where the record does not say. A way we have no drawing for is told in words."""
    name, plain = scheme.way
    if not name:
        return Drawn()
    sign = _SIGNS[scheme.model]() if scheme.model in _SIGNS else ""
    left = _WIDE + 16 if sign else 0
    said = stacked(lettered(name, width - left, STRONG), lettered(plain, width - left, SOFT), gap=2)
    height = max(said.height, _HIGH if sign else 0)
    return Drawn(sign + moved(left, (height - said.height) / 2, said.svg), height)


def _parallel() -> str:
    return _line(f"M8 {_UP}H80M8 {_DOWN}H80") + _full(8, _UP) + _full(80, _UP) + _hollow(8, _DOWN) + _hollow(80, _DOWN)


def _crossover() -> str:
    """Each goes on where the other was."""
    lines = _line(f"M8 {_UP}h18L62 {_DOWN}h18M8 {_DOWN}h18L62 {_UP}h18")
    return lines + _full(8, _UP) + _full(80, _DOWN) + _hollow(8, _DOWN) + _hollow(80, _UP)


def _sequential() -> str:
    return _line("M8 36h24v-13h24v-13h24") + _full(20, 36) + _full(44, 23) + _full(68, 10)


def _factorial() -> str:
    """Neither, one, the other, both."""
    grid = _line("M18 2h52v40h-52zM44 2v40M18 22h52")
    return grid + _line("M27 12h8") + _full(57, 12) + _hollow(31, 32) + _full(52, 32) + _hollow(63, 32)


def _single() -> str:
    return _line("M8 22H80") + _full(8, 22) + _full(80, 22)


_SIGNS = {
    "PARALLEL": _parallel,
    "CROSSOVER": _crossover,
    "SEQUENTIAL": _sequential,
    "FACTORIAL": _factorial,
    "SINGLE_GROUP": _single,
}


def _line(d: str) -> str:
    return element("path", class_="pic-way", d=d)


def _full(x: float, y: float) -> str:
    return element("circle", class_="pic-given", cx=x, cy=y, r=6)


def _hollow(x: float, y: float) -> str:
    return element("circle", class_="pic-ring", cx=x, cy=y, r=5)
