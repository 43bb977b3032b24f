"""A trial as its log says it stands: what was decided rests on this, and every page shows it."""

import datetime
from enum import StrEnum

import msgspec
from immutables import Map

from equipoise.conduct.events import AdverseEvent, Finding, Values
from equipoise.conduct.protocol.model import ConsentVersion, Form, Protocol
from equipoise.conduct.roles import Role
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth


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


class Consent(msgspec.Struct, frozen=True):
    version: str
    on: datetime.date
    protocol: str


class Screening(msgspec.Struct, frozen=True):
    """One screening; a person may be screened again."""

    on: datetime.date
    eligible: Truth
    findings: tuple[Finding, ...]
    failed: str = ""
    criteria: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True, order=True):
    """Where a form's values belong: a visit, a form, and which copy of it."""

    visit: str
    form: str
    copy: int = 1


class Signature(msgspec.Struct, frozen=True):
    by: str
    at: str
    meaning: str
    digest: str


class Sheet(msgspec.Struct, frozen=True):
    """A form's values as they are now. A signature counts while its digest is that of the values."""

    values: Values
    sealed: Values
    entered: str
    by: str
    signature: Signature | None = None
    corrections: int = 0


class Attendance(msgspec.Struct, frozen=True):
    """A visit done on a day, or missed with the reason."""

    on: datetime.date | None
    outside: bool = False
    missed: str = ""


class Medication(msgspec.Struct, frozen=True):
    name: str
    dose: str
    why: str
    started: str
    stopped: str
    code: str


class Reported(msgspec.Struct, frozen=True):
    """An adverse event with its reports onward: day and to whom."""

    told: AdverseEvent
    sent: tuple[tuple[datetime.date, str], ...] = ()


class Broken(msgspec.Struct, frozen=True):
    """A code break. It names who knows, never what. ``opened``: when an envelope was, ISO 8601."""

    at: str
    by: str
    path: str
    why: str
    changes_care: bool
    to: tuple[str, ...]
    envelope: str = ""
    opened: str = ""
    assessed: str = ""

    @property
    def since(self) -> str:
        """From when on they know; what was on paper is recorded later."""
        return self.opened or self.at


class Ended(msgspec.Struct, frozen=True):
    """How a participant's follow-up ended: completed, withdrew, lost or died."""

    how: str
    on: datetime.date
    why: str = ""


class Participant(msgspec.Struct, frozen=True):
    """Everything recorded of one person, under their number alone."""

    id: str
    site: str
    prescreened: str
    identity: str = ""
    consents: tuple[Consent, ...] = ()
    screenings: tuple[Screening, ...] = ()
    levels: dict[str, str] = {}
    levels_true: dict[str, str] = {}
    randomised: str = ""
    randomised_on: datetime.date | None = None
    number: int = 0
    kits: Map[str, str] = Map()
    """Number of each kit dispensed, and at which visit; no visit: at randomisation."""
    returned: Map[str, int] = Map()
    """Number of each kit that came back, and the doses left in it."""
    stopped: tuple[datetime.date, str] | None = None
    visits: dict[str, Attendance] = {}
    sheets: dict[Place, Sheet] = {}
    medications: dict[int, Medication] = {}
    adverse: dict[int, Reported] = {}
    withdrawn: frozenset[str] = frozenset()
    ends: tuple[Ended, ...] = ()
    """Each way in which follow-up ended, as recorded; what was taken back is not among them."""
    broken: tuple[Broken, ...] = ()
    endorsed: tuple[Signature, ...] = ()

    @property
    def is_randomised(self) -> bool:
        return bool(self.number)

    @property
    def ended(self) -> Ended | None:
        """How follow-up ended: their death, or what was recorded first."""
        return min(self.ends, key=lambda one: one.how != "died", default=None)

    @property
    def screening(self) -> Screening | None:
        return self.screenings[-1] if self.screenings else None

    @property
    def consent(self) -> Consent | None:
        return self.consents[-1] if self.consents else None


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
