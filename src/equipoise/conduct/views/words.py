"""What happened, each event in one plain English sentence: the protocol's labels, never a tag, never an arm."""
# ruff: noqa: ARG001, ARG005 - every telling takes the same two

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from equipoise.conduct import events as did
from equipoise.conduct.roles import LABELS
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.labels import Labels, causality_words, day_words, ended_words, listed, outcome_words, plain
from equipoise.kernel.truth import Truth

Telling: TypeAlias = Callable[[Labels, Any], str]

_BECAUSE = {"not-eligible": "not eligible", "declined": "declined", "other": "another reason"}
_OF = {
    "treatment": "treatment",
    "visits": "further visits",
    "contact": "being contacted",
    "new-data": "the recording of new data",
}
_DEVIATION = {
    "eligibility": "a criterion of eligibility",
    "consent": "consent",
    "visit-window": "a visit outside its window",
    "procedure-missed": "a procedure missed",
    "treatment": "treatment",
    "prohibited-medication": "a prohibited medication",
    "accidental-unmasking": "accidental unmasking",
    "other": "another matter",
}
_PATH = {"emergency": "in an emergency", "safety-report": "for a safety report"}
_ELIGIBLE = {
    Truth.TRUE: "meets every criterion",
    Truth.FALSE: "does not meet every criterion",
    Truth.UNKNOWN: "cannot be judged yet: a criterion is not known",
}


def words(trial: Trial, event: did.TrialEvent, version: str = "") -> str:
    """One sentence, or two where somebody gave their own words. ``version`` of the protocol it was recorded under."""
    return tell(Labels(trial, version), event)


def tell(labels: Labels, event: did.TrialEvent) -> str:
    return TELLINGS[type(event)](labels, event)


def deviation_words(of: str) -> str:
    return _DEVIATION.get(of, of)


def failure_words(because: str) -> str:
    return _BECAUSE.get(because, because)


def _because(why: str) -> str:
    """Somebody's own words, as a sentence after ours."""
    why = why.strip()
    return f" Reason: {why}{'' if why.endswith(('.', '!', '?')) else '.'}" if why else ""


def _said(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _site_added(labels: Labels, event: did.SiteAdded) -> str:
    target = f", to recruit {event.target}" if event.target else ""
    return f"{event.label} ({event.country}) was added as site {event.site}{target}."


def _role_granted(labels: Labels, event: did.RoleGranted) -> str:
    where = f" at {labels.site(event.site)}" if event.site else ""
    until = f" until {day_words(event.ends)}" if event.ends else ""
    trained = day_words(event.trained)
    role = LABELS[event.grant].lower()
    return f"{event.name} was made {role}{where} from {day_words(event.starts)}{until}, trained on {trained}."


def _role_revoked(labels: Labels, event: did.RoleRevoked) -> str:
    where = f" at {labels.site(event.site)}" if event.site else ""
    return f"{labels.person(event.user)} is no longer {LABELS[event.grant].lower()}{where}."


def _sealed(labels: Labels, event: did.AllocationSealed) -> str:
    kits = f", with {event.kits} {'kit' if event.kits == 1 else 'kits'}" if event.kits else ""
    return f"The allocation was sealed{kits}; its commitment is {event.commitment[:16]}…"


def _numbered(labels: Labels, event: did.KitsNumbered) -> str:
    kits = "1 further kit was" if event.kits == 1 else f"{event.kits} further kits were"
    return f"{kits} numbered, batch {event.batch}; the commitment is {event.commitment[:16]}…"


def _kits(numbers: tuple[str, ...]) -> str:
    return f"{'Kit' if len(numbers) == 1 else 'Kits'} {listed(numbers)}"


def _dispatched(labels: Labels, event: did.KitsSent) -> str:
    return f"{_were(event.kits)} sent to {labels.site(event.site)}."


def _received(labels: Labels, event: did.KitsReceived) -> str:
    return f"{_were(event.kits)} received by {labels.site(event.site)}."


def _discarded(labels: Labels, event: did.KitsDiscarded) -> str:
    return f"{_were(event.kits)} taken out of the stock of {labels.site(event.site)}."


def _were(kits: tuple[str, ...]) -> str:
    """Many are told by the first and the last."""
    if len(kits) > 12:
        return f"{len(kits)} kits, {min(kits)} to {max(kits)}, were"
    return f"{_kits(kits)} {'was' if len(kits) == 1 else 'were'}"


def _consent(labels: Labels, event: did.ConsentRecorded) -> str:
    version = next((one.label for one in labels.trial.protocol.consent if one.id == event.version), event.version)
    return (
        f"{event.participant} gave consent on {day_words(event.on)}, consent form {version}, "
        f"under protocol version {event.protocol}."
    )


def _screened(labels: Labels, event: did.ParticipantScreened) -> str:
    unmet = [labels.criterion(one.criterion) for one in event.findings if one.met is Truth.FALSE]
    which = f" Not met: {'; '.join(unmet)}." if unmet else ""
    return f"{event.participant} was screened on {day_words(event.on)} and {_ELIGIBLE[event.eligible]}.{which}"


def _failed(labels: Labels, event: did.ScreeningFailed) -> str:
    unmet = "; ".join(labels.criterion(one) for one in event.criteria)
    return f"{event.participant} failed screening: {failure_words(event.because)}{f' ({unmet})' if unmet else ''}."


def _stratum_corrected(labels: Labels, event: did.StratumCorrected) -> str:
    old, new = labels.level(event.factor, event.old), labels.level(event.factor, event.new)
    return f"{labels.factor(event.factor)} of {event.participant} was corrected from {old} to {new}."


def _randomised(labels: Labels, event: did.ParticipantRandomised) -> str:
    given = f" {_kits(event.kits)} to be given." if event.kits else ""
    strata = f" ({labels.levels(event.levels)})" if event.levels else ""
    return f"{event.participant} was randomised on {day_words(event.on)}{strata}.{given}"


def _dispensed(labels: Labels, event: did.KitsDispensed) -> str:
    verb = "was" if len(event.kits) == 1 else "were"
    numbers, visit = _kits(event.kits), labels.visit(event.visit)
    return f"{numbers} {verb} dispensed to {event.participant} at {visit} on {day_words(event.on)}."


def _returned(labels: Labels, event: did.KitReturned) -> str:
    left = "no dose" if not event.left else "1 dose" if event.left == 1 else f"{event.left} doses"
    return f"{event.participant} returned kit {event.kit} on {day_words(event.on)} with {left} left."


def _visit_done(labels: Labels, event: did.VisitDone) -> str:
    outside = ", outside its window" if event.outside else ""
    return f"{event.participant} came to {labels.visit(event.visit)} on {day_words(event.on)}{outside}."


def _entered(labels: Labels, event: did.FormEntered) -> str:
    return f"{_form_at(labels, event)} was filled in for {event.participant}."


def _form_at(labels: Labels, event: Any) -> str:
    return f"{labels.form(event.form, event.copy)} at {labels.visit(event.visit)}"


def _corrected(labels: Labels, event: did.FormCorrected) -> str:
    told = [_change(labels, event.form, one) for one in event.changes]
    what = f": {'; '.join(told)}" if told else ""
    return f"{_form_at(labels, event)} was corrected for {event.participant}{what}."


def _change(labels: Labels, form: str, change: did.Change) -> str:
    old = labels.value(form, change.field, change.old) or "nothing"
    new = labels.value(form, change.field, change.new) or "nothing"
    return f"{labels.field(form, change.field)} from {old} to {new}"


def _raised(labels: Labels, event: did.QueryRaised) -> str:
    about = f", {labels.field(event.form, event.field)}" if event.field else ""
    what = "A check asked" if event.check else "It was asked"
    return (
        f"{what} about {_form_at(labels, event)}{about}, of {event.participant} ({event.query}): {_said(event.words)}"
    )


def _query_closed(labels: Labels, event: did.QueryClosed) -> str:
    return f"Query {event.query} on {event.participant} was closed{f': {event.words.strip()}' if event.words else ''}."


def _medication(labels: Labels, event: did.MedicationRecorded) -> str:
    dose = f", {event.dose}" if event.dose else ""
    why = f", for {event.why}" if event.why else ""
    since = f", from {event.started}" if event.started else ""
    until = f" until {event.stopped}" if event.stopped else ""
    return f"{event.participant} takes or took {event.name}{dose}{why}{since}{until}."


def _adverse(verb: str) -> Telling:
    def told(labels: Labels, event: did.AdverseEventReported | did.AdverseEventUpdated) -> str:
        one = event.told
        serious = f", serious ({listed([plain(each) for each in one.seriousness])})" if one.serious else ""
        ended = f" to {day_words(one.ended)}" if one.ended else ""
        facts = f"{plain(one.severity)}{serious}, {causality_words(one.causality)}, {outcome_words(one.outcome)}"
        return f"{one.term} of {event.participant}, from {day_words(one.started)}{ended}, was {verb}: {facts}."

    return told


def _sent(labels: Labels, event: did.ExpeditedReportSent) -> str:
    """The term of a reaction is not said: this sentence is for everybody who may read of adverse events."""
    known = labels.trial.participants.get(event.participant)
    told = known.adverse[event.number].told if known and event.number in known.adverse else None
    what = "A serious adverse event" if told is None or told.reaction else told.term
    return f"{what} of {event.participant} was reported to {event.to} on {day_words(event.on)}."


def _withdrew(labels: Labels, event: did.ParticipantWithdrew) -> str:
    of = listed([_OF.get(each, each) for each in event.of])
    return f"{event.participant} withdrew from {of} on {day_words(event.on)}.{_because(event.why)}"


def _reinstated(labels: Labels, event: did.ParticipantReinstated) -> str:
    what = f"“{ended_words(event.what)}” on {day_words(event.day)}"
    goes_on = "treatment" if event.what == "stopped" else "follow-up"
    return f"{event.participant} was reinstated: {what} was recorded by mistake, and {goes_on} goes on."


def _deviation(labels: Labels, event: did.DeviationRecorded) -> str:
    who = f" of {event.participant}" if event.participant else f" at {labels.site(event.site)}" if event.site else ""
    weight = "An important" if event.important else "A minor"
    return f"{weight} deviation{who} was recorded, {deviation_words(event.of)}: {_said(event.words)}"


def _broken(labels: Labels, event: did.CodeBroken) -> str:
    to = listed([labels.person(one) for one in event.to])
    care = "it changes their care" if event.changes_care else "it does not change their care"
    path = _PATH.get(event.path, event.path)
    told = f"The code of {event.participant} was broken {path} and shown to {to}; {care}."
    return f"{told}{_on_paper(event)}{_because(event.why)}"


def _on_paper(event: did.CodeBroken) -> str:
    if event.opened is None:
        return ""
    when = f"{day_words(event.opened.date())} at {event.opened:%H:%M} UTC"
    return f" It was on paper: envelope {event.envelope}, opened on {when}."


def _signed(what: str) -> Telling:
    return lambda labels, event: f"{what}, signed as: {_said(event.meaning)}"


def _read(labels: Labels, event: did.SealedRead) -> str:
    of = f" of {event.participant}" if event.participant else ""
    return f"Sealed information{of} was looked at: {_said(plain(event.what))}"


def _exported(labels: Labels, event: did.DataExported) -> str:
    what = plain(event.what.removeprefix("sealed:"))
    return f"Data were exported: {what}, {event.rows} {'row' if event.rows == 1 else 'rows'}."


TELLINGS: Mapping[type[did.Event], Telling] = {
    did.TrialOpened: lambda labels, e: f"The trial was opened under protocol version {e.protocol.version}.",
    did.ProtocolAmended: lambda labels, e: (
        f"The protocol was amended to version {e.protocol.version}.{_because(e.protocol.change)}"
    ),
    did.SiteAdded: _site_added,
    did.SiteOpened: lambda labels, e: f"{labels.site(e.site)} was opened.",
    did.SiteClosed: lambda labels, e: f"{labels.site(e.site)} was closed.",
    did.RoleGranted: _role_granted,
    did.RoleRevoked: _role_revoked,
    did.AllocationSealed: _sealed,
    did.KitsNumbered: _numbered,
    did.KitsSent: _dispatched,
    did.KitsReceived: _received,
    did.KitsDiscarded: _discarded,
    did.PersonPrescreened: lambda labels, e: f"{e.participant} was entered in the log of {labels.site(e.site)}.",
    did.ConsentRecorded: _consent,
    did.ParticipantScreened: _screened,
    did.ScreeningFailed: _failed,
    did.StratumRecorded: lambda labels, e: f"Recorded for {e.participant}: {labels.levels(e.levels)}.",
    did.StratumCorrected: _stratum_corrected,
    did.ParticipantRandomised: _randomised,
    did.KitsDispensed: _dispensed,
    did.KitReturned: _returned,
    did.TreatmentStopped: lambda labels, e: f"{e.participant} stopped treatment on {day_words(e.on)}.{_because(e.why)}",
    did.VisitDone: _visit_done,
    did.VisitMissed: lambda labels, e: f"{e.participant} missed {labels.visit(e.visit)}.{_because(e.why)}",
    did.FormEntered: _entered,
    did.FormCorrected: _corrected,
    did.FormSigned: lambda labels, e: f"{_form_at(labels, e)} of {e.participant} was signed as: {_said(e.meaning)}",
    did.QueryRaised: _raised,
    did.QueryAnswered: lambda labels, e: f"Query {e.query} on {e.participant} was answered: {_said(e.words)}",
    did.QueryClosed: _query_closed,
    did.MedicationRecorded: _medication,
    did.AdverseEventReported: _adverse("reported"),
    did.AdverseEventUpdated: _adverse("updated"),
    did.ExpeditedReportSent: _sent,
    did.ParticipantWithdrew: _withdrew,
    did.ParticipantLost: lambda labels, e: (
        f"{e.participant} was lost to follow-up on {day_words(e.on)}. Tried: {_said(e.tried)}"
    ),
    did.ParticipantDied: lambda labels, e: f"{e.participant} died on {day_words(e.on)}.",
    did.ParticipantCompleted: lambda labels, e: f"{e.participant} completed the trial on {day_words(e.on)}.",
    did.ParticipantReinstated: _reinstated,
    did.DeviationRecorded: _deviation,
    did.CodeBroken: _broken,
    did.ImpactAssessed: lambda labels, e: (
        f"What breaking the code of {e.participant} means for the trial was assessed: {_said(e.words)}"
    ),
    did.RecordEndorsed: lambda labels, e: f"The record of {e.participant} was endorsed as: {_said(e.meaning)}",
    did.DataFrozen: _signed("The data were frozen"),
    did.DataThawed: _signed("The data were thawed"),
    did.DataLocked: _signed("The data were locked"),
    did.DataUnlocked: _signed("The data were unlocked"),
    did.TrialUnblinded: _signed("The trial was unblinded"),
    did.SealedRead: _read,
    did.DataExported: _exported,
}
