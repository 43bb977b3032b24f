"""What the registry's codes are called: its own wording, plain words for a lay reader, and whether one can join.

A value the registry adds tomorrow is made readable, never an error.
"""

from enum import StrEnum
from functools import lru_cache

from equipoise.kernel.ages import Age
from equipoise.kernel.refused import Refused
from equipoise.studies.record import EligibilityModule, EnrollmentInfo, MaskingInfo, Study
from equipoise.studies.wording.posted import POSTED
from equipoise.studies.wording.registered import REGISTERED

KINDS = REGISTERED | POSTED
"""Kind (named as in the registry's data model), value, then the registry's words and plain ones."""

FUNDER_TYPES = tuple(KINDS["FunderType"])
_SHOWN = {("Status", "RECRUITING"): "Enrolling", ("RecruitmentStatus", "RECRUITING"): "Enrolling"}


class Openness(StrEnum):
    """Can somebody join? Attention: not now or nobody knows, and that may change."""

    OPEN = "open"
    NOT_YET = "not yet"
    CLOSED = "closed"
    ATTENTION = "attention"


_OPENNESS = {
    "RECRUITING": Openness.OPEN,
    "AVAILABLE": Openness.OPEN,
    "NOT_YET_RECRUITING": Openness.NOT_YET,
    "ENROLLING_BY_INVITATION": Openness.CLOSED,
    "ACTIVE_NOT_RECRUITING": Openness.CLOSED,
    "COMPLETED": Openness.CLOSED,
    "TERMINATED": Openness.CLOSED,
    "WITHDRAWN": Openness.CLOSED,
    "NO_LONGER_AVAILABLE": Openness.CLOSED,
    "APPROVED_FOR_MARKETING": Openness.CLOSED,
}


def label(kind: str, value: str) -> str:
    """The registry's own words for a value: ``label("Status", "RECRUITING")`` is "Recruiting"."""
    return KINDS.get(kind, {}).get(value, (_humanised(value), ""))[0]


def plain(kind: str, value: str) -> str:
    """The same in plain words; for an unknown value, its name made readable."""
    return KINDS.get(kind, {}).get(value, ("", _humanised(value)))[1]


def shown(kind: str, value: str) -> str:
    """The short word on our pages: the registry's, but for recruiting, which pages call enrolling."""
    return _SHOWN.get((kind, value)) or label(kind, value)


def openness(status: str) -> Openness:
    return _OPENNESS.get(status, Openness.ATTENTION)


def phases_words(phases: tuple[str, ...]) -> str:
    """``Phase 1/2`` for a study of two phases; nothing for a study without."""
    numbers = [phase.removeprefix("PHASE") for phase in phases]
    if numbers and all(number.isdecimal() for number in numbers):
        return f"Phase {'/'.join(numbers)}"
    return "/".join(label("Phase", phase).capitalize() for phase in phases)


def ages_words(youngest: str | None, oldest: str | None) -> str:
    """``18 to 75 years``, ``6 months to 17 years``, ``18 years and older``, ``up to 17 years``, ``all ages``."""
    if youngest and oldest:
        return _between(_age_words(youngest), _age_words(oldest))
    if youngest:
        return f"{_age_words(youngest)} and older"
    return f"up to {_age_words(oldest)}" if oldest else "all ages"


def age_range_days(eligibility: EligibilityModule) -> tuple[float | None, float | None]:
    """Youngest age allowed and the age from which one is too old, in days; None for no limit, or one not readable.

    A maximum of 75 years admits people until they turn 76.
    """
    youngest, oldest = _read(eligibility.minimum_age), _read(eligibility.maximum_age)
    return (youngest.days() if youngest else None, Age(oldest.count + 1, oldest.unit).days() if oldest else None)


def enrolment_words(info: EnrollmentInfo) -> str:
    """``240 estimated``; nothing where the record has no number."""
    if info.count is None:
        return ""
    return f"{info.count:,} {label('EnrollmentType', info.type or '').lower()}".strip()


def masking_words(masking: MaskingInfo) -> str:
    """``Quadruple: participant, care provider, investigator, outcomes assessor``; the roles where recorded."""
    roles = ", ".join(label("WhoMasked", role).lower() for role in masking.who_masked)
    level = label("DesignMasking", masking.masking or "")
    return f"{level}: {roles}" if level and roles else level or roles.capitalize()


def funder_types(study: Study) -> tuple[str, ...]:
    """The registry's four groups of funder, as ``FunderType`` values, from lead sponsor and collaborators."""
    parties = [
        party for party in (study.sponsors.lead_sponsor, *study.sponsors.collaborators) if party.name or party.class_
    ]
    groups = {party.class_ if party.class_ in FUNDER_TYPES else "OTHER" for party in parties}
    return tuple(group for group in FUNDER_TYPES if group in groups)


def _humanised(value: str) -> str:
    return value.replace("_", " ").strip().capitalize()


def _between(youngest: str, oldest: str) -> str:
    if youngest == oldest:
        return youngest
    count, _, unit = youngest.partition(" ")
    same_unit = unit.rstrip("s") == oldest.rpartition(" ")[2].rstrip("s")
    return f"{count if same_unit else youngest} to {oldest}"


def _age_words(text: str) -> str:
    age = _read(text)
    return age.words() if age else text


@lru_cache(maxsize=4096)
def _read(text: str | None) -> Age | None:
    try:
        return Age.read(text) if text else None
    except Refused:
        return None


def listed_words(listed: int, on_registry: int) -> str:
    """``218 sites``; of a record held only in part, ``4 of 218 sites listed here``."""
    if on_registry > listed:
        return f"{listed:,} of {on_registry:,} sites listed here"
    return f"{listed:,} {'site' if listed == 1 else 'sites'}"
