"""Places in a line: names without the words that lead to them, spans without outer space."""

import re
from collections.abc import Callable, Iterable

import msgspec

from equipoise.eligibility.expression import And, AtLeast, AtMost, Except, Expr, IfThen, Not, Or, Span
from equipoise.eligibility.read.left import LIGHT

_LEADS = re.compile(
    r"\W*(?:(?:(?:the\s)?(?:patients?|subjects?|participants?|individuals?|persons?|those|people|any|each|every|who|which|with|have|has|had|having|is|are|was|were|be|been|being|must|will|does|do|not|no|without|never|absence\sof|lack\sof|an?|the|"
    r"recent|current|currently|known|prior|previous|previously|past|history|of|or|and|diagnosis|diagnosed|evidence|presence|received|receiving|receipt|use|used|using|taken|taking|treated|treatment|"
    r"concomitant|concurrent|within|exposure|to|participated|participating|should|other|all)\b)[\s,:]*)*",
    re.IGNORECASE,
)
_PARTS: dict[type, tuple[str, ...]] = {
    **dict.fromkeys((And, Or, Not, AtLeast, AtMost), ("of",)),
    Except: ("base", "allowed"),
    IfThen: ("guard", "then"),
}
LONGEST_NAME = 9
"""Words: a longer phrase is not the name of one thing."""


def name_in(line: str, start: int, end: int, longest: int = LONGEST_NAME) -> tuple[int, int] | None:
    """What is left of these words without leading words such as "patients with a history of"."""
    lead = _LEADS.match(line, start, end)
    start = lead.end() if lead else start
    words = line[start:end]
    trimmed = words.strip(" ,.;:()-\x00\x02")
    if not any(word.casefold() not in LIGHT and len(word) > 2 for word in re.findall(r"[^\W\d_]+", trimmed)):
        return None
    if len(trimmed.split()) > longest or "\x00" in trimmed or "\x02" in trimmed:
        return None
    begin = start + words.index(trimmed)
    return begin, begin + len(trimmed)


def span_of(line: str, start: int, end: int) -> Span:
    """Without outer space."""
    words = line[start:end]
    outer = " \x00\x02"
    return Span(start + len(words) - len(words.lstrip(outer)), end - (len(words) - len(words.rstrip(outer))))


def moved(expr: Expr, where: Callable[[int], int]) -> Expr:
    """The same, read from another text: ``where`` says where each place is there; what is not there has no span."""
    spans = [Span(where(one.start), where(one.end)) for one in expr.spans]
    changed: dict[str, object] = {"spans": tuple([one for one in spans if one.start < one.end])}
    for name in _PARTS.get(type(expr), ()):
        part = getattr(expr, name)
        changed[name] = tuple([moved(one, where) for one in part]) if isinstance(part, tuple) else moved(part, where)
    return msgspec.structs.replace(expr, **changed)


def overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < other[1] and other[0] < end for other in spans)
