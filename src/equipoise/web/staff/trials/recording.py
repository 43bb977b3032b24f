"""What befalls a participant between visits: adverse events, medications, treatment stopped, follow-up ended."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.people import MISTAKEN, WITHDRAWALS, day_of_mistake
from equipoise.conduct.decide.safety import DEVIATIONS
from equipoise.conduct.participant import Participant, Reported
from equipoise.conduct.views.labels import day_words, ended_words
from equipoise.conduct.views.safety import find_adverse
from equipoise.conduct.views.words import deviation_words
from equipoise.kernel.refused import Refused
from equipoise.web.staff.trials.asking import (
    REASON,
    Asked,
    Input,
    Mistyped,
    Typed,
    answer,
    day_of,
    day_or_none,
    given,
    whole_of,
)
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial

_SAID: Mapping[str, str] = {
    "not-known": "Not known",
    "life-threatening": "Life-threatening",
    "not-related": "Not related",
}
OF = {
    "treatment": "Treatment",
    "visits": "Visits: no more follow-up at the site",
    "contact": "Being contacted",
    "new-data": "New data being recorded",
}


def _options(values: type[did.Severity | did.Causality | did.Seriousness | did.Outcome]) -> list[tuple[str, str]]:
    return [(each.value, _SAID.get(each.value, each.value.replace("-", " ").capitalize())) for each in values]


def _event_inputs(desk: Desk, one: Participant, told: did.AdverseEvent | None) -> tuple[Input, ...]:
    day = desk.today(one.site).isoformat()
    return (
        Input("term", "What happened", value=told.term if told else "", hint="One event, in the usual medical words"),
        Input("started", "Day it began", "date", value=str(told.started) if told else ""),
        Input("ended", "Day it ended", "date", value=str(told.ended or "") if told else "", optional=True),
        Input("aware", "Day the site knew", "date", value=str(told.aware) if told else day),
        Input("severity", "How severe", "choice", _options(did.Severity), told.severity if told else ""),
        Input(
            "seriousness",
            "Serious, because of",
            "ticks",
            _options(did.Seriousness),
            ",".join(told.seriousness) if told else "",
            "Tick what applies. A serious event is reported at once: its clock starts on the day the site knew.",
            optional=True,
        ),
        Input("causality", "Related to treatment", "choice", _options(did.Causality), told.causality if told else ""),
        Input("outcome", "Outcome so far", "choice", _options(did.Outcome), told.outcome if told else ""),
        Input(
            "expected",
            "Expected, by the investigator's brochure",
            "choice",
            (("yes", "Yes"), ("no", "No"), ("", "Not known")),
            {True: "yes", False: "no"}.get(told.expected, "") if told and told.expected is not None else "",
            optional=True,
        ),
        Input(
            "reaction",
            "A reaction where it was injected",
            "choice",
            (("yes", "Yes"), ("no", "No")),
            "yes" if told and told.reaction else "no",
        ),
        Input("code", "Code in the dictionary", value=told.code if told else "", optional=True),
        Input("action", "What was done", "words", value=told.action if told else "", optional=True),
    )


def _told(typed: Typed) -> did.AdverseEvent:
    return did.AdverseEvent(
        term=given(typed, "term", "What happened"),
        started=day_of(typed, "started", "The day it began"),
        aware=day_of(typed, "aware", "The day the site knew"),
        severity=did.Severity(_one_of(typed, "severity", did.Severity, "How severe it is")),
        causality=did.Causality(_one_of(typed, "causality", did.Causality, "Whether it is related")),
        outcome=did.Outcome(_one_of(typed, "outcome", did.Outcome, "The outcome")),
        seriousness=tuple(each for each in did.Seriousness if each.value in typed.get("seriousness", "").split(",")),
        expected={"yes": True, "no": False}.get(typed.get("expected", "")),
        ended=day_or_none(typed, "ended", "The day it ended"),
        code=typed.get("code", ""),
        action=typed.get("action", ""),
        reaction=typed.get("reaction") == "yes",
    )


def _one_of(typed: Typed, field: str, values: type[did.Severity | did.Causality | did.Outcome], label: str) -> str:
    chosen = given(typed, field, label)
    if chosen not in {each.value for each in values}:
        raise Mistyped(field, "choose one of the answers.", what=label)
    return chosen


@in_trial
def report_event(desk: Desk, participant: str) -> HttpResponse:
    one = _allowed(desk, participant, do.ReportAdverseEvent)
    asked = Asked(f"Adverse event of {one.id}", _event_inputs(desk, one, None), "Report it", _page(desk, one))
    return answer(desk, asked, lambda typed: do.ReportAdverseEvent(one.id, _told(typed)), asked.back)


@in_trial
def update_event(desk: Desk, participant: str, number: str) -> HttpResponse:
    one = _allowed(desk, participant, do.ReportAdverseEvent)
    inside, known = _adverse(desk, one, number)
    inputs = (*_event_inputs(desk, one, known.told), REASON)
    asked = Asked(f"{known.told.term}, {one.id}", inputs, "Save the change", _page(desk, one))
    return answer(desk, asked, lambda typed: do.UpdateAdverseEvent(one.id, inside, _told(typed)), asked.back)


def _adverse(desk: Desk, one: Participant, number: str) -> tuple[int, Reported]:
    """The number in the log, and what is known, by the number this person counts."""
    try:
        return find_adverse(desk.trial, desk.viewer, one.id, int(number))
    except Refused:
        raise NotHere from None


@in_trial
def send_report(desk: Desk, participant: str, number: str) -> HttpResponse:
    day = desk.today()
    one = _allowed(desk, participant, do.SendExpeditedReport)
    inside, known = _adverse(desk, one, number)
    asked = Asked(
        f"Report sent: {known.told.term}, {one.id}",
        (
            Input("to", "To whom", hint="The authority or the ethics committee"),
            Input("on", "Day it was sent", "date", value=day.isoformat()),
        ),
        "Record it as sent",
        reverse("trial-safety", args=(desk.trial.id,)),
        section="trial-safety",
    )

    def make(typed: Typed) -> do.SendExpeditedReport:
        return do.SendExpeditedReport(one.id, inside, day_of(typed, "on", "The day"), given(typed, "to", "To whom"))

    return answer(desk, asked, make, asked.back)


@in_trial
def record_medication(desk: Desk, participant: str) -> HttpResponse:
    one = _allowed(desk, participant, do.RecordMedication)
    known = [(str(number), each.name) for number, each in one.medications.items()]
    asked = Asked(
        f"Medication of {one.id}",
        (
            Input("number", "Which", "select", [("", "A new one"), *known]),
            Input("name", "Name"),
            Input("dose", "Dose and how often", optional=True),
            Input("why", "What for", optional=True),
            Input("started", "Since", hint="Year, month or day: 2025, 2025-03 or 2025-03-31", optional=True),
            Input("stopped", "Until", hint="Empty while it goes on", optional=True),
            Input("code", "Code in the dictionary", optional=True),
            Input("reason", "Why it changes", hint="Where you correct one recorded before", optional=True),
        ),
        "Record it",
        _page(desk, one),
    )

    def make(typed: Typed) -> do.RecordMedication:
        number = whole_of(typed, "number", "Which") if typed.get("number") else None
        names = ("name", "dose", "why", "started", "stopped", "code")
        return do.RecordMedication(one.id, number=number, **{name: typed.get(name, "") for name in names})

    return answer(desk, asked, make, asked.back)


@in_trial
def stop_treatment(desk: Desk, participant: str) -> HttpResponse:
    one = _allowed(desk, participant, do.StopTreatment)
    asked = Asked(
        f"{one.id} stopped treatment",
        (Input("on", "Day of the last dose", "date"), Input("why", "Why", "words")),
        "Record it",
        _page(desk, one),
        "They stay in the trial: every visit goes on as planned.",
    )
    return answer(
        desk,
        asked,
        lambda typed: do.StopTreatment(one.id, day_of(typed, "on", "The day"), typed.get("why", "")),
        asked.back,
    )


@in_trial
def end_follow_up(desk: Desk, participant: str) -> HttpResponse:
    day = desk.today()
    one = _allowed(desk, participant, do.CompleteParticipant)
    asked = Asked(
        f"End of follow-up of {one.id}",
        (
            Input(
                "how",
                "How it ended",
                "choice",
                (
                    ("completed", "They completed the trial"),
                    ("withdrew", "They withdrew"),
                    ("lost", "They cannot be reached"),
                    ("died", "They died"),
                ),
            ),
            Input("on", "Day", "date", value=day.isoformat()),
            Input("of", "Withdrew from", "ticks", [(each, OF[each]) for each in WITHDRAWALS], optional=True),
            Input("why", "Why, or how you tried to reach them", "words", optional=True),
        ),
        "Record it",
        _page(desk, one),
    )
    return answer(desk, asked, lambda typed: _end(one, typed), asked.back)


def _end(one: Participant, typed: Typed) -> do.TrialCommand:
    on, why = day_of(typed, "on", "The day"), typed.get("why", "")
    match given(typed, "how", "How it ended"):
        case "completed":
            return do.CompleteParticipant(one.id, on)
        case "lost":
            return do.LoseParticipant(one.id, on, why)
        case "died":
            return do.RecordDeath(one.id, on)
        case _:
            of = tuple(each for each in typed.get("of", "").split(",") if each)
            return do.WithdrawParticipant(one.id, on, of, why)


@in_trial
def reinstate_participant(desk: Desk, participant: str) -> HttpResponse:
    one = _allowed(desk, participant, do.ReinstateParticipant)
    said = [(what, day) for what in MISTAKEN if (day := day_of_mistake(one, what))]
    if not said:
        raise NotHere
    asked = Asked(
        f"Take back what was recorded of {one.id}",
        (
            Input(
                "what",
                "What is wrong",
                "choice",
                [(what, f"“{ended_words(what)}” on {day_words(day)}") for what, day in said],
            ),
            REASON,
        ),
        "Take it back",
        _page(desk, one),
        "It stays in the audit trail, and they go on in the trial. Who withdrew consents anew instead.",
    )
    return answer(
        desk, asked, lambda typed: do.ReinstateParticipant(one.id, given(typed, "what", "What is wrong")), asked.back
    )


@in_trial
def record_deviation(desk: Desk, participant: str) -> HttpResponse:
    one = _allowed(desk, participant, do.RecordDeviation)
    asked = Asked(
        f"Deviation from the protocol, {one.id}",
        (
            Input("of", "What kind", "choice", [(each, deviation_words(each)) for each in DEVIATIONS]),
            Input("words", "What happened, and what was done", "words"),
            Input("important", "Could it harm them, or the result?", "choice", (("yes", "Yes"), ("no", "No"))),
        ),
        "Record it",
        _page(desk, one),
    )

    def make(typed: Typed) -> do.RecordDeviation:
        important = given(typed, "important", "Whether it is important") == "yes"
        return do.RecordDeviation(given(typed, "of", "The kind"), typed.get("words", ""), important, one.id)

    return answer(desk, asked, make, asked.back)


def _allowed(desk: Desk, participant: str, kind: type[do.Command]) -> Participant:
    one = desk.participant(participant)
    desk.need(kind, one.site)
    return one


def _page(desk: Desk, one: Participant) -> str:
    return reverse("trial-participant", args=(desk.trial.id, one.id))
