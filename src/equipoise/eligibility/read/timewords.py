"""Lengths of time as they are written: "four (4) weeks", "1-2 years", "5 half-lives, whichever is longer"."""

import re
from decimal import Decimal
from typing import Literal

from equipoise.eligibility.expression import Period, Unit

_WORDS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
SPELLED = {word: place for place, word in enumerate(_WORDS, 1)} | {
    "a": 1,
    "an": 1,
    "twenty-one": 21,
    "twenty-four": 24,
    "twenty-eight": 28,
    "thirty": 30,
    "thirty-six": 36,
    "forty-eight": 48,
    "sixty": 60,
    "seventy-two": 72,
    "ninety": 90,
    "half a": 1,
}
AMOUNT = (
    rf"(?:\d+(?:[.,]\d+)?|\b(?:{'|'.join(sorted(SPELLED, key=len, reverse=True))})\b)(?:\s?\(\s?\d+(?:\.\d+)?\s?\))?"
)
UNIT = r"(?:hours?|hrs?\b\.?|days?|weeks?|wks?\b\.?|months?|mos?\b\.?|years?|yrs?\b\.?|half[- ]?lives|half[- ]?life|t1/2|[hdy](?=[\s,;)-]|\Z))"
UNITS = (
    ("half", Unit.HALF_LIFE),
    ("t1", Unit.HALF_LIFE),
    ("h", Unit.HOUR),
    ("d", Unit.DAY),
    ("w", Unit.WEEK),
    ("m", Unit.MONTH),
    ("y", Unit.YEAR),
)
CALENDAR = r"(?:\s?(?:calendar|consecutive|continuous|full|complete|elimination))?"
LENGTH = rf"(?P<amount>{AMOUNT})(?:\s?(?:-|to|or|and)\s?(?P<upper>{AMOUNT}))?[\s-]?{CALENDAR}\s?(?P<unit>{UNIT})(?![a-z])'?(?!\s?-?\s?(?:of\sage|old\b|age\b|apart\b|intervals?\b))(?:\sor\s(?:(?P<plus>more|longer|greater)|less|fewer|shorter)\b)?(?:\s?\(\s?(?:approximately\s)?\d+[\s-]?{UNIT}\s?\))?"
OTHER = (
    rf"(?:\s?(?:,|\()?\s?or\s(?:within\s|at\sleast\s|<\s?|less\sthan\s)?(?P<other>{AMOUNT})[\s-]?{CALENDAR}\s?(?P<other_unit>{UNIT})"
    r"(?:\sof\s(?:the\s)?[\w\s-]{1,40}?(?=\s?[,(]?\s?(?:which|prior|before|preceding)))?)?(?:\s?(?:,|\()?\s?(?:whichever|which\sever)\s(?:is\s)?(?:the\s)?(?P<which>longer|longest|greater|later|shorter|shortest|less)\)?)?"
)
OF_WHAT = r"(?:\s(?:of|from|after|following|since)\b)"
BEFORE = r"(?:\s?,?\s?(?:immediately\s|just\s|directly\s|period\s|interval\s)*(?:prior\s?to|before|preceding|previous\sto|in\sadvance\sof)\b|\s?prior\b(?!\s?to))"
AGO = r"\s(?:ago|earlier|previously)\b"


def period_of(amount: str, unit: str) -> Period:
    written = unit.casefold()
    return Period(number_of(amount), next(one for start, one in UNITS if written.startswith(start)))


def number_of(text: str) -> Decimal:
    digits = re.search(r"\d+(?:[.,]\d+)?", text)
    return Decimal(digits[0].replace(",", ".")) if digits else Decimal(SPELLED[text.strip().casefold()])


def other_of(groups: dict[str, str | None]) -> tuple[Period | None, Literal["longer", "shorter"] | None]:
    if not groups.get("other") or not groups.get("other_unit"):
        return None, None
    which = (groups.get("which") or "longer").casefold()
    other = period_of(groups["other"] or "", groups["other_unit"] or "")
    return other, "shorter" if which.startswith(("short", "less")) else "longer"
