"""Adverse events and their clocks, medications, deviations, and breaking one participant's code."""

import datetime
from collections.abc import Iterator

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.guards import (
    consented,
    not_before,
    not_in_future,
    randomised,
    reason_given,
    takes_new_data,
    words_given,
)
from equipoise.conduct.log import Context, utc
from equipoise.conduct.participant import Participant
from equipoise.conduct.permissions import grants_of, permit
from equipoise.conduct.roles import AT_A_SITE, Role
from equipoise.conduct.trial import Trial
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused

DEVIATIONS = (
    "eligibility",
    "consent",
    "visit-window",
    "procedure-missed",
    "treatment",
    "prohibited-medication",
    "accidental-unmasking",
    "other",
)
EMERGENCY, SAFETY_REPORT = "emergency", "safety-report"


def record_medication(trial: Trial, command: do.RecordMedication, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    consented(one)
    if command.number is None:
        takes_new_data(one)
    words_given(command.name, what="The medication's name")
    started, stopped = (PartialDate.read(day) if day else None for day in (command.started, command.stopped))
    if started and stopped and stopped.latest() < started.earliest():
        raise Refused("stopped before it started.", what=command.name, do="Correct the dates.")
    for day in (started, stopped):
        if day:
            not_in_future(day.earliest(), trial, one.site, context, what="The medication's date")
    if command.number is not None:
        reason_given(context, what="Correcting a medication")
        if command.number not in one.medications:
            raise Refused("is not the number of one of their medications.", what=str(command.number))
    number = command.number or len(one.medications) + 1
    yield did.MedicationRecorded(
        one.id, number, command.name, command.dose, command.why, command.started, command.stopped, command.code
    )


def report_adverse_event(trial: Trial, command: do.ReportAdverseEvent, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    consented(one)
    _sound(trial, one, command.told, context)
    yield did.AdverseEventReported(one.id, len(one.adverse) + 1, command.told)


def update_adverse_event(trial: Trial, command: do.UpdateAdverseEvent, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    _known(one, command.number)
    reason_given(context, what="Changing what was told of an adverse event")
    _sound(trial, one, command.told, context)
    if one.adverse[command.number].told == command.told:
        raise Refused("nothing changed.", what=f"Adverse event {command.number}")
    yield did.AdverseEventUpdated(one.id, command.number, command.told)


def _known(one: Participant, number: int) -> None:
    if number not in one.adverse:
        raise Refused("has no adverse event of that number.", what=f"{one.id}, {number}")


def _sound(trial: Trial, one: Participant, told: did.AdverseEvent, context: Context) -> None:
    words_given(told.term, what="What happened")
    not_in_future(told.started, trial, one.site, context, what="The day it began")
    not_in_future(told.aware, trial, one.site, context, what="The day you knew")
    not_before(told.aware, told.started, what="The day you knew", first_what="the day it began")
    _while_followed(one, told)
    if told.ended:
        not_in_future(told.ended, trial, one.site, context, what="The day it ended")
        not_before(told.ended, told.started, what="The day it ended", first_what="the day it began")
    fatal = {told.outcome is did.Outcome.FATAL, did.Seriousness.DEATH in told.seriousness}
    if fatal == {True, False}:
        raise Refused("Outcome and seriousness disagree about death.", what="Adverse event", do="Say both, or neither.")


def _while_followed(one: Participant, told: did.AdverseEvent) -> None:
    """After death nothing begins; after withdrawal from new data only what had begun is still told."""
    if one.ended is None or told.started <= one.ended.on:
        return
    if one.ended.how == "died":
        not_in_time = f"{told.started} is after their death on {one.ended.on}."
        raise Refused(not_in_time, what="The day it began", do="Correct the date.")
    takes_new_data(one)


def send_expedited_report(trial: Trial, command: do.SendExpeditedReport, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    _known(one, command.number)
    known = one.adverse[command.number]
    words_given(command.to, what="To whom it was sent")
    not_in_future(command.on, trial, one.site, context, what="The day it was sent")
    not_before(command.on, known.told.aware, what="The day it was sent", first_what="the day the site knew")
    if not known.told.serious:
        raise Refused("is not serious.", what=known.told.term, do="Only serious events are reported so.")
    yield did.ExpeditedReportSent(one.id, command.number, command.on, command.to)


def record_deviation(trial: Trial, command: do.RecordDeviation, context: Context) -> Iterator[did.TrialEvent]:
    if command.of not in DEVIATIONS:
        raise Refused("is not a kind we know.", what=command.of[:40], do=f"There are: {', '.join(DEVIATIONS)}.")
    words_given(command.words, what="What happened")
    site = trial.participant(command.participant).site if command.participant else command.site
    trial.site(site)
    yield did.DeviationRecorded(command.of, command.words, command.important, command.participant, site)


def break_code(trial: Trial, command: do.BreakCode, context: Context) -> Iterator[did.TrialEvent]:
    """An investigator needs nobody's leave in an emergency; for a safety report the site stays masked."""
    one = trial.participant(command.participant)
    randomised(one)
    words_given(command.why, what="Why the code is broken")
    if not trial.protocol.masking.masked:
        raise Refused("nobody is masked.", what="This trial", do="The treatment is in the record.")
    roles = permit(trial, command, context)
    needed = {EMERGENCY: Role.INVESTIGATOR, SAFETY_REPORT: Role.SAFETY_OFFICER}.get(command.path)
    if needed is None:
        raise Refused("is not a way to break a code.", what=command.path[:40])
    if needed not in roles:
        raise Refused(f"is for the {needed.value.replace('-', ' ')}.", what="This way of breaking a code")
    if command.path == EMERGENCY and not command.changes_care:
        raise Refused(
            "knowing the treatment would not change their care.",
            what="The code stays",
            do="Treat as if they had the active treatment; call the emergency contact if in doubt.",
        )
    if command.path == SAFETY_REPORT and not any(each.told.serious for each in one.adverse.values()):
        raise Refused("has no serious adverse event.", what=one.id, do="Record the event first.")
    to = command.to or (context.by,)
    _may_be_told(trial, to, command.path, context)
    opened = _opened(one, command, context)
    envelope = command.envelope.strip()
    yield did.CodeBroken(one.id, command.path, command.why, command.changes_care, to, envelope, opened)


def _opened(one: Participant, command: do.BreakCode, context: Context) -> datetime.datetime | None:
    """When the envelope was opened, UTC, by the minute at least; nothing where the code was not broken on paper."""
    if command.opened is None and not command.envelope:
        return None
    words_given(command.envelope, what="The envelope")
    if command.opened is None or command.opened.tzinfo is None:
        raise Refused("is not known, or not of which zone.", what="When it was opened", do="Say day, time and offset.")
    at = command.opened.astimezone(datetime.UTC)
    if at > context.at:
        raise Refused(f"{utc(at)} lies in the future.", what="When it was opened", do="Correct the time.")
    if at < datetime.datetime.fromisoformat(one.randomised).replace(second=0, microsecond=0):
        do_next = "Correct the time; or record a deviation of the site, accidental unmasking."
        raise Refused(f"{utc(at)} is before they were randomised.", what="When it was opened", do=do_next)
    return at


def _may_be_told(trial: Trial, to: tuple[str, ...], path: str, context: Context) -> None:
    """In an emergency those who treat them; for a safety report nobody of a site (ICH E6(R3) 4.1.2, E2A)."""
    for user in to:
        words_given(user, what="Who is told")
        roles = {grant.role for grant in grants_of(trial, user, context.at)}
        masked = roles & AT_A_SITE if path == SAFETY_REPORT else roles - AT_A_SITE
        if masked:
            raise Refused(f"{trial.people[user]} stays masked.", what="Who is told", do="Name somebody else.")


def assess_impact(trial: Trial, command: do.AssessImpact, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    words_given(command.words, what="The assessment")
    if not one.broken:
        raise Refused("has had no code broken.", what=one.id)
    if all(each.assessed for each in one.broken):
        raise Refused("is assessed already.", what=f"The code break of {one.id}")
    yield did.ImpactAssessed(one.id, command.words)
