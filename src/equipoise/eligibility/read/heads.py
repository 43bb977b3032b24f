"""What the line above a list says of each line below it: a time, a measure or an age, or that none of them may be."""

import re
from typing import Literal

import msgspec

from equipoise.eligibility.expression import Anchor
from equipoise.eligibility.measures import find_measures, measure_for
from equipoise.eligibility.read.events import is_negated
from equipoise.eligibility.read.times import find_times

_AGE = re.compile(r"\W*ages?(?:\s(?:range|limits?|group|requirements?))?\W*", re.IGNORECASE)
_LIMIT = re.compile(
    r"\W*(?:[<>≥≤=\d]|at\s(?:least|most)|no(?:t)?\s(?:more|less|greater|lower|older|younger)|(?:greater|less|more|higher|lower|older|younger)\sthan"
    r"|over\b|under\b|above\b|below\b|between|up\sto)",
    re.IGNORECASE,
)
"""How a line begins that is a limit and names nothing."""
_BARRED = re.compile(
    r"\b(?:(?:must|should|may|can|shall|will)\s?not|cannot|(?:is|are|be|was|will)\s(?:not\s(?:to\s)?(?:be\s)?(?:eligible|allowed|permitted|included|acceptable|enrol\w+|considered|entered)|excluded|ineligible|prohibited|exclusionary))\b",
    re.IGNORECASE,
)
_PLAIN_NO = re.compile(
    r"\W*(?:none|no|absence|lack|without|neither|(?:\w+\s){0,2}(?:who\s)?(?:do|does)\snot\shave)\b", re.IGNORECASE
)
_UNMET = re.compile(
    r"\b(?:do|does|did)\snot\s(?:meet|fulfil|satisfy|have\sall)|\bnot\s(?:meet|fulfil|satisf)\w*\b", re.IGNORECASE
)
_NO_DENIAL = re.compile(
    r"\bnot\s(?:limited|only|necessarily)\b|\bnot?\s(?:more|less|fewer)\sthan\b|\bunless\b|\bexcept", re.IGNORECASE
)
Denial = Literal["", "any", "all"]


class Above(msgspec.Struct, frozen=True):
    """``measure``: the name of what the lines below limit; ``time``: when what they name was."""

    measure: str = ""
    time: str = ""

    def said_of(self, line: str) -> tuple[str, str]:
        """The words to read before this line, and after it."""
        if self.measure and _LIMIT.match(line) and not find_measures(line):
            return self.measure + " ", ""
        return "", " " + self.time if self.time and not find_times(line) else ""


NOTHING = Above()


def above_list(line: str, above: Above) -> Above:
    """``above`` is what was said further up, which holds until something else is."""
    words = line.strip().rstrip(" :.;,-")
    if _AGE.fullmatch(words) or measure_for(words) is not None:
        return Above(measure=words, time=above.time)
    times = find_times(line)
    if len(times) != 1 or times[0].role != "within" or times[0].window.anchor is Anchor.STUDY:
        return Above(time=above.time) if not times else NOTHING
    return Above(time=line[times[0].start : times[0].end].strip(" :,;"))


def denied(line: str, *, exclude: bool) -> Denial:
    """Whether the line says that none of those below may be ("any"), or that they are not all met ("all").

    Among what shuts out, "must not have" says no more than that it does.
    """
    if _NO_DENIAL.search(line):
        return ""
    if _BARRED.search(line):
        return "" if exclude else "any"
    if _UNMET.search(line):
        return "all"
    if exclude and not _PLAIN_NO.match(line):
        return ""
    return "any" if is_negated(line, len(line)) else ""
