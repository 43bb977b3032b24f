"""Postal codes as people write them: found in what was typed, and made comparable with those of the records."""

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from equipoise.finder.countries import countries

_UK = r"(?P<out>[A-Z]{1,2}[0-9][A-Z0-9]?) ?(?P<in>[0-9][A-Z]{2})"
_IRISH = r"(?P<out>[AC-FHKNPRTV-Y][0-9][0-9W]) ?(?P<in>[AC-FHKNPRTV-Y0-9]{4})"
_CANADIAN = r"(?P<out>[ABCEGHJ-NPRSTVXY][0-9][A-Z])[ -]?(?P<in>[0-9][A-Z][0-9])"
_DUTCH = r"(?:NL ?- ?)?(?P<out>[1-9][0-9]{3}) ?(?P<in>[A-Z]{2})"
_SHAPES = (("GB", _UK), ("CA", _CANADIAN), ("IE", _IRISH), ("NL", _DUTCH))
_DISTRICT = r"[A-Z]{1,2}[0-9][A-Z0-9]?"
_NUMBER = r"[0-9]{2,7}(?:[ -][0-9]{2,4})?"
_PREFIXED = rf"(?P<prefix>[A-Z]{{1,3}}) ?- ?(?P<number>{_NUMBER})"
_NOT_CODE = re.compile(r"[^0-9A-Z]")
_FIRST = re.compile(r"([A-Z]{1,3})[ -]*(?=[0-9]{3})")
_AMERICAN = frozenset({"US", "PR", "GU", "VI", "AS", "MP"})
_ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?")


class Code(msgspec.Struct, frozen=True):
    """A postal code in what was typed, the country its shape or prefix tells (or ""), and the words beside it.

    ``start`` is true where this is only the beginning of codes: ``SW1A``, ``M5G``.
    """

    code: str
    country: str
    rest: str
    start: bool = False


def codes_in(text: str) -> Iterator[Code]:
    """Every way to read a postal code in the text, likeliest first."""
    text = " ".join(text.split())
    shaped = [
        Code(f"{found['out']} {found['in']}".upper(), country, _without(found))
        for country, shape in _SHAPES
        for found in _alone(shape, text)
    ]
    yield from shaped or _unshaped(text)


def _unshaped(text: str) -> Iterator[Code]:
    for found in _alone(_PREFIXED, text):
        country = countries().postal.get(found["prefix"].upper(), "")
        if country:
            yield Code(_plain(found["number"]), country, _without(found))
    for found in _alone(_NUMBER, text):
        number = _plain(found.group())
        if re.fullmatch(r"[0-9]{5}-[0-9]{4}", found.group()):
            yield Code(number[:5], "US", _without(found))
        elif len(number) > 2:
            yield Code(number, "", _without(found))
    for found in _alone(_DISTRICT, text):
        for country in ("GB", "CA", "IE"):
            yield Code(found.group().upper(), country, _without(found), start=True)


def comparable(code: str, country: str) -> str:
    """A record's postal code in the form of ``Code.code``; empty where there is none."""
    code = code.upper().strip()
    shape = _shape(country)
    if shape and (found := shape.search(code)):
        return f"{found['out']} {found['in']}"
    if country in _AMERICAN:
        zip_code = _ZIP.match(code)
        return zip_code.group()[:5] if zip_code else ""
    prefixed = _FIRST.match(code)
    if prefixed and countries().postal.get(prefixed[1]) == country:
        code = code[prefixed.end() :]
    return _plain(code)


def _alone(shape: str, text: str) -> Iterator[re.Match[str]]:
    """Matches that stand as words of their own."""
    yield from re.finditer(rf"(?<![^\s,]){shape}(?![^\s,])", text, re.IGNORECASE | re.ASCII)


def _without(found: re.Match[str]) -> str:
    before, after = found.string[: found.start()].strip(" ,"), found.string[found.end() :].strip(" ,")
    return ", ".join(part for part in (before, after) if part)


def _plain(code: str) -> str:
    return _NOT_CODE.sub("", code.upper())


@cache
def _shape(country: str) -> re.Pattern[str] | None:
    return next((re.compile(shape) for known, shape in _SHAPES if known == country), None)
