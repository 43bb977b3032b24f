"""Who works on a trial, and what information each may see (ICH E6(R3) 4.1). What is not granted here is denied."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    COORDINATOR = "coordinator"
    INVESTIGATOR = "investigator"
    ASSESSOR = "assessor"
    PHARMACIST = "pharmacist"
    MONITOR = "monitor"
    SPONSOR = "sponsor"
    STATISTICIAN = "statistician"
    INDEPENDENT_STATISTICIAN = "independent-statistician"
    SAFETY_OFFICER = "safety-officer"
    ADMINISTRATOR = "administrator"


LABELS: Mapping[Role, str] = {
    Role.COORDINATOR: "Site coordinator",
    Role.INVESTIGATOR: "Investigator",
    Role.ASSESSOR: "Outcomes assessor",
    Role.PHARMACIST: "Pharmacist (unmasked)",
    Role.MONITOR: "Monitor",
    Role.SPONSOR: "Sponsor operations",
    Role.STATISTICIAN: "Statistician (masked)",
    Role.INDEPENDENT_STATISTICIAN: "Independent statistician (unmasked)",
    Role.SAFETY_OFFICER: "Safety officer",
    Role.ADMINISTRATOR: "Administrator",
}

AT_A_SITE = frozenset({Role.COORDINATOR, Role.INVESTIGATOR, Role.ASSESSOR, Role.PHARMACIST})
"""These work at one site, and see its records alone."""


class Information(StrEnum):
    """The class of a piece of information: what it could tell its reader."""

    OPEN = "open"  # trial data that tell nothing of the arm
    ORGANISATION = "organisation"  # sites, people, dates, the protocol
    KITS = "kits"  # numbers of kits received, dispensed and returned, never what they hold
    IDENTITY = "identity"  # who a participant is
    SAFETY = "safety"  # adverse events, and laboratory values that hint at harm
    REACTION = "reaction"  # injection-site and other reactions that hint at the arm
    UNBLINDING = "unblinding"  # that a code was broken, and who knows
    EFFECT = "effect"  # drug levels, anti-drug antibodies, gene signatures: what reveals the arm by its effect
    SUPPLY = "supply"  # stock by kind of kit
    CONTENT = "content"  # what a kit holds
    SEQUENCE = "sequence"  # seed, list, blocks and order of the allocation
    ARM = "arm"  # what a participant was assigned
    TOTALS = "totals"  # anything counted or averaged by arm


SEALED = frozenset(
    {
        Information.EFFECT,
        Information.SUPPLY,
        Information.CONTENT,
        Information.SEQUENCE,
        Information.ARM,
        Information.TOTALS,
    }
)
"""Classes whose values never stand in the open log."""

_ALL = frozenset({Information.OPEN, Information.ORGANISATION})
_CARE = _ALL | {Information.KITS, Information.SAFETY, Information.REACTION, Information.UNBLINDING}

CLEARANCES: Mapping[Role, frozenset[Information]] = {
    Role.COORDINATOR: _CARE | {Information.IDENTITY},
    Role.INVESTIGATOR: _CARE | {Information.IDENTITY},
    Role.ASSESSOR: _ALL | {Information.IDENTITY},
    Role.PHARMACIST: frozenset(
        {Information.ORGANISATION, Information.KITS, Information.SUPPLY, Information.CONTENT, Information.ARM}
    ),
    Role.MONITOR: _CARE,
    Role.SPONSOR: _ALL | {Information.KITS, Information.SAFETY, Information.UNBLINDING},
    Role.STATISTICIAN: _ALL | {Information.SAFETY},
    Role.INDEPENDENT_STATISTICIAN: frozenset(Information) - {Information.IDENTITY},
    Role.SAFETY_OFFICER: _CARE,
    Role.ADMINISTRATOR: frozenset({Information.ORGANISATION}),
}

STATISTICIANS = frozenset({Role.STATISTICIAN, Role.INDEPENDENT_STATISTICIAN})

MASKED = frozenset(role for role, cleared in CLEARANCES.items() if not cleared & SEALED)


def cleared(role: Role, information: Information) -> bool:
    return information in CLEARANCES[role]
