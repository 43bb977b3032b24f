"""Conditions, drugs and procedures named in a line, with what is said of them."""

import re
from collections.abc import Iterator

import msgspec

from equipoise.eligibility.expression import Concept, Domain
from equipoise.eligibility.lexicon.term import Term
from equipoise.eligibility.read.left import LIGHT
from equipoise.eligibility.terms import find_terms, term_for

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
_LAST = re.compile(r"(?<=[\s-])[A-Za-z1-9]\Z")
_OR_LETTER = re.compile(r"\s?(?:,\s?(?:and|or)?|and/or|or|and|/)\s?(?P<other>[B-Eb-e2-9])\b(?!\s?[.\d])")
_REACTIONS = {
    "hypersensitivity",
    "allergy",
    "allergic reaction",
    "intolerance",
    "drug hypersensitivity",
    "drug allergy",
    "contraindication",
    "drug intolerance",
    "anaphylaxis",
}
_TO = re.compile(
    r"(?:\s\(?(?:reactions?|intolerance|allerg(?:y|ies)|contraindications?|or|and|to)\)?)*\s(?:to|against)\s[^.;()\x00\x02≥≤<>]+"
)
_COUNT = re.compile(
    r"(?:(?P<least>at\sleast|minimum\sof|≥|>\s?=|a\stotal\sof)|(?P<more>more\sthan|greater\sthan|>|over)"
    r"|(?P<most>no\smore\sthan|not\smore\sthan|up\sto|at\smost|maximum\s(?:of\s)?|≤|<\s?=)|(?P<fewer>fewer\sthan|less\sthan|<)|(?P<bare>))\s?"
    r"\b(?P<count>\d{1,2}|one|two|three|four|five|six)\b(?:\s?\(\d+\))?(?P<plus>\s?\+|\sor\smore)?"
    r"(?:\s(?:prior|previous|previously|documented|separate|different|distinct|systemic|confirmed|additional|lines?|episodes?|of|or|relapses?|treatments?|(?:treatment\s)?regimens?|therap(?:y|ies)))*\s?\Z",
    re.IGNORECASE,
)
_NUMBERS = {word: place for place, word in enumerate(("one", "two", "three", "four", "five", "six"), 1)}
_IN_USE = re.compile(
    r"\b(?:concurrent(?:ly)?|concomitant(?:ly)?|current(?:ly)?|ongoing|simultaneous|now|presently)\s(?:(?:use|treatment|therapy|taking|takes|using|uses|receiving|receives|being|treated|administration|with|of|on|or|a|an|any|other|having|has|have|in|intake|daily|regular|chronic)\s)*\Z",
    re.IGNORECASE,
)
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
    """An event named at a place. ``now``: the words say that it goes on; ``least``, ``most``: how many there are."""

    start: int
    end: int
    domain: Domain
    concept: Concept
    qualifiers: tuple[str, ...]
    now: bool
    negated: bool
    least: int | None = None
    most: int | None = None


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
        if start < last_end:
            continue
        named = _named(line, _widened(line, start, last_end, taken), start, end, term)
        if term.name in _REACTIONS:
            named = _to_what(line, named)
        last_end = named.end
        yield named
        for further in _further(line, named):
            last_end = further.end
            yield further


def _to_what(line: str, named: Named) -> Named:
    """An allergy to something is one condition."""
    match = _TO.match(line, named.end)
    if match is None:
        return named
    end = named.end + len(match[0].rstrip(" ,-"))
    words = " ".join(line[named.start : end].split())
    return msgspec.structs.replace(named, end=end, concept=Concept(words=words))


def _further(line: str, named: Named) -> Iterator[Named]:
    """ "hepatitis B or C": the second names one too."""
    words = named.concept.words
    last = _LAST.search(words)
    match = _OR_LETTER.match(line, named.end) if last else None
    while last and match:
        other = words[: last.start()] + match["other"]
        if term_for(other) is None:
            return
        yield msgspec.structs.replace(
            named, start=match.start("other"), end=match.end("other"), concept=Concept(words=other)
        )
        match = _OR_LETTER.match(line, match.end("other"))


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
    count = _COUNT.search(line, max(0, first - 60), first)
    least, most = _counts(count) if count else (None, None)
    return Named(
        start=count.start() if count else first,
        end=end,
        domain=term.domain,
        concept=Concept(words=words),
        qualifiers=tuple(one for one in said if one not in _NOT_KEPT),
        now=bool(_NOW.intersection(said)) or (begin == start and term.name in NOW_TERMS) or _goes_on(line, first),
        negated=is_negated(line, count.start() if count else first),
        least=least,
        most=most,
    )


def _goes_on(line: str, place: int) -> bool:
    return _IN_USE.search(line, max(0, place - 80), place) is not None


def _counts(match: re.Match[str]) -> tuple[int | None, int | None]:
    """At least, at most; a bare number is the least there must be."""
    written = match["count"].casefold()
    count = _NUMBERS[written] if written in _NUMBERS else int(written)
    if match["most"]:
        return None, count
    if match["fewer"]:
        return None, max(count - 1, 0)
    return (count + 1 if match["more"] else count), None


def is_negated(line: str, place: int) -> bool:
    """Whether a "no" before it reaches this far: across "or" and commas, not across a new clause."""
    before = line[:place]
    stops = [match.end() for match in _STOP.finditer(before)]
    clause = _STILL.sub(lambda match: "\x01" * len(match[0]), before[stops[-1] if stops else 0 :])
    return _NEGATION.search(clause) is not None
