"""For whom a line is: women, men, those who could become pregnant, the healthy."""

import re
from collections.abc import Iterator

import msgspec

from equipoise.eligibility.expression import And, Ask, Expr, Sex, Span, Topic
from equipoise.eligibility.read.piece import Piece
from equipoise.eligibility.read.scanning import mentions

_CHILDBEARING = re.compile(
    r"(?:\b(?:wom[ae]n|females?)\b[^.;,()]{0,25}?\b(?:of|with|in)\s)?\b(?:child[- ]?bearing|reproductive)\s(?:potential|age|capacity|years)\b(?:\s?\(WOCBP\))?|\bWOCBP\b"
    r"|\bfertile\s(?:wom[ae]n|females?|patients?)\b",
    re.IGNORECASE,
)
_LEAD = (
    r"\W*(?:(?:healthy|adult|eligible|ambulatory|hospitali[sz]ed|non-?pregnant|post-?menopausal|pre-?menopausal|elderly|young|for|all|any|only|"
    r"sexually\sactive|sex|gender|is|are|be|must\sbe|patients?|subjects?|participants?|the|a)\b[\s:-]*)*"
)
_FEMALE = re.compile(_LEAD + r"(?P<sex>females?|wom[ae]n|girls?)\b", re.IGNORECASE)
_MALE = re.compile(_LEAD + r"(?P<sex>males?|m[ae]n|boys?)\b", re.IGNORECASE)
_WOMEN = re.compile(r"\b(?:females?|wom[ae]n|girls?|WOCBP)\b", re.IGNORECASE)
_MEN = re.compile(r"\b(?:males?|m[ae]n|boys?)\b", re.IGNORECASE)
_ASKED_OF = re.compile(
    r"\W*(?:patients?|subjects?|participants?|volunteers?)?\W*(?:(?:who\s(?:are|is)\s[^.;]{0,60}?)?\b(?:must|should|will|need|agree\w*|are\srequired|have\sto|shall)\b|[^.;]{0,40}\bpartners?\b)",
    re.IGNORECASE,
)
_PREGNANCY = re.compile(r"pregnan|contracep|breast-?feed|lactat|nursing|birth\scontrol|sperm|steril", re.IGNORECASE)
_HEALTHY = re.compile(
    r"\W*(?:(?:normal|overtly)\s)?\bhealthy\b[\s,]*(?:(?:adult|male|female|men|women|and|or|non-?smoking|human|elderly|young|as\sdetermined)\b[\s,/]*)*"
    r"(?:volunteers?|subjects?|participants?|individuals?|persons?|adults?)?",
    re.IGNORECASE,
)


class Group(msgspec.Struct, frozen=True):
    """A group a line begins with or is about. ``required``: one must be of it; ``alone``: the line may say no more."""

    start: int
    end: int
    expr: Expr | None
    required: bool = False
    alone: bool = False


def find_group(line: str, *, exclude: bool) -> Group | None:
    able = _CHILDBEARING.search(line) if mentions(line, "child", "reproduct", "wocbp", "fertile") else None
    if able is not None:
        return _able(line, able)
    if not mentions(line, "male", "man", "men", "girl", "boy"):
        return None
    for pattern, other, sex in ((_FEMALE, _MEN, "female"), (_MALE, _WOMEN, "male")):
        match = pattern.match(line)
        if match is not None:
            return _of_sex(line, match, other, "female" if sex == "female" else "male", exclude=exclude)
    return None


def _able(line: str, match: re.Match[str]) -> Group:
    """A line about men and women both is not for these women only."""
    span = (Span(match.start(), match.end()),)
    if _MEN.search(line):
        return Group(match.start(), match.end(), None)
    able = Ask(question="Could you become pregnant?", topic=Topic.CHILDBEARING, spans=span, rule="guard.childbearing")
    women = And(of=(Sex(sex="female", spans=span, rule="guard.sex"), able), rule="guard.childbearing")
    return Group(match.start(), match.end(), women, alone=True)


def _of_sex(line: str, match: re.Match[str], other: re.Pattern[str], sex: str, *, exclude: bool) -> Group:
    start, end = match.span("sex")
    if other.search(line):
        return Group(start, end, None)
    only = Sex(sex="female" if sex == "female" else "male", spans=(Span(start, end),), rule="sex")
    asked_of = _ASKED_OF.match(line, end) or _PREGNANCY.search(line)
    return Group(start, end, None if exclude and asked_of else only, required=not asked_of, alone=True)


def find_healthy(line: str, *, exclude: bool) -> Iterator[Piece]:
    match = None if exclude else _HEALTHY.match(line)
    if match is None:
        return
    question = "Are you in good health, as far as you know?"
    start = match.start() + len(match[0]) - len(match[0].lstrip(" -*\x00"))
    spans = (Span(start, match.end()),)
    yield Piece(start, match.end(), Ask(question=question, topic=Topic.JUDGEMENT, spans=spans, rule="ask.healthy"))
