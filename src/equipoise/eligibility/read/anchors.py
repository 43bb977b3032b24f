"""The moment a time is counted from: one of the study, or one of the person's own."""

import re

from equipoise.eligibility.expression import Anchor

_NAMED = (
    (Anchor.CONSENT, r"consent|\bicf\b|assent"),
    (Anchor.RANDOMISATION, r"randomi[sz]"),
    (
        Anchor.FIRST_DOSE,
        r"(?:first|1st)\s(?:\w+\s)?(?:dos(?:e|es|ing)|administration|infusion|injection|treatment|study\s(?:drug|medication|treatment|vaccin\w*|dose)|vaccination|immuni[sz]ation|day\sof)"
        r"|(?:study|trial|investigational|protocol|test|experimental)\s(?:drug|medication|treatment|therapy|product|vaccin|agent|intervention|dos|injection|infusion|procedure)"
        r"|day\s?1\b|day\s1|cycle\s1\b|\bc1d1\b|\bdos(?:e|ing)\b|imp\b|ip\b",
    ),
    (Anchor.SCREENING, r"screen|scrn\b|sv\b"),
    (Anchor.BASELINE, r"baseline|(?:first|initial|study|inclusion|enrol\w+|the)\svisit|day\s?0|week\s?0"),
    (
        Anchor.ENROLMENT,
        r"(?:start|beginning|commencement|initiation|onset|entry|entering)\s(?:of\s|in\s|into\s|on\s)?(?:the\s|this\s)?(?:clinical\s|present\s|current\s)?(?:study|trial)\b",
    ),
    (
        Anchor.FIRST_DOSE,
        r"(?:drug|medication|treatment|therapy|product|vaccin|agent|intervention)|initiation|administration|start\sof",
    ),
    (
        Anchor.ENROLMENT,
        r"enrol|enrl\b|entry|entering|registration|inclusion|recruit|study\sstart|start\sof\s(?:the\s)?(?:study|trial)|beginning|participation|joining|study|trial",
    ),
)
_OWN = re.compile(
    r"\b(?:run-?\s?in|complet\w+|last|final|end(?:ing)?\b|finish\w*|stopp\w+|discontinu\w+|cessation|previous|prior|surgery|surgical|platinum|adjuvant|first-line|induction|maintenance|symptom\w*|onset|diagnos\w+|chemotherapy|radio\w*therapy|transplant\w*|progression|injury|discharge|delivery|birth)\b",
    re.IGNORECASE,
)
"""A moment of the person's own, not of the study."""
_ANCHORS = [(anchor, re.compile(rf"\b(?:{pattern})", re.IGNORECASE)) for anchor, pattern in _NAMED]
_WEAK = len(_NAMED) - 2
"""From here on, words that name a moment of the study only where nothing else is named."""
_WHAT_FOLLOWS = re.compile(r"\s?(?:the\s)?(?P<what>[^,;.()\x00\x02]{1,80})")
_ENDS = re.compile(r"\s(?:or|and|unless|except|with|that|which|who|are|is|will|must|for|if|in|as|due)\b", re.IGNORECASE)


def anchor_at(line: str, place: int) -> tuple[Anchor, str, int]:
    """The moment named after "before"; the words themselves where they name no moment of the study."""
    match = _WHAT_FOLLOWS.match(line, place)
    if match is None:
        return Anchor.INDEX, "", place
    words = match["what"]
    cut = _ENDS.search(words)
    words = (words[: cut.start()] if cut else words).rstrip()
    named = [
        (found.start(), rank, anchor, found.end())
        for rank, (anchor, pattern) in enumerate(_ANCHORS)
        if (found := pattern.search(words))
    ]
    end = match.start("what") + len(words)
    if not named or (min(one[1] for one in named) >= _WEAK and _OWN.search(words)):
        return Anchor.INDEX, words.strip(), end
    return min(named, key=lambda one: one[1])[2], "", end
