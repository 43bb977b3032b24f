"""Which role may ask for what, and at which stage of the trial. What is not in these tables is refused."""

import datetime
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from equipoise.conduct import commands as do
from equipoise.conduct.log import Context
from equipoise.conduct.roles import AT_A_SITE, LABELS, Role
from equipoise.conduct.trial import Grant, Stage, Trial
from equipoise.kernel.refused import Refused

_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
_SPONSOR = frozenset({Role.SPONSOR})
_SITE = frozenset({Role.COORDINATOR, Role.INVESTIGATOR})
_INVESTIGATOR = frozenset({Role.INVESTIGATOR})
_FORMS = frozenset({Role.COORDINATOR, Role.INVESTIGATOR, Role.ASSESSOR, Role.PHARMACIST, Role.INDEPENDENT_STATISTICIAN})
_ASKS = frozenset({Role.MONITOR, Role.SPONSOR, Role.STATISTICIAN, Role.SAFETY_OFFICER})

MAY: Mapping[type[do.Command], frozenset[Role]] = {
    do.AmendProtocol: _SPONSOR,
    do.AddSite: _SPONSOR,
    do.OpenSite: _SPONSOR,
    do.CloseSite: _SPONSOR,
    do.GrantRole: _ADMINISTRATOR,
    do.RevokeRole: _ADMINISTRATOR,
    do.SealAllocation: frozenset({Role.INDEPENDENT_STATISTICIAN}),
    do.NumberKits: frozenset({Role.INDEPENDENT_STATISTICIAN}),
    do.SendKits: _SPONSOR | {Role.PHARMACIST},
    do.ReceiveKits: frozenset({Role.PHARMACIST}),
    do.DiscardKits: _SITE | {Role.PHARMACIST},
    do.PrescreenPerson: _SITE,
    do.RecordConsent: _SITE,
    do.ScreenParticipant: _SITE,
    do.FailScreening: _SITE,
    do.RecordStratum: _SITE,
    do.CorrectStratum: _SITE,
    do.RandomiseParticipant: _SITE,
    do.DispenseKits: _SITE,
    do.ReturnKit: _SITE | {Role.PHARMACIST},
    do.StopTreatment: _INVESTIGATOR,
    do.RecordVisit: _SITE,
    do.MissVisit: _SITE,
    do.EnterForm: _FORMS,
    do.CorrectForm: _FORMS,
    do.SignForm: _INVESTIGATOR,
    do.RaiseQuery: _ASKS | _INVESTIGATOR,
    do.AnswerQuery: _FORMS,
    do.CloseQuery: _ASKS,
    do.RecordMedication: _SITE,
    do.ReportAdverseEvent: _SITE,
    do.UpdateAdverseEvent: _SITE,
    do.SendExpeditedReport: frozenset({Role.SAFETY_OFFICER}),
    do.WithdrawParticipant: _SITE,
    do.LoseParticipant: _SITE,
    do.RecordDeath: _SITE,
    do.CompleteParticipant: _SITE,
    do.ReinstateParticipant: _INVESTIGATOR,
    do.RecordDeviation: _SITE | {Role.MONITOR},
    do.BreakCode: _INVESTIGATOR | {Role.SAFETY_OFFICER},
    do.AssessImpact: _SPONSOR,
    do.EndorseRecord: _INVESTIGATOR,
    do.FreezeData: frozenset({Role.STATISTICIAN}),
    do.ThawData: frozenset({Role.STATISTICIAN}),
    do.LockData: frozenset({Role.STATISTICIAN}),
    do.UnlockData: _SPONSOR,
    do.UnblindTrial: frozenset({Role.INDEPENDENT_STATISTICIAN}),
    do.NoteSealedRead: frozenset(Role) - _ADMINISTRATOR,
    do.NoteExport: frozenset(Role) - _ADMINISTRATOR,
}


def _these(*kinds: type[do.Command]) -> frozenset[type[do.Command]]:
    return frozenset(kinds)


_ALWAYS = _these(do.GrantRole, do.RevokeRole, do.NoteExport, do.NoteSealedRead, do.AssessImpact)
_URGENT = _these(do.BreakCode, do.ReportAdverseEvent, do.UpdateAdverseEvent, do.SendExpeditedReport, do.RecordDeviation)
_CLEANING = _these(
    do.CorrectForm,
    do.RaiseQuery,
    do.AnswerQuery,
    do.CloseQuery,
    do.SignForm,
    do.EndorseRecord,
    do.CorrectStratum,
    do.ReinstateParticipant,
)
_TO_LOCK = _these(do.ThawData, do.LockData, do.CloseSite)
_TO_UNBLIND = _these(do.BreakCode, do.RecordDeviation, do.UnlockData, do.UnblindTrial)

WHEN: Mapping[Stage, frozenset[type[do.Command]]] = {
    Stage.OPEN: frozenset(MAY) - _these(do.ThawData, do.LockData, do.UnlockData, do.UnblindTrial),
    Stage.FROZEN: _ALWAYS | _URGENT | _CLEANING | _TO_LOCK,
    Stage.LOCKED: _ALWAYS | _TO_UNBLIND,
    Stage.UNBLINDED: _ALWAYS,
}
"""A locked trial takes no more data; a code may be broken, and unmasking recorded, until all is unblinded."""

CONFLICTS = (Role.PHARMACIST, Role.INDEPENDENT_STATISTICIAN, Role.ADMINISTRATOR)
"""Who has one of these roles in a trial has no other in it (ICH E6(R3) 4.1.2: separation of duties)."""

WIDE = _these(do.NoteExport, do.NoteSealedRead)
"""Of no site in particular, and still for those who work at one."""


def permit(trial: Trial, command: do.Command, context: Context) -> tuple[Role, ...]:
    """The roles in which the person may ask for this now, the one they named first. Refused: none may."""
    _in_time(trial, command)
    site = site_of(trial, command)
    allowed = MAY.get(type(command), frozenset())
    grants = tuple(grants_of(trial, context.by, context.at))
    if not grants:
        why = "you have no role in this trial today."
        raise Refused(why, what="Not allowed", do="Ask the trial's administrator.")
    covering = [one.role for one in grants if _covers(one, site, wide=type(command) in WIDE)]
    if not covering and _is_about_a_person(command):
        raise _unknown(command)
    held = [role for role in covering if role in allowed]
    if not held:
        wanted = " or ".join(sorted(LABELS[role].lower() for role in allowed)) or "nobody"
        where = f" at {trial.sites[site].label}" if site in trial.sites else ""
        raise Refused(f"this is for the {wanted}{where}.", what="Not allowed", do="Ask somebody who has that role.")
    return tuple(sorted(dict.fromkeys(held), key=lambda role: role != context.role))


def _in_time(trial: Trial, command: do.Command) -> None:
    if type(command) not in WHEN[trial.stage]:
        do_next = (
            "Unlock or thaw it first, with a reason." if trial.stage is not Stage.OPEN else "Freeze the data first."
        )
        raise Refused(f"the trial is {trial.stage.value}.", what="Not now", do=do_next)


def site_of(trial: Trial, command: do.Command) -> str:
    """The site a command is about, by its own word or its participant's. Refused: no such participant or query."""
    participant = getattr(command, "participant", "")
    if isinstance(command, do.AnswerQuery | do.CloseQuery):
        if command.query not in trial.queries:
            raise _unknown(command)
        participant = trial.queries[command.query].participant
    if participant:
        return trial.participant(participant).site
    return "" if isinstance(command, do.GrantRole | do.RevokeRole | do.AddSite) else getattr(command, "site", "")


def _is_about_a_person(command: do.Command) -> bool:
    return bool(getattr(command, "participant", "") or getattr(command, "query", ""))


def _unknown(command: do.Command) -> Refused:
    """The same words for a record of another site as for none: whoever may not see it learns nothing."""
    query = getattr(command, "query", "")
    if query:
        return Refused("there is no such query.", what=query[:40])
    participant = getattr(command, "participant", "")
    return Refused("there is no such participant.", what=participant[:40], do="Look the number up in the log.")


def _covers(grant: Grant, site: str, *, wide: bool) -> bool:
    return not grant.site or grant.site == site or (wide and not site)


def grants_of(trial: Trial, user: str, at: datetime.datetime) -> Iterable[Grant]:
    """Those in force: trained, begun, not ended, by the calendar of the site."""
    for one in trial.held.get(user, ()):
        if one.live(today(trial, one.site, at)):
            yield one


def today(trial: Trial, site: str, at: datetime.datetime) -> datetime.date:
    """The day it is at a site, or in UTC."""
    zone = trial.sites[site].zone if site in trial.sites else "UTC"
    return at.astimezone(ZoneInfo(zone)).date()


def needs_site(role: Role) -> bool:
    return role in AT_A_SITE
