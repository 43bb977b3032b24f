"""A trial as its log says it stands: what was decided rests on this, and every page shows it."""

import datetime
from enum import StrEnum

import msgspec
from immutables import Map

from equipoise.conduct.participant import Participant, Place
from equipoise.conduct.protocol.model import ConsentVersion, Form, Protocol
from equipoise.conduct.roles import Role
from equipoise.kernel.refused import Refused


class Stage(StrEnum):
    """Closing goes one way, step by step: open, frozen, locked, unblinded."""

    OPEN = "open"
    FROZEN = "frozen"
    LOCKED = "locked"
    UNBLINDED = "unblinded"


class Site(msgspec.Struct, frozen=True):
    """``opened`` and ``closed``: the moments of the last opening and closing, ISO 8601."""

    id: str
    label: str
    country: str
    zone: str
    target: int | None = None
    is_open: bool = False
    opened: str = ""
    closed: str = ""
    numbered: int = 0
    """Participant numbers given so far."""


class Grant(msgspec.Struct, frozen=True):
    user: str
    role: Role
    site: str
    trained: datetime.date
    starts: datetime.date
    ends: datetime.date | None = None

    def live(self, day: datetime.date) -> bool:
        return max(self.trained, self.starts) <= day and (self.ends is None or day <= self.ends)


class Query(msgspec.Struct, frozen=True):
    """``check``: the edit check that raised it, where no person did. ``answers``: who and what, in order."""

    id: str
    participant: str
    place: Place
    field: str
    words: str
    by: str
    at: str
    check: str = ""
    answers: tuple[tuple[str, str, str], ...] = ()
    closed: str = ""


class Deviation(msgspec.Struct, frozen=True):
    of: str
    words: str
    important: bool
    participant: str
    site: str
    at: str
    by: str


class Sealing(msgspec.Struct, frozen=True):
    algorithm: str
    commitment: str
    at: str
    kits: int


class KitBatch(msgspec.Struct, frozen=True):
    """Kits numbered after the seal: how many, and what binds them."""

    commitment: str
    kits: int
    at: str


class Trial(msgspec.Struct, frozen=True):
    """``position`` and ``hash`` are those of the last entry of the log that is folded in."""

    id: str
    position: int = 0
    hash: str = ""
    opened: str = ""
    version: str = ""
    protocols: dict[str, Protocol] = {}
    sites: dict[str, Site] = {}
    people: dict[str, str] = {}
    held: dict[str, tuple[Grant, ...]] = {}
    """Roles by account, in force, ended and to come."""
    sealing: Sealing | None = None
    batches: tuple[KitBatch, ...] = ()
    """Kits numbered after the seal, the first of them batch 2."""
    participants: Map[str, Participant] = Map()
    order: tuple[str, ...] = ()
    """Participants in the order in which they were randomised."""
    stock: Map[str, str] = Map()
    """Kits at a site and not dispensed: number to site."""
    received: Map[str, str] = Map()
    """Every kit ever received: number to site."""
    parcels: Map[str, tuple[tuple[str, ...], ...]] = Map()
    """By site, the kits that were received together."""
    sent: Map[str, str] = Map()
    """Kits on their way: number to site."""
    discarded: Map[str, str] = Map()
    """Kits taken out of stock, or lost on their way: number to site."""
    queries: Map[str, Query] = Map()
    asked: Map[str, tuple[str, ...]] = Map()
    """Queries of each participant, open and closed."""
    deviations: tuple[Deviation, ...] = ()
    stage: Stage = Stage.OPEN
    digest: str = ""
    """Of the data that were locked."""
    unblinded: str = ""

    @property
    def grants(self) -> tuple[Grant, ...]:
        return tuple(one for held in self.held.values() for one in held)

    @property
    def protocol(self) -> Protocol:
        return self.protocols[self.version]

    def participant(self, identifier: str) -> Participant:
        found = self.participants.get(identifier)
        if found is None:
            raise Refused("there is no such participant.", what=identifier[:40], do="Look the number up in the log.")
        return found

    def site(self, identifier: str) -> Site:
        found = self.sites.get(identifier)
        if found is None:
            raise Refused("there is no such site.", what=identifier[:40], do="Choose one of the trial's sites.")
        return found

    def protocol_of(self, participant: Participant) -> Protocol:
        """The version they consented to: an amendment binds nobody until they consent again."""
        version = participant.consent.protocol if participant.consent else self.version
        return self.protocols[version]

    def queries_of(self, participant: str) -> tuple[Query, ...]:
        return tuple(self.queries[query] for query in self.asked.get(participant, ()))

    def open_queries(self) -> tuple[Query, ...]:
        return tuple(one for one in self.queries.values() if not one.closed)


def find_form(protocol: Protocol, form: str) -> Form:
    for one in protocol.forms:
        if one.id == form:
            return one
    raise Refused("there is no such form in this protocol.", what=form[:40], do="Choose one of the visit's forms.")


def find_consent(protocol: Protocol, version: str) -> ConsentVersion:
    for one in protocol.consent:
        if one.id == version:
            return one
    known = ", ".join(one.id for one in protocol.consent)
    raise Refused("is not a version of the consent form.", what=version[:40], do=f"There are: {known}.")
