"""What concerns a participant's whole record: endorsed by the investigator, its stratum set right, a break weighed."""

import msgspec
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct.decide.closing import record_digest
from equipoise.conduct.decide.visiting import is_signed
from equipoise.conduct.participant import Participant
from equipoise.kernel.refused import Refused
from equipoise.web.staff.trials.asking import REASON, Asked, Input, Typed, answer, given, require_signature, told
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial

ENDORSING = "I have looked at the whole record of this participant, and it is complete and true."


class Counts(msgspec.Struct, frozen=True):
    """What a signature of the whole record covers."""

    visits: int
    forms: int
    unsigned: int
    queries: int
    events: int


@in_trial
def endorse_record(desk: Desk, participant: str) -> HttpResponse:
    """Bound to the record as it was shown: a change meanwhile asks for another look."""
    one = desk.participant(participant)
    desk.need(do.EndorseRecord, one.site)
    if not one.is_randomised:
        raise NotHere
    problems: tuple[tuple[str, str], ...] = ()
    if desk.request.method == "POST":
        try:
            require_signature(desk)
            desk.ask(do.EndorseRecord(one.id, ENDORSING, desk.request.POST.get("digest", "")))
            return redirect(_page(desk, one))
        except Refused as refused:
            problems = told(refused)
    context = {
        "one": one,
        "counts": _counts(desk, one),
        "digest": record_digest(one),
        "endorsed": is_endorsed(one),
        "meaning": ENDORSING,
        "problems": problems,
    }
    return desk.page("trial/endorse.html", context, status=400 if problems else 200)


def is_endorsed(one: Participant) -> bool:
    """Whether the last endorsement is of the record as it is now."""
    return bool(one.endorsed) and one.endorsed[-1].digest == record_digest(one)


def _counts(desk: Desk, one: Participant) -> Counts:
    signs = {form.id for form in desk.trial.protocol_of(one).forms if form.sign}
    unsigned = sum(place.form in signs and not is_signed(sheet) for place, sheet in one.sheets.items())
    queries = sum(not each.closed for each in desk.trial.queries_of(one.id))
    return Counts(len(one.visits), len(one.sheets), unsigned, queries, len(one.adverse))


@in_trial
def correct_stratum(desk: Desk, participant: str) -> HttpResponse:
    one = desk.participant(participant)
    desk.need(do.CorrectStratum, one.site)
    factors = desk.trial.protocol.allocation.factors
    if not one.levels_true or not factors:
        raise NotHere
    options = [
        (f"{factor.id}:{level.id}", f"{factor.label}: {level.label}")
        for factor in factors
        for level in factor.levels
        if one.levels_true.get(factor.id) != level.id
    ]
    now = {factor.id: {level.id: level.label for level in factor.levels} for factor in factors}
    recorded = "; ".join(
        f"{factor.label}: {now[factor.id].get(one.levels_true.get(factor.id, ''), 'nothing')}" for factor in factors
    )
    asked = Asked(
        f"Correct what was recorded before randomisation, {one.id}",
        (Input("level", "What is right", "choice", options), REASON),
        "Correct it",
        _page(desk, one),
        f"Recorded now: {recorded}."
        + (" Their place in the trial stays as it is; the analysis uses what is right." if one.is_randomised else ""),
    )

    def make(typed: Typed) -> do.CorrectStratum:
        factor, _, level = given(typed, "level", "What is right").partition(":")
        return do.CorrectStratum(one.id, factor, level)

    return answer(desk, asked, make, asked.back)


@in_trial
def assess_impact(desk: Desk, participant: str) -> HttpResponse:
    one = desk.participant(participant)
    desk.need(do.AssessImpact, one.site)
    if not one.broken:
        raise NotHere
    asked = Asked(
        f"What the code break of {one.id} means for the trial",
        (Input("words", "Your assessment", "words", hint="Who knows, what they still assess, and what follows"),),
        "Record it",
        _page(desk, one),
        "Nobody here needs to know the treatment to write this. Do not write it down.",
    )
    return answer(
        desk, asked, lambda typed: do.AssessImpact(one.id, given(typed, "words", "Your assessment")), asked.back
    )


def _page(desk: Desk, one: Participant) -> str:
    return reverse("trial-participant", args=(desk.trial.id, one.id))
