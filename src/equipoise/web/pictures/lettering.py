"""Setting text in lines. SVG does not wrap, so widths are estimated, a little wide, for the usual system fonts."""

import re
import unicodedata

import msgspec

SIZE = 16
SMALL = 14

_EMS = {
    **dict.fromkeys("ijl'|", 0.28),
    **dict.fromkeys(" .,:;!()[]/\\-ft", 0.37),
    **dict.fromkeys('rI"*', 0.42),
    **dict.fromkeys("ckszxyvJ", 0.57),
    **dict.fromkeys("mwMW@%", 0.95),
}
_CAPITAL, _COMMON, _SQUARE = 0.71, 0.63, 1.0
_BOLD = 1.09
_MORE = "…"


class Lines(msgspec.Struct, frozen=True):
    lines: tuple[str, ...]
    cut: bool


def width_of(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    return sum(map(_em, text)) * size * (_BOLD if bold else 1)


def _em(sign: str) -> float:
    if sign in _EMS:
        return _EMS[sign]
    if sign.isascii():
        return _CAPITAL if sign.isupper() else _COMMON
    if unicodedata.combining(sign):
        return 0
    return _SQUARE if unicodedata.east_asian_width(sign) in "WF" else _CAPITAL


def wrap(text: str, width: float, *, size: float = SIZE, lines: int = 99, bold: bool = False) -> Lines:
    """The text in at most ``lines`` lines, each at most ``width`` wide; the last ends in … where text is left over."""
    ems = width / size / (_BOLD if bold else 1)
    filled = _filled(" ".join(text.split()), ems)
    if len(filled) <= lines:
        return Lines(tuple(filled), cut=False)
    return Lines((*filled[: lines - 1], _shortened(" ".join(filled[lines - 1 :]), ems)), cut=True)


def shorten(text: str, width: float, *, size: float = SIZE, bold: bool = False) -> Lines:
    """The text on one line."""
    return wrap(text, width, size=size, lines=1, bold=bold)


def _filled(text: str, ems: float) -> list[str]:
    lines = [""]
    for piece, gap in _pieces(text, ems):
        joined = lines[-1] + gap + piece if lines[-1] else piece
        if _ems(joined) <= ems or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(piece)
    return [line for line in lines if line]


def _pieces(text: str, ems: float) -> list[tuple[str, str]]:
    """Pieces that may end a line, each with what joins it to the one before; none wider than a line."""
    found = []
    for word in text.split():
        gap = " "
        for piece in re.findall(r"[^/–—-]+[/–—-]*|[/–—-]+", word):
            for part in _broken(piece, ems):
                found.append((part, gap))
                gap = ""
    return found


def _broken(piece: str, ems: float) -> list[str]:
    parts = [""]
    for sign in piece:
        if parts[-1] and _ems(parts[-1] + sign) > ems:
            parts.append("")
        parts[-1] += sign
    return parts


def _shortened(text: str, ems: float) -> str:
    kept = text
    while kept and _ems(kept + _MORE) > ems:
        kept = kept[:-1]
    return kept.rstrip(" ,;:-–—/(") + _MORE


def _ems(text: str) -> float:
    return sum(map(_em, text))
