"""Words of the classic XML as the registry's API v2 writes them: dates, codes, yes and no, standing sentences.

Each reader gives None for text it does not understand, and an empty text for words that say nothing (``N/A``).
"""

import calendar
import re

from equipoise.kernel.ages import Age
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused
from equipoise.studies.legacy.prose import marked

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_WRITTEN_DATE = re.compile(r"([A-Za-z]+)\s+(?:(\d{1,2}),\s*)?(\d{4})\Z")
_NUMBER_DATE = re.compile(r"(?:(\d{1,2})/)?(\d{4})\Z")
_NOT_CODE = re.compile(r"[^A-Za-z0-9]+")
_PERCENT = re.compile(r"(80|90|95|97\.5|99)% Confidence Interval\Z")
_MASKING = re.compile(r"(No masking|Open Label|None|Single|Double|Triple|Quadruple)(?:[- ]Blind)?(?: \((.*)\))?\Z")

_MASKED = {"PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"}
_YES = {"Yes": True, "No": False, "Accepts Healthy Volunteers": True}
_CODES = {
    "Unknown status": "UNKNOWN",
    "Both": "ALL",
    "N/A": "NA",
    "Anticipated": "ESTIMATED",
    "Estimate": "ESTIMATED",
    "U.S. Fed": "FED",
    "Individual": "INDIV",
    "Single Group Assignment": "SINGLE_GROUP",
    "Parallel Assignment": "PARALLEL",
    "Crossover Assignment": "CROSSOVER",
    "Factorial Assignment": "FACTORIAL",
    "Sequential Assignment": "SEQUENTIAL",
    "Educational/Counseling/Training": "ECT",
    "Subject": "PARTICIPANT",
    "Caregiver": "CARE_PROVIDER",
    "Phase 0": "EARLY_PHASE1",
    "Early Phase 1": "EARLY_PHASE1",
    "Phase 1": "PHASE1",
    "Phase 2": "PHASE2",
    "Phase 3": "PHASE3",
    "Phase 4": "PHASE4",
    "Statistical Analysis Plan (SAP)": "SAP",
    "Informed Consent Form (ICF)": "ICF",
    "Clinical Study Report (CSR)": "CSR",
    "Geometric Coefficient of Variation": "GEOMETRIC_COEFFICIENT",
    "Standard Error of the Mean": "STANDARD_ERROR_OF_MEAN",
    "1-Sided": "ONE_SIDED",
    "2-Sided": "TWO_SIDED",
}
_EMPLOYED = {
    "All Principal Investigators ARE employed by the organization sponsoring the study.": True,
    "Principal Investigators are NOT employed by the organization sponsoring the study.": False,
}
_AGREED = (
    "{} an agreement between Principal Investigators and the Sponsor (or its agents) that restricts "
    "the PI's rights to discuss or publish trial results after the trial is completed."
)
_EMBARGO = (
    "The only disclosure restriction on the PI is that the sponsor can review results communications prior to public "
    "release and can embargo communications regarding trial results for a period that is {}. "
    "The sponsor cannot require changes to the communication and cannot extend the embargo."
)
_AGREEMENTS: dict[str, dict[str, str | bool]] = {
    _AGREED.format("There is NOT"): {"restrictiveAgreement": False},
    _AGREED.format("There IS"): {"restrictiveAgreement": True},
    _EMBARGO.format("less than or equal to 60 days"): {"restrictionType": "LTE60", "restrictiveAgreement": True},
    _EMBARGO.format("more than 60 days but less than or equal to 180 days"): {
        "restrictionType": "GT60",
        "restrictiveAgreement": True,
    },
}
_IMPLIED = {"Overall", "Measure", "Class", "Total"}


def plain(text: str) -> str | None:
    """One line, white space evened out."""
    return " ".join(text.split()) or None


def yes(text: str) -> bool | None:
    return _YES.get(text.strip())


def whole(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else None


def day(text: str) -> str | None:
    """``June 25, 2007``, ``April 2006``, ``04/2006`` or ``2006`` as the registry's partial date."""
    words = text.strip()
    if match := _WRITTEN_DATE.match(words):
        month = _MONTHS.get(match[1].lower())
        parts = [match[3], month, match[2]] if month else []
    elif match := _NUMBER_DATE.match(words):
        parts = [match[2], match[1]]
    else:
        return None
    return _checked("-".join(f"{int(part):02d}" for part in parts if part))


def _checked(text: str) -> str | None:
    try:
        return str(PartialDate.read(text))
    except Refused:
        return None


def last_day(text: str) -> str | None:
    """The date a sentence ends with."""
    return day(" ".join(text.split()[-3:]))


def age(text: str) -> str | None:
    return "" if text.strip() == "N/A" else plain(text)


def std_ages(youngest: str, oldest: str) -> list[str]:
    """The registry's age groups within two ages as written; no groups where one cannot be read."""
    try:
        low = Age.read(youngest).years() if youngest else 0.0
        high = Age.read(oldest).years() if oldest else 200.0
    except Refused:
        return []
    groups = (("CHILD", 0, 18), ("ADULT", 18, 65), ("OLDER_ADULT", 65, 1000))
    return [name for name, start, end in groups if low < end and high >= start]


def code(text: str) -> str | None:
    """The registry's name for a choice: ``Active, not recruiting`` is ACTIVE_NOT_RECRUITING."""
    words = " ".join(text.split())
    return _CODES.get(words) or _NOT_CODE.sub("_", words).strip("_").upper() or None


def one_code(text: str) -> str | None:
    """A choice of which older records may hold several at once; the API has room for one."""
    return None if "," in text or "/" in text else code(text)


def phases(text: str) -> list[str] | None:
    parts = [text] if text.strip() == "N/A" else text.split("/")
    return [value for part in parts if (value := code(part))] or None


def masking(text: str) -> dict[str, str | list[str]] | None:
    """``Double (Participant, Investigator)``: how many kinds of people, and who; some records have only either."""
    words = " ".join(text.split())
    match = _MASKING.match(words)
    if match and match[1] in ("No masking", "Open Label", "None"):
        return {"masking": "NONE"}
    named = (match[2] or "") if match else words
    people = [who for part in named.split(",") if (who := code(part))]
    if match:
        return {"masking": match[1].upper(), "whoMasked": people}
    return {"whoMasked": people} if people and _MASKED.issuperset(people) else None


def spread(text: str) -> str | None:
    """A kind of dispersion; None for an interval the API has no name for, such as 97.8 %."""
    if match := _PERCENT.match(text.strip()):
        return f"CONFIDENCE_{match[1].replace('.', '')}"
    return None if "%" in text else code(text)


def employed(text: str) -> bool | None:
    return _EMPLOYED.get(" ".join(text.split()))


def agreement(text: str) -> dict[str, str | bool] | None:
    """The registry's standing sentences, or the sponsor's own words."""
    words = " ".join(text.split())
    if not words:
        return None
    return _AGREEMENTS.get(words) or {
        "restrictionType": "OTHER",
        "restrictiveAgreement": True,
        "otherDetails": marked(text) or "",
    }


def implied(text: str) -> str | None:
    """Labels that only repeat where they stand, and that the API leaves out."""
    return "" if text.strip() in _IMPLIED else None
