"""What happened in a trial, in the past tense. A tag never changes its name; a change of fields raises ``SCHEMA``.

None of these has a place for an arm, a seed or what a kit holds: such things are with the custodian alone. Days are
dates of the site's calendar; the moment of recording stands in the log's envelope.
"""

import datetime
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec

from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.roles import Role
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth

Values: TypeAlias = dict[str, str]
"""Answers by field, each in its canonical text: a decimal, ISO day, "yes" or "no", a choice's id, ids with commas."""


class Event(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event"):
    """Something that happened."""


class TrialOpened(Event, frozen=True, tag="trial-opened"):
    """``digest``: SHA-256 of the protocol's canonical JSON."""

    protocol: Protocol
    digest: str


class ProtocolAmended(Event, frozen=True, tag="protocol-amended"):
    protocol: Protocol
    digest: str


class SiteAdded(Event, frozen=True, tag="site-added"):
    site: str
    label: str
    country: str
    zone: str
    target: int | None = None


class SiteOpened(Event, frozen=True, tag="site-opened"):
    site: str


class SiteClosed(Event, frozen=True, tag="site-closed"):
    site: str


class RoleGranted(Event, frozen=True, tag="role-granted"):
    """``site`` is empty for a role over all sites. ``starts`` is no earlier than ``trained``."""

    user: str
    name: str
    grant: Role
    trained: datetime.date
    starts: datetime.date
    ends: datetime.date | None = None
    site: str = ""


class RoleRevoked(Event, frozen=True, tag="role-revoked"):
    user: str
    grant: Role
    site: str = ""


class AllocationSealed(Event, frozen=True, tag="allocation-sealed"):
    """``commitment`` binds seed, design, list and kits before the first participant; see docs/randomisation.md."""

    algorithm: str
    commitment: str
    kits: int = 0


class KitsNumbered(Event, frozen=True, tag="kits-numbered"):
    """A later batch, from 2. ``commitment`` binds what each of its kits holds before a site has any of them."""

    commitment: str
    batch: int
    kits: int


class KitsSent(Event, frozen=True, tag="kits-sent"):
    site: str
    kits: tuple[str, ...]


class KitsReceived(Event, frozen=True, tag="kits-received"):
    site: str
    kits: tuple[str, ...]


class KitsDiscarded(Event, frozen=True, tag="kits-discarded"):
    """Why is in the entry."""

    site: str
    kits: tuple[str, ...]


class PersonPrescreened(Event, frozen=True, tag="person-prescreened"):
    participant: str
    site: str
    identity: str = ""


class ConsentRecorded(Event, frozen=True, tag="consent-recorded"):
    """``version`` of the consent form, signed on the day ``on``; ``protocol`` is the version it binds them to."""

    participant: str
    version: str
    on: datetime.date
    protocol: str


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One criterion: ``met`` as the investigator says, ``computed`` as the answers say; what it rests on."""

    criterion: str
    met: Truth
    computed: Truth = Truth.UNKNOWN
    evidence: str = ""


class ParticipantScreened(Event, frozen=True, tag="participant-screened"):
    """``eligible``: all criteria met, one not met, or not known yet. ``answers``: JSON of
    ``screening.Answers``."""

    participant: str
    on: datetime.date
    eligible: Truth
    findings: tuple[Finding, ...]
    answers: str = ""


class ScreeningFailed(Event, frozen=True, tag="screening-failed"):
    """``because``: not-eligible, declined or other (CONSORT 2025); ``criteria`` not met."""

    participant: str
    because: str
    criteria: tuple[str, ...] = ()


class StratumRecorded(Event, frozen=True, tag="stratum-recorded"):
    participant: str
    levels: dict[str, str]


class StratumCorrected(Event, frozen=True, tag="stratum-corrected"):
    """After randomisation the place in the list stays; the true value is recorded beside it."""

    participant: str
    factor: str
    old: str
    new: str


class ParticipantRandomised(Event, frozen=True, tag="participant-randomised"):
    """``number`` counts from 1 over the trial; ``levels`` are those used, right or wrong; ``on``: the site's day."""

    participant: str
    number: int
    on: datetime.date
    levels: dict[str, str]
    kits: tuple[str, ...] = ()


class KitsDispensed(Event, frozen=True, tag="kits-dispensed"):
    participant: str
    visit: str
    on: datetime.date
    kits: tuple[str, ...]


class KitReturned(Event, frozen=True, tag="kit-returned"):
    """``left``: doses not used."""

    participant: str
    kit: str
    on: datetime.date
    left: int


class TreatmentStopped(Event, frozen=True, tag="treatment-stopped"):
    participant: str
    on: datetime.date
    why: str


class VisitDone(Event, frozen=True, tag="visit-done"):
    """``outside``: the day lies outside the visit's window."""

    participant: str
    visit: str
    on: datetime.date
    outside: bool = False


class VisitMissed(Event, frozen=True, tag="visit-missed"):
    participant: str
    visit: str
    why: str


class FormEntered(Event, frozen=True, tag="form-entered"):
    """``sealed``: fingerprints of values that the custodian keeps."""

    participant: str
    visit: str
    form: str
    values: Values
    copy: int = 1
    sealed: Values = {}


class Change(msgspec.Struct, frozen=True):
    field: str
    old: str
    new: str


class FormCorrected(Event, frozen=True, tag="form-corrected"):
    participant: str
    visit: str
    form: str
    changes: tuple[Change, ...]
    copy: int = 1
    sealed: Values = {}


class FormSigned(Event, frozen=True, tag="form-signed"):
    """``digest`` is that of the values signed; a later change leaves the signature without force."""

    participant: str
    visit: str
    form: str
    meaning: str
    digest: str
    copy: int = 1


class QueryRaised(Event, frozen=True, tag="query-raised"):
    query: str
    participant: str
    visit: str
    form: str
    words: str
    field: str = ""
    copy: int = 1
    check: str = ""


class QueryAnswered(Event, frozen=True, tag="query-answered"):
    query: str
    participant: str
    words: str


class QueryClosed(Event, frozen=True, tag="query-closed"):
    query: str
    participant: str
    words: str = ""


class MedicationRecorded(Event, frozen=True, tag="medication-recorded"):
    """``number`` counts a participant's medications; recording the same number again corrects it."""

    participant: str
    number: int
    name: str
    dose: str = ""
    why: str = ""
    started: str = ""
    stopped: str = ""
    code: str = ""


class Severity(StrEnum):
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class Causality(StrEnum):
    RELATED = "related"
    NOT_RELATED = "not-related"
    NOT_KNOWN = "not-known"


class Seriousness(StrEnum):
    """ICH E2A."""

    DEATH = "death"
    LIFE_THREATENING = "life-threatening"
    HOSPITALISATION = "hospitalisation"
    DISABILITY = "disability"
    CONGENITAL_ANOMALY = "congenital-anomaly"
    IMPORTANT = "medically-important"


class Outcome(StrEnum):
    RECOVERED = "recovered"
    RECOVERING = "recovering"
    NOT_RECOVERED = "not-recovered"
    SEQUELAE = "recovered-with-sequelae"
    FATAL = "fatal"
    NOT_KNOWN = "not-known"


class AdverseEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is told of an adverse event. ``aware``: the day the site knew. Serious where ``seriousness`` says why."""

    term: str
    started: datetime.date
    aware: datetime.date
    severity: Severity
    causality: Causality
    outcome: Outcome
    seriousness: tuple[Seriousness, ...] = ()
    expected: bool | None = None
    ended: datetime.date | None = None
    code: str = ""
    action: str = ""
    reaction: bool = False

    @property
    def serious(self) -> bool:
        return bool(self.seriousness)


class AdverseEventReported(Event, frozen=True, tag="adverse-event-reported"):
    participant: str
    number: int
    told: AdverseEvent


class AdverseEventUpdated(Event, frozen=True, tag="adverse-event-updated"):
    participant: str
    number: int
    told: AdverseEvent


class ExpeditedReportSent(Event, frozen=True, tag="expedited-report-sent"):
    participant: str
    number: int
    on: datetime.date
    to: str


class ParticipantWithdrew(Event, frozen=True, tag="participant-withdrew"):
    """``of``: treatment, visits, contact, new-data; all of them is withdrawal of consent."""

    participant: str
    on: datetime.date
    of: tuple[str, ...]
    why: str = ""


class ParticipantLost(Event, frozen=True, tag="participant-lost"):
    participant: str
    on: datetime.date
    tried: str


class ParticipantDied(Event, frozen=True, tag="participant-died"):
    participant: str
    on: datetime.date


class ParticipantCompleted(Event, frozen=True, tag="participant-completed"):
    participant: str
    on: datetime.date


class ParticipantReinstated(Event, frozen=True, tag="participant-reinstated"):
    """``what`` was recorded by mistake and holds no longer: lost, died, completed or stopped; ``day``: of which."""

    participant: str
    what: str
    day: datetime.date


class DeviationRecorded(Event, frozen=True, tag="deviation-recorded"):
    """``of``: the kind of deviation; accidental unmasking is one."""

    of: str
    words: str
    important: bool
    participant: str = ""
    site: str = ""


class CodeBroken(Event, frozen=True, tag="code-broken"):
    """``path``: emergency or safety-report. ``to``: who was shown the treatment. It does not say which.

    On paper, and recorded afterwards: the ``envelope``, and when it was ``opened``, UTC.
    """

    participant: str
    path: str
    why: str
    changes_care: bool
    to: tuple[str, ...]
    envelope: str = ""
    opened: datetime.datetime | None = None


class ImpactAssessed(Event, frozen=True, tag="impact-assessed"):
    participant: str
    words: str


class RecordEndorsed(Event, frozen=True, tag="record-endorsed"):
    """An investigator vouches for all that is recorded of a participant so far."""

    participant: str
    meaning: str
    digest: str


class DataFrozen(Event, frozen=True, tag="data-frozen"):
    meaning: str


class DataThawed(Event, frozen=True, tag="data-thawed"):
    meaning: str


class DataLocked(Event, frozen=True, tag="data-locked"):
    meaning: str
    digest: str


class DataUnlocked(Event, frozen=True, tag="data-unlocked"):
    meaning: str


class TrialUnblinded(Event, frozen=True, tag="trial-unblinded"):
    meaning: str


class SealedRead(Event, frozen=True, tag="sealed-read"):
    """Somebody cleared for it looked at sealed information; ``what``, never its content."""

    what: str
    participant: str = ""


class DataExported(Event, frozen=True, tag="data-exported"):
    what: str
    rows: int
    digest: str


TrialEvent: TypeAlias = (
    TrialOpened
    | ProtocolAmended
    | SiteAdded
    | SiteOpened
    | SiteClosed
    | RoleGranted
    | RoleRevoked
    | AllocationSealed
    | KitsNumbered
    | KitsSent
    | KitsReceived
    | KitsDiscarded
    | PersonPrescreened
    | ConsentRecorded
    | ParticipantScreened
    | ScreeningFailed
    | StratumRecorded
    | StratumCorrected
    | ParticipantRandomised
    | KitsDispensed
    | KitReturned
    | TreatmentStopped
    | VisitDone
    | VisitMissed
    | FormEntered
    | FormCorrected
    | FormSigned
    | QueryRaised
    | QueryAnswered
    | QueryClosed
    | MedicationRecorded
    | AdverseEventReported
    | AdverseEventUpdated
    | ExpeditedReportSent
    | ParticipantWithdrew
    | ParticipantLost
    | ParticipantDied
    | ParticipantCompleted
    | ParticipantReinstated
    | DeviationRecorded
    | CodeBroken
    | ImpactAssessed
    | RecordEndorsed
    | DataFrozen
    | DataThawed
    | DataLocked
    | DataUnlocked
    | TrialUnblinded
    | SealedRead
    | DataExported
)

SCHEMA: Mapping[str, int] = {"code-broken": 2}
"""Versions of the fields by tag, where it is not 1."""

Upcaster: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: Mapping[tuple[str, int], Upcaster] = {("code-broken", 1): dict}
"""From a version of a tag's fields to the next; ``dict`` where fields were added that may be missing."""

_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(TrialEvent)


def tag_of(event: TrialEvent) -> str:
    return str(type(event).__struct_config__.tag)


def schema_of(tag: str) -> int:
    return SCHEMA.get(tag, 1)


def read_event(tag: str, schema: int, body: str) -> TrialEvent:
    """The event of a log entry, lifted to today's fields. Refused: of a version that this software does not know."""
    if schema > schema_of(tag):
        raise Refused(
            f"was written by a later version of the software ({tag}, fields {schema}).",
            what="An entry of the log",
            do="Use that version, or a later one.",
        )
    if schema == schema_of(tag):
        event: TrialEvent = _decoder.decode(body)
        return event
    fields: dict[str, Any] = msgspec.json.decode(body)
    for version in range(schema, schema_of(tag)):
        fields = UPCASTERS[tag, version](fields)
    lifted: TrialEvent = msgspec.convert(fields, TrialEvent, strict=False)
    return lifted
