"""One line of criteria to an expression: its atoms, what joins them, and what was left unread."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import msgspec

from equipoise.eligibility.expression import (
    Anchor,
    And,
    Ask,
    Concept,
    Domain,
    Duration,
    Except,
    Exists,
    Expr,
    IfThen,
    Not,
    Opaque,
    Or,
    Parse,
    Pattern,
    Period,
    Sex,
    Span,
    Topic,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.read.amounts import Amount, find_ages, find_amounts
from equipoise.eligibility.read.asks import Asked, find_asks
from equipoise.eligibility.read.events import Named, find_events, is_negated
from equipoise.eligibility.read.joining import Piece, join
from equipoise.eligibility.read.left import left_over
from equipoise.eligibility.read.numbers import find_bounds
from equipoise.eligibility.read.times import Time, find_times
from equipoise.eligibility.tree import walk

_EXAMPLES = re.compile(
    r"\(\s?(?:e\.?\s?g\.?|i\.?\s?e\.?|such\sas|includ\w+|for\sexample|for\sinstance|eg)\b[^()≥≤<>]*\)"
    r"|[,\s](?:e\.\s?g\.|such\sas|including,?\sbut\snot\slimited\sto|for\sexample|for\sinstance)\s?[^.;()≥≤<>\x00]*"
    r"|\bincluding\b(?=[^.;()]*,)[^.;()≥≤<>\x00]*",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r"(?P<open>\()?,?\s?\b(?:with\sthe\sexceptions?\sof|except(?:ions?)?(?:\s(?:for|of|in|when|if|are|is))?|excepting"
    r"|other\sthan|unless|apart\sfrom|aside\sfrom|but\snot|not\sincluding|excluding)\b\s?:?",
    re.IGNORECASE,
)
_WASHED = re.compile(r"complet|discontinu|stopp|last\b|wash|elapse|since|withdrawn|off\b|free\b|recover", re.IGNORECASE)
_HISTORY = re.compile(
    r"\b(?:history\s(?:of|or\sevidence\sof)|diagnos(?:is|ed)\s(?:of|with)?|evidence\sof|presence\sof|suffer\w*\sfrom|known)\s*\Z",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\W*(?:(?:(?:the\s)?(?:patients?|subjects?|participants?|individuals?|persons?|those|people|any|who|which|with|have|has|had|having|is|are|was|were|be|been|being|must|will|not|an?|the|"
    r"recent|current|currently|known|prior|previous|previously|past|history|of|or|and|diagnosis|diagnosed|evidence|presence|received|receiving|receipt|use|used|using|taken|taking|treated|treatment|"
    r"concomitant|concurrent|within|exposure|to|participated|participating)\b)[\s,:]*)*",
    re.IGNORECASE,
)
_STABLE = re.compile(
    r"\bstable\b[^.;]{0,40}\b(?:dos\w+|regimen|therapy|treatment|background)\b|\bdos\w+[^.;]{0,40}\bstable\b",
    re.IGNORECASE,
)
_CHILDBEARING = re.compile(
    r"(?:\b(?:wom[ae]n|females?)\b[^.;,()]{0,25}?\b(?:of|with|in)\s)?\b(?:child[- ]?bearing|reproductive)\s(?:potential|age|capacity|years)\b(?:\s?\(WOCBP\))?|\bWOCBP\b",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(?<=\w\s)\(\s?[A-Z][A-Za-z0-9/-]{0,9}s?\s?\)")
"""An abbreviation in brackets after what it stands for."""
_NOW = Window(start=Period(Decimal(0), Unit.DAY), end=Period(Decimal(0), Unit.DAY))
_CLAUSE = re.compile(r"[;\x00]|\.\s")
LONGEST_LINE = 8_000
"""Characters: no criterion in some hundred thousand is longer."""
LONGEST_NAME = 9
"""Words: a longer phrase is not the name of one thing."""


class Line(msgspec.Struct, frozen=True):
    """What a line says (``None``: nothing that asks anything), and how much of it was read."""

    expr: Expr | None
    parse: Parse


def read_line(line: str, *, exclude: bool) -> Line:
    """``line`` is levelled text; spans in the result count from its beginning."""
    if len(line) > LONGEST_LINE:
        words = " ".join(line.split())
        return Line(
            Opaque(text=words, reason="too long", spans=(_span(line, 0, len(line)),), rule="opaque"), Parse.OPAQUE
        )
    cut = _EXCEPT.search(line, 4)
    if cut is None:
        return _read(line, exclude=exclude)
    end = _close(line, cut)
    base = _read(_blank(line, cut.start(), end), exclude=exclude)
    if base.expr is None:
        return _read(line, exclude=exclude)
    allowed = _read(" " * cut.end() + line[cut.end() : end], exclude=exclude)
    if allowed.expr is None:
        words = line[cut.start() : end].strip(" ,(")
        unread = Opaque(text=words, reason="exception", spans=(_span(line, cut.start(), end),), rule="except")
        return Line(Except(base=base.expr, allowed=unread, rule="except"), Parse.PARTIAL)
    parse = Parse.FULL if base.parse is allowed.parse is Parse.FULL else Parse.PARTIAL
    return Line(_excepted(base.expr, allowed.expr, _span(line, cut.start(), end)), parse)


def _excepted(base: Expr, allowed: Expr, span: Span) -> Expr:
    """Of one condition that allows some kinds of it, those kinds do not count: having both still does."""
    kinds = allowed.of if isinstance(allowed, Or | And) else (allowed,)
    simple = isinstance(base, Exists) and all(isinstance(one, Exists) and one.window is None for one in kinds)
    if not simple or not isinstance(base, Exists):
        return Except(base=base, allowed=allowed, spans=(span,), rule="except")
    without = tuple(one.pattern.concept for one in kinds if isinstance(one, Exists))
    concept = msgspec.structs.replace(base.pattern.concept, without=without)
    pattern = msgspec.structs.replace(base.pattern, concept=concept)
    return msgspec.structs.replace(base, pattern=pattern, spans=(*base.spans, span), rule="except.kinds")


def _close(line: str, cut: re.Match[str]) -> int:
    """Where the exception ends: at its bracket, its sentence, or the line."""
    if cut["open"]:
        depth = 1
        for place in range(cut.end("open"), len(line)):
            depth += {"(": 1, ")": -1}.get(line[place], 0)
            if not depth:
                return place + 1
    stop = re.compile(r"[;\x00]|\.\s").search(line, cut.end())
    return stop.start() if stop else len(line)


def _read(line: str, *, exclude: bool) -> Line:
    examples = [(match.start(), match.end()) for match in _EXAMPLES.finditer(line)]
    work = _blanked(line, examples)
    times = find_times(work)
    timeless = _blanked(work, [(time.start, time.end) for time in times])
    bounds = find_bounds(timeless)
    ages = list(find_ages(timeless, bounds))
    of_age = [bound for bound, _ in ages]
    amounts = [amount for _, amount in ages]
    amounts += find_amounts(timeless, [bound for bound in bounds if bound not in of_age])
    taken = [(one.start, max(one.end, one.guard_end)) for one in amounts]
    asks = [one for one in find_asks(timeless) if not _overlaps(one.start, one.end, taken)]
    taken += [(one.start, one.end) for one in asks]
    events = list(find_events(timeless, taken))
    pieces = [*_of_amounts(amounts, exclude=exclude), *_of_asks(line, asks, exclude=exclude)]
    pieces += _of_events(line, events, times, exclude=exclude)
    pieces += _unnamed(line, times, pieces, exclude=exclude)
    if not pieces:
        pieces = _whole(line, exclude=exclude)
    short = [(match.start(), match.end()) for match in _SHORT.finditer(line)]
    guard = _CHILDBEARING.search(line)
    if guard is not None and pieces:
        short.append((guard.start(), guard.end()))
    covered = [
        *examples,
        *short,
        *((time.start, time.end) for time in times),
        *((one.start, one.end) for one in pieces),
    ]
    read = _assembled(line, pieces, covered, exclude=exclude)
    return _for_whom(read, guard, exclude=exclude) if guard is not None and pieces else read


def _for_whom(read: Line, guard: re.Match[str], *, exclude: bool) -> Line:
    """What is asked of women who could become pregnant only."""
    if read.expr is None:
        return read
    span = (Span(guard.start(), guard.end()),)
    able = Ask(question="Could you become pregnant?", topic=Topic.CHILDBEARING, spans=span, rule="guard.childbearing")
    women = And(of=(Sex(sex="female", spans=span, rule="guard.sex"), able), rule="guard.childbearing")
    made = And(of=(women, read.expr), rule="guard") if exclude else IfThen(guard=women, then=read.expr, rule="guard")
    return msgspec.structs.replace(read, expr=made)


def _assembled(line: str, pieces: list[Piece], covered: list[tuple[int, int]], *, exclude: bool) -> Line:
    unread = left_over(line, covered)
    if not pieces:
        if not unread:
            return Line(None, Parse.FULL)
        text = line.replace("\x00", " ").strip()
        return Line(
            Opaque(text=" ".join(text.split()), spans=(_span(line, 0, len(line)),), rule="opaque"), Parse.OPAQUE
        )
    expr = join(line, pieces, exclude=exclude)
    if not unread:
        return Line(expr, Parse.FULL)
    words = " … ".join(line[start:end] for start, end in unread)
    spans = tuple(Span(start, end) for start, end in unread)
    rest = Opaque(text=words, reason="not understood", spans=spans, rule="opaque.rest")
    return Line(And(of=(expr, rest), inferred=True, rule="partial"), Parse.PARTIAL)


def _of_amounts(amounts: list[Amount], *, exclude: bool) -> Iterable[Piece]:
    """Limits with their guards; a limit without one, beside another of the measure with one, holds for all others."""
    guards = {one.expr.measure: one.guard for one in amounts if one.guard is not None and isinstance(one.expr, Value)}
    for one in amounts:
        guard = one.guard
        if guard is None and isinstance(one.expr, Value) and one.expr.measure in guards and len(amounts) > 1:
            alone = [
                other for other in amounts if isinstance(other.expr, Value) and other.expr.measure == one.expr.measure
            ]
            guard = Not(of=guards[one.expr.measure], rule="guard.others") if len(alone) == 2 else None
        expr = one.expr if guard is None else _guarded(guard, one.expr, exclude=exclude)
        yield Piece(one.start, max(one.end, one.guard_end), expr)


def _guarded(guard: Expr, expr: Expr, *, exclude: bool) -> Expr:
    return And(of=(guard, expr), rule="guard") if exclude else IfThen(guard=guard, then=expr, rule="guard")


def _of_asks(line: str, asks: list[Asked], *, exclude: bool) -> Iterable[Piece]:
    """What is an exclusion, or denied, is asked as it stands."""
    for one in asks:
        words = " ".join(line.replace("\x00", " ").split())
        question = one.question if one.question and not exclude else f"Is this true of you: {words}"
        spans = (_span(line, one.start, one.end),)
        yield Piece(one.start, one.end, Ask(question=question, topic=one.topic, spans=spans, rule=f"ask.{one.topic}"))


def _of_events(line: str, events: list[Named], times: list[Time], *, exclude: bool) -> Iterable[Piece]:
    for one in events:
        time = _time_of(line, one, times)
        expr = _event(line, one, time, exclude=exclude)
        yield Piece(one.start, one.end, Not(of=expr, spans=expr.spans, rule="negated") if one.negated else expr)


def _time_of(line: str, one: Named, times: list[Time]) -> Time | None:
    """The time after it in its clause, which serves all events before; else the one before it."""
    for time in times:
        between = line[one.end : time.start]
        if time.start >= one.end and not _CLAUSE.search(between) and len(between) < 160:
            return time
    for time in reversed(times):
        if time.end <= one.start and not _CLAUSE.search(line[time.end : one.start]):
            return time
    return None


def _event(line: str, one: Named, time: Time | None, *, exclude: bool) -> Expr:
    steady = ("at a stable dose",) if one.domain is Domain.DRUG and _STABLE.search(line) else ()
    pattern = Pattern(one.domain, one.concept, (*one.qualifiers, *steady))
    spans = [_span(line, one.start, one.end)]
    touch: Literal["starts", "overlaps"] = "overlaps" if one.domain is Domain.DRUG or one.now else "starts"
    if time is None:
        window = _NOW if one.now else None
        return Exists(
            pattern=pattern, window=window, touch=touch if window else "starts", spans=tuple(spans), rule="event"
        )
    spans.append(Span(time.start, time.end))
    if time.role == "duration" and time.period is not None:
        until = time.window.anchor
        return Duration(pattern=pattern, at_least=time.period, until=until, spans=tuple(spans), rule="event.duration")
    if time.role == "since" and not exclude and _WASHED.search(line):
        return Not(
            of=Exists(
                pattern=pattern, window=_recent(time.window), touch=touch, spans=tuple(spans), rule="event.washout"
            ),
            rule="washout",
        )
    return Exists(pattern=pattern, window=time.window, touch=touch, spans=tuple(spans), rule="event.window")


def _recent(window: Window) -> Window:
    """The time in which there must have been nothing."""
    return msgspec.structs.replace(window, start=window.end, end=Period(Decimal(0), Unit.DAY))


def _unnamed(line: str, times: list[Time], pieces: list[Piece], *, exclude: bool) -> list[Piece]:
    """A time whose event no dictionary knows: the words before it name it, or those after."""
    found: list[Piece] = []
    for place, time in enumerate(times):
        if any(_uses(piece.expr, time) for piece in (*pieces, *found)) or time.window.anchor is Anchor.STUDY:
            continue
        earlier = max([0, *(one.end for one in pieces if one.end <= time.start), *(one.end for one in times[:place])])
        later = min(
            [
                len(line),
                *(one.start for one in pieces if one.start >= time.end),
                *(one.start for one in times[place + 1 :]),
            ]
        )
        span = _name(line, earlier, time.start) or _name(line, time.end, later)
        if span is None:
            continue
        words = " ".join(line[span[0] : span[1]].split())
        named = Named(*span, Domain.ANY, Concept(words=words), (), now=False, negated=is_negated(line, span[0]))
        expr = _event(line, named, time, exclude=exclude)
        found.append(Piece(*span, Not(of=expr, spans=expr.spans, rule="negated") if named.negated else expr))
    return found


def _uses(expr: Expr, time: Time) -> bool:
    return any(Span(time.start, time.end) in node.spans for node in walk(expr))


def _whole(line: str, *, exclude: bool) -> list[Piece]:
    """A short phrase that no dictionary knows, where a list of conditions is: it names one."""
    span = _name(line, 0, len(line))
    if span is None or not (exclude or _HISTORY.search(line[: span[0]])) or re.search(r"[.,;:]\s", line[slice(*span)]):
        return []
    words = " ".join(line[slice(*span)].split())
    negated = is_negated(line, span[0])
    expr = Exists(pattern=Pattern(Domain.CONDITION, Concept(words=words)), spans=(Span(*span),), rule="event.unknown")
    return [Piece(*span, Not(of=expr, spans=expr.spans, rule="negated") if negated else expr)]


def _name(line: str, start: int, end: int) -> tuple[int, int] | None:
    """What is left of these words without leading words such as "patients with a history of"."""
    lead = _LEADS.match(line, start, end)
    start = lead.end() if lead else start
    words = line[start:end]
    trimmed = words.strip(" ,.;:()-\x00")
    if not len(trimmed) > 2 or len(trimmed.split()) > LONGEST_NAME or "\x00" in trimmed:
        return None
    begin = start + words.index(trimmed)
    return begin, begin + len(trimmed)


def _overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < other[1] and other[0] < end for other in spans)


def _blanked(line: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        line = _blank(line, start, end)
    return line


def _blank(line: str, start: int, end: int) -> str:
    return line[:start] + "\x00" * (end - start) + line[end:]


def _span(line: str, start: int, end: int) -> Span:
    """Without outer space."""
    words = line[start:end]
    return Span(start + len(words) - len(words.lstrip(" \x00")), end - (len(words) - len(words.rstrip(" \x00"))))
