"""What follows from what somebody asks: the events that record it, or the reason why not."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from equipoise.conduct import commands as do
from equipoise.conduct.decide import closing, organising, people, randomising, safety, treating, visiting
from equipoise.conduct.events import TrialEvent
from equipoise.conduct.log import Context
from equipoise.conduct.permissions import permit
from equipoise.conduct.trial import Trial, find_form
from equipoise.kernel.refused import Refused

Rule: TypeAlias = Callable[[Trial, Any, Context], Iterator[TrialEvent]]

RULES: Mapping[type[do.Command], Rule] = {
    do.OpenTrial: organising.open_trial,
    do.AmendProtocol: organising.amend_protocol,
    do.AddSite: organising.add_site,
    do.OpenSite: organising.open_site,
    do.CloseSite: organising.close_site,
    do.GrantRole: organising.grant_role,
    do.RevokeRole: organising.revoke_role,
    do.SealAllocation: organising.seal_allocation,
    do.NumberKits: organising.number_kits,
    do.SendKits: treating.send_kits,
    do.ReceiveKits: treating.receive_kits,
    do.DiscardKits: treating.discard_kits,
    do.PrescreenPerson: people.prescreen_person,
    do.RecordConsent: people.record_consent,
    do.ScreenParticipant: people.screen_participant,
    do.FailScreening: people.fail_screening,
    do.RecordStratum: people.record_stratum,
    do.CorrectStratum: people.correct_stratum,
    do.RandomiseParticipant: randomising.randomise_participant,
    do.DispenseKits: treating.dispense_kits,
    do.ReturnKit: treating.return_kit,
    do.StopTreatment: treating.stop_treatment,
    do.RecordVisit: visiting.record_visit,
    do.MissVisit: visiting.miss_visit,
    do.EnterForm: visiting.enter_form,
    do.CorrectForm: visiting.correct_form,
    do.SignForm: visiting.sign_form,
    do.RaiseQuery: visiting.raise_query,
    do.AnswerQuery: visiting.answer_query,
    do.CloseQuery: visiting.close_query,
    do.RecordMedication: safety.record_medication,
    do.ReportAdverseEvent: safety.report_adverse_event,
    do.UpdateAdverseEvent: safety.update_adverse_event,
    do.SendExpeditedReport: safety.send_expedited_report,
    do.WithdrawParticipant: people.withdraw_participant,
    do.LoseParticipant: people.lose_participant,
    do.RecordDeath: people.record_death,
    do.CompleteParticipant: people.complete_participant,
    do.ReinstateParticipant: people.reinstate_participant,
    do.RecordDeviation: safety.record_deviation,
    do.BreakCode: safety.break_code,
    do.AssessImpact: safety.assess_impact,
    do.EndorseRecord: closing.endorse_record,
    do.FreezeData: closing.freeze_data,
    do.ThawData: closing.thaw_data,
    do.LockData: closing.lock_data,
    do.UnlockData: closing.unlock_data,
    do.UnblindTrial: closing.unblind_trial,
    do.NoteSealedRead: closing.note_sealed_read,
    do.NoteExport: closing.note_export,
}


def decide(trial: Trial, command: do.TrialCommand, context: Context) -> tuple[TrialEvent, ...]:
    """The events that follow, at least one. Refused: not allowed, not now, or not possible, with the reason."""
    if not isinstance(command, do.OpenTrial):
        _opened(trial)
        roles = permit(trial, command, context)
        if isinstance(command, do.EnterForm | do.CorrectForm):
            protocol = trial.protocol_of(trial.participant(command.participant))
            visiting.may_fill(find_form(protocol, command.form), roles)
    return tuple(RULES[type(command)](trial, command, context))


def _opened(trial: Trial) -> None:
    if not trial.opened:
        raise Refused("there is no such trial.", what=trial.id or "No name", do="Open it with its protocol first.")
