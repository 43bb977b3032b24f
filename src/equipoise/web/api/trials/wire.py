"""What a program may ask for, and in which form; and what a person does themselves, whatever a token says.

In no table: refused. A form holds what a person would type, and nothing that the program or the custodian settles.
"""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.commands import Command
from equipoise.conduct.log import canonical
from equipoise.conduct.screening import Answers
from equipoise.kernel.truth import Truth
from equipoise.web.api.trials.caller import Caller


class Sent(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A command whose form differs from what is decided."""


class Identity(Sent, frozen=True):
    """Who a participant is: for the site's vault, and never in an answer."""

    given: str = ""
    family: str = ""
    born: datetime.date | None = None
    reach: str = ""


class Prescreen(Sent, frozen=True):
    site: str
    identity: Identity = Identity()


class Judged(Sent, frozen=True):
    """One criterion, as the investigator says; ``evidence`` where the answers say otherwise."""

    criterion: str
    met: Truth
    evidence: str = ""


class Screen(Sent, frozen=True):
    """``answers`` as ``POST …/screening`` takes them."""

    participant: str
    on: datetime.date
    findings: tuple[Judged, ...]
    answers: Answers = Answers()


class Randomise(Sent, frozen=True):
    participant: str


class Dispense(Sent, frozen=True):
    participant: str
    visit: str
    on: datetime.date


class Fill(Sent, frozen=True):
    participant: str
    visit: str
    form: str
    values: dict[str, str]
    copy: int = 1


class Correct(Sent, frozen=True):
    """``seen``: of the form as it was read before; a change meanwhile asks for another look."""

    participant: str
    visit: str
    form: str
    values: dict[str, str]
    seen: str
    copy: int = 1


class Told(did.AdverseEvent, frozen=True, forbid_unknown_fields=True):
    """An adverse event."""


class Report(Sent, frozen=True):
    participant: str
    told: Told


class Send(Sent, frozen=True):
    site: str
    each: int


class Update(Sent, frozen=True):
    participant: str
    number: int
    told: Told


ASKED: Mapping[type[Command], type[msgspec.Struct]] = {
    do.AddSite: do.AddSite,
    do.OpenSite: do.OpenSite,
    do.CloseSite: do.CloseSite,
    do.SendKits: Send,
    do.ReceiveKits: do.ReceiveKits,
    do.DiscardKits: do.DiscardKits,
    do.PrescreenPerson: Prescreen,
    do.RecordConsent: do.RecordConsent,
    do.ScreenParticipant: Screen,
    do.FailScreening: do.FailScreening,
    do.RecordStratum: do.RecordStratum,
    do.CorrectStratum: do.CorrectStratum,
    do.RandomiseParticipant: Randomise,
    do.DispenseKits: Dispense,
    do.ReturnKit: do.ReturnKit,
    do.StopTreatment: do.StopTreatment,
    do.RecordVisit: do.RecordVisit,
    do.MissVisit: do.MissVisit,
    do.EnterForm: Fill,
    do.CorrectForm: Correct,
    do.RaiseQuery: do.RaiseQuery,
    do.AnswerQuery: do.AnswerQuery,
    do.CloseQuery: do.CloseQuery,
    do.RecordMedication: do.RecordMedication,
    do.ReportAdverseEvent: Report,
    do.UpdateAdverseEvent: Update,
    do.SendExpeditedReport: do.SendExpeditedReport,
    do.WithdrawParticipant: do.WithdrawParticipant,
    do.LoseParticipant: do.LoseParticipant,
    do.RecordDeath: do.RecordDeath,
    do.CompleteParticipant: do.CompleteParticipant,
    do.ReinstateParticipant: do.ReinstateParticipant,
    do.RecordDeviation: do.RecordDeviation,
    do.AssessImpact: do.AssessImpact,
}
"""Commands a token may ask for, if its roles may; and the form in which each is sent."""

_RECORD, _CLOSING, _PEOPLE = "trial-participants", "trial-closing", "trial-people"
BY_HAND: Mapping[type[Command], str] = {
    do.BreakCode: _RECORD,
    do.SignForm: _RECORD,
    do.EndorseRecord: _RECORD,
    do.FreezeData: _CLOSING,
    do.ThawData: _CLOSING,
    do.LockData: _CLOSING,
    do.UnlockData: _CLOSING,
    do.UnblindTrial: _CLOSING,
    do.GrantRole: _PEOPLE,
    do.RevokeRole: _PEOPLE,
    do.AmendProtocol: "trial-amend",
    do.NoteSealedRead: "trial-assignments",
    do.NoteExport: "trial-exports",
    do.OpenTrial: "",
    do.SealAllocation: "trial-seal",
    do.NumberKits: "trial-number-kits",
}
"""What a person signs, confirms or answers for themselves, and the page where; without one, on the server."""


def tag_of(kind: type[Command]) -> str:
    return str(kind.__struct_config__.tag)


COMMANDS: Mapping[str, type[Command]] = {tag_of(kind): kind for kind in (*ASKED, *BY_HAND)}


def asked_by(caller: Caller) -> list[str]:
    """What this token may ask for now, somewhere; the rules of the trial may still refuse it."""
    return [tag_of(kind) for kind in ASKED if caller.token.writes and caller.may(kind)]


def as_decided(sent: msgspec.Struct) -> do.TrialCommand:
    """The command as the rules take it; what the custodian or the vault adds comes later."""
    match sent:
        case Prescreen(site=site):
            return do.PrescreenPerson(site)
        case Screen():
            findings = tuple(did.Finding(one.criterion, one.met, evidence=one.evidence) for one in sent.findings)
            return do.ScreenParticipant(sent.participant, sent.on, findings, canonical(sent.answers))
        case Randomise(participant=participant):
            return do.RandomiseParticipant(participant)
        case Send():
            return do.SendKits(sent.site, sent.each)
        case Dispense():
            return do.DispenseKits(sent.participant, sent.visit, sent.on)
        case Fill():
            return do.EnterForm(sent.participant, sent.visit, sent.form, sent.values, sent.copy)
        case Correct():
            return do.CorrectForm(sent.participant, sent.visit, sent.form, sent.values, sent.copy)
        case Report():
            return do.ReportAdverseEvent(sent.participant, _event(sent.told))
        case Update():
            return do.UpdateAdverseEvent(sent.participant, sent.number, _event(sent.told))
        case _:
            return cast("do.TrialCommand", sent)


def _event(told: Told) -> did.AdverseEvent:
    return did.AdverseEvent(**msgspec.structs.asdict(told))


def schemas() -> dict[str, Any]:
    """JSON Schema of each form, for OpenAPI; each may also hold ``reason``."""
    _, found = msgspec.json.schema_components(tuple(ASKED.values()), ref_template="#/components/schemas/{name}")
    for wire in ASKED.values():
        properties = found[wire.__name__]["properties"]
        properties.pop("command", None)
        properties["reason"] = {"type": "string", "default": "", "description": "Why, where the log wants to know."}
        if "command" in found[wire.__name__].get("required", ()):
            found[wire.__name__]["required"].remove("command")
    return found


def forms() -> Iterator[dict[str, Any]]:
    """Which form belongs to which command."""
    for kind, wire in ASKED.items():
        yield {"$ref": f"#/components/schemas/{wire.__name__}", "title": tag_of(kind)}
