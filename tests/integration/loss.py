"""What a registry JSON record does not say of the XML it was read from; knows nothing of how it was read.

Every text and attribute of the XML claims its own words, code or date in the JSON, and no word answers for two.
"""

import calendar
import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

MONTHS = list(calendar.month_name)
WORDED = {
    "Unknown status": ["UNKNOWN"],
    "Both": ["ALL"],
    "U.S. Fed": ["FED"],
    "Educational/Counseling/Training": ["ECT"],
    "None (Open Label)": ["NONE"],
    "Open Label": ["NONE"],
    "No masking": ["NONE"],
    "Anticipated": ["ESTIMATED"],
    "Estimate": ["ESTIMATED"],
    "Statistical Analysis Plan (SAP)": ["SAP"],
    "Informed Consent Form (ICF)": ["ICF"],
    "Clinical Study Report (CSR)": ["CSR"],
    "1-Sided": ["ONE_SIDED"],
    "2-Sided": ["TWO_SIDED"],
    "Standard Error of the Mean": ["STANDARD_ERROR_OF_MEAN"],
    "Geometric Coefficient of Variation": ["GEOMETRIC_COEFFICIENT"],
    "Accepts Healthy Volunteers": ["true"],
    "Observational [Patient Registry]": ["OBSERVATIONAL", "true"],
}
SENTENCES = {
    "All Principal Investigators ARE": "true",
    "Principal Investigators are NOT": "false",
    "There is NOT an agreement between": "false",
    "There IS an agreement between": "true",
    "The only disclosure restriction on the PI is that the sponsor can review results communications prior to public "
    "release and can embargo communications regarding trial results for a period that is less than or equal to 60 "
    "days. ": "LTE60",
    "The only disclosure restriction on the PI is that the sponsor can review results communications prior to public "
    "release and can embargo communications regarding trial results for a period that is more than 60 days": "GT60",
}
TOLD_AGAIN = (
    "outcome/measure/title",
    "outcome/measure/description",
    "outcome/measure/population",
    "outcome/measure_list/measure/title",
    "outcome/measure_list/measure/description",
    "/location_countries/country",
)
"""Places that say again what stands elsewhere: their words must be found, but not once more."""
UNSAID = (
    *("/hasResults", "/versionHolder", "/#place", "/typeAbbrev", "/filename", "/reportingStatus"),
    *("/typeUnitsAnalyzed", "/stdAges", "/interventionNames", "/organization/class"),
)
"""What a record says that its XML does not: derived, or said a second time."""
SPREAD = ("organSystem", "sourceVocabulary", "assessmentType")
"""What the XML says once for many events."""
DATED = ("_date", "_posted", "_submitted", "_qc", "returned", "submitted")

Claim = tuple[str, ...]
"""The ways a text may be written in the record, the nearest to its own words first."""


def lost(element: Element, found: list[tuple[str, Any]]) -> list[str]:
    """Each text and attribute of the XML that the record does not say as often as the XML does."""
    once, again = said(element)
    held = Counter(token(value) for path, value in found if not path.endswith(UNSAID))
    missing = [claim for path, text in again for claim in claimed(path, text) if not any(held[way] for way in claim)]
    needed: Counter[Claim] = Counter()
    for (path, text), times in Counter(once).items():
        for claim in claimed(path, text):
            needed[claim] += times
    for rank in range(max(map(len, needed))):
        spend(held, needed, rank)
    return [" or ".join(claim) for claim in [*missing, *needed.elements()]]


def spend(held: Counter[str], needed: Counter[Claim], rank: int) -> None:
    """Take words out of those held, so that no word of the record answers for two of the XML."""
    for claim, times in needed.items():
        if times and rank < len(claim):
            taken = min(held[claim[rank]], times)
            held[claim[rank]] -= taken
            needed[claim] -= taken


Said = list[tuple[str, str]]


def said(element: Element) -> tuple[Said, Said]:
    """Path and text of all that the XML says once, and of what it says again of something else."""
    once: Said = []
    again: Said = []
    waiting = [(element, "")]
    while waiting:
        element, path = waiting.pop()
        texts = again if path.endswith(TOLD_AGAIN) else once
        if element.text and not element.text.isspace():
            texts.append((path, element.text))
        for name, value in element.attrib.items():
            (again if "/TOTAL/" in path and name == "group_id" else once).append((f"{path}/@{name}", value))
        total = element.tag == "category" and element.findtext("title") == "Total"
        inside = f"{path}/TOTAL" if total else path
        waiting += [(child, f"{inside}/{child.tag}") for child in element]
    return once, again


@cache
def claimed(path: str, text: str) -> tuple[Claim, ...]:
    """What the record must say for this text: for each claim, the ways it may be written."""
    words = " ".join(text.split())
    if words == "N/A" and path.endswith(("/minimum_age", "/maximum_age")):
        return ()
    if path.endswith("/scope") or ("/TOTAL/" in path and path.endswith("title")):
        return ()
    return tuple(ways(*each) for each in parts(path.rpartition("/")[2], words))


def parts(tag: str, words: str) -> list[Claim]:
    """The text cut into what the API keeps apart, each with its code where that is spelt otherwise."""
    if words in WORDED:
        return [(words, code) for code in WORDED[words]]
    if tag.endswith(DATED):
        return [(iso(words) or words, words)]
    return CUTS[tag](words) if tag in CUTS else [(words,)]


def cut_phase(words: str) -> list[Claim]:
    return [(phase, snake(phase).replace("PHASE_", "PHASE")) for phase in words.split("/")]


def cut_masking(words: str) -> list[Claim]:
    return [(part,) for part in re.split(r"(?: Blind)? \(|, |\)$", words) if part]


def cut_design(words: str) -> list[Claim]:
    named = [part.split(": ") for part in re.split(r", (?=[A-Z][A-Za-z ]+: )", words)]
    return [claim for name, *rest in named for claim in parts(snake(name).lower(), *(rest or [name]))]


def cut_sentence(words: str) -> list[Claim]:
    return [(words, *(code for start, code in SENTENCES.items() if words.startswith(start)))]


CUTS: dict[str, Callable[[str], list[Claim]]] = {
    "phase": lambda words: [(words,)] if words == "N/A" else cut_phase(words),
    "masking": cut_masking,
    "study_design": lambda words: [(words,)] if words == "N/A" else cut_design(words),
    "pi_employee": cut_sentence,
    "restrictive_agreement": cut_sentence,
    "sharing_ipd": lambda words: [(snake(words),)],
    "submission_canceled": lambda words: [("true" if words == "Unknown" else iso(words) or words,)],
}


def ways(words: str, *others: str) -> Claim:
    code = snake(words)
    truth = {"Yes": "true", "No": "false"}.get(words)
    number = str(int(words)) if words.isdecimal() else None
    short = code.removesuffix("_ASSIGNMENT").removesuffix("_BLIND")
    older = {"SUBJECT": "PARTICIPANT", "CAREGIVER": "CARE_PROVIDER", "N_A": "NA"}.get(code)
    written = [token(way) for way in (words, number, truth, *others, code, short, older) if way]
    return tuple(dict.fromkeys(written))


def iso(words: str) -> str | None:
    if match := re.fullmatch(r"(?:(\d\d)/)?(\d{4})", words):
        return f"{match[2]}-{match[1]}" if match[1] else match[2]
    match = re.fullmatch(r"([A-Z][a-z]+) (?:(\d+), )?(\d{4})", words)
    if not match or match[1] not in MONTHS:
        return None
    month = f"{match[3]}-{MONTHS.index(match[1]):02d}"
    return f"{month}-{int(match[2]):02d}" if match[2] else month


def snake(words: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").upper()


def token(value: Any) -> str:
    """Free of white space and of markdown: escapes dropped, a bullet the same whether ``*`` or ``-``."""
    if not isinstance(value, str):
        return json.dumps(value)
    return "".join(value.split()).replace("\\", "").replace("*", "-")


def leaves(value: Any) -> list[tuple[str, Any]]:
    """Every value with the names that lead to it; a list's places do not count."""
    found, waiting = [], [("", value)]
    while waiting:
        at, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{at}/{key}", inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(at, inner) for inner in value]
        else:
            found.append((at, value))
    return found
