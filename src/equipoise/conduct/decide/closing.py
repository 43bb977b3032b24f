"""Closing, in this order and no other: freeze, queries clean, sign, lock, unblind. Each step says what it means."""

import hashlib
from collections.abc import Iterator

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.guards import reason_given, words_given
from equipoise.conduct.decide.visiting import is_signed
from equipoise.conduct.forms import digest
from equipoise.conduct.log import Context, canonical
from equipoise.conduct.masking import sees, viewer_of
from equipoise.conduct.participant import Participant
from equipoise.conduct.permissions import site_of
from equipoise.conduct.roles import SEALED
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused


def record_digest(one: Participant) -> str:
    """Of all that is recorded of a participant: what an endorsement binds."""
    sheets = [[place.visit, place.form, place.copy, digest(sheet)] for place, sheet in sorted(one.sheets.items())]
    adverse = [[number, each.told] for number, each in sorted(one.adverse.items())]
    kits = sorted((kit, visit, one.returned.get(kit)) for kit, visit in one.kits.items())
    taken = sorted(one.medications.items())
    left = [sorted(one.withdrawn), one.ended, one.stopped]
    enrolled = [one.consents, one.screenings, one.levels, one.levels_true, one.number, one.randomised]
    every = [one.id, enrolled, sheets, adverse, sorted(one.visits.items()), kits, taken, left]
    return hashlib.sha256(canonical(every).encode()).hexdigest()


def data_digest(trial: Trial) -> str:
    """Of all that is recorded: what the lock binds, and an analysis names."""
    records = [record_digest(trial.participants[name]) for name in sorted(trial.participants)]
    return hashlib.sha256(canonical(records).encode()).hexdigest()


def endorse_record(trial: Trial, command: do.EndorseRecord, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    words_given(command.meaning, what="What the signature means")
    if command.digest != record_digest(one):
        raise Refused("was changed after you opened it.", what=f"The record of {one.id}", do="Look at it again.")
    if _endorsed(one):
        raise Refused("is endorsed already.", what=f"The record of {one.id}")
    yield did.RecordEndorsed(one.id, command.meaning, command.digest)


def freeze_data(trial: Trial, command: do.FreezeData, context: Context) -> Iterator[did.TrialEvent]:
    words_given(command.meaning, what="What the signature means")
    yield did.DataFrozen(command.meaning)


def thaw_data(trial: Trial, command: do.ThawData, context: Context) -> Iterator[did.TrialEvent]:
    reason_given(context, what="Thawing the data")
    words_given(command.meaning, what="What the signature means")
    yield did.DataThawed(command.meaning)


def lock_data(trial: Trial, command: do.LockData, context: Context) -> Iterator[did.TrialEvent]:
    words_given(command.meaning, what="What the signature means")
    if command.digest != data_digest(trial):
        raise Refused("were changed after you looked.", what="The data", do="Look again, then lock.")
    left = left_to_do(trial)
    if left:
        raise Refused(" ".join(left), what="The data cannot be locked yet", do="Settle these first.")
    yield did.DataLocked(command.meaning, command.digest)


def left_to_do(trial: Trial) -> tuple[str, ...]:
    """What stands between the frozen data and the lock."""
    queries = len(trial.open_queries())
    unsigned = sum(_unsigned(trial, one) for one in trial.participants.values())
    unassessed = sum(not each.assessed for one in trial.participants.values() for each in one.broken)
    unendorsed = [one.id for one in trial.participants.values() if one.is_randomised and not _endorsed(one)]
    said = []
    if queries:
        said.append(f"Queries still open: {queries:,}.")
    if unsigned:
        said.append(f"Forms not signed: {unsigned:,}.")
    if unassessed:
        said.append(f"Code breaks not assessed: {unassessed:,}.")
    if unendorsed:
        said.append(f"Records of participants not endorsed by an investigator: {len(unendorsed):,}.")
    return tuple(said)


def _unsigned(trial: Trial, one: Participant) -> int:
    wanted = {form.id for form in trial.protocol_of(one).forms if form.sign}
    return sum(place.form in wanted and not is_signed(sheet) for place, sheet in one.sheets.items())


def _endorsed(one: Participant) -> bool:
    return bool(one.endorsed) and one.endorsed[-1].digest == record_digest(one)


def unlock_data(trial: Trial, command: do.UnlockData, context: Context) -> Iterator[did.TrialEvent]:
    """A loud event: everybody sees it, and the lock has to be earned again."""
    reason_given(context, what="Unlocking the data")
    words_given(command.meaning, what="What the signature means")
    yield did.DataUnlocked(command.meaning)


def unblind_trial(trial: Trial, command: do.UnblindTrial, context: Context) -> Iterator[did.TrialEvent]:
    words_given(command.meaning, what="What the signature means")
    if trial.digest != data_digest(trial):
        raise Refused("are not those that were locked.", what="The data", do="Run the audit of the log.")
    yield did.TrialUnblinded(command.meaning)


def note_sealed_read(trial: Trial, command: do.NoteSealedRead, context: Context) -> Iterator[did.TrialEvent]:
    """By whoever may look at something sealed at all: everybody else has nothing to note."""
    words_given(command.what, what="What was read")
    viewer, site = viewer_of(trial, context.by, context.at), site_of(trial, command)
    if not any(sees(trial, viewer, kind, site) for kind in SEALED):
        raise Refused("is not told to your roles.", what="What is sealed")
    yield did.SealedRead(command.what, command.participant)


def note_export(trial: Trial, command: do.NoteExport, context: Context) -> Iterator[did.TrialEvent]:
    words_given(command.what, what="What was exported")
    yield did.DataExported(command.what, command.rows, command.digest)
