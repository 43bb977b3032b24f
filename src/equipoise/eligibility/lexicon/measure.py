"""The shape of one measure, and the short way in which the tables write it."""

from decimal import Decimal

import msgspec


class Measure(msgspec.Struct, frozen=True, omit_defaults=True):
    """A laboratory value, vital sign or scale. ``unit`` is the canonical UCUM unit; ``low`` to ``high`` can be.

    ``units`` are those it is written in, likeliest first. ``molar_mass`` is in g/mol. ``ways``: unit, factor and offset
    to canonical, where a unit converts for this measure only (U/L and [IU]/L, HbA1c in mmol/mol). ``usual``: where no
    unit is written, the unit meant for a number up to this one (``None``: any). ``capitals`` are words only as
    written here.
    """

    name: str
    label: str
    unit: str
    low: Decimal
    high: Decimal
    words: tuple[str, ...]
    help: str
    capitals: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    molar_mass: Decimal | None = None
    ways: tuple[tuple[str, Decimal, Decimal], ...] = ()
    usual: tuple[tuple[str, Decimal | None], ...] = ()
    loinc: tuple[str, ...] = ()
    omop: tuple[int, ...] = ()


def measure(
    name: str,
    label: str,
    unit: str,
    limits: str,
    words: str,
    help_text: str,
    *,
    capitals: str = "",
    units: str = "",
    mass: str = "",
    ways: str = "",
    usual: str = "",
    loinc: str = "",
    omop: tuple[int, ...] = (),
) -> Measure:
    """``words`` and ``capitals`` part at ``|``; ``limits`` is "low high"; ``ways`` is "unit factor offset, ...".

    ``usual`` is "unit limit, ..., unit".
    """
    low, high = map(Decimal, limits.split())
    return Measure(
        name=name,
        label=label,
        unit=unit,
        low=low,
        high=high,
        words=_listed(words),
        help=help_text,
        capitals=_listed(capitals),
        units=(unit, *(one for one in units.split() if one != unit)),
        molar_mass=Decimal(mass) if mass else None,
        ways=tuple(_way(*one.split()) for one in ways.split(",") if one),
        usual=tuple(_usual(*one.split()) for one in usual.split(",") if one),
        loinc=tuple(loinc.split()),
        omop=omop,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split("|") if word.strip())


def _way(unit: str, factor: str = "1", offset: str = "0") -> tuple[str, Decimal, Decimal]:
    return unit, Decimal(factor), Decimal(offset)


def _usual(unit: str, limit: str = "") -> tuple[str, Decimal | None]:
    return unit, Decimal(limit) if limit else None
