"""Limits in text: a comparator in signs or words, a number, and its unit or the limit of normal it is a multiple of."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import msgspec

from equipoise.eligibility.expression import Range
from equipoise.eligibility.read.scanning import cued, leftmost
from equipoise.kernel.units import read_unit

Reference = Literal["ULN", "LLN"]

NUMBER = r"(?:\d{1,2}\.\s\d(?=\s?(?:x|times)\b)|10\s?\^\s?\d{1,2}(?=\s?(?:\[?IU|copies))|\d{1,3}(?:\s(?!10[369]\s?/)\d{3})+(?=\s?(?:/|cells|per\b|mm|µ|uL|x))|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
_SIGNS = {
    ">=": r"≥|>\s?/\s?=|>\s?or\s?=|=\s?/?\s?>|>\s?=|>\s?or\s?equal\s?to",
    "<=": r"≤|<\s?/\s?=|<\s?or\s?=|=\s?/?\s?<|<\s?=|£|<\s?or\s?equal\s?to",
    ">": r">",
    "<": r"<",
    "=": r"=(?![<>/])(?!\s?\d+(?:\.\d+)?\s?-\s?\d)",
}
_WORDS = {
    ">=": r"(?:greater|more|higher|larger|older)\s(?:than\s?)?(?:or\s|/\s?)equal(?:\sto|\sthan)?"
    r"|equal\s(?:to\s)?or\s(?:greater|more|higher|above|older)(?:\sthan)?"
    r"|at\s(?:a\s)?(?:least|minimum(?:\sof)?)|(?:a\s)?minim(?:um|al)\s(?:\w+\s){0,3}?of|(?:not?)\s(?:be\s)?(?:less|lower|fewer|younger)\sthan"
    r"|above\sor\sequal(?:\sto)?|not?\s(?:be\s)?below|not\s(?:be\s)?under",
    "<=": r"(?:less|lower|fewer|smaller|younger)\s(?:than\s?)?(?:or\s|/\s?)equal(?:\sto|\sthan)?"
    r"|(?:below|under)\sor\sequal(?:\sto)?|equal\s(?:to\s)?or\s(?:less|lower|below|younger)(?:\sthan)?"
    r"|(?:not?)\s(?:be\s)?(?:more|greater|higher|older|larger|longer)\sthan|at\s(?:the\s)?most|up\sto|(?:a\s)?maxim(?:um|al)\s(?:\w+\s){0,3}?of"
    r"|(?:must\s|does\s|do\s|should\s|may\s|can)?not\s(?:to\s)?exceed(?:ing)?|not?\s(?:be\s)?(?:above|over)",
    ">": r"(?:greater|more|higher|larger|older|longer)\sthan|above|over|exceed(?:s|ing)?|in\sexcess\sof",
    "<": r"(?:less|lower|fewer|smaller|younger|shorter)\sthan|below|under",
    "=": r"equals?(?:\sto)?|=",
}
_FLIPPED = {">=": "<", "<=": ">", ">": "<=", "<": ">=", "=": "="}
_NAMES = {">=": "ge", "<=": "le", ">": "gt", "<": "lt", "=": "eq"}
_KINDS = {name: kind for kind, name in _NAMES.items()}
_COMPARATOR = "|".join(
    rf"(?P<{_NAMES[kind]}>{_SIGNS.get(kind, '(?!)')}|\b(?:{words})(?:\b|(?<==)))" for kind, words in _WORDS.items()
)
_BOUND = re.compile(
    rf"(?:{_COMPARATOR})\s*(?:\(\s?[<>≥≤]\s?=?\s?\)\s?)?(?:(?:an?|of|the|to|approximately|about|NCI(?:[\s-]CTC(?:AE)?)?|CTC(?:AE)?|NYHA|ECOG|WHO|grade|toxicity|class|score|age\sof|version|v\.?\s?\d(?:\.\d+)?)\s)*(?P<number>-?{NUMBER})?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    rf"(?:\b(?:between|from|of)\s+)?(?<![\w.,/-])(?P<low>(?:-(?=[\d.]+\s(?:to|and)\s-))?{NUMBER})(?P<unit>\s?(?!(?:and|to|through)\b)[^\d\s,;()-]{{1,10}}[23]?|\s?(?!(?:and|to|through)\b)[a-z][a-z/%\s]{{2,30}}?(?:\([^()]{{1,10}}\))?)?\s{{0,3}}(?:-|\bto\b|\band\b|\bthrough\b)\s?"
    rf"(?P<high>(?:(?<=\s)-)?{NUMBER})(?![\d/:-])",
    re.IGNORECASE,
)
_TRAILED = re.compile(
    rf"(?<![\w.,/-])(?P<number>{NUMBER})(?:/\d{{2,3}}(?!\d))?(?P<unit>\s?(?:[^\d,;()<>≥≤=]|(?<=[a-z^])\d){{0,30}}?)\s?(?:\(|,)?\s?"
    r"(?:(?P<ge>or\s(?:more|greater|higher|above|older|over|better|larger|longer|worse)\b|and\s(?:above|over|older|higher|greater|up)\b|\+(?!\s?\d))"
    r"|(?P<le>or\s(?:less|lower|below|under|younger|fewer|smaller)\b|and\s(?:below|under|younger|less)\b|maximum\b))",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    rf"(?<![\w.,/-])(?P<number>{NUMBER})(?P<unit>\s?[^\d\s,;()<>≥≤=]{{1,9}}[23²]?|\s?\(?%\)?)?\s?"
    r"(?:(?P<ge>≤|<\s?=|=\s?<|<\s?/\s?=)|(?P<gt><)|(?P<le>≥|>\s?=|=\s?>|>\s?/\s?=)|(?P<lt>>))\s?(?=[A-Za-z]{2})"
)
"""A limit whose measure stands after it, as the first in "18 ≤ BMI ≤ 30"."""
_PLAIN = re.compile(rf"(?<![\w.,/-])(?P<number>{NUMBER})(?![\w:]|[.,/-]\d)")
_REFERENCE = re.compile(
    r"\s*(?:-?\s?fold\b|(?:x|\*|times)\s?[<≤]?)?\s?(?:above\s|greater\sthan\s|higher\sthan\s)?(?:of\s)?(?:the\s)?\(?"
    r"(?:(?:institutional|laboratory|local|age[- ]adjusted|testing|center|site|reference|lab)(?:'s)?\s)*"
    r"(?:(?P<uln>I?ULN\b|U?NL\b|upper\s(?:institutional\s|laboratory\s|local\s|normal\s)?(?:limits?\s?(?:of\s)?(?:the\s)?(?:\w+\s){0,2}normal(?:\s(?:range|limits?|values?))?"
    r"|(?:reference|normal)\s(?:limits?|ranges?|values?)|limits?\b|normal\b)|normal\supper\slimits?|(?<=times\s)normal\b|(?<=times\sthe\s)normal\b|(?<=fold\s)normal\b|(?<=\dx\s)normal\b|(?<=\sx\s)normal\b)"
    r"|(?P<lln>I?LLN\b|lower\s(?:institutional\s|laboratory\s|local\s|normal\s)?(?:limits?\s?(?:of\s)?(?:the\s)?(?:\w+\s){0,2}normal(?:\s(?:range|limits?|values?))?"
    r"|(?:reference|normal)\s(?:limits?|ranges?|values?)|limits?\b)))"
    r"(?:\s?\(\s?I?(?:ULN|LLN|UNL)\s?\))?(?:\sof\snormal(?:\srange)?)?\)?(?:\sfor\s(?:the\s)?(?:age|laboratory|institution|site|reference)\b)?",
    re.IGNORECASE,
)
_AMBIGUOUS = frozenset(
    [
        "in",
        "a",
        "k",
        "c",
        "d",
        "f",
        "m",
        "u",
        "i",
        "y",
        "#",
        "pc",
        "met",
        "as",
        "or",
        "and",
        "to",
        "s",
        "h",
        "c/s",
        "at",
        "on",
        "is",
    ]
)
_DIGIT = re.compile(r"\d")
_CUE = re.compile(r"\d|normal|\b[IU]*(?:ULN|LLN|UNL)\b|limit", re.IGNORECASE)
_AGAIN = re.compile(r"\s?[(\[]\s?(?P<unit>[^()\[\]\d\s][^()\[\]]{0,14})\s?[)\]]")
"""The unit once more, in brackets."""
_RESTATED = re.compile(
    rf"\s?[(\[]\s?(?:or\s|i\.e\.,?\s|=\s?)?(?:[≥≤<>]\s?=?\s?)?{NUMBER}\s?(?P<unit>[^()\[\]\d\s][^()\[\]]{{0,14}})[)\]]",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\s*[^\s,;()\[\]<>≥≤=\x00\x02]+(?:\(?[²³^]\)?|\([23]\))?")
_RATIO = re.compile(r"/\s?\d")
"""The second half of 20/40 is no unit."""
_IS_MARK = re.compile(r"(?:\bversion|\bv\.?)\s?\d+(?:\.\d+)?|\(\s?\d{1,2}\s?\)", re.IGNORECASE)
"""A number that tells one edition, or one item of a list, from another."""
_SPELLED = re.compile(
    r"\s?(?:kilo|milli|micro|nano|pico|deci|grams?|units?|lit|beats|cells|inter|mol|met|sec|m\w?q)[a-z/\s-]{2,45}?\s?"
    r"\(\s?(?P<unit>[^()\[\]\d\s][^()\[\]]{0,12})\)",
    re.IGNORECASE,
)
"""A unit in words of which only the short form in brackets is known."""
_LONGEST_UNIT = 5
_TIMES = re.compile(r"\s?(?:x|times|-?\s?fold)\b(?!\s?(?:10|weekly|daily|[a-z]+ly\b|(?:a|per|each)\s))", re.IGNORECASE)
_GAP = re.compile(r"[\s,]*(?:and|but|to|or|-)?\s?", re.IGNORECASE)
_FAR = 60
"""Characters between two multiples of one limit."""


class Bound(msgspec.Struct, frozen=True):
    """A limit at a place. ``counted``: the number came with a comparator, or as a range; else it stands bare."""

    start: int
    end: int
    range: Range
    unit: str | None
    reference: Reference | None = None
    counted: bool = True
    low_unit: str | None = None
    """Of the lower limit, where it has its own, as in "6 months to 12 years"."""
    ahead: bool = False
    """Its measure stands after it."""


@lru_cache(maxsize=65536)
def unit_of(words: str) -> str | None:
    return None if words.casefold() in _AMBIGUOUS or _RATIO.match(words) else read_unit(words)


def decimal(text: str) -> Decimal:
    """A comma parts thousands where three digits follow it, else it is a decimal point."""
    text = re.sub(r"\s", "", text)
    if "^" in text:
        return Decimal(10) ** int(text.partition("^")[2])
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return Decimal(text.replace(",", ""))
    return Decimal(text.replace(",", "."))


def find_bounds(line: str) -> list[Bound]:
    """All limits from the left, none overlapping; of those that begin together, ranges before single limits."""
    if not _DIGIT.search(line) and not _CUE.search(line):
        return []
    bounds = list(leftmost(line, cued(line, _READERS)))
    return bounds if all(one.reference is None for one in bounds) else list(_multiples(line, bounds))


def _multiples(line: str, bounds: list[Bound]) -> Iterator[Bound]:
    """ "at least 1 times and at most 10 times the ULN": both are of it, as is "5 times" with nothing after an earlier one."""
    for place, bound in enumerate(bounds):
        times = _TIMES.match(line, bound.end) if bound.counted and not (bound.unit or bound.reference) else None
        after, before = bounds[place + 1 : place + 2], bounds[place - 1 : place] if place else []
        near = [one for one in after if times and one.reference and _GAP.fullmatch(line, times.end(), one.start)]
        near += [one for one in before if times and one.reference and bound.start - one.end < _FAR]
        if times and near:
            yield msgspec.structs.replace(bound, end=times.end(), reference=near[0].reference)
        else:
            yield bound


def _between(line: str, match: re.Match[str]) -> Bound | None:
    low, high = decimal(match["low"]), decimal(match["high"])
    if high < low < 0:
        low, high = high, low
    written = (match["unit"] or "").strip()
    spelled, _, short = written.partition("(")
    own = unit_of(written) or unit_of(spelled.strip()) or unit_of(short.strip(" )"))
    if low >= high or (written and own is None):
        return None
    unit, reference, end = _measured(line, match.end())
    return Bound(match.start(), end, Range(low, high), unit or own, reference, low_unit=own)


def _compared(line: str, match: re.Match[str]) -> Bound | None:
    kind = _KINDS[match.lastgroup] if match.lastgroup in _KINDS else _kind(match)
    if match["number"] is None:
        reference = _REFERENCE.match(line, match.end())
        if reference is None or kind == "=":
            return None
        named: Reference = "ULN" if reference["uln"] else "LLN"
        return Bound(match.start(), reference.end(), _range(kind, Decimal(1)), None, named)
    unit, limit, end = _measured(line, match.end())
    return Bound(match.start(), end, _range(kind, decimal(match["number"])), unit, limit)


def _kind(match: re.Match[str]) -> str:
    return next(kind for kind, name in _NAMES.items() if match[name])


def _ahead(line: str, match: re.Match[str]) -> Bound | None:  # noqa: ARG001
    written = (match["unit"] or "").strip(" ()")
    if written and unit_of(written) is None:
        return None
    kind = next(kind for kind, name in _NAMES.items() if name != "eq" and match[name])
    unit = unit_of(written) if written else None
    return Bound(match.start(), match.end(), _range(kind, decimal(match["number"])), unit, ahead=True)


def _trailed(line: str, match: re.Match[str]) -> Bound | None:
    words = (match["unit"] or "").strip(" .-")
    unit, reference, end = _measured(line, match.end("number"))
    known = (
        not words
        or unit is not None
        or reference is not None
        or re.fullmatch(r"(?:points?|on\s.*|of\sage|years.*)", words)
    )
    if not known:
        return None
    kind = ">=" if match["ge"] else "<="
    return Bound(match.start(), max(end, match.end()), _range(kind, decimal(match["number"])), unit, reference)


def _bare(line: str, match: re.Match[str]) -> Bound | None:
    if _IS_MARK.search(line, max(0, match.start() - 12), match.end() + 1):
        return None
    number = decimal(match["number"])
    unit, reference, end = _measured(line, match.end())
    return Bound(match.start(), end, Range(number, number), unit, reference, counted=False)


def _measured(line: str, place: int) -> tuple[str | None, Reference | None, int]:
    """The unit or reference that follows a number, and where it ends."""
    reference = _REFERENCE.match(line, place)
    if reference is not None:
        return None, "ULN" if reference["uln"] else "LLN", reference.end()
    unit, end = _unit(line, place)
    spelled = _SPELLED.match(line, place) if unit is None else None
    if spelled is not None and unit_of(spelled["unit"].strip()) is not None:
        return unit_of(spelled["unit"].strip()), None, spelled.end()
    again = _AGAIN.match(line, end)
    if again is not None and unit_of(again["unit"].strip()) is not None:
        end = again.end()
    return unit, None, _restated(line, end) if unit else end


def _restated(line: str, place: int) -> int:
    """Past a bracket that gives the same in another unit."""
    match = _RESTATED.match(line, place)
    return match.end() if match and unit_of(match["unit"].strip()) is not None else place


def _unit(line: str, place: int) -> tuple[str | None, int]:
    ends: list[int] = []
    at = place
    for _ in range(_LONGEST_UNIT):
        token = _TOKEN.match(line, at)
        if token is None:
            break
        at = token.end()
        ends.append(at)
    for end in reversed(ends):
        words = line[place:end].strip()
        trimmed = words.rstrip(".:'\"-")
        unit = unit_of(trimmed) if trimmed else None
        if unit is not None:
            return unit, end - (len(words) - len(trimmed))
    return None, place


_SIGNS_OR_WORDS = (
    *(
        "≥",
        "≤",
        ">",
        "<",
        "=",
        "£",
        "equal",
        "least",
        "minim",
        "than",
        "above",
        "below",
        "under",
        "over",
        "most",
        "up to",
    ),
    *("maxim", "exceed", "excess"),
)
_READERS = (
    (("-", "to", "and", "through"), (_BETWEEN, _between)),
    (("≤", "≥", "<", ">"), (_AHEAD, _ahead)),
    (_SIGNS_OR_WORDS, (_BOUND, _compared)),
    ((" or ", " and ", "+", "maximum"), (_TRAILED, _trailed)),
    ((), (_PLAIN, _bare)),
)


def _range(kind: str, value: Decimal) -> Range:
    match kind:
        case ">=":
            return Range(low=value)
        case ">":
            return Range(low=value, low_open=True)
        case "<=":
            return Range(high=value)
        case "<":
            return Range(high=value, high_open=True)
        case _:
            return Range(value, value)
