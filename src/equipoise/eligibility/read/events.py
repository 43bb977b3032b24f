"""Conditions, drugs and procedures named in a line, with what is said of them."""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from equipoise.eligibility.expression import Concept, Domain
from equipoise.eligibility.lexicon.term import Term
from equipoise.eligibility.read.counts import COUNT, MOST_COUNTED, NUMBER_CUE, counts_of
from equipoise.eligibility.read.left import LIGHT
from equipoise.eligibility.read.scanning import mentions
from equipoise.eligibility.terms import find_terms, term_for

_ADJECTIVES = (
    "normal|abnormal|severe|active|uncontrolled|unstable|clinically significant|clinically relevant|significant|serious|major|acute|"
    "chronic|symptomatic|asymptomatic|untreated|advanced|metastatic|poorly controlled|inadequately controlled|"
    "well controlled|controlled|stable|ongoing|current|concurrent|concomitant|recent|recurrent|persistent|progressive|"
    "rapidly progressive|known|suspected|confirmed|documented|moderate|mild|systemic|oral|intravenous|topical|inhaled|"
    "high-dose|high dose|low-dose|low dose|inactive|latent|clinical|decompensated|refractory|end-stage|end stage|"
    "primary|secondary|invasive|life-threatening|adequately treated|"
    "curatively treated|treated|resected|localized|localised|moderate to severe|moderate or severe|mild to moderate|prior|previous|past"
)
_PROVEN = r"(?:(?:histo|cyto|patho|radio|micro\w*|sero|viro|immuno\w*)logic\w*|(?:genetic|biochemic|laborator|clinic|biops|angiograph|radiograph|endoscop|tissue|molecular)\w*)"
_CONFIRMED = rf"{_PROVEN}(?:(?:\s?(?:,|/|or|and|and/or)\s?)+{_PROVEN})*[\s-](?:confirmed|proven|proved|documented|verified|diagnosed|determined)"
_SAID = rf"\b(?:{_CONFIRMED}|{_ADJECTIVES})\b"
_BEFORE = re.compile(
    rf"(?:{_SAID}[\s,]+(?:(?:or|and|and/or)\s+)?(?:diagnosis\s(?:of|with)\s(?:an?\s)?)?)+\Z", re.IGNORECASE
)
_ONE = re.compile(_SAID, re.IGNORECASE)
_LAST_WORDS = frozenset(part for one in _ADJECTIVES.split("|") for part in one.split()[-1:]) | frozenset(
    ["or", "and", "and/or", "of", "with", "a", "an", "proven", "proved", "verified", "diagnosed", "determined"]
)
_LONGEST_KIND = 60
_LONGEST_LEAD = 140
"""Characters before a name in which the words that qualify it stand."""
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
_TO = re.compile(
    rf"(?P<said>(?:{_SAID}[\s,]+)*)(?:\b(?:hyper-?sensitiv\w+|allerg(?:y|ies|ic)|intoleran(?:t|ce)|sensitivity|contraindications?|anaphyla\w+)\b"
    r"(?:[\s/]\(?(?:reactions?|intolerance|allerg(?:y|ies|ic)|hyper-?sensitivity|contraindications?|response|or|and|drug)\b\)?)*)\s(?:to|against)\s"
    r"(?:(?!\b(?:or|and)\s(?:a\s|any\s|known\s|previous\s|prior\s)?(?:history|has|have|had|who|any\sother)|\bwithin\b|\bin\sthe\b)[^.;()\x00\x02≥≤<>]){1,120}",
    re.IGNORECASE,
)
_LEFT_OPEN = re.compile(r"(?:[\s,-]+(?:and|or|for|to|of|at|any|the|an?)?\b)*\Z", re.IGNORECASE)
""" "…, or to any of the": what follows was taken by another reader."""
_REACTION_CUE = ("sensitiv", "allerg", "intoleran", "contraindic", "anaphyl")
_MEASURED = re.compile(
    r"mg|mcg|µg|k?g|[mdc]?l|c?gy|drinks?|units?|iu|copies|cells|days?|weeks?|months?|years?|hours?|packs?|percent",
    re.IGNORECASE,
)
"""A number before these counts no events."""
_RESULT = re.compile(
    r"\b(?P<sign>negative|positive)\s(?:\(-\)\s)?(?:(?:serum|urine|blood|on|a|an|for|or|and|result|results|baseline|screening)\s)*\Z",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"(?:[\s/-]\(?(?:is|are|be|was|must|should|tests?|tested|testing|results?|antibod(?:y|ies)|antigen|status|serology|infection|screen\w*|surface|virus|by|PCR|both)\b\)?){0,4}[\s-](?:sero)?negative\b",
    re.IGNORECASE,
)
_IN_USE = re.compile(
    r"\b(?:concurrent(?:ly)?|concomitant(?:ly)?|current(?:ly)?|ongoing|simultaneous|now|presently)\s(?:(?:use|treatment|therapy|taking|takes|using|uses|receiving|receives|being|treated|administration|with|of|on|or|a|an|any|other|having|has|have|in|intake|daily|regular|chronic)\s)*\Z",
    re.IGNORECASE,
)
_COMPOUND = re.compile(r"-(?:associated|induced|related|mediated|like|free|na[iï]ve)\b", re.IGNORECASE)
_USE_CUE = re.compile(r"con(?:current|comitant)|current|ongoing|simultan|\bnow\b|present", re.IGNORECASE)
_WHOLE = {"chronic", "inactive", "asymptomatic", "untreated", "secondary", "latent", "controlled", "resected"}
"""With their opposites they leave nothing out."""
NOW_TERMS = {"pregnancy", "breastfeeding", "lactation"}
_NEGATION = re.compile(
    r"\b(?:no|not|without|absence\sof|free\s(?:of|from)|never|denies|(?:sero)?negative\s(?:tests?\s|results?\s|serology\s)?for|none\sof|lack\sof|neither|nor|cannot\shave)\b",
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
    reactions = list(_reactions(line, taken)) if mentions(line, *_REACTION_CUE) else []
    taken = [*taken, *((one.start, one.end) for one in reactions)]
    yield from reactions
    for start, end, term in find_terms(line):
        if any(start < other[1] and other[0] < end for other in taken):
            continue
        if _COMPOUND.match(line, end):
            continue
        if last_end and _IN_BRACKETS.fullmatch(line[last_end:start]) and line[end : end + 1] == ")":
            continue
        if start < last_end:
            continue
        since = max([last_end, *(stop for _, stop in taken if stop <= start)])
        named = _named(line, _widened(line, start, since), start, end, term, since)
        last_end = named.end
        yield named
        for further in _further(line, named):
            last_end = further.end
            yield further


def _reactions(line: str, taken: list[tuple[int, int]]) -> Iterator[Named]:
    """An allergy to something is one condition."""
    for match in _TO.finditer(line):
        start, end = match.start(), match.start() + len(_LEFT_OPEN.sub("", match[0]))
        if any(start < other[1] and other[0] < end for other in taken):
            continue
        concept = Concept(words=" ".join(line[match.end("said") : end].split()))
        said = tuple(one[0].casefold() for one in _ONE.finditer(match["said"] or ""))
        qualifiers = tuple(one for one in said if one not in _NOT_KEPT)
        negated = is_negated(line, start)
        yield Named(start, end, Domain.CONDITION, concept, qualifiers, now=False, negated=negated)


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


def _widened(line: str, start: int, limit: int) -> int:
    """Where the name begins: with words before it that make it another thing, as in "juvenile myositis"."""
    match = _KIND.search(line, max(limit, start - _LONGEST_KIND), start)
    if match is None:
        return start
    words = match["kind"].split()
    while words and (words[0].casefold() in LIGHT or _ONE.fullmatch(words[0])):
        words = words[1:]
    if not words or any(word.casefold() in LIGHT or _MEASURED.fullmatch(word) for word in words):
        return start
    return start - len(match["kind"]) + match["kind"].index(words[0])


def _named(line: str, begin: int, start: int, end: int, term: Term, since: int) -> Named:
    words = " ".join(line[begin:end].split())
    before = _BEFORE.search(line, max(0, begin - _LONGEST_LEAD), begin) if _is_led(line, begin) else None
    said = _said(before[0]) if before else ()
    first = before.start() if before else begin
    since = max(since, first - 60)
    count = None
    if _has_number(line) and NUMBER_CUE.search(line, since, first):
        count = COUNT.search(line, since, first) or COUNT.search(line, since, begin)
    least, most = counts_of(count) if count else (None, None)
    if max(least or 0, most or 0) > MOST_COUNTED:
        count = least = most = None
    sign = _tested(line, begin, end, term)
    kept = tuple(one for one in said if one not in _NOT_KEPT)
    return Named(
        start=count.start() if count else first,
        end=end,
        domain=term.domain,
        concept=Concept(words=words),
        qualifiers=(*kept, sign) if sign and sign not in kept else kept,
        now=bool(_NOW.intersection(said)) or (begin == start and term.name in NOW_TERMS) or _goes_on(line, first),
        negated=is_negated(line, count.start() if count else first) != (sign is None and _is_negative(line, end)),
        least=least,
        most=most,
    )


def _is_led(line: str, begin: int) -> bool:
    """Whether the word before may be one of the adjectives: quicker than to look for all of them."""
    last = line[max(0, begin - 20) : begin].replace(",", " ").split()[-1:]
    return bool(last) and not _LAST_WORDS.isdisjoint((last[0].casefold(), last[0].casefold().rpartition("-")[2]))


def _said(before: str) -> tuple[str, ...]:
    """What must hold of it; of alternatives any may, so that "acute or chronic" and "known or suspected" ask nothing."""
    groups: list[list[str]] = []
    last = 0
    for one in _ONE.finditer(before):
        joined = groups and re.search(r"\bor\b|/", before[last : one.start()]) is not None
        groups[-1].append(one[0].casefold()) if joined else groups.append([one[0].casefold()])
        last = one.end()
    if groups and re.search(r"\bor\b|/", before[last:]):
        groups.pop()
    asked = (group for group in groups if len(group) == 1 or not (_WHOLE | _NOT_KEPT).intersection(group))
    return tuple(" or ".join(group) for group in asked)


def _tested(line: str, begin: int, end: int, term: Term) -> str | None:
    """The result a test must have; a test that was not done is not a negative one."""
    if term.domain is not Domain.PROCEDURE or not re.search(r"\btest|\bscreen|\bassay", line[begin:end], re.IGNORECASE):
        return None
    before = _RESULT.search(line, max(0, begin - 40), begin)
    if before is not None:
        return before["sign"].casefold()
    return "negative" if _is_negative(line, end) else None


def _is_negative(line: str, end: int) -> bool:
    """ "HIV negative", "hepatitis B antibody test must be negative"."""
    return _NEGATIVE.match(line, end) is not None


def _goes_on(line: str, place: int) -> bool:
    return (
        _USE_CUE.search(line, max(0, place - 80), place) is not None
        and _IN_USE.search(line, max(0, place - 80), place) is not None
    )


@lru_cache(maxsize=4)
def _may_deny(line: str) -> bool:
    return _NEGATION.search(line) is not None


@lru_cache(maxsize=4)
def _has_number(line: str) -> bool:
    return NUMBER_CUE.search(line) is not None


def is_negated(line: str, place: int) -> bool:
    """Whether a "no" before it reaches this far: across "or" and commas, not across a new clause."""
    if not _may_deny(line):
        return False
    before = line[max(0, place - 400) : place]
    if _NEGATION.search(before) is None:
        return False
    stops = [match.end() for match in _STOP.finditer(before)]
    clause = _STILL.sub(lambda match: "\x01" * len(match[0]), before[stops[-1] if stops else 0 :])
    return _NEGATION.search(clause) is not None
