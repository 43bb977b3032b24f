"""Coordinates as people write them: "33.67, -117.82", "33.67 N, 117.82 W", "33°40'12\\" N 117°49' W"."""

import re

from equipoise.finder.ask import Place, PlaceKind
from equipoise.kernel.refused import Refused

_ANGLE = (
    r"(?P<before{0}>[NSEW])?\s*(?P<sign{0}>[-+\u2212])?\s*(?P<degrees{0}>[0-9]{{1,7}}(?:\.[0-9]+)?)\s*[°º]?\s*"
    r"(?:(?P<minutes{0}>[0-9]{{1,2}}(?:\.[0-9]+)?)\s*['′’]\s*)?"
    r"(?:(?P<seconds{0}>[0-9]{{1,2}}(?:\.[0-9]+)?)\s*(?:\"|″|”|'')\s*)?(?(before{0})|(?P<after{0}>[NSEW])?)"
)
_PAIR = re.compile(
    r"[(\[]?\s*" + _ANGLE.format(1) + r"(?P<between>\s*[,;/]\s*|\s+|(?<=[NSEW]))" + _ANGLE.format(2) + r"\s*[)\]]?",
    re.IGNORECASE,
)
_COUNTS = "Write latitude, then longitude, such as 33.67, -117.82 or 33.67 N, 117.82 W."


def read_point(text: str) -> Place | None:
    """The point, or None where this is not coordinates at all. Refuses what lies off the globe."""
    found = _PAIR.fullmatch(text.strip())
    if found is None or _is_bare(found):
        return None
    first, axis1 = _angle(found, 1)
    second, axis2 = _angle(found, 2)
    if bool(axis1) != bool(axis2):
        return None
    if axis1 and axis1 == axis2:
        raise Refused(f"'{text.strip()}' gives the same direction twice.", do=_COUNTS)
    lat, lon = (second, first) if axis1 == "EW" else (first, second)
    return point_at(lat, lon)


def point_at(lat: float, lon: float) -> Place:
    """A place that has no name but its coordinates."""
    if not -180 <= lon <= 180:
        raise Refused(f"The longitude {lon:g} is off the globe: it runs from -180 to 180.", do=_COUNTS)
    if not -90 <= lat <= 90:
        turned = f"Did you mean {lon:g}, {lat:g}? " if abs(lon) <= 90 else ""
        raise Refused(f"The latitude {lat:g} is off the globe: it runs from -90 to 90.", do=turned + _COUNTS)
    return Place(f"{_written(lat, 'NS')}, {_written(lon, 'EW')}", PlaceKind.POINT, lat, lon)


def _is_bare(found: re.Match[str]) -> bool:
    """Two whole numbers with only a space between are a postal code, or nothing we know."""
    return not found["between"].strip() and not re.search(r"[-+\u2212.°º'′’NSEW]", found.group(), re.IGNORECASE)


def _angle(found: re.Match[str], which: int) -> tuple[float, str]:
    letter = (found[f"before{which}"] or found[f"after{which}"] or "").upper()
    size = sum(float(found[f"{part}{which}"] or 0) / share for part, share in _PARTS)
    negative = letter in ("S", "W") or found[f"sign{which}"] in ("-", "\u2212")
    size = round(size, 6)
    return (-size if negative else size), next((axis for axis in ("NS", "EW") if letter and letter in axis), "")


_PARTS = (("degrees", 1), ("minutes", 60), ("seconds", 3600))


def _written(angle: float, letters: str) -> str:
    return f"{round(abs(angle), 5):.7g}° {letters[angle < 0]}"
