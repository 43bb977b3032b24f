"""One line of criteria to an expression: its statement, what is excepted or allowed, and for whom it holds."""

import re

import msgspec

from equipoise.eligibility.expression import And, Constant, Except, Exists, Expr, IfThen, Not, Opaque, Or, Parse, Span
from equipoise.eligibility.read.amounts import who
from equipoise.eligibility.read.atoms import Line, read_statement
from equipoise.eligibility.read.places import blanked, span_of
from equipoise.kernel.truth import Truth

__all__ = ["Line", "read_line"]

_EXCEPT = re.compile(
    r"(?P<open>\()?,?\s?\b(?:with\sthe\sexceptions?\sof|except(?:ions?)?(?:\s(?:for|of|in|when|if|are|is))?|excepting"
    r"|other\sthan|unless|apart\sfrom|aside\sfrom|but\snot|not\sincluding|excluding)\b\s?:?",
    re.IGNORECASE,
)
_ALLOWED = re.compile(
    r"\b(?P<not>(?:not|no|nor|never)\s(?:be\s)?)?(?:allowed|permitted|acceptable|permissible|eligible|allowable"
    r"|(?:be\s|considered\s)?(?:an?\s)?(?P<exempt>exclu(?:ded|sionary|sion)))\b(?!\s(?:criteria|to\ssign))"
    r"|\bmay\s(?:be\s)?(?P<may>enrol\w*|participate|included|entered)\b",
    re.IGNORECASE,
)
_PROHIBITED = re.compile(
    r"\b(?:prohibited|disallowed|contraindicated|ineligible|excluded|not\sbe\senrolled)\b\W*\Z", re.IGNORECASE
)
_CONDITION = re.compile(r"\b(?:only\s)?(?:if|provided(?:\sthat)?|as\slong\sas|when)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.;]*(?:[.;](?!\s|\Z)[^.;]*)*[.;]?\s*")
_BRACKET = re.compile(r"\([^()]*\)")
_FOR = re.compile(
    r"\W*(?:(?:if|when|where)\s(?P<if>[^,:;.()]{4,90}?)(?:\s(?:is|are)\s(?:present|known|suspected))?\s?(?:,|:|\bthen\b)"
    r"|for\s(?P<for>(?:patients?|subjects?|participants?|those|females?|males?|wom[ae]n|m[ae]n)\b[^,:;.()]{0,90}?)\s?[,:]"
    r"|(?:for\s|in\s)?(?P<part>(?:part|cohort|arm|group|stratum|phase)s?\s[A-Z0-9]{1,4}\b[^,:;.()]{0,40}?)\s?[,:])\s",
    re.IGNORECASE,
)
LONGEST_LINE = 8_000
"""Characters: no criterion in some hundred thousand is longer."""


def read_line(line: str, *, exclude: bool) -> Line:
    """``line`` is levelled text; spans in the result count from its beginning."""
    if len(line) > LONGEST_LINE:
        words = " ".join(line.split())
        opaque = Opaque(text=words, reason="too long", spans=(span_of(line, 0, len(line)),), rule="opaque")
        return Line(opaque, Parse.OPAQUE)
    guard = _FOR.match(line)
    if guard is not None:
        return _for_some(line, guard, exclude=exclude)
    return _allowing(line, exclude=exclude)


def _for_some(line: str, guard: re.Match[str], *, exclude: bool) -> Line:
    """ "If liver metastases are present, ...", "For Part C: ..."."""
    name = guard.lastgroup or "if"
    then = _allowing(" " * guard.end() + line[guard.end() :], exclude=exclude)
    if then.expr is None:
        return _allowing(line, exclude=exclude)
    holds: Expr = who(line, *guard.span(name))
    if name == "part":
        spans = (Span(*guard.span(name)),)
        holds = Opaque(text=guard[name], reason="part of the study", spans=spans, rule="guard.part")
    if exclude:
        return msgspec.structs.replace(then, expr=And(of=(holds, then.expr), rule="guard"))
    return msgspec.structs.replace(then, expr=IfThen(guard=holds, then=then.expr, rule="guard"))


def _allowing(line: str, *, exclude: bool) -> Line:
    """A sentence or bracket that allows something is an exception to the rest; alone, it asks nothing."""
    allows = [one for one in _parts(line) if _is_permission(line, one)]
    if not allows:
        return _forbidding(line, exclude=exclude)
    fill = "\x02" if all(line[start] == "(" for start, _ in allows) else "\x00"
    rest = blanked(line, allows, fill)
    base = _forbidding(rest, exclude=exclude) if re.search(r"\w", rest) else Line(None, Parse.FULL)
    if base.expr is None or not exclude:
        return _permitted(line, allows, base, exclude=exclude)
    allowed = [_kept(line, one) for one in allows]
    exprs = tuple(one.expr for one in allowed if one.expr is not None)
    spans = tuple(span_of(line, *one) for one in allows)
    made = Except(base=base.expr, allowed=_any(exprs), spans=spans, rule="allowed")
    full = base.parse is Parse.FULL and all(one.parse is Parse.FULL for one in allowed)
    return Line(made, Parse.FULL if full else Parse.PARTIAL)


def _parts(line: str) -> list[tuple[int, int]]:
    """Brackets that allow, and sentences; a bracket inside a sentence alone where it says so itself."""
    brackets = [one.span() for one in _BRACKET.finditer(line) if _ALLOWED.search(one[0])]
    rest = blanked(line, brackets, "\x02")
    sentences = [one.span() for one in _SENTENCE.finditer(rest) if re.search(r"\w", one[0])]
    return [*brackets, *sentences]


def _is_permission(line: str, part: tuple[int, int]) -> bool:
    words = line[slice(*part)]
    if part[0] and words[0] != "(":
        words = _BRACKET.sub(lambda one: "\x02" * len(one[0]), words)
    match = _ALLOWED.search(words)
    if match is None:
        return False
    return bool(match["may"]) or bool(match["not"]) == bool(match["exempt"])


def _permitted(line: str, allows: list[tuple[int, int]], base: Line, *, exclude: bool) -> Line:
    """Where a permission comes with a condition, that is asked of those it is for."""
    asked = [one for part in allows if (one := _conditional(line, part)) is not None]
    exprs = [one.expr for one in (base, *asked) if one.expr is not None]
    if exclude:
        exprs = [Not(of=one, rule="allowed.if") for one in exprs]
    if not exprs:
        spans = tuple(span_of(line, *one) for one in allows)
        truth = Truth.FALSE if exclude else Truth.TRUE
        return Line(Constant(truth=truth, spans=spans, rule="allowed"), Parse.FULL)
    parses = {one.parse for one in (base, *asked) if one.expr is not None}
    whole = exprs[0] if len(exprs) == 1 else And(of=tuple(exprs), rule="allowed.and")
    return Line(whole, parses.pop() if len(parses) == 1 else Parse.PARTIAL)


def _conditional(line: str, part: tuple[int, int]) -> Line | None:
    start, end = part
    cut = _CONDITION.search(line, start, end)
    if cut is None:
        return None
    before = read_statement(_kept_words(line, start, cut.start()), exclude=False)
    after = read_statement(_kept_words(line, cut.end(), end), exclude=False)
    if before.expr is None or after.expr is None:
        return None
    parse = Parse.FULL if before.parse is after.parse is Parse.FULL else Parse.PARTIAL
    return Line(IfThen(guard=before.expr, then=after.expr, rule="allowed.if"), parse)


def _kept_words(line: str, start: int, end: int) -> str:
    """The line up to ``end``, all before ``start`` and the words that only allow made blank."""
    words = _ALLOWED.sub(lambda one: " " * len(one[0]), line[start:end])
    return " " * start + words


def _kept(line: str, part: tuple[int, int]) -> Line:
    read = read_statement(_kept_words(line, *part), exclude=False)
    if read.expr is not None:
        return read
    words = " ".join(line[slice(*part)].split())
    return Line(Opaque(text=words, reason="exception", spans=(span_of(line, *part),), rule="allowed"), Parse.OPAQUE)


def _any(exprs: tuple[Expr, ...]) -> Expr:
    return exprs[0] if len(exprs) == 1 else Or(of=exprs, rule="allowed.or")


def _forbidding(line: str, *, exclude: bool) -> Line:
    """ "Prior chemotherapy is not allowed", among what is asked for, asks for none."""
    match = _ALLOWED.search(line)
    barred = (match is not None and match["not"] and not match["exempt"]) or _PROHIBITED.search(line)
    if exclude or not barred:
        return _excepting(line, exclude=exclude)
    cut = match if match is not None and match["not"] else _PROHIBITED.search(line)
    assert cut is not None
    read = _excepting(line[: cut.start()] + " " * (cut.end() - cut.start()) + line[cut.end() :], exclude=True)
    return read if read.expr is None else msgspec.structs.replace(read, expr=Not(of=read.expr, rule="not_allowed"))


def _excepting(line: str, *, exclude: bool) -> Line:
    cut = _EXCEPT.search(line, 4)
    if cut is None:
        return read_statement(line, exclude=exclude)
    end = _close(line, cut)
    base = read_statement(blanked(line, [(cut.start(), end)], "\x02"), exclude=exclude)
    if base.expr is None or base.parse is Parse.OPAQUE:
        return read_statement(line, exclude=exclude)
    allowed = read_statement(" " * cut.end() + line[cut.end() : end], exclude=False)
    if allowed.expr is None:
        words = line[cut.start() : end].strip(" ,(")
        unread = Opaque(text=words, reason="exception", spans=(span_of(line, cut.start(), end),), rule="except")
        return Line(Except(base=base.expr, allowed=unread, rule="except"), Parse.PARTIAL)
    parse = Parse.FULL if base.parse is allowed.parse is Parse.FULL else Parse.PARTIAL
    return Line(_excepted(base.expr, allowed.expr, span_of(line, cut.start(), end)), parse)


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
