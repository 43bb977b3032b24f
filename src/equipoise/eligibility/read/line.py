"""One line of criteria to an expression: its statement, what is excepted or allowed, and for whom it holds."""

import re
from functools import lru_cache

from equipoise.eligibility.expression import (
    And,
    AtLeast,
    Constant,
    Except,
    Expr,
    IfThen,
    Not,
    Opaque,
    Or,
    Span,
    Value,
)
from equipoise.eligibility.read.atoms import read_statement
from equipoise.eligibility.read.excepted import EXCEPTS, read_excepting
from equipoise.eligibility.read.guards import who
from equipoise.eligibility.read.left import blanked
from equipoise.eligibility.read.places import span_of
from equipoise.eligibility.read.scanning import mentions
from equipoise.eligibility.tree import atoms
from equipoise.kernel.truth import Truth

_PERMITS = ("allow", "permit", "accept", "permiss", "eligible", "exclu", "may")
"""Stems without which no exception, and no permission, is found."""
_ALLOWED = re.compile(
    r"\b(?P<not>(?:not|no|nor|never)\s(?:be\s)?)?(?:(?:allowed|permitted)(?!\s(?:chronic|concomitant|background|concurrent|medications?|drugs?|doses?)\b)|(?<=\b(?:is|be)\s)(?:acceptable|permissible|allowable|eligible)|(?<=\bare\s)(?:acceptable|permissible|allowable|eligible)|(?<=\bremain\s)eligible"
    r"|(?:be\s|considered\s)?(?:an?\s)?(?P<exempt>exclu(?:ded|sionary|sion)))\b(?!\s(?:criteria|to\ssign|for\b))"
    r"|\bmay\s(?:be\s)?(?P<may>enrol\w*|participate|included|entered)\b",
    re.IGNORECASE,
)
_PROHIBITED = re.compile(
    r"\b(?:prohibited|disallowed|contraindicated|ineligible|excluded|not\sbe\senrolled)\b\W*\Z", re.IGNORECASE
)
_CONDITION = re.compile(r"\b(?:only\s)?(?:if|provided(?:\sthat)?|as\slong\sas|when)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.;]*(?:[.;](?!\s|\Z)[^.;]*)*[.;]?\s*")
_TURN = re.compile(
    r"\b(?:but|however|although|though)\b,?|,(?=\s(?:patients?|subjects?|participants?|those|low|stable|prior|use)\b)",
    re.IGNORECASE,
)
_NONE = re.compile(r"\W*(?P<not>no)\s(?=[^.;]*\b(?:allowed|permitted)\b)", re.IGNORECASE)
_BRACKET = re.compile(r"\([^()]*\)")
_FOR = re.compile(
    r"\W*(?:(?:if|when|where)\s(?P<if>[^,:;.()]{4,90}?)(?:\s(?:is|are)\s(?:present|known|suspected))?\s?(?:,|:|\bthen\b)"
    r"|for\s(?P<for>(?:patients?|subjects?|participants?|those|females?|males?|wom[ae]n|m[ae]n)\b[^,:;.()]{0,90}?)\s?[,:]"
    r"|(?:for\s|in\s)?(?P<part>(?:part|cohort|arm|group|stratum|phase)s?\s[A-Z0-9]{1,4}\b[^,:;.()]{0,40}?)\s?[,:])\s",
    re.IGNORECASE,
)
_MUST_NOT = re.compile(
    r"\W*(?:(?:the\s|any\s|all\s)?(?:patients?|subjects?|participants?|women|men)\s)?(?:who\s)?(?P<not>(?:must|should|may|can|shall|will)\s?not)\s(?:be|have|had)\b",
    re.IGNORECASE,
)
"""Among what shuts out, the same as to say it without the "not"."""
_INSTEAD = re.compile(
    r"[;.(]\s*(?:however,?\s)?(?:if|for\sthose\swith)\s(?P<if>[^,;()]{3,120}?)(?:,\s?(?:then\s)?|\sthen\s)(?P<then>.+)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(?:at\sleast|minimum\sof|any)\s(?P<count>[2-5]|two|three|four|five)\b(?:\s\(\d\))?(?:\sor\smore)?\sof\s(?:the\s)?(?:following\s?)?(?:\w+\s?){0,3}:\s?",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[^;]*\w[^;]*")
_COMMAS = re.compile(r"(?:(?!,|\s(?:and/or|or|and)\s).)*\w(?:(?!,|\s(?:and/or|or|and)\s).)*")
LONGEST_LINE = 8_000
"""Characters: no criterion in some hundred thousand is longer."""


@lru_cache(maxsize=2048)
def read_line(line: str, *, exclude: bool) -> Expr | None:
    """``line`` is levelled text; spans in the result count from its beginning."""
    if len(line) > LONGEST_LINE:
        words = " ".join(line.split())
        return Opaque(text=words, reason="too long", spans=(span_of(line, 0, len(line)),), rule="opaque")
    guard = _FOR.match(line)
    if guard is not None:
        return _for_some(line, guard, exclude=exclude)
    instead = _INSTEAD.search(line)
    if instead is not None and (read := _otherwise(line, instead, exclude=exclude)) is not None:
        return read
    several = _SEVERAL.search(line)
    if several is not None and (read := _at_least(line, several, exclude=exclude)) is not None:
        return read
    barred = (_MUST_NOT.match(line) or _NONE.match(line)) if exclude else None
    if barred is not None:
        line = line[: barred.start("not")] + " " * len(barred["not"]) + line[barred.end("not") :]
    return _allowing(line, exclude=exclude)


def _otherwise(line: str, instead: re.Match[str], *, exclude: bool) -> Expr | None:
    """ "Creatinine ≤ 1 mg/dL; if it is more, then clearance > 60 mL/min": who breaks the limit must keep the other."""
    base = _allowing(line[: instead.start()], exclude=exclude)
    guard = read_statement(" " * instead.start("if") + instead["if"], exclude=False)
    then = _allowing(" " * instead.start("then") + instead["then"], exclude=exclude)
    if base is None or guard is None or then is None:
        return None
    spans = (span_of(line, *instead.span("if")),)
    if exclude:
        return Or(of=(base, And(of=(guard, then), rule="guard")), spans=spans, rule="otherwise")
    if _measures(base) and _measures(base) >= _measures(guard):
        return Or(of=(base, And(of=(guard, then), rule="guard")), spans=spans, rule="otherwise")
    return And(of=(base, IfThen(guard=guard, then=then, rule="guard")), spans=spans, rule="otherwise.and")


def _measures(expr: Expr) -> frozenset[str]:
    return frozenset(atom.measure for atom in atoms(expr) if isinstance(atom, Value))


def _at_least(line: str, several: re.Match[str], *, exclude: bool) -> Expr | None:
    """ "At least two of: fever, cough, breathlessness"."""
    number = several["count"].casefold()
    count = int(number) if number.isdigit() else 1 + ("one", "two", "three", "four", "five").index(number)
    parts: list[Expr | None] = []
    marks = _MARKS if ";" in line[several.end() :] else _COMMAS
    for match in marks.finditer(line, several.end()):
        parts.append(read_statement(" " * match.start() + match[0], exclude=exclude))
    exprs = tuple(one for one in parts if one is not None)
    lead = read_statement(line[: several.start()], exclude=exclude)
    if len(exprs) < max(2, count) or (lead is not None and not isinstance(lead, Opaque)):
        return None
    made = AtLeast(count=count, of=exprs, spans=(Span(*several.span()),), rule="at_least")
    if lead is not None and lead.rule == "opaque":
        return And(of=(made, lead), inferred=True, rule="partial")
    return made


def _for_some(line: str, guard: re.Match[str], *, exclude: bool) -> Expr | None:
    """ "If liver metastases are present, ...", "For Part C: ..."."""
    name = guard.lastgroup or "if"
    then = _allowing(" " * guard.end() + line[guard.end() :], exclude=exclude)
    if then is None:
        return _allowing(line, exclude=exclude)
    holds: Expr = who(line, *guard.span(name))
    if name == "part":
        spans = (Span(*guard.span(name)),)
        holds = Opaque(text=guard[name], reason="part of the study", spans=spans, rule="guard.part")
    if exclude:
        return And(of=(holds, then), rule="guard")
    return IfThen(guard=holds, then=then, rule="guard")


def _allowing(line: str, *, exclude: bool) -> Expr | None:
    """A sentence or bracket that allows something is an exception to the rest; alone, it asks nothing."""
    allows = [one for one in _parts(line) if _is_permission(line, one)] if mentions(line, *_PERMITS) else []
    if not allows:
        return _forbidding(line, exclude=exclude)
    fill = "\x02" if all(line[start] == "(" for start, _ in allows) else "\x00"
    rest = blanked(line, allows, fill)
    base = _forbidding(rest, exclude=exclude)
    if base is None or not exclude:
        return _permitted(line, allows, base, exclude=exclude)
    allowed = tuple(_kept(line, one) for one in allows)
    spans = tuple(span_of(line, *one) for one in allows)
    return Except(base=base, allowed=_any(allowed), spans=spans, rule="allowed")


def _parts(line: str) -> list[tuple[int, int]]:
    """Brackets that allow, and sentences; a bracket inside a sentence alone where it says so itself."""
    brackets = [one.span() for one in _BRACKET.finditer(line) if _ALLOWED.search(one[0])]
    rest = blanked(line, brackets, "\x02")
    sentences = [_last(rest, one) for one in _SENTENCE.finditer(rest) if re.search(r"\w", one[0])]
    return [*brackets, *sentences]


def _last(line: str, sentence: re.Match[str]) -> tuple[int, int]:
    """The part of a sentence that allows: after its last turn, where it has one."""
    start, end = sentence.span()
    allowed = _ALLOWED.search(line, start, end)
    turns = [turn.end() for turn in _TURN.finditer(line, start, allowed.start())] if allowed else []
    return (turns[-1] if turns else start), end


def _is_permission(line: str, part: tuple[int, int]) -> bool:
    words = line[slice(*part)]
    if words[0] != "(" and (EXCEPTS.search(words) or _NONE.match(words)):
        return False
    if words[0] != "(":
        words = _BRACKET.sub(lambda one: "\x02" * len(one[0]), words)
    match = _ALLOWED.search(words)
    if match is None:
        return False
    return bool(match["may"]) or bool(match["not"]) == bool(match["exempt"])


def _permitted(line: str, allows: list[tuple[int, int]], base: Expr | None, *, exclude: bool) -> Expr | None:
    """Where a permission comes with a condition, that is asked of those it is for."""
    exprs = [one for one in (base, *(_conditional(line, part) for part in allows)) if one is not None]
    if exclude:
        exprs = [Not(of=one, rule="allowed.if") for one in exprs]
    elif base is not None:
        exprs = _let_in(base, exprs[1:])
    if not exprs:
        spans = tuple(span_of(line, *one) for one in allows)
        truth = Truth.FALSE if exclude else Truth.TRUE
        return Constant(truth=truth, spans=spans, rule="allowed")
    return exprs[0] if len(exprs) == 1 else And(of=tuple(exprs), rule="allowed.and")


def _let_in(base: Expr, allowed: list[Expr]) -> list[Expr]:
    """Who breaks a limit but keeps the condition under which that is allowed is let in; other permissions stand beside."""
    beside: list[Expr] = []
    for one in allowed:
        if isinstance(one, IfThen) and _measures(base) & _measures(one.guard):
            base = Or(of=(base, And(of=(one.guard, one.then), rule="guard")), rule="otherwise")
        else:
            beside.append(one)
    return [base, *beside]


def _conditional(line: str, part: tuple[int, int]) -> Expr | None:
    start, end = part
    cut = _CONDITION.search(line, start, end)
    if cut is None:
        return None
    before = read_statement(_kept_words(line, start, cut.start()), exclude=False)
    after = read_statement(_kept_words(line, cut.end(), end), exclude=False)
    if before is None or after is None:
        return None
    return IfThen(guard=before, then=after, rule="allowed.if")


def _kept_words(line: str, start: int, end: int) -> str:
    """The line up to ``end``, all before ``start`` and the words that only allow made blank."""
    words = _ALLOWED.sub(lambda one: " " * len(one[0]), line[start:end])
    return " " * start + words


def _kept(line: str, part: tuple[int, int]) -> Expr:
    read = read_statement(_kept_words(line, *part), exclude=False)
    if read is not None:
        return read
    words = " ".join(line[slice(*part)].split())
    return Opaque(text=words, reason="exception", spans=(span_of(line, *part),), rule="allowed")


def _any(exprs: tuple[Expr, ...]) -> Expr:
    return exprs[0] if len(exprs) == 1 else Or(of=exprs, rule="allowed.or")


def _forbidding(line: str, *, exclude: bool) -> Expr | None:
    """ "Prior chemotherapy is not allowed", among what is asked for, asks for none."""
    if exclude or not mentions(line, *_PERMITS, "prohibit", "contraindic", "enrol"):
        return read_excepting(line, exclude=exclude)
    match = _ALLOWED.search(line)
    barred = (match is not None and match["not"] and not match["exempt"]) or _PROHIBITED.search(line)
    if not barred:
        return read_excepting(line, exclude=exclude)
    cut = match if match is not None and match["not"] else _PROHIBITED.search(line)
    assert cut is not None
    read = read_excepting(line[: cut.start()] + " " * (cut.end() - cut.start()) + line[cut.end() :], exclude=True)
    return None if read is None else Not(of=read, rule="not_allowed")
