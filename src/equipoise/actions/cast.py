"""Who works on the demonstration trial: an account for every role."""

from collections.abc import Iterator

import msgspec

from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.roles import AT_A_SITE, LABELS, Role

NAMES = {
    Role.COORDINATOR: (
        "Noor",
        "Ines",
        "Tomas",
        "Mei",
        "Jonas",
        "Aisha",
        "Pavel",
        "Lucia",
        "Sam",
        "Yuki",
        "Minjun",
        "Ruby",
    ),
    Role.INVESTIGATOR: ("Dr Weiss", "Dr Okafor", "Dr Lind", "Dr Nowak", "Dr Rossi", "Dr Park", "Dr Silva", "Dr Dube"),
    Role.ASSESSOR: ("Ana", "Bo", "Chloe", "Dmitri", "Elif", "Femi", "Greta", "Hugo", "Ivo", "Jana", "Kofi", "Lena"),
    Role.PHARMACIST: ("Marta", "Nils", "Omar", "Petra", "Qi", "Rosa", "Sven", "Tara", "Uma", "Vito", "Wanda", "Xia"),
}
SHOWN = (
    ("coordinator-101", "screens, randomises, fills in forms at one site; has the reading desk"),
    ("investigator-101", "decides, signs, breaks a code in an emergency"),
    ("assessor-101", "assesses, told nothing of side effects"),
    ("pharmacist-101", "receives kits and knows what they hold"),
    ("monitor", "reads all sites, asks queries"),
    ("sponsor", "opens sites, sees no arm"),
    ("statistician", "masked: freezes and locks the data"),
    ("independent-statistician", "unmasked: seals the allocation"),
    ("safety-officer", "reports serious events"),
    ("administrator", "gives roles, sees no data"),
)
"""Accounts that the demonstration tells of, and what each does."""


class Account(msgspec.Struct, frozen=True):
    """Somebody who works on the trial: the name they sign in with, their own, and what they do there."""

    user: str
    name: str
    role: Role
    site: str = ""


def accounts(protocol: Protocol) -> Iterator[Account]:
    """One person for each role, at every site where the role is one of a site."""
    for role in Role:
        if role not in AT_A_SITE:
            yield Account(role.value, f"{LABELS[role].split(' (')[0]} (demonstration)", role)
            continue
        names = NAMES[role]
        for place, site in enumerate(protocol.sites):
            yield Account(f"{role.value}-{site.id}", names[place % len(names)], role, site.id)
