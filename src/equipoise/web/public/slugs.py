"""Names of places in addresses, and back, nothing lost: Los Angeles is Los-Angeles, Winston-Salem Winston~Salem."""

from equipoise.kernel.refused import Refused

_WRITTEN = {" ": "-", "-": "~", "~": "_t", "_": "__", "/": "_s", ".": "_d", "\\": "_b", "?": "_q", "#": "_h"}
_READ = {written: sign for sign, written in _WRITTEN.items()}
_EMPTY = "_e"


def slug_of(name: str) -> str:
    """A path segment for the name; the page's address then percent-encodes what is not ASCII."""
    return "".join(_WRITTEN.get(sign, sign) for sign in name) or _EMPTY


def name_of(slug: str) -> str:
    if slug == _EMPTY:
        return ""
    signs, place = [], 0
    while place < len(slug):
        width = 2 if slug[place] == "_" else 1
        signs.append(_one(slug[place : place + width]))
        place += width
    return "".join(signs)


def _one(written: str) -> str:
    if written.startswith("_") and written not in _READ:
        raise Refused("is not the address of a place.", what=written)
    return _READ.get(written, written)
