"""Which lines of eligibility text are headings, and of what: inclusion, exclusion, or neither."""

import re
from collections.abc import Iterator
from enum import StrEnum

from equipoise.kernel.outline import Entry

LONGEST = 160
"""A longer line is not a heading."""


class SectionKind(StrEnum):
    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"
    OTHER = "other"


_CLEAR = (SectionKind.INCLUSION, SectionKind.EXCLUSION)
_NAME = r"(?:Inclusion|Exclusion|INCLUSION|EXCLUSION)[sS]?"
_CRITERIA = r"(?:[ \t_]+(?:criteri|Criteri|CRITERI)\w*)"
_LEAD = r"(?:(?:Key|Main|Major|Study|Subject|Patient)[ \t])?"
_TAIL = r"(?:[ \t]*\([^()\r\n]{1,60}\)|[ \t](?:for|of|at)[ \t][^:.\r\n]{1,60})?"
_CHARACTERISTICS = (
    r"(?:DISEASE|PATIENTS?|POPULATION)\ CHARACTERISTICS|PRIOR(?:\ ?/\ ?|\ )(?:CONCURRENT|CURRENT)\ THERAPY"
    r"|PROTOCOL\ ENTRY\ CRITERIA|--[A-Z][A-Za-z/ ]{3,40}--"
)
"""Headings of the National Cancer Institute, which writes exclusions as "No ..." and has no section for them."""

_BREAKS = re.compile(
    rf"""
    ^[ \t]*\W{{0,4}}(?:
        (?:[A-Z][\w/&'-]*(?:[ \t][\w/&'-]+){{0,2}}[ \t])?(?i:inclusion|exclusion){_CRITERIA} | {_NAME}
    ){_TAIL}[ \t]*[:：]
    | ^[ \t]*{_LEAD}{_NAME}{_CRITERIA}(?:\.(?=[ \t])|(?=[ \t]+(?:1[.)]|-[ \t])))
    | (?:{_CHARACTERISTICS})[ \t]*:?
    """,
    re.VERBOSE | re.MULTILINE,
)
_MIDLINE = re.compile(rf"{_NAME}\s+(?:[Cc]riteria|CRITERIA)(?:[ \t]*:|(?=[ \t]+1[.)]))")
_NEUTRAL = re.compile(
    rf"{_CHARACTERISTICS}|(?i:(?:subject\ |patient\ )?(?:withdrawal|remov\w+|discontinuation)\ criteria)", re.VERBOSE
)
_GENERAL = re.compile(r"(?:\w+ )?(?:eligibility|entry|enrol?lment) criteria|eligibility", re.IGNORECASE)
_BOTH = re.compile(r"\binclusions?\b.{1,5}\bexclusions?\b", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?P<non>non[- ]?)?(?P<word>inclusion|exclusion|incl?\b|excl?\b)(?:ary|s)?\.?[ _]criteri", re.IGNORECASE
)
_SHORT = re.compile(
    r"(?:\w+ ){0,3}(?P<non>non[- ]?)?(?P<word>inclusion|exclusion)(?:s|ary [\w ]{1,60})?", re.IGNORECASE
)
_REVERSED = re.compile(
    r"(?:\w+ )?(?:criteria|reasons) (?:for|of) (?P<non>non[- ]?)?(?P<word>inclusion|exclusion)", re.IGNORECASE
)
_PLAIN = re.compile(
    r"(?P<lead>(?:[\w/&'’.()-]+ ){0,5}?)(?P<non>non[- ]?)?(?P<word>inclusion|exclusion)(?:ary|s)?"
    r"(?P<noun> ?criteri\w*)?(?P<tail>(?: ?[(–—-]| (?:for|of|at|in|prior|before|during|determined|specific)\b).*)?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\b(?:appl\w+|may|must|me[et]t?s?|not|any|all|is|are|was|were|has|have|will|see|exists?|with|per)\b|\.$",
    re.IGNORECASE,
)
_LEADS = frozenset({"", "key", "main", "major", "primary", "general", "subject", "patient"})
_EXCLUDES = re.compile(
    r"\b(?:be|are|is) (?:excluded|ineligible)\b|\bnot (?:be )?(?:eligible|enrolled|included)\b"
    r"|\bmust not (?:meet|have|be)\b|\bwill exclude\b",
    re.IGNORECASE,
)
_INCLUDES = re.compile(
    r"\beligible\b|\bto be included\b|\b(?:meet|met|fulfil\w*|satisfy) (?:all )?(?:of )?the following\b", re.IGNORECASE
)


def breaks(text: str) -> Iterator[int]:
    """Where headings begin and end that have more text on their line."""
    for match in _BREAKS.finditer(text):
        yield from match.span()
    yield from (
        place for match in _MIDLINE.finditer(text) if _ends_something(text, match.start()) for place in match.span()
    )


def _ends_something(text: str, place: int) -> bool:
    """Whether enough stands before on the line for a heading to begin here, not to go on ("Subject Inclusion ...")."""
    before = text[max(text.rfind("\n", 0, place), place - 80, 0) : place].strip()
    return before[-1:] in {*".;)]0123456789"} or before.count(" ") > 2


def kinds(entries: tuple[Entry, ...]) -> list[SectionKind | None]:
    """For each entry the kind of section it heads, or None. A sentence heads one only where no plain heading does."""
    named = [_named(entry) for entry in entries]
    known = {kind for kind in named if kind}
    found: list[SectionKind | None] = []
    current: SectionKind | None = None
    for entry, kind in zip(entries, named, strict=True):
        found.append(_repeated(entry, kind, current) or _neutral(entry, known, current) or _told(entry, known, current))
        current = found[-1] or current
    return found


def _repeated(entry: Entry, kind: SectionKind | None, current: SectionKind | None) -> SectionKind | None:
    """A sentence naming the section it stands in introduces its list, and is no heading."""
    return None if kind is current and _SENTENCE.search(_words(entry)) else kind


def _words(entry: Entry) -> str:
    return entry.text.rstrip(" :：.")


def _announces(entry: Entry) -> bool:
    return entry.text.endswith((":", "：")) and not entry.marker


def _named(entry: Entry) -> SectionKind | None:
    words = _words(entry)
    if len(words) > LONGEST:
        return None
    if _announces(entry):
        if _BOTH.search(words):
            return SectionKind.OTHER
        match = _NAMED.search(words) or _SHORT.fullmatch(words) or _REVERSED.fullmatch(words)
    else:
        match = _plain(words, marked=bool(entry.marker))
    return _of(match) if match else None


def _of(match: re.Match[str]) -> SectionKind:
    excludes = match["non"] or match["word"].lower().startswith("ex")
    return SectionKind.EXCLUSION if excludes else SectionKind.INCLUSION


def _plain(words: str, *, marked: bool) -> re.Match[str] | None:
    """A heading without a colon, or with a bullet, must be nothing but a heading."""
    match = _PLAIN.fullmatch(words)
    if match is None or _BOTH.search(words):
        return None
    lead, tail = match["lead"].strip().lower(), match["tail"] or ""
    if marked or not match["noun"]:
        return match if lead in _LEADS and not tail and (match["noun"] or not lead) else None
    return None if _SENTENCE.search(lead) or _SENTENCE.search(tail) else match


def _neutral(entry: Entry, known: set[SectionKind], current: SectionKind | None) -> SectionKind | None:
    words = _words(entry)
    if current in _CLEAR:
        return None
    if _GENERAL.fullmatch(words):
        return SectionKind.INCLUSION if known == {SectionKind.EXCLUSION} else SectionKind.OTHER
    return SectionKind.OTHER if _NEUTRAL.fullmatch(words) else None


def _told(entry: Entry, known: set[SectionKind], current: SectionKind | None) -> SectionKind | None:
    """A sentence such as "Patients will be excluded if any of these holds:"."""
    if not _announces(entry) or len(entry.text) > LONGEST:
        return None
    if _EXCLUDES.search(entry.text):
        return None if SectionKind.EXCLUSION in {*known, current} else SectionKind.EXCLUSION
    tells = current not in _CLEAR and SectionKind.INCLUSION not in known and _INCLUDES.search(entry.text)
    return SectionKind.INCLUSION if tells else None
