"""One plain statement, without exceptions: its atoms, what joins them, and what was left unread."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from equipoise.eligibility.expression import And, Ask, Expr, IfThen, Not, Opaque, Parse, Span, Topic, Value
from equipoise.eligibility.read.amounts import Amount, find_ages, find_amounts
from equipoise.eligibility.read.asks import Asked, find_asks
from equipoise.eligibility.read.events import find_events, is_negated
from equipoise.eligibility.read.joining import join
from equipoise.eligibility.read.left import left_over
from equipoise.eligibility.read.numbers import find_bounds
from equipoise.eligibility.read.people import Group, find_group, find_healthy
from equipoise.eligibility.read.piece import Piece
from equipoise.eligibility.read.places import blanked, overlaps, span_of
from equipoise.eligibility.read.timed import of_events, unnamed, whole
from equipoise.eligibility.read.times import find_times

_EXAMPLES = re.compile(
    r"\(\s?(?:e\.?\s?g\.?|i\.?\s?e\.?|such\sas|includ\w+|for\sexample|for\sinstance|eg)\b[^()≥≤<>]*\)"
    r"|[,\s](?:e\.\s?g\.|such\sas|including,?\sbut\snot\slimited\sto|for\sexample|for\sinstance)\s?[^.;()≥≤<>\x00]*"
    r"|\bincluding\b(?=[^.;()]*,)[^.;()≥≤<>\x00]*",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(?<=\w\s)\(\s?[A-Z][A-Za-z0-9/-]{0,9}s?\s?\)")
"""An abbreviation in brackets after what it stands for."""
_SPAN_OF_LIFE = re.compile(r"(?:expectanc\w+|survival|life\s?span)\b[^.;]{0,30}\Z", re.IGNORECASE)


class Line(msgspec.Struct, frozen=True):
    """What a line says (``None``: nothing that asks anything), and how much of it was read."""

    expr: Expr | None
    parse: Parse


def read_statement(line: str, *, exclude: bool) -> Line:
    """``line`` is levelled text; ``\\x00`` stands for what another reader has taken, and parts clauses."""
    examples = [(match.start(), match.end()) for match in _EXAMPLES.finditer(line)]
    work = blanked(line, examples, "\x02")
    times = [time for time in find_times(work) if not _SPAN_OF_LIFE.search(work[: time.start])]
    timeless = blanked(work, [(time.start, time.end) for time in times])
    bounds = find_bounds(timeless)
    ages = list(find_ages(timeless, bounds))
    of_age = [bound for bound, _ in ages]
    amounts = [amount for _, amount in ages]
    amounts += find_amounts(timeless, [bound for bound in bounds if bound not in of_age])
    taken = [(one.start, max(one.end, one.guard_end)) for one in amounts]
    asks = [one for one in find_asks(timeless) if not overlaps(one.start, one.end, taken)]
    taken += [(one.start, one.end) for one in asks]
    events = list(find_events(timeless, taken))
    pieces = [*_of_amounts(amounts, exclude=exclude), *_of_asks(line, asks, exclude=exclude)]
    pieces += of_events(line, events, times, exclude=exclude)
    pieces += unnamed(line, times, pieces, exclude=exclude)
    pieces += find_healthy(line, exclude=exclude)
    group = find_group(line, exclude=exclude)
    if not pieces and not (group and group.alone):
        pieces = whole(line, exclude=exclude)
    covered = [
        *examples,
        *((match.start(), match.end()) for match in _SHORT.finditer(line)),
        *((time.start, time.end) for time in times),
        *((one.start, one.end) for one in pieces),
    ]
    if group is not None:
        covered.append((group.start, group.end))
    return _for_group(_assembled(line, pieces, covered, exclude=exclude), group, exclude=exclude)


def _for_group(read: Line, group: Group | None, *, exclude: bool) -> Line:
    """What is asked of a group only; where a line but names the group, being of it is what is asked."""
    if group is None or group.expr is None:
        return read
    if read.expr is None or (group.alone and isinstance(read.expr, Opaque) and read.expr.rule == "opaque.nothing"):
        return Line(group.expr, Parse.FULL)
    if group.required or exclude:
        return msgspec.structs.replace(read, expr=And(of=(group.expr, read.expr), rule="guard"))
    return msgspec.structs.replace(read, expr=IfThen(guard=group.expr, then=read.expr, rule="guard"))


def _assembled(line: str, pieces: list[Piece], covered: list[tuple[int, int]], *, exclude: bool) -> Line:
    unread = left_over(line, covered)
    if not pieces:
        text = " ".join(line.replace("\x00", " ").replace("\x02", " ").split()).strip()
        if not re.search(r"\w", text):
            return Line(None, Parse.FULL)
        rule = "opaque" if unread else "opaque.nothing"
        return Line(Opaque(text=text, spans=(span_of(line, 0, len(line)),), rule=rule), Parse.OPAQUE)
    rest = [_rest(line, start, end) for start, end in unread]
    expr = join(line, [*pieces, *rest], exclude=exclude)
    return Line(expr, Parse.PARTIAL if rest else Parse.FULL)


def _rest(line: str, start: int, end: int) -> Piece:
    """Words that nothing was made of, in their place among what was read."""
    words = " ".join(line[start:end].replace("\x00", " … ").replace("\x02", " … ").split())
    expr: Expr = Opaque(text=words, reason="not understood", spans=(Span(start, end),), rule="opaque.rest")
    negated = is_negated(line, start)
    return Piece(start, end, Not(of=expr, rule="negated") if negated else expr, unread=True, negated=negated)


def _of_amounts(amounts: list[Amount], *, exclude: bool) -> Iterator[Piece]:
    """Limits with their guards; a limit without one, beside another of the measure with one, holds for all others."""
    guards = {one.expr.measure: one.guard for one in amounts if one.guard is not None and isinstance(one.expr, Value)}
    for one in amounts:
        guard = one.guard
        if guard is None and isinstance(one.expr, Value) and one.expr.measure in guards:
            same = [other for other in amounts if _measure(other) == one.expr.measure]
            guard = Not(of=guards[one.expr.measure], rule="guard.others") if len(same) == 2 else None
        expr = one.expr if guard is None else _guarded(guard, one.expr, exclude=exclude)
        yield Piece(one.start, max(one.end, one.guard_end), expr)


def _measure(amount: Amount) -> str | None:
    return amount.expr.measure if isinstance(amount.expr, Value) else None


def _guarded(guard: Expr, expr: Expr, *, exclude: bool) -> Expr:
    return And(of=(guard, expr), rule="guard") if exclude else IfThen(guard=guard, then=expr, rule="guard")


def _of_asks(line: str, asks: list[Asked], *, exclude: bool) -> Iterable[Piece]:
    """What is an exclusion, or denied, is asked as it stands."""
    for one in asks:
        words = " ".join(line[one.start : one.end].replace("\x00", " ").replace("\x02", " ").split())
        about = one.topic is Topic.JUDGEMENT
        if about:
            words = " ".join(line.replace("\x00", " ").replace("\x02", " ").split())
        question = one.question if one.question and not exclude else f"Is this true of you: {words}"
        spans = (span_of(line, one.start, one.end),)
        yield Piece(one.start, one.end, Ask(question=question, topic=one.topic, spans=spans, rule=f"ask.{one.topic}"))
