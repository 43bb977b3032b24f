"""For whom a limit holds: "if liver metastases are present", "(women)", "for those on dialysis"."""

import re

from equipoise.eligibility.expression import Concept, Exists, Expr, Opaque, Pattern, Sex, Span
from equipoise.eligibility.terms import find_terms

_GUARD = re.compile(
    r"\s*[,(\[]?\s*(?:(?:if|when|where|unless|for|in(?:\sthe\spresence\sof|\scase\sof)?|with|among)\s(?:the\s)?)?"
    r"(?P<who>(?:(?:fe)?males?|(?:wo)?m[ea]n)\b(?:\s?(?:patients?|subjects?|participants?))?"
    r"|(?<=if\s)[^,;()\x00\x02]+|(?<=for\s)(?:patients?|subjects?|participants?|those|people)[^,;()\x00\x02]+"
    r"|(?<=in\s)(?:patients?|subjects?|participants?|those|the\spresence\sof)[^,;()\x00\x02]+|(?<=in\sthe\spresence\sof\s)[^,;()\x00\x02]+|(?<=case\sof\s)[^,;()\x00\x02]+|(?<=with\s)[^,;()\x00\x02]+(?:metast|syndrome|disease)[^,;()\x00\x02]*)",
    re.IGNORECASE,
)
_WOMEN = re.compile(r"\bfemales?\b|\bwom[ea]n\b|\bgirls?\b", re.IGNORECASE)
_MEN = re.compile(r"\bmales?\b|\bm[ea]n\b|\bboys?\b", re.IGNORECASE)
_BEFORE_GUARD = re.compile(
    r"\b(?:for\s|in\s)?(?P<who>(?:fe)?males?|(?:wo)?m[ea]n)\s?:?\s?(?:with\s|\()?\s*\Z", re.IGNORECASE
)


def guard_of(line: str, start: int, end: int) -> tuple[Expr | None, int]:
    """Who is named right after a limit, or right before it, and where that ends."""
    match = _GUARD.match(line, end)
    if match is not None:
        return who(line, match.start("who"), match.end("who")), match.end("who")
    before = _BEFORE_GUARD.search(line[:start])
    return (who(line, before.start("who"), before.end("who")), 0) if before else (None, 0)


def who(line: str, start: int, end: int) -> Expr:
    words = line[start:end].strip()
    spans = (Span(start, start + len(words)),)
    if _WOMEN.search(words):
        return Sex(sex="female", spans=spans, rule="guard.sex")
    if _MEN.search(words):
        return Sex(sex="male", spans=spans, rule="guard.sex")
    known = [one for one in find_terms(words) if one[1] - one[0] > len(words) // 2]
    if len(known) == 1:
        concept = Concept(words=words[known[0][0] : known[0][1]])
        return Exists(pattern=Pattern(known[0][2].domain, concept), spans=spans, rule="guard")
    return Opaque(text=words, reason="condition of a limit", spans=spans, rule="guard")
