"""A participant as the log says they stand: consent, screening, visits, forms, events, and how they ended."""

import datetime

import msgspec
from immutables import Map

from equipoise.conduct.events import AdverseEvent, Finding, Values
from equipoise.kernel.truth import Truth


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
