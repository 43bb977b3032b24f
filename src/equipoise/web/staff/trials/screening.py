"""Consent, screening against the protocol's criteria with verdicts as answers come, and how a screening fails."""

import msgspec
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.people import FAILURES
from equipoise.conduct.log import canonical
from equipoise.conduct.participant import Participant
from equipoise.conduct.screening import Answers, compute, reading_of, run_of
from equipoise.conduct.views.labels import day_words
from equipoise.eligibility.english import unit_words
from equipoise.eligibility.expression import Criterion, Polarity, Reading
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.questions import Question, open_questions
from equipoise.eligibility.verdict import judge
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from equipoise.web.public.given import places_of
from equipoise.web.public.replies import Taken, take_answers
from equipoise.web.staff.trials.asking import Asked, Input, Typed, answer, day_of, given, missing, plain, read, told
from equipoise.web.staff.trials.gate import Desk, in_trial


class Line(msgspec.Struct, frozen=True):
    """One criterion on the form: its questions, what the answers say, and what the investigator says.

    ``above``: criteria that stand before it and ask some of its questions.
    """

    criterion: Criterion
    questions: tuple[Question, ...]
    above: tuple[str, ...]
    computed: Truth
    met: str
    evidence: str

    @property
    def proposed(self) -> str:
        """What the answers settle is filled in; the investigator may say otherwise, and why."""
        return "" if self.computed is Truth.UNKNOWN else self.computed.value

    @property
    def settled(self) -> bool:
        return bool(self.met) and self.met != Truth.UNKNOWN.value


FAILED_WORDS = {"not-eligible": "Not eligible", "declined": "Declined to take part", "other": "Another reason"}


@in_trial
def record_consent(desk: Desk, participant: str) -> HttpResponse:
    """Nothing is filled in beforehand: to press a button alone is not to say what somebody signed, and when."""
    one = desk.participant(participant)
    desk.need(do.RecordConsent, one.site)
    versions = desk.trial.protocol.consent
    options = [(each.id, f"{each.label}, valid from {day_words(each.valid_from)}") for each in versions]
    asked = Asked(
        f"Consent of {one.id}",
        (
            Input("version", "Version of the consent form they signed", "choice", options),
            Input("on", "Day they signed", "date"),
        ),
        "Record consent",
        _page_of(desk, one),
    )

    def make(typed: Typed) -> do.RecordConsent:
        version = given(typed, "version", "The version of the consent form")
        return do.RecordConsent(one.id, version, day_of(typed, "on", "The day they signed"))

    return answer(desk, asked, make, asked.back)


@in_trial
def fail_screening(desk: Desk, participant: str) -> HttpResponse:
    one = desk.participant(participant)
    desk.need(do.FailScreening, one.site)
    options = [(name, FAILED_WORDS[name]) for name in FAILURES]
    lead = "The criteria not met are taken from the screening. They are counted in the flow diagram."
    asked = Asked(
        f"{one.id} will not be randomised",
        (Input("because", "Why", "choice", options),),
        "Record it",
        _page_of(desk, one),
        lead,
    )
    return answer(
        desk, asked, lambda typed: do.FailScreening(one.id, given(typed, "because", "The reason")), asked.back
    )


@in_trial
def screen_participant(desk: Desk, participant: str) -> HttpResponse:
    """ "Work out" shows what the answers say; "Record" asks for it to be kept. Nothing typed is lost by either."""
    one = desk.participant(participant)
    desk.need(do.ScreenParticipant, one.site)
    if one.consent is None or one.is_randomised:
        return redirect(_page_of(desk, one))
    sent = desk.request.POST
    problems: tuple[tuple[str, str], ...] = ()
    reading = reading_of(desk.trial.protocol_of(one))
    run = run_of(desk.today(one.site), one.consent.on)
    taken = take_answers(sent, reading, Person(), run)
    if sent:
        problems = tuple(taken.problems.items())
    if "record" in sent and not problems:
        try:
            desk.ask(_command(desk, one, reading, taken.person))
            return redirect(_page_of(desk, one))
        except Refused as refused:
            problems = told(refused)
    lines = _lines(desk, one, reading, taken, run)
    context = {
        "one": one,
        "lines": lines,
        "met": sum(line.met == Truth.TRUE.value for line in lines),
        "not_met": sum(line.met == Truth.FALSE.value for line in lines),
        "open_still": sum(not line.settled for line in lines),
        "problems": problems,
        "wrong": taken.problems,
        "filled": dict(sent.lists()),
        "on": sent.get("on") or desk.today(one.site).isoformat(),
        "places_of": lambda question: ",".join(map(str, places_of(question, reading))),
        "unit_words": unit_words,
        "worked_out": bool(sent),
    }
    live = "HX-Request" in desk.request.headers  # answered in part: whatever the status, the page stays
    return desk.page("trial/screening.html", context, status=400 if problems and not live else 200)


def _lines(desk: Desk, one: Participant, reading: Reading, taken: Taken, run: Run) -> tuple[Line, ...]:
    sent = desk.request.POST
    computed = compute(desk.trial.protocol_of(one), taken.person, run)
    asked, above = asked_of(reading, run)
    return tuple(
        Line(
            criterion,
            tuple(asked.get(criterion.id, ())),
            tuple(dict.fromkeys(above.get(criterion.id, ()))),
            computed[criterion.id].met,
            _met(sent, criterion.id, computed[criterion.id].met),
            plain(sent.get(f"evidence-{criterion.id}", "")),
        )
        for criterion in reading.criteria
    )


def asked_of(reading: Reading, run: Run) -> tuple[dict[str, list[Question]], dict[str, list[str]]]:
    """Each question under the first criterion of the page that asks it; of every other, the name of that."""
    order = [one.id for polarity in Polarity for one in reading.criteria if one.polarity is polarity]
    asked: dict[str, list[Question]] = {}
    above: dict[str, list[str]] = {}
    for question in open_questions(judge(reading, Person(), run), Person(), packed=False):
        first, *others = sorted(question.criteria, key=order.index)
        asked.setdefault(first, []).append(question)
        for other in others:
            above.setdefault(other, []).append(first)
    return asked, above


def _met(sent: QueryDict, criterion: str, computed: Truth) -> str:
    """What the person said; where they left what was proposed, what the answers say now."""
    said = sent.get(f"met-{criterion}", "")
    if said and said != sent.get(f"proposed-{criterion}", ""):
        return said
    return "" if computed is Truth.UNKNOWN else computed.value


def _command(desk: Desk, one: Participant, reading: Reading, person: Person) -> do.ScreenParticipant:
    sent = desk.request.POST
    said = {criterion.id: sent.get(f"met-{criterion.id}", "") for criterion in reading.criteria}
    form = Asked("", (Input("on", "Day of screening", "date"),), "", "")
    unsaid = (
        missing(f"met-{name}", f"Criterion {name}", choice=True)
        for name, met in said.items()
        if met not in {truth.value for truth in Truth}
    )
    on = read(form, {"on": sent.get("on", "")}, lambda typed: day_of(typed, "on", "Day of screening"), unsaid)
    findings = tuple(
        did.Finding(name, Truth(met), evidence=plain(sent.get(f"evidence-{name}", ""))) for name, met in said.items()
    )
    return do.ScreenParticipant(one.id, on, findings, canonical(Answers.of(person)))


def _page_of(desk: Desk, one: Participant) -> str:
    return reverse("trial-participant", args=(desk.trial.id, one.id))
