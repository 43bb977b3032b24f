"""What people may ask for while a trial runs, in the imperative. Who may ask is settled in ``permissions``."""

import datetime
from typing import TypeAlias

import msgspec

from equipoise.conduct.events import AdverseEvent, Finding, Values
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.roles import Role


class Command(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="command", forbid_unknown_fields=True):
    """Something asked for."""


class OpenTrial(Command, frozen=True, tag="open-trial"):
    """``name``: of the person who opens it, the first administrator."""

    protocol: Protocol
    name: str


class AmendProtocol(Command, frozen=True, tag="amend-protocol"):
    protocol: Protocol


class AddSite(Command, frozen=True, tag="add-site"):
    site: str
    label: str
    country: str
    zone: str = "UTC"
    target: int | None = None


class OpenSite(Command, frozen=True, tag="open-site"):
    site: str


class CloseSite(Command, frozen=True, tag="close-site"):
    site: str


class GrantRole(Command, frozen=True, tag="grant-role"):
    user: str
    name: str
    grant: Role
    trained: datetime.date
    starts: datetime.date
    ends: datetime.date | None = None
    site: str = ""


class RevokeRole(Command, frozen=True, tag="revoke-role"):
    user: str
    grant: Role
    site: str = ""


class SealAllocation(Command, frozen=True, tag="seal-allocation"):
    """``commitment`` comes from the custodian, which alone holds what it binds."""

    algorithm: str
    commitment: str
    kits: int = 0


class NumberKits(Command, frozen=True, tag="number-kits"):
    """A further batch of so many kits, drawn from the seal. ``batch`` counts from 2; the first was sealed."""

    commitment: str
    batch: int
    kits: int


class SendKits(Command, frozen=True, tag="send-kits"):
    """``each``: how many of every kind. ``kits``: which they are is the custodian's choice."""

    site: str
    each: int
    kits: tuple[str, ...] = ()


class ReceiveKits(Command, frozen=True, tag="receive-kits"):
    site: str
    kits: tuple[str, ...]


class DiscardKits(Command, frozen=True, tag="discard-kits"):
    """Damaged, expired, lost on the way: nobody will be given them."""

    site: str
    kits: tuple[str, ...]


class PrescreenPerson(Command, frozen=True, tag="prescreen-person"):
    """``identity``: fingerprint of what the vault holds of them."""

    site: str
    identity: str = ""


class RecordConsent(Command, frozen=True, tag="record-consent"):
    participant: str
    version: str
    on: datetime.date


class ScreenParticipant(Command, frozen=True, tag="screen-participant"):
    """``answers``: canonical JSON of the person the criteria are computed for."""

    participant: str
    on: datetime.date
    findings: tuple[Finding, ...]
    answers: str = ""


class FailScreening(Command, frozen=True, tag="fail-screening"):
    participant: str
    because: str


class RecordStratum(Command, frozen=True, tag="record-stratum"):
    participant: str
    levels: dict[str, str]


class CorrectStratum(Command, frozen=True, tag="correct-stratum"):
    participant: str
    factor: str
    level: str


class RandomiseParticipant(Command, frozen=True, tag="randomise-participant"):
    """``kits``: chosen by the custodian, of whatever kind the arm needs."""

    participant: str
    kits: tuple[str, ...] = ()


class DispenseKits(Command, frozen=True, tag="dispense-kits"):
    participant: str
    visit: str
    on: datetime.date
    kits: tuple[str, ...] = ()


class ReturnKit(Command, frozen=True, tag="return-kit"):
    participant: str
    kit: str
    on: datetime.date
    left: int


class StopTreatment(Command, frozen=True, tag="stop-treatment"):
    participant: str
    on: datetime.date
    why: str


class RecordVisit(Command, frozen=True, tag="record-visit"):
    participant: str
    visit: str
    on: datetime.date


class MissVisit(Command, frozen=True, tag="miss-visit"):
    participant: str
    visit: str
    why: str


class EnterForm(Command, frozen=True, tag="enter-form"):
    """``sealed``: fingerprints, by field, of values that went to the custodian."""

    participant: str
    visit: str
    form: str
    values: Values
    copy: int = 1
    sealed: Values = {}


class CorrectForm(Command, frozen=True, tag="correct-form"):
    """``values``: only the fields that change; an empty text takes a value away."""

    participant: str
    visit: str
    form: str
    values: Values
    copy: int = 1
    sealed: Values = {}


class SignForm(Command, frozen=True, tag="sign-form"):
    """``digest``: of the values as the signer saw them."""

    participant: str
    visit: str
    form: str
    meaning: str
    digest: str
    copy: int = 1


class RaiseQuery(Command, frozen=True, tag="raise-query"):
    participant: str
    visit: str
    form: str
    words: str
    field: str = ""
    copy: int = 1


class AnswerQuery(Command, frozen=True, tag="answer-query"):
    query: str
    words: str


class CloseQuery(Command, frozen=True, tag="close-query"):
    query: str
    words: str = ""


class RecordMedication(Command, frozen=True, tag="record-medication"):
    """``number``: of the medication it corrects; none for a new one."""

    participant: str
    name: str
    dose: str = ""
    why: str = ""
    started: str = ""
    stopped: str = ""
    code: str = ""
    number: int | None = None


class ReportAdverseEvent(Command, frozen=True, tag="report-adverse-event"):
    participant: str
    told: AdverseEvent


class UpdateAdverseEvent(Command, frozen=True, tag="update-adverse-event"):
    participant: str
    number: int
    told: AdverseEvent


class SendExpeditedReport(Command, frozen=True, tag="send-expedited-report"):
    participant: str
    number: int
    on: datetime.date
    to: str


class WithdrawParticipant(Command, frozen=True, tag="withdraw-participant"):
    participant: str
    on: datetime.date
    of: tuple[str, ...]
    why: str = ""


class LoseParticipant(Command, frozen=True, tag="lose-participant"):
    participant: str
    on: datetime.date
    tried: str


class RecordDeath(Command, frozen=True, tag="record-death"):
    participant: str
    on: datetime.date


class CompleteParticipant(Command, frozen=True, tag="complete-participant"):
    participant: str
    on: datetime.date


class ReinstateParticipant(Command, frozen=True, tag="reinstate-participant"):
    """``what`` ended was recorded by mistake, of the wrong participant perhaps: lost, died, completed or stopped."""

    participant: str
    what: str


class RecordDeviation(Command, frozen=True, tag="record-deviation"):
    of: str
    words: str
    important: bool
    participant: str = ""
    site: str = ""


class BreakCode(Command, frozen=True, tag="break-code"):
    """``path``: emergency, by an investigator; safety-report, by a safety officer, the investigator staying masked.

    On paper: the ``envelope``, and the moment when it was ``opened``, with its offset from UTC; both or neither.
    """

    participant: str
    path: str
    why: str
    changes_care: bool
    to: tuple[str, ...] = ()
    envelope: str = ""
    opened: datetime.datetime | None = None


class AssessImpact(Command, frozen=True, tag="assess-impact"):
    participant: str
    words: str


class EndorseRecord(Command, frozen=True, tag="endorse-record"):
    participant: str
    meaning: str
    digest: str


class FreezeData(Command, frozen=True, tag="freeze-data"):
    meaning: str


class ThawData(Command, frozen=True, tag="thaw-data"):
    meaning: str


class LockData(Command, frozen=True, tag="lock-data"):
    meaning: str
    digest: str


class UnlockData(Command, frozen=True, tag="unlock-data"):
    meaning: str


class UnblindTrial(Command, frozen=True, tag="unblind-trial"):
    meaning: str


class NoteSealedRead(Command, frozen=True, tag="note-sealed-read"):
    what: str
    participant: str = ""


class NoteExport(Command, frozen=True, tag="note-export"):
    what: str
    rows: int
    digest: str


TrialCommand: TypeAlias = (
    OpenTrial
    | AmendProtocol
    | AddSite
    | OpenSite
    | CloseSite
    | GrantRole
    | RevokeRole
    | SealAllocation
    | NumberKits
    | SendKits
    | ReceiveKits
    | DiscardKits
    | PrescreenPerson
    | RecordConsent
    | ScreenParticipant
    | FailScreening
    | RecordStratum
    | CorrectStratum
    | RandomiseParticipant
    | DispenseKits
    | ReturnKit
    | StopTreatment
    | RecordVisit
    | MissVisit
    | EnterForm
    | CorrectForm
    | SignForm
    | RaiseQuery
    | AnswerQuery
    | CloseQuery
    | RecordMedication
    | ReportAdverseEvent
    | UpdateAdverseEvent
    | SendExpeditedReport
    | WithdrawParticipant
    | LoseParticipant
    | RecordDeath
    | CompleteParticipant
    | ReinstateParticipant
    | RecordDeviation
    | BreakCode
    | AssessImpact
    | EndorseRecord
    | FreezeData
    | ThawData
    | LockData
    | UnlockData
    | UnblindTrial
    | NoteSealedRead
    | NoteExport
)
