"""What is sealed, for those who may know it: noted in the log, asked of the custodian, and only then given."""

import hashlib
from collections.abc import Collection, Iterator

from msgspec.structs import replace

from equipoise.actions.trials import Trials
from equipoise.conduct import commands as do
from equipoise.conduct.log import Context
from equipoise.conduct.masking import Viewer, field_seen, sealed_name, sees
from equipoise.conduct.participant import Place
from equipoise.conduct.roles import SEALED, Information
from equipoise.conduct.trial import Stage, Trial, find_form
from equipoise.conduct.views.records import ARMS
from equipoise.conduct.views.table import Sealed


def arms_for(trials: Trials, trial: Trial, viewer: Viewer, participants: Collection[str], context: Context) -> Sealed:
    """The arms of those randomised at sites where the viewer may know them. Refused: the custodian does not answer."""
    known = _known_of(trial, viewer, participants)
    return Sealed(arms=trials.custodian.arms(trial.id, known, context) if known else {})


def _known_of(trial: Trial, viewer: Viewer, participants: Collection[str]) -> list[str]:
    people = (trial.participant(each) for each in participants)
    return [one.id for one in people if one.is_randomised and sees(trial, viewer, Information.ARM, one.site)]


def sealed_for(trials: Trials, trial: Trial, viewer: Viewer, table: str, context: Context) -> Sealed:
    """What an export's table shows this viewer of what is sealed: in most cases nothing, and nobody is asked.

    Every look is another, so it has no key. Once the trial is unblinded the sealed store alone keeps count.
    """
    looking = replace(context, reason=context.reason or f"export of {table}", key="")
    if table in ("participants", ARMS) and _known_of(trial, viewer, trial.order):
        _note(trials, trial, f"the arms, for the export of {table}", looking)
        return arms_for(trials, trial, viewer, trial.order, looking)
    names = dict(_values_seen(trial, viewer, table.removeprefix("form_"))) if table.startswith("form_") else {}
    if not names:
        return Sealed()
    # Not how many: whether a second value was asked for can hang on the first, which masked readers are not told.
    _note(trials, trial, f"the sealed values, for the export of {table}", looking)
    asked = {sealed_name(*key): mark for key, mark in names.items()}
    told = trials.custodian.values(trial.id, asked, looking)
    return Sealed({key: told[sealed_name(*key)] for key in names if sealed_name(*key) in told})


def note_export(
    trials: Trials, trial: Trial, file: str, rows: int, body: bytes, sealed: Sealed, context: Context
) -> None:
    """Into the log before it leaves; every file is another, so it has no key. Refused: nothing leaves.

    Of what was sealed the log has a fingerprint and the sealed store the digest: a plain hash would let whoever knows
    the rest of the file try every arm against it.
    """
    digest = hashlib.sha256(body).hexdigest()
    if sealed.arms or sealed.values:
        file = f"sealed:{file}"
        digest = trials.custodian.keep(trial.id, {file: digest}, context)[file]
    trials.ask(trial.id, do.NoteExport(file, rows, digest), replace(context, key=""))


def _note(trials: Trials, trial: Trial, what: str, context: Context) -> None:
    if trial.stage is not Stage.UNBLINDED:
        trials.ask(trial.id, do.NoteSealedRead(what), context)


def _values_seen(trial: Trial, viewer: Viewer, form: str) -> Iterator[tuple[tuple[str, Place, str], str]]:
    """Participant, place and field of each sealed value that is for the viewer, with its fingerprint."""
    for one in trial.participants.values():
        for place, sheet in one.sheets.items():
            if place.form != form or not sheet.sealed:
                continue
            fields = {field.id: field for field in find_form(trial.protocol_of(one), form).fields}
            for field, mark in sheet.sealed.items():
                known = fields.get(field)
                if known and known.information in SEALED and field_seen(trial, viewer, known, one.site):
                    yield (one.id, place, field), mark
