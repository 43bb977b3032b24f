"""How many: "at least two", "no more than 1 prior", "0-1", before what is counted."""

import re
from collections.abc import Iterator

from equipoise.eligibility.read.scanning import mentions

COUNT = re.compile(
    r"(?:(?P<least>at\sleast|minimum\sof|≥|>\s?=|a\stotal\sof)|(?P<more>more\sthan|greater\sthan|>|over)"
    r"|(?P<most>no\smore\sthan|not\smore\sthan|up\sto|at\smost|maximum\s(?:of\s)?|≤|<\s?=)|(?P<fewer>fewer\sthan|less\sthan|<)|(?P<bare>(?<![\w-])(?:(?:0|zero|none)\s?(?:-|to|or)\s?(?P<upto>))?(?=\w+(?:\s\(\d+\))?\s(?:or\s(?:more|fewer|less)\s)?(?:prior|previous|separate|different|distinct|documented|lines?|episodes?|relapses?))))\s?"
    r"\b(?P<count>\d{1,2}|one|two|three|four|five|six)\b(?:\s?\(\d+\))?(?P<plus>\s?\+|\sor\smore)?(?P<under>\sor\s(?:fewer|less))?"
    r"(?:\s(?:prior|previous|previously|documented|separate|different|distinct|systemic|confirmed|additional|lines?|episodes?|of|or|relapses?|treatments?|(?:treatment\s)?regimens?|therap(?:y|ies)))*\s?\Z",
    re.IGNORECASE,
)
MOST_COUNTED = 12
"""Events: a larger number is one of spots, doses or beats."""
_LEADING = re.compile(
    r"(?:\d{1,2}|one|two|three|four|five|six)\b(?:\s?\(\d+\))?(?:\s?\+|\sor\s(?:more|fewer|less))?\s(?!(?:mg|mcg|k?g|[mdc]?l|days?|weeks?|months?|years?|hours?|%)\b)",
    re.IGNORECASE,
)
NUMBER_CUE = re.compile(r"\d|\b(?:one|two|three|four|five|six)\b", re.IGNORECASE)
_NUMBERS = {word: place for place, word in enumerate(("one", "two", "three", "four", "five", "six"), 1)}
_ANY = re.compile(
    r"(?:\b(?P<least>at\sleast|minimum\sof|a\stotal\sof)|(?P<more>\bmore\sthan|\bgreater\sthan|>(?!\s?[=/]))|(?P<ge>≥|>\s?/?\s?=)"
    r"|\b(?P<most>no\smore\sthan|not\smore\sthan|at\smost|maximum\sof)|(?P<le>≤|<\s?/?\s?=)|(?P<fewer>\bfewer\sthan|<(?!\s?[=/])))\s?"
    r"(?P<count>\d{1,2}|one|two|three|four|five|six)\b(?![.,/-]?\d|\s?%|\s?\()\s"
    r"(?P<what>(?!(?:of|or|and|to|in|on|at|mg|mcg|k?g|[mdc]?l|days?|weeks?|months?|years?|hours?|minutes?|seconds?|times?|points?|fold|x|mm|cm|units?|standard|deviations?|percent|degrees?|consecutive|half|other|the|per|doses?|log\w*|beats?|drinks?|copies|cells|episodes?\sof|hrs?|min|letters|lines|grade)\b)"
    r"(?:[a-z-]+\s(?!of\b)){0,3}?(?:[a-z-]{3,}(?:s|es|ae)))\b(?!-)(?=\s?(?:[,;.)\x00\x02]|\Z|\b(?:of|in|on|at|with|within|during|per|that|which|who|for|or|and|from|over|before|prior|by|as|are|must|is)\b))",
    re.IGNORECASE,
)
"""A limit on the number of something that no dictionary knows."""
_ANY_CUES = (
    "at least",
    "more than",
    "greater than",
    "at most",
    "fewer",
    "minimum",
    "maximum",
    "total",
    "≥",
    "≤",
    "<",
    ">",
)


def counts_of(match: re.Match[str]) -> tuple[int | None, int | None]:
    """At least, at most; a bare number is the least there must be."""
    written = match["count"].casefold()
    count = _NUMBERS[written] if written in _NUMBERS else int(written)
    if match["most"] or match["under"] or match["upto"] is not None:
        return None, count
    if match["fewer"]:
        return None, max(count - 1, 0)
    return (count + 1 if match["more"] else count), None


def counted(line: str, since: int, start: int, end: int) -> tuple[int | None, int | None, int]:
    """At least how many, at most how many, and where what is counted begins."""
    number = _LEADING.match(line, start, end)
    if number is None:
        return None, None, start
    match = COUNT.search(line, max(since, number.start() - 30), number.end())
    least, most = counts_of(match) if match else (None, None)
    return (least, most, number.end()) if max(least or 0, most or 0) <= MOST_COUNTED else (None, None, start)


def find_counts(line: str) -> Iterator[tuple[int, int, str, int | None, int | None]]:
    """Where it stands, what is counted, at least how many, and at most how many."""
    for match in _ANY.finditer(line) if mentions(line, *_ANY_CUES) else ():
        written = match["count"].casefold()
        count = _NUMBERS[written] if written in _NUMBERS else int(written)
        if count > MOST_COUNTED:
            continue
        start, end = match.start(), match.end("what")
        if match["most"] or match["le"]:
            yield start, end, match["what"], None, count
        elif match["fewer"]:
            yield start, end, match["what"], None, max(count - 1, 0)
        else:
            yield start, end, match["what"], count + 1 if match["more"] else count, None
