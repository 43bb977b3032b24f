"""What of a line was not read: words that are neither in an atom nor without weight."""

import re
from collections.abc import Iterable

from equipoise.eligibility.read.scanning import mentions

_WORDS = """
a an the of or and to in on at by for with from as is are was were be been being has have had having must should
shall will would may can could does do did not no any all both either each other another such that this these
those which who whom whose their his her its it they he she than then also only patient patients subject
subjects participant participants individual individuals person persons people volunteer volunteers men women
man woman male males female females child children adult adults healthy eligible include included inclusion
exclude excluded exclusion criteria criterion study trial enrolled enrol enroll enrollment enrolment screening
visit baseline time history medical past previous previously prior current currently present presence known
evidence documented diagnosis diagnosed confirmed suspected clinical clinically following followed defined
definition based according per use used using usage user receiving received receive receipt taking taken take
treated treatment treatments therapy therapies medication medications drug drugs administration administered
exposure exposed disease diseases disorder disorders condition conditions illness syndrome infection infections
level levels value values count counts test tests testing result results measured measurement serum plasma blood
concentration range function adequate normal abnormal performance status score scale grade class stage index
least most more less greater equal if when while during within before after until since who's whichever due
because related associated requiring require required requires including includes e.g i.e etc even though
however but so already ever never none without regardless considered one two first second signs sign symptoms
symptom active inactive meeting met meets age aged years year old months need needs up out there absence infants infant neonates newborns toddlers adolescents where type
types form forms group cohort arm part able positive negative obtained now takes follows follow undergoes
undergo underwent undergoing develops experienced shows showing needed suffer suffers suffering stable dose
doses dosage regimen regimens new different same together ongoing demonstrated demonstrate performed through
into between about approximately despite concurrent concurrently concomitant concomitantly last dose latest final
undergone starting start started initiation prescribed given undergoes given being having like well s ii iii period remain remains allowed permitted inclusive inclusively room air cockcroft-gault cockcroft gault mean interval lasting duration patients' subjects' method approximately specified hematopoietic hepatic renal cardiovascular pulmonary biologic endocrine other others predicted note entry registration randomization
randomisation calculated participated participating
"""
LIGHT = frozenset(_WORDS.split())
"""Words that ask nothing by themselves."""
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|\d[\d.,]*%?")
_POINTER = re.compile(
    r"(?<![A-Za-z])(?=[(\[\ddefinbsav])(?:"
    r"\(\s?(?:\d{1,2}\s?\)|(?:day|visit|week|month|v|d|part)\s?-?\d+[^()]{0,12}\)|(?:see\s|refer\sto\s)?\b(?:section|appendix|table|appendices)\s\d[\w.]*\)?)"
    r"|\[\d{1,3}(?:[,-]\s?\d{1,3})*\]|(?:e\.\s?g|i\.\s?e)\b\.?|not\sspecified\b|(?:but\s)?not\slimited\sto\b"
    r"|see\s(?:disease\scharacteristics|patient\scharacteristics|chemotherapy|radiotherapy|surgery|biologic\stherapy|endocrine\stherapy)\b"
    r"|(?:see\s)?(?:section|appendix|appendices)\s\d[\w.]*|see\stable\s\d[\w.]*|(?:day|visit)\s-?\d{1,3}\b|free\s(?:of|from)\b)"
    r"|\A\s*\d{1,2}\.(?=\s)|\b(?:refer\sto\s)?table\s\d[\w.]*",
    re.IGNORECASE,
)
"""Where else to read, and which visit is meant."""
_POINTER_CUES = (
    *("(", "[", ".g", ". g", ".e", ". e", "not ", "see ", "section", "append", "table", "day", "visit", "free "),
    *(f"{digit}." for digit in range(10)),
)
_JOIN = 25
"""Characters between two unread words that are still one stretch."""
_COVER = "\x03"


def left_over(line: str, covered: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of the line with words of weight that nothing covers."""
    found: list[tuple[int, int]] = []
    pointers = [match.span() for match in _POINTER.finditer(line)] if mentions(line, *_POINTER_CUES) else []
    bare = blanked(line, [*covered, *pointers], _COVER)
    for match in _WORD.finditer(bare):
        start, end = match.span()
        if match[0].casefold() in LIGHT or line[end : end + 1].isalpha() or line[start - 1 : start].isalpha():
            continue
        if found and start - found[-1][1] <= _JOIN and _COVER not in bare[found[-1][1] : start]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def blanked(line: str, spans: Iterable[tuple[int, int]], fill: str = "\x00") -> str:
    """These places read as an end of clause; with ``\\x02``, as nothing at all."""
    for start, end in spans:
        line = line[:start] + fill * (end - start) + line[end:]
    return line
