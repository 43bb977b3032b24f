"""One plain statement, without exceptions: its atoms, what joins them, and what was left unread."""

import re
from collections.abc import Iterator
from itertools import groupby

import msgspec

from equipoise.eligibility.expression import Anchor, And, Ask, Expr, IfThen, Not, Opaque, Or, Span, Topic, Value
from equipoise.eligibility.read.ages import find_ages
from equipoise.eligibility.read.amounts import find_amounts
from equipoise.eligibility.read.asks import Asked, find_asks
from equipoise.eligibility.read.events import Named, find_events, is_negated
from equipoise.eligibility.read.joining import join
from equipoise.eligibility.read.left import blanked, left_over
from equipoise.eligibility.read.numbers import find_bounds
from equipoise.eligibility.read.people import Group, find_group, find_healthy
from equipoise.eligibility.read.piece import Amount, Piece
from equipoise.eligibility.read.places import overlaps, span_of
from equipoise.eligibility.read.scanning import mentions
from equipoise.eligibility.read.timed import numbered, of_events, unnamed, uses, whole
from equipoise.eligibility.read.times import Time, find_times

_TIMED = r"\s(?:within|less\sthan|at\sleast|prior\sto|before|unless|except|who|(?:in|during|over|for)\s(?:the\s)?(?:last|past|previous|prior|preceding|\d))\b"
"""Where what is given as an example ends, and what is said of the whole goes on."""
_EXAMPLES = re.compile(
    r"[(\[]\s?(?:e\.?\s?g\.?|i\.?\s?e\.?|such\sas|includ\w+|for\sexample|for\sinstance|eg)\b[^()\[\]≥≤<>]*[)\]]"
    r"|[,\s](?:e\.\s?g\.|such\sas|including,?\sbut\snot\slimited\sto|for\sexample|for\sinstance)\s?(?:(?!,\s[A-Z][a-z]|"
    + _TIMED
    + r")[^.;()≥≤<>\x00])*"
    r"|\b(?:with\s?(?:or|/|and/or)\s?without|regardless\sof|irrespective\sof)\b(?:(?!\b(?:and|or|who|that|are|is)\b)[^,.;()≥≤<>\x00\x02])*"
    r"|\b(?P<list>including)\b(?=[^.;()]*,)(?:(?!" + _TIMED + r")[^.;()≥≤<>\x00])*",
    re.IGNORECASE,
)
_EXAMPLE_CUES = (
    "g.",
    "eg",
    "i.",
    "such as",
    "includ",
    "for example",
    "for instance",
    "without",
    "regardless",
    "irrespective",
)
_NO_CONCURRENT = re.compile(r"(?<=\bsince\sprior)\sand\sno\s(?:other\s)?concurrent\b", re.IGNORECASE)
""" "At least 4 weeks since prior and no concurrent steroids": what goes on was not stopped so long ago."""
_CITED = re.compile(r"\[\d{1,3}(?:[,-]\s?\d{1,3})*\]")
_SHORT = re.compile(r"(?<=\w\s)\(\s?[A-Z][A-Za-z0-9/-]{0,9}s?\s?\)")
"""An abbreviation in brackets after what it stands for."""
_NO_TIME = re.compile(
    r"(?:expectanc\w+|survival|life\s?span)\b[^.;]{0,30}\Z"
    r"|\b(?:adults?|elderly|infants?|children|adolescents?|females?|males?|(?:wo)?m[ae]n)(?:\s(?:patients?|subjects?|participants?|volunteers?|males?|females?|(?:wo)?m[ae]n))?\s?\(\s?\Z",
    re.IGNORECASE,
)
"""Before a length of life, gone or to come."""
_ENDED = re.compile(r"\b(?:completed|finished|ended|discontinued|stopped)\s?\Z", re.IGNORECASE)


_STOPS = re.compile(r"[;,()\x00\x02]\s?(?:or\s|and\s)?|\.\s|\b(?:or|and)\s")
_STOP = re.compile(r"[;\x00]|\.\s|\bor\b")
_GAPS = re.compile(r"[\x00\x02]+")
_DENIED = re.compile(
    r"\b(?:un(?:able|willing)|inabilit|not|no|lack|refus|declin|cannot|without|incapable)\w*", re.IGNORECASE
)


def read_statement(line: str, *, exclude: bool) -> Expr | None:
    """What it says; ``None`` where it has no word.

    ``line`` is levelled text; ``\\x00`` stands for what another reader has taken and parts clauses, ``\\x02`` does not.
    """
    examples = list(_examples(line)) if mentions(line, *_EXAMPLE_CUES) else []
    examples += [match.span() for match in _CITED.finditer(line)] if "[" in line else []
    work = blanked(line, examples, "\x02")
    if "concurrent" in work:
        work = _NO_CONCURRENT.sub(lambda one: " " * len(one[0]), work)
    times = [time for time in find_times(work) if not _NO_TIME.search(work[: time.start])]
    timeless = blanked(work, [(time.start, time.end) for time in times if not time.standing])
    bounds = find_bounds(timeless)
    ages = list(find_ages(timeless, bounds))
    of_age = [bound for bound, _ in ages]
    amounts = [amount for _, amount in ages]
    amounts += find_amounts(timeless, [bound for bound in bounds if bound not in of_age])
    taken = [(one.start, max(one.end, one.guard_end)) for one in amounts]
    times = [time for time in times if not (time.standing and overlaps(time.start, time.end, taken))]
    asks = [one for one in find_asks(timeless) if not overlaps(one.start, one.end, taken) and not _was_used(one, times)]
    taken += [(one.start, one.end) for one in asks]
    events = list(find_events(timeless, taken))
    amounts = [_timed(line, one, events, times) for one in amounts]
    pieces = [*_of_amounts(amounts, exclude=exclude), *_of_asks(line, asks, exclude=exclude)]
    pieces += of_events(line, events, times, exclude=exclude)
    pieces += numbered(timeless, times, pieces, exclude=exclude)
    pieces += unnamed(line, times, pieces, exclude=exclude)
    pieces += find_healthy(line, exclude=exclude)
    group = find_group(line, exclude=exclude)
    if not pieces and not (group and group.alone):
        pieces = whole(line, exclude=exclude)
    read = [time for time in times if time.window.anchor is Anchor.STUDY or any(uses(one.expr, time) for one in pieces)]
    covered = [
        *examples,
        *((match.start(), match.end()) for match in (_SHORT.finditer(line) if "(" in line else ())),
        *((time.start, time.end) for time in read),
        *(time.more for time in read if time.more),
        *(ended.span() for time in times if time.role == "since" and (ended := _ENDED.search(line[: time.start]))),
        *((one.start, one.end) for one in pieces),
    ]
    if group is not None:
        covered.append((group.start, group.end))
    return _for_group(_assembled(line, pieces, covered, exclude=exclude), group, exclude=exclude)


def _examples(line: str) -> Iterator[tuple[int, int]]:
    """A limit in what a line includes is no example: with the words it limits, it is read."""
    for match in _EXAMPLES.finditer(line):
        start, end = match.span()
        if match["list"] and line[end : end + 1] in tuple("≥≤<>"):
            end = max(start, line.rfind(",", start, end))
        if start < end:
            yield start, end


def _was_used(one: Asked, times: list[Time]) -> bool:
    """Contraceptives of the last weeks are medicines that were taken."""
    return one.topic is Topic.CONTRACEPTION and any(
        0 <= time.start - one.end < 3 and time.window.anchor is not Anchor.STUDY and time.role == "within"
        for time in times
    )


def _for_group(read: Expr | None, group: Group | None, *, exclude: bool) -> Expr | None:
    """What is asked of a group only; where a line but names the group, being of it is what is asked."""
    if group is None or group.expr is None:
        return read
    if read is None or (group.alone and read.rule == "opaque.nothing"):
        return group.expr
    if group.required or exclude:
        return And(of=(group.expr, read), rule="guard")
    return IfThen(guard=group.expr, then=read, rule="guard")


def _assembled(line: str, pieces: list[Piece], covered: list[tuple[int, int]], *, exclude: bool) -> Expr | None:
    unread = left_over(line, covered)
    if not pieces:
        text = " ".join(line.replace("\x00", " ").replace("\x02", " ").split()).strip()
        if not re.search(r"\w", text):
            return None
        rule = "opaque" if unread else "opaque.nothing"
        return Opaque(text=text, spans=(span_of(line, 0, len(line)),), rule=rule)
    rest = [_rest(line, start, end) for start, end in unread]
    return join(line, [*pieces, *rest], exclude=exclude)


def _rest(line: str, start: int, end: int) -> Piece:
    """Words that nothing was made of, in their place among what was read."""
    words = " ".join(line[start:end].replace("\x00", " … ").replace("\x02", " … ").split())
    expr: Expr = Opaque(text=words, reason="not understood", spans=(Span(start, end),), rule="opaque.rest")
    negated = is_negated(line, start)
    return Piece(start, end, Not(of=expr, rule="negated") if negated else expr, unread=True, negated=negated)


def _of_amounts(amounts: list[Amount], *, exclude: bool) -> Iterator[Piece]:
    """Limits with their guards; a limit without one, beside another of the measure with one, holds for all others."""
    guards = {one.expr.measure: one.guard for one in amounts if one.guard is not None and isinstance(one.expr, Value)}
    for _, together in groupby(amounts, key=lambda one: (one.start, one.end)):
        group = list(together)
        one, expr = group[0], _both([other.expr for other in group], exclude=exclude)
        guard = one.guard
        if guard is None and isinstance(one.expr, Value) and one.expr.measure in guards:
            same = [other for other in amounts if _measure(other) == one.expr.measure]
            guard = Not(of=guards[one.expr.measure], rule="guard.others") if len(same) == 2 else None
        expr = expr if guard is None else _guarded(guard, expr, exclude=exclude)
        yield Piece(one.start, max(one.end, one.guard_end), expr)


def _timed(line: str, one: Amount, events: list[Named], times: list[Time]) -> Amount:
    """A value with the time that follows it, where no event stands between."""
    if not isinstance(one.expr, Value):
        return one
    for time in times:
        between = (max(one.end, one.guard_end), time.start)
        if (
            time.role != "within"
            or time.window.anchor is Anchor.STUDY
            or not between[0] <= between[1] < between[0] + 70
        ):
            continue
        if overlaps(*between, [(event.start, event.end) for event in events]) or _STOP.search(line[slice(*between)]):
            continue
        spans = (*one.expr.spans, Span(time.start, time.end))
        return msgspec.structs.replace(one, expr=msgspec.structs.replace(one.expr, window=time.window, spans=spans))
    return one


def _both(exprs: list[Expr], *, exclude: bool) -> Expr:
    """One limit on several measures: all must keep it; one that breaks it shuts out."""
    if len(exprs) == 1:
        return exprs[0]
    if exclude and exprs[0].rule != "value.normal":
        return Or(of=tuple(exprs), rule="value.either")
    return And(of=tuple(exprs), rule="value.both")


def _measure(amount: Amount) -> str | None:
    return amount.expr.measure if isinstance(amount.expr, Value) else None


def _guarded(guard: Expr, expr: Expr, *, exclude: bool) -> Expr:
    return And(of=(guard, expr), rule="guard") if exclude else IfThen(guard=guard, then=expr, rule="guard")


def _of_asks(line: str, asks: list[Asked], *, exclude: bool) -> Iterator[Piece]:
    """What is an exclusion, or denied, is asked as it stands."""
    for one in asks:
        start = 0 if one.topic is Topic.JUDGEMENT else _clause_start(line, one.start)
        words = " ".join(_GAPS.sub(" ", line[start : None if one.topic is Topic.JUDGEMENT else one.end]).split())
        plain = one.question and not exclude and not _DENIED.search(words)
        question = one.question if plain else f"Is this true of you: {words}"
        spans = (span_of(line, one.start, one.end),)
        yield Piece(one.start, one.end, Ask(question=question, topic=one.topic, spans=spans, rule=f"ask.{one.topic}"))


def _clause_start(line: str, place: int) -> int:
    stops = [match.end() for match in _STOPS.finditer(line, 0, place)]
    return stops[-1] if stops else 0
