"""What only a person can say: consent, willingness, contraception, plans, judgement."""

import re

import msgspec

from equipoise.eligibility.expression import Topic


class Asked(msgspec.Struct, frozen=True):
    start: int
    end: int
    topic: Topic
    question: str


_REST = r"[^.;()\x00]*"
_PATTERNS = (
    (
        Topic.CONSENT,
        "Are you able and willing to give informed consent?",
        rf"(?:(?:is|are|be|being|been|has|have|must|should|shall|will|to|and)\s)*(?:(?:able|willing|capable|capacity|ability|willingness|competent|provi[ds]\w+|giv\w+|sign\w*|obtain\w*|understand\w*)[^.;()]{{0,110}}?\s)?"
        rf"(?:(?:voluntar\w+|signed|written|dated|personally|informed|oral|verbal|parental|proxy|the|an?|and|their|his|her|or)[,\s]+)*(?:informed\s?(?:\w+\s)?consent|\bconsent\b|\bassent\b){_REST}",
    ),
    (
        Topic.CONTRACEPTION,
        "Are you ready to follow the study's rules on contraception?",
        rf"(?:(?:must|should|agree\w*|willing|use|using|practi[cs]\w+|employ\w*|be|to|not|able|adequate|effective|highly|acceptable|reliable|appropriate|medically|an?|two|methods?|forms?|of|do|does|who|are|is|unwilling|and|during|refus\w+)\s)*"
        rf"(?:contracepti\w*|birth[- ]control|barrier\smethods?|abstinen\w+|surgically\ssteril\w+){_REST}",
    ),
    (
        Topic.JUDGEMENT,
        "Does the study doctor find that this is so?",
        r"(?:,\s?)?(?:which\s|that\s|who\s)?(?:(?:in|at|by|per|based\son|according\sto|as\sdetermined\sby|as\sjudged\sby|judged\sby|deemed\sby|considered\sby|determined\sby|assessed\sby)\s)?"
        r"(?:the\s)?(?:opinion|judge?ment|discretion|view|assessment|determination)?(?:\sof)?\s?(?:the\s)?(?:study\s|principal\s|treating\s|site\s|local\s|medical\s)*(?:investigator|sponsor|physician|clinician|doctor|medical\smonitor)s?(?:'s?)?(?:\s(?:or\s)?(?:sponsor|designee|medical\smonitor))*"
        r"(?:\s(?:opinion|judge?ment|discretion|assessment|determination|believes|feels|considers|deems|thinks))?(?:,)?"
        r"(?:\s?(?:would|could|might|may|will|to\s(?:be|interfere|pose|place|compromise|put|make))\s[^.;()\x00]*)?",
    ),
    (
        Topic.WILLINGNESS,
        "",
        rf"(?:(?:is|are|be|being|must|should|subject|patient|participant|and|have|has|the)\s)*\b(?:un)?(?:willing(?:ness)?|able|ability|inability|agree[sd]?|commit\w*|likely|cooperat\w+|compl(?:y|iance|iant)|availab\w+)\b{_REST}(?:comply|complian\w+|follow\w*|attend\w*|visit\w*|procedure\w*|protocol|schedule|participat\w+|complet\w+|adher\w+|cooperat\w+|return\w*|swallow\w*|communicat\w+|understand\w*|read|speak|refrain\w*|abstain\w*){_REST}",
    ),
    (
        Topic.WILLINGNESS,
        "",
        rf"\b(?:un)?(?:willing(?:ness)?|able|ability|agree[sd]?)\s(?:and\s(?:able|willing)\s)?to\b{_REST}",
    ),
    (
        Topic.PLAN,
        "",
        rf"\b(?:plan(?:s|ned|ning)?|intend(?:s|ing)?|intent(?:ion|ions)?|wish(?:es|ing)?|scheduled|anticipat\w+|expect(?:s|ed|ing)?)\s(?:to|on|for|of|surger\w+|elective|pregnan\w+|treatment|use|procedure)\b{_REST}",
    ),
)
_COMPILED = tuple((topic, question, re.compile(pattern, re.IGNORECASE)) for topic, question, pattern in _PATTERNS)
_CUES = {
    Topic.CONSENT: ("consent", "assent"),
    Topic.CONTRACEPTION: ("contracept", "birth", "abstinen", "barrier", "surgically"),
    Topic.JUDGEMENT: ("investigator", "physician", "clinician", "doctor", "sponsor", "medical monitor"),
    Topic.WILLINGNESS: ("willing", "able", "ably", "abilit", "agree", "commit", "compl", "cooperat", "availab"),
    Topic.PLAN: ("plan", "intend", "intent", "wish", "schedul", "anticipat", "expect"),
}
_JUDGES = re.compile(
    r"opinion|judg|discretion|deem|determin|consider|believ|feel|assess|view|per\s|think|according|would|could|may\b|might",
    re.IGNORECASE,
)


def find_asks(line: str) -> list[Asked]:
    """All that must be asked, from the left, none overlapping."""
    found: list[Asked] = []
    small = line.casefold()
    for topic, question, pattern in _COMPILED:
        if not _has_any(small, _CUES[topic]):
            continue
        for match in pattern.finditer(line):
            start, end = _trimmed(line, match.start(), match.end())
            if start >= end or any(start < other.end and other.start < end for other in found):
                continue
            if topic is Topic.JUDGEMENT and not _JUDGES.search(match[0]):
                continue
            found.append(Asked(start, end, topic, question))
    return sorted(found, key=lambda one: one.start)


def _has_any(small: str, cues: tuple[str, ...]) -> bool:
    for cue in cues:  # noqa: SIM110 (a generator costs more than the look itself)
        if cue in small:
            return True
    return False


def _trimmed(line: str, start: int, end: int) -> tuple[int, int]:
    words = line[start:end]
    return start + len(words) - len(words.lstrip(" ,")), end - (len(words) - len(words.rstrip(" ,")))
