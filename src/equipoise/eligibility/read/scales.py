"""Scales written in signs of their own: Child-Pugh in letters, sight as 20/40."""

import re
from collections.abc import Iterator
from decimal import Decimal

from equipoise.eligibility.expression import Range, Span, Value
from equipoise.eligibility.read.piece import Amount
from equipoise.eligibility.read.scanning import mentions

_CHILD = re.compile(
    r"\b(?:Child(?:[\s'-]*s)?(?:[\s-]*Turcotte)?[\s-]*Pugh|CTP|Child's|Child)(?:\s?\(?(?:cirrhosis|liver|hepatic|class(?:ification|es)?|grade|score|stage|status|of|is|"
    r"CTP|CP|category|:)\)?)*\s?(?P<sign>[≥≤<>])?\s?(?P<one>[ABC])(?P<points>\d{1,2})?\b(?:\s?(?:or|and|to|/|-|,)\s?(?:class\s)?(?P<two>[ABC])(?P<more>\d{1,2})?\b)?",
    re.IGNORECASE,
)
_PUGH = {"A": (5, 6), "B": (7, 9), "C": (10, 15)}
_CHART = r"(?:20|6)\s?/\s?\d{1,3}(?:\.\d)?(?![\d/])"
_SIGHT = re.compile(
    rf"(?:(?P<better>better\sthan(?P<oreq1>\sor\sequal\sto)?|at\sleast|no\sworse\sthan|≥|>)|(?P<worse>worse\sthan(?P<oreq2>\sor\sequal\sto)?|less\sthan|no\sbetter\sthan|≤|<)|between|from|of)?\s?"
    rf"(?P<one>{_CHART})(?:\s?(?:to|and|-)\s?(?P<two>{_CHART})|\s?(?:\([^()]{{1,40}}\)\s?)?or\s(?P<after>better|worse|greater|less)\b)?",
    re.IGNORECASE,
)


def find_scales(line: str) -> Iterator[Amount]:
    yield from _letters(line) if mentions(line, "child", "ctp") else ()
    yield from _sights(line) if mentions(line, "acuity", "vision", "snellen", "bcva") else ()


def _letters(line: str) -> Iterator[Amount]:
    """Child-Pugh classes A, B and C are 5 to 6, 7 to 9 and 10 to 15 points."""
    for match in _CHILD.finditer(line):
        parts = [_PUGH[match[name].upper()] if match[name] else None for name in ("one", "two")]
        points = [match["points"], match["more"]]
        spans = [
            part if not exact else (int(exact), int(exact)) for part, exact in zip(parts, points, strict=True) if part
        ]
        low, high = min(one[0] for one in spans), max(one[1] for one in spans)
        sign = match["sign"] or ""
        limits = Range(
            None if sign in ("<", "≤") else Decimal(low if sign != ">" else high),
            None if sign in (">", "≥") else Decimal(high if sign != "<" else low),
            low_open=sign == ">",
            high_open=sign == "<",
        )
        yield _amount(match, "child_pugh", limits, "{score}")


def _sights(line: str) -> Iterator[Amount]:
    """20/40 is half of normal sight."""
    for match in _SIGHT.finditer(line):
        limits = _sight(match)
        if limits is not None:
            yield _amount(match, "visual_acuity_snellen", limits, "1")


def _sight(match: re.Match[str]) -> Range | None:
    one = _decimal(match["one"])
    if match["two"]:
        low, high = sorted((one, _decimal(match["two"])))
        return Range(low, high) if low < high else None
    after = (match["after"] or "").casefold()
    if after in ("better", "greater"):
        return Range(low=one)
    if after:
        return Range(high=one)
    sign = (match["better"] or match["worse"] or "").casefold()
    is_open = sign in ("better than", "worse than", "less than", "<", ">")
    if match["better"]:
        return Range(low=one, low_open=is_open)
    return Range(high=one, high_open=is_open) if match["worse"] else None


def _decimal(written: str) -> Decimal:
    first, _, second = written.partition("/")
    return round(Decimal(first.strip()) / Decimal(second.strip()), 4) if Decimal(second.strip()) else Decimal(0)


def _amount(match: re.Match[str], measure: str, limits: Range, unit: str) -> Amount:
    made = Value(measure=measure, range=limits, unit=unit, spans=(Span(*match.span()),), rule=f"value.{measure}")
    return Amount(match.start(), match.end(), made)
