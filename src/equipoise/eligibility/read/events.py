"""Conditions, drugs and procedures named in a line, with what is said of them."""

import re
from collections.abc import Iterator

import msgspec

from equipoise.eligibility.expression import Concept, Domain
from equipoise.eligibility.lexicon.term import Term
from equipoise.eligibility.read.left import LIGHT
from equipoise.eligibility.terms import find_terms

_ADJECTIVES = (
    "severe|active|uncontrolled|unstable|clinically significant|clinically relevant|significant|serious|major|acute|"
    "chronic|symptomatic|asymptomatic|untreated|advanced|metastatic|poorly controlled|inadequately controlled|"
    "well controlled|controlled|stable|ongoing|current|concurrent|concomitant|recent|recurrent|persistent|progressive|"
    "rapidly progressive|known|suspected|confirmed|documented|moderate|mild|systemic|oral|intravenous|topical|inhaled|"
    "high-dose|high dose|low-dose|low dose|inactive|latent|clinical|decompensated|refractory|end-stage|end stage|"
    "primary|secondary|invasive|life-threatening|adequately treated|"
    "curatively treated|treated|resected|localized|localised|moderate to severe|moderate or severe|mild to moderate|prior|previous|past"
)
_BEFORE = re.compile(rf"(?:\b(?:{_ADJECTIVES})\b[\s,]+(?:(?:or|and|and/or)\s+)?)+\Z", re.IGNORECASE)
_ONE = re.compile(rf"\b(?:{_ADJECTIVES})\b", re.IGNORECASE)
_NOT_KEPT = {
    "known",
    "prior",
    "previous",
    "past",
    "confirmed",
    "documented",
    "current",
    "ongoing",
    "concurrent",
    "concomitant",
}
"""They say when or how surely, which the window and the record say."""
_NOW = {"current", "ongoing", "concurrent", "concomitant"}
_IN_BRACKETS = re.compile(r"\s?\(\s?(?:also\s(?:called|known\sas)\s)?")
_KIND = re.compile(r"(?P<kind>(?:[A-Za-z][\w'-]*\s){1,3}|[A-Za-z]+-)\Z")
_COMPOUND = re.compile(r"-(?:associated|induced|related|mediated|like|free|na[iï]ve|negative)\b", re.IGNORECASE)
NOW_TERMS = {"pregnancy", "breastfeeding", "lactation"}
_NEGATION = re.compile(
    r"\b(?:no|not|without|absence\sof|free\s(?:of|from)|never|denies|negative\s(?:for)?|none\sof|lack\sof|neither|nor|cannot\shave)\b",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"[.;:\x00]\s|\bbut\b|\bhowever\b|\bwho\s(?:have|has|are)\b|\bwith\san?\b(?=\s\w+ed)|\bunless\b|\bexcept\b",
    re.IGNORECASE,
)
_STILL = re.compile(
    r"\bnot\s(?:only|limited)\b|\bnot\sexceed|\bno\s(?:more|less|later|longer)\sthan|\bnot\s(?:more|less)\sthan",
    re.IGNORECASE,
)


class Named(msgspec.Struct, frozen=True):
    """An event named at a place. ``now``: the words say that it goes on."""

    start: int
    end: int
    domain: Domain
    concept: Concept
    qualifiers: tuple[str, ...]
    now: bool
    negated: bool


def find_events(line: str, taken: list[tuple[int, int]]) -> Iterator[Named]:
    """From the left. An abbreviation in brackets right after its name is not a second event."""
    last_end = 0
    for start, end, term in find_terms(line):
        if any(start < other[1] and other[0] < end for other in taken):
            continue
        if _COMPOUND.match(line, end):
            continue
        if last_end and _IN_BRACKETS.fullmatch(line[last_end:start]) and line[end : end + 1] == ")":
            continue
        named = _named(line, _widened(line, start, last_end, taken), start, end, term)
        last_end = end
        yield named


def _widened(line: str, start: int, since: int, taken: list[tuple[int, int]]) -> int:
    """Where the name begins: with words before it that make it another thing, as in "juvenile myositis"."""
    limit = max([since, *(end for _, end in taken if end <= start)])
    match = _KIND.search(line, limit, start)
    if match is None:
        return start
    words = match["kind"].split()
    while words and (words[0].casefold() in LIGHT or _ONE.fullmatch(words[0])):
        words = words[1:]
    if not words or any(word.casefold() in LIGHT for word in words):
        return start
    return start - len(match["kind"]) + match["kind"].index(words[0])


def _named(line: str, begin: int, start: int, end: int, term: Term) -> Named:
    words = " ".join(line[begin:end].split())
    before = _BEFORE.search(line[:begin])
    said = tuple(one[0].casefold() for one in _ONE.finditer(before[0])) if before else ()
    first = before.start() if before else begin
    return Named(
        start=first,
        end=end,
        domain=term.domain,
        concept=Concept(words=words),
        qualifiers=tuple(one for one in said if one not in _NOT_KEPT),
        now=bool(_NOW.intersection(said)) or (begin == start and term.name in NOW_TERMS),
        negated=is_negated(line, first),
    )


def is_negated(line: str, place: int) -> bool:
    """Whether a "no" before it reaches this far: across "or" and commas, not across a new clause."""
    before = line[:place]
    stops = [match.end() for match in _STOP.finditer(before)]
    clause = _STILL.sub(lambda match: "\x01" * len(match[0]), before[stops[-1] if stops else 0 :])
    return _NEGATION.search(clause) is not None
