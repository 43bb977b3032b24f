"""One participant: what comes next, the visits with their windows, and everything recorded, in words."""

from collections.abc import Iterator

import msgspec
from django.http import HttpResponse
from django.urls import reverse

from equipoise.actions.disclosing import arms_for
from equipoise.conduct import commands as do
from equipoise.conduct.decide.people import MISTAKEN, day_of_mistake
from equipoise.conduct.decide.randomising import checks
from equipoise.conduct.masking import arms_are_open
from equipoise.conduct.participant import Broken, Participant
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.roles import Information
from equipoise.conduct.views.calendar import STATUSES, Calendar, Filled, VisitLine, calendar
from equipoise.conduct.views.timeline import timeline
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from equipoise.web.staff.trials.gate import Desk, in_trial
from equipoise.web.staff.trials.kits import kits_in_order
from equipoise.web.staff.trials.participants import STATES, name_of, state_of

LATEST = 30
"""Moments shown at once; all stand in the audit trail."""


_SETTLED = (
    ("consent", do.RecordConsent, "trial-consent"),
    ("eligible", do.ScreenParticipant, "trial-screening"),
    ("recent", do.ScreenParticipant, "trial-screening"),
    ("stratum", do.RandomiseParticipant, "trial-randomise"),
)
"""A condition of randomisation, who may settle it, and on which page."""


class Step(msgspec.Struct, frozen=True):
    """Something this person may do next for the participant. ``first``: the one thing that is due."""

    words: str
    address: str
    first: bool = False


class Row(msgspec.Struct, frozen=True):
    """A visit, and in a few words how its forms stand."""

    visit: VisitLine
    forms: str


FILLED = {
    Filled.EXPECTED: "to fill in",
    Filled.OPTIONAL: "if needed",
    Filled.ENTERED: "filled in",
    Filled.TO_SIGN: "to sign",
    Filled.SIGNED: "signed",
}


@in_trial
def show_participant(desk: Desk, participant: str) -> HttpResponse:
    one = desk.participant(participant)
    sees_data = desk.sees(Information.OPEN, one.site)
    entries = desk.trials.entries(desk.trial.id, subject=one.id)
    moments = timeline(desk.trial, desk.viewer, entries, one.id)[::-1]
    protocol = desk.trial.protocol_of(one)
    context = {
        "one": one,
        "who": name_of(desk, one),
        "state": STATES[state_of(one)],
        "steps": tuple(_steps(desk, one)),
        "visits": _rows(desk, one) if sees_data and one.consent else (),
        "moments": moments[:LATEST],
        "count": len(moments),
        "checks": checks(desk.trial, one, desk.context()) if sees_data and _in_screening(one) else (),
        "where": {name: address for name, kind, address in _SETTLED if desk.may(kind, one.site)},
        "broken": tuple(known_breaks(desk, one)),
        "arm": _arm(desk, one),
        "status_words": STATUSES,
        "kits": tuple(kits_in_order(protocol, one)) if desk.sees(Information.KITS, one.site) else (),
        "strata": tuple(_strata(protocol, one)) if sees_data else (),
        "sees_data": sees_data,
        "may_break": one.is_randomised and desk.may(do.BreakCode, one.site),
    }
    return desk.page("trial/participant.html", context)


def _arm(desk: Desk, one: Participant) -> str:
    """For those to whom it is no secret; the read log of the sealed store has the look."""
    if not one.is_randomised or not arms_are_open(desk.trial, desk.viewer, one.site):
        return ""
    looking = desk.context(f"the page of {one.id}")
    try:
        return arms_for(desk.trials, desk.trial, desk.viewer, (one.id,), looking).arms.get(one.id, "")
    except Refused:
        return "not known here now: the custodian does not answer"


def _strata(protocol: Protocol, one: Participant) -> Iterator[tuple[str, str]]:
    """Each factor and what is recorded of it now; what is right, where it was corrected."""
    for factor in protocol.allocation.factors:
        level = next((each.label for each in factor.levels if each.id == one.levels_true.get(factor.id)), "")
        if level:
            yield factor.label, level


def _in_screening(one: Participant) -> bool:
    return bool(one.consent) and not one.is_randomised and not (one.screening and one.screening.failed)


def _rows(desk: Desk, one: Participant) -> tuple[Row, ...]:
    seen: Calendar = calendar(desk.trial, desk.viewer, one.id, desk.today(one.site))
    return tuple(Row(line, forms_words(line)) for line in seen.visits)


def forms_words(line: VisitLine) -> str:
    """``4 to fill in, 2 to sign, 1 query``; that all is done, where it is."""
    wanted = [form for form in line.forms if form.state is not Filled.OPTIONAL]
    empty = sum(form.state is Filled.EXPECTED for form in wanted)
    unsigned = sum(form.state is Filled.TO_SIGN for form in wanted)
    asked = sum(form.open_queries for form in wanted)
    parts = ((empty, "to fill in"), (unsigned, "to sign"), (asked, "query" if asked == 1 else "queries"))
    open_still = ", ".join(f"{count} {words}" for count, words in parts if count)
    return open_still or (f"all {len(wanted)} complete" if wanted else "–")


def known_breaks(desk: Desk, one: Participant) -> Iterator[tuple[Broken, str]]:
    """Code breaks with the names of those who know."""
    if desk.sees(Information.UNBLINDING, one.site):
        for seen in one.broken:
            yield seen, ", ".join(desk.trial.people.get(user, user) for user in seen.to)


def _steps(desk: Desk, one: Participant) -> Iterator[Step]:
    for kind, words, name, first in _possible(one):
        if desk.may(kind, one.site):
            yield Step(words, reverse(name, args=(desk.trial.id, one.id)), first)


Possible = tuple[type[do.Command], str, str, bool]
"""What would be asked, its words, the page that asks it, and whether it is what is due."""


def _possible(one: Participant) -> Iterator[Possible]:
    if one.is_randomised:
        yield from _after(one)
    elif not (one.screening and one.screening.failed):
        yield from _before(one)
    if one.consent and one.ended is None:
        yield do.RecordMedication, "Record a medication", "trial-medication", False
        yield do.RecordDeviation, "Record a deviation", "trial-deviation", False


def _before(one: Participant) -> Iterator[Possible]:
    screening = one.screening
    eligible = screening is not None and screening.eligible is Truth.TRUE
    if one.consent and not one.withdrawn:
        yield do.RandomiseParticipant, "Randomise", "trial-randomise", eligible
        again = " again" if screening else ""
        yield do.ScreenParticipant, f"Screen{again}", "trial-screening", not eligible
    if one.levels_true:
        yield do.CorrectStratum, "Correct what was recorded", "trial-stratum", False
    again = " again" if one.consent else ""
    yield do.RecordConsent, f"Record consent{again}", "trial-consent", not one.consent
    yield do.FailScreening, "Will not be randomised", "trial-fail", False
    if one.consent:
        yield do.ReportAdverseEvent, "Report an adverse event", "trial-event-new", False


def _after(one: Participant) -> Iterator[Possible]:
    yield do.ReportAdverseEvent, "Report an adverse event", "trial-event-new", one.ended is None
    if one.kits:
        yield do.ReturnKit, "A kit came back", "trial-return-kit", False
    if not one.stopped:
        yield do.StopTreatment, "Treatment stopped", "trial-stop", False
    if one.ended is None or one.ended.how == "withdrew":
        yield do.RecordConsent, "Record consent again", "trial-consent", False
    if any(day_of_mistake(one, what) for what in MISTAKEN):
        yield do.ReinstateParticipant, "Recorded by mistake", "trial-reinstate", False
    if one.ended is None:
        yield do.CompleteParticipant, "End of follow-up", "trial-end", False
    if one.levels_true:
        yield do.CorrectStratum, "Correct a stratum", "trial-stratum", False
    yield do.EndorseRecord, "Endorse the record", "trial-endorse", False
    if any(not seen.assessed for seen in one.broken):
        yield do.AssessImpact, "Assess the code break", "trial-impact", True
