"""The kinds of answer an item takes; each reads a value that came as JSON, and refuses in words what does not fit."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import msgspec

from equipoise.kernel.refused import Refused

_DIGITS = 20
"""Decimals of up to this many digits can be multiplied and compared here without being rounded."""

Pair: TypeAlias = tuple[Decimal | None, Decimal | None]


def shown(value: object) -> str:
    """A value as JSON writes it, cut short."""
    try:
        text = msgspec.json.Encoder(decimal_format="number").encode(value).decode()
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


class YesNo(msgspec.Struct, frozen=True, tag="yes-no"):
    """True, false, or null for not known."""

    def read(self, name: str, value: object) -> bool | None:
        if value is None or isinstance(value, bool):
            return value
        raise Refused(f"must be true, false or null (not known), not {shown(value)}.", what=name)


class Number(msgspec.Struct, frozen=True, tag="number"):
    """A number from ``low`` to ``high``, both included."""

    low: Decimal
    high: Decimal
    unit: str = ""
    whole: bool = False

    def read(self, name: str, value: object) -> Decimal | None:
        return None if value is None else self.within(name, value)

    def within(self, name: str, value: object) -> Decimal:
        number = _decimal(name, value, self.words)
        if not self.low <= number <= self.high or (self.whole and number != number.to_integral_value()):
            raise Refused(f"must be {self.words}, not {shown(value)}.", what=name)
        return number

    @property
    def words(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.low} to {self.high}" + (f" ({self.unit})" if self.unit else "")


def _decimal(name: str, value: object, wanted: str) -> Decimal:
    if isinstance(value, float):
        raise Refused("is a binary fraction, which is not exact.", what=name, do="Pass a Decimal, or JSON text.")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refused(f"must be {wanted}, not {shown(value)}.", what=name)
    number = Decimal(value)
    if not number.is_finite():
        raise Refused(f"must be {wanted}, not {value}.", what=name)
    _, digits, exponent = number.as_tuple()
    if len(digits) > _DIGITS or (isinstance(exponent, int) and not -_DIGITS <= exponent <= _DIGITS):
        raise Refused(f"has more than {_DIGITS} digits.", what=name, do="Round it to what was measured.")
    return number


class BeforeAfter(msgspec.Struct, frozen=True, tag="before-after"):
    """``[baseline, follow_up]``; either may be null."""

    number: Number

    def read(self, name: str, value: object) -> Pair | None:
        if value is None:
            return None
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise Refused(f"must be [baseline, follow_up] or null, not {shown(value)}.", what=name)
        return self.number.read(name, value[0]), self.number.read(name, value[1])


class Choice(msgspec.Struct, frozen=True, tag="choice"):
    """One of some words or whole numbers; ``labels`` say them to a person."""

    values: tuple[str | int, ...]
    labels: tuple[str, ...] = ()

    def read(self, name: str, value: object) -> str | int | None:
        if value is None:
            return None
        plain = isinstance(value, str | int) and not isinstance(value, bool)
        comparable = plain or (isinstance(value, Decimal) and value.is_finite())
        chosen = next((one for one in self.values if comparable and one == value), None)
        if chosen is not None:
            return chosen
        raise Refused(f"must be one of {', '.join(map(str, self.values))}, not {shown(value)}.", what=name)

    @property
    def offered(self) -> tuple[tuple[str | int, str], ...]:
        return tuple(zip(self.values, self.labels or map(str, self.values), strict=True))


class Several(msgspec.Struct, frozen=True, tag="several"):
    """A list of names, each at most once; null where it is not known which."""

    choice: Choice

    def read(self, name: str, value: object) -> tuple[str | int, ...] | None:
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            raise Refused(f"must be a list or null, not {shown(value)}.", what=name)
        chosen = tuple(one for part in value if (one := self.choice.read(name, part)) is not None)
        if len(set(chosen)) < len(value):
            raise Refused("must name each at most once, and not null.", what=name)
        return chosen


class Numbers(msgspec.Struct, frozen=True, tag="numbers"):
    """Numbers by name: an object; names left out or null are not known."""

    names: tuple[str, ...]
    number: Number

    def read(self, name: str, value: object) -> dict[str, Decimal] | None:
        if value is None:
            return None
        given = fields(name, value, self.names)
        return {key: self.number.within(f"{name}.{key}", part) for key, part in given.items() if part is not None}


class Sides(msgspec.Struct, frozen=True, tag="sides"):
    """One number, or ``[right, left]``."""

    number: Number

    def read(self, name: str, value: object) -> tuple[Decimal | None, ...] | None:
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            return (self.number.read(name, value),)
        if len(value) != 2:
            raise Refused(f"must be one number or [right, left], not {shown(value)}.", what=name)
        return tuple(self.number.read(name, side) for side in value)


class Enzyme(msgspec.Struct, frozen=True):
    """One muscle enzyme, in multiples of its upper limit of normal."""

    name: str
    baseline: Decimal | None
    follow_up: Decimal | None


class EnzymeChange(msgspec.Struct, frozen=True, tag="enzyme-change"):
    """``{"name", "baseline", "follow_up"}``, values in multiples of the upper limit of normal."""

    choice: Choice
    number: Number

    def read(self, name: str, value: object) -> Enzyme | None:
        if value is None:
            return None
        given = fields(name, value, ("name", "baseline", "follow_up"))
        chosen = self.choice.read(f"{name}.name", given.get("name"))
        if chosen is None:
            raise Refused("must say which enzyme it is.", what=f"{name}.name", do=f"Use {self._names}.")
        ends = (self.number.read(f"{name}.{end}", given.get(end)) for end in ("baseline", "follow_up"))
        return Enzyme(str(chosen), *ends)

    @property
    def _names(self) -> str:
        return ", ".join(map(str, self.choice.values))


class Multiples(msgspec.Struct, frozen=True, tag="multiples"):
    """By name, multiples of the upper limit of normal: a number, or ``{"value", "uln"}`` in one and the same unit."""

    names: tuple[str, ...]
    number: Number
    measured: Number

    def read(self, name: str, value: object) -> dict[str, Fraction] | None:
        if value is None:
            return None
        given = fields(name, value, self.names)
        return {key: self._multiple(f"{name}.{key}", part) for key, part in given.items() if part is not None}

    def _multiple(self, name: str, value: object) -> Fraction:
        if not isinstance(value, Mapping):
            return Fraction(self.number.within(name, value))
        given = fields(name, value, ("value", "uln"))
        measured, limit = (self.measured.within(f"{name}.{end}", given.get(end)) for end in ("value", "uln"))
        if not limit:
            raise Refused("must be more than 0.", what=f"{name}.uln")
        return Fraction(measured) / Fraction(limit)


Kind: TypeAlias = YesNo | Number | BeforeAfter | Choice | Several | Numbers | Sides | EnzymeChange | Multiples


def fields(name: str, value: object, known: tuple[str, ...]) -> Mapping[str, Any]:
    """The object, once it is one and holds no field but those known."""
    if not isinstance(value, Mapping):
        raise Refused(f"must be an object with {', '.join(known)}, not {shown(value)}.", what=name)
    for key in value:
        if key not in known:
            what = f"{name}.{key}" if name else str(key)
            raise Refused("is not a field we know.", what=what[:80], do=f"The fields are: {', '.join(known)}.")
    return value
