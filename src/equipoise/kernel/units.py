"""Units of measurement: UCUM codes, exact conversion between them, and the ways people write them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from equipoise.kernel.unitwords import ALONE, COUNTED, EXACT_CASE, OMOP_UNITS, PER, SPACED

__all__ = ["OMOP_UNITS", "UNIT_PATTERN", "UNIT_WORDS", "Dimension", "convert", "measure_of", "read_unit"]

Dimension: TypeAlias = tuple[tuple[str, int], ...]
"""Base units and their powers, in alphabetical order; activities ``U`` and ``[IU]`` are bases of their own."""

_EXACT = Context(prec=28)

_PREFIXES = {
    "k": Fraction(1000),
    "d": Fraction(1, 10),
    "c": Fraction(1, 100),
    "m": Fraction(1, 10**3),
    "u": Fraction(1, 10**6),
    "n": Fraction(1, 10**9),
    "p": Fraction(1, 10**12),
    "f": Fraction(1, 10**15),
}

_METRIC: Mapping[str, tuple[Fraction, Mapping[str, int]]] = {
    "g": (Fraction(1), {"g": 1}),
    "mol": (Fraction(1), {"mol": 1}),
    "eq": (Fraction(1), {"eq": 1}),
    "osm": (Fraction(1), {"osm": 1}),
    "m": (Fraction(1), {"m": 1}),
    "L": (Fraction(1, 1000), {"m": 3}),
    "s": (Fraction(1), {"s": 1}),
    "U": (Fraction(1), {"U": 1}),
    "kat": (Fraction(60_000_000), {"U": 1}),
    "[IU]": (Fraction(1), {"[IU]": 1}),
    "Pa": (Fraction(1), {"Pa": 1}),
    "m[Hg]": (Fraction(133_322), {"Pa": 1}),
    "m[H2O]": (Fraction("9806.65"), {"Pa": 1}),
    "Gy": (Fraction(1), {"Gy": 1}),
    "cal": (Fraction(1), {"cal": 1}),
}

_DAY = 86_400
_PLAIN: Mapping[str, tuple[Fraction, Mapping[str, int]]] = {
    "1": (Fraction(1), {}),
    "%": (Fraction(1, 100), {}),
    "min": (Fraction(60), {"s": 1}),
    "h": (Fraction(3600), {"s": 1}),
    "d": (Fraction(_DAY), {"s": 1}),
    "wk": (Fraction(7 * _DAY), {"s": 1}),
    "mo": (Fraction("30.4375") * _DAY, {"s": 1}),
    "a": (Fraction("365.25") * _DAY, {"s": 1}),
    "[lb_av]": (Fraction("453.59237"), {"g": 1}),
    "[oz_av]": (Fraction("28.349523125"), {"g": 1}),
    "[in_i]": (Fraction("0.0254"), {"m": 1}),
    "[ft_i]": (Fraction("0.3048"), {"m": 1}),
    "[diop]": (Fraction(1), {"m": -1}),
    "[pH]": (Fraction(1), {"[pH]": 1}),
    "[MET]": (Fraction(1), {"[MET]": 1}),
    "deg": (Fraction(1), {"deg": 1}),
    "dB": (Fraction(1), {"dB": 1}),
}

_AFFINE = {
    "Cel": (Fraction(1), Fraction("273.15")),
    "K": (Fraction(1), Fraction(0)),
    "[degF]": (Fraction(5, 9), Fraction("459.67")),
}
"""Kelvin is (value + offset of the unit's zero) x factor; for Celsius and Fahrenheit as exact fractions."""

_BODY = "{1.73_m2}"
"""Only this annotation is a unit of its own; UCUM gives annotations no meaning, so all others count as 1."""

_TERM = re.compile(r"(?:10\*(\d+)|(\d+(?:\.\d+)?(?![_\d}])))?(.*?)(-?\d)?(\{[^}]*\})?\Z")


def convert(value: Decimal, unit: str, to: str, molar_mass: Decimal | None = None) -> Decimal | None:
    """The value in another UCUM unit, exact but for recurring decimals (28 digits); ``None`` if not convertible.

    ``molar_mass`` in g/mol lets mass and amount of substance be converted. A month is a twelfth of 365.25 days.
    """
    if unit == to:
        return value
    if unit in _AFFINE or to in _AFFINE:
        return _temperature(value, unit, to)
    one, other = measure_of(unit), measure_of(to)
    if one is None or other is None:
        return None
    ratio = one[0] / other[0]
    if one[1] != other[1]:
        change = _molar(one[1], other[1], molar_mass)
        if change is None:
            return None
        ratio *= change
    return _decimal(Fraction(value) * ratio)


def _molar(one: Dimension, other: Dimension, molar_mass: Decimal | None) -> Fraction | None:
    """By what to multiply to turn moles into grams, or grams into moles."""
    if molar_mass is None:
        return None
    grams = Fraction(molar_mass)
    before, after = dict(one).get("mol", 0), dict(other).get("mol", 0)
    if _as_mass(one) != _as_mass(other):
        return None
    return grams ** (before - after)


def _as_mass(dimension: Dimension) -> Dimension:
    powers = dict(dimension)
    powers["g"] = powers.get("g", 0) + powers.pop("mol", 0)
    return _dimension(powers)


def _temperature(value: Decimal, unit: str, to: str) -> Decimal | None:
    if unit not in _AFFINE or to not in _AFFINE:
        return None
    (factor, offset), (to_factor, to_offset) = _AFFINE[unit], _AFFINE[to]
    return _decimal((Fraction(value) + offset) * factor / to_factor - to_offset)


def _decimal(value: Fraction) -> Decimal:
    found = _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize(_EXACT)
    exponent = found.as_tuple().exponent
    return found.quantize(Decimal(1)) if isinstance(exponent, int) and 0 < exponent < 20 else found


@lru_cache(maxsize=4096)
def measure_of(unit: str) -> tuple[Fraction, Dimension] | None:
    """The unit in base units: factor and dimension; ``None`` where it is not a unit known here."""
    factor, powers = Fraction(1), dict[str, int]()
    for place, part in enumerate(_parts(unit)):
        term = (Fraction(1), {}) if place == 0 and not part else _term(part)
        if term is None:
            return None
        sign = -1 if place else 1
        factor *= term[0] ** sign
        for base, power in term[1].items():
            powers[base] = powers.get(base, 0) + sign * power
    return factor, _dimension(powers)


def _parts(unit: str) -> list[str]:
    return re.split(r"/(?![^{]*\})", unit) if unit else ["?"]


def _dimension(powers: Mapping[str, int]) -> Dimension:
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def _term(part: str) -> tuple[Fraction, dict[str, int]] | None:
    """One factor between slashes: ``10*9``, ``24h``, ``m2``, ``kg``, ``{copies}``, ``{1.73_m2}``."""
    if part == _BODY:
        return Fraction(1), {_BODY: 1}
    match = _TERM.match(part)
    if not part or not match:
        return None
    tens, number, atom, power, note = match.groups()
    if not (tens or number or atom or note):
        return None
    if part == "1":
        return Fraction(1), {}
    found = _atom(atom) if atom else (Fraction(1), {})
    if found is None:
        return None
    exponent = int(power) if power else 1
    scale = Fraction(10) ** int(tens) if tens else Fraction(number or 1)
    return scale * found[0] ** exponent, {base: much * exponent for base, much in found[1].items()}


def _atom(text: str) -> tuple[Fraction, Mapping[str, int]] | None:
    if text in _PLAIN:
        return _PLAIN[text]
    if text in _METRIC:
        return _METRIC[text]
    found = _METRIC.get(text[1:])
    prefix = _PREFIXES.get(text[:1])
    return (found[0] * prefix, found[1]) if found and prefix else None


def _words(table: Mapping[str, str]) -> dict[str, str]:
    return {_squeeze(word): unit for unit, words in table.items() for word in words.split()}


def _squeeze(text: str) -> str:
    text = _micro(text).casefold().replace("×", "x")
    text = re.sub(r"\bper\b", "/", text)
    return re.sub(r"[\s^*()\u200b-]+", "", text)


def _micro(text: str) -> str:
    return unicodedata.normalize("NFKC", text.replace("º", "°")).replace("\u03bc", "u").replace("\\", "")


_COUNTED_WORDS, _PER_WORDS, _ALONE_WORDS = _words(COUNTED), _words(PER), _words(ALONE)
UNIT_WORDS: Mapping[str, str] = MappingProxyType({**_COUNTED_WORDS, **_ALONE_WORDS})
"""Words that are a unit by themselves, in small letters without spaces, and the UCUM unit."""

_TENS = re.compile(r"(?:x|\*|·)?10e?\+?(3|6|9|12)(?:cells|cell)?\Z")


@lru_cache(maxsize=8192)
def read_unit(text: str) -> str | None:
    """The UCUM unit people mean by ``cells/mm³``, ``x 10^9/L``, ``gm/dL``, ``mL/min/1.73m²``; ``None`` if none."""
    exact = re.sub(r"\s+", "", _micro(text))
    if exact in EXACT_CASE:
        return EXACT_CASE[exact]
    squeezed = _squeeze(text).strip(".,;:")
    if squeezed in UNIT_WORDS:
        return UNIT_WORDS[squeezed] or None
    first, *rest = squeezed.split("/")
    if not rest or len(rest) > 2:
        return None
    tens = _TENS.match(first)
    counted = f"10*{tens[1]}" if tens else _COUNTED_WORDS.get(first) if first else ""
    per = [_PER_WORDS.get(part) for part in rest]
    if counted is None or None in per:
        return _as_ucum(text)
    return "/".join([counted, *(part or "" for part in per)])


def _as_ucum(text: str) -> str | None:
    return text if measure_of(text) is not None else None


def _alternation(words: Iterable[str]) -> str:
    """A pattern for any of the words, longest first, letting spaces stand where words were squeezed together."""
    return "|".join(_loosely(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _loosely(word: str) -> str:
    spaced = SPACED.get(word, word)
    return re.escape(spaced).replace(r"\ ", r"[\s-]*").replace("u", "[uµμ]", 1 if word[:1] == "u" else 0)


_TIMES = r"(?:[x×*·]\s*)?10\s*(?:\^|\*{1,2}|e\+?|\()?\s*(?:3|6|9|12|³|⁶|⁹|¹²)\)?(?:\s*cells?)?"
_BODY_PATTERN = r"1[.,]73\s*(?:sq\.?\s*m|square\s*met(?:er|re)s?|m\s*(?:\^|\*{1,2})?\s*[2²]?)?"
_RAISED = r"m\s*\^\s*2|mm\s*\^\s*3|mm³|m²|mm\s3"
UNIT_PATTERN = (
    rf"(?:(?:{_TIMES}|{_alternation(_COUNTED_WORDS)})?\s*(?:/|\bper\b)\s*"
    rf"(?:{_BODY_PATTERN}|{_RAISED}|{_alternation(_PER_WORDS)})"
    rf"(?:\s*(?:/|\bper\b)\s*(?:{_BODY_PATTERN}|{_RAISED}|{_alternation(_PER_WORDS)}))?"
    rf"|{_RAISED.replace('m²|', '')}|{_alternation(UNIT_WORDS)})(?![\w%])"
)
"""A regular expression, to be used without regard to case, for text that ``read_unit`` may know."""
