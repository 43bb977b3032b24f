"""Events with their times: which time belongs to which event, and what the two say together."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from equipoise.eligibility.expression import (
    Anchor,
    And,
    Concept,
    Domain,
    Duration,
    Exists,
    Expr,
    Not,
    Or,
    Pattern,
    Period,
    Span,
    Unit,
    Window,
)
from equipoise.eligibility.read.counts import NUMBER_CUE, counted, find_counts
from equipoise.eligibility.read.events import Named, is_negated
from equipoise.eligibility.read.left import left_over
from equipoise.eligibility.read.piece import Piece
from equipoise.eligibility.read.places import name_in, overlaps, span_of
from equipoise.eligibility.read.times import Time
from equipoise.eligibility.tree import walk

_WASHED = re.compile(r"complet|discontinu|stopp|last\b|wash|elapse|since|withdrawn|off\b|free\b|recover", re.IGNORECASE)
_STABLE = re.compile(
    r"\bstable\b[^.;]{0,40}\b(?:dos\w+|regimen|therapy|treatment|background)\b|\bdos\w+[^.;]{0,40}\bstable\b",
    re.IGNORECASE,
)
_HISTORY = re.compile(
    r"\b(?:history\s(?:of|or\sevidence\sof)|diagnos(?:is|ed)\s(?:of|with)?|evidence\sof|presence\sof|suffer\w*\sfrom|known)\s*\Z",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;\x00]|\.\s")
_SENTENCE = re.compile(
    r"[.,;:]\s|\d|\b(?:may|might|must|shall|should|will|would|can|could|is|are|apply|applies|see|criteria|not)\b",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"\b(?:and|but|or|who|which|that|they)\s(?:must|has|have|had|is|are|was|were|should|will|do|does)(?:\snot)?(?:\s(?:have|be|been))*\s",
    re.IGNORECASE,
)
"""Where a clause begins."""
_NOW = Window(start=Period(Decimal(0), Unit.DAY), end=Period(Decimal(0), Unit.DAY))
_VERB = re.compile(r"\s(?:must|should|will|has|have|had|may|can|would|is|are|was|were|that|which|who)\b", re.IGNORECASE)
_ATTACHED = re.compile(r"(?:(?!\b(?:who|that|which)\b)[^,:()]){0,40}", re.IGNORECASE)
_FURTHER = re.compile(r"\s?(?:,|(?:and/)?or\b|and\b)", re.IGNORECASE)
_LEAD_IN = re.compile(
    r"(?:(?:for|on|that|this|these|following|at|and|or|by|to|after|before|during|if|when|as|unless|however|although|provided|than|since|they|it|least|most|are|is)\b\W*)+",
    re.IGNORECASE,
)
_TAIL_OFF = re.compile(
    r"(?:\W*(?:\b(?:and|or|for|to|of|on|at|from|with|in|by|also|the|a|an)\b|[(:]))+\Z", re.IGNORECASE
)
_SHORTEST = 4
"""Letters: less names nothing that no dictionary knows."""
_REACH = 160
"""Characters between an event and its time."""
_NEAR = 30
_OR = re.compile(r"[\s,]*(?:and/)?or\s", re.IGNORECASE)
_LONGEST_NAME = 16
"""Words, where a time says that they name something."""
_PLAIN_NAME = re.compile(
    r"\b(?:(?:stable|steady|constant|fixed)\s(?:[\w/-]+\s){0,3}?(?:dos(?:es?|age|ing)|regimens?)|treatments?|therap(?:y|ies)|medications?|drugs?"
    r"|infections?|symptoms?|disease|illness|diagnosis|doses?|tests?|results?|values?)\b",
    re.IGNORECASE,
)
"""What is timed where nothing more particular is named."""


def of_events(line: str, events: list[Named], times: list[Time], *, exclude: bool) -> Iterator[Piece]:
    for one in events:
        time = _time_of(line, one, events, times)
        expr = _event(line, one, time, exclude=exclude)
        further = _beside(line, one, time, times)
        if further is not None:
            also = _event(line, one, further, exclude=exclude)
            expr = And(of=(expr, also), rule="event.times") if time and time.role == "duration" else _either(expr, also)
        yield _piece(one.start, one.end, expr, negated=one.negated)


def _either(one: Expr, two: Expr) -> Expr:
    return Or(of=(one, two), rule="event.times")


def _beside(line: str, one: Named, time: Time | None, times: list[Time]) -> Time | None:
    """A second time of one event: "within 4 weeks of screening or 8 weeks of dosing", "for 30 days in the last year"."""
    if time is None or time.start < one.end or time.window.anchor is Anchor.STUDY:
        return None
    for other in times:
        gap = line[time.end : other.start] if other.start >= time.end else "\x00"
        if other.role != "within" or other.ahead or other.window.anchor is Anchor.STUDY:
            continue
        if (time.role == "within" and _OR.fullmatch(gap)) or (time.role == "duration" and not gap.strip()):
            return other
    return None


def _piece(start: int, end: int, expr: Expr, *, negated: bool) -> Piece:
    made = Not(of=expr, spans=expr.spans, rule="negated") if negated else expr
    return Piece(start, end, made, negated=isinstance(made, Not))


def _time_of(line: str, one: Named, events: list[Named], times: list[Time]) -> Time | None:
    """The time after it in its clause, which serves all of the list before it; else the one before it."""
    for time in times:
        between = line[one.end : time.start]
        if time.standing and (one.domain is not Domain.CONDITION or time.start - one.end > _NEAR):
            continue
        if time.start >= one.end and not time.ahead and not _CLAUSE.search(between) and len(between) < _REACH:
            last = max(other.end for other in events if other.end <= time.start)
            return time if last == one.end or not _is_apart(line, one.end, last, events) else None
    for time in reversed([] if one.now else times):
        between = line[time.end : one.start]
        if time.standing or (time.ahead and ")" in between) or _is_of_another(line, time, one, events):
            continue
        if (
            time.end <= one.start
            and not _CLAUSE.search(between)
            and not (between.startswith(",") and "," in between[1:])
        ):
            return time
    return None


def _is_of_another(line: str, time: Time, one: Named, events: list[Named]) -> bool:
    """Of "stroke within 6 months, hypertension", the time is that of the first."""
    before = [line[other.end : time.start] for other in events if other.end <= time.start and other is not one]
    if not before or _CLAUSE.search(before[-1]):
        return False
    attached = time.role != "since" and _ATTACHED.fullmatch(before[-1]) is not None
    return attached or _FURTHER.match(line, time.end) is not None


def _is_apart(line: str, start: int, end: int, events: list[Named]) -> bool:
    """Whether, between an event and the last before a time, something else begins: words of weight, a limit."""
    gap = line[start:end]
    if re.search(r"\bhistory\sof\b|[≥≤<>]|\d\s?%|\bwho\b", gap, re.IGNORECASE):
        return True
    covered = [(other.start - start, other.end - start) for other in events if start <= other.start < end]
    return len(left_over(gap, covered)) > 1


def _event(line: str, one: Named, time: Time | None, *, exclude: bool) -> Expr:
    steady = ("at a stable dose",) if one.domain is Domain.DRUG and _STABLE.search(line) else ()
    pattern = Pattern(one.domain, one.concept, (*one.qualifiers, *steady))
    spans: tuple[Span, ...] = (span_of(line, one.start, one.end),)
    touch: Literal["starts", "overlaps"] = "overlaps" if one.domain is Domain.DRUG or one.now else "starts"
    if time is None:
        window = _NOW if one.now else None
        found = Exists(pattern=pattern, window=window, touch=touch if window else "starts", spans=spans, rule="event")
        return _counted(found, one)
    spans = (*spans, Span(time.start, time.end))
    if time.role == "duration" and time.period is not None and one.negated:
        lately = Window(
            anchor=time.window.anchor,
            start=Period(-time.period.amount, time.period.unit),
            end=Period(Decimal(0), Unit.DAY),
        )
        return Exists(pattern=pattern, window=lately, touch=touch, spans=spans, rule="event.free")
    if time.role == "duration" and time.period is not None:
        until = time.window.anchor
        return Duration(pattern=pattern, at_least=time.period, until=until, spans=spans, rule="event.duration")
    if time.role == "since" and not exclude and _WASHED.search(line):
        window = msgspec.structs.replace(time.window, start=time.window.end, end=Period(Decimal(0), Unit.DAY))
        recent = Exists(pattern=pattern, window=window, touch=touch, spans=spans, rule="event.washout")
        return Not(of=recent, rule="washout")
    found = Exists(pattern=pattern, window=time.window, touch=touch, spans=spans, rule="event.window")
    return _counted(found, one)


def _counted(found: Exists, one: Named) -> Expr:
    """ "no more than two" is not three."""
    if one.least is not None:
        return msgspec.structs.replace(found, count=max(one.least, 1), rule="event.count")
    if one.most is not None:
        more = msgspec.structs.replace(found, count=one.most + 1, rule="event.count")
        return Not(of=more, spans=found.spans, rule="event.at_most")
    return found


def unnamed(line: str, times: list[Time], pieces: list[Piece], *, exclude: bool) -> list[Piece]:
    """A time whose event no dictionary knows: the words before it name it, or those after."""
    found: list[Piece] = []
    for time in times:
        if (
            time.standing
            or time.window.anchor is Anchor.STUDY
            or any(uses(one.expr, time) for one in (*pieces, *found))
        ):
            continue
        others = [*((one.start, one.end) for one in pieces), *((one.start, one.end) for one in times)]
        stops = (stop.end() for stop in _CLAUSE.finditer(line, 0, time.start))
        earlier = max([0, *(end for _, end in others if end <= time.start), *stops])
        begun = max([earlier, *(start.end() for start in _STARTS.finditer(line, earlier, time.start))])
        stop = _CLAUSE.search(line, time.end)
        ahead = [start for start, _ in others if start >= time.end and start > time.start]
        later = min([len(line), *ahead, *([stop.start()] if stop else [])])
        gap = line.rfind("\x02", earlier, time.start) + 1
        span = (
            _name(line, max(begun, gap), time.start)
            or _name(line, max(earlier, gap), time.start)
            or (gap and _name(line, earlier, line.index("\x02", earlier)))
            or _name(line, time.end, later)
            or _plain(line, earlier, time, later)
        )
        if not span:
            continue
        least, most, start = counted(line, earlier, *span)
        words = " ".join(line[start : span[1]].split())
        negated = is_negated(line, span[0])
        named = Named(
            start, span[1], Domain.ANY, Concept(words=words), (), now=False, negated=negated, least=least, most=most
        )
        found.append(_piece(*span, _event(line, named, time, exclude=exclude), negated=negated))
    return found


def _name(line: str, start: int, end: int) -> tuple[int, int] | None:
    """What these words name, up to a verb, without what only ties it to the rest of the sentence."""
    span = name_in(line, start, end, _LONGEST_NAME)
    verb = _VERB.search(line, *span) if span else None
    span = _trimmed(line, span[0], verb.start() if verb else span[1]) if span else None
    span = name_in(line, *span, _LONGEST_NAME) if span else None
    return span if span and span[1] - span[0] >= _SHORTEST else None


def _plain(line: str, earlier: int, time: Time, later: int) -> tuple[int, int] | None:
    before = [one.span() for one in _PLAIN_NAME.finditer(line, earlier, time.start)]
    after = _PLAIN_NAME.search(line, time.end, later)
    return before[-1] if before else after.span() if after else None


def _trimmed(line: str, start: int, end: int) -> tuple[int, int]:
    """Without what only ties it to the rest of the sentence."""
    lead, tail = _LEAD_IN.match(line, start, end), _TAIL_OFF.search(line, start, end)
    start, end = lead.end() if lead else start, tail.start() if tail else end
    return start, end


def numbered(line: str, times: list[Time], pieces: list[Piece], *, exclude: bool) -> Iterator[Piece]:
    """How many there are of something no dictionary knows, with the time that follows it."""
    taken = [(piece.start, piece.end) for piece in pieces]
    for start, end, words, least, most in find_counts(line) if NUMBER_CUE.search(line) else ():
        if overlaps(start, end, taken) or any(time.start < end and start < time.end for time in times):
            continue
        concept, negated = Concept(words=" ".join(words.split())), is_negated(line, start)
        named = Named(start, end, Domain.ANY, concept, (), now=False, negated=negated, least=least, most=most)
        time = _time_of(line, named, [named], times)
        yield _piece(start, end, _event(line, named, time, exclude=exclude), negated=negated)


def uses(expr: Expr, time: Time) -> bool:
    return any(Span(time.start, time.end) in node.spans for node in walk(expr))


def whole(line: str, *, exclude: bool) -> list[Piece]:
    """A short phrase that no dictionary knows, where a list of conditions is: it names one."""
    span = name_in(line, 0, len(line))
    if span is None or not (exclude or _HISTORY.search(line[: span[0]])):
        return []
    if _SENTENCE.search(line[slice(*span)]):
        return []
    span = _trimmed(line, *span)
    words = " ".join(line[slice(*span)].split())
    if not words:
        return []
    negated = is_negated(line, span[0])
    expr = Exists(pattern=Pattern(Domain.CONDITION, Concept(words=words)), spans=(Span(*span),), rule="event.unknown")
    return [_piece(*span, expr, negated=negated)]
