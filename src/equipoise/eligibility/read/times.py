"""Times in text: windows before an anchor, wash-outs, durations, and the future."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from equipoise.eligibility.expression import Anchor, Period, Unit, Window
from equipoise.eligibility.read.anchors import anchor_at
from equipoise.eligibility.read.places import overlaps
from equipoise.eligibility.read.scanning import cued, leftmost, mentions
from equipoise.eligibility.read.timewords import (
    AGO,
    AMOUNT,
    BEFORE,
    CALENDAR,
    LENGTH,
    OF_WHAT,
    OTHER,
    UNIT,
    number_of,
    other_of,
    period_of,
)

Role = Literal["within", "since", "duration", "other"]

_WITHIN = re.compile(
    rf"(?P<lead>\b(?:with\s?in|in|during|over|for|of|throughout)\s(?:approximately\s|about\s|either\s)?(?:the\s|a\s)?(?:<\s?|≤\s?|less\sthan\s|at\sleast\s)?(?P<past>(?:(?:immediate(?:ly)?|most)\s)?(?:last|past|previous|prior|preceding|recent)\s)?(?:a\s)?(?:period\sof\s)?)"
    rf"{LENGTH}{OTHER}(?P<before>{BEFORE})?(?P<of>{OF_WHAT})?",
    re.IGNORECASE,
)
_LAST = re.compile(
    rf"(?P<lead>(?:\bthe\s|\()?(?P<past>\b(?:last|past|previous|preceding)\s)){LENGTH}(?P<before>{BEFORE})?",
    re.IGNORECASE,
)
"""Without "in" or "within"."""
_LESS = re.compile(
    rf"(?P<lead>(?:\b(?:less|fewer)\sthan|<|≤|\bup\sto|\bno\s(?:more|longer)\sthan)\s?)(?:or\sequal\sto\s)?{LENGTH}{OTHER}"
    rf"(?:(?P<before>{BEFORE})|(?P<ago>{AGO})|(?P<of>{OF_WHAT}))",
    re.IGNORECASE,
)
_MORE = re.compile(
    rf"(?P<lead>\b(?:at\sleast|more\sthan|greater\sthan|longer\sthan|over|minimum\sof|(?:not|no)\sless\sthan|older\sthan)\s|[≥>]\s?=?\s?)(?:or\sequal\sto\s)?(?:a\speriod\sof\s)?"
    rf"{LENGTH}{OTHER}(?:(?P<before>{BEFORE})|(?P<ago>{AGO})|(?P<of>{OF_WHAT})|(?P<have>\s(?:have|has|must\shave)\s(?:elapsed|passed)(?:\s(?:since|from|between))?))",
    re.IGNORECASE,
)
_PASSED = re.compile(
    rf"(?P<lead>)\b{LENGTH}(?P<have>(?:\s(?:have|has|must\shave)\s(?:elapsed|passed))?\ssince\b)", re.IGNORECASE
)
_PRIOR = re.compile(rf"(?P<lead>){LENGTH}{OTHER}(?:(?P<before>{BEFORE})|(?P<ago>{AGO}))", re.IGNORECASE)
_FOR = re.compile(
    rf"(?P<lead>\b(?:for|of|with|lasting|duration|history)\s(?:a\s)?(?:(?:total|minimum|duration|period|of|the)\s)*(?P<least>at\sleast|more\sthan|greater\sthan|longer\sthan|over|≥|>|a\sminimum\sof|minimum)\s?=?\s?(?:or\sequal\sto\s)?(?:the\s)?(?P<past>(?:last|past|previous|prior|preceding)\s)?)"
    rf"{LENGTH}(?!\s(?:since|ago|from|after|following|ha(?:s|ve)\selapsed))(?P<before>{BEFORE})?",
    re.IGNORECASE,
)
_LASTING = re.compile(
    rf"(?P<lead>)(?P<least>\b(?:at\sleast|more\sthan|greater\sthan|longer\sthan|minimum\sof|over|for)\s|[≥>]\s?=?\s?){LENGTH}"
    rf"(?P<before>(?!))?(?:\s?(?:in\s|of\s|')?\s?duration|(?<=\S)(?=\s?\)))",
    re.IGNORECASE,
)
_STEADY = re.compile(
    rf"(?P<lead>)(?P<least>\b(?:at\sleast|more\sthan|greater\sthan|minimum\sof)\s|[≥>]\s?=?\s?){LENGTH}(?P<before>(?!))?",
    re.IGNORECASE,
)
_STANDING = re.compile(
    rf"(?P<least>(?:\bfor\s)?(?:\b(?:at\sleast|(?:more|greater|longer)\sthan)\s|[≥>]\s?=?\s?)){LENGTH}(?=\s?(?:[;,)]|\.?\s?\Z|\b(?:and|or)\b))",
    re.IGNORECASE,
)
_IS_STEADY = re.compile(r"\b(?:stable|steady|unchanged|constant|continuous(?:ly)?)\b[^.;,]{0,50}\Z", re.IGNORECASE)
"""What makes "≥ 3 months" after it a duration."""
_HISTORY = re.compile(
    rf"(?P<lead>)(?P<least>(?:\b(?:at\sleast|more\sthan|greater\sthan|over|minimum(?:\sof)?)\s|[≥>]\s?=?\s?)?(?:an?\s)?\(?){LENGTH}\)?[\s-](?:\w+\s)?history\b(?:\sof)?(?P<before>(?!))?",
    re.IGNORECASE,
)
_KEPT = re.compile(
    rf"(?P<lead>)(?P<least>\bfor\s(?:approximately\s|about\s|a\s|the\s)?){LENGTH}(?!\s?-?\s?(?:ago|after|post|following|from|period|duration|thereafter|study|trial|treatment|visit|once))(?P<before>{BEFORE})?",
    re.IGNORECASE,
)
"""A "for" of its own; what is to come is no duration."""
_OF = re.compile(
    rf"(?P<lead>)(?P<least>\b(?:at\sleast|more\sthan|minimum\sof)\s)?{LENGTH}'?\sof\s(?=(?:\w+\s)?(?:amenorrh|abstinen|symptom|stab|continuous|sobriety|remission|pain|insulin\sindependence))(?P<before>(?!))?",
    re.IGNORECASE,
)
""" "12 months of amenorrhoea" lasts so long."""
_COMING = re.compile(
    r"\b(?:will|agree\w*|willing|able|availab\w+|contracept\w+|abstain|abstinen\w+|refrain|plan\w*|expect\w*|remain|continue|until|must\suse|follow\w*|up\sto|intend\w*|require\w*|store\w*)\b[^.;]{0,90}\Z",
    re.IGNORECASE,
)
_LASTED = re.compile(
    r"\b(?:stable|steady|unchanged|constant|continuous(?:ly)?|diagnos\w+|histor\w+|symptom\w*|persist\w*|present|postmenopausal|amenorrh\w+|abstinen\w+|free|remission|controlled|maintained)\b[^.;]{0,70}\Z",
    re.IGNORECASE,
)
_BRACKETED = re.compile(
    rf"(?P<lead>\(\s?(?:within|<|≤|less\sthan|in)\s?)(?:the\s)?(?P<past>(?:last|past|previous|prior)\s)?{LENGTH}(?=\s?\))",
    re.IGNORECASE,
)
_ONE = re.compile(
    rf"(?P<lead>\b(?:with\s?in|in|during|over)\s(?:the\s)?(?P<past>(?:last|past|previous|prior|preceding)\s))(?P<unit>{UNIT})\b(?P<before>{BEFORE})?",
    re.IGNORECASE,
)
_CUE = (
    "hour",
    "hr",
    "day",
    "week",
    "wk",
    "mo",
    "year",
    "yr",
    "half",
    "t1/2",
    "during",
    "throughout",
    "while",
    "for the",
    "course",
)
_SHORT_CUE = re.compile(r"\d\s?[hdyHDY]\b")
_SECOND = re.compile(
    rf"\(?\bor\s(?:within\s|at\sleast\s|<\s?|less\sthan\s)?(?P<other>{AMOUNT})[\s-]?{CALENDAR}\s?(?P<other_unit>{UNIT})\b"
    r"(?:\sof\s(?:the\s)?[\w\s-]{1,40}?)?\s?[,(]?\s?(?:\(\s?)?(?:whichever|which\sever)\s(?:is\s)?(?:the\s)?"
    r"(?P<which>longer|longest|greater|later|shorter|shortest|less)\)?",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:during|throughout|for\sthe\s(?:duration|length|course)\sof|while\s(?:on|in|participating\sin)|over\sthe\scourse\sof|at\sany\stime\sduring)\s(?:the\s|this\s)?(?:entire\s|whole\s|course\sof\sthe\s)?"
    r"(?:study|trial|treatment|participation|protocol)(?:\s(?:period|treatment|participation|duration|drug))?"
    rf"|\b(?:for|until|and\sfor|up\sto)?\s?(?:at\sleast\s)?{AMOUNT}[\s-]?{UNIT}\s(?:after|following|post)\s(?:the\s)?(?:last|final|end|completion|discontinu|study|stopping|randomi)[^,;.()\x00\x02]{{0,60}}",
    re.IGNORECASE,
)
_NEXT = re.compile(
    rf"\b(?:with\s?in|in|during|over)\s(?:the\s)?(?:next|following|coming|upcoming|subsequent|ensuing)\s{LENGTH}",
    re.IGNORECASE,
)


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
    ahead: bool = False
    """It is of what follows it alone, as in "(6 weeks for nitrosoureas)"."""
    standing: bool = False
    """With no word that says so: only an illness lasts so long."""


def find_times(line: str) -> list[Time]:
    """All times from the left, none overlapping."""
    found: list[Time] = []
    if not mentions(line, *_CUE) and not _SHORT_CUE.search(line):
        return found
    for time in leftmost(line, cued(line, _READERS)):
        if time.role != "other":
            found.append(time)
        elif found and found[-1].window.other is None:
            window = msgspec.structs.replace(found[-1].window, other=time.window.other, whichever=time.window.whichever)
            found[-1] = msgspec.structs.replace(found[-1], window=window, more=(time.start, time.end))
    return sorted([*found, *_further(line, found)], key=lambda one: one.start) if found else found


def _further(line: str, found: list[Time]) -> Iterator[Time]:
    """Lengths counted from what another length beside them is counted from."""
    if not mentions(line, "(", "<", "≤", "less than"):
        return
    for match in _FURTHER.finditer(line):
        start, end = match.span()
        if overlaps(start, end, [(one.start, one.end) for one in found]):
            continue
        if match["less"]:
            near = [one for one in found if end <= one.start < end + _REACH and not _STOP.search(line, end, one.start)]
            near = [one for one in near[:1] if one.role == "within"]
        else:
            near = [
                one for one in found if one.end <= start < one.end + _REACH and not _STOP.search(line, one.end, start)
            ]
            near = near[-1:] if match["of"] else []
        for one in near:
            yield _as_counted(match, one)


def _as_counted(match: re.Match[str], like: Time) -> Time:
    limit = period_of(match["amount"], match["unit"])
    earlier = Period(-limit.amount, limit.unit)
    window = Window(anchor=like.window.anchor, start=earlier, end=_ZERO)
    if like.role != "within":
        window = Window(anchor=like.window.anchor, end=earlier)
    start = match.end("open") if match["open"] else match.start()
    end = match.end() - len(match["of"] or "")
    return Time(start, end, like.role, window, limit, like.event, ahead=bool(match["open"]))


def _second(line: str, match: re.Match[str]) -> Time:  # noqa: ARG001
    """ "..., or 5 half-lives, whichever is longer", some words after the first length."""
    other, which = other_of(match.groupdict())
    return Time(match.start(), match.end(), "other", Window(other=other, whichever=which))


def _within(line: str, match: re.Match[str]) -> Time | None:
    """ "within 4 weeks before", "in the past year", "less than 6 months ago", "30 days prior to"."""
    groups = match.groupdict()
    lead = (groups.get("lead") or "").strip().casefold()
    if groups["plus"] and not lead:
        return _since(line, match)
    if (
        not groups.get("past")
        and not groups.get("before")
        and not groups.get("ago")
        and not lead.startswith(("(", "with", "<", "≤", "less", "few"))
    ):
        return None
    after = bool(groups.get("of")) and not groups.get("before")
    anchor, event, end = (
        anchor_at(line, match.end()) if groups.get("before") or after else (Anchor.INDEX, "", match.end())
    )
    limit = period_of(groups["upper"] or groups["amount"], groups["unit"])
    other, which = other_of(groups) if "other" in groups else (None, None)
    amounts = sorted(number_of(groups[name]) for name in ("amount", "upper") if groups[name])
    start = Period(-amounts[-1], limit.unit)
    nearer = Period(-amounts[0], limit.unit) if len(amounts) > 1 else _ZERO
    window = Window(anchor=anchor, start=start, end=nearer, other=other, whichever=which)
    if after and anchor is not Anchor.INDEX and _LATER.search(groups["of"] or ""):
        if _LAST_MOMENT.search(line, match.end(), end):
            return Time(match.start(), end, "within", Window(anchor=Anchor.STUDY))
        window = Window(anchor=anchor, start=_ZERO, end=Period(amounts[-1], limit.unit))
    if after and event and anchor is Anchor.INDEX:
        return Time(match.start(), end, "within", window, None, event)
    return Time(match.start(), end, "within", window, None, event)


def _one(line: str, match: re.Match[str]) -> Time:
    """ "in the past year"."""
    limit = period_of("one", match["unit"])
    anchor, event, end = anchor_at(line, match.end()) if match["before"] else (Anchor.INDEX, "", match.end())
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
    limit = period_of(groups["amount"], groups["unit"])
    other, which = other_of(groups)
    if groups.get("before"):
        anchor, event, end = anchor_at(line, match.end())
    elif groups.get("of") or groups.get("have"):
        anchor, event, end = Anchor.INDEX, "", match.end()
    else:
        anchor, event, end = Anchor.INDEX, "", match.end()
    window = Window(anchor=anchor, end=Period(-limit.amount, limit.unit), other=other, whichever=which)
    return Time(match.start(), end, "since", window, limit, event)


def _duration(line: str, match: re.Match[str]) -> Time | None:
    anchor, event, end = anchor_at(line, match.end()) if match["before"] else (Anchor.INDEX, "", match.end())
    limit = period_of(match["amount"], match["unit"])
    return Time(match.start("least"), end, "duration", Window(anchor=anchor), limit, event)


def _standing(line: str, match: re.Match[str]) -> Time | None:
    """ "Chronic pain > 6 months"."""
    if _COMING.search(line, max(0, match.start() - 120), match.start()):
        return None
    limit = period_of(match["amount"], match["unit"])
    return Time(match.start("least"), match.end(), "duration", Window(), limit, standing=True)


def _steady(line: str, match: re.Match[str]) -> Time | None:
    return _duration(line, match) if _IS_STEADY.search(line, max(0, match.start() - 70), match.start()) else None


def _lasting(line: str, match: re.Match[str]) -> Time | None:
    """Its own words only: the "of" leads to what lasts."""
    limit = period_of(match["amount"], match["unit"])
    if _COMING.search(line, max(0, match.start() - 120), match.start()):
        return None
    return Time(match.start(), match.end() - len(" of "), "duration", Window(), limit)


def _kept(line: str, match: re.Match[str]) -> Time | None:
    """ "stable on metformin for 3 months", of the past only; no more than a window before a moment that is named."""
    before = line[max(0, match.start() - 120) : match.start()]
    if _COMING.search(before):
        return None
    if _LASTED.search(before):
        return _duration(line, match)
    return _within(line, match) if match["before"] else None


def _next(line: str, match: re.Match[str]) -> Time:  # noqa: ARG001
    return Time(
        match.start(), match.end(), "within", Window(start=_ZERO, end=period_of(match["amount"], match["unit"]))
    )


def _future(line: str, match: re.Match[str]) -> Time | None:  # noqa: ARG001
    return Time(match.start(), match.end(), "within", Window(anchor=Anchor.STUDY))


_BEFORE_CUES = ("prior", "before", "preced", "previous", "advance", "ago", "earlier")
_READERS = (
    (("which",), (_SECOND, _second)),
    (("study", "trial", "treatment", "participat", "protocol", "after", "following", "post"), (_FUTURE, _future)),
    (("next", "following", "coming", "subsequent", "ensuing"), (_NEXT, _next)),
    (("for", "of", "with", "lasting", "duration", "history"), (_FOR, _duration)),
    (("history",), (_HISTORY, _duration)),
    (
        ("amenorrh", "abstinen", "symptom", "stab", "continuous", "sobriety", "remission", "pain", "independ"),
        (_OF, _lasting),
    ),
    (("at least", "than", "over", "minimum", "≥", ">"), (_MORE, _since)),
    (("at least", "than", "over", "minimum", "≥", ">", "for"), (_LASTING, _duration)),
    ((), (_WITHIN, _within)),
    (("for",), (_KEPT, _kept)),
    (("last", "past", "previous", "prior", "preceding"), (_ONE, _one)),
    (("last", "past", "previous", "preceding"), (_LAST, _within)),
    (("than", "<", "≤", "up to", "no more", "no longer"), (_LESS, _within)),
    (("(",), (_BRACKETED, _within)),
    (("since",), (_PASSED, _since)),
    (_BEFORE_CUES, (_PRIOR, _within)),
    (("stable", "steady", "unchanged", "constant", "continuous"), (_STEADY, _steady)),
    (("at least", "than", "over", "≥", ">"), (_STANDING, _standing)),
)
_ZERO = Period(Decimal(0), Unit.DAY)
_FURTHER = re.compile(
    rf"(?:(?P<less>(?:<|≤|\bless\sthan)\s?=?\s?)|(?P<open>\(\s?)){LENGTH}(?P<of>\s(?:for|if|in\sthe\scase|since)\s)?",
    re.IGNORECASE,
)
_LAST_MOMENT = re.compile(r"\b(?:last|final|end|complet\w+|discontinu\w+|stop\w*|conclusion)\b", re.IGNORECASE)
_LATER = re.compile(r"\b(?:after|following)\b", re.IGNORECASE)
_STOP = re.compile(r"[;\x00]|\.\s")
_REACH = 110
"""Characters between two lengths counted from one moment."""
