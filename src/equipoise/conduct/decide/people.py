"""From a person who might join to a participant who may be randomised; and how follow-up ends."""

import datetime
from collections.abc import Iterator

from msgspec.structs import replace

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.guards import (
    consented,
    not_before,
    not_in_future,
    randomised,
    reason_given,
    still_followed,
    words_given,
)
from equipoise.conduct.decide.strata import refuse_unless_as_source
from equipoise.conduct.log import Context
from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.model import ConsentVersion, Factor
from equipoise.conduct.screening import compute, read_answers, run_of
from equipoise.conduct.trial import Site, Trial, find_consent
from equipoise.eligibility.logic import every
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth

WITHDRAWALS = ("treatment", "visits", "contact", "new-data")
FAILURES = ("not-eligible", "declined", "other")


def prescreen_person(trial: Trial, command: do.PrescreenPerson, context: Context) -> Iterator[did.TrialEvent]:
    site = trial.site(command.site)
    _site_open(trial, site.id)
    yield did.PersonPrescreened(next_number(site), site.id, command.identity)


def next_number(site: Site) -> str:
    """Of the next person who comes to it."""
    return f"{site.id}-{site.numbered + 1:03d}"


def _site_open(trial: Trial, site: str) -> None:
    if not trial.sites[site].is_open:
        raise Refused("is not open.", what=trial.sites[site].label, do="The sponsor opens sites.")


def record_consent(trial: Trial, command: do.RecordConsent, context: Context) -> Iterator[did.TrialEvent]:
    """A version counts on a day when it was the valid one; consenting again moves to that version's protocol.

    Whoever withdrew comes back by consenting anew, and in no other way.
    """
    one = trial.participant(command.participant)
    if one.consent is None:
        _site_open(trial, one.site)
    version = find_consent(trial.protocol, command.version)
    not_in_future(command.on, trial, one.site, context, what="The day of consent")
    left = one.ended
    if left and left.how != "withdrew":
        raise Refused(f"is no longer followed ({left.how}).", what=one.id)
    until = version.valid_until or datetime.date.max
    if not version.valid_from <= command.on <= until:
        valid = f"from {version.valid_from}" + (f" until {version.valid_until}" if version.valid_until else "")
        raise Refused(
            f"is valid {valid}, not on {command.on}.",
            what=f"Consent form {version.label}",
            do="Use the version valid on that day.",
        )
    if one.consent:
        not_before(command.on, one.consent.on, what="The day of consent", first_what="the earlier consent")
        not_before(command.on, left.on if left else None, what="The day of consent", first_what="withdrawal")
        if one.consent.version == version.id and left is None:
            raise Refused(f"has consented to version {version.id} already.", what=one.id)
    yield did.ConsentRecorded(one.id, version.id, command.on, _binds_to(trial, version))


def _binds_to(trial: Trial, version: ConsentVersion) -> str:
    """The protocol it names; else the last in which it was the newest version; else today's."""
    if version.protocol and version.protocol not in trial.protocols:
        why = f"is for protocol {version.protocol}, which this trial has not had."
        raise Refused(why, what=f"Consent form {version.label}", do="Amend the protocol first.")
    if version.protocol:
        return version.protocol
    newest = (name for name, each in reversed(trial.protocols.items()) if each.consent[-1].id == version.id)
    return next(newest, trial.version)


def screen_participant(trial: Trial, command: do.ScreenParticipant, context: Context) -> Iterator[did.TrialEvent]:
    """Every criterion of the protocol is answered; what the answers contradict needs the evidence beside it."""
    one = trial.participant(command.participant)
    consented(one)
    _site_open(trial, one.site)
    if one.is_randomised:
        raise Refused("is randomised already.", what=one.id)
    still_followed(one)
    not_in_future(command.on, trial, one.site, context, what="The day of screening")
    given = one.consents[0].on
    not_before(command.on, given, what="The day of screening", first_what="consent")
    if one.screening:
        not_before(command.on, one.screening.on, what="The day of screening", first_what="the screening before")
    protocol = trial.protocol_of(one)
    _may_screen_again(one, protocol.rescreenings, context)
    verdicts = compute(protocol, read_answers(command.answers), run_of(command.on, given))
    known = {finding.criterion: finding for finding in command.findings}
    missing = [name for name in verdicts if name not in known]
    strange = [name for name in known if name not in verdicts]
    if missing or strange or len(known) != len(command.findings):
        words = f"without an answer: {', '.join(missing)}" if missing else f"not in the protocol: {', '.join(strange)}"
        raise Refused(f"do not fit the protocol ({words}).", what="The criteria", do="Answer each criterion once.")
    findings = tuple(replace(known[name], computed=verdict.met) for name, verdict in verdicts.items())
    _hold_against_answers(findings)
    yield did.ParticipantScreened(one.id, command.on, every(each.met for each in findings), findings, command.answers)


def _may_screen_again(one: Participant, rescreenings: int, context: Context) -> None:
    """A screening that found somebody not eligible is failed, and counted, before they are screened again."""
    failed = sum(bool(each.failed) for each in one.screenings)
    if failed > rescreenings:
        times = "once" if rescreenings == 1 else f"{rescreenings} times"
        allowed = f"again {times}" if rescreenings else "once only"
        raise Refused(f"has failed screening {failed} times; the protocol has people screened {allowed}.", what=one.id)
    last = one.screening
    if last and not last.failed and last.eligible is Truth.FALSE and not context.reason.strip():
        do = "Record that the screening failed, then screen again; or say why it was wrong."
        raise Refused(f"did not meet every criterion on {last.on}.", what=one.id, do=do)


def _hold_against_answers(findings: tuple[did.Finding, ...]) -> None:
    for one in findings:
        opposed = {one.met, one.computed} == {Truth.TRUE, Truth.FALSE}
        if opposed and not one.evidence.strip():
            said = "met" if one.met is Truth.TRUE else "not met"
            raise Refused(
                f"is said to be {said}, and the answers say otherwise.",
                what=f"Criterion {one.criterion}",
                do="Correct the answers, or write down what this rests on.",
            )


def fail_screening(trial: Trial, command: do.FailScreening, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    if one.is_randomised:
        raise Refused("is randomised already.", what=one.id, do="Record a withdrawal instead.")
    still_followed(one)
    if command.because not in FAILURES:
        raise Refused("is not a reason we know.", what=command.because, do=f"There are: {', '.join(FAILURES)}.")
    if one.screening and one.screening.failed:
        raise Refused("has failed this screening already.", what=one.id)
    findings = one.screening.findings if one.screening else ()
    criteria = tuple(each.criterion for each in findings if each.met is Truth.FALSE)
    if command.because == "not-eligible" and not criteria:
        raise Refused(
            "meets every criterion screened so far.", what=one.id, do="Screen them, or choose another reason."
        )
    yield did.ScreeningFailed(one.id, command.because, criteria if command.because == "not-eligible" else ())


def record_stratum(trial: Trial, command: do.RecordStratum, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    consented(one)
    if one.is_randomised:
        raise Refused("is randomised already.", what=one.id, do="Correct the stratum instead.")
    still_followed(one)
    factors = {factor.id: factor for factor in trial.protocol.allocation.factors}
    if not factors:
        raise Refused("has no stratification factors.", what="This trial")
    if set(command.levels) != set(factors):
        raise Refused("are not all given.", what="The stratification factors", do=f"Give: {', '.join(factors)}.")
    for name, level in command.levels.items():
        _level_of(factors[name], level)
    levels = {name: command.levels[name] for name in factors}
    refuse_unless_as_source(trial, one, levels)
    if one.levels == levels:
        raise Refused("are recorded so already.", what="The stratification factors")
    if one.levels:
        reason_given(context, what="Changing the stratification factors")
    yield did.StratumRecorded(one.id, levels)


def _level_of(factor: Factor, level: str) -> None:
    known = [each.id for each in factor.levels]
    if level not in known:
        raise Refused(
            "is not one of its levels.", what=f"{factor.label}: {level}", do=f"There are: {', '.join(known)}."
        )


def correct_stratum(trial: Trial, command: do.CorrectStratum, context: Context) -> Iterator[did.TrialEvent]:
    """After randomisation the place in the list stays, and nobody is randomised again."""
    one = trial.participant(command.participant)
    reason_given(context, what="Correcting a stratum")
    factor = next((each for each in trial.protocol.allocation.factors if each.id == command.factor), None)
    if factor is None or command.factor not in one.levels_true:
        raise Refused("has no value to correct.", what=command.factor, do="Record the stratum first.")
    _level_of(factor, command.level)
    old = one.levels_true[factor.id]
    if old == command.level:
        raise Refused(f"is {old} already.", what=factor.label)
    yield did.StratumCorrected(one.id, factor.id, old, command.level)


def withdraw_participant(trial: Trial, command: do.WithdrawParticipant, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    consented(one)
    _alive(one)
    not_in_future(command.on, trial, one.site, context, what="The day of withdrawal")
    not_before(command.on, one.consents[0].on, what="The day of withdrawal", first_what="consent")
    strange = sorted(set(command.of) - set(WITHDRAWALS))
    if strange or not command.of:
        raise Refused(
            "is not something one can withdraw from." if strange else "nothing was chosen.",
            what=", ".join(strange) or "What they withdraw from",
            do=f"There are: {', '.join(WITHDRAWALS)}.",
        )
    new = tuple(each for each in WITHDRAWALS if each in command.of and each not in one.withdrawn)
    if not new:
        raise Refused("has withdrawn from that already.", what=one.id)
    if "treatment" in new and one.is_randomised and not one.stopped:
        yield did.TreatmentStopped(one.id, command.on, command.why or "withdrew from treatment")
    yield did.ParticipantWithdrew(one.id, command.on, new, command.why)


def lose_participant(trial: Trial, command: do.LoseParticipant, context: Context) -> Iterator[did.TrialEvent]:
    one = _in_follow_up(trial, command.participant, command.on, context)
    words_given(command.tried, what="How it was tried to reach them")
    yield did.ParticipantLost(one.id, command.on, command.tried)


def record_death(trial: Trial, command: do.RecordDeath, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    consented(one)
    _alive(one)
    not_in_future(command.on, trial, one.site, context, what="The day of death")
    not_before(command.on, one.consents[0].on, what="The day of death", first_what="consent")
    not_before(command.on, _last_visit(one), what="The day of death", first_what="their last visit")
    yield did.ParticipantDied(one.id, command.on)


def _alive(one: Participant) -> None:
    if one.ended and one.ended.how == "died":
        raise Refused("is recorded as dead already.", what=one.id)


def _last_visit(one: Participant) -> datetime.date | None:
    return max((seen.on for seen in one.visits.values() if seen.on), default=None)


def complete_participant(trial: Trial, command: do.CompleteParticipant, context: Context) -> Iterator[did.TrialEvent]:
    one = _in_follow_up(trial, command.participant, command.on, context)
    yield did.ParticipantCompleted(one.id, command.on)


MISTAKEN = ("lost", "died", "completed", "stopped")


def reinstate_participant(trial: Trial, command: do.ReinstateParticipant, context: Context) -> Iterator[did.TrialEvent]:
    """What somebody withdrew from is theirs to take back, by consenting anew; but for treatment, where they go on."""
    one = trial.participant(command.participant)
    reason_given(context, what="Taking back what was recorded")
    if command.what not in MISTAKEN:
        do_next = f"There are: {', '.join(MISTAKEN)}. Who withdrew consents anew."
        raise Refused("is not something to take back.", what=command.what[:40], do=do_next)
    if command.what == "stopped" and any(end.how == "withdrew" for end in one.ends):
        raise Refused("has withdrawn consent.", what=one.id, do="Record their new consent first.")
    day = day_of_mistake(one, command.what)
    if day is None:
        raise Refused(f"is not recorded as {command.what}.", what=one.id)
    yield did.ParticipantReinstated(one.id, command.what, day)


def day_of_mistake(one: Participant, what: str) -> datetime.date | None:
    """The day on which they are said to have ended so; none where it is not said."""
    if what == "stopped":
        return one.stopped[0] if one.stopped else None
    return next((end.on for end in one.ends if end.how == what), None)


def _in_follow_up(trial: Trial, participant: str, on: datetime.date, context: Context) -> Participant:
    one = trial.participant(participant)
    randomised(one)
    still_followed(one)
    if one.ended:
        raise Refused("has completed the trial.", what=one.id)
    not_in_future(on, trial, one.site, context, what="The day")
    not_before(on, one.randomised_on, what="The day", first_what="randomisation")
    not_before(on, _last_visit(one), what="The day", first_what="their last visit")
    return one
