"""Exceptions in a line: what does not count, and what lets in."""

import re

import msgspec

from equipoise.eligibility.expression import And, Except, Exists, Expr, Not, Opaque, Or, Span
from equipoise.eligibility.read.atoms import read_statement
from equipoise.eligibility.read.left import blanked
from equipoise.eligibility.read.places import span_of
from equipoise.eligibility.read.scanning import mentions

_EXCEPT_CUES = ("except", "unless", "other than", "apart from", "aside from", "but not", "not including", "excluding")
EXCEPTS = re.compile(
    r"(?P<open>\()?,?\s?\b(?:with\sthe\sexceptions?\sof|except(?:ions?)?(?:\s(?:for|of|in|when|if|are|is))?|excepting"
    r"|other\sthan|unless|apart\sfrom|aside\sfrom|but\snot|not\sincluding|excluding)\b\s?:?",
    re.IGNORECASE,
)


def read_excepting(line: str, *, exclude: bool) -> Expr | None:
    cut = EXCEPTS.search(line, 4) if mentions(line, *_EXCEPT_CUES) else None
    if cut is None:
        return read_statement(line, exclude=exclude)
    end = _close(line, cut)
    base = read_statement(blanked(line, [(cut.start(), end)], "\x02"), exclude=exclude)
    if base is None or isinstance(base, Opaque):
        return read_statement(line, exclude=exclude)
    allowed = read_statement(" " * cut.end() + line[cut.end() : end], exclude=False)
    span = span_of(line, cut.start(), end)
    if allowed is None:
        words = line[cut.start() : end].strip(" ,(")
        allowed = Opaque(text=words, reason="exception", spans=(span,), rule="except")
    return _excepted(base, allowed, span) if exclude else _loosened(base, allowed, span)


def _loosened(base: Expr, allowed: Expr, span: Span) -> Expr:
    """Among what is asked for, an exception to a limit or a "no" lets in; one to a condition keeps out."""
    match base:
        case Exists():
            return _excepted(base, allowed, span)
        case Not(of=one):
            return msgspec.structs.replace(base, of=_excepted(one, allowed, span))
        case _:
            return Or(of=(base, allowed), spans=(span,), rule="except.or")


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
