"""List items to criteria: a line and those below it, joined as the text says or, where it does not, as it must mean."""

import re
from collections.abc import Iterator
from typing import Literal, Protocol

import msgspec

from equipoise.eligibility.expression import (
    And,
    AtLeast,
    AtMost,
    Criterion,
    Domain,
    Duration,
    Except,
    Exists,
    Expr,
    Not,
    Opaque,
    Or,
    Parse,
    Polarity,
    Span,
)
from equipoise.eligibility.read.heads import NOTHING, Above, above_list, denied
from equipoise.eligibility.read.level import level
from equipoise.eligibility.read.line import read_line
from equipoise.eligibility.read.places import moved
from equipoise.eligibility.tree import atoms
from equipoise.kernel.outline import Item

_NAMES = "one two three four five six seven eight nine ten"
_COUNTS = {word: place for place, word in enumerate(_NAMES.split(), 1)}
_COUNT = r"\d{1,2}|" + "|".join(_COUNTS)
_AT_LEAST = re.compile(
    rf"(?:at\sleast|minimum\sof|≥)\s(?P<count>{_COUNT})\b(?:\s\(\d+\))?(?:\s\w+){{0,3}}?\s?(?:of|from|:|\Z)"
    rf"|\b(?P<more>{_COUNT})\sor\smore\s(?:\w+\s){{0,3}}?of",
    re.IGNORECASE,
)
_AT_MOST = re.compile(rf"(?:at\smost|no\smore\sthan)\s(?P<count>{_COUNT})\b(?:\s\w+){{0,3}}?\s?of", re.IGNORECASE)
_ANY = re.compile(
    r"\b(?:any|either|one|some)\b(?:\s(?:or\smore|one))?(?:\s\(\d\))?(?:\s\w+){0,3}?\s(?:of|below)\b|\bany\s(?:\w+\s){0,3}following|\bor\s?:?\s*\Z|\beither\s?:?\s*\Z",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\ball\b(?:\s\w+){0,2}?\s(?:of\b|following|below)|\beach\sof|\bboth\b|\band\s?:?\s*\Z", re.IGNORECASE
)
_OF_KIND = re.compile(r"\b(?:includ\w+|such\sas|history\sof|e\.g\.?|for\sexample|like)\b[^.]*\Z", re.IGNORECASE)
_DEFINED = re.compile(r"\b(?:defined|definition|as\sevidenced|as\sdemonstrated|as\sfollows|i\.e\.)\b", re.IGNORECASE)
_EXCEPT = re.compile(
    r"\b(?:except(?:ions?)?(?:\s\w+){0,3}|unless|other\sthan|with\sthe\sexception\sof)(?:\s\w+){0,4}\s*:?\s*\Z",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(
    r"(?:\b(?:(?:with|have|has|had|having|meet\w*|fulfil\w*|satisf\w+|by|of|for|as|must|are|is|be|who|the|at\sleast|any|all|one|two|three|four|either|each|both|or|more|"
    r"none|\d{1,2}|criteria|conditions?|defined|listed|below|following|includ\w+|such|presence|history|patients?|subjects?|participants?)\b\W*)+):?\W*\Z",
    re.IGNORECASE,
)
_TAIL_OR = re.compile(r"(?:,|;|\s)\s?(?:and/)?or\s*[.;,]?\s*\Z", re.IGNORECASE)
_TAIL_AND = re.compile(r"(?:,|;|\s)\s?and\s*[.;,]?\s*\Z", re.IGNORECASE)
_ENDED = re.compile(r"(?:[.;,:]|\b(?:and|or))\s*\Z", re.IGNORECASE)
_RUN = re.compile(r" +|[^ ]+")
_SPACES = re.compile(r" {2,}")
Way = Literal["and", "or"]


class Reader(Protocol):
    def __call__(self, line: str, *, exclude: bool) -> Expr | None: ...


class Source:
    """The criteria text, and the same with its writing made even, place for place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.level = level(text)

    def line(self, item: Item) -> tuple[str, int]:
        """The words of an item itself, without marker, and where they begin."""
        words = self.level[item.start : item.end]
        lead = len(item.marker) if not item.marker else _marker_length(self.text[item.start : item.end], item.marker)
        return words[lead:], item.start + lead


def _marker_length(words: str, marker: str) -> int:
    """The marker as it stands, which may hold backslashes the shown one does not."""
    place = shown = 0
    while place < len(words) and shown < len(marker):
        shown += words[place] == marker[shown]
        place += 1
    return place


class _Joint(msgspec.Struct, frozen=True):
    """How the items below a line are joined. ``stated``: the text says so."""

    way: Way
    stated: bool
    at_least: int = 0
    at_most: int | None = None


def criteria_of(
    source: Source, item: Item, polarity: Polarity, *, name: str, scope: str, heading: str = "", above: Above = NOTHING
) -> Iterator[Criterion]:
    exclude = polarity is Polarity.EXCLUDE
    if item.children and _is_heading(source, item, exclude=exclude):
        over = " ".join(part for part in (heading, item.text) if part)
        told = above_list(source.line(item)[0], above)
        for place, child in enumerate(item.children, 1):
            named = f"{name}.{place}"
            yield from criteria_of(source, child, polarity, name=named, scope=scope, heading=over, above=told)
        return
    expr = _read(source, item, above, exclude=exclude)
    if expr is None:
        return
    words, start = source.line(item)
    span = Span(start + len(words) - len(words.lstrip()), _end(item))
    yield Criterion(name, polarity, _text(item), span, parse_of(expr), expr, scope=scope, heading=heading)


def parse_of(expr: Expr) -> Parse:
    """How much of what it was read from an expression carries."""
    opaque = [isinstance(atom, Opaque) for atom in atoms(expr)]
    if not any(opaque):
        return Parse.FULL
    return Parse.OPAQUE if all(opaque) else Parse.PARTIAL


def _is_heading(source: Source, item: Item, *, exclude: bool) -> bool:
    """Whether a line only leads in what stands below it, joined as its section joins."""
    line, _ = source.line(item)
    joint = _joint(item, exclude=exclude)
    if denied(line, exclude=exclude):
        return False
    if joint.at_least or joint.at_most is not None or joint.way != ("or" if exclude else "and"):
        return False
    own = _lead(line, exclude=exclude)
    names = above_list(line, NOTHING).measure != ""
    return own is None or (isinstance(own, Opaque) and (names or _leads_in(item.text)))


def _leads_in(text: str) -> bool:
    return (
        text.rstrip().endswith((":", "："))
        or re.search(r"\b(?:following|below|defined|follows)\b", text, re.IGNORECASE) is not None
    )


def _read(source: Source, item: Item, above: Above = NOTHING, *, exclude: bool) -> Expr | None:
    line, start = source.line(item)
    if not item.children:
        return _placed(read_line, line, start, above.said_of(line), exclude=exclude)
    told = above_list(line, above)
    below = [one for child in item.children if (one := _read(source, child, told, exclude=exclude)) is not None]
    own = _placed(_lead, line, start, exclude=exclude)
    denial = denied(line, exclude=exclude) if own is None else ""
    return _joined(own, below, _joint(item, exclude=exclude), line, denial)


def _placed(reader: Reader, line: str, start: int, said: tuple[str, str] = ("", ""), *, exclude: bool) -> Expr | None:
    """Read with each run of space made one, between what the line above says of it; every span is put back to its
    place in the source."""
    if "  " not in line and not any(said):
        read = reader(line, exclude=exclude)
        return None if read is None else moved(read, start.__add__)
    before, after = said
    words = line.rstrip(" .;,") if after else line
    kept: list[int] = []
    for run in _RUN.finditer(words):
        kept.extend(range(run.start(), run.start() + 1 if run[0][0] == " " else run.end()))
    first = len(words) - len(words.lstrip())
    ends = [*(first for _ in before), *kept, *(len(words) for _ in after), len(words)]
    read = reader(before + _SPACES.sub(" ", words) + after, exclude=exclude)
    return None if read is None else moved(read, lambda at: start + ends[at])


def _lead(line: str, *, exclude: bool) -> Expr | None:
    """The line above a list, without the words that only announce it. Where those alone are left, nothing."""
    cut = _EXCEPT.search(line) or _FOLLOWING.search(line)
    read = read_line(line[: cut.start()] if cut else line, exclude=exclude)
    return None if _leads_in(line) and _is_unknown(read) else read


def _is_unknown(expr: Expr | None) -> bool:
    """Words of which nothing in particular was made."""
    if isinstance(expr, And | Or):
        return all(_is_unknown(one) for one in expr.of)
    if isinstance(expr, Except):
        return _is_unknown(expr.base) and _is_unknown(expr.allowed)
    bare = expr.of if isinstance(expr, Not) else expr
    if isinstance(bare, Exists | Duration) and bare.pattern.domain is Domain.ANY:
        return True
    return bare is None or isinstance(bare, Opaque) or bare.rule == "event.unknown"


def _joint(item: Item, *, exclude: bool) -> _Joint:
    text = item.text
    least, most = _AT_LEAST.search(text), _AT_MOST.search(text)
    if most:
        return _Joint("or", stated=True, at_most=_number(most["count"]))
    if least and _number(least["count"] or least["more"]) > 1:
        return _Joint("or", stated=True, at_least=_number(least["count"] or least["more"]))
    if _ALL.search(text):
        return _Joint("and", stated=True)
    if least or _ANY.search(text):
        return _Joint("or", stated=True)
    tails = [child.text for child in item.children[:-1]]
    if any(_TAIL_OR.search(tail) for tail in tails):
        return _Joint("or", stated=True)
    if any(_TAIL_AND.search(tail) for tail in tails):
        return _Joint("and", stated=True)
    return _Joint("or" if exclude or _OF_KIND.search(text) else "and", stated=False)


def _joined(own: Expr | None, below: list[Expr], joint: _Joint, line: str, denial: str) -> Expr | None:
    if not below:
        return own
    parts = tuple(below)
    list_: Expr
    if denial:
        whole = And(of=parts, rule="items.and") if denial == "all" else Or(of=parts, rule="items.or")
        return Not(of=parts[0] if len(parts) == 1 else whole, rule="items.none")
    if joint.at_most is not None:
        list_ = AtMost(count=joint.at_most, of=parts, rule="items.at_most")
    elif joint.at_least:
        list_ = AtLeast(count=joint.at_least, of=parts, rule="items.at_least")
    elif len(parts) == 1:
        list_ = parts[0]
    else:
        made = Or if joint.way == "or" else And
        list_ = made(of=parts, inferred=not joint.stated, rule=f"items.{joint.way}")
    if own is None or (isinstance(own, Exists) and _DEFINED.search(line)):
        return list_
    if _EXCEPT.search(line):
        return Except(base=own, allowed=list_, rule="items.except")
    if _OF_KIND.search(line) and not joint.stated:
        return Or(of=(own, list_), inferred=True, rule="items.kinds")
    return And(of=(own, list_), inferred=True, rule="items.with")


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _COUNTS[text.casefold()]


def _end(item: Item) -> int:
    while item.children:
        item = item.children[-1]
    return item.end


def _text(item: Item) -> str:
    """Items of a list below it apart, as they stood on lines of their own."""
    *before, last = ["", *(_text(child) for child in item.children)]
    apart = (one if _ENDED.search(one) else f"{one};" for one in before[1:])
    return " ".join(one for one in (item.text, *apart, last) if one)
