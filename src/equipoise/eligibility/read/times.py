"""Times in text: windows before an anchor, wash-outs, durations, and the future."""

import re
from decimal import Decimal
from typing import Literal

import msgspec

from equipoise.eligibility.expression import Anchor, Period, Unit, Window
from equipoise.eligibility.read.scanning import leftmost

Role = Literal["within", "since", "duration", "other"]

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
_SPELLED = {word: place for place, word in enumerate(_WORDS, 1)} | {
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
_AMOUNT = (
    rf"(?:\d+(?:[.,]\d+)?|\b(?:{'|'.join(sorted(_SPELLED, key=len, reverse=True))})\b)(?:\s?\(\s?\d+(?:\.\d+)?\s?\))?"
)
_UNIT = (
    r"(?:hours?|hrs?\b\.?|days?|weeks?|wks?\b\.?|months?|mos?\b\.?|years?|yrs?\b\.?|half[- ]?lives|half[- ]?life|t1/2)"
)
_UNITS = (
    ("half", Unit.HALF_LIFE),
    ("t1", Unit.HALF_LIFE),
    ("h", Unit.HOUR),
    ("d", Unit.DAY),
    ("w", Unit.WEEK),
    ("m", Unit.MONTH),
    ("y", Unit.YEAR),
)
_CALENDAR = r"(?:\s?(?:calendar|consecutive|full|elimination))?"
_LENGTH = rf"(?P<amount>{_AMOUNT})(?:\s?(?:-|to|or|and)\s?(?P<upper>{_AMOUNT}))?[\s-]?{_CALENDAR}\s?(?P<unit>{_UNIT})(?![a-z])'?(?!\s?-?\s?(?:of\sage|old\b|age\b))(?:\s?\(\s?(?:approximately\s)?\d+[\s-]?{_UNIT}\s?\))?"
_OTHER = (
    rf"(?:\s?(?:,|\()?\s?or\s(?:within\s|at\sleast\s|<\s?|less\sthan\s)?(?P<other>{_AMOUNT})[\s-]?{_CALENDAR}\s?(?P<other_unit>{_UNIT})"
    r"(?:\sof\s(?:the\s)?[\w\s-]{1,40}?(?=\s?[,(]?\s?(?:which|prior|before|preceding)))?)?(?:\s?(?:,|\()?\s?(?:whichever|which\sever)\s(?:is\s)?(?:the\s)?(?P<which>longer|longest|greater|later|shorter|shortest|less)\)?)?"
)
_OF_WHAT = r"(?:\s(?:of|from|after|following|since)\b)"
_BEFORE = (
    r"(?:\s?,?\s?(?:immediately\s)?(?:prior\s?to|before|preceding|previous\sto|in\sadvance\sof)\b|\s?prior\b(?!\s?to))"
)
_AGO = r"\s(?:ago|earlier|previously)\b"
_WHAT = r"(?:\s(?P<what>[^,;.()\x00\x02]{1,70}))?"
_PAST = r"(?:the\s)?(?:last|past|previous|prior|preceding|most\srecent|recent)\s"

_WITHIN = re.compile(
    rf"(?P<lead>\b(?:with\s?in|in|during|over|for|of|throughout)\s(?:approximately\s)?(?:the\s)?(?:<\s?|≤\s?|less\sthan\s)?(?P<past>(?:last|past|previous|prior|preceding|recent)\s)?(?:a\speriod\sof\s)?)"
    rf"{_LENGTH}{_OTHER}(?P<before>{_BEFORE})?(?P<of>{_OF_WHAT})?",
    re.IGNORECASE,
)
_LESS = re.compile(
    rf"(?P<lead>(?:\b(?:less|fewer)\sthan|<|≤|\bup\sto|\bno\s(?:more|longer)\sthan)\s?)(?:or\sequal\sto\s)?{_LENGTH}{_OTHER}"
    rf"(?:(?P<before>{_BEFORE})|(?P<ago>{_AGO})|(?P<of>{_OF_WHAT}))",
    re.IGNORECASE,
)
_MORE = re.compile(
    rf"(?P<lead>\b(?:at\sleast|more\sthan|greater\sthan|longer\sthan|over|minimum\sof|(?:not|no)\sless\sthan|older\sthan)\s|[≥>]\s?=?\s?)(?:or\sequal\sto\s)?(?:a\speriod\sof\s)?"
    rf"{_LENGTH}{_OTHER}(?:(?P<before>{_BEFORE})|(?P<ago>{_AGO})|(?P<of>{_OF_WHAT})|(?P<have>\s(?:have|has|must\shave)\s(?:elapsed|passed)(?:\s(?:since|from|between))?))",
    re.IGNORECASE,
)
_PASSED = re.compile(
    rf"(?P<lead>)\b{_LENGTH}(?P<have>(?:\s(?:have|has|must\shave)\s(?:elapsed|passed))?\ssince\b)", re.IGNORECASE
)
_PRIOR = re.compile(rf"(?P<lead>){_LENGTH}{_OTHER}(?:(?P<before>{_BEFORE})|(?P<ago>{_AGO}))", re.IGNORECASE)
_FOR = re.compile(
    rf"(?P<lead>\b(?:for|of|with|lasting|duration|history)\s(?:a\s)?(?:(?:total|minimum|duration|period|of|the)\s)*(?P<least>at\sleast|more\sthan|greater\sthan|longer\sthan|over|≥|>|a\sminimum\sof|minimum)\s?=?\s?(?:or\sequal\sto\s)?(?:the\s)?(?P<past>(?:last|past|previous|prior|preceding)\s)?)"
    rf"{_LENGTH}(?!\s(?:since|ago|from|after|following|ha(?:s|ve)\selapsed))(?P<before>{_BEFORE})?",
    re.IGNORECASE,
)
_LASTING = re.compile(
    rf"(?P<lead>)(?P<least>\b(?:at\sleast|more\sthan|greater\sthan|longer\sthan|minimum\sof|over|for)\s|[≥>]\s?=?\s?){_LENGTH}"
    rf"(?P<before>(?!))?(?:\s?(?:in\s|of\s|')?\s?duration|(?<=\S)(?=\s?\)))",
    re.IGNORECASE,
)
_BRACKETED = re.compile(
    rf"(?P<lead>\(\s?(?:within|<|≤|less\sthan|in)\s?)(?:the\s)?(?P<past>(?:last|past|previous|prior)\s)?{_LENGTH}(?=\s?\))",
    re.IGNORECASE,
)
_ONE = re.compile(
    rf"(?P<lead>\b(?:with\s?in|in|during|over)\s(?:the\s)?(?P<past>(?:last|past|previous|prior|preceding)\s))(?P<unit>{_UNIT})\b(?P<before>{_BEFORE})?",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(?:h(?:ou)?rs?|days?|w(?:ee)?ks?|mos?|months?|y(?:ea)?rs?|half|t1/2|during|throughout|while|for\sthe|course)\b",
    re.IGNORECASE,
)
_SECOND = re.compile(
    rf"\(?\bor\s(?:within\s|at\sleast\s|<\s?|less\sthan\s)?(?P<other>{_AMOUNT})[\s-]?{_CALENDAR}\s?(?P<other_unit>{_UNIT})\b"
    r"(?:\sof\s(?:the\s)?[\w\s-]{1,40}?)?\s?[,(]?\s?(?:\(\s?)?(?:whichever|which\sever)\s(?:is\s)?(?:the\s)?"
    r"(?P<which>longer|longest|greater|later|shorter|shortest|less)\)?",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:during|throughout|for\sthe\s(?:duration|length|course)\sof|while\s(?:on|in|participating\sin)|over\sthe\scourse\sof|at\sany\stime\sduring)\s(?:the\s|this\s)?(?:entire\s|whole\s|course\sof\sthe\s)?"
    r"(?:study|trial|treatment|participation|protocol)(?:\s(?:period|treatment|participation|duration|drug))?"
    rf"|\b(?:for|until|and\sfor|up\sto)?\s?(?:at\sleast\s)?{_AMOUNT}[\s-]?{_UNIT}\s(?:after|following|post)\s(?:the\s)?(?:last|final|end|completion|discontinu|study|stopping|randomi)[^,;.()\x00\x02]{{0,60}}",
    re.IGNORECASE,
)
_NEXT = re.compile(rf"\b(?:with\s?in|in|during|over)\s(?:the\s)?next\s{_LENGTH}", re.IGNORECASE)
_NAMED = (
    (Anchor.CONSENT, r"consent|\bicf\b|assent"),
    (Anchor.RANDOMISATION, r"randomi[sz]"),
    (
        Anchor.FIRST_DOSE,
        r"first\s(?:dose|administration|infusion|injection|treatment|study|vaccination|day\sof)|(?:study\s|trial\s|investigational\s)?(?:drug|medication|treatment|therapy|product|vaccin|agent|intervention|dosing|imp\b|ip\b)|\bdos(?:e|ing)\b|day\s?1\b|day\s1|initiation|cycle\s1|\bc1d1\b|administration|start\sof",
    ),
    (Anchor.SCREENING, r"screen"),
    (Anchor.BASELINE, r"baseline|visit|day\s?0|week\s?0"),
    (
        Anchor.ENROLMENT,
        r"enrol|entry|entering|registration|inclusion|recruit|study\sstart|start\sof\s(?:the\s)?(?:study|trial)|beginning|participation|joining|study|trial",
    ),
)
_ANCHORS = [(anchor, re.compile(rf"\b(?:{pattern})", re.IGNORECASE)) for anchor, pattern in _NAMED]
_WHAT_FOLLOWS = re.compile(r"\s?(?:the\s)?(?P<what>[^,;.()\x00\x02]{1,80})")
_ENDS = re.compile(r"\s(?:or|and|unless|except|with|that|which|who|are|is|will|must|for|if|in|as|due)\b", re.IGNORECASE)


class Time(msgspec.Struct, frozen=True):
    """A time at a place in the line. ``since``: nothing for at least so long; ``duration``: lasting at least so long."""

    start: int
    end: int
    role: Role
    window: Window
    period: Period | None = None
    event: str = ""
    """What it is counted from, where that is no moment of the study."""
    more: tuple[int, int] | None = None
    """Where a second length stands apart from the first."""


def find_times(line: str) -> list[Time]:
    """All times from the left, none overlapping."""
    found: list[Time] = []
    if not _CUE.search(line):
        return found
    for time in leftmost(line, _READERS):
        if time.role != "other":
            found.append(time)
        elif found and found[-1].window.other is None:
            window = msgspec.structs.replace(found[-1].window, other=time.window.other, whichever=time.window.whichever)
            found[-1] = msgspec.structs.replace(found[-1], window=window, more=(time.start, time.end))
    return found


def _second(line: str, match: re.Match[str]) -> Time:  # noqa: ARG001
    """ "..., or 5 half-lives, whichever is longer", some words after the first length."""
    other, which = _other(match.groupdict())
    return Time(match.start(), match.end(), "other", Window(other=other, whichever=which))


def _within(line: str, match: re.Match[str]) -> Time | None:
    """ "within 4 weeks before", "in the past year", "less than 6 months ago", "30 days prior to"."""
    groups = match.groupdict()
    lead = (groups.get("lead") or "").strip().casefold()
    if (
        not groups.get("past")
        and not groups.get("before")
        and not groups.get("ago")
        and not lead.startswith(("(", "with", "<", "≤", "less", "few"))
    ):
        return None
    after = bool(groups.get("of")) and not groups.get("before")
    anchor, event, end = (
        _anchor(line, match.end()) if groups.get("before") or after else (Anchor.INDEX, "", match.end())
    )
    limit = _period(groups["upper"] or groups["amount"], groups["unit"])
    other, which = _other(groups) if "other" in groups else (None, None)
    amounts = sorted(_number(groups[name]) for name in ("amount", "upper") if groups[name])
    start = Period(-amounts[-1], limit.unit)
    nearer = Period(-amounts[0], limit.unit) if len(amounts) > 1 else _ZERO
    window = Window(anchor=anchor, start=start, end=nearer, other=other, whichever=which)
    if after and event and anchor is Anchor.INDEX:
        return Time(match.start(), end, "within", window, None, event)
    return Time(match.start(), end, "within", window, None, event)


def _one(line: str, match: re.Match[str]) -> Time:
    """ "in the past year"."""
    limit = _period("one", match["unit"])
    anchor, event, end = _anchor(line, match.end()) if match["before"] else (Anchor.INDEX, "", match.end())
    return Time(
        match.start(),
        end,
        "within",
        Window(anchor=anchor, start=Period(-limit.amount, limit.unit), end=_ZERO),
        None,
        event,
    )


def _since(line: str, match: re.Match[str]) -> Time | None:
    """ "at least 4 weeks since", "more than 5 years ago", "≥ 3 months before randomisation"."""
    groups = match.groupdict()
    limit = _period(groups["amount"], groups["unit"])
    other, which = _other(groups)
    if groups.get("before"):
        anchor, event, end = _anchor(line, match.end())
    elif groups.get("of") or groups.get("have"):
        anchor, event, end = Anchor.INDEX, "", match.end()
    else:
        anchor, event, end = Anchor.INDEX, "", match.end()
    window = Window(anchor=anchor, end=Period(-limit.amount, limit.unit), other=other, whichever=which)
    return Time(match.start(), end, "since", window, limit, event)


def _duration(line: str, match: re.Match[str]) -> Time | None:
    anchor, event, end = _anchor(line, match.end()) if match["before"] else (Anchor.INDEX, "", match.end())
    limit = _period(match["amount"], match["unit"])
    return Time(match.start("least"), end, "duration", Window(anchor=anchor), limit, event)


def _next(line: str, match: re.Match[str]) -> Time:  # noqa: ARG001
    return Time(match.start(), match.end(), "within", Window(start=_ZERO, end=_period(match["amount"], match["unit"])))


def _future(line: str, match: re.Match[str]) -> Time | None:  # noqa: ARG001
    return Time(match.start(), match.end(), "within", Window(anchor=Anchor.STUDY))


_READERS = (
    (_SECOND, _second),
    (_FUTURE, _future),
    (_NEXT, _next),
    (_FOR, _duration),
    (_MORE, _since),
    (_LASTING, _duration),
    (_WITHIN, _within),
    (_ONE, _one),
    (_LESS, _within),
    (_BRACKETED, _within),
    (_PASSED, _since),
    (_PRIOR, _within),
)
_ZERO = Period(Decimal(0), Unit.DAY)


def _anchor(line: str, place: int) -> tuple[Anchor, str, int]:
    """The moment named after "before"; the words themselves where they name no moment of the study."""
    match = _WHAT_FOLLOWS.match(line, place)
    if match is None:
        return Anchor.INDEX, "", place
    words = match["what"]
    cut = _ENDS.search(words)
    words = (words[: cut.start()] if cut else words).rstrip()
    named = [
        (found.start(), rank, anchor, found.end())
        for rank, (anchor, pattern) in enumerate(_ANCHORS)
        if (found := pattern.search(words))
    ]
    end = match.start("what") + len(words)
    if not named:
        return Anchor.INDEX, words.strip(), end
    specific = [one for one in named if one[2] is not Anchor.ENROLMENT] or named
    return min(specific, key=lambda one: one[1])[2], "", end


def _period(amount: str, unit: str) -> Period:
    written = unit.casefold()
    return Period(_number(amount), next(one for start, one in _UNITS if written.startswith(start)))


def _number(text: str) -> Decimal:
    digits = re.search(r"\d+(?:[.,]\d+)?", text)
    return Decimal(digits[0].replace(",", ".")) if digits else Decimal(_SPELLED[text.strip().casefold()])


def _other(groups: dict[str, str | None]) -> tuple[Period | None, Literal["longer", "shorter"] | None]:
    if not groups.get("other") or not groups.get("other_unit"):
        return None, None
    which = (groups.get("which") or "longer").casefold()
    other = _period(groups["other"] or "", groups["other_unit"] or "")
    return other, "shorter" if which.startswith(("short", "less")) else "longer"
